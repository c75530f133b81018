"""SIGTERM in the thick of it: everybody gets an answer or can ask again, and nothing is lost."""

import asyncio
from random import Random

from tests.e2e.conftest import NewFan
from tests.e2e.fan import pause
from tests.e2e.made import PAGES
from tests.e2e.process import Catwalk, free_port
from tests.e2e.truth import check_ballots, truth


async def test_a_stop_under_load(catwalk: Catwalk, new_fan: NewFan) -> None:
    port = free_port(Random(str(catwalk.home)))
    serving = await asyncio.to_thread(catwalk.start, CATWALK_ROOM__PORT=str(port))
    owner = await new_fan(serving.url)
    await owner.enter(catwalk.link("owner", "invite"))
    await owner.step("open")
    invitation = catwalk.link("room", "invite")
    fans = [await new_fan(serving.url) for _ in range(12)]
    for fan in fans:
        await fan.enter(invitation)
    cursors: asyncio.Queue[str] = asyncio.Queue()
    async with asyncio.TaskGroup() as running:
        listening = running.create_task(owner.events(cursors))
        await cursors.get()
        voting = [running.create_task(fan.leaf_through(PAGES, Random(i))) for i, fan in enumerate(fans)]
        while sum(fan.presses for fan in fans) < 30:
            await pause(0.01)
        assert await asyncio.to_thread(serving.stop) == 0
        await listening  # ended by the server, as a stream should: anything else raises
        assert not all(task.done() for task in voting), "it was stopped while fans were voting"
        again = await asyncio.to_thread(catwalk.start, CATWALK_ROOM__PORT=str(port))
    assert all(task.result() for task in voting)
    assert again.stop() == 0
    check_ballots(await truth(catwalk), fans)
