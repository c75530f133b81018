"""Dresses: which pieces each silhouette is cut from, and what is sewn on."""

from dataclasses import dataclass

from bot.demo import collars, trims
from bot.demo.bodies import Hem, Piece, body, skirt
from bot.demo.canvas import Canvas
from bot.demo.curves import bez, mirror
from bot.demo.garments import Garment
from bot.demo.prints import Cloth
from bot.demo.sewing import FINE, SEAM, arms, ease, hollow, outline, sew
from bot.demo.sleeves import sleeve
from bot.demo.tops import Top, top

HEMS = {"mini": 81.0, "knee": 99.0, "midi": 117.0, "maxi": 140.0}


@dataclass(frozen=True)
class _Cut:
    """Half widths at bust and waist, where the seam sits, and how the skirt opens below it.

    `flare` is what the hem gains per centimetre of skirt; `hip` what the hip adds to the waist.
    """

    bust: float = 19.4
    waist: float = 15.4
    seam: float | None = 39.0
    flare: float = 0.2
    hip: float = 5.6
    waves: int = 0
    depth: float = 0.0
    roomy: float = 0.0


CUTS = {
    "sheath": _Cut(19.2, 16.6, None, -0.03, 3.6),
    "shift": _Cut(20.4, 20.6, None, 0.1, 2.2, roomy=0.6),
    "a-line": _Cut(flare=0.3, hip=5.4, waves=3, depth=0.7),
    "fit and flare": _Cut(flare=0.44, hip=8.0, waves=7, depth=1.5),
    "wrap": _Cut(flare=0.26, hip=5.6, waves=3, depth=0.8),
    "slip": _Cut(18.8, 16.8, None, 0.14, 4.2, waves=3, depth=0.8),
    "shirt": _Cut(21.0, 17.6, 39.0, 0.2, 4.2, waves=2, depth=0.6, roomy=1.2),
    "tiered": _Cut(20.2, 18.6, 36.0, 0.36, 5.0, waves=8, depth=1.0, roomy=0.6),
    "empire": _Cut(19.2, 17.6, 30.5, 0.24, 3.4, waves=5, depth=1.1),
    "column": _Cut(19.0, 16.4, None, 0.0, 3.8),
    "trumpet": _Cut(19.0, 15.0, None, 0.12, 5.0, waves=5, depth=1.3),
    "drop waist": _Cut(20.0, 19.2, 55.0, 0.2, 1.6, waves=0, roomy=0.6),
    "balloon": _Cut(19.4, 15.4, 39.0, 0.2, 9.0),
    "smock": _Cut(20.4, 21.4, 27.0, 0.26, 2.5, waves=6, depth=1.2, roomy=0.8),
    "blazer": _Cut(20.4, 17.4, None, 0.04, 4.4, roomy=0.8),
    "sun": _Cut(18.6, 16.2, 39.0, 0.26, 5.6, waves=3, depth=0.6),
}


def draw(canvas: Canvas, g: Garment, cloth: Cloth) -> None:
    cut = CUTS[g["silhouette"]]
    hem_y = HEMS[g["length"]]
    upper = top(g["neckline"], g["sleeve"], cut.bust)
    blocked = g["pattern"] == "colour-block"
    low = cloth.turned() if blocked else cloth
    if blocked:
        cloth = cloth.plain()
    hollow(canvas, upper, cloth)
    if g["sleeve"] == "strap" and g["neckline"] != "halter":
        trims.straps(canvas, upper, cloth.main)
    arm = None if g["neckline"] == "halter" else sleeve(g["sleeve"], upper, roomy=cut.roomy)
    if cut.seam is None:
        piece = _one_piece(cut, g, upper, hem_y)
        arms(canvas, arm, cloth)
        sew(canvas, piece, cloth)
        if blocked:
            trims.block(canvas, piece, cloth, 0.55)
        _darts(canvas, cut, g, cloth)
        if g["silhouette"] == "shift":
            ease(canvas, upper, cloth.main, hem_y, cut.waist)
    else:
        skirts = _skirt(cut, g, cut.seam, hem_y)
        arms(canvas, arm, low if blocked and g["sleeve"] in ("bell", "bishop") else cloth)
        for piece in reversed(skirts):
            sew(canvas, piece, low)
            _gathers(canvas, g, piece, low)
        bodice = _bodice(cut, upper, cut.seam)
        sew(canvas, bodice, cloth)
    armholes(canvas, upper, cloth, arm is not None)
    _trim(canvas, g, cut, upper, cloth, low, hem_y)


def _one_piece(cut: _Cut, g: Garment, upper: Top, hem_y: float) -> Piece:
    hip = cut.waist + cut.hip
    knots = [(cut.waist, 39.0), (hip, 60.0)]
    if g["silhouette"] == "trumpet":
        knots += [(hip - 1.4, max(hem_y - 34, 64)), (hip + 11, hem_y)]
    else:
        knots.append((hip + cut.flare * (hem_y - 60), hem_y))
    return body(upper, knots, Hem(hem_y, 1.0, cut.waves, cut.depth))


def _bodice(cut: _Cut, upper: Top, seam: float) -> Piece:
    if seam < 33:
        return body(upper, [(cut.waist + 0.6, seam)], Hem(seam, 0.5))
    if seam > 45:
        return body(upper, [(cut.waist, 39.0), (cut.waist + cut.hip, seam)], Hem(seam, 0.6))
    return body(upper, [(cut.waist, seam)], Hem(seam, 0.5))


def _skirt(cut: _Cut, g: Garment, seam: float, hem_y: float) -> list[Piece]:
    """Cut the skirt; of tiers the lowest comes last."""
    start = cut.waist if seam < 45 else cut.waist + cut.hip
    long = hem_y - seam
    spread = start + cut.hip + cut.flare * (min(long, 60) + max(long - 60, 0) * 0.4)
    if g["silhouette"] == "tiered":
        return tiers(start, seam, hem_y, spread, cut.waves, cut.depth)
    if g["silhouette"] == "balloon":
        return [balloon(start, seam, hem_y)]
    if g["silhouette"] == "drop waist":
        return [skirt([(start, seam), (spread, hem_y)], Hem(hem_y, 1.2, 9, 0.45))]
    knee = seam + min(long * 0.34, 21)
    share = (knee - seam) / long
    bend = 1.35 if cut.flare > 0.4 else 1.15
    knots = [(start, seam), (start + (spread - start) * share * bend, knee), (spread, hem_y)]
    return [skirt(knots, Hem(hem_y, 1.6 if cut.flare > 0.3 else 1.0, cut.waves, cut.depth))]


def tiers(start: float, top_y: float, hem_y: float, wide: float, waves: int, depth: float) -> list[Piece]:
    """Cut two or three tiers from the waist down, each longer and fuller than the one above."""
    n = 2 if hem_y - top_y < 50 else 3
    weights = [1.0, 1.15, 1.3][:n]
    out: list[Piece] = []
    y = top_y
    for k in range(n):
        end = y + (hem_y - top_y) * weights[k] / sum(weights)
        a = start + (wide - start) * k / n + (0.3 if k else 0)
        b = start + (wide - start) * (k + 1) / n + 1.6
        out.append(skirt([(a, y), (b, end)], Hem(end, 1.0, waves + k * 2, depth), arc=1.0 if k else 0.5))
        y = end
    return out


def balloon(start: float, top_y: float, hem_y: float) -> Piece:
    """Cut a balloon skirt: wide below the hip, caught in at the hem."""
    long = hem_y - top_y
    wide = start + 6.4 + long * 0.04
    knots = [
        (start, top_y),
        (wide - 1.6, top_y + long * 0.4),
        (wide, top_y + long * 0.74),
        (wide - 1.4, hem_y - 4.0),
    ]
    return skirt([*knots, (wide - 4.8, hem_y)], Hem(hem_y, 1.2))


def _gathers(canvas: Canvas, g: Garment, piece: Piece, cloth: Cloth) -> None:
    """Draw the little folds below a gathered seam."""
    if g["silhouette"] == "drop waist":
        trims.pleats(canvas, piece.panel.patch, cloth.main, 9)
    elif g["silhouette"] in ("tiered", "empire", "smock", "balloon", "fit and flare"):
        trims.gathers(canvas, piece.panel.patch, cloth.main, both=g["silhouette"] == "balloon")


def armholes(canvas: Canvas, upper: Top, cloth: Cloth, sleeved: bool) -> None:
    for curve in (upper.armhole, mirror(upper.armhole)):
        if sleeved:
            cut = curve[:4]
            canvas.stroke(cut, cloth.main.line, SEAM + 0.8)
            canvas.stroke(curve[3:], cloth.main.seam, SEAM)
        else:
            outline(canvas, [curve], cloth.main)


def _darts(canvas: Canvas, cut: _Cut, g: Garment, cloth: Cloth) -> None:
    if g["silhouette"] in ("sheath", "column", "trumpet"):
        for side in (-1, 1):
            dart = bez((side * 8.6, 27), (side * 7.0, 33), (side * 6.8, 42), (side * 8.2, 52))
            canvas.stroke(dart, cloth.main.seam, FINE)
    if g["silhouette"] == "column":
        y = HEMS[g["length"]]
        slit = bez((9.5, y - 34), (9.7, y - 22), (10.0, y - 12), (10.6, y + 0.3))
        canvas.stroke(slit, cloth.main.line, SEAM + 0.5)


def _trim(canvas: Canvas, g: Garment, cut: _Cut, upper: Top, cloth: Cloth, low: Cloth, hem_y: float) -> None:
    match g["neckline"]:
        case "collar":
            end = hem_y if g["silhouette"] == "shirt" else (cut.seam or 39.0)
            trims.placket(canvas, cloth, 8.2, end - 0.5, 7.6)
            collars.shirt_collar(canvas, cloth.main if cloth.pattern == "plain" else cloth.accent)
        case "turtleneck":
            collars.roll_neck(canvas, cloth)
        case "peter pan":
            collars.peter_pan(canvas, upper, cloth.main if cloth.pattern == "plain" else cloth.accent)
        case "lapel":
            collars.lapels(canvas, cloth)
    if g["silhouette"] == "wrap":
        _wrap(canvas, upper, cut, cloth, hem_y)
    _waist(canvas, g, cut, cloth)


def _wrap(canvas: Canvas, upper: Top, cut: _Cut, cloth: Cloth, hem_y: float) -> None:
    d = upper.depth
    canvas.stroke(
        bez((0.0, d), (-3.0, d + 6), (-8.0, 33), (-cut.waist + 1.5, 38.6)), cloth.main.line, SEAM + 0.6
    )
    canvas.stroke(
        bez((-cut.waist + 3, 40), (-4.0, 52), (1.0, hem_y - 40), (5.0, hem_y + 1.4)),
        cloth.main.line,
        SEAM + 0.6,
    )


def _waist(canvas: Canvas, g: Garment, cut: _Cut, cloth: Cloth) -> None:
    match g["waist"]:
        case "belted":
            trims.belt(canvas, 39.0, cut.waist, cloth.accent, buckle=True)
        case "tied":
            trims.belt(
                canvas,
                39.0,
                cut.waist,
                cloth.main if g["silhouette"] == "wrap" and cloth.pattern == "plain" else cloth.accent,
                buckle=False,
                depth=2.6,
            )
