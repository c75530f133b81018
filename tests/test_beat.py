"""What is done again and again: one at a time, whatever happens, until it is told to end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from structlog.testing import capture_logs

from bot.beat import Beat

NEVER_S = 3600.0
SOON_S = 30


class Work:
    """Something to do; a test lets each time come to its end, and may let it raise."""

    def __init__(self) -> None:
        self.times, self.at_once = 0, 0
        self.begun, self.go_on = asyncio.Semaphore(0), asyncio.Semaphore(0)
        self.trouble: Exception | None = None

    async def __call__(self) -> None:
        self.times += 1
        self.at_once += 1
        assert self.at_once == 1
        self.begun.release()
        await self.go_on.acquire()
        self.at_once -= 1
        if self.trouble is not None:
            raise self.trouble


@asynccontextmanager
async def running(work: Work, every_s: float) -> AsyncIterator[Beat]:
    beat = Beat("work", work, every_s)
    task = asyncio.create_task(beat.run())
    yield beat
    beat.end()
    work.go_on.release()
    await asyncio.wait_for(task, SOON_S)


async def test_it_is_done_now_and_again_after_a_while() -> None:
    work = Work()
    async with running(work, 0.001):
        for _ in range(3):
            await asyncio.wait_for(work.begun.acquire(), SOON_S)
            work.go_on.release()
    assert work.times >= 3


async def test_who_hurries_it_while_it_is_done_has_it_done_once_more() -> None:
    work = Work()
    async with running(work, NEVER_S) as beat:
        await work.begun.acquire()
        beat.hurry()
        beat.hurry()
        work.go_on.release()
        await asyncio.wait_for(work.begun.acquire(), SOON_S)
        assert work.times == 2
        work.go_on.release()
        await asyncio.sleep(0)
    assert work.times == 2


async def test_what_is_under_way_at_the_end_is_finished() -> None:
    work = Work()
    beat = Beat("work", work, NEVER_S)
    task = asyncio.create_task(beat.run())
    await work.begun.acquire()
    beat.end()
    await asyncio.sleep(0)
    assert not task.done()
    work.go_on.release()
    await asyncio.wait_for(task, SOON_S)
    assert work.times == 1


async def test_one_that_was_ended_before_it_began_does_nothing() -> None:
    work = Work()
    beat = Beat("work", work, NEVER_S)
    beat.end()
    await beat.run()
    assert work.times == 0


async def test_a_bug_is_told_every_time_and_an_outage_once() -> None:
    work = Work()

    async def next_time(trouble: Exception | None) -> None:
        await asyncio.wait_for(work.begun.acquire(), SOON_S)
        work.trouble = trouble
        work.go_on.release()

    with capture_logs() as logs:
        async with running(work, 0):
            for trouble in (
                OSError("away"),
                OSError("still"),
                None,
                ZeroDivisionError(),
                ZeroDivisionError(),
            ):
                await next_time(trouble)
            await work.begun.acquire()
            work.trouble = None
    assert [line["event"] for line in logs] == [
        "database_unreachable", "database_back", "beat_failed", "beat_failed",
    ]  # fmt: skip
