"""Browsers on a running room. Everything they complain about fails the test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.shop import DRAFT, VOTED, Shop, make
from tests.browser.visit import PHONE, Visit, options
from tests.clock import Clock
from tests.needs import CHROMIUM_FLAGS

NewVisit = Callable[..., Visit]
expect.set_options(timeout=15_000)  # milliseconds, for machines that are busy


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 200 designs loaded, to be copied."""
    return make(tmp_path_factory.mktemp("winter"))


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """One Chromium for a module. Playwright holds the thread's event loop, so it must not outlive it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def database() -> str:
    """Which database of the made folder to begin with; `voted` replaces it."""
    return DRAFT


voted = pytest.mark.parametrize("database", [VOTED], ids=["voted"])
"""Begin with round 1 open and forty fans who have voted."""


@pytest.fixture
def shop(made: Path, tmp_path: Path, clock: Clock, database: str) -> Iterator[Shop]:
    """A room of the test's own, in which nobody is yet whom we know."""
    shop = Shop(made, tmp_path, clock, database)
    yield shop
    shop.close()


@pytest.fixture
def visit(browser: Browser, shop: Shop) -> Iterator[NewVisit]:
    """Open browsers with nothing in them; keyword arguments are Playwright's for a context."""
    visits: list[Visit] = []

    def new(size: dict[str, int] = PHONE, **more: Any) -> Visit:
        context = browser.new_context(base_url=shop.url, **options(size=size, **more))
        visits.append(Visit(context, context.new_page(), shop.url))
        return visits[-1]

    yield new
    for one in visits:
        one.context.close()
    assert [trouble for one in visits for trouble in one.troubles] == []
