"""The desk in headless Chromium: nothing runs over the edge, axe is content, keys and no script suffice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import Page, async_playwright

from bot.port import Role
from bot.rounds.model import RoundState
from bot.service import people
from tests.desk.stage import BALLOTS, Desk
from tests.needs import CHROMIUM_FLAGS

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("shop_url", ["sqlite"], indirect=True)]

PHONE, DESKTOP = {"width": 360, "height": 780}, {"width": 1280, "height": 800}
STOP_S = 10.0

Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def address(desk: Desk, tmp_path: Path) -> AsyncIterator[str]:
    """Serve the desk with a photo for every design."""
    for n in range(1, 11):
        Image.new("RGB", (48, 60), (20 * n, 120, 160)).save(tmp_path / f"{n:064x}.jpg")
    config = uvicorn.Config(desk.room.app(desk.made.catwalk), port=0, log_config=None, ws="none")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    desk.room.close()
    await asyncio.wait_for(server.shutdown(), STOP_S)


@pytest.fixture
async def open_as_owner(desk: Desk, address: str, chromium: Path) -> AsyncIterator[Open]:
    """Open a browser of an owner's; what its console complains of fails the test."""
    complaints: list[str] = []
    async with AsyncExitStack() as stack:
        driver = await stack.enter_async_context(async_playwright())
        browser = await driver.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        stack.push_async_callback(browser.close)

        async def opened(**options: Any) -> Page:
            context = await browser.new_context(
                base_url=address, reduced_motion="reduce", service_workers="block", **options
            )
            page = await context.new_page()
            page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            issued = await people.invite_role(desk.made.shop, Role.OWNER, None)
            await page.goto(f"/claim?code={issued.code}")
            await page.get_by_label("Your name in the group").fill("Olga")
            await page.get_by_role("button", name="Accept").click()
            await page.wait_for_url("**/desk")
            return page

        yield opened
    assert complaints == []


async def inspect(page: Page, path: str) -> None:
    """Check a page at its size: nothing over the edge, and axe finds nothing."""
    await page.goto(path)
    over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert over <= 0, f"{path} is {over} px too wide"
    found = await Axe().run(page)
    assert found.violations_count == 0, f"{path}: {found.generate_report()}"


@pytest.mark.parametrize(  # colours do not depend on the size, nor anything else on the colours
    ("viewport", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")], ids=["light phone", "dark desktop"]
)
async def test_every_page_in_every_state(
    desk: Desk, open_as_owner: Open, viewport: dict[str, int], scheme: str
) -> None:
    page = await open_as_owner(viewport=viewport, color_scheme=scheme)
    here = desk.path()
    for path in ("/desk", here, desk.path(2), "/desk/people"):
        await inspect(page, path)
    await desk.made.open()
    await desk.vote(BALLOTS[:2])
    for path in ("/desk", here, f"{here}/close", f"{here}/void"):
        await inspect(page, path)
    await (await desk.owner()).post(f"{here}/close", reason="Enough")
    await (await desk.owner()).post(
        f"{here}/mark", number="9", kind="keep", reason="The mill holds it for us"
    )
    for path in (here, f"{here}?show=edge", f"{here}?show=marked", f"{here}/sign"):
        await inspect(page, path)
    await page.goto(f"{here}?show=marked")
    await page.locator(".placed summary").first.click()
    assert (await Axe().run(page)).violations_count == 0
    await desk.sign(accept_quorum="yes")
    for path in (here, f"{here}/unsign", desk.log_path, "/desk"):
        await inspect(page, path)


async def test_marking_and_signing_need_keys_only_and_no_script(desk: Desk, open_as_owner: Open) -> None:
    await desk.closed()
    page = await open_as_owner(viewport=DESKTOP, java_script_enabled=False)
    await page.goto(desk.path())
    await page.locator("#d009 summary").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.type("The mill holds it for us")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{desk.path()}#d009")
    await page.get_by_role("link", name="Sign the cut").press("Enter")
    await page.wait_for_url(f"**{desk.path()}/sign")
    await page.get_by_role("button", name="Sign the cut").press("Enter")
    await page.wait_for_url(f"**{desk.path()}")
    assert await desk.state() is RoundState.SIGNED_OFF


async def test_one_story_is_open_at_a_time(desk: Desk, open_as_owner: Open) -> None:
    await desk.closed()
    page = await open_as_owner(viewport=DESKTOP)
    await page.goto(desk.path())
    notes = page.locator(".placed-note")
    assert await notes.count() == 10
    for number in ("001", "010"):
        await page.locator(f"#d{number} summary").click()
        seen = [await notes.nth(i).is_visible() for i in range(10)]
        assert sum(seen) == 1
        assert await page.locator(f"#d{number} .placed-note").is_visible()
