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

    async def put(self, key: str, value: str, *, post: str | None = None) -> None:
        errand_id = None if post is None else int(post)

        async def put(tx: Tx) -> None:
            await memos.put_memo(tx, self._platform, key, value, await tx.now(), errand_id)

        await self._store.join(put)


async def tidy(store: Store) -> int:
    """Delete what was noted of posts that nobody will send again."""
    async with store.begin() as tx:
        return await memos.drop_settled(tx)
