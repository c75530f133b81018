"""A fan with one thumb: in by invitation, through 200 designs, and back on another device."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisit, voted
from tests.browser.shop import PAGES, Shop
from tests.browser.visit import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser


def answer_pages(fan: Visit, first: int, last: int, picks: int = 2) -> list[int]:
    """Tap so many designs on each page and finish it; return the numbers tapped."""
    tapped = []
    for page in range(first, last + 1):
        expect(fan.page.get_by_role("heading", level=1)).to_have_text(f"Page {page} of {PAGES}")
        for number in fan.numbers()[3 : 3 + picks]:
            fan.tap(fan.tile(number))
            expect(fan.tile(number)).to_have_attribute("aria-pressed", "true")
            tapped.append(number)
        fan.follow(fan.page.get_by_role("button", name="Done"))
    return tapped


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_200_designs_take_ten_turns_and_a_tap_a_pick(
    shop: Shop, visit: NewVisit, size: dict[str, int]
) -> None:
    device, axe = ("desktop", "all") if size == DESKTOP else ("phone", "")  # see test_everywhere
    shop.open()
    fan = visit(size)
    fan.come_in(shop.invitation(), "Ada")
    fan.check(f"feed-{device}", axe)
    fan.follow(fan.page.get_by_role("link", name="Vote").last)
    fan.check(f"sheet-{device}", axe)
    fan.taps = 0
    picks = answer_pages(fan, 1, PAGES)
    assert fan.taps == PAGES + len(picks)
    expect(fan.page.get_by_role("heading", level=1)).to_have_text("That was all of them. Thank you.")
    expect(fan.page.locator("#dock [data-seen]")).to_have_text("200 of 200 seen")
    assert sorted(fan.picked()) == sorted(picks)
    fan.check(f"ballot-{device}")

    fan.follow(fan.tile(picks[0]))  # a change of mind, and back again
    expect(fan.tile(picks[0])).to_have_count(0)
    fan.follow(fan.page.get_by_role("button", name="Undo"))
    assert sorted(fan.picked()) == sorted(picks)
    expect(fan.page.locator("#dock [data-picks]")).to_have_text(f"{len(picks)} picks")


def test_a_second_browser_goes_on_where_the_first_stopped(shop: Shop, visit: NewVisit) -> None:
    shop.open()
    first, second = visit(PHONE), visit(DESKTOP)
    first.come_in(shop.invitation(), "Ada")
    first.go("/r/main/vote")
    picks = answer_pages(first, 1, 2)
    first.go("/me")
    first.follow(first.page.get_by_role("button", name="Get a code"))
    code = first.page.locator(".answer").inner_text().split("Your code is ")[1].split(".")[0]
    first.check("me-code")

    second.come_in(shop.invitation(), "Ada at home")
    second.go("/me")
    second.page.get_by_label("Have a code").fill(code)
    second.follow(second.page.get_by_role("button", name="Join"))
    expect(second.page.locator(".answer")).to_have_text(
        "Linked. It is one ballot now, on whichever device you vote."
    )
    second.go("/r/main")
    expect(second.page.locator("#strip [data-seen]")).to_have_text("40 of 200 seen")
    second.follow(second.page.get_by_role("link", name="Go on voting"))
    picks += answer_pages(second, 3, 3)
    for one in (first, second):
        one.go("/r/main/ballot")
        assert sorted(one.picked()) == sorted(picks)


def test_words_reach_everybody_at_once(shop: Shop, visit: NewVisit) -> None:
    shop.open()
    speaker, reader = visit(PHONE), visit(DESKTOP)
    speaker.come_in(shop.invitation(), "Ada")
    reader.come_in(shop.invitation(), "Ben")
    said = reader.page.locator("#feed .remark")
    box, send = speaker.page.get_by_label("Say something"), speaker.page.get_by_role("button", name="Send")

    box.fill("#067 longer sleeves please")  # by number
    speaker.tap(send)
    expect(said.last).to_contain_text("Ada")
    expect(said.last.locator(".remark-body")).to_have_text("#067 longer sleeves please")
    expect(said.last.get_by_role("link", name="#067")).to_have_attribute("href", "/r/main/look/67")

    reader.tap(said.last.get_by_role("link", name="Reply to Ada"))  # by reply
    expect(reader.page.locator(".answering")).to_contain_text("Answering Ada")
    reader.page.get_by_label("Say something").fill("and a <b>pocket</b>")
    reader.tap(reader.page.get_by_role("button", name="Send"))
    heard = speaker.page.locator("#feed .remark").last
    expect(heard.locator(".remark-body")).to_have_text("#067 and a <b>pocket</b>")

    speaker.follow(heard.get_by_role("link", name="#067"))  # by the form of a design's page
    expect(speaker.page.locator(".said h2")).to_have_text("2 comments")
    speaker.page.get_by_label("Say something").fill("in green")
    speaker.follow(speaker.page.get_by_role("button", name="Send"))
    expect(speaker.page.locator(".said h2")).to_have_text("3 comments")
    speaker.check("design")
    expect(said.last.locator(".remark-body")).to_have_text("#067 in green")
    expect(said).to_have_count(3)
    reader.check("words")


@voted
def test_totals_stay_hidden_until_the_close(shop: Shop, visit: NewVisit) -> None:
    fan, owner = visit(PHONE), visit(DESKTOP)
    fan.come_in(shop.invitation(), "Ada")
    owner.come_in(shop.claim(), "Olga")
    for one, paths in (
        (fan, ("/r/main", "/r/main/vote", "/r/main/ballot", "/r/main/look/1", "/r/main/results")),
        (owner, ("/desk", "/desk/round/1", "/desk/campaign/1/log", "/r/main/look/1", "/r/main/results")),
    ):
        for path in paths:
            one.go(path)
            expect(one.page.locator(".ranked, .placed, .interval")).to_have_count(0)
            words = one.page.locator("body").inner_text()
            assert not re.search(r"picked it|\bsafe|\bedge|chance", words, re.IGNORECASE), path
    expect(fan.page.get_by_role("heading", level=1)).to_have_text("No results yet")
    assert owner.page.request.get("/desk/round/1/standings.csv").status == 409
    owner.go("/desk/round/1")
    expect(owner.page.locator(".figures")).to_contain_text("opinions")


@voted
def test_a_tap_at_the_close_is_too_late(shop: Shop, visit: NewVisit) -> None:
    fan, reader = visit(PHONE), visit(DESKTOP)
    fan.come_in(shop.invitation(), "Ada")
    reader.come_in(shop.invitation(), "Ben")
    fan.go("/r/main/vote")
    counted, late = fan.numbers()[:2]
    fan.tap(fan.tile(counted))
    fan.saved()

    shop.close_round()
    with fan.expecting("status of 409"):
        fan.tap(fan.tile(late))
        sentence = "Round 1 closed Mon 30 Nov, 20:00 (Berlin). Everything you tapped before counts."
        expect(fan.page.locator(".toast.refused")).to_have_text(sentence)
    assert fan.picked() == [counted]
    expect(reader.page.locator("#feed .post").last.locator(".card-title")).to_have_text("Round 1 closed")
    expect(reader.page.locator("#feed .ranked")).to_have_count(200)
    reader.check("result-in-feed")
    fan.go("/r/main/ballot")
    expect(fan.page.locator(".notice")).to_contain_text(sentence)
    fan.follow(fan.page.get_by_role("link", name="Back to the group").last)
    fan.follow(fan.page.locator("#strip").get_by_role("link", name="Results"))
    expect(fan.page.locator(".side")).to_have_count(3)
    fan.check("results")
