"""A room over the scripted inbox, and browsers to visit it with."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chromium

from bot.adapters.web import Rates, RoomAdapter
from tests.adapters.web.browser import Browser
from tests.adapters.web.fake_inbox import HASHES, FakeInbox
from tests.adapters.web.visitor import NewVisitor, draw, screens, visitors
from tests.clock import Clock

SECRET = "a secret of at least thirty-two letters"
HOME = "http://room.test"
NewBrowser = Callable[..., Awaitable[Browser]]


@pytest.fixture
def inbox(clock: Clock) -> FakeInbox:
    return FakeInbox(clock)


@pytest.fixture
def photos(tmp_path: Path) -> Callable[[str, bool], Path]:
    """Two stored photos; the rest are known and missing. Junk raises ValueError, as the store does."""
    for photo in HASHES[:2]:
        (tmp_path / f"{photo}.jpg").write_bytes(b"\xff\xd8photo")
        (tmp_path / f"{photo}.tile.jpg").write_bytes(b"\xff\xd8tile")

    def path(photo: str, tile: bool) -> Path:
        if len(photo) != 64 or set(photo) - set("0123456789abcdef"):
            raise ValueError(photo)
        return tmp_path / (f"{photo}.tile.jpg" if tile else f"{photo}.jpg")

    return path


@pytest.fixture
def make_room(
    inbox: FakeInbox, clock: Clock, photos: Callable[[str, bool], Path]
) -> Callable[..., RoomAdapter]:
    """Build a room; keyword arguments replace the usual ones."""

    def make(**changed: Any) -> RoomAdapter:
        usual: dict[str, Any] = {
            "secret": SECRET,
            "base_url": HOME,
            "photo_path": photos,
            "clock": clock,
            "open_by_name": False,
            "changes": inbox.changes,
            "secure_cookies": False,
            "rates": Rates(1000, 1000, 1000),
            "poll_every_s": 0.005,
        }
        return RoomAdapter(**{**usual, **changed})

    return make


@pytest.fixture
def room(make_room: Callable[..., RoomAdapter]) -> RoomAdapter:
    return make_room()


@pytest.fixture
async def new_browser(room: RoomAdapter, inbox: FakeInbox) -> AsyncIterator[NewBrowser]:
    """Open browsers on the room, or on `other`; each has its own cookies."""
    async with AsyncExitStack() as opened:

        async def new(
            other: RoomAdapter | None = None, language: str = "en", address: str = "10.0.0.1"
        ) -> Browser:
            transport = httpx.ASGITransport(
                (other or room).app(inbox), raise_app_exceptions=False, client=(address, 4000)
            )
            client = httpx.AsyncClient(
                transport=transport, base_url=HOME, headers={"Accept-Language": language}
            )
            return Browser(await opened.enter_async_context(client))

        yield new


@pytest.fixture
async def browser(new_browser: NewBrowser) -> Browser:
    """A browser in which nobody has entered yet."""
    return await new_browser()


@pytest.fixture
async def fan(browser: Browser) -> Browser:
    """A browser in which Marta has entered."""
    await browser.enter()
    return browser


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all photos."""
    folder = tmp_path_factory.mktemp("drawn")
    draw(folder)
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium_running(chromium: Path) -> AsyncIterator[Chromium]:
    """One Chromium for the tests of a module, which share its loop."""
    async with screens(chromium) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def new_visitor(
    room: RoomAdapter, inbox: FakeInbox, chromium_running: Chromium, tmp_path: Path, drawn: Path
) -> AsyncIterator[NewVisitor]:
    """Open the served room, with all its photos, in a browser; keyword arguments are Playwright's."""
    shutil.copytree(drawn, tmp_path, dirs_exist_ok=True)
    async with visitors(room, inbox, chromium_running) as new:
        yield new
