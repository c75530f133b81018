"""Plane curves for drawing clothes: chains of cubic Béziers in centimetres, y pointing down.

A `Curve` is the flat tuple of its points: a start, then two controls and an end for every segment.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import atan2, cos, hypot, pi, sin

Point = tuple[float, float]
Curve = tuple[Point, ...]

_SAMPLES = 25


def lerp(a: Point, b: Point, t: float) -> Point:
    """Return the point a share `t` of the way from `a` to `b`."""
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t


def heading(degrees: float) -> Point:
    """Return the unit vector `degrees` away from straight down, towards positive x."""
    return sin(degrees * pi / 180), cos(degrees * pi / 180)


def plus(a: Point, *steps: tuple[Point, float]) -> Point:
    """Walk from `a` along each direction by its length."""
    return a[0] + sum(d[0] * n for d, n in steps), a[1] + sum(d[1] * n for d, n in steps)


def line(*points: Point) -> Curve:
    """Join points by straight segments."""
    out: list[Point] = [points[0]]
    for a, b in pairwise(points):
        out += [lerp(a, b, 1 / 3), lerp(a, b, 2 / 3), b]
    return tuple(out)


def bez(a: Point, b: Point, c: Point, d: Point) -> Curve:
    """Return one cubic segment."""
    return (a, b, c, d)


def through(points: Sequence[Point], pull: float = 1 / 6) -> Curve:
    """Pass smoothly through every point (a Catmull–Rom spline)."""
    ends = [points[0], *points, points[-1]]
    out: list[Point] = [points[0]]
    for before, a, b, after in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        out += [
            (a[0] + (b[0] - before[0]) * pull, a[1] + (b[1] - before[1]) * pull),
            (b[0] - (after[0] - a[0]) * pull, b[1] - (after[1] - a[1]) * pull),
            b,
        ]
    return tuple(out)


def profile(*knots: Point) -> Curve:
    """Pass through knots of falling y without overshooting in x: a side seam.

    The slopes are Fritsch and Carlson's harmonic means, so a waist is exactly as narrow as its knot.
    """
    steps = [(b[0] - a[0]) / (b[1] - a[1]) for a, b in pairwise(knots)]
    slopes = [steps[0]]
    for m, n in pairwise(steps):
        slopes.append(0.0 if m * n <= 0 else 2 * m * n / (m + n))
    slopes.append(steps[-1])
    out: list[Point] = [knots[0]]
    for (a, b), (m, n) in zip(pairwise(knots), pairwise(slopes), strict=True):
        third = (b[1] - a[1]) / 3
        out += [(a[0] + m * third, a[1] + third), (b[0] - n * third, b[1] - third), b]
    return tuple(out)


def rev(curve: Curve) -> Curve:
    """Walk the curve backwards."""
    return curve[::-1]


def mirror(curve: Curve) -> Curve:
    """Reflect the curve in the centre line."""
    return tuple((-x, y) for x, y in curve)


def shift(curve: Curve, dx: float, dy: float) -> Curve:
    """Move the curve."""
    return tuple((x + dx, y + dy) for x, y in curve)


def join(*curves: Curve) -> Curve:
    """Chain curves, bridging gaps by straight segments."""
    out = list(curves[0])
    for curve in curves[1:]:
        if hypot(out[-1][0] - curve[0][0], out[-1][1] - curve[0][1]) > 1e-9:
            out += line(out[-1], curve[0])[1:]
        out += curve[1:]
    return tuple(out)


def _on(curve: Curve, segment: int, t: float) -> Point:
    a, b, c, d = curve[3 * segment : 3 * segment + 4]
    s = 1 - t
    w = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
    return (
        a[0] * w[0] + b[0] * w[1] + c[0] * w[2] + d[0] * w[3],
        a[1] * w[0] + b[1] * w[1] + c[1] * w[2] + d[1] * w[3],
    )


def sample(curve: Curve, n: int = _SAMPLES) -> tuple[Point, ...]:
    """Return `n` points at equal distances along the curve."""
    dense = [curve[0]]
    for segment in range(len(curve) // 3):
        dense += [_on(curve, segment, k / 12) for k in range(1, 13)]
    walked = [0.0]
    for a, b in pairwise(dense):
        walked.append(walked[-1] + hypot(b[0] - a[0], b[1] - a[1]))
    out: list[Point] = []
    at = 0
    for k in range(n):
        goal = walked[-1] * k / (n - 1)
        while at < len(dense) - 2 and walked[at + 1] < goal:
            at += 1
        step = walked[at + 1] - walked[at]
        out.append(lerp(dense[at], dense[at + 1], (goal - walked[at]) / step if step else 0.0))
    return tuple(out)


def bounds(points: Iterable[Point]) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True)
class Patch:
    """Cloth between two edges: `point(u, v)` with u from −1 (left) to 1, v from 0 (top) to 1.

    `sag` lowers the middle at the top and at the bottom, so that rows follow a round body; `ripple`
    lowers the bottom at a given u, as a hem with folds does.
    """

    left: Curve
    right: Curve
    sag: tuple[float, float] = (0.0, 0.0)
    ripple: Callable[[float], float] | None = None

    @cached_property
    def _edges(self) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
        return sample(self.left), sample(self.right)

    def ends(self, v: float) -> tuple[Point, Point]:
        """Return both edges at `v`; beyond 0…1 the edges run straight on."""
        at = v * (_SAMPLES - 1)
        i = min(max(int(at), 0), _SAMPLES - 2)
        left, right = self._edges
        return lerp(left[i], left[i + 1], at - i), lerp(right[i], right[i + 1], at - i)

    def point(self, u: float, v: float) -> Point:
        a, b = self.ends(v)
        width = hypot(b[0] - a[0], b[1] - a[1]) or 1.0
        drop = (self.sag[0] + (self.sag[1] - self.sag[0]) * v) * (1 - u * u)
        if self.ripple is not None and v > 0:
            drop += self.ripple(u) * v**8
        x, y = lerp(a, b, (u + 1) / 2)
        return x - (b[1] - a[1]) / width * drop, y + (b[0] - a[0]) / width * drop

    def row(self, v: float, u0: float = -1, u1: float = 1) -> Curve:
        """Run across the cloth at `v`."""
        n = 64 if self.ripple is not None and v > 0.7 else 8
        return through([self.point(u0 + (u1 - u0) * k / n, v) for k in range(n + 1)])

    def column(self, u: float, v0: float = 0, v1: float = 1) -> Curve:
        """Run down the cloth at `u`."""
        return through([self.point(u, v0 + (v1 - v0) * k / 10) for k in range(11)])

    def width(self, v: float) -> float:
        a, b = self.ends(v)
        return hypot(b[0] - a[0], b[1] - a[1])

    @cached_property
    def length(self) -> float:
        points = [self.point(0, k / 8) for k in range(9)]
        return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points))

    @cached_property
    def lean(self) -> float:
        """Degrees by which the cloth hangs away from straight down, clockwise on the page."""
        a, b = self.point(0, 0), self.point(0, 1)
        return atan2(a[0] - b[0], b[1] - a[1]) * 180 / pi

    def mirrored(self) -> "Patch":
        return Patch(mirror(self.right), mirror(self.left), self.sag)


@dataclass(frozen=True)
class Panel:
    """A piece of cloth: the closed outline it is cut to, and how the weave runs over it.

    `bare` is the v from which the patch's edges are the outline's own, so that shade may touch them;
    down to `open` a print has to be trimmed to the outline.
    """

    outline: Curve
    patch: Patch
    bare: float = 0.0
    open: float = 0.0

    def mirrored(self) -> "Panel":
        return Panel(mirror(self.outline), self.patch.mirrored(), self.bare, self.open)
