"""Standings as a table that a spreadsheet opens: after the close, without a word about any fan."""

import csv
import io
import unicodedata
from collections.abc import Callable

from bot.rounds.model import Campaign, Round
from bot.service.desk.cut import CutRow, CutView
from bot.text import Text

COLUMNS = (
    "place", "number", "version", "title", "category", "verdict", "goes_on", "seen", "picks", "quality",
    "low", "high", "chance", "mark", "mark_reason", "comments", "why",
)  # fmt: skip

BOM = "\ufeff"  # without it Excel reads UTF-8 as something else
_FORMULA = frozenset("=+-@＝＋－＠")
_CONTROL = frozenset("\t\r\n")


def harmless(words: str) -> str:
    """Keep a spreadsheet from running words as a formula, with a quote in front (OWASP, CSV injection)."""
    seen = next((c for c in words if not c.isspace() and unicodedata.category(c) != "Cf"), "")
    return f"'{words}" if seen in _FORMULA or words[:1] in _CONTROL else words


def file_name(campaign: Campaign, round_: Round) -> str:
    return f"{campaign.key}-round-{round_.number}.csv"


def standings_csv(cut: CutView, say: Callable[[Text], str]) -> str:
    """Write a cut best place first; `say` renders the reasons in the reader's language."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(row, say) for row in cut.rows)
    return BOM + table.getvalue()


def _cells(row: CutRow, say: Callable[[Text], str]) -> list[str | int]:
    c, s = row.candidate, row.standing
    return [
        s.place, c.number, c.version, harmless(c.title), harmless(c.category), s.verdict.value,
        int(row.kept), s.seen, s.picks, *(f"{x:.6f}" for x in (s.quality, s.low, s.high, s.chance)),
        row.mark.kind.value if row.mark else "", harmless(row.mark.reason if row.mark else ""), row.comments,
        harmless(say(row.reason)),
    ]  # fmt: skip
