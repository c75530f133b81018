"""Who votes: found by their account, with the groups they may vote through and how their ballot stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Select, Subquery, bindparam, select

from bot.rounds.ballots import Cell, Count
from bot.rounds.entry import Membership
from bot.storage.arrays import Rows, Statement, by_key, instant
from bot.storage.store import Tx
from bot.storage.tables import Account, Fan, Group, GroupCampaign, Member, table
from bot.storage.votes import INT, STR, BallotRow, ballot, press, vote

account, fan, group = table(Account), table(Fan), table(Group)
group_campaign, member = table(GroupCampaign), table(Member)


class Met(Struct, frozen=True, gc=False):
    """Who pressed and how their ballot stands, read inside the transaction so that a link is respected.

    `first` is what the same press changed and was answered before, both as stored, if it was; `cell` the vote
    on the version that was named, if there is one.
    """

    account_id: int
    fan_id: int
    language: str | None
    waits_since: datetime | None
    memberships: tuple[Membership, ...]
    ballot: BallotRow | None
    first: tuple[str, str] | None
    cell: Cell | None


_ASKED = Rows(
    i=INT, platform=STR, remote_id=STR, round_id=INT, campaign_id=INT, event_id=STR, version_id=INT
)  # fmt: skip


def _meet(on_sqlite: bool) -> Select[Any]:
    """Find everybody by their account, with each group of any account of theirs in the campaign."""
    given, mine = _ASKED.source(on_sqlite), account.alias("mine")
    key = {"round_id": given.c.round_id, "fan_id": account.c.fan_id}
    own, its = by_key(ballot, on_sqlite, key)
    same, is_it = by_key(press, on_sqlite, key | {"account_id": account.c.id, "event_id": given.c.event_id})
    known, on_it = by_key(vote, on_sqlite, key | {"version_id": given.c.version_id})
    return (
        select(
            given.c.i, account.c.id, account.c.fan_id, fan.c.language, fan.c.waits_since,
            own.c.group_id, own.c.answers, own.c.picks, own.c.presses, own.c.set_aside_at,
            same.c.changes, same.c.answer, known.c.answer, known.c.seen, known.c.chips,
            group.c.id, group.c.remote_id, group.c.admits_late, member.c.joined_at,
        )
        .join_from(
            given, account,
            (account.c.platform == given.c.platform) & (account.c.remote_id == given.c.remote_id),
        )
        .join(fan, fan.c.id == account.c.fan_id)
        .join(mine, mine.c.fan_id == account.c.fan_id)
        .outerjoin(member, member.c.account_id == mine.c.id)
        .outerjoin(
            group_campaign,
            (group_campaign.c.group_id == member.c.group_id)
            & (group_campaign.c.campaign_id == given.c.campaign_id),
        )
        .outerjoin(group, group.c.id == group_campaign.c.group_id)
        .outerjoin(own, its)
        .outerjoin(same, is_it)
        .outerjoin(known, on_it)
    )  # fmt: skip


_MEET = Statement(_ASKED, _meet)


async def meet(tx: Tx, asked: Sequence[tuple[int, str, str, int, int, str, int | None]]) -> dict[int, Met]:
    """Meet who pressed, by (a number of ours, platform, remote id, round, campaign, event, version); whoever
    is unknown is left out.

    A fan may vote through the groups of any of their accounts.
    """
    found: dict[int, Met] = {}
    for (
        i, account_id, fan_id, language, waits, group_id, answers, picks, presses, aside, changes, said,
        answer, seen, chips, through_id, through, admits_late, joined_at,
    ) in await _MEET.rows(tx, asked) if asked else ():  # fmt: skip
        memberships: tuple[Membership, ...] = ()
        if through_id is not None:
            memberships = (Membership(through_id, through, bool(admits_late), instant(joined_at)),)
        if (met := found.get(i)) is not None:
            found[i] = replace(met, memberships=tuple({*met.memberships, *memberships}))
            continue
        found[i] = Met(
            account_id,
            fan_id,
            language,
            instant(waits),
            memberships,
            group_id and BallotRow(group_id, Count(answers, picks), presses, aside is not None),
            None if said is None else (changes, said),
            None if seen is None else Cell(answer, bool(seen), chips),
        )
    return found


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
