"""A page that collects fills and strokes in centimetres and frames them as an 800 × 1000 SVG at the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, floor

from bot.demo.curves import Curve, Point, bounds

WIDTH, HEIGHT = 800, 1000
_ROOM = (664.0, 812.0)  # what a garment may fill of the page
_MOST = 10.8  # px per cm: a cropped knit stays smaller than a coat, and lines keep their weight


@dataclass(frozen=True)
class Mark:
    """One SVG element to be: curves filled, or stroked when `width` is set (px, or cm when `cloth`)."""

    curves: Sequence[Sequence[Point]]
    colour: str
    width: float = 0.0
    cloth: bool = False
    dash: str = ""
    opacity: float = 1.0
    closed: bool = False
    straight: bool = False
    butt: bool = False


@dataclass(frozen=True)
class _Frame:
    scale: float
    x: float
    y: float

    def at(self, p: Point) -> str:
        return f"{self.x + p[0] * self.scale:.1f} {self.y + p[1] * self.scale:.1f}"

    def path(self, curve: Sequence[Point], mark: Mark) -> str:
        if len(curve) == 1:
            return f"M{self.at(curve[0])}h.1"
        body = " ".join(self.at(p) for p in curve[1:])
        return f"M{self.at(curve[0])}{'L' if mark.straight else 'C'}{body}{'Z' if mark.closed else ''}"

    def element(self, mark: Mark) -> str:
        d = "".join(self.path(c, mark) for c in mark.curves)
        if not mark.width:
            see = f' fill-opacity="{mark.opacity:.3g}"' if mark.opacity < 1 else ""
            return f'<path d="{d}" fill="{mark.colour}"{see}/>'
        see = f' stroke-opacity="{mark.opacity:.3g}"' if mark.opacity < 1 else ""
        width = mark.width * self.scale if mark.cloth else mark.width
        dash = f' stroke-dasharray="{mark.dash}"' if mark.dash else ""
        kind = "b" if mark.butt else "l"
        return f'<path class="{kind}" d="{d}" stroke="{mark.colour}" stroke-width="{width:.2f}"{dash}{see}/>'


@dataclass
class Canvas:
    """The page of one garment."""

    ground: str
    marks: list[Mark] = field(default_factory=list)

    def fill(self, curve: Curve, colour: str, opacity: float = 1.0) -> None:
        self.marks.append(Mark((curve,), colour, opacity=opacity, closed=True))

    def stroke(
        self, curve: Curve, colour: str, width: float, *, dash: str = "", opacity: float = 1.0
    ) -> None:
        """Draw a line `width` pixels wide."""
        self.marks.append(Mark((curve,), colour, width, dash=dash, opacity=opacity))

    def weave(
        self, curves: Sequence[Curve], colour: str, width: float, opacity: float = 1.0, *, butt: bool = False
    ) -> None:
        """Draw lines, or dots where a curve is a single point, `width` centimetres wide, as one element."""
        if curves:
            self.marks.append(Mark(curves, colour, width, cloth=True, opacity=opacity, butt=butt))

    def cut_out(self, curves: Sequence[Curve], colour: str, opacity: float = 1.0) -> None:
        """Fill many closed curves as one element."""
        if curves:
            self.marks.append(Mark(curves, colour, opacity=opacity, closed=True))

    def polygons(self, shapes: Sequence[Sequence[Point]], colour: str, opacity: float = 1.0) -> None:
        """Fill closed shapes of straight lines as one element."""
        if shapes:
            self.marks.append(Mark(shapes, colour, opacity=opacity, closed=True, straight=True))

    def svg(self) -> str:
        """Frame what was drawn and write it down.

        `data-crop` is the box outside of which there is only `data-ground`: a rasteriser may skip it.
        """
        left, top, right, bottom = bounds([p for m in self.marks for c in m.curves for p in c])
        scale = min(_ROOM[0] / (right - left), _ROOM[1] / (bottom - top), _MOST)
        x = WIDTH / 2 - (left + right) / 2 * scale
        y = (HEIGHT - (bottom - top) * scale) / 2 - 26 - top * scale
        floor_y, reach = y + bottom * scale + 52, self._stance(top, bottom) * scale * 1.06 + 24
        half = ceil(max(reach, (right - left) / 2 * scale)) + 4
        high = floor(y + top * scale) - 4
        crop = f"{WIDTH // 2 - half} {high} {2 * half} {ceil(floor_y) + 22 - high}"
        frame = _Frame(scale, x, y)
        written = "".join(frame.element(mark) for mark in self.marks)
        head = _HEAD.format(w=WIDTH, h=HEIGHT, ground=self.ground, crop=crop)
        return f"{head}{_shadow(round(floor_y), reach)}{written}</svg>"

    def _stance(self, top: float, bottom: float) -> float:
        """Return the half width (cm) of the lowest quarter of the garment, at most 38."""
        low = bottom - 0.25 * (bottom - top)
        xs = [p[0] for m in self.marks for c in m.curves for p in c if p[1] > low]
        return min((max(xs) - min(xs)) / 2, 38)


def _shadow(y: int, reach: float) -> str:
    """Lay a soft shadow as flat rings: a gradient takes a tenth of the whole picture's time to pack."""
    shares = [(k / _RINGS) ** 0.8 for k in range(_RINGS, 0, -1)]
    rings = (_SHADOW.format(x=WIDTH // 2, y=y, rx=round(reach * share), ry=19 * share) for share in shares)
    return "".join(rings)


_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}"'
    ' data-crop="{crop}" data-ground="{ground}">'
    "<style>.l{{fill:none;stroke-linecap:round;stroke-linejoin:round}}"
    ".b{{fill:none;stroke-linejoin:round}}</style>"
    '<rect width="{w}" height="{h}" fill="{ground}"/>'
)
_SHADOW = '<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry:.1f}" fill="#5a4a3c" fill-opacity=".032"/>'
_RINGS = 7
