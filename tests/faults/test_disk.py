"""A disk that takes nothing more, under a shop that keeps everything in one SQLite file."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import made
from tests.e2e.conftest import NewFan, installed
from tests.e2e.fan import pause
from tests.e2e.process import Catwalk
from tests.e2e.truth import check_ballots, truth
from tests.faults.faults import limit_files
from tests.faults.house import RECOVERY_S


@pytest.fixture
def shop(tmp_path: Path, bytecode: Path) -> Iterator[Catwalk]:
    url, photos = f"sqlite+aiosqlite:///{tmp_path / 'catwalk.db'}", tmp_path / "photos"
    made.fill(url, made.campaign(tmp_path / "spring"), photos)
    yield from installed(tmp_path, bytecode, url, photos)


async def test_what_cannot_be_written_is_not_called_saved(shop: Catwalk, new_fan: NewFan) -> None:
    claim, invitation = shop.link("owner", "invite"), shop.link("room", "invite")
    serving = await asyncio.to_thread(shop.start)
    owner, fan = await new_fan(serving.url), await new_fan(serving.url)
    await owner.enter(claim)
    await owner.step("open")
    await fan.enter(invitation)
    assert (await fan.sheet(1))["tiles"]
    assert await fan.press("p:1:7:1")
    limit_files([serving.process.pid], "0")
    pressing = asyncio.create_task(fan.press("p:1:8:1"))
    while not fan.again:
        await pause(0.01)
    assert not pressing.done()
    assert (await fan.sheet(1))["picks"] == 1, "what is there can still be read"
    limit_files([serving.process.pid], "unlimited")
    assert await asyncio.wait_for(pressing, RECOVERY_S)
    assert serving.stop() == 0
    check_ballots(await truth(shop), [fan])
