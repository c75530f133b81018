"""The hot path: what a batch of presses reads and writes, every statement once per batch.

A key is (round, fan); a cell is one vote. Everything here runs under the rounds' shared lock, except
what says otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from sqlalchemy import BigInteger, Boolean, SmallInteger, Subquery, Text, delete, func, select, tuple_, update

from bot.rounds.ballots import Cell, Count
from bot.rounds.entry import Membership
from bot.storage.arrays import insert_from, rows
from bot.storage.store import Tx
from bot.storage.tables import (
    Account,
    Ballot,
    Fan,
    Group,
    GroupCampaign,
    Member,
    Press,
    Tally,
    Vote,
    table,
)

account, fan, group = table(Account), table(Fan), table(Group)
group_campaign, member = table(GroupCampaign), table(Member)
ballot, vote, press, tally = table(Ballot), table(Vote), table(Press), table(Tally)

INT, SMALL, BOOL, STR = BigInteger(), SmallInteger(), Boolean(), Text()

Key = tuple[int, int]


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
    platform: str
    event_id: str
    account_id: int
    kind: str
    seq: int
    changes: str
    answer: str
    undone: bool


class Earlier(NamedTuple):
    """A press that can still be undone."""

    platform: str
    event_id: str
    changes: str


async def voters(tx: Tx, asked: Sequence[tuple[str, str, int]]) -> list[Voter | None]:
    """Resolve (platform, remote id, campaign) to voters, in the order asked; None for unknown accounts."""
    given = rows(
        tx,
        {
            "i": (INT, list(range(len(asked)))),
            "platform": (STR, [a[0] for a in asked]),
            "remote_id": (STR, [a[1] for a in asked]),
            "campaign_id": (INT, [a[2] for a in asked]),
        },
    )
    mine, through = account.alias("mine"), _memberships()
    statement = (
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
    found: list[Voter | None] = [None] * len(asked)
    groups: dict[int, set[Membership]] = {}
    for line in await tx.conn.execute(statement):
        through_groups = groups.setdefault(line.i, set())
        if line.group_id is not None:
            through_groups.add(
                Membership(line.group_id, line.remote_id, bool(line.admits_late), line.joined_at)
            )
        found[line.i] = Voter(line.id, line.fan_id, line.language, line.waits_since, ())
    return [
        Voter(
            v.account_id,
            v.fan_id,
            v.language,
            v.waits_since,
            tuple(sorted(groups[i], key=lambda m: m.group_id)),
        )
        if v
        else None
        for i, v in enumerate(found)
    ]


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


async def memberships_of(tx: Tx, fan_id: int, campaign_id: int) -> tuple[Membership, ...]:
    """List the groups through which any of a fan's accounts may vote in a campaign."""
    through = _memberships()
    found = await tx.conn.execute(
        select(through.c.group_id, through.c.remote_id, through.c.admits_late, through.c.joined_at)
        .join(account, account.c.id == through.c.account_id)
        .where(account.c.fan_id == fan_id, through.c.campaign_id == campaign_id)
    )
    return tuple(Membership(*line) for line in found)


async def lock_ballots(tx: Tx, wanted: Mapping[Key, int], now: datetime) -> dict[Key, BallotRow]:
    """Make or take each fan's ballot (key → group it came through) and hold its row until the commit.

    Keys are taken in order, so that two workers never wait for each other crosswise.
    """
    keys = sorted(wanted)
    zeros = [0] * len(keys)
    made = insert_from(
        tx,
        ballot,
        {
            "round_id": (INT, [k[0] for k in keys]),
            "fan_id": (INT, [k[1] for k in keys]),
            "group_id": (INT, [wanted[k] for k in keys]),
            "answers": (INT, zeros),
            "picks": (INT, zeros),
            "presses": (INT, zeros),
        },
        first_at=now,
        last_at=now,
    )
    made = made.on_conflict_do_update(
        index_elements=["round_id", "fan_id"], set_={"last_at": made.excluded.last_at}
    ).returning(
        *(
            ballot.c[n]
            for n in ("round_id", "fan_id", "group_id", "answers", "picks", "presses", "set_aside_at")
        )
    )
    return {
        (b.round_id, b.fan_id): BallotRow(
            b.group_id, Count(b.answers, b.picks), b.presses, b.set_aside_at is not None
        )
        for b in await tx.conn.execute(made)
    }


async def first_answers(tx: Tx, asked: Sequence[tuple[Key, str, str]]) -> dict[tuple[Key, str, str], str]:
    """Find the answers of presses that were accepted before: (key, platform, event id) → answer."""
    given = rows(
        tx,
        {
            "round_id": (INT, [a[0][0] for a in asked]),
            "fan_id": (INT, [a[0][1] for a in asked]),
            "platform": (STR, [a[1] for a in asked]),
            "event_id": (STR, [a[2] for a in asked]),
        },
    )
    found = await tx.conn.execute(
        select(press.c.round_id, press.c.fan_id, press.c.platform, press.c.event_id, press.c.answer).join(
            given,
            (press.c.round_id == given.c.round_id)
            & (press.c.fan_id == given.c.fan_id)
            & (press.c.platform == given.c.platform)
            & (press.c.event_id == given.c.event_id),
        )
    )
    return {((p.round_id, p.fan_id), p.platform, p.event_id): p.answer for p in found}


async def cells(tx: Tx, asked: Sequence[tuple[Key, int]]) -> dict[tuple[Key, int], Cell]:
    """Read votes by (key, version); those without a row are left out."""
    given = rows(
        tx,
        {
            "round_id": (INT, [k[0] for k, _ in asked]),
            "fan_id": (INT, [k[1] for k, _ in asked]),
            "version_id": (INT, [v for _, v in asked]),
        },
    )
    found = await tx.conn.execute(
        select(vote.c.round_id, vote.c.fan_id, vote.c.version_id, vote.c.answer, vote.c.seen).join(
            given,
            (vote.c.round_id == given.c.round_id)
            & (vote.c.fan_id == given.c.fan_id)
            & (vote.c.version_id == given.c.version_id),
        )
    )
    return {((v.round_id, v.fan_id), v.version_id): Cell(_bool(v.answer), v.seen) for v in found}


async def undoable(tx: Tx, keys: Sequence[Key], depth: int) -> dict[Key, list[Earlier]]:
    """Read each ballot's last `depth` presses that changed picks and are not undone, newest last."""
    given = rows(tx, {"round_id": (INT, [k[0] for k in keys]), "fan_id": (INT, [k[1] for k in keys])})
    ranked = (
        select(
            press.c.round_id, press.c.fan_id, press.c.platform, press.c.event_id, press.c.changes,
            func.row_number()
            .over(partition_by=(press.c.round_id, press.c.fan_id), order_by=press.c.seq.desc())
            .label("rank"),
        )
        .join(given, (press.c.round_id == given.c.round_id) & (press.c.fan_id == given.c.fan_id))
        .where(press.c.kind == "pick", press.c.undone.is_(False))
        .subquery()
    )  # fmt: skip
    found: dict[Key, list[Earlier]] = {}
    for p in await tx.conn.execute(
        select(ranked).where(ranked.c.rank <= depth).order_by(ranked.c.rank.desc())
    ):
        found.setdefault((p.round_id, p.fan_id), []).append(Earlier(p.platform, p.event_id, p.changes))
    return found


# ------------------------------------------------------------------ writing a batch


async def put_votes(tx: Tx, votes: Mapping[tuple[Key, int], tuple[Cell, int]], now: datetime) -> None:
    """Write current votes: (key, version) → (cell, account)."""
    keys = sorted(votes)
    made = insert_from(
        tx,
        vote,
        {
            "round_id": (INT, [k[0][0] for k in keys]),
            "fan_id": (INT, [k[0][1] for k in keys]),
            "version_id": (INT, [k[1] for k in keys]),
            "answer": (SMALL, [_int(votes[k][0].picked) for k in keys]),
            "seen": (BOOL, [votes[k][0].seen for k in keys]),
            "account_id": (INT, [votes[k][1] for k in keys]),
        },
        at=now,
    )
    await tx.conn.execute(
        made.on_conflict_do_update(
            index_elements=["round_id", "fan_id", "version_id"],
            set_={name: made.excluded[name] for name in ("answer", "seen", "account_id", "at")},
        )
    )


async def add_presses(tx: Tx, presses: Sequence[PressRow], now: datetime) -> None:
    await tx.conn.execute(
        insert_from(
            tx,
            press,
            {
                "round_id": (INT, [p.key[0] for p in presses]),
                "fan_id": (INT, [p.key[1] for p in presses]),
                "platform": (STR, [p.platform for p in presses]),
                "event_id": (STR, [p.event_id for p in presses]),
                "account_id": (INT, [p.account_id for p in presses]),
                "kind": (STR, [p.kind for p in presses]),
                "seq": (INT, [p.seq for p in presses]),
                "changes": (STR, [p.changes for p in presses]),
                "answer": (STR, [p.answer for p in presses]),
                "undone": (BOOL, [p.undone for p in presses]),
            },
            at=now,
        )
    )


async def mark_undone(tx: Tx, undone: Sequence[tuple[Key, str, str]]) -> None:
    """Mark earlier presses undone, so that the next undo goes one further back."""
    given = rows(
        tx,
        {
            "round_id": (INT, [u[0][0] for u in undone]),
            "fan_id": (INT, [u[0][1] for u in undone]),
            "platform": (STR, [u[1] for u in undone]),
            "event_id": (STR, [u[2] for u in undone]),
        },
    )
    key = tuple_(press.c.round_id, press.c.fan_id, press.c.platform, press.c.event_id)
    await tx.conn.execute(
        update(press)
        .where(key.in_(select(given.c.round_id, given.c.fan_id, given.c.platform, given.c.event_id)))
        .values(undone=True)
    )


async def put_counts(tx: Tx, counts: Mapping[Key, BallotRow], now: datetime) -> None:
    """Write the counts of ballots taken with `lock_ballots`."""
    keys = sorted(counts)
    made = insert_from(
        tx,
        ballot,
        {
            "round_id": (INT, [k[0] for k in keys]),
            "fan_id": (INT, [k[1] for k in keys]),
            "group_id": (INT, [counts[k].group_id for k in keys]),
            "answers": (INT, [counts[k].count.answers for k in keys]),
            "picks": (INT, [counts[k].count.picks for k in keys]),
            "presses": (INT, [counts[k].presses for k in keys]),
        },
        first_at=now,
        last_at=now,
    )
    await tx.conn.execute(
        made.on_conflict_do_update(
            index_elements=["round_id", "fan_id"],
            set_={name: made.excluded[name] for name in ("answers", "picks", "presses")},
        )
    )


async def add_to_tally(tx: Tx, deltas: Mapping[tuple[int, int], tuple[int, int]]) -> None:
    """Add (answers, picks) per (round, version) to this worker's slot of the tally."""
    keys = sorted(k for k, delta in deltas.items() if delta != (0, 0))
    if not keys:
        return
    made = insert_from(
        tx,
        tally,
        {
            "round_id": (INT, [k[0] for k in keys]),
            "version_id": (INT, [k[1] for k in keys]),
            "answers": (INT, [deltas[k][0] for k in keys]),
            "picks": (INT, [deltas[k][1] for k in keys]),
        },
        slot=tx.store.slot,
    )
    await tx.conn.execute(
        made.on_conflict_do_update(
            index_elements=["round_id", "version_id", "slot"],
            set_={
                "answers": tally.c.answers + made.excluded.answers,
                "picks": tally.c.picks + made.excluded.picks,
            },
        )
    )


# ------------------------------------------------------------------ reading a round


async def tallies(tx: Tx, round_id: int) -> dict[int, tuple[int, int]]:
    """Read (answers, picks) per version as kept with the votes."""
    found = await tx.conn.execute(
        select(tally.c.version_id, func.sum(tally.c.answers), func.sum(tally.c.picks))
        .where(tally.c.round_id == round_id)
        .group_by(tally.c.version_id)
    )
    return {version: (int(answers), int(picks)) for version, answers, picks in found.tuples()}


async def recount(tx: Tx, round_id: int) -> dict[int, tuple[int, int]]:
    """Count (answers, picks) per version from the votes themselves, ballots set aside left out."""
    found = await tx.conn.execute(
        select(vote.c.version_id, func.count(vote.c.answer), func.coalesce(func.sum(vote.c.answer), 0))
        .join(ballot, (ballot.c.round_id == vote.c.round_id) & (ballot.c.fan_id == vote.c.fan_id))
        .where(vote.c.round_id == round_id, vote.c.answer.is_not(None), ballot.c.set_aside_at.is_(None))
        .group_by(vote.c.version_id)
    )
    return {version: (int(answers), int(picks)) for version, answers, picks in found.tuples()}


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
    return dict(found.tuples().all())


async def answers_per_ballot(tx: Tx, round_id: int) -> list[int]:
    """List how many versions each counted ballot answers; no person can be told from it."""
    found = await tx.conn.execute(
        select(ballot.c.answers)
        .where(ballot.c.round_id == round_id, ballot.c.answers > 0, ballot.c.set_aside_at.is_(None))
        .order_by(ballot.c.answers)
    )
    return list(found.scalars())


async def counted_votes(tx: Tx, round_id: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read every counted answer of a round as equally long arrays: fan id, version id, picked."""
    statement = (
        select(vote.c.fan_id, vote.c.version_id, vote.c.answer)
        .join(ballot, (ballot.c.round_id == vote.c.round_id) & (ballot.c.fan_id == vote.c.fan_id))
        .where(vote.c.round_id == round_id, vote.c.answer.is_not(None), ballot.c.set_aside_at.is_(None))
    )
    async with tx.conn.stream(statement) as result:
        parts = [
            np.array([tuple(line) for line in part], dtype=np.int64)
            async for part in result.partitions(20_000)
        ]
    votes = np.concatenate([np.empty((0, 3), dtype=np.int64), *parts])
    return votes[:, 0], votes[:, 1], votes[:, 2].astype(bool)


# ------------------------------------------------------------------ one fan


async def ballot_of(tx: Tx, key: Key) -> BallotRow | None:
    found = await tx.conn.execute(
        select(
            ballot.c.group_id, ballot.c.answers, ballot.c.picks, ballot.c.presses, ballot.c.set_aside_at
        ).where(ballot.c.round_id == key[0], ballot.c.fan_id == key[1])
    )
    b = found.first()
    return (
        BallotRow(b.group_id, Count(b.answers, b.picks), b.presses, b.set_aside_at is not None) if b else None
    )


async def cells_of(tx: Tx, key: Key) -> dict[int, tuple[Cell, datetime, int]]:
    """Read one ballot: version → (cell, time of the answer, account it came through)."""
    found = await tx.conn.execute(
        select(vote.c.version_id, vote.c.answer, vote.c.seen, vote.c.at, vote.c.account_id).where(
            vote.c.round_id == key[0], vote.c.fan_id == key[1]
        )
    )
    return {v.version_id: (Cell(_bool(v.answer), v.seen), v.at, v.account_id) for v in found}


async def can_undo(tx: Tx, key: Key) -> bool:
    found = await tx.conn.execute(
        select(press.c.seq)
        .where(
            press.c.round_id == key[0],
            press.c.fan_id == key[1],
            press.c.kind == "pick",
            press.c.undone.is_(False),
        )
        .limit(1)
    )
    return found.first() is not None


async def move_ballot(tx: Tx, round_id: int, from_fan: int, to_fan: int, first_seq: int) -> None:
    """Hand one fan's history to another and drop their ballot and votes, for a merge made under the
    round's exclusive lock. `first_seq` is added to the history's numbers, so that they stay unique."""
    await tx.conn.execute(
        update(press)
        .where(press.c.round_id == round_id, press.c.fan_id == from_fan)
        .values(fan_id=to_fan, seq=press.c.seq + first_seq)
    )
    await tx.conn.execute(delete(vote).where(vote.c.round_id == round_id, vote.c.fan_id == from_fan))
    await tx.conn.execute(delete(ballot).where(ballot.c.round_id == round_id, ballot.c.fan_id == from_fan))


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


def _bool(answer: int | None) -> bool | None:
    return None if answer is None else bool(answer)


def _int(picked: bool | None) -> int | None:
    return None if picked is None else int(picked)
