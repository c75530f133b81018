"""Cards and duels in a running room: what a fan answers is there on every device, and can be taken back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from bot.service import rounds
from tests.browser.conftest import NewVisit
from tests.browser.shop import DRAFT, RULES, Shop, load
from tests.browser.visit import DESKTOP, PHONE, Visit
from tests.clock import Clock

pytestmark = pytest.mark.browser

DESIGNS = 8


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Make a small folder for each shape, before a browser holds this thread's event loop."""
    made = {}
    for shape in ("cards", "duels"):
        rules = RULES.replace('"sheets"', f'"{shape}"', 1).replace("= 80", "= 6").replace("= 30", "= 3")
        made[shape] = load(tmp_path_factory.mktemp(shape), DESIGNS, rules)
    return made


@pytest.fixture
def shape() -> str:
    """How fans answer in round 1; the tests of duels say so."""
    return "cards"


@pytest.fixture
def shop(small: dict[str, Path], tmp_path: Path, clock: Clock, shape: str) -> Iterator[Shop]:
    """A small room whose first round has this shape."""
    shop = Shop(small[shape], tmp_path, clock, DRAFT)
    shop.open()
    yield shop
    shop.close()


duels = pytest.mark.parametrize("shape", ["duels"])


def answer(fan: Visit, name: str) -> Locator:
    return fan.page.get_by_role("button", name=name, exact=True)


def go_on(fan: Visit) -> None:
    fan.follow(fan.page.get_by_role("link", name=re.compile("Next|Done")))


def number(fan: Visit) -> str:
    """Read the number of the card in view."""
    return fan.page.locator(".card-photo.now .plate").inner_text().removeprefix("#")


def test_a_round_of_cards_with_one_thumb(shop: Shop, visit: NewVisit) -> None:
    fan = visit(PHONE)
    fan.come_in(shop.invitation(), "Ada")
    fan.follow(fan.page.get_by_role("link", name="Vote").last)
    fan.check("card-phone")
    words = ("Love", "Like", "Pass", "Like", "Love", "Pass", "Love", "Like")
    answered: dict[str, list[str]] = {"Love": [], "Like": [], "Pass": []}
    for n, word in enumerate(words, 1):
        expect(fan.page.locator(".bar-note")).to_contain_text(f"Card {n} of {DESIGNS}")
        fan.tap(answer(fan, word))
        expect(answer(fan, word)).to_have_attribute("aria-pressed", "true")
        fan.tap(answer(fan, "Length"))
        expect(answer(fan, "Length")).to_have_attribute("aria-pressed", "true")
        fan.check("card-answered-phone", axe="all" if n == 1 else "")
        answered[word].append(number(fan))
        go_on(fan)
    expect(fan.page.get_by_role("heading", level=1)).to_have_text("That was all of them. Thank you.")
    expect(fan.page.locator("#dock [data-seen]")).to_have_text("8 of 8 seen")
    expect(fan.page.locator("#dock [data-picks]")).to_have_text("6 liked")
    assert fan.page.locator(".tile .plate").all_inner_texts() == [
        f"#{n}" for n in answered["Love"] + answered["Like"]
    ], "what is loved comes first"
    fan.check("ballot-cards-phone")

    fan.go("/r/main/vote?page=2")  # what was answered stays, and can be changed
    expect(answer(fan, "Like")).to_have_attribute("aria-pressed", "true")
    expect(answer(fan, "Length")).to_have_attribute("aria-pressed", "true")
    fan.tap(answer(fan, "Pass"))
    expect(answer(fan, "Pass")).to_have_attribute("aria-pressed", "true")
    expect(fan.page.locator("#dock [data-picks]")).to_have_text("5 liked")
    fan.tap(answer(fan, "Undo"))
    expect(answer(fan, "Like")).to_have_attribute("aria-pressed", "true")


def test_a_second_browser_goes_on_at_the_next_card(shop: Shop, visit: NewVisit) -> None:
    first = visit(PHONE)
    first.come_in(shop.invitation(), "Ada")
    first.go("/r/main/vote")
    for _ in range(2):
        first.tap(answer(first, "Love"))
        expect(answer(first, "Love")).to_have_attribute("aria-pressed", "true")
        go_on(first)
    state = first.context.storage_state()
    second = visit(DESKTOP, storage_state=state)
    second.go("/r/main")
    second.follow(second.page.get_by_role("link", name="Go on voting"))
    expect(second.page.locator(".bar-note")).to_contain_text(f"Card 3 of {DESIGNS}")
    second.check("card-desktop")
    second.page.keyboard.press("3")
    expect(answer(second, "Love")).to_have_attribute("aria-pressed", "true")
    first.page.reload()
    expect(answer(first, "Love")).to_have_attribute("aria-pressed", "true")
    expect(first.page.locator("#dock [data-seen]")).to_have_text("3 of 8 seen")


def test_a_pause_is_told_under_a_thumb(shop: Shop, visit: NewVisit) -> None:
    fan = visit(PHONE)
    fan.come_in(shop.invitation(), "Ada")
    fan.go("/r/main/vote")
    shop.step(rounds.pause)
    with fan.expecting("status of 409"):
        fan.tap(answer(fan, "Love"))
        expect(fan.page.get_by_role("note")).to_be_visible()
    expect(answer(fan, "Love")).to_have_count(0)
    fan.check("card-paused-phone")


@duels
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_round_of_duels(shop: Shop, visit: NewVisit, size: dict[str, int]) -> None:
    device, axe = ("phone", "all") if size == PHONE else ("desktop", "")
    fan = visit(size)
    fan.come_in(shop.invitation(), "Ada")
    fan.follow(fan.page.get_by_role("link", name="Vote").last)
    fan.check(f"duel-{device}", axe)
    total = int(fan.page.locator(".bar-note").inner_text().split(" of ")[1].split()[0])
    fan.taps = 0
    for n in range(1, total + 1):
        expect(fan.page.locator(".bar-note")).to_contain_text(f"Duel {n} of {total}")
        fan.follow((fan.page.locator(".duel-face").nth(n % 2)) if n % 3 else answer(fan, "Can’t choose"))
    assert fan.taps == total, "a tap a duel"
    expect(fan.page.get_by_role("heading", level=1)).to_have_text("That was all of them. Thank you.")
    expect(fan.page.locator("#dock [data-seen]")).to_have_text(f"{total} of {total} answered")
    fan.check(f"ballot-duels-{device}", axe)
    fan.go("/r/main/vote?page=3")
    expect(answer(fan, "Can’t choose")).to_have_attribute("aria-pressed", "true")
    fan.go("/r/main/vote?page=2")
    expect(fan.page.locator(".duel-face").nth(0)).to_have_attribute("aria-pressed", "true")
    fan.check(f"duel-answered-{device}", axe)


@duels
def test_duels_without_javascript(shop: Shop, visit: NewVisit) -> None:
    fan = visit(PHONE, java_script_enabled=False)
    fan.come_in(shop.invitation(), "Ada")
    fan.go("/r/main/vote")
    fan.follow(fan.page.locator(".duel-face").first)
    fan.follow(answer(fan, "Can’t choose"))
    expect(fan.page.locator("#dock [data-seen]")).to_contain_text("2 of")
    fan.follow(answer(fan, "Undo"))
    expect(fan.page.locator(".bar-note")).to_contain_text("Duel 2 of")
    expect(answer(fan, "Can’t choose")).to_have_attribute("aria-pressed", "false")
    expect(fan.page.locator("#dock [data-seen]")).to_contain_text("1 of")


def test_cards_without_javascript(shop: Shop, visit: NewVisit) -> None:
    fan = visit(PHONE, java_script_enabled=False)
    fan.come_in(shop.invitation(), "Ada")
    fan.go("/r/main/vote")
    fan.follow(answer(fan, "Love"))
    assert fan.page.url.endswith("page=1#why")
    fan.follow(answer(fan, "Colour"))
    expect(answer(fan, "Colour")).to_have_attribute("aria-pressed", "true")
    fan.follow(fan.page.get_by_role("link", name="Next"))
    fan.page.get_by_role("textbox", name="Say something").fill("with pockets please")
    fan.follow(fan.page.get_by_role("button", name="Send"))
    assert fan.page.url.endswith("page=2")
    fan.follow(fan.page.get_by_role("link", name="See #"))
    expect(fan.page.locator(".remark")).to_contain_text("with pockets please")
    fan.follow(answer(fan, "Like"))
    expect(answer(fan, "Like")).to_have_attribute("aria-pressed", "true")
