"""Charts to draw, made up and always the same."""

from bot.reports import CutChart, Row, Words

WORDS = Words(
    kicker="Spring · Round 1 of 3", title="1 of 3 looks are safely in,\n1 is too close to call",
    safe="safely in", edge="on the edge", out="out", cut="the cut: 2 go on", less="less wanted",
    more="more wanted",
    note="Each line shows where a design truly stands, nine times out of ten.",
)  # fmt: skip


def chart(rows: int = 3, keep: int = 2, dark: bool = False, words: Words = WORDS) -> CutChart:
    """Lay `rows` intervals one below the other; those that reach the cut are on the edge."""
    middles = [1 - (i + 0.5) / rows for i in range(rows)]
    line = 1 - keep / rows if keep < rows else 0.0
    reach = 0.6 / rows
    verdicts = ["safe" if m - reach > line else "out" if m + reach < line else "edge" for m in middles]
    made = tuple(
        Row(i + 1, verdict, max(m - reach, 0.0), m, min(m + reach, 1.0), f"{i:064x}")
        for i, (m, verdict) in enumerate(zip(middles, verdicts, strict=True))
    )
    return CutChart(made, line, keep, words, WORDS, dark)
