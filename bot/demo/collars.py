"""Collars, lapels and knitted neck bands."""

from collections.abc import Sequence
from math import hypot

from bot.demo.canvas import Canvas
from bot.demo.curves import Curve, Panel, Patch, Point, bez, join, lerp, line, mirror, rev, sample, through
from bot.demo.palette import Dye
from bot.demo.prints import Cloth
from bot.demo.sewing import SEAM, lay, outline
from bot.demo.tops import Top
from bot.demo.trims import button


def _both(canvas: Canvas, shape: Curve, dye: Dye) -> None:
    for curve in (mirror(shape), shape):
        canvas.fill(curve, dye.base)
        canvas.stroke(curve, dye.line, SEAM + 0.5)


def shirt_collar(canvas: Canvas, dye: Dye, *, scale: float = 1.0) -> None:
    """Sew a pointed collar on its stand around a neck opening that ends at (0, 7.6)."""
    s = scale
    behind = join(
        bez((-7.4, 0.2), (-5, -3.8), (5, -3.8), (7.4, 0.2)),
        bez((7.4, 0.2), (4.4, 4.6), (-4.4, 4.6), (-7.4, 0.2)),
    )
    canvas.fill(behind, dye.shade)
    canvas.stroke(behind, dye.line, SEAM)
    leaf = join(
        bez((6.5, -1.9), (5.4, 2.0), (2.4, 5.6), (0.0, 7.4)),
        line((0.0, 7.4), (5.0 * s, 7.4 + 5.2 * s)),
        bez((5.0 * s, 7.4 + 5.2 * s), (8.0, 9.0), (9.6, 5.2), (9.6, 1.4)),
        bez((9.6, 1.4), (9.0, -0.6), (7.8, -1.8), (6.5, -1.9)),
    )
    _both(canvas, leaf, dye)


def peter_pan(canvas: Canvas, top: Top, dye: Dye) -> None:
    """Sew a flat round collar along a crew neck."""
    outer = through([(0.4, top.depth + 0.2), (3.4, 13.2), (8.2, 12.2), (11.9, 7.4), (12.2, 2.1)])
    leaf = join(top.neck, line(top.neck[-1], outer[-1]), rev(outer), line(outer[0], top.neck[0]))
    _both(canvas, leaf, dye)


def roll_neck(canvas: Canvas, cloth: Cloth) -> None:
    """Knit a folded roll neck."""
    dye = cloth.main
    tube = join(
        bez((-6.9, 1.6), (-6.7, -1.5), (-6.6, -4), (-6.4, -6.4)),
        bez((-6.4, -6.4), (-3, -7.6), (3, -7.6), (6.4, -6.4)),
        bez((6.4, -6.4), (6.6, -4), (6.7, -1.5), (6.9, 1.6)),
        bez((6.9, 1.6), (4, 4.4), (-4, 4.4), (-6.9, 1.6)),
    )
    canvas.fill(tube, dye.base)
    mouth = join(
        bez((-6.4, -6.4), (-3, -7.6), (3, -7.6), (6.4, -6.4)),
        bez((6.4, -6.4), (3, -4.9), (-3, -4.9), (-6.4, -6.4)),
    )
    patch = Patch(line((-6.4, -6.2), (-6.9, 1.8)), line((6.4, -6.2), (6.9, 1.8)), (1.1, 2.0))
    canvas.weave([patch.column(k / 6, 0.08, 0.94) for k in range(-5, 6)], dye.seam, 0.14, 0.55)
    canvas.fill(mouth, dye.inside)
    outline(canvas, [tube, mouth], dye, SEAM + 0.5)


def rib_neck(canvas: Canvas, top: Top, dye: Dye, depth: float = 2.2) -> None:
    """Bind a neckline with a ribbed band that lies on the body."""
    inner, outer = through(sample(top.neck, 9)), through(_beside(sample(top.neck, 9), depth))
    half = join(inner, line(inner[-1], outer[-1]))
    shape = join(mirror(rev(half)), half, rev(outer), mirror(outer))
    canvas.fill(shape, dye.base)
    pairs = zip(sample(inner, 14), sample(outer, 14), strict=True)
    ticks = [line(lerp(a, b, 0.15), lerp(a, b, 0.85)) for a, b in pairs]
    canvas.weave([*ticks, *map(mirror, ticks[1:])], dye.seam, 0.14, 0.6)
    outline(canvas, [shape], dye, SEAM)


def _beside(points: Sequence[Point], depth: float) -> list[Point]:
    """Follow a neckline at a distance, outside it."""
    out: list[Point] = []
    for i, (x, y) in enumerate(points):
        a, b = points[max(i - 1, 0)], points[min(i + 1, len(points) - 1)]
        dx, dy = b[0] - a[0], b[1] - a[1]
        size = hypot(dx, dy) or 1.0
        out.append((x - dy / size * depth, y + dx / size * depth))
    out[0] = (0.0, points[0][1] + depth * (1.0 if points[0][1] < 14 else 1.6))
    return out


def lapels(canvas: Canvas, cloth: Cloth, low: float = 33.0, *, peak: bool = False) -> None:
    """Turn back notched lapels from a break at (0, `low`), under a collar."""
    dye = cloth.main
    behind = join(
        bez((-8.2, 0.6), (-5, -3.2), (5, -3.2), (8.2, 0.6)),
        bez((8.2, 0.6), (4.6, 4.4), (-4.6, 4.4), (-8.2, 0.6)),
    )
    canvas.fill(behind, dye.shade)
    canvas.stroke(behind, dye.line, SEAM)
    notch = (11.6, 11.6)
    tip = (14.6, 9.4) if peak else (14.0, 12.6)
    lapel = join(
        bez((0, low), (2.6, 23), (5.4, 13), (6.6, 8.4)),
        line((6.6, 8.4), notch, tip),
        bez(tip, (13.4, 18), (7.4, low - 8), (0, low)),
    )
    collar = join(
        bez((6.6, 8.6), (7.6, 5.4), (7.8, 1.6), (7.0, -1.6)),
        bez((7.0, -1.6), (8.6, -1.6), (10.2, 0.2), (10.8, 1.8)),
        bez((10.8, 1.8), (12, 5.4), (12.8, 7.6), (13.2, 9.2) if not peak else (12.8, 8.4)),
        line((13.2, 9.2) if not peak else (12.8, 8.4), notch, (6.6, 8.6)),
    )
    weave = Patch(line((1.0, 0.0), (-5.0, 36.0)), line((17.0, 2.0), (11.0, 38.0)))
    for shape in (lapel, collar):
        panel = Panel(shape, weave, 1.0, 1.0)
        for side in (panel.mirrored(), panel):
            lay(canvas, side, cloth)
            canvas.stroke(side.outline, dye.line, SEAM + 0.5)


def funnel(canvas: Canvas, dye: Dye) -> None:
    """Raise a standing collar around the neck."""
    stand = join(
        bez((-8.8, 1.2), (-8.4, -1.4), (-8.2, -3.4), (-7.8, -5.2)),
        bez((-7.8, -5.2), (-3, -3.4), (3, -3.4), (7.8, -5.2)),
        bez((7.8, -5.2), (8.2, -3.4), (8.4, -1.4), (8.8, 1.2)),
        bez((8.8, 1.2), (7.4, 7.4), (5, 9.6), (0, 10.2)),
        bez((0, 10.2), (-5, 9.6), (-7.4, 7.4), (-8.8, 1.2)),
    )
    inside = join(
        bez((-7.8, -5.2), (-3, -6.8), (3, -6.8), (7.8, -5.2)),
        bez((7.8, -5.2), (3, -3.4), (-3, -3.4), (-7.8, -5.2)),
    )
    for shape, fill in ((inside, dye.inside), (stand, dye.base)):
        canvas.fill(shape, fill)
        canvas.stroke(shape, dye.line, SEAM + 0.5)
    canvas.stroke(bez((1.6, -3.8), (1.8, 0), (2.2, 5), (2.6, 10)), dye.line, SEAM)


def cardigan_bands(canvas: Canvas, top: Top, cloth: Cloth, hem: float) -> None:
    """Run ribbed bands down an open V front, buttoned over it."""
    dye = cloth.main
    band = join(
        top.neck,
        line(top.neck[-1], (top.neck[-1][0] + 2.4, top.neck[-1][1] + 0.7)),
        bez((top.neck[-1][0] + 2.4, top.neck[-1][1] + 0.7), (8.8, 8), (5.0, 15), (1.7, top.depth + 2.4)),
        line((1.7, top.depth + 2.4), (1.7, hem), (-1.7, hem), (-1.7, top.depth + 0.8), (0, top.depth)),
    )
    canvas.fill(mirror(band), dye.base)
    canvas.stroke(mirror(band), dye.line, SEAM)
    canvas.fill(band, dye.base)
    canvas.stroke(band, dye.line, SEAM)
    n = 5
    for k in range(n):
        button(canvas, (0.0, top.depth + 2.6 + (hem - top.depth - 5) * k / (n - 1)), cloth, 1.7)
