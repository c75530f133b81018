"""What adapters must know again after a restart: values by platform and key."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.store import Tx
from bot.storage.tables import Memo, table

memo = table(Memo)


async def find_memo(tx: Tx, platform: str, key: str) -> str | None:
    found = await tx.conn.execute(select(memo.c.value).where(memo.c.platform == platform, memo.c.key == key))
    value: str | None = found.scalar_one_or_none()
    return value


async def put_memo(tx: Tx, platform: str, key: str, value: str, now: datetime) -> None:
    """Keep a value under a key; the newest wins."""
    make = sqlite.insert if tx.sqlite else postgresql.insert
    new = make(memo).values(platform=platform, key=key, value=value, at=now)
    await tx.conn.execute(
        new.on_conflict_do_update(index_elements=["platform", "key"], set_={"value": value, "at": now})
    )
