"""A small campaign of plain photos, loaded once and copied for each test."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from bot.loading import load_campaign
from bot.settings import Photos
from bot.storage import schema
from bot.storage.store import Store
from tests.intake.made import folder, jpeg

DESIGNS, PAGES = 24, 3

_HEAD = """\
key = "spring"
title = "Spring looks"
time_zone = "Europe/Berlin"

[noun]
en = ["look", "looks"]
"""

_ROUND = """
[[rounds]]
ballot = "sheets"
opens_at = {opens_at}
closes_at = {closes_at}
keep = {keep}
quorum = 3
tie_rule = "lot"
page_size = {page_size}
"""

SLOW = (("2030-05-03T18:00:00", "2030-05-10T20:00:00"), ("2030-05-17T18:00:00", "2030-05-24T20:00:00"))
BRIEF = (("2020-05-03T18:00:00", "2020-05-03T18:00:10"), ("2030-05-17T18:00:00", "2030-05-24T20:00:00"))
"""When the rounds open and close. A round planned for the past keeps its length: ten seconds."""


def campaign(
    root: Path, times: tuple[tuple[str, str], ...] = SLOW, designs: int = DESIGNS, page_size: int = 8
) -> Path:
    """Write the folder of a campaign of 24 designs, or more, and two rounds."""
    rounds = [
        _ROUND.format(opens_at=opens_at, closes_at=closes_at, keep=10 - 6 * i, page_size=page_size)
        for i, (opens_at, closes_at) in enumerate(times)
    ]
    lines = [f"{n:03d}.jpg,Look {n},dress\n" for n in range(1, designs + 1)]
    photos: Mapping[str, bytes] = {f"photos/{n:03d}.jpg": jpeg(n) for n in range(1, designs + 1)}
    return folder(root, _HEAD + "".join(rounds), "photo,title,category\n" + "".join(lines), photos)


def fill(url: str, source: Path, photos: Path) -> None:
    """Migrate a database and load the campaign. Only outside a running event loop."""
    asyncio.run(_fill(url, source, photos))


async def _fill(url: str, source: Path, photos: Path) -> None:
    store = Store(url)
    try:
        await schema.migrate(store)
        await load_campaign(source, Photos(folder=photos), store)
    finally:
        await store.close()
