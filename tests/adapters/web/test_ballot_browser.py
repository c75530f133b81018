"""Cards and duels in headless Chromium: by thumb, by keys, without a script and without a connection."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect

from bot.port import Press
from bot.rounds.model import BallotShape
from bot.text import t
from tests.adapters.web.fake_inbox import HASHES, FakeInbox, Fan
from tests.adapters.web.visitor import DESKTOP, LOOKS, NewVisitor, Visitor, check

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PRESSED, NOT_PRESSED = ("aria-pressed", "true"), ("aria-pressed", "false")
CLOSED = t("This round is closed. Thank you for your answers.")


def marta(inbox: FakeInbox) -> Fan:
    return next(iter(inbox.fans.values()))


def presses(inbox: FakeInbox) -> list[str]:
    return [call.action for call in inbox.calls if isinstance(call, Press)]


def answer(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


async def arrive(visitor: Visitor, inbox: FakeInbox, ballot: BallotShape, page: int = 1) -> Page:
    """Come in and open a page of a ballot of this shape."""
    inbox.ballot = ballot
    await visitor.enter()
    await visitor.open(f"/r/spring/vote?page={page}")
    return visitor.page


# ------------------------------------------------------------------ cards


async def test_a_card_is_answered_and_left_with_two_taps(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor()
    page = await arrive(fan, inbox, BallotShape.CARDS)
    reasons = page.get_by_role("group", name=re.compile("about it|not for you"))
    await expect(reasons).to_be_hidden()
    before = await page.locator(".card-photo.now").bounding_box()
    await answer(page, "Love").tap()
    await expect(answer(page, "Love")).to_have_attribute(*PRESSED)
    await expect(reasons).to_have_accessible_name("What do you love about it?")
    assert await page.locator(".card-photo.now").bounding_box() == before, "nothing moves"
    await answer(page, "Length").tap()
    await expect(answer(page, "Length")).to_have_attribute(*PRESSED)
    await answer(page, "Length").tap()
    await expect(answer(page, "Length")).to_have_attribute(*NOT_PRESSED)
    await answer(page, "Shape").tap()
    await expect(answer(page, "Shape")).to_have_attribute(*PRESSED)
    await answer(page, "Pass").tap()
    await expect(reasons).to_have_accessible_name("What is not for you?")
    await expect(answer(page, "Love")).to_have_attribute(*NOT_PRESSED)
    await expect(page.locator("#dock [data-seen]")).to_have_text("1 of 45 seen")
    await page.get_by_role("link", name="Next").tap()
    await page.wait_for_url("**page=2")
    assert marta(inbox).answers.cards == {1: 0}
    assert marta(inbox).answers.chips == {1: {"shape"}}


async def test_the_same_answer_again_goes_on(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor()
    page = await arrive(fan, inbox, BallotShape.CARDS)
    for n in (1, 2):
        await answer(page, "Like").tap()
        await expect(answer(page, "Like")).to_have_attribute(*PRESSED)
        await answer(page, "Like").tap()
        await page.wait_for_url(f"**page={n + 1}")
    assert presses(inbox) == ["rate:1:1", "rate:2:1"], "and is not sent again"


async def test_cards_by_keyboard(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor(**DESKTOP, has_touch=False, is_mobile=False)
    page = await arrive(fan, inbox, BallotShape.CARDS)
    keys = page.keyboard
    await keys.press("4")
    await keys.press("Enter")
    await keys.press("1")
    await expect(answer(page, "Pass")).to_have_attribute(*PRESSED)
    assert "page=1" in page.url, "without an answer there is no reason to name, and Enter leads nowhere"
    await keys.press("3")
    await expect(answer(page, "Love")).to_have_attribute(*PRESSED)
    await keys.press("6")
    await expect(answer(page, "Length")).to_have_attribute(*PRESSED)
    await keys.press("Enter")
    await page.wait_for_url("**page=2")
    await keys.press("2")
    await expect(answer(page, "Like")).to_have_attribute(*PRESSED)
    await keys.press("n")
    await page.wait_for_url("**page=3")
    await keys.press("u")
    await page.wait_for_url("**page=2")
    await expect(answer(page, "Like")).to_have_attribute(*NOT_PRESSED)
    await keys.press("b")
    await page.wait_for_url("**page=1")
    await expect(answer(page, "Love")).to_have_attribute(*PRESSED)
    await keys.press("z")
    await page.wait_for_url("**/look/1")
    await page.go_back()
    await page.get_by_label("Say something about a design").fill("1 2 3")
    await keys.type(" u n b z")
    assert "page=1" in page.url, "letters in a field are letters"
    assert marta(inbox).answers.cards == {1: 2}
    assert marta(inbox).answers.chips == {1: {"length"}}


async def test_cards_are_reached_by_tab_in_the_order_they_are_read(
    new_visitor: NewVisitor, inbox: FakeInbox
) -> None:
    fan = await new_visitor(**DESKTOP, has_touch=False, is_mobile=False)
    page = await arrive(fan, inbox, BallotShape.CARDS)
    await answer(page, "Like").focus()
    await page.keyboard.press("Space")
    await expect(answer(page, "Like")).to_have_attribute(*PRESSED)
    await expect(answer(page, "Like")).to_be_focused()
    await expect(page.get_by_role("status")).to_contain_text("Liked 1")
    await expect(answer(page, "Undo")).to_be_visible()
    for name in ("Love", "Undo"):
        await page.keyboard.press("Tab")
        await expect(answer(page, name)).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Next")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**page=2")


async def test_an_answer_without_a_connection_is_kept(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor()
    page = await arrive(fan, inbox, BallotShape.CARDS)
    down = True

    async def lossy(route: Route) -> None:
        await (route.abort() if down else route.continue_())

    await page.route("**/press", lossy)
    await answer(page, "Love").tap()
    await expect(answer(page, "Love")).to_have_attribute("data-state", "waiting")
    await expect(page.get_by_text("Not saved yet. Trying again.")).to_be_visible()
    await expect(answer(page, "Love")).to_have_attribute(*NOT_PRESSED)
    await expect(page.locator("#why")).to_be_hidden()
    await page.get_by_role("link", name="Later").tap()
    assert "page=1" in page.url, "what is on its way is saved before the page is left"
    down = False
    await page.evaluate("dispatchEvent(new Event('online'))")
    await page.wait_for_url("**page=2")
    assert marta(inbox).answers.cards == {1: 2}


async def test_a_card_turns_into_a_closed_one_under_a_tap(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor()
    page = await arrive(fan, inbox, BallotShape.CARDS)
    inbox.state, inbox.closed = "closed", CLOSED
    await answer(page, "Love").tap()
    await expect(page.get_by_role("note")).to_have_text(CLOSED.msgid)
    await expect(answer(page, "Love")).to_have_count(0)
    assert "409" in fan.complaints.pop()


@pytest.mark.parametrize("ballot", [BallotShape.CARDS, BallotShape.DUELS])
async def test_an_open_page_notices_the_end_of_its_round(
    new_visitor: NewVisitor, inbox: FakeInbox, ballot: BallotShape
) -> None:
    inbox.closes_at = inbox.clock()
    fan = await new_visitor()
    page = await arrive(fan, inbox, ballot)
    inbox.state, inbox.closed = "closed", CLOSED
    await expect(page.get_by_role("note")).to_have_text(CLOSED.msgid)


async def test_the_next_photo_is_there_before_its_card(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor()
    async with fan.page.expect_request(re.compile(rf"/(photo|tile)/{HASHES[1]}")):
        await arrive(fan, inbox, BallotShape.CARDS)


async def test_a_word_about_a_card_is_said_beside_it(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor()
    page = await arrive(fan, inbox, BallotShape.CARDS, 4)
    await page.get_by_role("link", name="Say something about #004").tap()
    box = page.get_by_label("Say something about a design")
    await expect(box).to_be_focused()
    await box.fill("longer")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("status")).to_contain_text("the designers will read it")
    await expect(box).to_have_value("")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sage dress 4")


async def test_cards_without_a_script(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor(java_script_enabled=False)
    page = await arrive(fan, inbox, BallotShape.CARDS, 3)
    small = page.locator(".card-photo.then")
    before = await small.bounding_box()
    await page.get_by_label("Show version 1 large").check()
    after = await small.bounding_box()
    assert before
    assert after
    assert before["width"] < 100
    assert after["width"] > 300
    await answer(page, "Pass").click()
    await page.wait_for_url("**page=3#why")
    await answer(page, "Colour").click()
    await expect(answer(page, "Colour")).to_have_attribute(*PRESSED)
    await expect(answer(page, "Pass")).to_be_in_viewport()
    await page.get_by_role("link", name="Next").click()
    await page.wait_for_url("**page=4")
    await page.get_by_role("button", name="Undo").click()
    await page.wait_for_url("**page=3*")
    assert marta(inbox).answers.cards == {}


# ------------------------------------------------------------------ duels


def side(page: Page, number: int) -> Locator:
    return page.locator(f"#d{number:03d}")


async def test_a_duel_takes_one_tap(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor()
    page = await arrive(fan, inbox, BallotShape.DUELS)
    await side(page, 2).tap()
    await page.wait_for_url("**page=2")
    await answer(page, "Can’t choose").tap()
    await page.wait_for_url("**page=3")
    assert marta(inbox).answers.duels == {1: 2, 2: 0}
    await answer(page, "Undo").tap()
    await page.wait_for_url("**page=2")
    await expect(answer(page, "Can’t choose")).to_have_attribute(*NOT_PRESSED)
    await page.go_back()
    await page.go_back()
    await page.get_by_role("link", name="Duel 1").first.tap()
    await page.wait_for_url("**page=1")
    await expect(side(page, 2)).to_have_attribute(*PRESSED)
    await side(page, 1).tap()
    await page.wait_for_url("**page=2")
    assert marta(inbox).answers.duels == {1: 1}


async def test_duels_by_keyboard(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor(**DESKTOP, has_touch=False, is_mobile=False)
    page = await arrive(fan, inbox, BallotShape.DUELS)
    for n, key in enumerate(("ArrowLeft", "ArrowRight", "ArrowDown", "1", "2", "3", "n"), 2):
        await page.keyboard.press(key)
        await page.wait_for_url(f"**page={n}")
    assert marta(inbox).answers.duels == {1: 1, 2: 2, 3: 0, 4: 1, 5: 2, 6: 0}
    await page.keyboard.press("u")
    await page.wait_for_url("**page=6")
    await page.keyboard.press("b")
    await page.wait_for_url("**page=5")
    await side(page, 9).focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**page=6")
    assert marta(inbox).answers.duels == {1: 1, 2: 2, 3: 0, 4: 1, 5: 1}


async def test_a_duel_whose_answer_was_lost_counts_once(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor()
    page = await arrive(fan, inbox, BallotShape.DUELS)
    answers = iter([True, False])

    async def lossy(route: Route) -> None:
        if next(answers):
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/press", lossy)
    await side(page, 1).tap()
    await expect(page.locator(".first[data-state=waiting]")).to_contain_text("Not saved yet")
    await side(page, 2).tap()
    await page.evaluate("dispatchEvent(new Event('online'))")
    await page.wait_for_url("**page=2")
    assert presses(inbox) == ["prefer:1:2:1", "prefer:1:2:1"], "the same tap; while it waits, no other counts"
    assert len({call.event_id for call in inbox.calls if isinstance(call, Press)}) == 1
    assert marta(inbox).answers.duels == {1: 1}


async def test_duels_without_a_script(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor(java_script_enabled=False)
    page = await arrive(fan, inbox, BallotShape.DUELS)
    await side(page, 1).click()
    await page.wait_for_url("**page=2")
    await answer(page, "Can’t choose").click()
    await page.wait_for_url("**page=3")
    await page.get_by_label("Go to number").fill("20")
    await page.get_by_role("button", name="Go", exact=True).click()
    await page.wait_for_url("**page=20")
    await page.get_by_role("button", name="Undo").click()
    await page.wait_for_url("**page=2")
    assert marta(inbox).answers.duels == {1: 1}


# ------------------------------------------------------------------ for everybody


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "dark desktop"])
async def test_cards_and_duels_are_accessible_and_fit(
    new_visitor: NewVisitor, inbox: FakeInbox, look: dict[str, Any]
) -> None:
    fan = await new_visitor(**look, reduced_motion="reduce")
    await fan.enter()
    mine = marta(inbox).answers
    mine.cards, mine.chips, mine.duels = {2: 2, 3: 0, 4: 1}, {2: {"shape"}}, {2: 1, 3: 0}
    mine.back.append(lambda: None)
    cards, duels = BallotShape.CARDS, BallotShape.DUELS
    open_pages = (
        (cards, ("vote?page=1", "vote?page=3", "look/2", "ballot")),
        (duels, ("vote?page=1", "vote?page=3", "ballot")),
    )
    await look_at(fan, inbox, open_pages)
    inbox.state, inbox.closed = "paused", t("Voting is paused by the moderators. Your picks are safe.")
    await look_at(fan, inbox, ((cards, ("vote?page=3", "look/2")), (duels, ("vote?page=3",))))


async def look_at(
    fan: Visitor, inbox: FakeInbox, pages: tuple[tuple[BallotShape, tuple[str, ...]], ...]
) -> None:
    for inbox.ballot, paths in pages:
        for path in paths:
            await fan.open(f"/r/spring/{path}")
            await check(fan, path)
