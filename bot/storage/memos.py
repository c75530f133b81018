"""What adapters must know again after a restart: values by platform and key."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.store import Tx
from bot.storage.tables import Memo, Outbox, table

memo, outbox = table(Memo), table(Outbox)


async def find_memo(tx: Tx, platform: str, key: str) -> str | None:
    found = await tx.conn.execute(select(memo.c.value).where(memo.c.platform == platform, memo.c.key == key))
    value: str | None = found.scalar_one_or_none()
    return value


async def put_memo(
    tx: Tx, platform: str, key: str, value: str, now: datetime, errand_id: int | None = None
) -> None:
    """Keep a value under a key; the newest wins."""
    make = sqlite.insert if tx.sqlite else postgresql.insert
    new = make(memo).values(platform=platform, key=key, value=value, at=now, errand_id=errand_id)
    await tx.conn.execute(
        new.on_conflict_do_update(index_elements=["platform", "key"], set_={"value": value, "at": now})
    )


async def drop_settled(tx: Tx) -> int:
    """Delete what is about errands that are settled."""
    still = select(outbox.c.id).where(outbox.c.settled_at.is_(None))
    gone = await tx.conn.execute(
        delete(memo).where(memo.c.errand_id.is_not(None), memo.c.errand_id.not_in(still))
    )
    return gone.rowcount
