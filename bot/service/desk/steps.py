"""What could be done with a round now, and which designs take part in it."""

from collections.abc import Sequence
from datetime import datetime

from bot.rounds import engine
from bot.rounds.engine import Event, numbered
from bot.rounds.model import TO_COME, Candidate, Round, RoundState
from bot.service.desk.seat import MODERATORS_MAY, Staff
from bot.storage import rounds
from bot.storage.store import Tx

MARK, AGAIN = "mark", "again"
"""What can be done with a round that is no step of its state machine."""


def acts_now(
    staff: Staff, round_: Round, siblings: Sequence[Round], now: datetime, counted: bool, presold: bool
) -> frozenset[str]:
    """List what this person could do with a round now; the use cases check it all again.

    `presold`: a presale of the campaign has opened, so the shortlist stands.
    """
    earlier, following = numbered(siblings, round_.number - 1), numbered(siblings, round_.number + 1)
    may_start = earlier is None or earlier.state is RoundState.SIGNED_OFF
    over = round_.state is RoundState.OPEN and now >= round_.closes_at
    possible = {
        Event.SCHEDULE: may_start and round_.plan.opens_at > now,
        Event.OPEN: may_start,
        Event.PAUSE: not over,
        Event.EXTEND: not over,
        Event.SIGN: counted,
        Event.UNSIGN: following.state in TO_COME if following else not presold,
    }
    acts: set[str] = {
        event.value
        for event in Event
        if (round_.state, event) in engine.TABLE
        and possible.get(event, True)
        and (staff.owner or (staff.runs and event in MODERATORS_MAY))
    }
    if staff.owner and counted and round_.state is RoundState.CLOSED:
        acts.add(MARK)
    if staff.owner and numbered(siblings, round_.number) == round_ and round_.state is RoundState.VOID:
        acts.add(AGAIN)
    return frozenset(acts)


async def taking_part(
    tx: Tx, round_: Round, siblings: Sequence[Round], everyone: list[Candidate]
) -> Sequence[Candidate] | None:
    """List who takes part: frozen once opened, before that whoever would; None while nobody knows."""
    if round_.opened_at is not None:
        return await rounds.candidates(tx, round_.id)
    earlier = numbered(siblings, round_.number - 1)
    if earlier is None:
        return everyone
    if earlier.state is not RoundState.SIGNED_OFF:
        return None
    return await survivors(tx, earlier, everyone)


async def survivors(tx: Tx, signed: Round, everyone: list[Candidate]) -> list[Candidate]:
    kept = {line.design_id for line in await rounds.signed_cut(tx, signed.id) if line.kept}
    return [c for c in everyone if c.design_id in kept]
