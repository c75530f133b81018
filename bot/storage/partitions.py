"""A round's own partitions of the hot tables. PostgreSQL only: SQLite's key alone keeps a round together."""

import re

from sqlalchemy import text

from bot.storage.store import Tx
from bot.storage.tables import Ballot, BallotOrder, Duel, Press, Vote, table

HOT = (BallotOrder, Ballot, Vote, Duel, Press)
"""The tables that have a partition a round: what grows with the fans."""

_NAMES = [table(row).name for row in HOT]
_PARTITION = re.compile(rf"({'|'.join(_NAMES)})_r\d+")


async def make_partitions(tx: Tx, round_id: int) -> None:
    """Make a round's partitions, in the transaction that opens it.

    They are attached, which votes in other rounds do not notice; `CREATE TABLE … PARTITION OF` would wait
    for all of them, and keep new ones waiting.
    """
    if tx.sqlite:
        return
    for name in _NAMES:
        part = f"{name}_r{round_id:d}"
        await tx.conn.execute(text(f"CREATE TABLE {part} (LIKE {name} INCLUDING ALL)"))
        await tx.conn.execute(
            text(f"ALTER TABLE {name} ATTACH PARTITION {part} FOR VALUES IN ({round_id:d})")
        )


def is_partition(name: str) -> bool:
    """Say whether a table is a round's partition, which no migration knows."""
    return _PARTITION.fullmatch(name) is not None
