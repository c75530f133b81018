"""An adapter's memos, kept in the database."""

from bot.storage import memos
from bot.storage.store import Store, Tx


class StoredMemos:
    """Implements `bot.port.Memos` for one platform."""

    def __init__(self, store: Store, platform: str) -> None:
        self._store = store
        self._platform = platform

    async def read(self, key: str) -> str | None:
        async with self._store.read() as tx:
            return await memos.find_memo(tx, self._platform, key)

    async def put(self, key: str, value: str) -> None:
        async def put(tx: Tx) -> None:
            await memos.put_memo(tx, self._platform, key, value, await tx.now())

        await self._store.join(put)
