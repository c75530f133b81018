"""Put cut pieces on the page: cloth, print, shade, folds, then the lines of a technical sketch."""

from collections.abc import Iterable
from math import cos, pi

from bot.demo.bodies import Piece
from bot.demo.canvas import Canvas
from bot.demo.curves import Curve, Panel, Patch, Point, bez, join, line, mirror, rev, through
from bot.demo.palette import Dye
from bot.demo.prints import PRINTS, Cloth, paint
from bot.demo.sleeves import Sleeve
from bot.demo.tops import Top

EDGE, SEAM, FINE = 2.9, 1.9, 1.5  # px


def lay(canvas: Canvas, panel: Panel, cloth: Cloth, folds: Iterable[tuple[float, float]] = ()) -> None:
    """Lay the cloth of one panel: colour, print, the side away from the light, and fold shade."""
    canvas.fill(panel.outline, cloth.main.base)
    paint(canvas, panel, cloth)
    shade(canvas, panel, cloth.main, folds, glaze=cloth.pattern in PRINTS)


def shade(
    canvas: Canvas, panel: Panel, dye: Dye, folds: Iterable[tuple[float, float]], *, glaze: bool = False
) -> None:
    """Darken the side away from the light in two steps, so that the border is soft, and each fold.

    Over a print the shade is a `glaze` that lets it through; opaque shade rasterises faster.
    """
    patch, top = panel.patch, panel.bare
    if top >= 1:
        return
    colour, opacity = dye.shadow
    calm = min(1.0, patch.length * (1 - top) / 70)
    steps = ((0.64, 0.1), (0.8, 0.07)) if patch.point(1, 0.5)[0] > 0 else ((0.76, 0.08),)
    for tone, (u, swing) in zip(dye.shades, steps, strict=False):
        border = through([_border(patch, u, swing * calm, top, k) for k in range(11)])
        side = join(border, rev(patch.column(1, top, 1)))
        canvas.fill(side, *((colour, opacity) if glaze else (tone, 1.0)))
    for u, v in folds:
        canvas.fill(wedge(patch, u, v), *((colour, opacity * 1.6) if glaze else (dye.shades[1], 1.0)))


def _border(patch: Patch, u: float, swing: float, top: float, k: int) -> Point:
    """Return the k-th of eleven points where light turns to shade; it starts at the edge and sways."""
    start = max(0.0, 0.3 - 0.1 * k)
    return patch.point(min(u + swing * cos(2.2 * pi * k / 10) + start, 1), top + (1 - top) * k / 10)


def wedge(patch: Patch, u: float, v: float) -> Curve:
    """Shade a fold: a sliver from the hem up to nothing at `v`, on the side away from the light."""
    wide = 0.085
    back = [patch.point(u + wide * (k / 10) ** 1.3, v + (1 - v) * k / 10) for k in range(10, -1, -1)]
    return join(patch.column(u, v, 1), through(back))


def outline(canvas: Canvas, curves: Iterable[Curve], dye: Dye, width: float = EDGE) -> None:
    for curve in curves:
        canvas.stroke(curve, dye.line, width)


def seams(canvas: Canvas, curves: Iterable[Curve], dye: Dye, *, stitched: bool = False) -> None:
    for curve in curves:
        canvas.stroke(curve, dye.seam, FINE if stitched else SEAM, dash="5 4" if stitched else "")


def sew(canvas: Canvas, piece: Piece, cloth: Cloth) -> None:
    """Draw a body or skirt with its hem."""
    if piece.behind is not None:
        canvas.fill(piece.behind, cloth.main.inside)
        canvas.stroke(piece.behind[: len(piece.behind) - 9], cloth.main.line, SEAM)
    lay(canvas, piece.panel, cloth, piece.folds)
    for u, v in piece.folds:
        canvas.stroke(piece.panel.patch.column(u, v, 0.995), cloth.main.seam, FINE)
    seams(canvas, piece.seams, cloth.main)
    outline(canvas, piece.edges, cloth.main)


def hollow(canvas: Canvas, top: Top, cloth: Cloth) -> None:
    """Draw the inside of the back and its label."""
    canvas.fill(top.hollow, cloth.main.inside)
    canvas.stroke(join(mirror(rev(top.back)), top.back), cloth.main.line, SEAM)
    x, y = top.back[0]
    if top.depth - y > 3.4:
        label = ((x - 1.7, y + 0.7), (x + 1.7, y + 0.7), (x + 1.7, y + 2.1), (x - 1.7, y + 2.1))
        canvas.fill(line(*label, label[0]), cloth.main.light)


def arms(canvas: Canvas, sleeve: Sleeve | None, cloth: Cloth) -> None:
    """Draw both sleeves."""
    if sleeve is None:
        return
    for flip in (False, True):
        _arm(canvas, sleeve, cloth, flip)


def _arm(canvas: Canvas, sleeve: Sleeve, cloth: Cloth, flip: bool) -> None:
    def way(curve: Curve) -> Curve:
        return mirror(curve) if flip else curve

    lay(canvas, sleeve.panel.mirrored() if flip else sleeve.panel, cloth)
    for fold in sleeve.folds:
        canvas.stroke(way(fold), cloth.main.seam, FINE)
    seams(canvas, map(way, sleeve.seams), cloth.main, stitched=True)
    if sleeve.opening is not None:
        canvas.fill(way(sleeve.opening), cloth.main.inside)
        canvas.stroke(way(sleeve.opening), cloth.main.line, SEAM)
    outline(canvas, map(way, sleeve.edges), cloth.main)
    if sleeve.cuff is not None:
        canvas.fill(way(sleeve.cuff), cloth.main.base)
        outline(canvas, [way(sleeve.cuff)], cloth.main)


def ease(canvas: Canvas, top: Top, dye: Dye, hem_y: float, waist: float) -> None:
    """Suggest a body's drape with fine lines: from the underarms, and where it bends at the waist."""
    x, y = top.underarm
    for side in (-1, 1):
        pull = bez((x - 0.8, y + 1.2), (x - 3.0, y + 4.4), (x - 5.5, y + 7.0), (x - 8.0, y + 8.6))
        lower = bez((x - 1.0, y + 4.6), (x - 2.2, y + 7.2), (x - 3.6, y + 9.4), (x - 5.2, y + 11.0))
        for curve in (pull, lower):
            canvas.stroke(curve if side > 0 else mirror(curve), dye.seam, FINE)
    if hem_y > 52:
        for side, low in ((-1, 0.0), (1, 3.0)):
            bend = bez(
                (waist - 0.9, 40 + low),
                (waist - 3.4, 40.8 + low),
                (waist - 5.2, 42.2 + low),
                (waist - 6.8, 44.4 + low),
            )
            canvas.stroke(bend if side > 0 else mirror(bend), dye.seam, FINE)
