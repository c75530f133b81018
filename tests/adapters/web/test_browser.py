"""The room in headless Chromium: what scripts add, what works without them, and what axe says."""

import re
from typing import Any

import pytest
from playwright.async_api import Route, expect

from bot.port import Press
from bot.rounds.model import BallotShape
from bot.text import t
from tests.adapters.web.fake_inbox import FakeInbox, Fan
from tests.adapters.web.visitor import DESKTOP, LOOKS, NewVisitor, check

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def marta(inbox: FakeInbox) -> Fan:
    return next(iter(inbox.fans.values()))


def presses(inbox: FakeInbox) -> list[Press]:
    return [call for call in inbox.calls if isinstance(call, Press)]


async def test_a_tap_leaves_no_tint_on_a_photo(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor()
    await fan.enter()
    for ballot, photo in ((BallotShape.SHEETS, ".tile-photo"), (BallotShape.DUELS, ".duel-face")):
        inbox.ballot = ballot
        await fan.open("/r/spring/vote?page=1")
        style = "e => [getComputedStyle(e).webkitTapHighlightColor, getComputedStyle(e).webkitUserSelect]"
        assert await fan.page.locator(f"button{photo}").first.evaluate(style) == ["rgba(0, 0, 0, 0)", "none"]


async def test_tapping_through_a_ballot(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor()
    await fan.enter()
    await fan.page.get_by_role("link", name="Vote", exact=True).click()
    await fan.tile(7).tap()
    await expect(fan.tile(7)).to_have_attribute("aria-pressed", "true")
    await expect(fan.page.locator(".dock [data-picks]")).to_have_text("1 pick")
    await fan.tile(7).tap()
    await expect(fan.tile(7)).to_have_attribute("aria-pressed", "false")
    for number in (3, 4, 9):
        await fan.tile(number).tap()
    await expect(fan.page.locator(".dock [data-picks]")).to_have_text("3 picks")
    undo = fan.page.get_by_role("button", name="Undo")
    await undo.click()
    await expect(fan.tile(9)).to_have_attribute("aria-pressed", "false")
    assert marta(inbox).picks == {3, 4}
    for page in (2, 3):
        await fan.page.get_by_role("button", name=re.compile("^Done")).click()
        await fan.page.wait_for_url(f"**page={page}")
    await fan.page.get_by_role("button", name="Done", exact=True).click()
    await fan.page.wait_for_url("**/ballot")
    await expect(fan.page.get_by_role("heading", level=1)).to_have_text("That was all of them. Thank you.")
    assert marta(inbox).pages == {1, 2, 3}
    assert presses(inbox)[0].action == "pick:7"
    assert presses(inbox)[1].action == "drop:7", "the second tap meant the other thing"


async def test_a_lost_connection_is_told_and_tried_again(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor()
    await fan.enter()
    await fan.open("/r/spring/vote?page=1")
    tried: list[str] = []
    down = True

    async def lossy(route: Route) -> None:
        tried.append(re.findall(r"event_id=([^&]+)", route.request.post_data or "")[0])
        await (route.abort() if down else route.continue_())

    await fan.page.route("**/press", lossy)
    await fan.tile(7).tap()
    await expect(fan.page.locator('[data-number="7"]')).to_have_attribute("data-state", "waiting")
    await expect(fan.page.get_by_text("Not saved yet. Trying again.")).to_be_visible()
    await expect(fan.tile(7)).to_have_attribute("aria-pressed", "false")
    assert presses(inbox) == []
    await fan.tile(8).tap()
    down = False
    await fan.page.evaluate("dispatchEvent(new Event('online'))")
    for number in (7, 8):
        await expect(fan.tile(number)).to_have_attribute("aria-pressed", "true")
    await expect(fan.page.get_by_text("Not saved yet. Trying again.")).to_have_count(0)
    assert tried[0] == tried[1], "the same tap keeps its event id"
    assert tried[-1] != tried[0]
    assert [p.action for p in presses(inbox)] == ["pick:7", "pick:8"]


async def test_a_saved_tap_whose_answer_was_lost_counts_once(
    new_visitor: NewVisitor, inbox: FakeInbox
) -> None:
    fan = await new_visitor()
    await fan.enter()
    await fan.open("/r/spring/vote?page=1")
    answers = iter([True, False, False])

    async def lossy(route: Route) -> None:
        if next(answers):
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await fan.page.route("**/press", lossy)
    await fan.tile(7).tap()
    await expect(fan.page.locator('[data-number="7"]')).to_have_attribute("data-state", "waiting")
    await fan.page.evaluate("dispatchEvent(new Event('online'))")
    await expect(fan.tile(7)).to_have_attribute("aria-pressed", "true")
    first, again = presses(inbox)
    assert (first.event_id, first.action) == (again.event_id, again.action)
    assert marta(inbox).undo == [(7, False)]


async def test_a_refused_tap_is_not_shown_as_a_pick(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor()
    await fan.enter()
    await fan.open("/r/spring/vote?page=1")
    inbox.closed = t("This round is closed. Thank you for your picks.")
    await fan.tile(7).tap()
    await expect(fan.page.get_by_text("This round is closed.")).to_be_visible()
    await expect(fan.tile(7)).to_have_attribute("aria-pressed", "false")
    await expect(fan.page.locator('[data-number="7"]')).not_to_have_attribute("data-state", re.compile("."))
    assert fan.complaints.pop().startswith(
        "Failed to load resource: the server responded with a status of 409"
    )


async def test_everything_by_keyboard(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor(**DESKTOP, has_touch=False, is_mobile=False)
    await fan.enter()
    await fan.open("/r/spring/vote?page=1")
    keys = fan.page.keyboard
    await keys.press("ArrowRight")
    await expect(fan.tile(1)).to_be_focused()
    await keys.press("ArrowDown")
    await expect(fan.tile(5)).to_be_focused()
    await keys.press("ArrowRight")
    await keys.press("Space")
    await expect(fan.tile(6)).to_have_attribute("aria-pressed", "true")
    await expect(fan.tile(6)).to_be_focused()
    await keys.press("ArrowLeft")
    await keys.press("Enter")
    await expect(fan.tile(5)).to_have_attribute("aria-pressed", "true")
    await expect(fan.page.get_by_role("button", name="Undo")).to_be_visible()
    await keys.press("u")
    await expect(fan.tile(5)).to_have_attribute("aria-pressed", "false")
    await keys.press("z")
    await fan.page.wait_for_url("**/look/5")
    await fan.page.go_back()
    await fan.page.locator("#numbers").fill("n")
    await keys.type("u z")
    assert "page=1" in fan.page.url, "letters in a field are letters"
    await fan.page.locator("#numbers").blur()
    await keys.press("n")
    await fan.page.wait_for_url("**page=2")
    assert marta(inbox).picks == {6}


async def test_a_long_press_zooms_and_picks_nothing(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor()
    await fan.enter()
    await fan.open("/r/spring/vote?page=1")
    await fan.tile(4).dispatch_event("pointerdown", {"pointerType": "touch", "bubbles": True})
    await fan.page.wait_for_url("**/look/4")
    assert presses(inbox) == []


async def test_voting_without_scripts(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor(java_script_enabled=False)
    await fan.enter()
    await fan.page.get_by_role("link", name="Vote", exact=True).click()
    await fan.tile(12).tap()
    await fan.page.wait_for_url("**/vote?page=1#d012")
    await expect(fan.tile(12)).to_have_attribute("aria-pressed", "true")
    await expect(fan.tile(12)).to_be_in_viewport()
    await fan.page.get_by_label("Or type the numbers").fill("13 14")
    await fan.page.get_by_role("button", name="Pick", exact=True).click()
    await expect(fan.tile(14)).to_have_attribute("aria-pressed", "true")
    await fan.page.get_by_role("button", name="Done, next 20").click()
    await fan.page.wait_for_url("**page=2")
    await fan.open("/r/spring/look/30")
    await fan.page.get_by_role("button", name="I’d wear it").click()
    await fan.page.get_by_label("Say something about a design").fill("longer sleeves please")
    await fan.page.get_by_role("button", name="Send").click()
    await expect(fan.page.locator(".remark-body")).to_have_text("longer sleeves please")
    assert marta(inbox).picks == {12, 13, 14, 30}
    assert marta(inbox).pages == {1}


async def test_the_open_group_follows_what_happens(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    inbox.post(inbox.opening())
    fan = await new_visitor()
    await fan.enter()
    box = fan.page.get_by_label("Say something about a design")
    await box.fill("half a sentence")
    inbox.say("Ana", "pockets please", 7)
    await expect(fan.page.get_by_text("pockets please")).to_be_in_viewport()
    await expect(box).to_have_value("half a sentence")
    await expect(box).to_be_focused()
    await fan.page.get_by_role("button", name="Send").click()
    await expect(fan.page.locator(".remark-body").last).to_have_text("half a sentence")
    await expect(box).to_have_value("")


async def test_reading_back_is_not_disturbed(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    for n in range(40):
        inbox.say("Ana", f"word {n}", 7)
    fan = await new_visitor()
    await fan.enter()
    await fan.page.locator("#c12").evaluate("item => item.scrollIntoView({block: 'start'})")
    before = await fan.page.locator("#c12").bounding_box()
    inbox.say("Ana", "something new", 7)
    await expect(fan.page.locator("#feed")).to_have_attribute("data-cursor", "42")
    after = await fan.page.locator("#c12").bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) < 2
    await expect(fan.page.locator("#c1")).to_have_count(1)
    await expect(fan.page.locator(".day")).to_have_count(1)
    await fan.page.locator(".scroll").evaluate("box => box.scrollTop = 0")
    inbox.say("Ana", "something newer", 7)
    await expect(fan.page.locator("#feed")).to_have_attribute("data-cursor", "43")
    await expect(fan.page.locator("#c42")).to_be_in_viewport()
    await expect(fan.page.locator("#c1")).to_have_count(0)


async def test_an_edited_post_keeps_what_was_opened(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    inbox.post(inbox.result())
    fan = await new_visitor()
    await fan.enter()
    await fan.page.locator(".side.safe summary").nth(2).click()
    await expect(fan.page.locator(".side.safe details").nth(2)).to_have_attribute("open", "")
    inbox.items.clear()
    inbox.fans["x"] = Fan("x", "en")
    card = inbox.result()
    inbox.post(type(card)(card.kind, t("Signed off"), card.lines, card.pictures))
    await expect(fan.page.locator(".card-title")).to_have_text("Signed off")
    await expect(fan.page.locator(".side.safe details").nth(2)).to_have_attribute("open", "")


async def test_a_refused_comment_stays_in_the_box(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    fan = await new_visitor()
    await fan.enter()
    box = fan.page.get_by_label("Say something about a design")
    await box.fill("...")
    await fan.page.get_by_role("button", name="Send").click()
    await expect(fan.page.get_by_text("Please write a word or two.")).to_be_visible()
    await expect(box).to_have_value("...")
    assert "409" in fan.complaints.pop()


async def test_a_reply_names_whom_it_answers(new_visitor: NewVisitor, inbox: FakeInbox) -> None:
    inbox.say("Ana", "pockets please", 7)
    fan = await new_visitor()
    await fan.enter()
    await fan.page.get_by_role("link", name="Reply to Ana").click()
    await expect(fan.page.get_by_text("Answering Ana")).to_be_visible()
    await expect(fan.page.locator("[name=reply_to]")).to_have_value("1")
    await fan.page.get_by_role("link", name="Do not answer").click()
    await expect(fan.page.locator("[name=reply_to]")).to_have_value("")


async def test_without_a_connection_there_is_still_a_page(new_visitor: NewVisitor) -> None:
    fan = await new_visitor(service_workers="allow")
    await fan.enter()
    await fan.page.evaluate("navigator.serviceWorker.ready")
    await fan.page.context.set_offline(True)
    await fan.page.evaluate("location.assign('/r/spring/vote?page=1')")
    await expect(fan.page.get_by_role("heading", level=1)).to_have_text("You are offline")
    await fan.page.context.set_offline(False)


PATHS = ("/", "/enter?code=X", "/help", "/offline", "/me", "/me/forget", "/r/spring", "/r/spring/vote?page=1",
         "/r/spring/look/7", "/r/spring/ballot", "/r/spring/results", "/r/spring/vote?page=2")  # fmt: skip


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "dark desktop"])
async def test_pages_are_accessible_and_fit(
    new_visitor: NewVisitor, inbox: FakeInbox, look: dict[str, Any]
) -> None:
    inbox.post(inbox.opening())
    inbox.say("Ana", "pockets please", 7, status=t("Others asked for the same"))
    inbox.post(inbox.result())
    fan = await new_visitor(**look, reduced_motion="reduce")
    await fan.open("/")
    await check(fan, "/")
    await fan.enter()
    marta(inbox).picks = {2, 7}
    for path in PATHS:
        await fan.open(path)
        await check(fan, path)
    inbox.state, inbox.closed = "paused", t("Voting is paused by the moderators. Your picks are safe.")
    for path in ("/r/spring/vote?page=1", "/r/spring/look/7", "/r/spring/ballot"):
        await fan.open(path)
        await check(fan, path)
