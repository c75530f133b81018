"""The desk of a small shop, on either store."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from bot import desk as desk_package
from bot.adapters.web import Rates, RoomAdapter
from bot.intake.limits import DEFAULTS
from bot.intake.photos import PhotoStore
from bot.intake.studio import Studio
from bot.service.catwalk import Catwalk
from bot.service.shop import Shop
from bot.storage.store import Store
from tests.clock import Clock
from tests.desk.stage import HOME, Desk, plans
from tests.made_shop import (
    SECRET,
    MadeShop,
    made_shop,
    migrated_database,
    migrated_file,
    plan,
    shop_url,
    store,
)

__all__ = ["migrated_database", "migrated_file", "shop_url", "store"]

PHOTO_BYTES = 200_000
"""The largest photo these shops take."""

MakeDesk = Callable[..., Awaitable[Desk]]


async def _changes(group: str) -> int:
    return 0


def mounted(catwalk: Catwalk, clock: Clock, photos: Path) -> RoomAdapter:
    """Build the real room with the desk mounted into it, as main does; `photos` holds `{hash}.jpg`."""
    room = RoomAdapter(
        secret="a secret of at least thirty-two letters",
        base_url=HOME,
        photo_path=lambda photo, tile: photos / f"{photo}.jpg",
        clock=clock,
        open_by_name=True,
        changes=_changes,
        secure_cookies=False,
        template_dirs=[desk_package.TEMPLATES],
        static_dirs=[desk_package.STATIC],
        desk_path="/desk",
        rates=Rates(10_000, 10_000, 10_000),
    )
    room.extra_routes = desk_package.desk_routes(catwalk.shop, catwalk, room.page)
    room.larger_bodies = desk_package.larger_bodies(PHOTO_BYTES)
    return room


@pytest.fixture
async def make_desk(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[MakeDesk]:
    """Build a shop with ten designs and two drafts, and its desk; keyword arguments change round 1."""
    async with AsyncExitStack() as stack:

        async def make(**changed: object) -> Desk:
            made = await made_shop(store, clock, plans=plans(plan(clock), **changed))
            limits = replace(DEFAULTS.photo, max_bytes=PHOTO_BYTES)
            made.shop = replace(made.shop, studio=Studio(PhotoStore(tmp_path), limits))
            made.catwalk = Catwalk(made.shop)
            return Desk(made, mounted(made.catwalk, clock, tmp_path), stack)

        yield make


@pytest.fixture
async def bare_desk(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Desk]:
    """Build the desk of an installation into which nothing was loaded yet."""
    catwalk = Catwalk(Shop(store, SECRET, open_by_name=True))
    made = MadeShop(store, clock, catwalk.shop, catwalk, 0, [])
    async with AsyncExitStack() as stack:
        yield Desk(made, mounted(catwalk, clock, tmp_path), stack)


@pytest.fixture
async def desk(make_desk: MakeDesk) -> Desk:
    """A desk over two drafts: ten designs, of which round 1 keeps four and round 2 keeps two."""
    return await make_desk()
