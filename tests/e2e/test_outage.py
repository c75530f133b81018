"""PostgreSQL goes away under a running room and comes back."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.web.browser import SCRIPT
from tests.e2e import made
from tests.e2e.conftest import NewFan, installed
from tests.e2e.fan import PRESS, pause
from tests.e2e.process import Catwalk
from tests.e2e.truth import check_ballots, truth
from tests.needs import Need, find_postgresql, missing
from tests.postgres import Server, running


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of the test's own, to be stopped and started again."""
    programs = find_postgresql()
    if programs is None:
        missing(Need.POSTGRESQL)
    with running(programs) as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path, bytecode: Path, source: Path, photos: Path, server: Server) -> Iterator[Catwalk]:
    url = server.url("postgres")
    made.fill(url, source, photos)
    yield from installed(tmp_path, bytecode, url, photos)


async def test_the_room_outlives_its_database(shop: Catwalk, server: Server, new_fan: NewFan) -> None:
    serving = await asyncio.to_thread(shop.start)
    owner, fan = await new_fan(serving.url), await new_fan(serving.url)
    await owner.enter(shop.link("owner", "invite"))
    await owner.step("open")
    await fan.enter(shop.link("room", "invite"))
    assert await fan.press("p:1:7:1")

    await asyncio.to_thread(server.end, signal.SIGINT)
    for path in ("/r/main", "/me", "/desk", "/healthz"):
        assert (await owner.client.get(path)).status_code == 503
    unsaved = {"csrf": fan.token, "event_id": "while-away", "action": "p:1:8:1"}
    answer = await fan.client.post(PRESS, data=unsaved, headers=SCRIPT)
    assert answer.status_code == 503
    assert answer.json()["text"]
    pressing = asyncio.create_task(fan.press("p:1:9:1"))  # as a page does: again until it is answered
    while not fan.again:
        await pause(0.01)

    await asyncio.to_thread(server.again)
    assert await asyncio.wait_for(pressing, 30)
    assert fan.picked == {7, 9}
    assert (await fan.client.get("/healthz")).status_code == 200
    await fan.feed_with("Round 1 of 2")
    assert serving.stop() == 0
    check_ballots(await truth(shop), [fan])
    for said in ("database_unreachable", "database_back"):
        assert 1 <= shop.log.count(said) <= 4, shop.log  # once for each kind of beat, however long it takes
