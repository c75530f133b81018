"""The hot path: what a batch of presses reads and writes, every statement once per batch.

A key is (round, fan); a cell is one vote on a version (for those on two see `duels`); a press is named by
its key, its account and its event. Everything here runs under the rounds' shared lock, except what says
otherwise. Statements are built once per store.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, Protocol

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Boolean,
    Select,
    SmallInteger,
    Text,
    bindparam,
    func,
    select,
    tuple_,
    update,
)

from bot.errors import StateError
from bot.rounds.ballots import Cell, Count, Given
from bot.storage.arrays import Rows, Statement, among_given, by_key
from bot.storage.store import Tx
from bot.storage.tables import Ballot, Press, Tally, UtcDateTime, Vote, table

ballot, press, tally, vote = table(Ballot), table(Press), table(Tally), table(Vote)

INT, SMALL, BOOL, STR, AT = BigInteger(), SmallInteger(), Boolean(), Text(), UtcDateTime()

UNDOABLE = ("pick", "rate", "reason", "prefer")
"""The kinds of presses that change answers, which is what undo goes back over."""

Key = tuple[int, int]
Name = tuple[int, int, int, str]
"""A press: its round and fan, the account it came through, and its event on that account's platform."""


class BallotRow(Struct, frozen=True, gc=False):
    """A ballot as stored: counts, how many presses it has had, and whether it is set aside."""

    group_id: int
    counted: Count
    presses: int
    set_aside: bool


PressLine = tuple[int, int, int, str, str, int, Any, str, str, bool]
"""One line of the history: its name, kind, number in its ballot, instant (`as_given`), changes and answer as
JSON, and whether it was undone."""

VoteLine = tuple[int, int, int, int | None, bool, int, int, Any]
"""One vote as it is now: round, fan, version, its cell, the account it came through, instant (`as_given`)."""

Lines = Sequence[Sequence[Any]]


class Counted(Protocol):
    """A ballot with the counts it has now; `new` of its presses are."""

    @property
    def key(self) -> Key: ...
    @property
    def group_id(self) -> int: ...
    @property
    def count(self) -> Count: ...
    @property
    def presses(self) -> int: ...
    @property
    def new(self) -> int: ...


class Earlier(NamedTuple):
    """A press that can still be undone."""

    account_id: int
    event_id: str
    changes: str


class OvertakenError(StateError):
    """Another worker stored a press on one of these ballots after they were read: begin again."""


# ------------------------------------------------------------------ reading for a batch

_KEYS = Rows(round_id=INT, fan_id=INT)
_NAMES = Rows(round_id=INT, fan_id=INT, account_id=INT, event_id=STR)
_CELLS = Rows(round_id=INT, fan_id=INT, version_id=INT)


BALLOT = [
    ballot.c[name]
    for name in ("round_id", "fan_id", "group_id", "answers", "picks", "presses", "set_aside_at")
]


def ballot_row(b: Any) -> BallotRow:
    return BallotRow(b.group_id, Count(b.answers, b.picks), b.presses, b.set_aside_at is not None)


def _cells(on_sqlite: bool) -> Select[Any]:
    given = _CELLS.source(on_sqlite)
    found, same = by_key(
        vote, on_sqlite, {name: given.c[name] for name in ("round_id", "fan_id", "version_id")}
    )
    names = ("round_id", "fan_id", "version_id", "answer", "seen", "chips")
    return select(*(found.c[name] for name in names)).join_from(given, found, same)


_READ_CELLS = Statement(_CELLS, _cells)


async def cells(tx: Tx, asked: Sequence[tuple[int, int, int]]) -> list[tuple[Key, int, Cell]]:
    """Read votes by (round, fan, version); those without a row are left out."""
    found = await _READ_CELLS.rows(tx, asked) if asked else ()
    return [
        ((r, f), version, Cell(answer, bool(seen), chips)) for r, f, version, answer, seen, chips in found
    ]


@cache
def _undoable(on_sqlite: bool) -> Select[Any]:
    given = _KEYS.source(on_sqlite)
    own, its = by_key(press, on_sqlite, {"round_id": given.c.round_id, "fan_id": given.c.fan_id})
    ranked = (
        select(
            own.c.round_id, own.c.fan_id, own.c.account_id, own.c.event_id, own.c.changes,
            func.row_number()
            .over(partition_by=(own.c.round_id, own.c.fan_id), order_by=own.c.seq.desc())
            .label("rank"),
        )
        .join_from(given, own, its)
        .where(own.c.kind.in_(UNDOABLE), own.c.undone.is_(False))
        .subquery()
    )  # fmt: skip
    return select(ranked).where(ranked.c.rank <= bindparam("depth")).order_by(ranked.c.rank.desc())


async def undoable(tx: Tx, keys: Sequence[Key], depth: int) -> dict[Key, list[Earlier]]:
    """Read each ballot's last `depth` presses that changed answers and are not undone, newest last."""
    given = _KEYS.values(tx.sqlite, keys)
    found: dict[Key, list[Earlier]] = {}
    for p in await tx.conn.execute(_undoable(tx.sqlite), given | {"depth": depth}):
        found.setdefault((p.round_id, p.fan_id), []).append(Earlier(p.account_id, p.event_id, p.changes))
    return found


# ------------------------------------------------------------------ writing a batch

_COUNTS = Rows(
    "counts", round_id=INT, fan_id=INT, group_id=INT, answers=INT, picks=INT, presses=INT, first_at=AT,
    last_at=AT,
)  # fmt: skip
_PRESSES = Rows(
    "presses", round_id=INT, fan_id=INT, account_id=INT, event_id=STR, kind=STR, seq=INT, at=AT, changes=STR,
    answer=STR, undone=BOOL,
)  # fmt: skip
_VOTES = Rows(
    "votes", round_id=INT, fan_id=INT, version_id=INT, answer=SMALL, seen=BOOL, chips=SMALL, account_id=INT,
    at=AT,
)  # fmt: skip
_TALLY = Rows("moved", round_id=INT, version_id=INT, slot=SMALL, answers=INT, picks=INT)


def _put_counts(on_sqlite: bool) -> Any:
    made = _COUNTS.insert_into(on_sqlite, ballot)
    put = made.on_conflict_do_update(
        index_elements=["round_id", "fan_id"],
        set_={name: made.excluded[name] for name in ("answers", "picks", "last_at")}
        | {"presses": ballot.c.presses + made.excluded.presses},
    )
    return put if on_sqlite else put.returning(ballot.c.round_id, ballot.c.fan_id, ballot.c.presses)


def _add_presses(on_sqlite: bool) -> Any:
    """The same press by another worker changed its ballot, which the counts tell."""
    made = _PRESSES.insert_into(on_sqlite, press)
    return made if on_sqlite else made.on_conflict_do_nothing()


def _put_votes(on_sqlite: bool) -> Any:
    made = _VOTES.insert_into(on_sqlite, vote)
    return made.on_conflict_do_update(
        index_elements=["round_id", "fan_id", "version_id"],
        set_={name: made.excluded[name] for name in ("answer", "seen", "chips", "account_id", "at")},
    )


def _add_to_tally(on_sqlite: bool) -> Any:
    made = _TALLY.insert_into(on_sqlite, tally)
    return made.on_conflict_do_update(
        index_elements=["round_id", "version_id", "slot"],
        set_={name: tally.c[name] + made.excluded[name] for name in ("answers", "picks")},
    )


def _put_all(on_sqlite: bool) -> Any:
    """Write everything at once. PostgreSQL begins with what the statement selects from, the counts: so it
    does, though its manual leaves the order open (tests/storage/test_votes.py).
    """
    counts = _put_counts(on_sqlite).cte("put_counts")
    others = (_add_presses(on_sqlite), _put_votes(on_sqlite), _add_to_tally(on_sqlite))
    return select(counts).add_cte(*(one.cte(f"put_{i}") for i, one in enumerate(others)))


_PUT_COUNTS, _ADD_PRESSES = Statement(_COUNTS, _put_counts), Statement(_PRESSES, _add_presses)
_PUT_VOTES, _ADD_TO_TALLY = Statement(_VOTES, _put_votes), Statement(_TALLY, _add_to_tally)
_PUT_ALL = Statement((_COUNTS, _PRESSES, _VOTES, _TALLY), _put_all)

Counts = Mapping[Key, tuple[BallotRow, int]]
"""Ballots as they are now, each with how many of its presses are new."""

Votes = Mapping[tuple[Key, int], Given]
Moved = Mapping[tuple[int, int], tuple[int, int]]
"""Answers and picks more or less, by round and version."""


async def put(
    tx: Tx,
    ballots: Collection[Counted],
    presses: Sequence[PressLine],
    votes: Iterable[VoteLine],
    moved: Moved,
    at: Any,
) -> None:
    """Write what a batch of presses made of its ballots, all at one instant (`as_given`).

    On PostgreSQL this is where a batch takes its ballots, in order, so that two workers never wait for each
    other crosswise. Raises OvertakenError where another press came in between; SQLite has one writer.
    """
    counts = sorted([(*b.key, b.group_id, b.count.answers, b.count.picks, b.new, at, at) for b in ballots])
    lines: tuple[Lines, ...] = (counts, presses, sorted(votes), _tally_lines(tx, moved))
    if tx.sqlite:
        for statement, its in zip((_PUT_COUNTS, _ADD_PRESSES, _PUT_VOTES, _ADD_TO_TALLY), lines, strict=True):
            if its:
                await tx.inline.write(statement.text(True), its)
        return
    _check_first({b.key: b.presses for b in ballots}, await _PUT_ALL.rows(tx, *lines))


async def put_counts(tx: Tx, counts: Counts, now: datetime) -> None:
    """Write the counts of ballots alone, else like `put`."""
    lines = sorted(
        [
            (*key, row.group_id, row.counted.answers, row.counted.picks, new, now, now)
            for key, (row, new) in counts.items()
        ]
    )
    if tx.sqlite:
        await _PUT_COUNTS.write(tx, lines)
    else:
        _check_first(
            {key: row.presses for key, (row, _) in counts.items()}, await _PUT_COUNTS.rows(tx, lines)
        )


async def put_votes(tx: Tx, votes: Votes) -> None:
    """Write current votes by (key, version), at least one."""
    lines = [
        (*key, version, *cell, account_id, at) for (key, version), (cell, at, account_id) in votes.items()
    ]
    await _PUT_VOTES.write(tx, sorted(lines))


async def add_to_tally(tx: Tx, moved: Moved) -> None:
    """Add (answers, picks) per (round, version) to this worker's slot of the tally."""
    if lines := _tally_lines(tx, moved):
        await _ADD_TO_TALLY.write(tx, lines)


def _check_first(expected: Mapping[Key, int], found: Sequence[Sequence[Any]]) -> None:
    for round_id, fan_id, presses in found:
        if presses != expected[round_id, fan_id]:
            raise OvertakenError("a ballot had other presses meanwhile")


def _tally_lines(tx: Tx, moved: Moved) -> list[tuple[Any, ...]]:
    slot = tx.store.slot
    return sorted([(*key, slot, *delta) for key, delta in moved.items() if delta != (0, 0)])


@cache
def _mark_undone(on_sqlite: bool) -> Any:
    given = _NAMES.source(on_sqlite)
    key = tuple_(press.c.round_id, press.c.fan_id, press.c.account_id, press.c.event_id)
    made = update(press).where(key.in_(select(*given.c))).values(undone=True)
    return made if on_sqlite else made.where(among_given(press))


async def mark_undone(tx: Tx, undone: Sequence[Name]) -> None:
    """Mark earlier presses undone, so that the next undo goes one further back."""
    await tx.conn.execute(_mark_undone(tx.sqlite), _NAMES.values(tx.sqlite, undone))
