"""Fans at screens: headless Chromium on a served room, and what every page must satisfy."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from bot.adapters.web import RoomAdapter
from tests.adapters.web.fake_inbox import HASHES, FakeInbox
from tests.adapters.web.serving import served
from tests.needs import CHROMIUM_FLAGS

PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
DARK_DESKTOP = {**DESKTOP, "has_touch": False, "is_mobile": False, "color_scheme": "dark"}
LOOKS = (PHONE, DARK_DESKTOP)
"""Each size and each scheme once: colours do not depend on the size, nor anything else on the colours."""


@dataclass
class Visitor:
    """A fan at a screen. `complaints` is everything the console said that it should not."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        await self.page.goto(self.url + path)

    async def enter(self, name: str = "Marta") -> None:
        await self.open("/enter?code=WELCOME")
        await self.page.get_by_label("Your name in the group").fill(name)
        await self.page.get_by_role("button", name="Come in").click()
        await self.page.wait_for_url("**/r/spring")

    def tile(self, number: int) -> Any:
        return self.page.locator(f"#d{number:03d}")


NewVisitor = Callable[..., Awaitable[Visitor]]


def draw(folder: Path) -> None:
    """Make a photo and a tile for every design: plain colours are enough to look at."""
    for n, photo in enumerate(HASHES):
        for end in ("jpg", "tile.jpg"):
            Image.new("RGB", (480, 600), ((n * 37) % 256, 120, 90)).save(folder / f"{photo}.{end}")


@asynccontextmanager
async def screens(chromium: Path) -> AsyncIterator[Browser]:
    """Run one Chromium, for as many visitors as want it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def visitors(room: RoomAdapter, inbox: FakeInbox, browser: Browser) -> AsyncIterator[NewVisitor]:
    """Open the served room in a browser; what its console complains of fails the test."""
    async with AsyncExitStack() as opened:
        url = await opened.enter_async_context(served(room, inbox))
        opened_by: list[Visitor] = []

        async def new(**options: Any) -> Visitor:
            context = await browser.new_context(**{**PHONE, "service_workers": "block", **options})
            opened.push_async_callback(context.close)
            context.set_default_timeout(10_000)
            visitor = Visitor(await context.new_page(), url)
            opened_by.append(visitor)

            def heard(message: Any) -> None:
                expected = "Service Worker" in message.text or "net::ERR" in message.text
                if message.type in {"error", "warning"} and not expected:
                    visitor.complaints.append(message.text)

            visitor.page.on("console", heard)
            visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
            return visitor

        yield new
        complaints = [complaint for v in opened_by for complaint in v.complaints]
        assert complaints == [], complaints


async def check(fan: Visitor, path: str) -> None:
    found = await Axe().run(fan.page)
    assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
    wide, screen = await fan.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= screen, f"{path} scrolls sideways"
    small = await fan.page.evaluate(
        """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden]), textarea")]
          .filter((item) => item.checkVisibility() && !item.closest("p, .hush, .skip") && item.tabIndex >= 0)
          .map((item) => [item.outerHTML.slice(0, 90), item.getBoundingClientRect()])
          .filter(([, box]) => box.width && box.height && (box.height < 44 || box.width < 44))
          .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
    )
    assert small == [], f"{path}: targets under 44 px"
