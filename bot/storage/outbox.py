"""What groups must be told, and what they were told.

An outbox row is written in the transaction of the fact it tells. Who holds the platform's lease sends without
a transaction and settles afterwards; what is settled stays so, whoever else was sending.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update

from bot.storage.store import Tx
from bot.storage.tables import Group, Outbox, Post, table
from bot.storage.upsert import put_new

outbox, post, group = table(Outbox), table(Post), table(Group)


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to tell one group. `subject_id` is what it is about, by `kind`."""

    id: int
    key: str
    group_id: int
    kind: str
    subject_id: int
    attempts: int


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post as it stands: `digest` is that of the card last shown, `card` its JSON."""

    id: int
    outbox_id: int
    group_id: int
    remote_id: str
    kind: str
    subject_id: int
    card: dict[str, Any]
    digest: str
    posted_at: datetime
    edited_at: datetime | None


_ERRAND = tuple(outbox.c[name] for name in Errand.__slots__)
_POST = tuple(post.c[name] for name in PostRow.__slots__)


async def tell(tx: Tx, group_ids: list[int], kind: str, subject_id: int, now: datetime) -> int:
    """Put an errand for each group; asking twice for the same kind and subject does nothing.

    Returns how many were new.
    """
    return await put_new(
        tx,
        outbox,
        [
            {
                "key": f"{kind}:{subject_id}:group:{group_id}",
                "group_id": group_id,
                "kind": kind,
                "subject_id": subject_id,
                "created_at": now,
                "due_at": now,
            }
            for group_id in group_ids
        ],
    )


async def was_told(tx: Tx, kind: str, subject_id: int) -> bool:
    """Say whether errands of this kind about this subject were ever put."""
    found = await tx.conn.execute(
        select(outbox.c.id).where(outbox.c.kind == kind, outbox.c.subject_id == subject_id).limit(1)
    )
    return found.first() is not None


async def due_errands(tx: Tx, platform: str, now: datetime, busy: Collection[int], most: int) -> list[Errand]:
    """List what is due on a platform, the oldest of each group that is not `busy`, so that order holds."""
    waiting = (
        select(func.min(outbox.c.id))
        .join(group, group.c.id == outbox.c.group_id)
        .where(
            outbox.c.settled_at.is_(None), group.c.platform == platform, outbox.c.group_id.not_in(list(busy))
        )
        .group_by(outbox.c.group_id)
    )
    found = await tx.conn.execute(
        select(*_ERRAND)
        .where(outbox.c.id.in_(waiting), outbox.c.due_at <= now)
        .order_by(outbox.c.id)
        .limit(most)
    )
    return [Errand(*line) for line in found]


async def put_off(tx: Tx, errand: Errand, due_at: datetime) -> None:
    """Leave an errand, which is one attempt older now, until `due_at`."""
    await _change(tx, errand, due_at=due_at, attempts=errand.attempts + 1)


async def settle(
    tx: Tx, errand: Errand, remote_id: str, card: dict[str, Any], digest: str, now: datetime
) -> bool:
    """Record that an errand was told, and the post that stands there now; False when another did."""
    if not await _change(tx, errand, settled_at=now):
        return False
    await tx.conn.execute(
        insert(post).values(
            outbox_id=errand.id,
            group_id=errand.group_id,
            remote_id=remote_id,
            kind=errand.kind,
            subject_id=errand.subject_id,
            card=card,
            digest=digest,
            posted_at=now,
        )
    )
    return True


async def drop_errand(tx: Tx, errand: Errand, failure: str, now: datetime) -> bool:
    """Give an errand up for good, with the reason; False when it is settled by now."""
    return await _change(tx, errand, settled_at=now, failure=failure)


async def _change(tx: Tx, errand: Errand, **values: Any) -> bool:
    """Change an errand that still is to be told."""
    changed = await tx.conn.execute(
        update(outbox).where(outbox.c.id == errand.id, outbox.c.settled_at.is_(None)).values(**values)
    )
    return changed.rowcount == 1


async def waiting_since(tx: Tx, due_before: datetime) -> int:
    """Count what was due before an instant and is still to be told."""
    found = await tx.conn.execute(
        select(func.count()).where(outbox.c.settled_at.is_(None), outbox.c.due_at < due_before)
    )
    return int(found.scalar_one())


# ------------------------------------------------------------------ posts


async def live_posts(tx: Tx, platform: str, now: datetime) -> list[PostRow]:
    """List the posts on a platform that must stay true and may be edited now."""
    found = await tx.conn.execute(
        select(*_POST)
        .join(group, group.c.id == post.c.group_id)
        .where(
            post.c.live.is_(True),
            group.c.platform == platform,
            or_(post.c.due_at.is_(None), post.c.due_at <= now),
        )
        .order_by(post.c.id)
    )
    return [PostRow(*line) for line in found]


async def show(tx: Tx, seen: PostRow, card: dict[str, Any], digest: str, now: datetime) -> bool:
    """Record what a post shows after an edit of what was `seen` of it.

    False when another edited it meanwhile: then nobody knows whose edit came last, so the post is marked as
    showing nothing known, to be edited once more.
    """
    same = post.c.edited_at.is_not_distinct_from(seen.edited_at)
    shown = await tx.conn.execute(
        update(post).where(post.c.id == seen.id, same).values(card=card, digest=digest, edited_at=now)
    )
    if shown.rowcount == 1:
        return True
    await tx.conn.execute(update(post).where(post.c.id == seen.id).values(digest="", live=True))
    return False


async def put_off_post(tx: Tx, post_id: int, due_at: datetime) -> None:
    """Leave a post as it is until an instant."""
    await tx.conn.execute(update(post).where(post.c.id == post_id).values(due_at=due_at))


async def rest(tx: Tx, seen: PostRow) -> None:
    """Stop keeping a post true: what was `seen` of it is final, unless that was taken back meanwhile."""
    same = post.c.digest == seen.digest
    await tx.conn.execute(update(post).where(post.c.id == seen.id, same).values(live=False))


async def revive(tx: Tx, kind: str, subject_id: int) -> None:
    """Keep posts true again: what they said was taken back, so nothing is known of what they show."""
    await tx.conn.execute(
        update(post).where(post.c.kind == kind, post.c.subject_id == subject_id).values(live=True, digest="")
    )


async def post_anew(tx: Tx, group_id: int, now: datetime) -> None:
    """Tell a group again what must stay true there: the posts that said it are out of reach."""
    live = (post.c.group_id == group_id) & post.c.live.is_(True)
    lost = list((await tx.conn.execute(delete(post).where(live).returning(post.c.outbox_id))).scalars())
    await _tell_again(tx, lost, now)


async def revive_group(tx: Tx, group_id: int) -> None:
    """Keep every post of a group true again: they may have been left as they were meanwhile."""
    await tx.conn.execute(update(post).where(post.c.group_id == group_id).values(live=True, due_at=None))


async def hurry_group(tx: Tx, group_id: int, now: datetime) -> None:
    """Tell a group now what it was to be told later."""
    await tx.conn.execute(
        update(outbox)
        .where(outbox.c.group_id == group_id, outbox.c.settled_at.is_(None), outbox.c.due_at > now)
        .values(due_at=now)
    )


async def given_up(tx: Tx, group_id: int, failure: str) -> list[Errand]:
    """List what a group was never told, for a failure that begins like this."""
    found = await tx.conn.execute(
        select(*_ERRAND)
        .where(outbox.c.group_id == group_id, outbox.c.failure.startswith(failure, autoescape=True))
        .order_by(outbox.c.id)
    )
    return [Errand(*line) for line in found]


async def take_up(tx: Tx, errands: Sequence[Errand], now: datetime) -> None:
    """Tell what was given up after all."""
    await _tell_again(tx, [errand.id for errand in errands], now)


async def _tell_again(tx: Tx, errand_ids: Sequence[int], now: datetime) -> None:
    await tx.conn.execute(
        update(outbox)
        .where(outbox.c.id.in_(errand_ids))
        .values(settled_at=None, failure=None, attempts=0, due_at=now)
    )


async def group_posts(
    tx: Tx, group_id: int, before: datetime | None, after: datetime | None, most: int
) -> list[PostRow]:
    """List a group's posts, newest first."""
    query = select(*_POST).where(post.c.group_id == group_id)
    if before is not None:
        query = query.where(post.c.posted_at < before)
    if after is not None:
        query = query.where(post.c.posted_at >= after)
    found = await tx.conn.execute(query.order_by(post.c.posted_at.desc(), post.c.id.desc()).limit(most))
    return [PostRow(*line) for line in found]
