"""What the comments ask of designs, and what became of each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, update

from bot.storage.store import Tx
from bot.storage.tables import Account, Comment, Design, Group, Version, VersionAnswers, table

comment, account, group = table(Comment), table(Account), table(Group)
design, version, answers = table(Design), table(Version), table(VersionAnswers)

_UNSEEN = ("hidden", "withdrawn")


@dataclass(frozen=True, slots=True)
class WishRow:
    """A comment on a design as designers read it. `version` is what it was said about, `answered` the
    number of the newest version that answers it, drafts included, `reference` the photo that came with it."""

    id: int
    fan_id: int
    author: str
    group: str
    at: datetime
    body: str
    status: str
    reason: str
    version: int | None
    answered: int | None
    reference: str | None


def answered_in(*, published: bool = False) -> Any:
    """Build the column of the newest version that answers a comment."""
    made = version.alias("made")
    query = (
        select(func.max(made.c.number))
        .join(answers, answers.c.version_id == made.c.id)
        .where(answers.c.comment_id == comment.c.id)
    )
    if published:
        query = query.where(made.c.published_at.is_not(None))
    return query.correlate(comment).scalar_subquery().label("answered")


def _wishes() -> Select[Any]:
    return (
        select(
            comment.c.id, comment.c.fan_id, account.c.name, group.c.title, comment.c.at, comment.c.body,
            comment.c.status, comment.c.reason, version.c.number, answered_in(), comment.c.photo,
        )
        .join(account, account.c.id == comment.c.account_id)
        .join(group, group.c.id == comment.c.group_id)
        .outerjoin(version, version.c.id == comment.c.version_id)
        .where(comment.c.status.not_in(_UNSEEN))
    )  # fmt: skip


async def wishes_of(tx: Tx, design_id: int) -> list[WishRow]:
    """List what was said about a design in all groups, newest first; hidden comments are left out."""
    found = await tx.conn.execute(
        _wishes().where(comment.c.design_id == design_id).order_by(comment.c.at.desc(), comment.c.id.desc())
    )
    return [WishRow(*line) for line in found]


async def settle(tx: Tx, comment_id: int, status: str, reason: str, allowed: Collection[str]) -> bool:
    """Say what became of a comment; False when it is so already or it is in no status of `allowed`."""
    moved = await tx.conn.execute(
        update(comment)
        .where(
            comment.c.id == comment_id,
            comment.c.status.in_(allowed),
            or_(comment.c.status != status, comment.c.reason != reason),
        )
        .values(status=status, reason=reason)
    )
    return moved.rowcount == 1


async def groups_of(tx: Tx, comment_ids: Collection[int]) -> list[int]:
    """List the groups in which these comments were said."""
    found = await tx.conn.execute(
        select(comment.c.group_id)
        .where(comment.c.id.in_(comment_ids))
        .distinct()
        .order_by(comment.c.group_id)
    )
    return list(found.scalars())


async def open_counts(tx: Tx, campaign_id: int) -> dict[int, tuple[int, int]]:
    """Count (comments, those nobody answered yet) by design, over all groups."""
    waits = (comment.c.status == "new") & comment.c.id.not_in(select(answers.c.comment_id))
    found = await tx.conn.execute(
        select(comment.c.design_id, func.count(), func.count().filter(waits))
        .where(
            comment.c.campaign_id == campaign_id,
            comment.c.design_id.is_not(None),
            comment.c.status.not_in(_UNSEEN),
        )
        .group_by(comment.c.design_id)
    )
    return {design_id: (int(said), int(new)) for design_id, said, new in found}
