"""PostgreSQL goes away under a running room and comes back."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.adapters.web.browser import SCRIPT
from tests.e2e import made
from tests.e2e.conftest import NewFan, installed
from tests.e2e.fan import PRESS, pause
from tests.e2e.process import Catwalk, until
from tests.e2e.truth import check_ballots, truth
from tests.needs import Need, find_postgresql, missing
from tests.postgres import Server


class Outage:
    """A server of the test's own, to be stopped and started again on the same data."""

    def __init__(self, programs: Path, server: Server) -> None:
        self.server = server
        self._programs = programs
        self._pid = server.pid
        self._again: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Stop the server as an administrator does in a hurry (fast shutdown)."""
        os.kill(self._pid, signal.SIGINT)
        pid_file = self.server.data / "postmaster.pid"
        until(lambda: not pid_file.exists(), "PostgreSQL to stop")

    def end(self) -> None:
        folder = self.server.data.parent
        command = [str(self._programs / "postgres"), "-D", str(self.server.data), "-p", str(self.server.port)]
        self._again = subprocess.Popen(
            [*command, "-c", "listen_addresses=127.0.0.1"],
            **postgres._as(postgres._owner(), folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def close(self) -> None:
        if self._again is not None:
            self._again.send_signal(signal.SIGINT)
            self._again.wait(30)


@pytest.fixture
def outage() -> Iterator[Outage]:
    programs = find_postgresql()
    if programs is None:
        missing(Need.POSTGRESQL)
    with postgres.running(programs) as server:
        outage = Outage(programs, server)
        yield outage
        outage.close()


@pytest.fixture
def shop(tmp_path: Path, bytecode: Path, source: Path, photos: Path, outage: Outage) -> Iterator[Catwalk]:
    url = outage.server.url("postgres")
    made.fill(url, source, photos)
    yield from installed(tmp_path, bytecode, url, photos)


async def test_the_room_outlives_its_database(shop: Catwalk, outage: Outage, new_fan: NewFan) -> None:
    serving = await asyncio.to_thread(shop.start)
    owner, fan = await new_fan(serving.url), await new_fan(serving.url)
    await owner.enter(shop.link("owner", "invite"))
    await owner.step("open")
    await fan.enter(shop.link("room", "invite"))
    assert await fan.press("p:1:7:1")

    await asyncio.to_thread(outage.begin)
    for path in ("/r/main", "/me", "/desk", "/healthz"):
        assert (await owner.client.get(path)).status_code == 503
    unsaved = {"csrf": fan.token, "event_id": "while-away", "action": "p:1:8:1"}
    answer = await fan.client.post(PRESS, data=unsaved, headers=SCRIPT)
    assert answer.status_code == 503
    assert answer.json()["text"]
    pressing = asyncio.create_task(fan.press("p:1:9:1"))  # as a page does: again until it is answered
    while not fan.again:
        await pause(0.01)

    await asyncio.to_thread(outage.end)
    assert await asyncio.wait_for(pressing, 30)
    assert fan.picked == {7, 9}
    await fan.feed_with("Round 1 of 2")
    assert serving.stop() == 0
    check_ballots(await truth(shop), [fan])
    for said in ("database_unreachable", "database_back"):
        assert 1 <= shop.log.count(said) <= 4, shop.log  # once for each kind of beat, however long it takes
