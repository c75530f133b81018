"""What groups must be told, and what they were told.

An outbox row is written in the transaction of the fact it tells. A claim is a lease: whoever holds it
sends without a transaction and settles afterwards; a claim that ran out may be taken by another.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update

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


async def take_errands(
    tx: Tx, platform: str, worker: str, now: datetime, claim_s: float, most: int = 20
) -> list[Errand]:
    """Claim what is due on a platform, one errand a group and the oldest first, so that order holds."""
    waiting = (
        select(func.min(outbox.c.id))
        .join(group, group.c.id == outbox.c.group_id)
        .where(outbox.c.settled_at.is_(None), group.c.platform == platform)
        .group_by(outbox.c.group_id)
    )
    free = (
        select(outbox.c.id)
        .where(
            outbox.c.id.in_(waiting),
            outbox.c.due_at <= now,
            or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= now),
        )
        .order_by(outbox.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    taken = await tx.conn.execute(
        update(outbox)
        .where(outbox.c.id.in_(free))
        .values(
            claimed_by=worker,
            claimed_until=now + timedelta(seconds=claim_s),
            attempts=outbox.c.attempts + 1,
        )
        .returning(
            outbox.c.id,
            outbox.c.key,
            outbox.c.group_id,
            outbox.c.kind,
            outbox.c.subject_id,
            outbox.c.attempts,
        )
    )
    return sorted((Errand(*line) for line in taken), key=lambda e: e.id)


async def settle(
    tx: Tx, errand: Errand, worker: str, remote_id: str, card: dict[str, Any], digest: str, now: datetime
) -> bool:
    """Record that an errand was told, and the post that stands there now; False when another did."""
    if not await _end(tx, errand, worker, settled_at=now, claimed_until=None):
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


async def drop_errand(tx: Tx, errand: Errand, worker: str, failure: str, now: datetime) -> bool:
    """Give an errand up for good, with the reason; False when it is another worker's by now."""
    return await _end(tx, errand, worker, settled_at=now, claimed_until=None, failure=failure)


async def put_off(tx: Tx, errand: Errand, worker: str, due_at: datetime) -> bool:
    """Give an errand back to be tried again at `due_at`; False when it is another worker's by now."""
    return await _end(tx, errand, worker, due_at=due_at, claimed_until=None, claimed_by=None)


async def _end(tx: Tx, errand: Errand, worker: str, **values: Any) -> bool:
    """End a claim, if it still is the worker's."""
    ended = await tx.conn.execute(
        update(outbox)
        .where(outbox.c.id == errand.id, outbox.c.settled_at.is_(None), outbox.c.claimed_by == worker)
        .values(**values)
    )
    return ended.rowcount == 1


async def waiting_since(tx: Tx, due_before: datetime) -> int:
    """Count what was due before an instant and is still to be told."""
    found = await tx.conn.execute(
        select(func.count()).where(outbox.c.settled_at.is_(None), outbox.c.due_at < due_before)
    )
    return int(found.scalar_one())


# ------------------------------------------------------------------ posts


async def live_posts(tx: Tx, platform: str, now: datetime) -> list[PostRow]:
    """List the posts on a platform that must stay true and that nobody is editing."""
    found = await tx.conn.execute(
        select(*_POST)
        .join(group, group.c.id == post.c.group_id)
        .where(
            post.c.live.is_(True),
            group.c.platform == platform,
            or_(post.c.claimed_until.is_(None), post.c.claimed_until <= now),
        )
        .order_by(post.c.id)
    )
    return [PostRow(*line) for line in found]


async def take_post(tx: Tx, post_id: int, digest: str, now: datetime, claim_s: float) -> datetime | None:
    """Claim a post for an edit if it still shows the card with `digest`; returns when the claim runs out,
    which also names it."""
    until = now + timedelta(seconds=claim_s)
    taken = await tx.conn.execute(
        update(post)
        .where(
            and_(post.c.id == post_id, post.c.digest == digest),
            or_(post.c.claimed_until.is_(None), post.c.claimed_until <= now),
        )
        .values(claimed_until=until)
    )
    return until if taken.rowcount == 1 else None


async def show(
    tx: Tx, post_id: int, claim: datetime, card: dict[str, Any], digest: str, now: datetime
) -> bool:
    """Record what a post shows after an edit.

    False when the claim ran out and another edited meanwhile: then nobody knows whose edit came last, so
    the post is marked as showing nothing known, to be edited once more.
    """
    shown = await tx.conn.execute(
        update(post)
        .where(post.c.id == post_id, post.c.claimed_until == claim)
        .values(card=card, digest=digest, edited_at=now, claimed_until=None)
    )
    if shown.rowcount == 1:
        return True
    await tx.conn.execute(update(post).where(post.c.id == post_id).values(digest="", live=True))
    return False


async def put_off_post(tx: Tx, post_id: int, claim: datetime, until: datetime) -> None:
    """Leave a post alone until an instant: its platform asked for that."""
    await tx.conn.execute(
        update(post).where(post.c.id == post_id, post.c.claimed_until == claim).values(claimed_until=until)
    )


async def rest(tx: Tx, post_id: int) -> None:
    """Stop keeping a post true: what it says is final."""
    await tx.conn.execute(update(post).where(post.c.id == post_id).values(live=False, claimed_until=None))


async def revive(tx: Tx, kind: str, subject_id: int) -> None:
    """Keep posts true again: what they said was taken back."""
    await tx.conn.execute(
        update(post).where(post.c.kind == kind, post.c.subject_id == subject_id).values(live=True)
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
