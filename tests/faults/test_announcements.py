"""What reaches a platform outside while the process that speaks there dies or hangs."""

import asyncio
import signal

import pytest

from tests.e2e.process import until
from tests.faults.house import RECOVERY_S, House
from tests.faults.run import BEFORE_A_POST
from tests.faults.season import broken, opened


async def arrived(house: House, count: int) -> None:
    """Wait until so many posts have reached the platform."""
    outside = house.outside
    await asyncio.to_thread(until, lambda: len(outside.arrived) >= count, f"{count} posts", RECOVERY_S)


async def test_a_post_is_repeated_once_where_its_sender_dies(house: House) -> None:
    await house.start("web 0", "worker 0")
    house.outside.open.clear()
    async with opened(house, fans=1) as owner:
        await arrived(house, 1)  # and nobody knows it
        await house.start("worker 1")  # later, so that it can in no case have the lease first
        await house.kill("worker 0")
        house.outside.open.set()
        await arrived(house, 2)
        await owner.step("close", reason="enough")
        await owner.feed_with("Round 1 of 2", "Round 1 closed")
    assert await broken(house, 1) == []
    assert [(post.kind, post.sender) for post in house.outside.arrived] == [
        ("round", house.pid("worker 0")),
        ("round", house.pid("worker 1")),
        ("result", house.pid("worker 1")),
    ]


async def awake(house: House) -> None:
    """Wait until the worker that hung has seen that it lost the lease, or has sent."""

    def seen() -> bool:
        return "lease_lost" in house.log("worker 0") or house.outside.repeats > 0

    await asyncio.to_thread(until, seen, "the worker to wake up", RECOVERY_S)


async def hang_before_a_post(house: House) -> list[str]:
    """Let a process hang when it is about to send, for longer than its lease, and then go on."""
    await house.start("worker 0", stop_at=BEFORE_A_POST)
    await house.start("web 0")
    async with opened(house, fans=1) as owner:
        await house.stopped("worker 0")
        await house.start("worker 1")  # now, since it could be the first to send
        await arrived(house, 1)
        house.signal("worker 0", signal.SIGCONT)
        await awake(house)
        await owner.step("close", reason="enough")
        await owner.feed_with("Round 1 of 2", "Round 1 closed")
    return await broken(house, 0)


async def test_who_hung_past_the_lease_sends_nothing(house: House) -> None:
    assert await hang_before_a_post(house) == []
    assert {post.sender for post in house.outside.arrived} == {house.pid("worker 1")}


@pytest.mark.parametrize("without", ["lease"])
async def test_without_the_lease_it_is_sent_twice(house: House) -> None:
    assert any("were repeated, by 0 faults" in promise for promise in await hang_before_a_post(house))
    assert house.outside.arrived[0].key == house.outside.arrived[1].key
