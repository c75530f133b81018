"""The ledger of what platforms sent us, in the database."""

from collections.abc import Mapping
from datetime import timedelta

from bot.storage import received
from bot.storage.store import Store, Tx

_KNOWN_FOR = timedelta(days=2)
"""How long an update is known again; Telegram repeats one for a day."""


class StoredLedger:
    """Keeps updates in the store; what a crowd sends at once shares its transactions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def put(self, account: str, updates: Mapping[int, str]) -> frozenset[int]:
        """Keep updates by their ids; gives the ids that were not there before."""

        async def put(tx: Tx) -> frozenset[int]:
            return await received.put_received(tx, account, updates, await tx.now())

        return await self._store.join(put)

    async def waiting(self, account: str) -> dict[int, str]:
        """List what was not handled, the oldest first."""
        async with self._store.read() as tx:
            return await received.unhandled(tx, account)

    async def handled(self, account: str, update_id: int) -> None:
        """Mark an update as handled; its content is forgotten."""

        async def mark(tx: Tx) -> None:
            await received.mark_handled(tx, account, update_id, await tx.now())

        await self._store.join(mark)


async def tidy(store: Store) -> int:
    """Delete the lines of what was handled long ago."""
    async with store.begin() as tx:
        return await received.drop_handled(tx, await tx.now() - _KNOWN_FOR)
