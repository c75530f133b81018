"""Cut prints to the outline of a panel.

An SVG clip path would do, but clips and patterns double what the rasteriser has to do.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.demo.curves import Curve, Point

_Array = NDArray[np.float64]
_HIDDEN = 0.2  # cm: what an outline's line covers
_STEPS = np.linspace(0, 1, 5)[1:, None]


class Cutter:
    """Shears along one closed outline. Lengths in centimetres."""

    def __init__(self, outline: Curve) -> None:
        p = np.asarray(outline, dtype=np.float64)
        a, b, c, d = (p[i : len(p) - 3 + i : 3, None, :] for i in range(4))
        t, s = _STEPS, 1 - _STEPS
        chain = (a * s**3 + 3 * b * s * s * t + 3 * c * s * t * t + d * t**3).reshape(-1, 2)
        self._a = chain
        self._b = np.roll(chain, -1, axis=0)

    def inside(self, points: _Array) -> NDArray[np.bool_]:
        """Tell which points lie within, by the crossings of a level ray."""
        x, y = points[:, :1], points[:, 1:]
        (ax, ay), (bx, by) = self._a.T, self._b.T
        rise = np.where(by == ay, 1e-12, by - ay)
        crosses = ((ay > y) != (by > y)) & (x < (bx - ax) * (y - ay) / rise + ax)
        odd: NDArray[np.bool_] = crosses.sum(axis=1) % 2 == 1
        return odd

    def nearest(self, points: _Array) -> _Array:
        """Return the nearest point on the outline for each point."""
        run = self._b - self._a
        long = np.maximum((run * run).sum(axis=1), 1e-12)
        away = points[:, None, :] - self._a
        share = np.clip((away * run).sum(axis=2) / long, 0, 1)
        feet = self._a + share[:, :, None] * run
        gap = ((points[:, None, :] - feet) ** 2).sum(axis=2)
        best: _Array = feet[np.arange(len(points)), gap.argmin(axis=1)]
        return best

    def close(self, points: Sequence[Point], margin: float) -> list[Point]:
        """Keep the points that lie within, or at most about `margin` outside."""
        if not points:
            return []
        p = np.asarray(points, dtype=np.float64)
        near = self.inside(p)
        for way in ((margin, 0.0), (-margin, 0.0), (0.0, margin), (0.0, -margin)):
            near |= self.inside(p + np.asarray(way))
        return [point for point, keep in zip(points, near, strict=True) if keep]

    def depth(self, points: Sequence[Point]) -> _Array:
        """Return how far within each point is; negative without."""
        if not points:
            return np.zeros(0)
        p = np.asarray(points, dtype=np.float64)
        gap: _Array = np.hypot(*(p - self.nearest(p)).T)
        return np.where(self.inside(p), gap, -gap)

    def shapes(self, shapes: Sequence[Sequence[Point]]) -> list[tuple[Point, ...]]:
        """Trim small polygons of equally many points: what sticks out is laid along the outline.

        A polygon that reaches over a gap, such as a neck opening between two straps, is left out.
        """
        if not shapes:
            return []
        p = np.asarray(shapes, dtype=np.float64)
        flat = p.reshape(-1, 2)
        out = ~self.inside(flat)
        flat[out] = self.nearest(flat[out])
        between = ((p + np.roll(p, -1, axis=1)) / 2).reshape(-1, 2)
        stray = ~self.inside(between)
        stray[stray] = np.hypot(*(between[stray] - self.nearest(between[stray])).T) > _HIDDEN
        whole = ~stray.reshape(p.shape[:2]).any(axis=1)
        return [_points(q) for q in flat.reshape(p.shape)[whole]]

    def strip(self, left: Sequence[Point], right: Sequence[Point]) -> list[tuple[Point, ...]]:
        """Trim a band between two polylines of equally many points; it may fall into several parts."""
        p = np.asarray((left, right), dtype=np.float64)
        flat = p.reshape(-1, 2)
        inner = self.inside(flat)
        flat[~inner] = self.nearest(flat[~inner])
        one, other = inner.reshape(2, -1)
        lit = one | other
        keep = lit[:-1] | lit[1:]
        a, b = flat.reshape(p.shape)
        return [_points(np.concatenate((a[i:j], b[i:j][::-1]))) for i, j in _runs(keep)]

    def runs(self, points: Sequence[Point]) -> list[tuple[Point, ...]]:
        """Return the parts of a thin line that lie within."""
        p = np.asarray(points, dtype=np.float64)
        inner = self.inside(p)
        return [_points(p[i:j]) for i, j in _runs(inner[:-1] & inner[1:])]


def _runs(keep: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return slices of points joined by consecutive kept steps."""
    edge = np.flatnonzero(np.diff(np.concatenate(([0], keep.view(np.int8), [0]))))
    return [(int(i), int(j) + 1) for i, j in edge.reshape(-1, 2)]


def _points(array: _Array) -> tuple[Point, ...]:
    return tuple((float(x), float(y)) for x, y in array)
