"""A person's browser: what it may not do (complain, leave the site), and what people do with it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, expect

PHONE, DESKTOP = {"width": 360, "height": 780}, {"width": 1280, "height": 800}
TARGET = 44
"""Smallest side of what is tapped, in CSS pixels (look.md)."""

SHOTS = os.environ.get("CATWALK_SHOTS")
"""A folder for screenshots of the main states, when people want to look at them."""

_REPORT_CSP = """
addEventListener("securitypolicyviolation", (e) =>
  console.error(`CSP ${e.violatedDirective} ${e.blockedURI}`));
"""
_SMALL = """(least) => {
  const tapped = "button, summary, input, select, textarea, .bar a, .dock a, .button, nav a";
  const seen = { visibilityProperty: true, opacityProperty: true };
  const area = (e) => (e.matches("[type=radio], [type=checkbox]") ? (e.closest("p, li") ?? e) : e);
  return [...document.querySelectorAll(tapped)]
    .filter((e) => e.type !== "hidden" && e.checkVisibility(seen))
    .map((e) => [e, area(e).getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.width < least - 0.5 || box.height < least - 0.5))
    .map(([e, box]) => `${e.outerHTML.slice(0, 120)}: ${Math.round(box.width)} x ${Math.round(box.height)}`);
}"""
"""List what is tapped and smaller than `least`; what only a screen reader meets is 1 pixel large."""

_AXE = Axe()
_REPEATED = [[".tile:nth-child(n+5)"], [".ranked:nth-child(n+4)"], [".placed:nth-child(n+4)"]]
"""What axe need not look at again: of each long list the first few stand for all."""


@dataclass
class Visit:
    """One page of one browser. `taps` counts what its person pressed."""

    context: BrowserContext
    page: Page
    url: str
    taps: int = 0
    troubles: list[str] = field(default_factory=list)
    _expected: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.add_init_script(_REPORT_CSP)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        known = any(re.search(pattern, message.text) for pattern in self._expected)
        if message.type in ("error", "warning") and not known:
            self.troubles.append(f"console: {message.text} ({self.page.url})")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.troubles.append(f"request: {request.url}")

    @contextmanager
    def expecting(self, *patterns: str) -> Iterator[None]:
        """Let the browser report these while the block runs: it says so of every answer that is no 200."""
        self._expected += patterns
        yield
        self._expected.clear()

    # -------------------------------------------------------------- going and tapping

    def go(self, path: str) -> Page:
        self.page.goto(path if path.startswith("http") else self.url + path)
        return self.page

    def tap(self, what: Locator) -> None:
        """Press something once: with a finger where there is a touch screen."""
        self.taps += 1
        if self.page.evaluate("navigator.maxTouchPoints > 0"):
            what.tap()
        else:
            what.click()

    def follow(self, what: Locator) -> None:
        """Press what leads to another page, and be there."""
        with self.page.expect_navigation():
            self.tap(what)

    def come_in(self, link: str, name: str) -> None:
        """Follow an invitation and enter."""
        self.go(link)
        self.page.locator("#name").fill(name)
        self.page.locator("main button[type=submit]").click()
        self.page.wait_for_url(re.compile(r"/r/|/desk"))

    def tab_to(self, what: Locator, most: int = 60) -> None:
        """Press Tab until something has the focus, as who uses no mouse does."""
        for _ in range(most):
            if what.evaluate("e => e === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{most} times Tab did not reach {what}")

    def tile(self, number: int) -> Locator:
        return self.page.locator(f'[data-number="{number}"] button.tile-photo')

    def numbers(self) -> list[int]:
        """List the designs on this page of the ballot, in its order."""
        found = self.page.locator("[data-number]").evaluate_all(
            "all => all.map(e => Number(e.dataset.number))"
        )
        return [int(n) for n in found]

    def picked(self) -> list[int]:
        found = self.page.locator(".picked[data-number]")
        return [int(n) for n in found.evaluate_all("all => all.map(e => Number(e.dataset.number))")]

    def saved(self) -> None:
        """Wait until nothing of what was tapped is on its way."""
        expect(self.page.locator("[data-state]")).to_have_count(0)

    # -------------------------------------------------------------- what every page must satisfy

    def check(self, shot: str = "", axe: str = "all") -> None:
        """Hold the page against the rules: nothing sticks out, targets are large, axe finds nothing.

        `axe` is the one rule it looks for, `all`, or empty for none.
        """
        if shot:
            self.shoot(shot)
        page = self.page
        assert page.viewport_size is not None  # innerWidth grows with what sticks out on a phone
        wide = page.evaluate("document.documentElement.scrollWidth") - page.viewport_size["width"]
        assert wide <= 0, f"{page.url} scrolls sideways by {wide} pixels"
        small = page.evaluate(_SMALL, TARGET)
        assert not small, f"{page.url}: {small}"
        if axe:
            rules = {} if axe == "all" else {"runOnly": {"type": "rule", "values": [axe]}}
            found = _AXE.run(page, {"exclude": _REPEATED}, {"resultTypes": ["violations"], **rules})
            assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    def shoot(self, name: str) -> None:
        """Keep a picture of what is in view, where somebody asked for pictures."""
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png")


def options(*, size: dict[str, int], **more: Any) -> dict[str, Any]:
    """Describe a phone or a desktop to Playwright."""
    phone = size == PHONE
    usual = {"viewport": size, "has_touch": phone, "is_mobile": phone, "reduced_motion": "reduce"}
    return {**usual, "locale": "en-GB", **more}
