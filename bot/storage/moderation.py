"""What moderators name: a comment by its number, a fan by name; and what became of fans since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, update

from bot.storage.store import Tx
from bot.storage.tables import Account, Ballot, Comment, Design, Fan, Group, Member, table

account, fan, member, group = table(Account), table(Fan), table(Member), table(Group)
comment, design, ballot = table(Comment), table(Design), table(Ballot)


@dataclass(frozen=True, slots=True)
class SaidRow:
    """A comment as moderators see it, hidden or not. `reason` is why it has its status, `reference` the
    photo that came with it."""

    id: int
    group_id: int
    group: str
    campaign_id: int | None
    account_id: int
    fan_id: int
    author: str
    at: datetime
    body: str
    status: str
    reason: str
    number: int | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A member of a group by one of their accounts; `joined_at` None where the platform does not tell."""

    fan_id: int
    account_id: int
    name: str
    joined_at: datetime | None


# ------------------------------------------------------------------ comments


def _said() -> Select[Any]:
    return (
        select(
            comment.c.id, comment.c.group_id, group.c.title, comment.c.campaign_id, comment.c.account_id,
            account.c.fan_id, account.c.name, comment.c.at, comment.c.body, comment.c.status,
            comment.c.reason, design.c.number, comment.c.photo,
        )
        .join(group, group.c.id == comment.c.group_id)
        .join(account, account.c.id == comment.c.account_id)
        .outerjoin(design, design.c.id == comment.c.design_id)
        .where(comment.c.status != "withdrawn")
    )  # fmt: skip


async def said(tx: Tx, comment_id: int) -> SaidRow | None:
    """Find a comment; one of somebody who was forgotten is nobody's to moderate."""
    found = (await tx.conn.execute(_said().where(comment.c.id == comment_id))).first()
    return SaidRow(*found) if found else None


async def newest_said(tx: Tx, campaign_id: int, hidden: bool, most: int) -> list[SaidRow]:
    """List a campaign's newest comments: the hidden ones, or those that are shown."""
    found = await tx.conn.execute(
        _said()
        .where(comment.c.campaign_id == campaign_id, (comment.c.status == "hidden") == hidden)
        .order_by(comment.c.at.desc(), comment.c.id.desc())
        .limit(most)
    )
    return [SaidRow(*line) for line in found]


async def said_by(tx: Tx, group_ids: Sequence[int], fan_ids: Sequence[int], most: int) -> list[SaidRow]:
    """List the newest comments of these fans in groups that are shown."""
    found = await tx.conn.execute(
        _said()
        .where(comment.c.group_id.in_(group_ids), account.c.fan_id.in_(fan_ids), comment.c.status != "hidden")
        .order_by(comment.c.at.desc(), comment.c.id.desc())
        .limit(most)
    )
    return [SaidRow(*line) for line in found]


async def move_status(tx: Tx, comment_id: int, before: str, after: str, reason: str) -> bool:
    """Change a comment's status if it still has the old one; False when somebody was first."""
    moved = await tx.conn.execute(
        update(comment)
        .where(comment.c.id == comment_id, comment.c.status == before)
        .values(status=after, reason=reason)
    )
    return moved.rowcount == 1


# ------------------------------------------------------------------ people


def _members(group_ids: Sequence[int]) -> Select[Any]:
    return (
        select(account.c.fan_id, account.c.id, account.c.name, member.c.joined_at)
        .join(member, member.c.account_id == account.c.id)
        .where(member.c.group_id.in_(group_ids), account.c.name != "")
        .order_by(account.c.id)
    )


async def members_named(tx: Tx, group_ids: Sequence[int], names: Sequence[str]) -> list[NamedRow]:
    """List the members of groups with one of these names; SQLite tells cases apart beyond ASCII."""
    lowered = [name.lower() for name in names]
    found = await tx.conn.execute(
        _members(group_ids).where(or_(account.c.name.in_(names), func.lower(account.c.name).in_(lowered)))
    )
    return [NamedRow(*line) for line in found]


async def members_like(tx: Tx, group_ids: Sequence[int], beginning: str, most: int) -> list[NamedRow]:
    """List members of groups whose name begins like this."""
    begins = func.lower(account.c.name).startswith(beginning.lower(), autoescape=True)
    found = await tx.conn.execute(_members(group_ids).where(begins).limit(most))
    return [NamedRow(*line) for line in found]


async def member_of(tx: Tx, group_ids: Sequence[int], fan_id: int) -> NamedRow | None:
    """Find a fan among the members of groups."""
    found = (await tx.conn.execute(_members(group_ids).where(account.c.fan_id == fan_id).limit(1))).first()
    return NamedRow(*found) if found else None


async def names_of(tx: Tx, fan_ids: Sequence[int]) -> dict[int, str]:
    """Read what fans are called, each by their first account; who was forgotten has no name."""
    found = await tx.conn.execute(
        select(account.c.fan_id, account.c.name)
        .where(account.c.fan_id.in_(fan_ids), account.c.name != "")
        .order_by(account.c.id.desc())
    )
    return {line.fan_id: line.name for line in found}


async def became(tx: Tx, fan_id: int) -> int:
    """Follow a fan through every link made since to who they are now."""
    while True:
        found = await tx.conn.execute(select(fan.c.merged_into).where(fan.c.id == fan_id))
        into = found.scalar_one()
        if into is None:
            return fan_id
        fan_id = into


async def were(tx: Tx, fan_id: int) -> list[int]:
    """List everybody a fan was before linking, themselves first: closed rounds know them by those."""
    all_, newest = [fan_id], [fan_id]
    while newest:
        found = await tx.conn.execute(
            select(fan.c.id).where(fan.c.merged_into.in_(newest)).order_by(fan.c.id)
        )
        newest = list(found.scalars())
        all_ += newest
    return all_


async def set_aside_count(tx: Tx, round_id: int) -> int:
    """Count the ballots of a round that are set aside."""
    found = await tx.conn.execute(
        select(func.count()).where(ballot.c.round_id == round_id, ballot.c.set_aside_at.is_not(None))
    )
    return int(found.scalar_one())
