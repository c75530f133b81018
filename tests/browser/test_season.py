"""A whole season in browsers: a fan on a phone, an owner and a designer at the desk, from the first sheet to
an order given back."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from bot.port import Role
from tests.browser import market
from tests.browser.conftest import NewVisit
from tests.browser.shop import DRAFT, Shop, load
from tests.browser.test_revisions import photo
from tests.browser.visit import DESKTOP, PHONE, Visit
from tests.clock import Clock

pytestmark = pytest.mark.browser

DESIGNS = 12
ASKED = 7
"""The design whose sleeves the fan wants longer."""

_ROUND = """
[[rounds]]
ballot = "{}"
opens_at = 2026-{}T20:30:00
closes_at = 2026-{}T20:00:00
keep = {}
quorum = 1
tie_rule = "lot"
"""
_ROUNDS = (
    ("sheets", "11-27", "11-30", 8),
    ("cards", "12-02", "12-04", 6),
    ("duels", "12-06", "12-08", 3),
)
_RULES = market.RULES.partition("[[rounds]]")[0] + "".join(_ROUND.format(*r) for r in _ROUNDS)
_RULES += "\n[presale]" + market.RULES.partition("[presale]")[2]


def at(text: str) -> datetime:
    """Read a time of this season's Berlin."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture(scope="session")
def season_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a campaign of three rounds and presales."""
    return load(tmp_path_factory.mktemp("season"), DESIGNS, _RULES)


@pytest.fixture
def shop(season_made: Path, tmp_path: Path, clock: Clock) -> Iterator[Shop]:
    shop = Shop(season_made, tmp_path, clock, DRAFT)
    yield shop
    shop.close()


def sign(owner: Visit, number: int, onward: str) -> None:
    """Sign a round's cut at the desk."""
    owner.go(f"/desk/round/{number}")
    owner.check(f"season-{number}-cut", axe="")
    owner.follow(owner.page.get_by_role("link", name="Sign the cut"))
    expect(owner.page.get_by_role("heading", level=1)).to_contain_text(onward)
    owner.follow(owner.page.get_by_role("button", name="Sign the cut"))
    expect(owner.page.locator(".state")).to_have_text("Signed off")
    owner.check(f"season-{number}-signed", axe="")


def next_page(fan: Visit) -> None:
    fan.follow(fan.page.get_by_role("link", name=re.compile("Next|Done")))


def vote_on_sheets(fan: Visit) -> None:
    fan.follow(fan.page.get_by_role("link", name="Vote").last)
    for number in (ASKED, 1, 2, 3, 4, 5, 6):
        fan.tap(fan.tile(number))
    fan.saved()
    fan.check("season-1-sheet", axe="")
    fan.follow(fan.page.get_by_role("button", name=re.compile("Done")))
    fan.go(f"/r/main/look/{ASKED}")
    fan.page.get_by_label("Say something").fill("longer sleeves please")
    fan.follow(fan.page.get_by_role("button", name="Send"))
    expect(fan.page.locator(".said h2")).to_have_text("1 comment")


def answer_the_wish(designer: Visit, tmp_path: Path) -> None:
    designer.go("/desk")
    designer.follow(designer.page.get_by_role("link", name="What fans ask"))
    designer.follow(designer.page.locator(".asked li").first.get_by_role("link"))
    designer.tap(designer.page.get_by_text("longer sleeves please"))
    designer.follow(designer.page.get_by_role("button", name="Upload version 2"))
    file = tmp_path / "v2.jpg"
    file.write_bytes(photo(ASKED))
    designer.page.locator("#photo").set_input_files(file)
    designer.page.locator("#note").fill("Sleeves to the wrist")
    designer.follow(designer.page.get_by_role("button", name="Upload", exact=True))
    expect(designer.page.locator(".made")).to_contain_text("1 fan is told then that their wish was used.")


def vote_on_cards(fan: Visit) -> None:
    """Love what came back changed, like the others."""
    fan.go("/r/main")
    expect(fan.page.locator("#feed .told").last).to_contain_text(f"Your wish was used: #{ASKED:03d}")
    expect(fan.page.locator("#feed .post .card-title").last).to_contain_text("Round 2 of 3")
    fan.check("season-2-feed", axe="")
    fan.follow(fan.page.get_by_role("link", name="Vote").last)
    changed = 0
    while fan.page.locator(".card-photo.now").count():
        is_new = fan.page.locator(".changed").count() > 0
        changed += is_new
        if is_new:
            expect(fan.page.locator(".changed")).to_contain_text("Changed because 1 fan asked")
            fan.check("season-2-card-changed", axe="")
        button = fan.page.get_by_role("button", name="Love" if is_new else "Like", exact=True)
        fan.tap(button)
        expect(button).to_have_attribute("aria-pressed", "true")
        next_page(fan)
    assert changed == 1
    fan.check("season-2-ballot", axe="")


def vote_in_duels(fan: Visit) -> None:
    """Prefer what came back changed, and the first one elsewhere."""
    fan.go("/r/main")
    expect(fan.page.locator("#feed .post .card-title").last).to_contain_text("Round 3 of 3")
    fan.follow(fan.page.get_by_role("link", name="Vote").last)
    fan.check("season-3-duel", axe="")
    while fan.page.locator(".duel").count():
        sides = fan.page.locator("button.duel-face")
        mine = fan.page.locator(f"button#d{ASKED:03d}")
        fan.follow(mine if mine.count() else sides.first)  # one tap saves and leads on
    fan.check("season-3-ballot", axe="")


def order_and_think_again(shop: Shop, fan: Visit) -> None:
    """Order across a step of the price, and give it back."""
    here = f"/r/main/presale/{ASKED}"
    fan.go(here)
    fan.page.get_by_label("Ink", exact=True).check(force=True)
    fan.page.get_by_label("M", exact=True).check(force=True)
    for _ in range(6):
        fan.tap(fan.page.get_by_role("button", name="One more"))
    expect(fan.page.locator("#quote")).to_contain_text("5 × €100 + 2 × €110 = €720")
    fan.check("season-presale", axe="")
    fan.tap(fan.page.get_by_role("button", name="Order for €720"))
    expect(fan.page.locator(".held")).to_contain_text("You hold pieces 1 to 7")
    fan.check("season-orders", axe="")
    fan.follow(fan.page.get_by_role("link", name="Cancel this order"))
    fan.follow(fan.page.get_by_role("button", name="Cancel it"))
    expect(fan.page.locator(".held.over")).to_contain_text("You held pieces 1 to 7")
    fan.go(here)
    expect(fan.page.locator("#now .price").first).to_have_text("€110")
    assert market.sold(shop, ASKED) == 7


def test_a_fan_and_an_owner_live_through_a_season(shop: Shop, visit: NewVisit, tmp_path: Path) -> None:
    owner, designer, fan = visit(DESKTOP), visit(DESKTOP), visit(PHONE)
    owner.come_in(shop.claim(), "Olga")
    designer.come_in(shop.claim(Role.DESIGNER), "Dora")
    fan.come_in(shop.invitation(), "Ada")

    owner.go("/desk")
    owner.follow(owner.page.get_by_role("button", name="Schedule"))
    shop.clock.set(at("11-27T20:30"))
    expect(fan.page.locator("#feed .post .card-title")).to_contain_text("Round 1 of 3")
    vote_on_sheets(fan)
    shop.clock.set(at("11-30T20:00"))
    fan.go("/r/main")
    expect(fan.page.locator("#feed .card-title").last).to_have_text("Round 1 closed")
    sign(owner, 1, "8 looks go on to round 2, 4 leave.")
    answer_the_wish(designer, tmp_path)

    shop.clock.set(at("12-02T20:30"))
    expect(fan.page.locator("#strip")).to_contain_text("Round 2 of 3")
    vote_on_cards(fan)
    shop.clock.set(at("12-04T20:00"))
    fan.go("/r/main")
    expect(fan.page.locator("#feed .card-title").last).to_have_text("Round 2 closed")
    sign(owner, 2, "6 looks go on to round 3, 2 leave.")

    shop.clock.set(at("12-06T20:30"))
    expect(fan.page.locator("#strip")).to_contain_text("Round 3 of 3")
    vote_in_duels(fan)
    shop.clock.set(at("12-08T20:00"))
    fan.go("/r/main")
    expect(fan.page.locator("#feed .card-title").last).to_have_text("Round 3 closed")
    sign(owner, 3, "3 looks are the shortlist, 3 leave.")

    owner.follow(owner.page.get_by_role("link", name="Go to the presales"))
    owner.follow(owner.page.get_by_role("button", name="Open 3 presales"))
    owner.check("season-presales", axe="")
    order_and_think_again(shop, fan)
    fan.go("/r/main")
    fan.check("season-end-feed", axe="")
