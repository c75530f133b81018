"""Insert-unless-there, spelt for both stores."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.store import Tx


async def put_new(tx: Tx, table: Table, lines: Sequence[dict[str, Any]]) -> int:
    """Insert lines, leaving out those whose key is there already; returns how many were new."""
    made = 0
    make = sqlite.insert if tx.sqlite else postgresql.insert
    for i in range(0, len(lines), 500):
        part = list(lines[i : i + 500])
        result = await tx.conn.execute(make(table).values(part).on_conflict_do_nothing())
        made += result.rowcount
    return made
