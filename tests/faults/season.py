"""A round from its opening to its result while things go wrong, and what was promised for it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random

from sqlalchemy import select

from bot.storage import outbox
from bot.storage.store import Store
from tests.e2e.fan import Fan, pause
from tests.e2e.made import PAGES
from tests.e2e.truth import truth, violations
from tests.faults.faults import FAULTS
from tests.faults.house import RECOVERY_S, WEBS, WORKERS, House
from tests.faults.outside import Platform

FANS = 12


@asynccontextmanager
async def opened(house: House, fans: int = FANS) -> AsyncIterator[Fan]:
    """Let an owner and fans in and open the round; yields the owner, who begins where the second fan does."""
    async with AsyncExitStack() as browsers:
        owner, *house.fans = [
            Fan(f"Persimmon {i}", await browsers.enter_async_context(house.browser(i + 1)))
            for i in range(fans + 1)
        ]
        await owner.enter(f"/claim?code={house.grounds.claim}")
        await asyncio.gather(*(fan.enter(f"/enter?code={house.grounds.invitation}") for fan in house.fans))
        await owner.step("open")
        yield owner


async def play(house: House, faults: Sequence[str], seed: int) -> list[str]:
    """Let everything go wrong in turn while fans vote, close in the thick of it; return what was broken."""
    rng = Random(seed)
    await house.start(*WEBS, *WORKERS)
    async with opened(house) as owner, asyncio.TaskGroup() as voting:
        for i, fan in enumerate(house.fans):
            voting.create_task(fan.vote_on(PAGES, seed + i))
        for name in faults:
            await FAULTS[name](house, rng)
            await house.work()
        await owner.step("close", reason="enough")
        await owner.feed_with("Round 1 of 2", "Round 1 closed", within_s=RECOVERY_S)
    return await broken(house, len(faults))


async def broken(house: House, faults: int) -> list[str]:
    """Wait until all is told, then name every promise that was broken; each fault may repeat one post."""
    async with asyncio.timeout(RECOVERY_S):
        while await _untold(house):
            await pause(0.1)
    kept = await truth(house.catwalk)
    return [*violations(kept, house.fans), *_misheard(house.outside, faults)]


async def _untold(house: House) -> bool:
    store = Store(house.catwalk.database_url)
    try:
        async with store.read() as tx:
            waiting = select(outbox.outbox.c.id).where(outbox.outbox.c.settled_at.is_(None))
            return (await tx.conn.execute(waiting)).first() is not None
    finally:
        await store.close()


def _misheard(platform: Platform, faults: int) -> Iterator[str]:
    if platform.kinds != ["round", "result"]:
        yield f"outside was heard: {platform.kinds}"
    if platform.repeats > faults:
        yield f"{platform.repeats} announcements were repeated, by {faults} faults"
