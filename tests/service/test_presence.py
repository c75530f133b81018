"""A platform is served by one process at a time: connected to, told, and given back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from structlog.testing import capture_logs

from bot.lease import Lease
from bot.port import Inbox, Post
from bot.presence import Presence
from bot.relay import Relay
from bot.storage import leases, outbox
from bot.storage.store import Store
from tests.made_shop import ROOM, FakePlatform, MadeShop

SOON_S = 30


class Connected(FakePlatform):
    """A platform with a connection, which a test may break."""

    def __init__(self) -> None:
        super().__init__()
        self.connected, self.ended, self.broken = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.edited = asyncio.Event()

    async def run(self, inbox: Inbox) -> None:
        self.connected.set()
        try:
            await self.broken.wait()
            self.broken.clear()
            raise ConnectionResetError("the platform hung up")
        finally:
            self.connected.clear()
            self.ended.set()

    async def edit(self, post: Post, remote_id: str) -> None:
        await super().edit(post, remote_id)
        self.edited.set()


class Asking(Lease):
    """A lease that tells when it was asked for in vain."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, "room", 3.0)
        self.refused = asyncio.Event()

    async def take(self) -> bool:
        taken = await super().take()
        if not taken:
            self.refused.set()
        return taken


@asynccontextmanager
async def serving(made: MadeShop, platform: Connected, lease: Lease, store: Store) -> AsyncIterator[None]:
    """Serve a platform until the block ends, and stop then as a process does."""
    relay = Relay(store, platform, lease.check)
    presence = Presence(made.catwalk, platform, relay, lease, 0.01, 0.01)
    task = asyncio.create_task(presence.run())
    try:
        yield
    finally:
        presence.end()
        await asyncio.wait_for(task, SOON_S)


async def soon(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), SOON_S)


async def holders(store: Store) -> list[str]:
    async with store.read() as tx:
        return [row.holder for row in await leases.all_leases(tx)]


async def test_who_has_the_lease_connects_and_tells_and_gives_it_back(made: MadeShop, store: Store) -> None:
    platform = Connected()
    async with serving(made, platform, Asking(store), store):
        await soon(platform.connected)
        await platform.until_sent(1)
        assert len(await holders(store)) == 1
        await made.press(await made.fan(1), "e", f"p:{made.round_id}:1:1")
        await soon(platform.edited)
    assert not platform.connected.is_set()
    assert await holders(store) == []


async def test_another_waits_and_takes_over_when_it_is_given_back(
    made: MadeShop, store: Store, other_store: Store
) -> None:
    first, second, waiting = Connected(), Connected(), Asking(other_store)
    async with AsyncExitStack() as later:
        async with serving(made, first, Asking(store), store):
            await soon(first.connected)
            await later.enter_async_context(serving(made, second, waiting, other_store))
            await soon(waiting.refused)
            assert not second.connected.is_set()
        await soon(second.connected)


async def test_a_connection_that_breaks_is_made_again(made: MadeShop, store: Store) -> None:
    platform = Connected()
    with capture_logs() as logs:
        async with serving(made, platform, Asking(store), store):
            await soon(platform.connected)
            platform.broken.set()
            await soon(platform.ended)
            await soon(platform.connected)
    failed = [line["event"] for line in logs if line["log_level"] == "error"]
    assert failed == ["connection_failed"]


async def test_who_loses_the_lease_stops_and_competes_again(made: MadeShop, store: Store) -> None:
    platform, lease = Connected(), Asking(store)
    with capture_logs() as logs:
        async with serving(made, platform, lease, store):
            await soon(platform.connected)
            async with store.begin() as tx:
                later = datetime.now(UTC) + timedelta(hours=1)
                await tx.conn.execute(update(leases.lease).values(holder="another", until=later))
            await soon(platform.ended)
            lease.refused.clear()
            await soon(lease.refused)
            assert await holders(store) == ["another"]
            assert not platform.connected.is_set()
            async with store.begin() as tx:
                await leases.give_back(tx, "room", "another")
            await soon(platform.connected)
    said = [line["event"] for line in logs if line["event"].startswith("lease_")]
    assert said == ["lease_taken", "lease_lost", "lease_taken"]


async def test_what_is_being_sent_at_the_end_is_sent_and_settled(made: MadeShop, store: Store) -> None:
    platform = Connected()
    gate = platform.gates[ROOM] = asyncio.Event()
    async with serving(made, platform, Asking(store), store):
        await soon(platform.reached)
        asyncio.get_running_loop().call_soon(gate.set)  # which is after the end has begun
    async with store.read() as tx:
        assert await outbox.waiting_since(tx, made.clock() + timedelta(days=1)) == 0
