"""What single people are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from bot.storage.store import Tx
from bot.storage.tables import Account, Group, Member, Notice, table
from bot.storage.upsert import put_new

notice, account, member, group = table(Notice), table(Account), table(Member), table(Group)


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice; `text` is the JSON of what it says, `go` where more of it is."""

    id: int
    at: datetime
    text: dict[str, Any]
    seen_at: datetime | None
    go: str | None


async def put_notices(
    tx: Tx, lines: Sequence[tuple[int, str, dict[str, Any]]], now: datetime, go: str | None = None
) -> int:
    """Tell fans (id, key, text); returns how many were new, since the same key twice does nothing."""
    return await put_new(
        tx,
        notice,
        [{"fan_id": fan, "key": key, "text": said, "go": go, "at": now} for fan, key, said in lines],
    )


async def notices_of(tx: Tx, fan_id: int, before: datetime | None, most: int) -> list[NoticeRow]:
    """List what a fan was told, newest first, at most `most`."""
    shown = tuple(notice.c[name] for name in NoticeRow.__slots__)
    query = select(*shown).where(notice.c.fan_id == fan_id)
    if before is not None:
        query = query.where(notice.c.at < before)
    found = await tx.conn.execute(query.order_by(notice.c.at.desc(), notice.c.id.desc()).limit(most))
    return [NoticeRow(*line) for line in found]


async def unseen(tx: Tx, fan_id: int) -> int:
    """Count what a fan was told and has not looked at."""
    found = await tx.conn.execute(
        select(func.count()).where(notice.c.fan_id == fan_id, notice.c.seen_at.is_(None))
    )
    return int(found.scalar_one())


async def mark_seen(tx: Tx, fan_id: int, now: datetime) -> None:
    """Remember that a fan looked at what they were told so far."""
    await tx.conn.execute(
        update(notice).where(notice.c.fan_id == fan_id, notice.c.seen_at.is_(None)).values(seen_at=now)
    )


async def groups_of_fans(tx: Tx, fan_ids: Sequence[int]) -> list[int]:
    """List the groups in which these fans read, in order."""
    found = await tx.conn.execute(
        select(member.c.group_id)
        .join(account, account.c.id == member.c.account_id)
        .where(account.c.fan_id.in_(fan_ids))
        .distinct()
        .order_by(member.c.group_id)
    )
    return list(found.scalars())


async def move_notices(tx: Tx, from_fan: int, to_fan: int) -> None:
    """Hand one fan's notices to another; what both were told is kept once."""
    had = select(notice.c.key).where(notice.c.fan_id == to_fan)
    await tx.conn.execute(delete(notice).where(notice.c.fan_id == from_fan, notice.c.key.in_(had)))
    await tx.conn.execute(update(notice).where(notice.c.fan_id == from_fan).values(fan_id=to_fan))
