"""A shop whose fans are on Discord, on SQLite: what chats show is the same on either database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.store import Store
from tests.adapters.discord.stage import Stage, voting
from tests.clock import Clock
from tests.made_shop import file_store, migrated_file

__all__ = ["file_store", "migrated_file"]


@pytest.fixture
async def stage(file_store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Stage]:
    async with voting(file_store, clock, tmp_path / "photos") as stage:
        yield stage
