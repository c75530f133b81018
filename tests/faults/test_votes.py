"""Votes while processes and the database die, hang and come back."""

import asyncio
import signal

import asyncpg
import pytest

from tests.e2e.fan import Fan, pause
from tests.faults.house import House
from tests.faults.season import broken, opened, play

EACH = ("kill_web", "kill_backend", "stop_web", "fill_disk", "kill_worker", "kill_postgresql")


async def test_everything_goes_wrong_in_turn(house: House) -> None:
    assert await play(house, EACH, seed=7) == []


async def close_around(house: House) -> list[str]:
    """Close a round while a process hangs in the middle of saving a vote, then let it go on."""
    await house.start("web 0", stop_at="votes written")
    await house.start("web 1", "worker 0")
    async with opened(house, fans=2) as owner:
        here, there = house.fans
        for person in (owner, here):
            person.client.timeout = 60  # waits, and asks nowhere else
        assert await there.press("p:1:7:1")
        pressing = asyncio.create_task(here.press("p:1:8:1"))
        await house.stopped("web 0")
        closing = asyncio.create_task(owner.step("close", reason="enough"))
        await counted_or_waiting(house, there)
        house.signal("web 0", signal.SIGCONT)
        assert await pressing, "it hung for too long, so the database let go of its vote"
        await closing
        await owner.feed_with("Round 1 of 2", "Round 1 closed")
    return await broken(house, 0)


async def counted_or_waiting(house: House, fan: Fan) -> None:
    """Wait until the round is counted, or somebody waits for a lock."""
    url = house.catwalk.database_url.replace("+asyncpg", "")
    connection = await asyncpg.connect(url)
    try:
        while not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
            if await connection.fetchval("SELECT counted_at IS NOT NULL FROM round WHERE id = 1"):
                return
            await pause(0.05)
    finally:
        await connection.close()


async def test_a_close_waits_for_a_vote_that_is_being_saved(house: House) -> None:
    assert await close_around(house) == []


@pytest.mark.parametrize("without", ["lock"])
async def test_without_the_lock_a_saved_vote_is_not_counted(house: House) -> None:
    assert await close_around(house) == ["votes are kept that the count does not have"]


async def test_a_process_that_hangs_for_good_holds_up_no_close(house: House) -> None:
    await house.start("web 0", stop_at="votes written")
    await house.start("web 1", "worker 0")
    async with opened(house, fans=2) as owner:
        here, there = house.fans
        assert await there.press("p:1:7:1")
        pressing = asyncio.create_task(here.press("p:1:8:1"))
        await house.stopped("web 0")
        assert await pressing  # elsewhere, once the database let go of the one that hangs
        await owner.step("close", reason="enough")
        await owner.feed_with("Round 1 of 2", "Round 1 closed")
        house.signal("web 0", signal.SIGCONT)
        assert not await here.press("p:1:9:1")
    assert await broken(house, 0) == []
