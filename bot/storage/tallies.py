"""What a round's votes add up to: the tally kept with them, a recount of them, who took part.

Everything here but the tally grows with the number of votes or ballots.
"""

from collections.abc import Callable

import numpy as np
from sqlalchemy import ColumnElement, Table, case, func, select, union_all

from bot.storage.store import Tx
from bot.storage.tables import Ballot, Duel, Tally, Vote, table
from bot.storage.votes import Key

ballot, vote, duel, tally = table(Ballot), table(Vote), table(Duel), table(Tally)


async def kept(tx: Tx, round_id: int) -> dict[int, tuple[int, int]]:
    """Read (answers, picks) per version as kept with the votes; versions without answers are left out."""
    found = await tx.conn.execute(
        select(tally.c.version_id, func.sum(tally.c.answers), func.sum(tally.c.picks))
        .where(tally.c.round_id == round_id)
        .group_by(tally.c.version_id)
    )
    sums = {version: (int(answers), int(picks)) for version, answers, picks in found}
    return {version: counts for version, counts in sums.items() if counts != (0, 0)}


async def recount(tx: Tx, round_id: int) -> dict[int, tuple[int, int]]:
    """Count (answers, picks) per version from the votes themselves, ballots set aside left out."""

    def counted(hot: Table) -> list[ColumnElement[bool]]:
        its = (ballot.c.round_id == hot.c.round_id) & (ballot.c.fan_id == hot.c.fan_id)
        in_it = select(ballot.c.fan_id).where(its, ballot.c.set_aside_at.is_(None)).exists()
        return [hot.c.round_id == round_id, in_it]

    return await _weights(tx, counted)


async def weights_of(tx: Tx, key: Key) -> dict[int, tuple[int, int]]:
    """Read what one ballot adds to the tally, as (answers, picks) by version."""
    return await _weights(tx, lambda hot: [hot.c.round_id == key[0], hot.c.fan_id == key[1]])


async def _weights(tx: Tx, where: Callable[[Table], list[ColumnElement[bool]]]) -> dict[int, tuple[int, int]]:
    """Add up answers and picks by version; a duel is an answer about both, a pick of the one it is for."""
    sides = (
        (vote, "version_id", vote.c.answer > 0),
        (duel, "first_id", duel.c.answer == 1),
        (duel, "second_id", duel.c.answer == 2),
    )
    parts = [
        select(hot.c[name].label("version_id"), case((won, 1), else_=0).label("won")).where(
            hot.c.answer.is_not(None), *where(hot)
        )
        for hot, name, won in sides
    ]
    each = union_all(*parts).subquery("each")
    found = await tx.conn.execute(
        select(each.c.version_id, func.count(), func.sum(each.c.won)).group_by(each.c.version_id)
    )
    return {version: (int(answers), int(picks)) for version, answers, picks in found}


async def turnout(tx: Tx, round_id: int) -> int:
    """Count the fans with a counted ballot."""
    found = await tx.conn.execute(
        select(func.count()).where(
            ballot.c.round_id == round_id, ballot.c.answers > 0, ballot.c.set_aside_at.is_(None)
        )
    )
    return int(found.scalar_one())


async def turnout_by_group(tx: Tx, round_id: int) -> dict[int, int]:
    """Count counted ballots by the group they first came through."""
    found = await tx.conn.execute(
        select(ballot.c.group_id, func.count())
        .where(ballot.c.round_id == round_id, ballot.c.answers > 0, ballot.c.set_aside_at.is_(None))
        .group_by(ballot.c.group_id)
    )
    return dict(found.all())


async def answers_per_ballot(tx: Tx, round_id: int) -> list[int]:
    """List how many versions each counted ballot answers; no person can be told from it."""
    found = await tx.conn.execute(
        select(ballot.c.answers)
        .where(ballot.c.round_id == round_id, ballot.c.answers > 0, ballot.c.set_aside_at.is_(None))
        .order_by(ballot.c.answers)
    )
    return list(found.scalars())


async def counted_votes(
    tx: Tx, round_id: int, everyone: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read every counted answer of a round as equally long arrays: fan id, version id, answer.

    `everyone` reads the ballots set aside as well.
    """
    return await counted_of(tx, vote, ("fan_id", "version_id", "answer"), round_id, everyone)


async def counted_of(
    tx: Tx, hot: Table, names: tuple[str, str, str], round_id: int, everyone: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read three columns of a table of votes, as far as they are answered and their ballot counts."""
    statement = (
        select(*(hot.c[name] for name in names))
        .join(ballot, (ballot.c.round_id == hot.c.round_id) & (ballot.c.fan_id == hot.c.fan_id))
        .where(hot.c.round_id == round_id, hot.c.answer.is_not(None))
    )
    if not everyone:
        statement = statement.where(ballot.c.set_aside_at.is_(None))
    async with tx.conn.stream(statement) as result:
        parts = [
            np.array([tuple(line) for line in part], dtype=np.int64)
            async for part in result.partitions(20_000)
        ]
    votes = np.concatenate([np.empty((0, 3), dtype=np.int64), *parts])
    return votes[:, 0], votes[:, 1], votes[:, 2]
