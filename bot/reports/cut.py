"""The picture of a cut: every version as a thin line from where it may stand to where, best place first."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import matplotlib as mpl
from PIL import Image

from bot.i18n import number
from bot.reports.chart import CutChart, Row, Words
from bot.reports.lettering import ruler, set_in, wrapped
from bot.reports.page import SCALE, Page

Photos = Callable[[str], Image.Image | None]

WIDTH, MARGIN, GUTTER = 360.0, 16.0, 88.0
RIGHT = WIDTH - MARGIN
PHOTO, CAPTION = (44.0, 55.0), 15.0
HEIGHT = 640.0
"""Always the same, so that a page can keep the room for it; the rows share what the words leave."""

ROOMY, TICK = 34.0, 56.0
"""How far apart rows must lie for each to have its photo beside it, and how high that may be."""

_STYLE: Any = {**mpl.rcParamsDefault, "path.simplify": False}
_FACES = {"title": "display", "kicker": "text", "cut": "strong"}


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of look.md; safe and edge differ in shape as well, and are told apart by any eye."""

    paper: str
    ink: str
    quiet: str
    hairline: str
    safe: str
    edge: str
    out: str
    cut: str


LIGHT = Palette("#FAF7F2", "#1C1917", "#6B645F", "#E7E2DA", "#0F5C63", "#1C1917", "#8C857E", "#B3123F")
DARK = Palette("#141210", "#F2EDE6", "#A79F97", "#322D28", "#7CC7CD", "#F2EDE6", "#7A726A", "#FF86A6")


def draw(chart: CutChart, photos: Photos) -> bytes:
    """Draw a chart as PNG, always the same bytes; `photos` finds a `Row.photo`, or None."""
    with mpl.rc_context(_STYLE):
        return _Drawing(chart, photos).png()


class _Drawing:
    """One chart on its way to paper. Rows lie between `left` and RIGHT; the gutter says what they are."""

    def __init__(self, chart: CutChart, photos: Photos) -> None:
        self.chart, self.photos = chart, photos
        self.colours = DARK if chart.dark else LIGHT
        self.words = _settable(chart)
        self.ruler = ruler(SCALE)
        self.title = [
            line
            for part in self.words.title.split("\n")
            for line in self.wrap(part, "display", 25, RIGHT - MARGIN)
        ]
        self.note = self.wrap(self.words.note, "text", 12, RIGHT - MARGIN)
        self.top = 74.0 + 28 * len(self.title)
        self.bottom = HEIGHT - 38 - 17 * len(self.note)
        self.pitch = (self.bottom - self.top) / len(chart.rows)
        self.roomy = self.pitch >= ROOMY
        self.left = MARGIN + GUTTER + (self.tick[0] + 10 if self.roomy else 0)
        self.page = Page(WIDTH, HEIGHT, self.colours.paper)

    @property
    def tick(self) -> tuple[float, float]:
        """Size a photo that stands beside its row."""
        high = min(self.pitch - 4, TICK)
        return high * 0.8, high

    def wrap(self, text: str, face: str, size: float, room: float) -> list[str]:
        return wrapped(self.ruler, text, face, size, room)

    def png(self) -> bytes:
        self.head()
        self.cut()
        self.rows()
        free_from = self.gutter()
        if self.roomy:
            self.each()
        else:
            self.best(free_from)
            self.at_the_cut()
        self.foot()
        return self.page.png()

    def head(self) -> None:
        self.page.text(MARGIN, 30, self.words.kicker, "text", 12, self.colours.quiet)
        for i, line in enumerate(self.title):
            self.page.text(MARGIN, 58 + 28 * i, line, "display", 25, self.colours.ink)

    def foot(self) -> None:
        low, colour = self.bottom + 19, self.colours.quiet
        self.page.lines([((self.left, self.bottom + 4), (RIGHT, self.bottom + 4))], self.colours.hairline, 1)
        self.page.text(self.left, low, self.words.less, "text", 12, colour)
        self.page.text(RIGHT, low, self.words.more, "text", 12, colour, ha="right")
        for i, line in enumerate(self.note):
            self.page.text(MARGIN, low + 25 + 17 * i, line, "text", 12, colour)

    def x(self, at: float) -> float:
        return self.left + at * (RIGHT - self.left)

    def y(self, place: float) -> float:
        """Find the height of a place, from 1."""
        return self.top + (place - 0.5) * self.pitch

    # -------------------------------------------------------------- the rows

    def of(self, verdict: str) -> list[tuple[int, Row]]:
        return [(place, row) for place, row in enumerate(self.chart.rows, 1) if row.verdict == verdict]

    def rows(self) -> None:
        thick = min(max(self.pitch * 0.4, 0.7), 2.0)
        dot = min(max(self.pitch * 0.85, 2.0), 8.0)
        for verdict in ("out", "edge", "safe"):
            colour, mine, edge = getattr(self.colours, verdict), self.of(verdict), verdict == "edge"
            lines = [((self.x(row.low), self.y(p)), (self.x(row.high), self.y(p))) for p, row in mine]
            dashes = {"linestyle": (0, (3, 2))} if edge and self.pitch > 5 else {}
            self.page.lines(lines, colour, thick, alpha=0.55, **dashes)
            self.page.dots([(self.x(row.middle), self.y(p)) for p, row in mine], colour, dot, hollow=edge)

    def cut(self) -> None:
        if self.chart.keep < len(self.chart.rows):
            at, colour = self.x(self.chart.line), self.colours.cut
            self.page.lines([((at, self.top - 4), (at, self.bottom + 4))], colour, 1.2)
            side = "left" if at < (self.left + RIGHT) / 2 else "right"
            self.page.text(at, self.top - 10, self.words.cut, "strong", 12, colour, ha=side)

    def gutter(self) -> float:
        """Say beside each part of the rows how many they are: a big numeral, and the word under it.

        Returns how far down the gutter's beginning is free.
        """
        tops: list[float] = []
        low = self.top - 6
        for verdict in ("safe", "edge", "out"):
            if mine := self.of(verdict):
                words = self.wrap(getattr(self.words, verdict), "text", 12, GUTTER - 10)
                top = max(self.y(sum(place for place, _ in mine) / len(mine)) - 24, low)
                if not tops and top > self.top + PHOTO[1] - 20:  # room for photos above, or nearly
                    top = max(top, self.top + PHOTO[1] + CAPTION + 12)
                tops.append(top)
                low = top + 44 + 15 * len(words)
                colour = self.colours.quiet if verdict == "out" else getattr(self.colours, verdict)
                self.page.text(MARGIN, top + 26, str(len(mine)), "display", 32, colour)
                for i, line in enumerate(words):
                    self.page.text(MARGIN, top + 43 + 15 * i, line, "text", 12, colour)
        return tops[0]

    # -------------------------------------------------------------- photos as tick marks

    def photo(self, x: float, y: float, row: Row) -> None:
        if photo := self.photos(row.photo):
            self.page.picture(x, y, PHOTO, photo)
            self.page.text(x, y + PHOTO[1] + 12, number(row.number), "text", 11, self.colours.ink)

    def each(self) -> None:
        for place, row in enumerate(self.chart.rows, 1):
            if photo := self.photos(row.photo):
                self.page.picture(
                    self.left - self.tick[0] - 10, self.y(place) - self.tick[1] / 2, self.tick, photo
                )

    def best(self, free_from: float) -> None:
        """Show the first three where their lines, and the cut, leave room beside them."""
        high = PHOTO[1] + CAPTION
        beside = self.chart.rows[: max(1, round(high / self.pitch))]
        x = MARGIN if self.top + high < free_from else self.left
        end = self.x(min(self.chart.line, *(row.low for row in beside))) - 6
        for row in self.chart.rows[:3]:
            if x + PHOTO[0] <= end:
                self.photo(x, self.top, row)
                x += PHOTO[0] + 6

    def at_the_cut(self) -> None:
        """Show the last in above the cut and the first out below it, at the end of the lines."""
        keep, high = self.chart.keep, PHOTO[1] + CAPTION
        at, reach = self.y(keep + 0.5), round((high + 4) / self.pitch)
        beside = self.chart.rows[max(keep - reach, 0) : keep + reach]
        free = RIGHT - PHOTO[0] - 8 > self.x(max(row.high for row in beside))
        if free and self.top <= at - high - 4 and at + high + 4 <= self.bottom:
            colour = self.colours.cut
            self.page.lines([((self.x(self.chart.line), at), (RIGHT, at))], colour, 0.8)
            self.photo(RIGHT - PHOTO[0], at - high - 2, self.chart.rows[keep - 1])
            self.photo(RIGHT - PHOTO[0], at + 6, self.chart.rows[keep])


def _settable(chart: CutChart) -> Words:
    """Choose, for each of a chart's texts, words that the fonts at hand have letters for."""
    return Words(
        *(
            set_in(_FACES.get(f.name, "text"), getattr(chart.words, f.name), getattr(chart.plain, f.name))
            for f in fields(Words)
        )
    )
