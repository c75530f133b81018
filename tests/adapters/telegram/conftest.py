"""The stand-in server with a bot, and the store of a shop."""

import pytest

from bot.service.ledger import StoredLedger
from bot.storage.store import Store
from tests.made_shop import migrated_database, migrated_file, shop_url, store
from tests.telegram.playing import ada, api, bot, fans

__all__ = ["ada", "api", "bot", "fans", "migrated_database", "migrated_file", "shop_url", "store"]


@pytest.fixture
def ledger(store: Store) -> StoredLedger:
    return StoredLedger(store)
