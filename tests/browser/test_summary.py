"""A closed round in one minute, in a browser: the picture is there, in the reader's words, on their paper."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewVisit, voted
from tests.browser.shop import Shop
from tests.browser.visit import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser


def is_drawn(chart: Locator, language: str, paper: str) -> None:
    """Wait until a chart is there: pixels, not only a place for them."""
    chart.scroll_into_view_if_needed()
    expect(chart).to_have_js_property("complete", True)
    assert chart.evaluate("e => [e.naturalWidth, e.naturalHeight]") == [1080, 1920]
    assert str(chart.evaluate("e => e.currentSrc")).endswith(f".{language}.{paper}.png")


def summary_of(staff: Visit, language: str, paper: str) -> None:
    staff.go("/desk/round/1/summary")
    is_drawn(staff.page.locator(".chart img"), language, paper)
    expect(staff.page.locator(".minute li")).to_have_count(5)
    staff.page.evaluate("scrollTo(0, 0)")
    size = staff.page.viewport_size
    assert size is not None
    staff.check(f"summary-{language}-{paper}-{size['width']}")


@voted
def test_owner_and_fan_see_the_picture_of_the_round(shop: Shop, visit: NewVisit) -> None:
    owner, fan = visit(DESKTOP), visit(PHONE, color_scheme="dark")
    owner.come_in(shop.claim(), "Olga")
    owner.go(shop.invitation())
    owner.follow(owner.page.locator("main button[type=submit]"))
    fan.come_in(shop.invitation(), "Ada")
    expect(fan.page.locator(".chart")).to_have_count(0)
    shop.close_round()
    expect(owner.page.locator(".told-words")).to_contain_text("Round 1 in one minute")
    expect(owner.page.locator(".told-words")).to_contain_text("Integrity: no ballot is set aside")
    owner.shoot("summary-told")
    expect(fan.page.locator("#feed .card-title").last).to_have_text("Round 1 closed")
    expect(fan.page.locator(".told-words")).to_have_count(0)
    is_drawn(fan.page.locator("#feed .chart img"), "en", "dark")
    fan.check("result-en-dark-360")
    summary_of(owner, "en", "light")


@voted
@pytest.mark.parametrize(("locale", "language"), [("fr-FR", "fr"), ("zh-CN", "zh")])
def test_the_picture_speaks_the_readers_language(
    shop: Shop, visit: NewVisit, locale: str, language: str
) -> None:
    owner = visit(PHONE, locale=locale)
    owner.come_in(shop.claim(), "Olga")
    shop.sign()
    summary_of(owner, language, "light")
