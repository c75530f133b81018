"""A small shop on either store."""

from tests.made_shop import file_store, made, migrated_database, migrated_file, other_store, shop_url, store

__all__ = ["file_store", "made", "migrated_database", "migrated_file", "other_store", "shop_url", "store"]
