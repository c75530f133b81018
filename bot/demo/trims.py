"""What is sewn on at the end: plackets, buttons, belts, bows, pockets, pleats and ribs."""

from bot.demo.bodies import Piece
from bot.demo.canvas import Canvas
from bot.demo.curves import Panel, Patch, Point, bez, join, line, mirror, rev, sample, shift, through
from bot.demo.cutting import Cutter
from bot.demo.palette import Dye
from bot.demo.prints import Cloth
from bot.demo.sewing import EDGE, FINE, SEAM, outline, shade
from bot.demo.tops import Top


def rib_hem(canvas: Canvas, piece_patch: Patch, dye: Dye, depth: float, pitch: float = 1.3) -> None:
    """Knit the last `depth` centimetres of a patch as a ribbed band."""
    v = 1 - depth / piece_patch.length
    band = join(
        piece_patch.row(v), piece_patch.column(1, v, 1), rev(piece_patch.row(1)), piece_patch.column(-1, 1, v)
    )
    canvas.fill(band, dye.base)
    n = max(4, round(piece_patch.width(1) / pitch))
    ribs = [piece_patch.column(2 * k / n - 1, v + 0.1 * (1 - v), 0.99) for k in range(1, n)]
    canvas.weave(ribs, dye.seam, 0.14, 0.6)
    outline(canvas, [band], dye, SEAM)


def placket(canvas: Canvas, cloth: Cloth, y0: float, y1: float, gap: float, *, band: bool = True) -> None:
    """Close the front with a placket and buttons about `gap` centimetres apart."""
    dye = cloth.main
    if band:
        for x in (-1.5, 1.5):
            canvas.stroke(line((x, y0 + 0.6), (x, y1)), dye.seam, SEAM)
    else:
        canvas.stroke(line((1.4, y0), (1.4, y1)), dye.seam, SEAM)
    n = max(2, round((y1 - y0) / gap))
    for k in range(n):
        button(canvas, (0.0, y0 + (y1 - y0) * (k + 0.45) / n), cloth)


def button(canvas: Canvas, at: Point, cloth: Cloth, size: float = 1.35) -> None:
    dark = cloth.accent.line if not cloth.accent.dark else cloth.accent.base
    canvas.weave([(at,)], cloth.main.line if not cloth.main.dark else dark, size + 0.3)
    canvas.weave([(at,)], cloth.accent.base, size)
    canvas.weave([((at[0] - 0.2, at[1]),), ((at[0] + 0.2, at[1]),)], cloth.accent.line, 0.22)


def belt(canvas: Canvas, y: float, width: float, dye: Dye, *, buckle: bool, depth: float = 3.2) -> None:
    """Put a belt around the waist at `y`, fastened with a buckle or tied with hanging ends."""
    w = width + 0.35
    a, b = y - depth / 2, y + depth / 2
    strap = join(
        bez((-w, a), (-w * 0.4, a + 0.7), (w * 0.4, a + 0.7), (w, a)),
        line((w, a), (w, b)),
        bez((w, b), (w * 0.4, b + 0.7), (-w * 0.4, b + 0.7), (-w, b)),
        line((-w, b), (-w, a)),
    )
    canvas.fill(strap, dye.base)
    outline(canvas, [strap], dye, SEAM + 0.4)
    mid = y + 0.5
    if buckle:
        frame = line(
            (-2.1, mid - 2.1), (2.1, mid - 2.1), (2.1, mid + 2.1), (-2.1, mid + 2.1), (-2.1, mid - 2.1)
        )
        canvas.stroke(frame, dye.line, EDGE + 1.6)
        canvas.stroke(frame, "#d9bf86", EDGE - 0.4)
        canvas.stroke(line((-2.1, mid), (1.2, mid)), "#d9bf86", EDGE - 0.6)
        return
    bow(canvas, (-0.6, mid), dye, tail=15.0)


def bow(canvas: Canvas, at: Point, dye: Dye, *, tail: float = 10.0, loop: float = 6.2) -> None:
    """Tie a bow with two loops and two hanging ends."""
    x, y = at
    for side, long in ((-1, 0.86), (1, 1.0)):
        end = (x + side * tail * 0.3, y + tail * long)
        strip = join(
            bez(
                (x - 0.5, y),
                (x + side * 0.6, y + tail * 0.4),
                (end[0] - 1.2, end[1] - tail * 0.3),
                (end[0] - 1.3, end[1]),
            ),
            line((end[0] - 1.3, end[1]), (end[0] + 1.2, end[1] - 0.9)),
            bez(
                (end[0] + 1.2, end[1] - 0.9),
                (end[0] + 1.0, end[1] - tail * 0.4),
                (x + side * 2.4, y + tail * 0.4),
                (x + 0.7, y),
            ),
        )
        canvas.fill(strip, dye.base)
        canvas.stroke(strip, dye.line, SEAM)
    for side in (-1, 1):
        loop_shape = join(
            bez(
                (x, y - 0.5),
                (x + side * loop * 0.5, y - 3.4),
                (x + side * loop, y - 3.6),
                (x + side * loop, y - 0.6),
            ),
            bez(
                (x + side * loop, y - 0.6),
                (x + side * loop, y + 2.6),
                (x + side * loop * 0.45, y + 2.0),
                (x, y + 0.8),
            ),
        )
        canvas.fill(loop_shape, dye.base)
        canvas.stroke(loop_shape, dye.line, SEAM + 0.3)
        canvas.stroke(
            bez(
                (x + side * 1, y),
                (x + side * 2.5, y - 0.6),
                (x + side * 3.2, y - 0.9),
                (x + side * 4, y - 0.9),
            ),
            dye.seam,
            FINE,
        )
    canvas.weave([line((x, y - 0.5), (x, y + 0.7))], dye.line, 2.5)
    canvas.weave([line((x, y - 0.5), (x, y + 0.7))], dye.base, 2.0)


def patch_pocket(canvas: Canvas, at: Point, cloth: Cloth, wide: float = 9.0, deep: float = 10.5) -> None:
    """Sew a patch pocket whose top middle is `at`."""
    x, y = at
    w = wide / 2
    shape = join(
        line((x - w, y), (x + w, y), (x + w, y + deep * 0.8)),
        bez((x + w, y + deep * 0.8), (x + w, y + deep), (x + w * 0.7, y + deep), (x, y + deep + 0.4)),
        bez((x, y + deep + 0.4), (x - w * 0.7, y + deep), (x - w, y + deep), (x - w, y + deep * 0.8)),
        line((x - w, y + deep * 0.8), (x - w, y)),
    )
    canvas.stroke(shape, cloth.main.seam, SEAM)
    canvas.stroke(line((x - w, y + 1.8), (x + w, y + 1.8)), cloth.main.seam, FINE, dash="5 4")


def flap(canvas: Canvas, at: Point, cloth: Cloth, wide: float = 11.0, deep: float = 4.4) -> None:
    x, y = at
    w = wide / 2
    shape = join(
        line((x - w, y), (x + w, y - 0.5), (x + w, y + deep * 0.7)),
        bez((x + w, y + deep * 0.7), (x + w, y + deep), (x + w * 0.6, y + deep), (x, y + deep)),
        bez((x, y + deep), (x - w * 0.6, y + deep), (x - w, y + deep), (x - w, y + deep * 0.8)),
        line((x - w, y + deep * 0.8), (x - w, y)),
    )
    canvas.fill(shape, cloth.main.base)
    canvas.stroke(shape, cloth.main.seam if cloth.main.dark else cloth.main.line, SEAM)


def straps(canvas: Canvas, top: Top, dye: Dye) -> None:
    """Draw two thin straps from the bodice over the shoulder to the back."""
    x, y = top.neck[-1]
    for side in (-1, 1):
        back = through([(side * (x - 0.6), 19.6), (side * (x - 1.1), 10), (side * (x - 1.4), 1.2)])
        canvas.weave([back], dye.line, 1.15)
        canvas.weave([back], dye.inside, 0.75)
        front = through([(side * (x + 0.55), y + 0.6), (side * (x + 0.1), y * 0.5), (side * (x - 1.2), 1.0)])
        canvas.weave([front], dye.line, 1.35)
        canvas.weave([front], dye.base, 0.9)


def waistband(canvas: Canvas, dye: Dye, y: float, width: float, depth: float = 3.4) -> None:
    """Sew a straight waistband whose lower edge is at `y`."""
    w = width
    band = join(
        bez(
            (-w + 0.2, y - depth),
            (-w * 0.4, y - depth + 0.5),
            (w * 0.4, y - depth + 0.5),
            (w - 0.2, y - depth),
        ),
        line((w - 0.2, y - depth), (w, y)),
        bez((w, y), (w * 0.4, y + 0.65), (-w * 0.4, y + 0.65), (-w, y)),
        line((-w, y), (-w + 0.2, y - depth)),
    )
    behind = join(
        bez(
            (-w + 0.2, y - depth),
            (-w * 0.4, y - depth - 0.9),
            (w * 0.4, y - depth - 0.9),
            (w - 0.2, y - depth),
        ),
        line((w - 0.2, y - depth), (-w + 0.2, y - depth)),
    )
    canvas.fill(behind, dye.inside)
    canvas.stroke(behind, dye.line, SEAM)
    canvas.fill(band, dye.base)
    outline(canvas, [band], dye, SEAM + 0.5)


def block(canvas: Canvas, piece: Piece, cloth: Cloth, v: float) -> None:
    """Sew the part below `v` from the accent colour."""
    patch = piece.panel.patch
    part = join(patch.row(v), patch.column(1, v, 1), piece.edges[-1], patch.column(-1, 1, v))
    canvas.fill(part, cloth.accent.base)
    shade(canvas, Panel(part, patch, v), cloth.accent, piece.folds)
    for u, v0 in piece.folds:
        canvas.stroke(patch.column(u, max(v, v0), 0.995), cloth.accent.seam, FINE)
    outline(canvas, [part], cloth.accent)


def pleats(canvas: Canvas, patch: Patch, dye: Dye, n: int) -> None:
    """Press `n` knife pleats: a line and a sliver of shade each."""
    colour, opacity = dye.shadow
    for k in range(n):
        u, w = 2 * k / n - 1, 0.9 / n
        if k:
            canvas.stroke(patch.column(u, 0, 0.995), dye.seam, FINE)
        canvas.fill(join(patch.column(u, 0, 1), rev(patch.column(u + w, 0, 1))), colour, opacity * 1.2)


def gathers(canvas: Canvas, patch: Patch, dye: Dye, *, both: bool = False) -> None:
    """Draw the little folds below a gathered seam, and above the hem when `both`."""
    n = max(8, round(patch.width(0) / 2.6))
    long = max(patch.length, 1)
    for k in range(1, n):
        u = 2 * k / n - 1
        reach = (3.6, 6.2, 2.6, 5.0)[k % 4] / long
        canvas.stroke(patch.column(u, 0.012, reach), dye.seam, FINE)
        if both:
            canvas.stroke(patch.column(u, 1 - reach * 1.2, 0.995), dye.seam, FINE)


def rib_arm(canvas: Canvas, top: Top, dye: Dye) -> None:
    """Bind bare armholes with a rib."""
    curve = top.armhole[3:]
    for band in (curve, mirror(curve)):
        canvas.weave([band], dye.line, 2.4, butt=True)
        canvas.weave([band], dye.base, 1.95, butt=True)


def braid(canvas: Canvas, top: Top, cloth: Cloth, hem: float) -> None:
    """Trim a collarless front with braid in the accent colour."""
    n = top.neck
    edge = join(mirror(rev(n)), n)
    for curve in (
        edge,
        line((-1.3, top.depth + 0.2), (-1.3, hem + 0.4)),
        line((1.3, top.depth + 0.2), (1.3, hem + 0.4)),
    ):
        canvas.weave([curve], cloth.accent.line, 1.5)
        canvas.weave([curve], cloth.accent.base, 1.1)


def quilting(canvas: Canvas, panel: Panel, top: Top, cloth: Cloth, hem: float) -> None:
    """Stitch rows of quilting across a padded front, with a zip."""
    cutter = Cutter(panel.outline)
    for k in range(9):
        y = 11.0 + 6.2 * k
        row = through([(-26, y), (-13, y + 1.1), (0, y + 0.4), (13, y + 1.1), (26, y)])
        for run in cutter.runs(sample(row, 80)):
            canvas.stroke(through(run), cloth.main.seam, SEAM)
            canvas.stroke(shift(through(run), 0.0, 0.45), cloth.main.light, SEAM)
    canvas.weave([line((0.0, top.depth), (0.0, hem + 0.4))], cloth.accent.base, 0.9)
