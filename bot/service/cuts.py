"""The cut of a closed round as its owner would sign it now, and as it was signed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from bot.rounds.model import Candidate, Mark, MarkKind, Round, RoundState, Standing
from bot.rounds.select import Cut, top
from bot.service.field import earlier_of
from bot.storage import rounds
from bot.storage.store import Tx


@dataclass(frozen=True, slots=True)
class CutPreview:
    """A closed round as its owner sees it before signing."""

    round: Round
    candidates: tuple[Candidate, ...]
    standings: tuple[Standing, ...]
    marks: tuple[Mark, ...]
    cut: Cut

    @property
    def digest(self) -> str:
        return decision_digest([self.candidates[p].design_id for p in self.cut.kept], self.marks)


def decision_digest(kept: Iterable[int], marks: Iterable[Mark]) -> str:
    """Name a decision: which designs go on, and the marks with their reasons."""
    named = [(m.design_id, m.kind.value, m.reason) for m in marks]
    return hashlib.sha256(repr((sorted(kept), named)).encode()).hexdigest()[:20]


async def preview(tx: Tx, round_: Round) -> CutPreview | None:
    """Compute the cut as it would be signed now; None while the round is not counted, or not anew."""
    found = await rounds.standings(tx, round_.id)
    if not found or not await rounds.is_counted(tx, round_.id):
        return None
    candidates = await rounds.candidates(tx, round_.id)
    marks = await rounds.marks(tx, round_.id)
    position_of = {c.design_id: c.position for c in candidates}
    by_kind = {
        kind: frozenset(position_of[m.design_id] for m in marks if m.kind is kind) for kind in MarkKind
    }
    plan = round_.plan
    stood = await earlier_of(tx, round_, candidates)
    known = frozenset(position for position, earlier in enumerate(stood) if earlier is not None)
    cut = top(
        found,
        plan.keep,
        plan.tie_rule,
        round_.seed,
        by_kind[MarkKind.KEEP],
        by_kind[MarkKind.VETO],
        plan.ballot,
        known,
    )
    return CutPreview(round_, candidates, found, marks, cut)


async def going_on(tx: Tx, round_: Round) -> list[int]:
    """List the designs that go on from a closed round, as signed or as it would be signed now."""
    if round_.state is RoundState.SIGNED_OFF:
        return [line.design_id for line in await rounds.signed_cut(tx, round_.id) if line.kept]
    seen = await preview(tx, round_)
    return [seen.candidates[p].design_id for p in seen.cut.kept] if seen else []
