"""Shirts and knits."""

from dataclasses import dataclass

from bot.demo import collars, trims
from bot.demo.bodies import Hem, Piece, body, skirt
from bot.demo.canvas import Canvas
from bot.demo.curves import Point, bez, through
from bot.demo.dresses import armholes
from bot.demo.garments import Garment
from bot.demo.prints import Cloth
from bot.demo.sewing import FINE, SEAM, arms, ease, hollow, sew
from bot.demo.sleeves import sleeve
from bot.demo.tops import Top, top


@dataclass(frozen=True)
class _Cut:
    """Half widths at bust, waist and hem, the hem's height, and the room in the sleeve."""

    bust: float
    waist: float
    hem: float
    roomy: float = 0.0
    sag: float = 1.0


_HEM = {"cropped": 45.0, "hip": 60.0, "long": 72.0}

_SHIRTS = {
    "classic": _Cut(21.0, 19.2, 21.6, 1.2),
    "boxy": _Cut(24.0, 24.0, 24.4, 2.2, 0.6),
    "blouse": _Cut(21.4, 20.0, 22.6, 1.0),
    "peplum": _Cut(19.4, 15.8, 15.8, 0.0),
    "wrap": _Cut(19.8, 16.0, 19.5, 0.4),
    "camisole": _Cut(18.8, 18.4, 21.0),
    "tee": _Cut(20.6, 19.8, 20.8, 0.6),
    "tunic": _Cut(21.4, 21.4, 26.0, 1.4, 1.6),
}


def shirt(canvas: Canvas, g: Garment, cloth: Cloth) -> None:
    """Draw a shirt, blouse or top."""
    cut = _SHIRTS[g["silhouette"]]
    blocked = g["pattern"] == "colour-block"
    main = cloth.plain() if blocked else cloth
    upper = top(g["neckline"], g["sleeve"], cut.bust)
    hem_y = _HEM[g["length"]]
    hollow(canvas, upper, main)
    if g["sleeve"] == "strap":
        trims.straps(canvas, upper, main.main)
    cuffed = g["silhouette"] in ("classic", "boxy") and g["sleeve"] == "long"
    arm = sleeve(g["sleeve"], upper, roomy=cut.roomy, cuff=6.0 if cuffed else None)
    arms(canvas, arm, cloth.turned() if blocked else main)
    pieces = _front(cut, g, upper, hem_y)
    for piece in reversed(pieces):
        sew(canvas, piece, main)
    if len(pieces) > 1:
        trims.gathers(canvas, pieces[1].panel.patch, main.main)
    armholes(canvas, upper, main, arm is not None)
    if g["silhouette"] not in ("peplum", "wrap"):
        ease(canvas, upper, main.main, hem_y, cut.waist)
    _shirt_trim(canvas, g, cut, upper, cloth, hem_y)


def _front(cut: _Cut, g: Garment, upper: Top, hem_y: float) -> list[Piece]:
    if g["silhouette"] == "peplum":
        bodice = body(upper, [(cut.waist, 39.0)], Hem(39.0, 0.5))
        return [bodice, skirt([(cut.waist, 39.0), (cut.waist + 9, hem_y)], Hem(hem_y, 1.2, 6, 1.0))]
    waves = 3 if g["silhouette"] in ("camisole", "tunic", "blouse") else 0
    knots: list[Point] = [(cut.waist, 39.0), (cut.hem, hem_y)]
    if hem_y < 50:
        knots = [(cut.waist + 0.3, hem_y)]
    return [body(upper, knots, Hem(hem_y, cut.sag, waves, 0.5 if waves else 0.0))]


def _shirt_trim(canvas: Canvas, g: Garment, cut: _Cut, upper: Top, cloth: Cloth, hem_y: float) -> None:
    dye = cloth.main
    trim = cloth.accent if g["pattern"] in ("colour-block", "floral", "dot") else dye
    kind = g["silhouette"]
    if g["neckline"] == "collar":
        trims.placket(canvas, cloth, 8.2, (39.0 if kind == "peplum" else hem_y) + 0.4, 7.4)
        if kind in ("classic", "boxy", "tunic"):
            for side in (-1, 1) if kind == "boxy" else (1,):
                trims.patch_pocket(canvas, (side * 11.2, 22.5), cloth, 8.4, 9.6)
        collars.shirt_collar(canvas, trim)
    elif g["neckline"] == "peter pan":
        trims.placket(canvas, cloth, 9.0, hem_y + 0.4, 7.4, band=False)
        collars.peter_pan(canvas, upper, trim)
    elif g["neckline"] == "bow":
        trims.bow(canvas, (0.0, upper.depth + 0.2), trim, tail=17, loop=7.6)
    elif kind == "tee":
        collars.rib_neck(canvas, upper, trim, 1.9)
    elif g["neckline"] == "turtleneck":
        collars.roll_neck(canvas, cloth)
    if kind == "wrap":
        d = upper.depth
        canvas.stroke(
            bez((0.0, d), (-3.0, d + 6), (-8.0, 32), (-cut.waist + 0.6, 38.0)), dye.line, SEAM + 0.6
        )
        canvas.stroke(bez((-cut.waist + 2, 40), (-6, 45), (0, 52), (2.0, hem_y + 0.8)), dye.line, SEAM)
        trims.belt(canvas, 39.0, cut.waist, trim, buckle=False, depth=2.6)
    elif kind == "tee":
        canvas.stroke(
            through([(-cut.hem + 0.2, hem_y - 2), (0, hem_y - 1.0), (cut.hem - 0.2, hem_y - 2)]),
            dye.seam,
            FINE,
            dash="5 4",
        )
    if g["waist"] == "belted":
        trims.belt(canvas, 39.0, cut.waist, cloth.accent, buckle=True)


_KNITS = {
    "jumper": _Cut(21.6, 20.4, 20.6, 1.6, 0.8),
    "slouchy": _Cut(25.5, 25.0, 23.4, 3.6, 0.8),
    "cardigan": _Cut(21.4, 20.4, 21.0, 1.4, 0.8),
    "vest": _Cut(21.0, 20.0, 20.4, 0.0, 0.8),
    "polo": _Cut(20.6, 19.4, 20.2, 0.6, 0.8),
    "tunic": _Cut(21.6, 21.6, 23.6, 1.6, 0.8),
}


def knit(canvas: Canvas, g: Garment, cloth: Cloth) -> None:
    """Draw a knit with ribbed neck, cuffs and hem."""
    cut = _KNITS[g["silhouette"]]
    blocked = g["pattern"] == "colour-block"
    main = cloth.plain() if blocked else cloth
    rib = cloth.accent if blocked else cloth.main
    upper = top(g["neckline"], g["sleeve"], cut.bust, 22.5 if g["silhouette"] == "slouchy" else 21.0)
    hem_y = _HEM[g["length"]] + 1.0
    hollow(canvas, upper, main)
    arm = sleeve(g["sleeve"], upper, roomy=cut.roomy, cuff=None)
    arms(canvas, arm, main)
    if arm is not None and arm.cuff is None and arm.opening is None and g["sleeve"] != "cap":
        for flip in (True, False):
            panel = arm.panel.mirrored() if flip else arm.panel
            trims.rib_hem(canvas, panel.patch, rib, 5.0 if g["sleeve"] == "long" else 2.6)
    knots: list[Point] = [(cut.waist, 39.0), (cut.hem, hem_y)] if hem_y > 50 else [(cut.waist, hem_y)]
    piece = body(upper, knots, Hem(hem_y, cut.sag))
    sew(canvas, piece, main)
    armholes(canvas, upper, main, arm is not None)
    ease(canvas, upper, main.main, hem_y, cut.waist)
    trims.rib_hem(canvas, piece.panel.patch, rib, 5.6)
    _knit_neck(canvas, g, upper, Cloth(rib, cloth.accent, "plain", cloth.seed), cloth, hem_y)


def _knit_neck(canvas: Canvas, g: Garment, upper: Top, rib: Cloth, cloth: Cloth, hem_y: float) -> None:
    if g["silhouette"] == "vest":
        trims.rib_arm(canvas, upper, rib.main)
    if g["silhouette"] == "cardigan":
        collars.cardigan_bands(canvas, upper, rib, hem_y + 0.8)
        for side in (-1, 1) if g["length"] != "cropped" else ():
            trims.patch_pocket(canvas, (side * 11.4, hem_y - 21), cloth, 9.4, 11)
    elif g["neckline"] == "turtleneck":
        collars.roll_neck(canvas, rib)
    elif g["neckline"] == "collar":
        trims.placket(canvas, cloth, 8.0, 20.0, 4.4)
        collars.shirt_collar(canvas, rib.main)
    else:
        collars.rib_neck(canvas, upper, rib.main)
