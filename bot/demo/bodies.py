"""Bodices, skirts and one-piece bodies: closed panels with their edges, hem folds and the hem's inside."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from bot.demo.curves import Curve, Panel, Patch, Point, bez, join, line, mirror, profile, rev, through
from bot.demo.tops import Top


@dataclass(frozen=True)
class Hem:
    """A hem at height `y`: how far it curves down in the middle, and how many folds of what depth."""

    y: float
    sag: float = 0.8
    waves: int = 0
    depth: float = 0.0

    def low(self, u: float) -> float:
        """Return the height of the hem at `u`."""
        return self.y + self.sag * (1 - u * u) + self.ripple(u)

    def ripple(self, u: float) -> float:
        """Return how far the folds lower the hem at `u`."""
        return self.depth * self._swing(u) * (1 - 0.5 * u**4) if self.waves else 0.0

    def below_seam(self, u: float) -> float:
        """Return how much lower than at the side seams the folds bring the hem at `u`."""
        return self.ripple(u) - self.ripple(1)

    def _swing(self, u: float) -> float:
        return cos(pi * self.waves * (u + 0.06 * sin(2.6 * u + 0.8)))

    def curve(self, width: float) -> Curve:
        """Run from the right seam to the left one."""
        n = max(8, self.waves * 4)
        return through([(width * (1 - 2 * k / n), self.low(1 - 2 * k / n)) for k in range(n + 1)])

    def valleys(self) -> list[float]:
        """Return where the hem is drawn up: a fold rises from each."""
        if not self.waves:
            return []
        swing = [(self._swing(k / 200), k / 200) for k in range(-186, 187)]
        triples = zip(swing, swing[1:], swing[2:], strict=False)
        return [u for (a, _), (b, u), (c, _) in triples if b <= a and b < c and b < -0.9]


@dataclass(frozen=True)
class Piece:
    """A panel to sew: `edges` are drawn heavy, `seams` light; `folds` are (u, v0) rising from the hem.

    `behind` is the inside of the hem, seen between its folds.
    """

    panel: Panel
    edges: tuple[Curve, ...]
    seams: tuple[Curve, ...] = ()
    folds: tuple[tuple[float, float], ...] = ()
    behind: Curve | None = None


def body(top: Top, side: Sequence[Point], hem: Hem) -> Piece:
    """Cut a front from the neck to the hem; `side` are the seam's knots below the underarm."""
    seam = profile(top.underarm, *side)
    width = seam[-1][0]
    bottom = hem.curve(width)
    bottom = ((width, bottom[0][1]), *bottom[1:-1], (-width, bottom[-1][1]))
    seam = (*seam[:-1], (width, bottom[0][1]))
    right = join(top.edge, seam)
    outline = join(right, bottom, rev(mirror(right)))
    head = 8.0
    high = (top.underarm[0], -head)
    edge = join(line(high, top.underarm), seam)
    patch = Patch(mirror(edge), edge, (0.0, hem.sag), hem.below_seam)
    bare = (top.underarm[1] + head) / (hem.y + head)
    low = max(top.underarm[1], top.depth + 0.5)
    neck = join(mirror(rev(top.neck)), top.neck)
    return Piece(
        Panel(outline, patch, bare, (low + head) / (hem.y + head)),
        (neck, seam, mirror(seam), bottom),
        folds=tuple((u, bare + (1 - bare) * v) for u, v in _rising(hem)),
        behind=_inside(width, hem),
    )


def skirt(knots: Sequence[Point], hem: Hem, *, arc: float = 0.5) -> Piece:
    """Cut a skirt or a tier: `knots` run down its side; the waist curves by `arc`."""
    seam = profile(*knots)
    width = seam[-1][0]
    seam = (*seam[:-1], (width, hem.low(1)))
    waist, y = knots[0]
    upper = bez((-waist, y), (-waist * 0.4, y + arc * 1.3), (waist * 0.4, y + arc * 1.3), (waist, y))
    bottom = hem.curve(width)
    outline = join(upper, seam, bottom, rev(mirror(seam)))
    patch = Patch(mirror(seam), seam, (arc, hem.sag), hem.below_seam)
    return Piece(
        Panel(outline, patch),
        (seam, mirror(seam), bottom),
        folds=_rising(hem),
        behind=_inside(width, hem),
    )


def _rising(hem: Hem) -> tuple[tuple[float, float], ...]:
    reach = (0.42, 0.2, 0.56, 0.3, 0.48, 0.14)
    return tuple((u, reach[i % len(reach)]) for i, u in enumerate(hem.valleys()))


def _inside(width: float, hem: Hem) -> Curve | None:
    """Close the back of a rippling hem: it hangs level, a little above the front's lowest points."""
    if not hem.depth:
        return None
    y = hem.low(1)
    low = hem.y + hem.sag * 0.8 + hem.depth * 0.15
    rim = bez((width, y), (width * 0.55, low + 0.4), (-width * 0.55, low + 0.4), (-width, y))
    return join(rim, line((-width, y), (-width * 0.6, y - 3), (width * 0.6, y - 3), (width, y)))
