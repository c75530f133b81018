"""Sleeves, cut for the wearer's left arm (positive x); the other one is the mirror image."""

from dataclasses import dataclass

from bot.demo.curves import Curve, Panel, Patch, Point, bez, heading, join, lerp, line, plus, rev, through
from bot.demo.tops import Top


@dataclass(frozen=True)
class Sleeve:
    """A sleeve's cloth, the lines sewn on it, and its cuff where it has one of its own."""

    panel: Panel
    edges: tuple[Curve, ...]
    seams: tuple[Curve, ...] = ()
    folds: tuple[Curve, ...] = ()
    cuff: Curve | None = None
    opening: Curve | None = None


@dataclass(frozen=True)
class _Cut:
    """Length along the outside and width at the hem (cm), and how the arm hangs (degrees from down).

    `bulge` and `lift` round and raise the cap, `cuff` is the depth of a gathered hem's band, `flare`
    opens the hem, `bag` lets the forearm billow.
    """

    length: float
    hem: float
    upper: float = 33.0
    lower: float = 16.0
    bulge: float = 1.6
    lift: float = 0.0
    cuff: float = 0.0
    gather: bool = False
    flare: float = 0.0
    bag: float = 0.0


_CUTS = {
    "short": _Cut(18, 12.2, bulge=1.6),
    "elbow": _Cut(31, 12.2, upper=30, lower=24),
    "long": _Cut(57, 8.6, upper=29, lower=14),
    "puff": _Cut(19, 10.6, upper=36, lower=22, bulge=6.4, lift=2.6, cuff=1.8, gather=True),
    "bell": _Cut(49, 19.5, upper=30, lower=16, flare=5),
    "bishop": _Cut(54, 7.4, upper=30, lower=13, bulge=2.2, lift=1.0, cuff=4.5, gather=True, bag=6.0),
}


def sleeve(kind: str, top: Top, *, roomy: float = 0.0, cuff: float | None = None) -> Sleeve | None:
    """Cut a sleeve for this armhole, `roomy` centimetres wider; None where the arm stays bare."""
    if kind == "cap":
        return _cap(top)
    cut = _CUTS.get(kind)
    if cut is None:
        return None
    return _set_in(cut, top, roomy, cut.cuff if cuff is None else cuff)


def _cap(top: Top) -> Sleeve:
    (sx, sy), (ux, uy) = top.shoulder, top.underarm
    low = (sx + (ux - sx) * 0.55 - 0.6, sy + (uy - sy) * 0.74)
    out = bez((sx, sy), (sx + 4.6, sy + 2.0), (sx + 6.0, sy + 5.8), (sx + 5.6, sy + 7.4))
    hem = bez(out[-1], (sx + 4.2, sy + 8.6), (low[0] + 1.6, low[1] - 2.4), low)
    outline = join(out, hem, line(low, (sx - 3, low[1] - 2), (sx - 3, sy + 2), (sx, sy)))
    patch = Patch(line((sx - 3, sy), (sx - 3, sy + 13)), line((sx + 6.5, sy), (sx + 6.5, sy + 13)))
    return Sleeve(Panel(outline, patch, 1.0, 1.0), (join(out, hem),))


def _set_in(cut: _Cut, top: Top, roomy: float, cuff: float) -> Sleeve:
    shoulder, under = top.shoulder, top.underarm
    d1, d2 = heading(cut.upper), heading(cut.lower)
    out1, out2 = (d1[1], -d1[0]), (d2[1], -d2[0])
    width = cut.hem + roomy
    hand = plus(shoulder, (out1, 1.3 + roomy * 0.4), (d1, cut.length * 0.52), (d2, cut.length * 0.48 - cuff))
    outer_end = plus(hand, (out2, cut.flare + (cut.bag * 0.35 if cut.gather else 0)))
    inner_end = plus(hand, (out2, -width + (cut.bag * 0.15 if cut.gather else 0)), (d2, 0.6))
    outer = _outer(cut, shoulder, outer_end, (d1, d2, out1, out2))
    reach = max(2.0, (inner_end[1] - under[1]) * 0.4)
    swell = (d2, -reach) if not cut.bag else (plus((0, 0), (d2, -0.35), (out2, -0.9)), cut.bag)
    inner = bez(under, plus(under, (d1, reach)), plus(inner_end, swell), inner_end)
    hem = _hem(outer_end, inner_end, d2, cut)
    back_in = line(under, (shoulder[0] - 3.2, under[1] - 6), (shoulder[0] - 2.2, shoulder[1] + 1), shoulder)
    outline = join(outer, hem, rev(inner), back_in)
    start = plus(shoulder, (out1, -9.5))
    patch = Patch(join(line(start, under), inner), outer, (0.0, 0.8))
    band = _band(outer_end, inner_end, d2, out2, cuff) if cuff and cut.gather else None
    return Sleeve(
        Panel(outline, patch, 0.4),
        (outer, inner, hem),
        seams=_seams(cut, patch, cuff),
        folds=_folds(cut, patch),
        cuff=band,
        opening=_opening(outer_end, inner_end, d2) if cut.flare else None,
    )


def _outer(cut: _Cut, start: Point, end: Point, axes: tuple[Point, Point, Point, Point]) -> Curve:
    d1, d2, out1, out2 = axes
    if not cut.gather:
        first = plus(start, (d1, cut.length * 0.2), (out1, cut.bulge + 1.2))
        return bez(start, first, plus(end, (d2, -cut.length * 0.36), (out2, -cut.flare * 0.7)), end)
    crown = plus(start, ((0.0, -1.0), cut.lift), (out1, cut.bulge * 0.45), (d1, 1.0))
    if cut.bag:
        elbow = plus(start, (d1, cut.length * 0.5), (out1, cut.bulge + 1.6))
        raised = bez(start, plus(start, ((0.0, -1.0), cut.lift)), plus(crown, (d1, -1)), crown)
        swing = bez(crown, plus(crown, (d1, 9), (out1, 1.5)), plus(elbow, (d1, -8)), elbow)
        fall = bez(elbow, plus(elbow, (d2, 10), (out2, 1)), plus(end, (d2, -5), (out2, cut.bag * 0.85)), end)
        return join(raised, swing, fall)
    rise = plus(start, ((0.0, -1.0), cut.lift + 1.2), (out1, 1.2))
    return bez(start, rise, plus(end, (d2, -cut.length * 0.62), (out2, cut.bulge)), end)


def _hem(outer: Point, inner: Point, d2: Point, cut: _Cut) -> Curve:
    if cut.flare:
        mid = [plus(lerp(outer, inner, k / 6), (d2, (1.5 if k % 2 else 0.5))) for k in range(1, 6)]
        return through([outer, *mid, inner])
    drop = 0.5 if cut.gather else 1.0
    return bez(
        outer, plus(lerp(outer, inner, 0.3), (d2, drop)), plus(lerp(outer, inner, 0.7), (d2, drop)), inner
    )


def _opening(outer: Point, inner: Point, d2: Point) -> Curve:
    low = [plus(lerp(outer, inner, k), (d2, 1.5)) for k in (0.25, 0.5, 0.75)]
    return join(through([outer, *low, inner]), line(inner, outer))


def _band(outer: Point, inner: Point, d2: Point, out2: Point, depth: float) -> Curve:
    """Sew a band to the gathered hem, a little narrower than it."""
    a, b = lerp(outer, inner, 0.06), lerp(outer, inner, 0.94)
    c, d = plus(b, (d2, depth), (out2, 0.2)), plus(a, (d2, depth), (out2, -0.2))
    bow = 0.5
    return join(
        bez(a, plus(lerp(a, b, 0.3), (d2, bow)), plus(lerp(a, b, 0.7), (d2, bow)), b),
        bez(c, plus(lerp(c, d, 0.3), (d2, bow)), plus(lerp(c, d, 0.7), (d2, bow)), d),
        line(d, a),
    )


def _seams(cut: _Cut, patch: Patch, cuff: float) -> tuple[Curve, ...]:
    if cut.gather or cut.flare:
        return ()
    inset = (cuff or 1.6) / max(patch.length, 1)
    return (patch.row(1 - inset),)


def _folds(cut: _Cut, patch: Patch) -> tuple[Curve, ...]:
    if cut.gather and not cut.bag:
        low = tuple(patch.column(u, 0.62 + abs(u) * 0.08, 0.99) for u in (-0.45, -0.1, 0.25, 0.55))
        return (*low, *(patch.column(u, 0.06, 0.3) for u in (0.35, 0.6, 0.8)))
    if cut.gather:
        return tuple(
            patch.column(u, v, 0.99) for u, v in ((-0.5, 0.8), (-0.15, 0.7), (0.2, 0.76), (0.55, 0.82))
        )
    if cut.flare:
        return tuple(patch.column(u, v, 1) for u, v in ((-0.34, 0.62), (0.02, 0.72), (0.36, 0.66)))
    if cut.length > 40:
        bend = through([patch.point(-0.9, 0.58), patch.point(-0.4, 0.555), patch.point(0.05, 0.565)])
        return (bend,)
    return ()
