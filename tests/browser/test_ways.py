"""The same ballot without a mouse, without JavaScript and without a connection."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import NewVisit, voted
from tests.browser.shop import PAGES, Shop
from tests.browser.visit import DESKTOP, PHONE

pytestmark = pytest.mark.browser


def test_with_a_keyboard_only(shop: Shop, visit: NewVisit) -> None:
    shop.open()
    fan = visit(DESKTOP)
    page, keys = fan.page, fan.page.keyboard
    fan.go(shop.invitation())
    fan.tab_to(page.locator("#name"))
    keys.type("Ada")
    with page.expect_navigation():
        keys.press("Enter")
    fan.tab_to(page.locator("#strip").get_by_role("link", name="Vote"))
    with page.expect_navigation():
        keys.press("Enter")

    picks = []
    for n in range(1, PAGES + 1):
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Page {n} of {PAGES}")
        first, second, *_ = numbers = fan.numbers()
        keys.press("ArrowRight")
        expect(fan.tile(first)).to_be_focused()
        keys.press("ArrowDown")
        expect(fan.tile(numbers[4])).to_be_focused()
        keys.press("ArrowUp")
        keys.press("ArrowRight")
        keys.press("Space")
        expect(fan.tile(second)).to_have_attribute("aria-pressed", "true")
        picks.append(second)
        if n == 1:
            keys.press("Space")  # taken back, and the taking back undone
            expect(fan.tile(second)).to_have_attribute("aria-pressed", "false")
            expect(page.locator("[data-undo]")).to_be_visible()
            keys.press("u")
            expect(fan.tile(second)).to_have_attribute("aria-pressed", "true")
            with page.expect_navigation():
                keys.press("z")
            fan.tab_to(page.locator(".wear-button"))
            expect(page.locator(".wear-button")).to_have_attribute("aria-pressed", "true")
            page.go_back()
            fan.tab_to(page.get_by_role("button", name="Done"))
            with page.expect_navigation():
                keys.press("Enter")
        else:
            with page.expect_navigation():
                keys.press("n")
    expect(page.locator("#dock [data-seen]")).to_have_text("200 of 200 seen")
    assert sorted(fan.picked()) == sorted(picks)


@voted
def test_without_javascript(shop: Shop, visit: NewVisit) -> None:
    fan = visit(PHONE, java_script_enabled=False)
    page = fan.page
    fan.come_in(shop.invitation(), "Ada")
    fan.follow(page.locator("#strip").get_by_role("link", name="Vote"))
    picks = []
    for n in range(1, PAGES + 1):
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Page {n} of {PAGES}")
        number = fan.numbers()[5]
        fan.follow(fan.tile(number))
        assert fan.picked() == [number]
        assert page.url.endswith(f"#d{number:03d}"), "the page comes back where the tap was"
        expect(page.get_by_role("status")).to_have_text(f"#{number:03d} added.")
        picks.append(number)
        fan.follow(page.get_by_role("button", name="Done"))
    expect(page.locator("#dock [data-seen]")).to_have_text("200 of 200 seen")
    fan.follow(page.get_by_role("button", name="Undo"))
    assert sorted(fan.picked()) == sorted(picks[:-1])

    fan.go("/r/main/vote?page=1")
    typed = next(n for n in fan.numbers() if n not in picks)
    page.get_by_label("Or type the numbers").fill(str(typed))
    fan.follow(page.get_by_role("button", name="Pick", exact=True))
    assert sorted(fan.picked()) == sorted([picks[0], typed])

    fan.go("/r/main")
    page.get_by_label("Say something").fill(f"#{typed:03d} with pockets")
    fan.follow(page.get_by_role("button", name="Send"))
    expect(page.locator("#feed .remark")).to_contain_text("with pockets")
    fan.follow(page.get_by_role("link", name="Reply to Ada"))
    expect(page.locator(".answering")).to_contain_text("Answering Ada")

    fan.go("/r/main/vote?page=1")
    shop.close_round()
    with fan.expecting("status of 409"):
        fan.follow(fan.tile(typed))
    expect(page.get_by_role("heading", level=1)).to_have_text("Not this time")
    expect(page.locator("main")).to_contain_text("Everything you tapped before counts.")


def test_a_tap_without_a_connection_is_kept_and_saved_once(shop: Shop, visit: NewVisit) -> None:
    shop.open()
    fan = visit(PHONE)
    page = fan.page
    fan.come_in(shop.invitation(), "Ada")
    fan.go("/r/main/vote")
    lost, unheard = fan.numbers()[:2]

    def request_lost(route: Route) -> None:
        route.abort()

    def answer_lost(route: Route) -> None:
        """Let the server have it, and cut the line before its answer."""
        route.fetch()
        route.abort()

    for number, cut in ((lost, request_lost), (unheard, answer_lost)):
        before = shop.presses()
        with fan.expecting("ERR_FAILED"):
            page.route("**/press", cut)
            fan.tap(fan.tile(number))
            waiting = page.locator(f'[data-number="{number}"][data-state=waiting]')
            expect(waiting).to_contain_text("Not saved yet")
            expect(page.locator(".toast.waiting")).to_have_text("Not saved yet. Trying again.")
            expect(fan.tile(number)).to_have_attribute("aria-pressed", "false")
            fan.shoot("not-saved")
            page.unroute("**/press")
            page.evaluate("dispatchEvent(new Event('online'))")
            fan.saved()
        expect(fan.tile(number)).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".toast.waiting")).to_have_count(0)
        assert shop.presses() == before + 1
    page.reload()
    assert sorted(fan.picked()) == sorted([lost, unheard])


def test_a_page_without_a_connection_says_so_and_comes_back(shop: Shop, visit: NewVisit) -> None:
    shop.open()
    fan = visit(PHONE)
    fan.come_in(shop.invitation(), "Ada")
    fan.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    with fan.expecting("ERR_CONNECTION_REFUSED", "ERR_FAILED", "ERR_INCOMPLETE_CHUNKED_ENCODING"):
        shop.close()
        fan.go("/r/main/vote")
        expect(fan.page.get_by_role("heading", level=1)).to_have_text("You are offline")
        fan.check("offline", axe="")
        shop.start()
        expect(fan.page.get_by_role("heading", level=1)).to_have_text(f"Page 1 of {PAGES}")
