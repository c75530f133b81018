"""Pages from one process, the clock and the telling from others, and one of them at a time speaks."""

import asyncio
import os
import signal
import time

from bot.storage import leases
from bot.storage.store import Store
from tests.e2e.conftest import NewFan
from tests.e2e.process import Catwalk, Serving, until

LEASE_S = 2.0


async def holder(catwalk: Catwalk) -> int | None:
    """Name the process that speaks in the room; none when its lease ran out."""
    store = Store(catwalk.database_url)
    try:
        async with store.read() as tx:
            found = await leases.all_leases(tx)
    finally:
        await store.close()
    return next((int(row.holder.split("/")[1]) for row in found), None)


def held_by(catwalk: Catwalk, *workers: Serving) -> Serving:
    """Wait until one of these workers speaks, and return it."""
    found: list[Serving] = until(
        lambda: [w for w in workers if w.process.pid == asyncio.run(holder(catwalk))], "a worker to speak"
    )
    return found[0]


async def test_workers_take_over_from_one_another_and_web_processes_only_serve(
    catwalk: Catwalk, new_fan: NewFan
) -> None:
    catwalk.settings["CATWALK_RELAY__LEASE_S"] = str(LEASE_S)
    web, first, second = await asyncio.gather(
        *(
            asyncio.to_thread(catwalk.start, ("-m", "bot", "run", "--role", role))
            for role in ("web", "worker", "worker")
        )
    )
    assert "listens nowhere" in first.said
    owner = await new_fan(web.url)
    await owner.enter(catwalk.link("owner", "invite"))
    assert (await owner.client.get("/healthz")).text == "ok\n"

    speaking = await asyncio.to_thread(held_by, catwalk, first, second)
    other = second if speaking is first else first
    await owner.step("open")
    await owner.feed_with("Round 1 of 2")

    speaking.kill()
    died_at = time.monotonic()
    await owner.step("close", reason="enough")
    await owner.feed_with("Round 1 of 2", "Round 1 closed")
    assert await asyncio.to_thread(held_by, catwalk, other) is other
    assert time.monotonic() - died_at < 15

    third = await asyncio.to_thread(catwalk.start, ("-m", "bot", "run", "--role", "worker"))
    if "sqlite" in catwalk.database_url:  # stopped in the middle of a write it would keep the file from all
        assert other.stop() == 0
    else:
        await stopped_for_a_while(catwalk, other, third)
    assert await asyncio.to_thread(held_by, catwalk, third) is third
    assert [process.stop() for process in (third, other, web)] == [0, 0, 0]
    assert await holder(catwalk) is None
    assert "Nobody serves" not in catwalk.run("doctor").out


async def stopped_for_a_while(catwalk: Catwalk, former: Serving, heir: Serving) -> None:
    """Stop a worker until another has taken over, and let it go on: it finds that its lease is lost."""
    os.kill(former.process.pid, signal.SIGSTOP)
    await asyncio.to_thread(held_by, catwalk, heir)
    os.kill(former.process.pid, signal.SIGCONT)
    await asyncio.to_thread(until, lambda: "lease_lost" in former.log.read_text(), "it to notice")


def test_a_web_process_needs_a_room(catwalk: Catwalk) -> None:
    refused = catwalk.run("run", "--role", "web", CATWALK_ROOM__ENABLED="false")
    assert (refused.code, refused.out) == (2, "")
    assert "the room is turned off" in refused.err
