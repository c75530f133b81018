"""Presales from the signed shortlist to what became of them: an owner opens, a fan orders across a step."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import market
from tests.browser.conftest import NewVisit
from tests.browser.shop import DRAFT, Shop
from tests.browser.visit import DESKTOP, PHONE, Visit
from tests.clock import Clock

pytestmark = pytest.mark.browser

ONE = "/r/main/presale/1"
SALES = "/desk/campaign/1/presales"


@pytest.fixture(scope="session")
def market_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with eight designs loaded, whose campaign has presales."""
    return market.make(tmp_path_factory.mktemp("market"))


@pytest.fixture
def shop(market_made: Path, tmp_path: Path, clock: Clock) -> Iterator[Shop]:
    """A room of the test's own with a signed shortlist of four."""
    shop = Shop(market_made, tmp_path, clock, DRAFT)
    market.sign(shop)
    yield shop
    shop.close()


def choose(fan: Visit, colour: str, size: str, quantity: int) -> None:
    fan.page.get_by_label(colour, exact=True).check(force=True)
    fan.page.get_by_label(size, exact=True).check(force=True)
    for _ in range(quantity - 1):
        fan.tap(fan.page.get_by_role("button", name="One more"))


def test_an_owner_opens_and_a_fan_orders_across_a_step(shop: Shop, visit: NewVisit) -> None:
    owner, fan, other = visit(DESKTOP), visit(PHONE), visit(PHONE)
    owner.come_in(shop.claim(), "Olga")
    fan.come_in(shop.invitation(), "Ada")
    other.come_in(shop.invitation(), "Bea")
    owner.follow(owner.page.get_by_role("link", name="Go to the presales"))
    owner.check("presales-before-desktop")
    owner.follow(owner.page.get_by_role("button", name="Open 4 presales"))
    expect(owner.page.get_by_role("status")).to_have_text("4 presales are open. The groups are being told.")
    expect(owner.page.locator(".sale-row")).to_have_count(4)

    shelf = fan.page.locator(".shelf-row li")
    expect(shelf).to_have_count(4)
    expect(fan.page.locator("#strip")).to_contain_text("4 can be ordered now")
    fan.check("presales-feed-phone")
    fan.follow(fan.page.locator("#strip").get_by_role("link", name="Order"))
    fan.check("presales-list-phone")
    fan.follow(fan.page.get_by_role("link", name=re.compile("Winter look 1")))
    other.go(ONE)
    choose(other, "Ink", "L", 1)
    expect(other.page.get_by_role("button", name="Order for €100")).to_be_visible()

    market.order(shop, 0, 1, 3)
    choose(fan, "Sage green", "M", 4)
    expect(fan.page.locator("#quote")).to_contain_text("2 × €100 + 2 × €110 = €420")
    fan.check("presales-quote-phone")
    fan.tap(fan.page.get_by_role("button", name="Order for €420"))
    expect(fan.page.locator(".held")).to_contain_text("You hold pieces 4 to 7")
    fan.check("presales-orders-phone")
    assert market.sold(shop, 1) == 7

    expect(other.page.locator("#now .price").first).to_have_text("€110")
    expect(other.page.get_by_role("button", name="Order for €110")).to_be_visible()
    fan.go("/r/main")
    expect(fan.page.locator(".offered .card-title").last).to_have_text("#001 Winter look 1: €110 from now on")
    fan.check("presales-price-phone")

    owner.follow(owner.page.get_by_role("link", name=re.compile("Winter look 1")).last)
    expect(owner.page.locator(".cut-sheet tbody tr").first).to_have_text(
        re.compile(r"Sage green\s*0\s*7\s*0\s*7")
    )
    owner.check("presales-one-desktop")
    body = owner.page.request.get(f"{SALES.rpartition('/')[0]}/cut-sheet.csv").text()
    assert "1,1,Winter look 1,Sage green,M,7" in body
    assert "Ada" not in body

    fan.go("/r/main/orders")
    fan.follow(fan.page.get_by_role("link", name="Cancel this order"))
    fan.check("presales-cancel-phone")
    fan.follow(fan.page.get_by_role("button", name="Cancel it"))
    expect(fan.page.locator(".held.over")).to_contain_text("You held pieces 4 to 7")
    fan.go(ONE)
    expect(fan.page.locator("#now .price").first).to_have_text("€110")
    assert market.sold(shop, 1) == 7, "serials are never given back"


def test_what_became_of_it_is_said_on_every_page(shop: Shop, visit: NewVisit) -> None:
    market.open_all(shop)
    market.order(shop, 0, 1, 6)
    market.order(shop, 1, 2, 5)
    owner, fan = visit(PHONE), visit(DESKTOP, color_scheme="dark")
    owner.come_in(shop.claim(), "Olga")
    fan.come_in(shop.invitation(), "Ada")
    fan.go(ONE)
    owner.go(SALES)
    owner.check("presales-list-desk-phone")
    owner.follow(owner.page.get_by_role("link", name=re.compile("Winter look 1")).last)
    owner.follow(owner.page.get_by_role("button", name="Pause orders"))
    expect(owner.page.locator("h1 .state")).to_have_text("Paused")
    fan.page.reload()
    expect(fan.page.locator(".notice")).to_contain_text("Orders are paused by the shop.")
    fan.check("presales-paused-dark")
    owner.follow(owner.page.get_by_role("button", name="Take orders again"))
    owner.follow(owner.page.get_by_role("link", name="Close early"))
    expect(owner.page.locator(".lead")).to_contain_text("1 of 2 colours reach their minimum")
    owner.check("presales-close-phone")
    owner.page.get_by_label("Why?").fill("The cloth is sold out")
    owner.follow(owner.page.get_by_role("button", name="Close early"))
    fan.go("/r/main")
    expect(fan.page.locator(".offered .card-title").last).to_have_text(
        "#001 Winter look 1 will be made in 1 of 2 colours"
    )
    fan.check("presales-result-dark")
    owner.page.reload()
    expect(owner.page.locator("h1 .state")).to_have_text("Minimum reached")
    owner.check("presales-over-phone")
    fan.go(ONE)
    expect(fan.page.locator(".notice")).to_contain_text("Enough were ordered: it will be made.")
    fan.check("presales-over-dark")


@pytest.mark.parametrize(("locale", "lang"), [("fr-FR", "fr"), ("zh-CN", "zh-Hans")])
def test_pages_read_well_in_longer_and_shorter_words(
    shop: Shop, visit: NewVisit, locale: str, lang: str
) -> None:
    one = visit(PHONE, locale=locale)
    one.come_in(shop.claim(), "Olga")
    assert one.page.locator("html").get_attribute("lang") == lang
    one.go(SALES)
    one.check(f"presales-before-{lang}", axe="")
    market.open_all(shop)
    market.order(shop, 0, 1, 3)
    paths = (SALES, "/desk/presale/1", "/desk/presale/1/close", "/r/main", "/r/main/presales",
             f"{ONE}?colour=1&size=M&quantity=4", "/r/main/orders")  # fmt: skip
    for path in paths:
        one.go(path)
        name = re.sub(r"\W+", "-", path.partition("?")[0]).strip("-")
        one.check(f"{name}-{lang}", axe="")
