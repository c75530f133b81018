"""Prints on cloth: stripes and checks follow the weave of a patch, dots and flowers keep their size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin
from random import Random

from bot.demo.canvas import Canvas
from bot.demo.curves import Curve, Panel, Point, bounds, join, rev, sample, through
from bot.demo.cutting import Cutter
from bot.demo.palette import Dye, mix

_FINE = 33  # points along a line that has to be trimmed


@dataclass(frozen=True)
class Cloth:
    """What a garment is made of. `seed` settles what no attribute names: the throw of a floral."""

    main: Dye
    accent: Dye
    pattern: str
    seed: int

    def turned(self) -> "Cloth":
        """The accent as the main colour, plain: the other half of a colour-block."""
        return Cloth(self.accent, self.main, "plain", self.seed)

    def plain(self) -> "Cloth":
        return Cloth(self.main, self.accent, "plain", self.seed)


PRINTS = ("stripe", "breton", "check", "dot", "floral", "cable", "rib")


def paint(canvas: Canvas, panel: Panel, cloth: Cloth) -> None:
    """Print a panel up to its outline."""
    painter = _PAINTERS.get(cloth.pattern)
    if painter is not None:
        painter(canvas, panel, cloth)


# ------------------------------------------------------------------ along the weave


@dataclass(frozen=True)
class _Weave:
    """Bands along a panel's weave: whole where its edges are the patch's own, trimmed above `panel.open`."""

    canvas: Canvas
    panel: Panel

    def rows(self, pitch: float, width: float, colour: str, opacity: float = 1.0) -> None:
        patch, half = self.panel.patch, width / 2 / self.panel.patch.length
        n = max(1, round(patch.length / pitch))
        levels = [(k + 0.5) / n for k in range(n)]
        whole = [v for v in levels if v - half > self.panel.open]
        bands = [join(patch.row(v - half), rev(patch.row(min(v + half, 1.0)))) for v in whole]
        self.canvas.cut_out(bands, colour, opacity)
        cut = [
            ([patch.point(u, v - half) for u in _across()], [patch.point(u, v + half) for u in _across()])
            for v in levels
            if v - half <= self.panel.open
        ]
        self._trim(cut, colour, opacity)

    def columns(self, pitch: float, width: float, colour: str, opacity: float = 1.0) -> None:
        patch, top = self.panel.patch, self.panel.open
        n = max(2, round(patch.width(0.45) / pitch))
        places = [2 * (k + 0.5) / n - 1 for k in range(n)]
        half = width / patch.width(max(top, 0.1))
        whole = [patch.column(u, top, 0.997) for u in places] if top < 1 else []
        steps = [top * k / (_FINE - 1) for k in range(_FINE)] if top else []
        cut = [
            ([patch.point(u - half, v) for v in steps], [patch.point(u + half, v) for v in steps])
            for u in places
            if steps
        ]
        self.canvas.weave(whole, colour, width, opacity, butt=True)
        self._trim(cut, colour, opacity)

    def lines(self, curves: Sequence[Curve], colour: str, width: float, opacity: float) -> None:
        """Draw thin lines, each trimmed by its points."""
        if self.panel.open:
            cutter = Cutter(self.panel.outline)
            parts = [run for c in curves for run in cutter.runs(sample(c, 60))]
            curves = [through(run) for run in parts if len(run) > 1]
        self.canvas.weave(curves, colour, width, opacity)

    def _trim(
        self, bands: Sequence[tuple[Sequence[Point], Sequence[Point]]], colour: str, opacity: float
    ) -> None:
        if bands:
            cutter = Cutter(self.panel.outline)
            self.canvas.polygons([p for a, b in bands for p in cutter.strip(a, b)], colour, opacity)


def _across() -> list[float]:
    return [k / 24 - 1 for k in range(49)]


def _breton(canvas: Canvas, panel: Panel, cloth: Cloth) -> None:
    _Weave(canvas, panel).rows(3.3, 1.15, cloth.accent.base)


def _stripe(canvas: Canvas, panel: Panel, cloth: Cloth) -> None:
    pitch = (2.2, 3.0, 4.2)[cloth.seed % 3]
    _Weave(canvas, panel).columns(pitch, pitch * 0.3, cloth.accent.base)


def _check(canvas: Canvas, panel: Panel, cloth: Cloth) -> None:
    """Weave a windowpane, or a gingham in one of two sizes."""
    weave = _Weave(canvas, panel)
    if cloth.seed % 3 == 0:
        weave.columns(7.4, 0.5, cloth.accent.base)
        weave.rows(7.4, 0.5, cloth.accent.base)
        return
    pitch = (0.0, 3.0, 4.4)[cloth.seed % 3]
    weave.columns(pitch, pitch * 0.5, mix(cloth.main.base, cloth.accent.base, 0.5))
    weave.rows(pitch, pitch * 0.5, cloth.accent.base, 0.5)


def _cable(canvas: Canvas, panel: Panel, cloth: Cloth) -> None:
    """Knit cables: pairs of strands that cross, between fine purl columns."""
    patch, weave = panel.patch, _Weave(canvas, panel)
    n = max(3, round(patch.width(0.5) / 6.2))
    turns = max(3, round(patch.length / 6.5)) * 4
    strands: list[Curve] = []
    purls: list[Curve] = []
    for k in range(n):
        u, half = 2 * (k + 0.5) / n - 1, 0.52 / n
        for phase in (1, -1):
            swing = [(i / turns, phase * cos(i * pi / 2)) for i in range(turns + 1)]
            strands.append(through([patch.point(u + half * w, v) for v, w in swing]))
        purls += [patch.column(u + side * 1.9 * half, 0, 1) for side in (-1, 1)]
    weave.lines(purls, cloth.main.seam, 0.14, 0.45)
    weave.lines(strands, cloth.main.seam, 0.3, 0.75)


def _rib(canvas: Canvas, panel: Panel, cloth: Cloth) -> None:
    patch = panel.patch
    n = max(2, round(patch.width(0.45) / 1.5))
    lines = [patch.column(2 * (k + 0.5) / n - 1, 0, 1) for k in range(n)]
    _Weave(canvas, panel).lines(lines, cloth.main.seam, 0.16, 0.6)


# ------------------------------------------------------------------ thrown over it


def _lattice(
    panel: Panel, cutter: Cutter, pitch: float, jitter: float, rng: Random, margin: float
) -> list[Point]:
    """Spread points in a leaning triangular lattice over the panel and `margin` past its edges."""
    left, high, right, low = bounds(panel.outline)
    turn = panel.patch.lean * pi / 180
    c, s = cos(turn), sin(turn)
    cx, cy = (left + right) / 2, (high + low) / 2
    reach = hypot(right - left, low - high) / 2 + pitch
    n, m = int(reach / pitch) + 1, int(reach / (pitch * 0.866)) + 1
    out: list[Point] = []
    for row in range(-m, m + 1):
        for col in range(-n, n + 1):
            x = (col + 0.5 * (row % 2) + rng.uniform(-jitter, jitter)) * pitch
            y = (row * 0.866 + rng.uniform(-jitter, jitter)) * pitch
            px, py = cx + x * c - y * s, cy + x * s + y * c
            if left - margin < px < right + margin and high - margin < py < low + margin:
                out.append((px, py))
    return cutter.close(out, margin)


def _dot(canvas: Canvas, panel: Panel, cloth: Cloth) -> None:
    pitch, size = ((2.9, 0.85), (4.2, 1.7), (6.2, 3.1))[cloth.seed % 3]
    cutter = Cutter(panel.outline)
    points = _lattice(panel, cutter, pitch, 0.0, Random(0), size / 2)
    depth = cutter.depth(points) / (size / 2)
    canvas.weave([(p,) for p, d in zip(points, depth, strict=True) if d >= 1], cloth.accent.base, size)
    rims = [_ring(p, size / 2) for p, d in zip(points, depth, strict=True) if -1 < d < 1]
    canvas.polygons(cutter.shapes(rims), cloth.accent.base)


def _ring(at: Point, radius: float) -> list[Point]:
    return [_toward(at, k * pi / 8, radius) for k in range(16)]


def _floral(canvas: Canvas, panel: Panel, cloth: Cloth) -> None:
    """Scatter five-petalled flowers with leaves and a bud: large blooms, or a small ditsy print."""
    rng, cutter = Random(cloth.seed), Cutter(panel.outline)
    pitch, size = ((8.4, 3.0), (5.2, 1.62))[cloth.seed % 2]
    main, accent = cloth.main, cloth.accent
    leaf = mix("#8d9a6a" if main.dark else "#66764a", main.base, 0.25)
    places = _lattice(panel, cutter, pitch, 0.16, rng, size)
    throws = [(at, rng.uniform(0, 2 * pi), size * rng.uniform(0.85, 1.1)) for at in places]
    depth = [d / size for d in cutter.depth(places)]
    whole = [throw for throw, d in zip(throws, depth, strict=True) if d > 1.2]
    rim = [throw for throw, d in zip(throws, depth, strict=True) if -1.2 < d <= 1.2]
    leaves = [
        _leaf(at, turn + way, s * long) for at, turn, s in throws for way, long in ((0.3, 1.0), (2.6, 0.9))
    ]
    tips = [curve[3] for curve in leaves]
    buds = [_toward(at, turn + 4.6, s * 1.5) for at, turn, s in throws]
    canvas.weave(
        [(b,) for b, d in zip(buds, cutter.depth(buds), strict=True) if d > size * 0.2],
        accent.light,
        size * 0.36,
    )
    canvas.cut_out(
        [c for c, d, e in zip(leaves, cutter.depth(tips), _twice(depth), strict=True) if d > 0.2 and e > 0],
        leaf,
    )
    canvas.cut_out([_flower(*throw) for throw in whole], accent.base)
    canvas.polygons(cutter.shapes([sample(_flower(*throw), 61) for throw in rim]), accent.base)
    hearts = [(at,) for (at, _, _), d in zip(throws, depth, strict=True) if d > 0.25]
    canvas.weave(hearts, mix(main.light, "#f1d48a", 0.5), size * 0.5)


def _twice(values: Sequence[float]) -> list[float]:
    return [value for value in values for _ in range(2)]


def _toward(at: Point, turn: float, far: float) -> Point:
    return at[0] + cos(turn) * far, at[1] + sin(turn) * far


def _flower(at: Point, turn: float, size: float) -> Curve:
    """Draw five petals, each a single loop out of the heart and back."""
    out: list[Point] = [at]
    for k in range(5):
        way = turn + k * 0.4 * pi
        out += [_toward(at, way - 0.68, size * 1.5), _toward(at, way + 0.68, size * 1.5), at]
    return tuple(out)


def _leaf(at: Point, turn: float, size: float) -> Curve:
    foot, tip = _toward(at, turn, size * 0.8), _toward(at, turn + 0.2, size * 1.75)
    side = [_toward(at, turn + lean, size * 1.35) for lean in (-0.22, 0.5)]
    return (foot, side[0], side[0], tip, side[1], side[1], foot)


_PAINTERS: dict[str, Callable[[Canvas, Panel, Cloth], None]] = {
    "breton": _breton,
    "stripe": _stripe,
    "check": _check,
    "dot": _dot,
    "floral": _floral,
    "cable": _cable,
    "rib": _rib,
}
