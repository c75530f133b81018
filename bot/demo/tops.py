"""The upper edge of a garment: neckline, shoulder and armhole, as the wearer's left half (positive x).

Heights are centimetres below the high point of the shoulder; widths are half widths, laid flat.
"""

from dataclasses import dataclass

from bot.demo.curves import Curve, Point, bez, join, line, mirror, rev

UNDERARM = 21.0
BARE = ("strap", "sleeveless")


@dataclass(frozen=True)
class Top:
    """Where the cloth begins: `neck` from centre front to the shoulder, `armhole` from there to the side.

    `shoulder` is the tip a sleeve hangs from; `back` is the neck edge behind, from centre to shoulder.
    """

    neck: Curve
    armhole: Curve
    back: Curve
    shoulder: Point
    underarm: Point

    @property
    def edge(self) -> Curve:
        """From centre front over the shoulder to the underarm."""
        return join(self.neck, self.armhole)

    @property
    def hollow(self) -> Curve:
        """The inside of the back as the neck opening shows it."""
        return join(mirror(rev(self.neck)), self.neck, rev(self.back), mirror(self.back))

    @property
    def depth(self) -> float:
        return self.neck[0][1]


def slope(x: float) -> float:
    """Return the height of the shoulder line at `x`."""
    return 0.4 * (x - 7)


def _neck(kind: str) -> Curve:
    def to(width: float) -> Point:
        return width, slope(width)

    match kind:
        case "v":
            return bez((0, 19.5), (3.4, 13.5), (6.6, 6.5), to(8.6))
        case "scoop":
            return bez((0, 15.5), (7, 15.5), (10.2, 9.5), to(11.2))
        case "square":
            return line((0, 13.2), (10.6, 12.6), to(11.4))
        case "boat":
            return bez((0, 5.0), (6, 5.0), (11, 4.2), to(14))
        case "sweetheart":
            return join(bez((0, 14.5), (2.5, 10.6), (8.5, 9.6), (11, 12.4)), line((11, 12.4), to(11.8)))
        case "lapel":
            return bez((0, 33), (2.6, 23), (6.2, 9), to(8.2))
        case "collar":
            return bez((0, 7.6), (2.6, 6.2), (6.2, 3), to(7.4))
        case "turtleneck":
            return bez((0, 3.4), (3.4, 3.4), (5.8, 2), (6.6, 0.4))
        case "cowl":
            return bez((0, 12.5), (5.5, 12.5), (9.5, 5), to(11.4))
        case _:
            return bez((0, 8.6), (5.2, 8.6), (7.8, 4.6), to(8.8))


_STRAPPED: dict[str, Curve] = {
    "v": bez((0, 24.5), (3.2, 20.5), (6.6, 16.5), (9.4, 12.2)),
    "scoop": bez((0, 18.4), (5.2, 18.4), (8.2, 16.5), (9.4, 12.2)),
    "cowl": bez((0, 20.5), (4.2, 20.5), (7.6, 16.5), (9.4, 12.2)),
    "sweetheart": bez((0, 18.6), (1.6, 14.6), (6.2, 11.4), (10.2, 13.6)),
}
_STRAIGHT = bez((0, 15.6), (3.4, 15.6), (6.4, 15.2), (10, 14.4))


def top(neckline: str, sleeve: str, bust: float, underarm: float = UNDERARM) -> Top:
    """Cut the upper edge; a halter bares the shoulders whatever the sleeve."""
    side = (bust, underarm)
    if neckline == "halter":
        return _halter(side)
    if sleeve == "strap":
        return _strapped(neckline, side)
    neck = _neck(neckline)
    wide = neck[-1]
    tip = max(wide[0] + 2.6, 14.6 if sleeve == "sleeveless" else 17.8)
    at = (tip, slope(tip))
    hollow = 2.6 if sleeve == "sleeveless" else 1.4
    armhole = bez(at, (tip - hollow * 0.6, at[1] + 6), (tip - hollow, underarm - 2.5), side)
    back = bez(
        (0, slope(wide[0]) + 2.6), (wide[0] * 0.5, slope(wide[0]) + 2.6), (wide[0] * 0.9, wide[1] + 1.4), wide
    )
    return Top(neck, join(line(wide, at), armhole), back, at, side)


def _halter(side: Point) -> Top:
    neck = bez((0, 4.4), (2.6, 4.2), (4.6, 2), (5.4, -1.6))
    edge = (6.6, -1.2)
    armhole = bez(edge, (7.8, 8), (11.5, 17.5), side)
    back = bez((0, 0.2), (2.2, 0.2), (4.2, -0.6), (5.4, -1.6))
    return Top(neck, join(line(neck[-1], edge), armhole), back, edge, side)


def _strapped(neckline: str, side: Point) -> Top:
    neck = _STRAPPED.get(neckline, _STRAIGHT)
    x, y = neck[-1]
    tip = (x + 1.1, y + 0.15)
    armhole = bez(tip, (x + 2.4, y + 5), (side[0] - 4.2, side[1] - 1.6), side)
    back = bez((0, 20.2), (4, 20.2), (8, 19.6), (side[0] - 1.5, side[1] - 0.8))
    return Top(neck, join(line(neck[-1], tip), armhole), back, tip, side)
