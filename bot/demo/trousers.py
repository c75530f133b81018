"""Trousers: two legs that meet at the fork, below a waistband at `WAIST`."""

from dataclasses import dataclass

from bot.demo.curves import Curve, Panel, Patch, bez, join, line, mirror, profile, rev

WAIST = 39.0


@dataclass(frozen=True)
class Leg:
    """The wearer's left leg; `crease` and `inner` are lines on it."""

    panel: Panel
    edges: tuple[Curve, ...]
    crease: Curve
    hem: Curve

    def mirrored(self) -> "Leg":
        return Leg(
            self.panel.mirrored(), tuple(map(mirror, self.edges)), mirror(self.crease), mirror(self.hem)
        )


_WIDTHS = {  # hip, knee and hem of the outside seam, and how far the inner hem stands from the centre
    "wide": (20.8, 23.6, 27.0, 2.4),
    "straight": (20.2, 19.8, 19.6, 3.4),
    "tapered": (20.8, 18.8, 15.4, 4.6),
    "flared": (19.8, 18.4, 26.0, 3.6),
    "barrel": (21.4, 25.0, 17.6, 5.0),
    "palazzo": (21.6, 28.0, 35.0, 1.4),
    "culottes": (21.4, 26.0, 30.5, 2.2),
}
_SHORTS = {"culottes": (22.0, 25.5, 27.5, 2.0)}
_SHORT = (20.8, 21.8, 22.4, 2.0)


def leg(silhouette: str, hem_y: float, waist: float = 15.6) -> Leg:
    """Cut a leg down to `hem_y`."""
    short = hem_y < 90
    widths = _SHORTS.get(silhouette, _SHORT) if short else _WIDTHS[silhouette]
    hip, knee, hem, inner = widths
    fork = WAIST + 27.0
    knee_y = fork + (hem_y - fork) * 0.46
    outer = profile((waist, WAIST), (hip, WAIST + 19), (knee, knee_y), (hem, hem_y - 0.4))
    inside = bez((0.0, fork), (0.5, fork + 6), (inner * 0.6, fork + (hem_y - fork) * 0.5), (inner, hem_y))
    end = outer[-1]
    low = hem_y + 0.7
    bottom = bez(end, (end[0] * 0.75 + inner * 0.25, low), (end[0] * 0.3 + inner * 0.7, low), (inner, hem_y))
    rise = line((0.0, WAIST + 0.6), (0.0, fork))
    upper = bez((0.0, WAIST + 0.6), (waist * 0.35, WAIST + 0.6), (waist * 0.7, WAIST + 0.4), (waist, WAIST))
    outline = join(upper, outer, bottom, rev(inside), rev(rise))
    patch = Patch(join(rise, inside), outer, (0.2, 0.6))
    crease = patch.column(0.0, 0.09, 0.995)
    return Leg(Panel(outline, patch), (outer, inside, bottom), crease, bottom)
