"""Jackets and coats."""

from dataclasses import dataclass

from bot.demo import collars, trims
from bot.demo.bodies import Hem, Piece, body
from bot.demo.canvas import Canvas
from bot.demo.curves import Point, bez, join, line
from bot.demo.dresses import armholes
from bot.demo.garments import Garment
from bot.demo.prints import Cloth
from bot.demo.sewing import FINE, SEAM, arms, hollow, sew
from bot.demo.sleeves import sleeve
from bot.demo.tops import Top, top


@dataclass(frozen=True)
class _Cut:
    bust: float
    waist: float
    hem: float
    roomy: float = 2.6


_CUTS = {
    "blazer": _Cut(21.6, 19.4, 22.2),
    "bomber": _Cut(23.6, 24.0, 21.0, 3.6),
    "chore": _Cut(22.6, 22.6, 23.4, 2.8),
    "collarless": _Cut(21.0, 20.0, 20.8, 2.0),
    "gilet": _Cut(21.4, 21.4, 22.4, 0.0),
    "trench": _Cut(22.0, 18.8, 29.0, 3.0),
    "wrap": _Cut(22.6, 19.4, 27.5, 3.4),
    "cocoon": _Cut(24.0, 27.5, 23.5, 4.0),
    "straight": _Cut(22.4, 22.2, 25.0, 3.0),
}
_HEM = {"cropped": 47.0, "hip": 62.0, "thigh": 76.0, "knee": 101.0, "midi": 117.0, "maxi": 132.0}


def draw(canvas: Canvas, g: Garment, cloth: Cloth) -> None:
    """Draw a jacket or coat."""
    cut = _CUTS[g["silhouette"]]
    blocked = g["pattern"] == "colour-block"
    main = cloth.plain() if blocked else cloth
    hem_y = _HEM[g["length"]]
    upper = top(g["neckline"], g["sleeve"], cut.bust, 22.5)
    hollow(canvas, upper, cloth.turned())
    arm = sleeve(g["sleeve"], upper, roomy=cut.roomy)
    arms(canvas, arm, cloth.turned() if blocked and g["silhouette"] == "bomber" else main)
    knots: list[Point] = [(cut.waist, 41.0), (cut.hem, hem_y)]
    if hem_y < 50:
        knots = [(cut.waist, hem_y)]
    elif g["silhouette"] == "cocoon":
        knots = [(cut.waist - 1, 44.0), (cut.waist, hem_y - 34), (cut.hem, hem_y)]
    elif hem_y > 80:
        knots = [(cut.waist, 40.0), (cut.waist + (cut.hem - cut.waist) * 0.5, 62.0), (cut.hem, hem_y)]
    piece = body(upper, knots, Hem(hem_y, 1.0))
    sew(canvas, piece, main)
    if blocked and g["silhouette"] != "bomber":
        trims.block(canvas, piece, main, 0.66)
    armholes(canvas, upper, main, arm is not None)
    if g["silhouette"] == "bomber":
        rib = cloth.accent
        trims.rib_hem(canvas, piece.panel.patch, rib, 5.6)
        if arm is not None:
            for panel in (arm.panel.mirrored(), arm.panel):
                trims.rib_hem(canvas, panel.patch, rib, 4.6)
    _front(canvas, g, cut, upper, main, piece)


def _front(canvas: Canvas, g: Garment, cut: _Cut, upper: Top, cloth: Cloth, piece: Piece) -> None:
    dye = cloth.main
    hem_y = _HEM[g["length"]]
    match g["silhouette"]:
        case "blazer" | "straight" | "wrap" | "trench":
            _tailored(canvas, g, cut, upper, cloth, hem_y)
        case "bomber":
            canvas.stroke(line((0.0, upper.depth), (0.0, hem_y + 0.6)), dye.line, SEAM + 1.2)
            for side in (-1, 1):
                canvas.stroke(
                    line((side * 12.5, hem_y - 20), (side * 16.5, hem_y - 11)), dye.line, SEAM + 1.2
                )
            collars.rib_neck(canvas, upper, cloth.accent, 3.0)
        case "chore":
            trims.placket(canvas, cloth, 8.2, hem_y + 0.6, 9.5)
            for side in (-1, 1):
                trims.patch_pocket(canvas, (side * 11.6, hem_y - 20), cloth, 12, 13.5)
            trims.patch_pocket(canvas, (11.4, 22.5), cloth, 9.4, 10.5)
            collars.shirt_collar(canvas, dye, scale=1.1)
        case "collarless":
            canvas.stroke(line((0.0, upper.depth), (0.0, hem_y + 0.6)), dye.line, SEAM + 0.4)
            trims.braid(canvas, upper, cloth, hem_y)
            for side in (-1, 1):
                trims.flap(canvas, (side * 11.2, hem_y - 15), cloth, 10.4, 3.6)
                if hem_y > 50:
                    trims.flap(canvas, (side * 10.6, 24.5), cloth, 8.4, 3.2)
        case "gilet":
            canvas.stroke(line((0.0, upper.depth), (0.0, hem_y + 0.6)), dye.line, SEAM + 1.0)
            trims.quilting(canvas, piece.panel, upper, cloth, hem_y)
            collars.funnel(canvas, dye)
        case "cocoon":
            canvas.stroke(line((2.6, upper.depth + 0.4), (2.6, hem_y + 0.8)), dye.line, SEAM + 0.4)
            for k in range(3):
                trims.button(canvas, (0.0, 17 + k * 17), cloth, 3.0)
            for side in (-1, 1):
                canvas.stroke(line((side * 15.5, 57), (side * 19.5, 70)), dye.seam, SEAM + 0.6)
            collars.funnel(canvas, dye)


def _tailored(canvas: Canvas, g: Garment, cut: _Cut, upper: Top, cloth: Cloth, hem_y: float) -> None:
    dye = cloth.main
    d = upper.depth
    double = g["silhouette"] in ("trench", "wrap")
    shift = 5.4 if double else 0.0
    if double:
        canvas.stroke(
            bez((0.0, d), (-2.4, d + 2), (-shift, d + 5), (-shift - 0.6, hem_y + 0.8)), dye.line, SEAM + 0.5
        )
    else:
        canvas.stroke(
            bez((0.0, d), (-0.9, d + 4), (-1.6, hem_y - 9), (0.6, hem_y + 0.9)), dye.line, SEAM + 0.5
        )
    for side in (-1, 1):
        canvas.stroke(bez((side * 9, 25), (side * 8, 34), (side * 8.2, 44), (side * 9.2, 54)), dye.seam, FINE)
        if g["silhouette"] == "blazer":
            trims.flap(canvas, (side * 12.2, 49), cloth, 11.5, 4.6)
        else:
            canvas.stroke(line((side * 13.5, 54), (side * 18, 66)), dye.seam, SEAM + 0.6)
    collars.lapels(canvas, cloth, d, peak=double)
    if g["silhouette"] == "blazer":
        canvas.stroke(line((9.4, 26.5), (15.2, 25.7)), dye.seam, SEAM)
        for k in range(2):
            trims.button(canvas, (0.0, d + 2.2 + 8 * k), cloth, 2.0)
    elif g["silhouette"] == "straight":
        for k in range(3):
            trims.button(canvas, (0.0, d + 2.6 + 13 * k), cloth, 2.4)
    else:
        if g["silhouette"] == "trench":
            _trench(canvas, d, cloth)
        trims.belt(
            canvas,
            41.0,
            cut.waist,
            dye if g["silhouette"] == "wrap" else cloth.accent,
            buckle=g["silhouette"] == "trench",
            depth=4.2,
        )


def _trench(canvas: Canvas, d: float, cloth: Cloth) -> None:
    """Add what makes a trench coat: two rows of buttons, shoulder straps, a storm flap."""
    for y in (d + 2.5, d + 17, d + 33):
        for x in (-3.2, 6.0):
            trims.button(canvas, (x, y), cloth, 2.0)
    storm = join(
        bez((17.4, 9.5), (15.5, 17), (14.0, 23), (12.6, 28.5)),
        bez((12.6, 28.5), (10.5, 29), (8.2, 28.4), (6.6, 26.6)),
    )
    canvas.stroke(storm, cloth.main.line, SEAM)
    for side in (-1, 1):
        tab = line((side * 18.0, 4.3), (side * 12.6, 2.2), (side * 12.2, 4.4), (side * 17.4, 7.0))
        canvas.fill(tab, cloth.main.base)
        canvas.stroke(tab, cloth.main.line, SEAM)
