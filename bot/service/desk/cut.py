"""A round's cut as the desk shows it: every design with its place, and how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot import cards
from bot.rounds.model import Candidate, Mark, MarkKind, Round, RoundState, Standing, Verdict
from bot.service.cuts import decision_digest, preview
from bot.service.wire import load_text
from bot.storage import comments, rounds
from bot.storage.store import Tx
from bot.text import Text

AT_THE_LINE = 4
VERDICTS = tuple(v.value for v in Verdict)


@dataclass(frozen=True, slots=True)
class CutRow:
    """One design at the cut. `low`, `middle` and `high` are its interval, scaled to 0…1 over the round."""

    candidate: Candidate
    standing: Standing
    alt: Text
    kept: bool
    tied: bool
    reason: Text
    mark: Mark | None
    comments: int
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class CutView:
    """A round's cut, best place first: as it would be signed now, or as it was signed.

    `line` is where the cut falls on the rows' scale; `digest` names exactly this decision.
    """

    rows: tuple[CutRow, ...]
    line: float
    digest: str

    @property
    def kept(self) -> tuple[CutRow, ...]:
        return tuple(r for r in self.rows if r.kept)

    @property
    def left(self) -> tuple[CutRow, ...]:
        return tuple(r for r in self.rows if not r.kept)

    @property
    def tied(self) -> tuple[CutRow, ...]:
        return tuple(r for r in self.rows if r.tied)

    @property
    def marked(self) -> tuple[CutRow, ...]:
        return tuple(r for r in self.rows if r.mark)

    def at_the_line(self) -> tuple[list[CutRow], list[CutRow]]:
        """List the last designs in and the first out, leaving aside what marks decided."""
        free = [row for row in self.rows if row.mark is None]
        return [r for r in free if r.kept][-AT_THE_LINE:], [r for r in free if not r.kept][:AT_THE_LINE]

    def count(self, verdict: str) -> int:
        return sum(r.standing.verdict == verdict for r in self.rows)


@dataclass(frozen=True, slots=True)
class Decided:
    """A closed round's cut by position, previewed or signed."""

    candidates: tuple[Candidate, ...]
    standings: tuple[Standing, ...]
    marks: tuple[Mark, ...]
    kept: frozenset[int]
    tied: frozenset[int]
    reasons: Mapping[int, Text]


async def decided(tx: Tx, round_: Round) -> Decided | None:
    """Read the cut of a closed round; None for every other state and while the votes are counted."""
    if round_.state is RoundState.CLOSED:
        seen = await preview(tx, round_)
        if seen is None:
            return None
        cut = seen.cut
        return Decided(
            seen.candidates, seen.standings, seen.marks, frozenset(cut.kept), frozenset(cut.tied), cut.reasons
        )
    if round_.state is RoundState.SIGNED_OFF:
        lines = {line.design_id: line for line in await rounds.signed_cut(tx, round_.id)}
        candidates = await rounds.candidates(tx, round_.id)
        return Decided(
            candidates,
            await rounds.standings(tx, round_.id),
            await rounds.marks(tx, round_.id),
            frozenset(c.position for c in candidates if lines[c.design_id].kept),
            frozenset(),
            {c.position: load_text(lines[c.design_id].reason) for c in candidates},
        )
    return None


async def cut_view(tx: Tx, round_: Round) -> CutView | None:
    """Show the cut of a closed round, best place first; None while there is none."""
    found = await decided(tx, round_)
    if found is None:
        return None
    said = await comments.comment_counts(tx, round_.campaign_id)
    return _view(found, said, round_.plan.keep)


def _view(found: Decided, said: Mapping[int, int], keep: int) -> CutView:
    marks = {m.design_id: m for m in found.marks}
    bottom = min(s.low for s in found.standings)
    width = max(s.high for s in found.standings) - bottom or 1.0
    ranked = sorted(found.standings, key=lambda s: s.place)

    def row(s: Standing) -> CutRow:
        candidate = found.candidates[s.position]
        return CutRow(
            candidate, s, cards.alt(candidate),
            s.position in found.kept, s.position in found.tied, found.reasons[s.position],
            marks.get(candidate.design_id), said.get(candidate.design_id, 0),
            (s.low - bottom) / width, (s.quality - bottom) / width, (s.high - bottom) / width,
        )  # fmt: skip

    line = sum(s.quality for s in ranked[keep - 1 : keep + 1]) / len(ranked[keep - 1 : keep + 1])
    kept = [found.candidates[position].design_id for position in found.kept]
    digest = decision_digest(kept, found.marks)
    return CutView(tuple(row(s) for s in ranked), (line - bottom) / width, digest)


def mark_kind(word: str) -> MarkKind | None:
    """Read what an owner wishes for a design; None takes the mark away."""
    return MarkKind(word) if word in set(MarkKind) else None
