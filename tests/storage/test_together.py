"""Small writes that share a transaction, on both stores, and what becomes of them where one fails."""

import asyncio

import pytest

from bot.storage import memos
from bot.storage.store import Store, Tx


async def put(store: Store, key: str) -> Tx:
    """Keep a memo together with others; give the transaction that did it."""

    async def work(tx: Tx) -> Tx:
        await memos.put_memo(tx, "test", key, "kept", await tx.now())
        return tx

    return await store.join(work)


async def refused(store: Store) -> Tx:
    async def work(tx: Tx) -> Tx:
        await memos.put_memo(tx, "test", "refused", "not kept", await tx.now())
        raise PermissionError

    return await store.join(work)


async def kept(store: Store) -> list[str]:
    async with store.read() as tx:
        found = await tx.conn.execute(memos.memo.select().order_by(memos.memo.c.key))
        return [line.key for line in found]


async def test_what_comes_in_during_a_commit_shares_the_next(store: Store) -> None:
    first = asyncio.create_task(put(store, "a"))
    await asyncio.sleep(0)  # its transaction is begun
    await asyncio.sleep(0)
    others = await asyncio.gather(*(put(store, key) for key in "bcd"))
    assert len({id(tx) for tx in (await first, *others)}) == 2
    assert await kept(store) == ["a", "b", "c", "d"]


async def test_one_that_fails_spoils_no_other(store: Store) -> None:
    done = await asyncio.gather(put(store, "a"), refused(store), put(store, "b"), return_exceptions=True)
    assert isinstance(done[1], PermissionError)
    assert await kept(store) == ["a", "b"]


async def test_who_gave_up_waiting_is_no_trouble(store: Store) -> None:
    gone = asyncio.create_task(put(store, "gone"))
    await asyncio.sleep(0)
    gone.cancel()
    await put(store, "b")
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert "b" in await kept(store)
