"""What fans say about designs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from bot.storage.store import Tx
from bot.storage.tables import Account, Comment, Design, Version, table
from bot.storage.wishes import answered_in

comment, account = table(Comment), table(Account)
design, version = table(Design), table(Version)


UNSEEN = ("hidden", "withdrawn")
"""Comments that are not shown: hidden by moderators, or of somebody who was forgotten."""


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment with its author's name and the design's number, version and photo, where it has one.

    `reference` is the photo that came with it, `answered` the newest version that answers it, as far as
    fans can see it.
    """

    id: int
    group_id: int
    fan_id: int
    author: str
    at: datetime
    body: str
    status: str
    reason: str
    edited_at: datetime | None
    number: int | None
    version: int | None
    photo: str | None
    reference: str | None
    answered: int | None


_COLUMNS = (
    comment.c.id, comment.c.group_id, comment.c.fan_id, account.c.name, comment.c.at, comment.c.body,
    comment.c.status, comment.c.reason, comment.c.edited_at, design.c.number,
    version.c.number.label("version"), version.c.photo, comment.c.photo.label("reference"),
    answered_in(published=True),
)  # fmt: skip


def _query() -> Select[Any]:
    return (
        select(*_COLUMNS)
        .join(account, account.c.id == comment.c.account_id)
        .outerjoin(design, design.c.id == comment.c.design_id)
        .outerjoin(version, version.c.id == comment.c.version_id)
    )


async def add_comment(
    tx: Tx,
    *,
    group_id: int,
    campaign_id: int | None,
    account_id: int,
    fan_id: int,
    event_id: str,
    design_id: int | None,
    version_id: int | None,
    reply_to: int | None,
    body: str,
    now: datetime,
    photo: str | None = None,
) -> int:
    made = await tx.conn.execute(
        insert(comment)
        .values(
            group_id=group_id,
            campaign_id=campaign_id,
            account_id=account_id,
            fan_id=fan_id,
            event_id=event_id,
            design_id=design_id,
            version_id=version_id,
            reply_to=reply_to,
            body=body,
            photo=photo,
            status="new",
            at=now,
        )
        .returning(comment.c.id)
    )
    comment_id: int = made.scalar_one()
    return comment_id


async def comment_of_event(tx: Tx, group_id: int, event_id: str) -> int | None:
    """Find the comment an event made before, if it did."""
    found: int | None = (
        await tx.conn.execute(
            select(comment.c.id).where(comment.c.group_id == group_id, comment.c.event_id == event_id)
        )
    ).scalar_one_or_none()
    return found


async def photos_since(tx: Tx, fan_id: int, since: datetime) -> int:
    """Count the photos a fan sent with comments from an instant on."""
    found = await tx.conn.execute(
        select(func.count()).where(
            comment.c.fan_id == fan_id, comment.c.photo.is_not(None), comment.c.at >= since
        )
    )
    return int(found.scalar_one())


async def target_of(tx: Tx, group_id: int, comment_id: int) -> tuple[int | None, int | None] | None:
    """Read the design and version a comment in this group is about."""
    found = await tx.conn.execute(
        select(comment.c.design_id, comment.c.version_id).where(
            comment.c.id == comment_id, comment.c.group_id == group_id
        )
    )
    line = found.first()
    return (line.design_id, line.version_id) if line else None


async def group_comments(
    tx: Tx, group_id: int, before: datetime | None, after: datetime | None, most: int
) -> list[CommentRow]:
    """List a group's comments, newest first, at most `most`; hidden ones are left out."""
    query = _query().where(comment.c.group_id == group_id, comment.c.status.not_in(UNSEEN))
    if before is not None:
        query = query.where(comment.c.at < before)
    if after is not None:
        query = query.where(comment.c.at >= after)
    found = await tx.conn.execute(query.order_by(comment.c.at.desc(), comment.c.id.desc()).limit(most))
    return [CommentRow(*line) for line in found]


async def comments_of_fan(tx: Tx, group_id: int, fan_id: int, most: int) -> list[CommentRow]:
    """List what one fan said in a group, newest first, also what is hidden from others."""
    found = await tx.conn.execute(
        _query()
        .where(comment.c.group_id == group_id, comment.c.fan_id == fan_id, comment.c.status != "withdrawn")
        .order_by(comment.c.at.desc(), comment.c.id.desc())
        .limit(most)
    )
    return [CommentRow(*line) for line in found]


async def comment_by_id(tx: Tx, comment_id: int) -> CommentRow | None:
    found = (await tx.conn.execute(_query().where(comment.c.id == comment_id))).first()
    return CommentRow(*found) if found else None


async def replace_words(tx: Tx, comment_id: int, body: str, now: datetime) -> None:
    """Let a comment say something else: whatever became of the old words is gone with them."""
    await tx.conn.execute(
        update(comment)
        .where(comment.c.id == comment_id)
        .values(body=body, status="new", reason="", edited_at=now)
    )


async def design_comments(tx: Tx, group_id: int, design_id: int, most: int) -> list[CommentRow]:
    """List what one group said about a design, oldest first."""
    found = await tx.conn.execute(
        _query()
        .where(
            comment.c.group_id == group_id, comment.c.design_id == design_id, comment.c.status.not_in(UNSEEN)
        )
        .order_by(comment.c.at.desc(), comment.c.id.desc())
        .limit(most)
    )
    return [CommentRow(*line) for line in reversed(found.all())]


async def comment_counts(tx: Tx, campaign_id: int) -> dict[int, int]:
    """Count comments per design of a campaign, over all groups."""
    found = await tx.conn.execute(
        select(comment.c.design_id, func.count())
        .where(
            comment.c.campaign_id == campaign_id,
            comment.c.design_id.is_not(None),
            comment.c.status.not_in(UNSEEN),
        )
        .group_by(comment.c.design_id)
    )
    return {design_id: n for design_id, n in found if design_id is not None}


async def count_between(tx: Tx, campaign_id: int, since: datetime | None, until: datetime | None) -> int:
    """Count a campaign's comments written from `since` on and before `until`."""
    query = select(func.count()).where(comment.c.campaign_id == campaign_id, comment.c.status.not_in(UNSEEN))
    if since is not None:
        query = query.where(comment.c.at >= since)
    if until is not None:
        query = query.where(comment.c.at < until)
    return int((await tx.conn.execute(query)).scalar_one())
