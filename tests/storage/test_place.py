"""The writing place: one at a time, in order, and who is urgent first."""

import asyncio

import pytest

from bot.storage.place import Place


class Queue:
    """People who want a place, and the order in which they had it."""

    def __init__(self) -> None:
        self.place = Place()
        self.had: list[str] = []
        self.inside = 0

    async def want(self, name: str, *, urgent: bool = False) -> None:
        async with self.place.taken(urgent=urgent):
            assert not self.inside
            self.inside += 1
            self.had.append(name)
            await asyncio.sleep(0)
            self.inside -= 1

    def waiting(self, name: str, *, urgent: bool = False) -> "asyncio.Task[None]":
        return asyncio.create_task(self.want(name, urgent=urgent))


@pytest.fixture
def queue() -> Queue:
    return Queue()


async def test_who_is_urgent_goes_first_and_not_twice_in_a_row(queue: Queue) -> None:
    async with queue.place.taken():
        tasks = [queue.waiting(name) for name in "abc"]
        await asyncio.sleep(0)
        tasks += [queue.waiting(name, urgent=True) for name in ("now", "too")]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert queue.had == ["now", "a", "too", "b", "c"]


async def test_who_gives_up_holds_nobody_up(queue: Queue) -> None:
    first, second, third = (queue.waiting(name) for name in "abc")
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(first, second, third, return_exceptions=True)
    assert queue.had == ["a", "c"]
    await queue.want("d")


async def test_who_gives_up_when_it_is_their_turn_passes_it_on(queue: Queue) -> None:
    async with queue.place.taken():
        second, third = queue.waiting("b"), queue.waiting("c")
        await asyncio.sleep(0)
    second.cancel()  # the place is theirs, and they do not know it yet
    await asyncio.gather(second, third, return_exceptions=True)
    assert queue.had == ["c"]
    await queue.want("d")
