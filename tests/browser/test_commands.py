"""Commands typed in the room, by thumb and by keyboard, with a script and without."""

import pytest
from playwright.sync_api import expect

from bot.port import Role
from tests.browser.conftest import NewVisit, voted
from tests.browser.shop import Shop
from tests.browser.visit import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser


def say(one: Visit, words: str) -> None:
    """Type into the box and send it."""
    one.page.get_by_label("Say something about a design").fill(words)
    one.tap(one.page.get_by_role("button", name="Send"))


def answered(one: Visit, title: str) -> None:
    """Wait for an answer over the box."""
    expect(one.page.locator("[data-answered] h2")).to_have_text(title)


@voted
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_moderator_runs_the_round_and_the_group_by_typing(
    shop: Shop, visit: NewVisit, size: dict[str, int]
) -> None:
    device, axe = ("phone", "all") if size == PHONE else ("desktop", "")
    fan, mo = visit(PHONE), visit(size)
    fan.come_in(shop.invitation(), "Ada")
    mo.come_in(shop.claim(Role.MODERATOR), "Mo")
    for one in (fan, mo):
        one.go("/r/main")
    say(fan, "#003 this one is rubbish and so is whoever drew it")
    expect(mo.page.locator(".remark")).to_have_count(1)
    mo.check(f"commands-remark-{device}", axe)

    say(mo, "/help")
    answered(mo, "What you can say here")
    expect(mo.page.locator("[data-answered]")).to_contain_text("/mod hide c12 and why")
    mo.check(f"commands-help-{device}", axe)
    say(mo, "/round status")
    answered(mo, "Round 1 of 2 is open")
    mo.check(f"commands-status-{device}", axe)
    mo.tap(mo.page.get_by_role("button", name="Pause"))
    answered(mo, "Round 1 is paused. Every pick is safe.")
    mo.tap(mo.page.get_by_role("button", name="Resume"))
    expect(mo.page.locator("[data-answered] h2")).to_contain_text("Round 1 goes on")
    say(mo, "/round extend 24h the weekend was quiet")
    expect(mo.page.locator("[data-answered] h2")).to_contain_text("Extended: round 1 closes")

    mo.follow(mo.page.get_by_role("link", name="Hide what Ada said"))
    mo.check(f"commands-hide-{device}", axe)
    mo.page.get_by_label("Why").fill("rude to the designer")
    mo.follow(mo.page.get_by_role("button", name="Hide it"))
    expect(mo.page.locator(".remark")).to_have_count(0)
    expect(fan.page.locator(".remark")).to_have_count(0)
    expect(fan.page.locator(".told").last).to_contain_text(
        "was hidden by the moderators: rude to the designer."
    )
    fan.check(f"commands-told-{device}", axe)

    say(mo, "/mod aside Ada ten accounts on one phone")
    answered(mo, "Ada’s ballot in round 1 is set aside and not counted. Ada is told why.")
    say(mo, "/mod log")
    answered(mo, "Who did what")
    mo.check(f"commands-log-{device}", axe)
    mo.tap(mo.page.locator("[data-answered]").get_by_role("button", name="Undo").first)
    expect(mo.page.locator("[data-answered] h2")).to_contain_text("is taken back")
    expect(fan.page.locator(".told").last).to_contain_text("Your ballot in round 1 counts again.")
    mo.tap(mo.page.get_by_role("link", name="Close"))
    expect(mo.page.locator("[data-answered]")).to_be_hidden()
    expect(fan.page.locator(".post, .remark")).to_have_count(mo.page.locator(".post, .remark").count())


def test_a_fan_is_told_what_may_be_said_and_nothing_more(shop: Shop, visit: NewVisit) -> None:
    shop.open()
    fan = visit(PHONE)
    fan.come_in(shop.invitation(), "Ada")
    fan.go("/r/main")
    say(fan, "/campaign")
    answered(fan, "Winter looks")
    fan.check("commands-campaign-phone")
    say(fan, "/help")
    answered(fan, "What you can say here")
    expect(fan.page.locator("[data-answered]")).not_to_contain_text("/mod")
    with fan.expecting("403"):
        say(fan, "/mod log")
        expect(fan.page.locator(".toast.refused")).to_have_text("/mod is for the people who run this shop.")
    expect(fan.page.get_by_label("Say something about a design")).to_have_value("/mod log")


def test_commands_work_without_a_script(shop: Shop, visit: NewVisit) -> None:
    shop.open()
    owner = visit(PHONE, java_script_enabled=False)
    owner.come_in(shop.claim(), "Olga")
    owner.go("/r/main")
    owner.page.get_by_label("Say something about a design").fill("/round status")
    owner.page.get_by_role("button", name="Send").click()
    expect(owner.page.get_by_role("heading", name="Round 1 of 2 is open")).to_be_visible()
    owner.shoot("commands-plain-phone")
    owner.page.get_by_role("button", name="Pause").click()
    expect(owner.page.get_by_role("heading", name="Round 1 is paused. Every pick is safe.")).to_be_visible()
    owner.page.get_by_role("link", name="Go on").click()
    owner.page.wait_for_url("**/r/main")
