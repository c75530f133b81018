"""Votes about two versions: the hot path's statements of a round of duels, beside those in `votes`.

A pair is (first, second) version id, the one with the lower position first.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Select, SmallInteger, bindparam, select

from bot.rounds.ballots import Cell, Given
from bot.storage.arrays import Rows, Statement, by_key
from bot.storage.store import Tx
from bot.storage.tables import Duel, UtcDateTime, table
from bot.storage.tallies import counted_of
from bot.storage.votes import Key

duel = table(Duel)

PairIds = tuple[int, int]

_INT = BigInteger()
_PAIRS = Rows(round_id=_INT, fan_id=_INT, first_id=_INT, second_id=_INT)
_DUELS = Rows(
    round_id=_INT, fan_id=_INT, first_id=_INT, second_id=_INT, answer=SmallInteger(), account_id=_INT,
    at=UtcDateTime(),
)  # fmt: skip


def _cells(on_sqlite: bool) -> Select[Any]:
    given = _PAIRS.source(on_sqlite)
    key = ("round_id", "fan_id", "first_id", "second_id")
    found, same = by_key(duel, on_sqlite, {name: given.c[name] for name in key})
    return select(*(found.c[name] for name in (*key, "answer"))).join_from(given, found, same)


def _put(on_sqlite: bool) -> Any:
    made = _DUELS.insert_into(on_sqlite, duel)
    return made.on_conflict_do_update(
        index_elements=["round_id", "fan_id", "first_id", "second_id"],
        set_={name: made.excluded[name] for name in ("answer", "account_id", "at")},
    )


_READ_CELLS, _PUT = Statement(_PAIRS, _cells), Statement(_DUELS, _put)


async def cells(tx: Tx, asked: Sequence[tuple[int, int, int, int]]) -> list[tuple[Key, PairIds, Cell]]:
    """Read votes by (round, fan, first, second); those without a row are left out."""
    found = await _READ_CELLS.rows(tx, asked) if asked else ()
    return [((r, f), (first, second), _cell(answer)) for r, f, first, second, answer in found]


async def put(tx: Tx, votes: Mapping[tuple[Key, PairIds], Given]) -> None:
    """Write current votes by (key, pair)."""
    lines = [
        (*key, *pair, given.cell.answer, given.account_id, given.at)
        for (key, pair), given in sorted(votes.items(), key=itemgetter(0))
    ]
    await _PUT.write(tx, lines)


_CELLS_OF = select(duel.c.first_id, duel.c.second_id, duel.c.answer, duel.c.at, duel.c.account_id).where(
    duel.c.round_id == bindparam("round_id"), duel.c.fan_id == bindparam("fan_id")
)


async def cells_of(tx: Tx, key: Key) -> dict[PairIds, Given]:
    """Read one ballot by pair."""
    found = await tx.conn.execute(_CELLS_OF, {"round_id": key[0], "fan_id": key[1]})
    return {(first, second): Given(_cell(answer), at, by) for first, second, answer, at, by in found}


async def counted(tx: Tx, round_id: int, everyone: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read every counted duel of a round as equally long arrays: first and second version id, answer.

    `everyone` reads the ballots set aside as well.
    """
    return await counted_of(tx, duel, ("first_id", "second_id", "answer"), round_id, everyone)


def _cell(answer: int | None) -> Cell:
    return Cell(answer, answer is not None)
