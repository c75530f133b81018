"""What platforms sent us and we acknowledged, until it is handled."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.store import Tx
from bot.storage.tables import Received, table

received = table(Received)


async def put_received(tx: Tx, account: str, updates: Mapping[int, str], now: datetime) -> frozenset[int]:
    """Keep updates by their ids; gives the ids that were not there before."""
    make = sqlite.insert if tx.sqlite else postgresql.insert
    lines = [
        {"account": account, "update_id": update_id, "content": content, "received_at": now}
        for update_id, content in updates.items()
    ]
    put = make(received).values(lines).on_conflict_do_nothing().returning(received.c.update_id)
    return frozenset((await tx.conn.execute(put)).scalars())


async def unhandled(tx: Tx, account: str) -> dict[int, str]:
    """List what is still to be handled, the oldest first."""
    found = await tx.conn.execute(
        select(received.c.update_id, received.c.content)
        .where(received.c.account == account, received.c.handled_at.is_(None))
        .order_by(received.c.update_id)
    )
    return {line.update_id: line.content for line in found}


async def mark_handled(tx: Tx, account: str, update_id: int, now: datetime) -> None:
    """Forget what an update said, and remember that it was handled."""
    await tx.conn.execute(
        update(received)
        .where(received.c.account == account, received.c.update_id == update_id)
        .values(handled_at=now, content="")
    )


async def drop_handled(tx: Tx, before: datetime) -> int:
    """Delete the lines of what was handled before an instant."""
    gone = await tx.conn.execute(delete(received).where(received.c.handled_at < before))
    return gone.rowcount
