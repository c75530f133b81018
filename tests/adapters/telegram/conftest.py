"""The stand-in server with a bot, the store of a shop, and a shop whose fans are on Telegram."""

from collections.abc import AsyncIterator

import pytest

from bot.service.ledger import StoredLedger
from bot.storage.store import Store
from tests.adapters.telegram.stage import Stage, staged
from tests.clock import Clock
from tests.made_shop import file_store, made_shop, migrated_database, migrated_file, shop_url, store
from tests.telegram.botapi.server import BotApi
from tests.telegram.playing import ada, api, bot, fans

__all__ = [
    "ada",
    "api",
    "bot",
    "fans",
    "file_store",
    "migrated_database",
    "migrated_file",
    "shop_url",
    "store",
]


@pytest.fixture
def ledger(store: Store) -> StoredLedger:
    return StoredLedger(store)


@pytest.fixture
async def stage(api: BotApi, file_store: Store, clock: Clock) -> AsyncIterator[Stage]:
    """A group that joined the campaign, and its open round."""
    made = await made_shop(file_store, clock)
    async with staged(api, made) as stage:
        await stage.set_up(stage.user("Olga"))
        await made.open()
        yield stage
