"""The hot path: what a batch of presses reads and writes, every statement once per batch.

A key is (round, fan); a cell is one vote on a version (for those on two see `duels`); a press is named by
its key, its account and its event. Everything here runs under the rounds' shared lock, except what says
otherwise. Statements are built once per store.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Select,
    SmallInteger,
    Subquery,
    Text,
    bindparam,
    func,
    select,
    tuple_,
    update,
)

from bot.rounds.ballots import Cell, Count, Given
from bot.rounds.entry import Membership
from bot.storage.arrays import Rows
from bot.storage.store import Tx
from bot.storage.tables import (
    Account,
    Ballot,
    Duel,
    Fan,
    Group,
    GroupCampaign,
    Member,
    Press,
    Round,
    Tally,
    UtcDateTime,
    Vote,
    table,
)

account, fan, group = table(Account), table(Fan), table(Group)
group_campaign, member = table(GroupCampaign), table(Member)
ballot, vote, duel = table(Ballot), table(Vote), table(Duel)
press, tally, round_ = table(Press), table(Tally), table(Round)

INT, SMALL, BOOL, STR, AT = BigInteger(), SmallInteger(), Boolean(), Text(), UtcDateTime()

UNDOABLE = ("pick", "rate", "reason", "prefer")
"""The kinds of presses that change answers, which is what undo goes back over."""

Key = tuple[int, int]
Name = tuple[Key, int, str]
"""A press: its ballot, the account it came through, and its event on that account's platform."""


@dataclass(frozen=True, slots=True)
class Voter:
    """Who pressed, resolved inside the transaction so that a link made meanwhile is respected."""

    account_id: int
    fan_id: int
    language: str | None
    waits_since: datetime | None
    memberships: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class BallotRow:
    """The ballot as locked: counts, how many presses it has had, and whether it is set aside."""

    group_id: int
    count: Count
    presses: int
    set_aside: bool


class PressRow(NamedTuple):
    """One line of the history; `changes` and `answer` are JSON."""

    key: Key
    account_id: int
    event_id: str
    kind: str
    seq: int
    changes: str
    answer: str
    undone: bool


class Earlier(NamedTuple):
    """A press that can still be undone."""

    account_id: int
    event_id: str
    changes: str


# ------------------------------------------------------------------ reading for a batch

_ASKED = Rows(i=INT, platform=STR, remote_id=STR, campaign_id=INT)
_KEYS = Rows(round_id=INT, fan_id=INT)
_NAMES = Rows(round_id=INT, fan_id=INT, account_id=INT, event_id=STR)
_CELLS = Rows(round_id=INT, fan_id=INT, version_id=INT)


def _memberships() -> Subquery:
    return (
        select(
            member.c.account_id, group_campaign.c.campaign_id, group.c.id.label("group_id"),
            group.c.remote_id, group.c.admits_late, member.c.joined_at,
        )
        .join(group_campaign, group_campaign.c.group_id == member.c.group_id)
        .join(group, group.c.id == member.c.group_id)
        .subquery("through")
    )  # fmt: skip


@cache
def _voters(on_sqlite: bool) -> Select[Any]:
    given, mine, through = _ASKED.source(on_sqlite), account.alias("mine"), _memberships()
    return (
        select(
            given.c.i, account.c.id, account.c.fan_id, fan.c.language, fan.c.waits_since,
            through.c.group_id, through.c.remote_id, through.c.admits_late, through.c.joined_at,
        )
        .join(account, (account.c.platform == given.c.platform) & (account.c.remote_id == given.c.remote_id))
        .join(fan, fan.c.id == account.c.fan_id)
        .join(mine, mine.c.fan_id == account.c.fan_id)
        .outerjoin(
            through, (through.c.account_id == mine.c.id) & (through.c.campaign_id == given.c.campaign_id)
        )
    )  # fmt: skip


async def voters(tx: Tx, asked: Sequence[tuple[str, str, int]]) -> list[Voter | None]:
    """Resolve (platform, remote id, campaign) to voters, in the order asked; None for unknown accounts.

    A fan may vote through the groups of any of their accounts.
    """
    platforms, remote_ids, campaigns = zip(*asked, strict=True)
    given = _ASKED.values(tx, range(len(asked)), platforms, remote_ids, campaigns)
    people: dict[int, Any] = {}
    groups: dict[int, set[Membership]] = {}
    for line in await tx.conn.execute(_voters(tx.sqlite), given):
        people[line.i] = line
        through = groups.setdefault(line.i, set())
        if line.group_id is not None:
            through.add(Membership(line.group_id, line.remote_id, line.admits_late, line.joined_at))
    return [
        Voter(p.id, p.fan_id, p.language, p.waits_since, tuple(sorted(groups[i], key=lambda m: m.group_id)))
        if (p := people.get(i)) is not None
        else None
        for i in range(len(asked))
    ]


_THROUGH = _memberships()
_MEMBERSHIPS_OF = (
    select(_THROUGH.c.group_id, _THROUGH.c.remote_id, _THROUGH.c.admits_late, _THROUGH.c.joined_at)
    .join(account, account.c.id == _THROUGH.c.account_id)
    .where(account.c.fan_id == bindparam("fan_id"), _THROUGH.c.campaign_id == bindparam("campaign_id"))
)


async def memberships_of(tx: Tx, fan_id: int, campaign_id: int) -> tuple[Membership, ...]:
    """List the groups through which any of a fan's accounts may vote in a campaign."""
    found = await tx.conn.execute(_MEMBERSHIPS_OF, {"fan_id": fan_id, "campaign_id": campaign_id})
    return tuple(Membership(*line) for line in found)


BALLOT = [
    ballot.c[name]
    for name in ("round_id", "fan_id", "group_id", "answers", "picks", "presses", "set_aside_at")
]
_NEW_BALLOTS = Rows(round_id=INT, fan_id=INT, group_id=INT, answers=INT, picks=INT, presses=INT)


@cache
def _take_ballots() -> Any:
    made = _NEW_BALLOTS.insert_into(False, ballot, "first_at", "last_at")
    return made.on_conflict_do_update(
        index_elements=["round_id", "fan_id"], set_={"last_at": made.excluded.last_at}
    ).returning(*BALLOT)


@cache
def _read_ballots(on_sqlite: bool) -> Select[Any]:
    given = _KEYS.source(on_sqlite)
    return select(*BALLOT).join(
        given, (ballot.c.round_id == given.c.round_id) & (ballot.c.fan_id == given.c.fan_id)
    )


async def ballots_of(tx: Tx, keys: Sequence[Key]) -> dict[Key, BallotRow]:
    """Read several ballots; those without a row are left out."""
    given = _KEYS.values(tx, [k[0] for k in keys], [k[1] for k in keys])
    found = await tx.conn.execute(_read_ballots(tx.sqlite), given)
    return {(b.round_id, b.fan_id): ballot_row(b) for b in found}


async def lock_ballots(tx: Tx, wanted: Mapping[Key, int], now: datetime) -> dict[Key, BallotRow]:
    """Make or take each fan's ballot (key → group it came through) and hold its row until the commit.

    Keys are taken in order, so that two workers never wait for each other crosswise. SQLite's one writer
    holds them all already: there a new ballot is made when its counts are put.
    """
    keys = sorted(wanted)
    if tx.sqlite:
        rows = await ballots_of(tx, keys)
    else:
        new = _NEW_BALLOTS.values(tx, *zip(*((*k, wanted[k], 0, 0, 0) for k in keys), strict=True))
        found = await tx.conn.execute(_take_ballots(), new | {"first_at": now, "last_at": now})
        rows = {(b.round_id, b.fan_id): ballot_row(b) for b in found}
    return rows | {k: BallotRow(wanted[k], Count(), 0, False) for k in keys if k not in rows}


def ballot_row(b: Any) -> BallotRow:
    return BallotRow(b.group_id, Count(b.answers, b.picks), b.presses, b.set_aside_at is not None)


@cache
def _first_answers(on_sqlite: bool) -> Select[Any]:
    given = _NAMES.source(on_sqlite)
    return select(
        press.c.round_id, press.c.fan_id, press.c.account_id, press.c.event_id, press.c.answer
    ).join(
        given,
        (press.c.round_id == given.c.round_id)
        & (press.c.fan_id == given.c.fan_id)
        & (press.c.account_id == given.c.account_id)
        & (press.c.event_id == given.c.event_id),
    )


async def first_answers(tx: Tx, asked: Sequence[Name]) -> dict[Name, str]:
    """Find the answers of presses that were accepted before."""
    found = await tx.conn.execute(_first_answers(tx.sqlite), _names(tx, asked))
    return {((p.round_id, p.fan_id), p.account_id, p.event_id): p.answer for p in found}


def _names(tx: Tx, names: Sequence[Name]) -> dict[str, Any]:
    keys, accounts, events = zip(*names, strict=True)
    return _NAMES.values(tx, [k[0] for k in keys], [k[1] for k in keys], accounts, events)


@cache
def _cells(on_sqlite: bool) -> Select[Any]:
    given = _CELLS.source(on_sqlite)
    columns = (vote.c.round_id, vote.c.fan_id, vote.c.version_id, vote.c.answer, vote.c.seen, vote.c.chips)
    return select(*columns).join(
        given,
        (vote.c.round_id == given.c.round_id)
        & (vote.c.fan_id == given.c.fan_id)
        & (vote.c.version_id == given.c.version_id),
    )


async def cells(tx: Tx, asked: Sequence[tuple[Key, int]]) -> dict[tuple[Key, int], Cell]:
    """Read votes by (key, version); those without a row are left out."""
    given = _CELLS.values(tx, [k[0] for k, _ in asked], [k[1] for k, _ in asked], [v for _, v in asked])
    found = await tx.conn.execute(_cells(tx.sqlite), given)
    return {((v.round_id, v.fan_id), v.version_id): Cell(v.answer, v.seen, v.chips) for v in found}


@cache
def _undoable(on_sqlite: bool) -> Select[Any]:
    given = _KEYS.source(on_sqlite)
    ranked = (
        select(
            press.c.round_id, press.c.fan_id, press.c.account_id, press.c.event_id, press.c.changes,
            func.row_number()
            .over(partition_by=(press.c.round_id, press.c.fan_id), order_by=press.c.seq.desc())
            .label("rank"),
        )
        .join(given, (press.c.round_id == given.c.round_id) & (press.c.fan_id == given.c.fan_id))
        .where(press.c.kind.in_(UNDOABLE), press.c.undone.is_(False))
        .subquery()
    )  # fmt: skip
    return select(ranked).where(ranked.c.rank <= bindparam("depth")).order_by(ranked.c.rank.desc())


async def undoable(tx: Tx, keys: Sequence[Key], depth: int) -> dict[Key, list[Earlier]]:
    """Read each ballot's last `depth` presses that changed answers and are not undone, newest last."""
    given = _KEYS.values(tx, [k[0] for k in keys], [k[1] for k in keys])
    found: dict[Key, list[Earlier]] = {}
    for p in await tx.conn.execute(_undoable(tx.sqlite), given | {"depth": depth}):
        found.setdefault((p.round_id, p.fan_id), []).append(Earlier(p.account_id, p.event_id, p.changes))
    return found


# ------------------------------------------------------------------ writing a batch

_VOTES = Rows(
    round_id=INT, fan_id=INT, version_id=INT, answer=SMALL, seen=BOOL, chips=SMALL, account_id=INT, at=AT
)
_PRESSES = Rows(
    round_id=INT, fan_id=INT, account_id=INT, event_id=STR, kind=STR, seq=INT, changes=STR, answer=STR,
    undone=BOOL,
)  # fmt: skip
_TALLY = Rows(round_id=INT, version_id=INT, answers=INT, picks=INT)


@cache
def _put_votes(on_sqlite: bool) -> Any:
    made = _VOTES.insert_into(on_sqlite, vote)
    return made.on_conflict_do_update(
        index_elements=["round_id", "fan_id", "version_id"],
        set_={name: made.excluded[name] for name in ("answer", "seen", "chips", "account_id", "at")},
    )


async def put_votes(tx: Tx, votes: Mapping[tuple[Key, int], Given]) -> None:
    """Write current votes by (key, version)."""
    lines = [
        (round_id, fan_id, version, *cell, account_id, at)
        for ((round_id, fan_id), version), (cell, at, account_id) in sorted(
            votes.items(), key=lambda item: item[0]
        )
    ]
    await tx.conn.execute(_put_votes(tx.sqlite), _VOTES.values(tx, *zip(*lines, strict=True)))


@cache
def _add_presses(on_sqlite: bool) -> Any:
    return _PRESSES.insert_into(on_sqlite, press, "at")


async def add_presses(tx: Tx, presses: Sequence[PressRow], now: datetime) -> None:
    lines = [(*p.key, *p[1:]) for p in presses]
    given = _PRESSES.values(tx, *zip(*lines, strict=True))
    await tx.conn.execute(_add_presses(tx.sqlite), given | {"at": now})


@cache
def _mark_undone(on_sqlite: bool) -> Any:
    given = _NAMES.source(on_sqlite)
    key = tuple_(press.c.round_id, press.c.fan_id, press.c.account_id, press.c.event_id)
    return update(press).where(key.in_(select(*given.c))).values(undone=True)


async def mark_undone(tx: Tx, undone: Sequence[Name]) -> None:
    """Mark earlier presses undone, so that the next undo goes one further back."""
    await tx.conn.execute(_mark_undone(tx.sqlite), _names(tx, undone))


@cache
def _put_counts(on_sqlite: bool) -> Any:
    made = _NEW_BALLOTS.insert_into(on_sqlite, ballot, "first_at", "last_at")
    return made.on_conflict_do_update(
        index_elements=["round_id", "fan_id"],
        set_={name: made.excluded[name] for name in ("answers", "picks", "presses", "last_at")},
    )


async def put_counts(tx: Tx, counts: Mapping[Key, BallotRow], now: datetime) -> None:
    """Write the counts of ballots taken with `lock_ballots`."""
    lines = [
        (*key, row.group_id, row.count.answers, row.count.picks, row.presses)
        for key, row in sorted(counts.items(), key=lambda item: item[0])
    ]
    given = _NEW_BALLOTS.values(tx, *zip(*lines, strict=True))
    await tx.conn.execute(_put_counts(tx.sqlite), given | {"first_at": now, "last_at": now})


@cache
def _add_to_tally(on_sqlite: bool) -> Any:
    made = _TALLY.insert_into(on_sqlite, tally, "slot")
    return made.on_conflict_do_update(
        index_elements=["round_id", "version_id", "slot"],
        set_={name: tally.c[name] + made.excluded[name] for name in ("answers", "picks")},
    )


async def add_to_tally(tx: Tx, deltas: Mapping[tuple[int, int], tuple[int, int]]) -> None:
    """Add (answers, picks) per (round, version) to this worker's slot of the tally."""
    lines = [(*key, *delta) for key, delta in sorted(deltas.items()) if delta != (0, 0)]
    if lines:
        given = _TALLY.values(tx, *zip(*lines, strict=True))
        await tx.conn.execute(_add_to_tally(tx.sqlite), given | {"slot": tx.store.slot})
