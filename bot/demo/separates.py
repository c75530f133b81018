"""Skirts, trousers and jumpsuits."""

from dataclasses import dataclass

from bot.demo import collars, trims
from bot.demo.bodies import Hem, Piece, body, skirt
from bot.demo.canvas import Canvas
from bot.demo.curves import bez, join, line, rev
from bot.demo.dresses import armholes, balloon, tiers
from bot.demo.garments import Garment
from bot.demo.prints import Cloth
from bot.demo.sewing import FINE, SEAM, arms, hollow, lay, outline, sew
from bot.demo.sleeves import sleeve
from bot.demo.tops import top
from bot.demo.trousers import WAIST, Leg, leg

_HEMS = {"mini": 79.0, "knee": 97.0, "midi": 116.0, "maxi": 136.0}
_LEGS = {"short": 79.0, "cropped": 122.0, "full": 142.0}


@dataclass(frozen=True)
class _Cut:
    hip: float = 5.4
    flare: float = 0.2
    waves: int = 0
    depth: float = 0.0
    sag: float = 1.0


_SKIRTS = {
    "pencil": _Cut(5.0, -0.03),
    "a-line": _Cut(5.2, 0.24, 3, 0.6),
    "circle": _Cut(9.0, 0.46, 8, 1.7, 2.0),
    "pleated": _Cut(4.4, 0.2, 0, 0.0, 1.6),
    "tiered": _Cut(5.0, 0.34, 8, 1.0),
    "wrap": _Cut(5.0, 0.2, 2, 0.6),
    "slip": _Cut(4.6, 0.12, 3, 0.8),
    "balloon": _Cut(9.0, 0.2),
    "button-front": _Cut(5.4, 0.26, 3, 0.6),
}
_BAND = 15.8


def skirt_(canvas: Canvas, g: Garment, cloth: Cloth) -> None:
    """Draw a skirt."""
    cut = _SKIRTS[g["silhouette"]]
    hem_y = _HEMS[g["length"]]
    blocked = g["pattern"] == "colour-block"
    main = cloth.plain() if blocked else cloth
    for piece in reversed(_skirt(cut, g["silhouette"], hem_y)):
        sew(canvas, piece, main)
        _lines(canvas, g["silhouette"], piece, main)
        if blocked:
            trims.block(canvas, piece, main, 0.62)
    trims.waistband(canvas, cloth.turned().main if blocked else cloth.main, WAIST, _BAND)
    _finish(canvas, g, cloth, hem_y)


def _skirt(cut: _Cut, silhouette: str, hem_y: float) -> list[Piece]:
    long = hem_y - WAIST
    wide = _BAND + cut.hip + cut.flare * (min(long, 60) + max(long - 60, 0) * 0.4)
    if silhouette == "tiered":
        return tiers(_BAND, WAIST, hem_y, wide, cut.waves, cut.depth)
    if silhouette == "balloon":
        return [balloon(_BAND, WAIST, hem_y)]
    at = min(20.0, long * 0.5)
    hip = _BAND + cut.hip + cut.flare * at * (0.9 if cut.flare > 0.4 else 0.35)
    hem = (
        Hem(hem_y, cut.sag, 18, 0.28)
        if silhouette == "pleated"
        else Hem(hem_y, cut.sag, cut.waves, cut.depth)
    )
    return [skirt([(_BAND, WAIST), (hip, WAIST + at), (wide, hem_y)], hem)]


def _lines(canvas: Canvas, silhouette: str, piece: Piece, cloth: Cloth) -> None:
    patch, dye = piece.panel.patch, cloth.main
    if silhouette == "pleated":
        trims.pleats(canvas, patch, dye, 9)
    elif silhouette in ("tiered", "balloon", "circle"):
        trims.gathers(canvas, patch, dye, both=silhouette == "balloon")
    elif silhouette == "pencil":
        for side in (-1, 1):
            canvas.stroke(
                bez((side * 7.5, 40), (side * 7.7, 44), (side * 7.9, 47), (side * 8.0, 50)), dye.seam, FINE
            )


def _finish(canvas: Canvas, g: Garment, cloth: Cloth, hem_y: float) -> None:
    dye = cloth.main
    if g["silhouette"] == "button-front":
        trims.placket(canvas, cloth, WAIST + 0.6, hem_y + 0.4, 8.0)
        for side in (-1, 1):
            trims.patch_pocket(canvas, (side * 10.6, WAIST + 11), cloth)
    elif g["silhouette"] == "wrap":
        edge = bez((9.0, WAIST), (8.0, WAIST + 16), (4.0, hem_y - 26), (-3.0, hem_y + 0.9))
        canvas.stroke(edge, dye.line, SEAM + 0.6)
        trims.bow(canvas, (9.5, WAIST - 1.4), cloth.accent if cloth.pattern != "plain" else dye, tail=13)
    elif g["silhouette"] == "pencil":
        canvas.stroke(line((0.0, hem_y - 15), (0.0, hem_y + 0.8)), dye.line, SEAM)
    if g["waist"] == "belted":
        trims.belt(canvas, WAIST - 1.8, _BAND, cloth.accent, buckle=True, depth=2.8)


def trousers(canvas: Canvas, g: Garment, cloth: Cloth) -> None:
    """Draw trousers or shorts."""
    blocked = g["pattern"] == "colour-block"
    main = cloth.plain() if blocked else cloth
    pair = _legs(canvas, g, main)
    if blocked:
        for one in pair:
            _side_stripe(canvas, one, cloth)
    trims.waistband(canvas, cloth.main, WAIST, _BAND, 3.8)
    _fly(canvas, g, cloth)


def _legs(canvas: Canvas, g: Garment, cloth: Cloth) -> tuple[Leg, Leg]:
    hem_y = _LEGS[g["length"]]
    right = leg(g["silhouette"], hem_y, _BAND)
    pair = (right.mirrored(), right)
    for one in pair:
        lay(canvas, one.panel, cloth)
        if g["silhouette"] in ("palazzo", "wide", "culottes"):
            for u, v in ((-0.35, 0.45), (0.36, 0.3)):
                canvas.stroke(one.panel.patch.column(u, v, 0.99), cloth.main.seam, FINE)
        canvas.stroke(one.crease, cloth.main.seam, FINE)
        outline(canvas, one.edges, cloth.main)
        if g["length"] != "full" or g["silhouette"] == "tapered":
            row = one.panel.patch.row(1 - 4.0 / one.panel.patch.length)
            canvas.stroke(row, cloth.main.seam, SEAM)
    return pair


def _side_stripe(canvas: Canvas, one: Leg, cloth: Cloth) -> None:
    patch = one.panel.patch
    left = patch.point(0, 0.6)[0] < 0
    a, b = (-1.0, -0.78) if left else (0.78, 1.0)
    band = join(patch.column(a, 0.005, 1), patch.row(1, a, b), rev(patch.column(b, 0.005, 1)))
    canvas.fill(band, cloth.accent.base)
    outline(canvas, [band], cloth.main, SEAM)


def _fly(canvas: Canvas, g: Garment, cloth: Cloth) -> None:
    dye = cloth.main
    for side in (-1, 1):
        pocket = bez(
            (side * 10.5, WAIST + 0.6),
            (side * 12.5, WAIST + 6),
            (side * 15, WAIST + 10),
            (side * 18.4, WAIST + 12.5),
        )
        canvas.stroke(pocket, dye.seam, SEAM)
        for x in (5.2, 6.8) if g["silhouette"] in ("wide", "tapered", "barrel") else ():
            canvas.stroke(line((side * x, WAIST + 0.5), (side * (x + 0.4), WAIST + 9)), dye.seam, FINE)
        canvas.weave([line((side * 8.6, WAIST - 3.9), (side * 8.7, WAIST + 0.4))], dye.seam, 0.9)
        canvas.weave([line((side * 8.6, WAIST - 3.9), (side * 8.7, WAIST + 0.4))], dye.base, 0.55)
    fly = join(
        line((2.4, WAIST + 0.6), (2.4, WAIST + 12)),
        bez((2.4, WAIST + 12), (2.4, WAIST + 15.5), (1.2, WAIST + 17), (0.1, WAIST + 17.4)),
    )
    canvas.stroke(fly, dye.seam, FINE, dash="5 4")
    if g["waist"] == "belted":
        trims.belt(canvas, WAIST - 1.9, _BAND, cloth.accent, buckle=True, depth=3.0)
    elif g["waist"] == "tied":
        trims.bow(canvas, (0.0, WAIST - 1.6), cloth.accent, tail=12, loop=5.4)
    else:
        trims.button(canvas, (0.9, WAIST - 1.6), cloth, 1.5)


def jumpsuit(canvas: Canvas, g: Garment, cloth: Cloth) -> None:
    """Draw a jumpsuit: a bodice sewn to trousers."""
    upper = top(g["neckline"], g["sleeve"], 19.6)
    hollow(canvas, upper, cloth)
    if g["sleeve"] == "strap":
        trims.straps(canvas, upper, cloth.main)
    arm = sleeve(g["sleeve"], upper, roomy=0.6)
    low = cloth.turned() if g["pattern"] == "colour-block" else cloth
    main = cloth.plain() if g["pattern"] == "colour-block" else cloth
    arms(canvas, arm, main)
    _legs(canvas, g, low)
    for side in (-1, 1):
        pocket = bez(
            (side * 12, WAIST + 2),
            (side * 13.5, WAIST + 7),
            (side * 15.5, WAIST + 10),
            (side * 18.4, WAIST + 13),
        )
        canvas.stroke(pocket, low.main.seam, SEAM)
    sew(canvas, body(upper, [(15.6, WAIST + 0.6)], Hem(WAIST + 0.6, 0.5)), main)
    armholes(canvas, upper, main, arm is not None)
    if g["neckline"] == "collar":
        trims.placket(canvas, main, 8.2, WAIST, 7.6)
        collars.shirt_collar(canvas, main.main if main.pattern == "plain" else main.accent)
    trims.belt(canvas, WAIST + 0.4, 15.6, low.accent, buckle=g["waist"] == "belted", depth=2.8)
