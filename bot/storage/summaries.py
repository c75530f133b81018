"""What the summary of a closed round is made of, beside its standings."""

from datetime import datetime

from sqlalchemy import delete, func, insert, select

from bot.port import REASONS
from bot.rounds.summary import Integrity as IntegrityFacts
from bot.storage.comments import UNSEEN
from bot.storage.store import Tx
from bot.storage.tables import Ballot, Comment, Design, Group, Integrity, Vote, table
from bot.storage.tallies import counts

ballot, comment, design = table(Ballot), table(Comment), table(Design)
group, integrity, vote = table(Group), table(Integrity), table(Vote)


async def put_integrity(tx: Tx, round_id: int, facts: IntegrityFacts) -> None:
    """Keep what a count found, in place of what the one before it did."""
    await tx.conn.execute(delete(integrity).where(integrity.c.round_id == round_id))
    await tx.conn.execute(insert(integrity).values(round_id=round_id, aside=facts.aside, moved=facts.moved))


async def integrity_of(tx: Tx, round_id: int) -> IntegrityFacts | None:
    found = await tx.conn.execute(
        select(integrity.c.aside, integrity.c.moved).where(integrity.c.round_id == round_id)
    )
    line = found.first()
    return IntegrityFacts(*line) if line else None


async def set_aside_count(tx: Tx, round_id: int) -> int:
    """Count the ballots with answers that are set aside."""
    found = await tx.conn.execute(
        select(func.count()).where(
            ballot.c.round_id == round_id, ballot.c.answers > 0, ballot.c.set_aside_at.is_not(None)
        )
    )
    return int(found.scalar_one())


async def turnout_by_platform(tx: Tx, round_id: int) -> tuple[tuple[str, int], ...]:
    """Count counted ballots by the platform of the group they first came through, the largest first."""
    fans = func.count().label("fans")
    found = await tx.conn.execute(
        select(group.c.platform, fans)
        .join(group, group.c.id == ballot.c.group_id)
        .where(ballot.c.round_id == round_id, ballot.c.answers > 0, ballot.c.set_aside_at.is_(None))
        .group_by(group.c.platform)
        .order_by(fans.desc(), group.c.platform)
    )
    return tuple((line.platform, line.fans) for line in found)


async def most_talked_about(
    tx: Tx, campaign_id: int, since: datetime | None, until: datetime | None, most: int
) -> tuple[tuple[int, int], ...]:
    """List (design number, comments) written from `since` on and before `until`, the most first."""
    said = func.count().label("said")
    query = (
        select(design.c.number, said)
        .join(design, design.c.id == comment.c.design_id)
        .where(comment.c.campaign_id == campaign_id, comment.c.status.not_in(UNSEEN))
        .group_by(design.c.number)
        .order_by(said.desc(), design.c.number)
        .limit(most)
    )
    if since is not None:
        query = query.where(comment.c.at >= since)
    if until is not None:
        query = query.where(comment.c.at < until)
    return tuple((line.number, line.said) for line in await tx.conn.execute(query))


async def reasons_asked(tx: Tx, round_id: int, most: int) -> tuple[tuple[str, int], ...]:
    """List (reason, how many counted answers gave it), the most first; those nobody gave are left out."""
    asked = [func.count().filter(vote.c.chips.bitwise_and(1 << n) != 0) for n in range(len(REASONS))]
    found = await tx.conn.execute(
        select(*asked).where(vote.c.round_id == round_id, vote.c.chips != 0, counts(vote, round_id))
    )
    times = dict(zip(REASONS, found.one(), strict=True))
    ranked = sorted(((key, n) for key, n in times.items() if n), key=lambda item: -item[1])
    return tuple(ranked[:most])
