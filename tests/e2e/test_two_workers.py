"""Two processes on one PostgreSQL: fans on both, one campaign, everything once."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import made
from tests.e2e.conftest import WORDS, NewFan, installed
from tests.e2e.fan import Fan, pause
from tests.e2e.made import PAGES
from tests.e2e.process import Catwalk
from tests.e2e.truth import check_ballots, truth
from tests.postgres import Server


@pytest.fixture
def shop(tmp_path: Path, bytecode: Path, photos: Path, postgresql: Server) -> Iterator[Catwalk]:
    """An installation whose first round closes by itself ten seconds after it was opened."""
    source = made.campaign(tmp_path / "brief", made.BRIEF)
    with postgresql.fresh_database() as url:
        made.fill(url, source, photos)
        yield from installed(tmp_path, bytecode, url, photos)


async def same_feed(fan: Fan, *urls: str) -> None:
    """Read the group's feed at each of these until all say the same: a live post may be edited in between."""
    async with asyncio.timeout(20):
        while len({(await fan.client.get(f"{url}/r/main?fragment=1")).text for url in urls}) > 1:
            await pause(0.1)


async def test_two_workers(shop: Catwalk, new_fan: NewFan) -> None:
    here, there = await asyncio.gather(*(asyncio.to_thread(shop.start) for _ in range(2)))
    owner = await new_fan(here.url)
    await owner.enter(shop.link("owner", "invite"))
    invitation = shop.link("room", "invite")
    fans = [await new_fan(serving.url) for serving in (here, there) for _ in range(6)]
    for fan in fans:
        await fan.enter(invitation)
    cursors: asyncio.Queue[str] = asyncio.Queue()
    async with asyncio.TaskGroup() as running:
        listening = running.create_task(fans[-1].events(cursors))
        before = await cursors.get()
        await fans[0].comment(f"#007 {WORDS}")  # said here, heard there
        async with asyncio.timeout(10):
            assert await cursors.get() != before
        await owner.step("open")
        await asyncio.gather(*(fan.vote_on(PAGES, i) for i, fan in enumerate(fans)))
        feeds = [
            await fan.feed_with("Round 1 of 2", "closes in", "Round 1 closed") for fan in (fans[0], fans[-1])
        ]
        await same_feed(fans[0], here.url, there.url)
        assert here.stop() == there.stop() == 0
        await listening
    assert all(feed.count(WORDS) == 1 for feed in feeds)
    kept = await truth(shop)
    check_ballots(kept, fans)
    assert kept.posts == ["round", "reminder", "result"]
    assert kept.actions.count("round_close") == 1
