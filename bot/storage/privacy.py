"""One person's data: read out for them, or taken out for good."""

import secrets
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select, update

from bot.port import Role
from bot.storage.store import Tx
from bot.storage.tables import (
    Account,
    Campaign,
    Code,
    Comment,
    Design,
    Duel,
    Fan,
    Group,
    Member,
    Notice,
    RoleRow,
    Round,
    Version,
    Vote,
    table,
)

account, fan, role, code = table(Account), table(Fan), table(RoleRow), table(Code)
member, group, comment = table(Member), table(Group), table(Comment)
vote, version, design = table(Vote), table(Version), table(Design)
duel = table(Duel)
round_, campaign, notice = table(Round), table(Campaign), table(Notice)


class Said(NamedTuple):
    at: datetime
    group: str
    number: int | None
    body: str
    status: str
    reason: str


class Answered(NamedTuple):
    campaign: str
    round: int
    number: int
    version: int
    answer: int | None
    seen: bool
    chips: int
    at: datetime


class Preferred(NamedTuple):
    """`answer` 1 is for the first, 2 for the second, 0 for neither."""

    campaign: str
    round: int
    first: int
    first_version: int
    second: int
    second_version: int
    answer: int | None
    at: datetime


async def comments_by(tx: Tx, fan_id: int) -> list[Said]:
    """List everything a fan wrote, oldest first."""
    found = await tx.conn.execute(
        select(
            comment.c.at, group.c.title, design.c.number, comment.c.body, comment.c.status, comment.c.reason
        )
        .join(group, group.c.id == comment.c.group_id)
        .outerjoin(design, design.c.id == comment.c.design_id)
        .where(comment.c.fan_id == fan_id)
        .order_by(comment.c.at, comment.c.id)
    )
    return [Said(*line) for line in found]


async def votes_by(tx: Tx, fan_id: int) -> list[Answered]:
    """List a fan's current answers in every round; a scan of the votes, made once in a while."""
    found = await tx.conn.execute(
        select(
            campaign.c.title, round_.c.number, design.c.number, version.c.number, vote.c.answer, vote.c.seen,
            vote.c.chips, vote.c.at,
        )
        .join(round_, round_.c.id == vote.c.round_id)
        .join(campaign, campaign.c.id == round_.c.campaign_id)
        .join(version, version.c.id == vote.c.version_id)
        .join(design, design.c.id == version.c.design_id)
        .where(vote.c.fan_id == fan_id, vote.c.round_id.in_(select(round_.c.id)))
        .order_by(round_.c.id, design.c.number)
    )  # fmt: skip
    return [Answered(*line) for line in found]


async def duels_by(tx: Tx, fan_id: int) -> list[Preferred]:
    """List a fan's current answers to pairs in every round."""
    first, second = (version.alias(side) for side in ("first", "second"))
    one, other = (design.alias(f"{side}_design") for side in ("first", "second"))
    found = await tx.conn.execute(
        select(
            campaign.c.title, round_.c.number, one.c.number, first.c.number, other.c.number, second.c.number,
            duel.c.answer, duel.c.at,
        )
        .join(round_, round_.c.id == duel.c.round_id)
        .join(campaign, campaign.c.id == round_.c.campaign_id)
        .join(first, first.c.id == duel.c.first_id)
        .join(second, second.c.id == duel.c.second_id)
        .join(one, one.c.id == first.c.design_id)
        .join(other, other.c.id == second.c.design_id)
        .where(duel.c.fan_id == fan_id, duel.c.round_id.in_(select(round_.c.id)))
        .order_by(round_.c.id, one.c.number, other.c.number)
    )  # fmt: skip
    return [Preferred(*line) for line in found]


async def owners(tx: Tx) -> list[int]:
    """List the fans behind the owners' accounts."""
    found = await tx.conn.execute(
        select(account.c.fan_id)
        .join(role, role.c.account_id == account.c.id)
        .where(role.c.role == Role.OWNER.value)
        .distinct()
    )
    return list(found.scalars())


async def forget(tx: Tx, fan_id: int) -> list[int]:
    """Take out who a fan is and what they wrote; answers stay, and belong to nobody known.

    Returns the groups whose feeds changed.
    """
    ids = list((await tx.conn.execute(select(account.c.id).where(account.c.fan_id == fan_id))).scalars())
    said = await tx.conn.execute(select(comment.c.group_id).where(comment.c.fan_id == fan_id).distinct())
    groups = list(said.scalars())
    await tx.conn.execute(
        update(comment).where(comment.c.fan_id == fan_id).values(body="", status="withdrawn", reason="")
    )
    await tx.conn.execute(delete(notice).where(notice.c.fan_id == fan_id))
    for owned in (role, member, code):
        await tx.conn.execute(delete(owned).where(owned.c.account_id.in_(ids)))
    for account_id in ids:
        await tx.conn.execute(
            update(account)
            .where(account.c.id == account_id)
            .values(name="", remote_id=f"forgotten-{secrets.token_hex(8)}")
        )
    await tx.conn.execute(update(fan).where(fan.c.id == fan_id).values(language=None))
    return groups


async def drop_spent_codes(tx: Tx, now: datetime) -> int:
    """Delete codes nobody can use any more."""
    gone = await tx.conn.execute(
        delete(code).where((code.c.expires_at <= now) | (func.coalesce(code.c.uses_left, 1) <= 0))
    )
    return gone.rowcount
