"""One fan's ballot: read, set aside, and joined with another's."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, select, union_all, update

from bot.rounds.ballots import Cell, Given
from bot.rounds.model import Round as RoundFacts
from bot.storage.store import Tx
from bot.storage.tables import Ballot, Duel, Press, Round, Vote, table
from bot.storage.votes import BALLOT, UNDOABLE, BallotRow, Key, ballot_row

ballot, vote, duel = table(Ballot), table(Vote), table(Duel)
press, round_ = table(Press), table(Round)


def _mine(hot: Table) -> tuple[ColumnElement[bool], ...]:
    """Narrow a hot table to one ballot, given as `round_id` and `fan_id` when the statement is executed."""
    return hot.c.round_id == bindparam("round_id"), hot.c.fan_id == bindparam("fan_id")


_BALLOT_OF = select(*BALLOT).where(*_mine(ballot))
_CELLS_OF = select(
    vote.c.version_id, vote.c.answer, vote.c.seen, vote.c.chips, vote.c.at, vote.c.account_id
).where(*_mine(vote))
_CAN_UNDO = (
    select(press.c.seq).where(*_mine(press), press.c.kind.in_(UNDOABLE), press.c.undone.is_(False)).limit(1)
)


async def ballot_of(tx: Tx, key: Key) -> BallotRow | None:
    found = (await tx.conn.execute(_BALLOT_OF, {"round_id": key[0], "fan_id": key[1]})).first()
    return ballot_row(found) if found else None


async def cells_of(tx: Tx, key: Key) -> dict[int, Given]:
    """Read one ballot by version."""
    found = await tx.conn.execute(_CELLS_OF, {"round_id": key[0], "fan_id": key[1]})
    return {
        version: Given(Cell(answer, seen, chips), at, account_id)
        for version, answer, seen, chips, at, account_id in found
    }


async def versions_met(tx: Tx, before: RoundFacts, fan_id: int) -> set[int]:
    """List the versions a fan answered in earlier rounds of a round's campaign."""
    earlier = await tx.conn.execute(
        select(round_.c.id).where(round_.c.campaign_id == before.campaign_id, round_.c.number < before.number)
    )
    ids = list(earlier.scalars())  # named one by one, PostgreSQL opens only their partitions
    sides = ((vote, "version_id"), (duel, "first_id"), (duel, "second_id"))
    found = union_all(
        *(
            select(hot.c[name]).where(
                hot.c.round_id.in_(ids), hot.c.fan_id == fan_id, hot.c.answer.is_not(None)
            )
            for hot, name in sides
        )
    )
    return set((await tx.conn.execute(found)).scalars())


async def can_undo(tx: Tx, key: Key) -> bool:
    found = await tx.conn.execute(_CAN_UNDO, {"round_id": key[0], "fan_id": key[1]})
    return found.first() is not None


async def move_ballot(tx: Tx, round_id: int, from_fan: int, to_fan: int, first_seq: int) -> None:
    """Hand one fan's history to another and drop their ballot and votes, for a merge made under the
    round's exclusive lock.

    The joined history is numbered anew by time, so that undo goes back press by press; `first_seq`, the
    number of presses the other fan had, keeps theirs first where the times are equal.
    """
    mine = (press.c.round_id == round_id, press.c.fan_id == to_fan)
    await tx.conn.execute(
        update(press)
        .where(press.c.round_id == round_id, press.c.fan_id == from_fan)
        .values(fan_id=to_fan, seq=press.c.seq + first_seq)
    )
    line = func.row_number().over(order_by=(press.c.at, press.c.seq)).label("line")
    numbered = select(press.c.account_id, press.c.event_id, line).where(*mine).subquery("numbered")
    await tx.conn.execute(
        update(press)
        .where(*mine, press.c.account_id == numbered.c.account_id, press.c.event_id == numbered.c.event_id)
        .values(seq=numbered.c.line)
    )
    for hot in (vote, duel, ballot):
        await tx.conn.execute(delete(hot).where(hot.c.round_id == round_id, hot.c.fan_id == from_fan))


async def set_aside(tx: Tx, key: Key, at: datetime | None, reason: str | None) -> None:
    await tx.conn.execute(
        update(ballot)
        .where(ballot.c.round_id == key[0], ballot.c.fan_id == key[1])
        .values(set_aside_at=at, set_aside_reason=reason)
    )


async def set_aside_of(tx: Tx, key: Key) -> tuple[datetime | None, str | None]:
    found = await tx.conn.execute(
        select(ballot.c.set_aside_at, ballot.c.set_aside_reason).where(
            ballot.c.round_id == key[0], ballot.c.fan_id == key[1]
        )
    )
    line = found.first()
    return (line.set_aside_at, line.set_aside_reason) if line else (None, None)
