"""What a round's votes add up to: the tally kept with them, a recount of them, who took part.

Everything here but the tally grows with the number of votes or ballots.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, Select, String, Table, case, cast, func, literal, select, union_all

from bot.storage.store import Tx
from bot.storage.tables import Ballot, Design, Duel, Tally, Version, Vote, table
from bot.storage.votes import Key

ballot, vote, duel, tally = table(Ballot), table(Vote), table(Duel), table(Tally)
version, design = table(Version), table(Design)

_NOTHING = (literal(0).label("no_answers"), literal(0).label("no_picks"))


class Difference(NamedTuple):
    """A version whose kept tally is not what its votes say; (answers, picks) of each."""

    number: int
    version: int
    kept: tuple[int, int]
    counted: tuple[int, int]


async def kept(tx: Tx, round_id: int) -> dict[int, tuple[int, int]]:
    """Read (answers, picks) per version as kept with the votes; versions without answers are left out."""
    return await _read(tx, _kept(round_id))


async def recount(tx: Tx, round_id: int) -> dict[int, tuple[int, int]]:
    """Count (answers, picks) per version from the votes themselves, ballots set aside left out."""
    return await _read(tx, _recounted(round_id))


async def weights_of(tx: Tx, key: Key) -> dict[int, tuple[int, int]]:
    """Read what one ballot adds to the tally, as (answers, picks) by version."""
    return await _read(tx, _weighed(lambda hot: [hot.c.round_id == key[0], hot.c.fan_id == key[1]]))


async def differences(tx: Tx, round_id: int) -> list[Difference]:
    """List where the kept tally and a recount differ, by design.

    One statement reads both, so that votes under way are in both or in neither, and the database compares.
    """
    one, other = _kept(round_id).subquery("one"), _recounted(round_id).subquery("other")
    sides = [
        select(one.c.version_id, one.c.answers, one.c.picks, *_NOTHING),
        select(other.c.version_id, *_NOTHING, other.c.answers, other.c.picks),
    ]
    both = union_all(*sides).subquery("both")
    sums = [func.coalesce(func.sum(column), 0) for column in list(both.c)[1:]]
    found = await tx.conn.execute(
        select(design.c.number, version.c.number, *sums)
        .join_from(both, version, version.c.id == both.c.version_id)
        .join(design, design.c.id == version.c.design_id)
        .group_by(both.c.version_id, design.c.number, version.c.number)
        .having((sums[0] != sums[2]) | (sums[1] != sums[3]))
        .order_by(design.c.number, version.c.number)
    )
    return [
        Difference(number, which, (int(a), int(p)), (int(b), int(q))) for number, which, a, p, b, q in found
    ]


async def _read(tx: Tx, sums: Select[Any]) -> dict[int, tuple[int, int]]:
    found = {version: (int(answers), int(picks)) for version, answers, picks in await tx.conn.execute(sums)}
    return {version: counts for version, counts in found.items() if counts != (0, 0)}


def _kept(round_id: int) -> Select[Any]:
    return (
        select(
            tally.c.version_id, func.sum(tally.c.answers).label("answers"),
            func.sum(tally.c.picks).label("picks"),
        )
        .where(tally.c.round_id == round_id)
        .group_by(tally.c.version_id)
    )  # fmt: skip


def _recounted(round_id: int) -> Select[Any]:
    return _weighed(lambda hot: [hot.c.round_id == round_id, counts(hot, round_id)])


def counts(hot: Table, round_id: int) -> ColumnElement[bool]:
    """Narrow a round's hot table to ballots that are not set aside.

    Those that are, few, are found once; the ballot is not asked for with every vote.
    """
    aside = select(ballot.c.fan_id).where(ballot.c.round_id == round_id, ballot.c.set_aside_at.is_not(None))
    return hot.c.fan_id.not_in(aside)


def _weighed(where: Callable[[Table], list[ColumnElement[bool]]]) -> Select[Any]:
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
    return select(
        each.c.version_id, func.count().label("answers"), func.sum(each.c.won).label("picks")
    ).group_by(each.c.version_id)


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
    """Read three columns of a table of votes, as far as they are answered and their ballot counts.

    A ballot comes as one row, each of its columns as a text of numbers: a row a vote takes several times
    as long.
    """
    written = [func.aggregate_strings(cast(hot.c[name], String), ",") for name in names]
    statement = select(*written).where(hot.c.round_id == round_id, hot.c.answer.is_not(None))
    if not everyone:
        statement = statement.where(counts(hot, round_id))
    parts: list[list[np.ndarray]] = [[np.empty(0, dtype=np.int64)] for _ in names]
    async with tx.conn.stream(statement.group_by(hot.c.fan_id)) as result:
        async for ballots in result.partitions(500):
            for part, texts in zip(parts, zip(*ballots, strict=True), strict=True):
                part.append(np.fromstring(",".join(texts), dtype=np.int64, sep=","))
    one, other, answer = (np.concatenate(parts.pop(0)) for _ in names)
    return one, other, answer
