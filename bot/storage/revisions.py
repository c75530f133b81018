"""Versions of designs: drafts, their publication, and which comments they answer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, delete, func, insert, select, update

from bot.storage.store import Tx
from bot.storage.tables import Account, Comment, Design, Photo, Version, VersionAnswers, table

version, design, answers = table(Version), table(Design), table(VersionAnswers)
comment, account, photo = table(Comment), table(Account), table(Photo)

_UNSEEN = ("hidden", "withdrawn")


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a design; a draft has no `published_at`. `who` uploaded it, None for the campaign file."""

    id: int
    design_id: int
    number: int
    photo: str
    note: str
    created_at: datetime
    published_at: datetime | None
    who: str | None


class Answered(NamedTuple):
    """A comment that a version answers, with its author."""

    version_id: int
    comment_id: int
    fan_id: int


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What a version replaces, what changed, and how many fans had asked for it."""

    version_id: int
    before_photo: str
    before_number: int
    note: str
    asked: int


def _versions() -> Select[Any]:
    return select(
        version.c.id, version.c.design_id, version.c.number, version.c.photo, version.c.note,
        version.c.created_at, version.c.published_at, account.c.name,
    ).outerjoin(account, account.c.id == version.c.account_id)  # fmt: skip


async def versions_of(tx: Tx, design_id: int) -> list[VersionRow]:
    """List a design's versions, the first one first, a draft last."""
    found = await tx.conn.execute(
        _versions().where(version.c.design_id == design_id).order_by(version.c.number)
    )
    return [VersionRow(*line) for line in found]


async def drafts(tx: Tx, campaign_id: int) -> list[VersionRow]:
    """List a campaign's drafts."""
    found = await tx.conn.execute(
        _versions()
        .join(design, design.c.id == version.c.design_id)
        .where(design.c.campaign_id == campaign_id, version.c.published_at.is_(None))
        .order_by(design.c.number)
    )
    return [VersionRow(*line) for line in found]


async def version_of_event(tx: Tx, account_id: int, event_id: str) -> tuple[int, int, int] | None:
    """Find what an upload made: campaign, design number, version number."""
    found = await tx.conn.execute(
        select(design.c.campaign_id, design.c.number, version.c.number.label("version"))
        .join(design, design.c.id == version.c.design_id)
        .where(version.c.account_id == account_id, version.c.event_id == event_id)
    )
    line = found.first()
    return (line.campaign_id, line.number, line.version) if line else None


async def shows_photo(tx: Tx, campaign_id: int, hashed: str, source: str) -> tuple[int, int] | None:
    """Find the design and version that show this very photo, by its hash or that of its file."""
    found = await tx.conn.execute(
        select(design.c.number, version.c.number.label("version"))
        .join(version, version.c.design_id == design.c.id)
        .join(photo, photo.c.hash == version.c.photo)
        .where(
            design.c.campaign_id == campaign_id, (photo.c.hash == hashed) | (photo.c.source_hash == source)
        )
        .order_by(design.c.number, version.c.number)
        .limit(1)
    )
    line = found.first()
    return (line.number, line.version) if line else None


async def add_draft(
    tx: Tx,
    design_id: int,
    number: int,
    shown: str,
    note: str,
    by: int,
    event_id: str,
    answered: Sequence[int],
    now: datetime,
) -> int:
    """Keep a version that is not shown yet, with the comments it answers."""
    made = await tx.conn.execute(
        insert(version)
        .values(
            design_id=design_id, number=number, photo=shown, note=note, created_at=now, account_id=by,
            event_id=event_id,
        )
        .returning(version.c.id)
    )  # fmt: skip
    version_id: int = made.scalar_one()
    if answered:
        await tx.conn.execute(
            insert(answers), [{"version_id": version_id, "comment_id": c} for c in sorted(set(answered))]
        )
    return version_id


async def drop_draft(tx: Tx, version_id: int) -> None:
    """Take a draft out, with what it answers."""
    await tx.conn.execute(delete(answers).where(answers.c.version_id == version_id))
    await tx.conn.execute(delete(version).where(version.c.id == version_id, version.c.published_at.is_(None)))


async def publish(tx: Tx, version_ids: Collection[int], now: datetime) -> list[Answered]:
    """Show drafts from now on and mark what they answer as used; returns those comments."""
    await tx.conn.execute(update(version).where(version.c.id.in_(version_ids)).values(published_at=now))
    found = await answered_by(tx, version_ids)
    ids = [line.comment_id for line in found]
    await tx.conn.execute(update(comment).where(comment.c.id.in_(ids)).values(status="used", reason=""))
    return found


async def answered_by(tx: Tx, version_ids: Collection[int]) -> list[Answered]:
    """List the comments these versions answer, as far as they are still shown."""
    found = await tx.conn.execute(
        select(answers.c.version_id, answers.c.comment_id, comment.c.fan_id)
        .join(comment, comment.c.id == answers.c.comment_id)
        .where(answers.c.version_id.in_(version_ids), comment.c.status.not_in(_UNSEEN))
        .order_by(answers.c.version_id, answers.c.comment_id)
    )
    return [Answered(*line) for line in found]


async def changes(tx: Tx, version_ids: Collection[int]) -> dict[int, ChangeRow]:
    """Read what these versions changed, by version; a version 1 changed nothing and is left out."""
    before = version.alias("earlier")
    fans = (
        select(answers.c.version_id, func.count(comment.c.fan_id.distinct()).label("asked"))
        .join(comment, comment.c.id == answers.c.comment_id)
        .group_by(answers.c.version_id)
        .subquery("fans")
    )
    found = await tx.conn.execute(
        select(version.c.id, before.c.photo, before.c.number, version.c.note, func.coalesce(fans.c.asked, 0))
        .join(
            before, and_(before.c.design_id == version.c.design_id, before.c.number == version.c.number - 1)
        )
        .outerjoin(fans, fans.c.version_id == version.c.id)
        .where(version.c.id.in_(version_ids))
    )
    return {line[0]: ChangeRow(*line) for line in found}
