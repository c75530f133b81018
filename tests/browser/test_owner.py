"""The owner: in by a one-time link, blind until the close, then the cut, marks, signature, next round."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewVisit
from tests.browser.shop import KEEP, Shop
from tests.browser.visit import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser
OPENING = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)


def title(visit: Visit) -> Locator:
    return visit.page.get_by_role("heading", level=1)


def number(placed: Locator) -> int:
    """Read the number of the first design of these."""
    found = placed.first.get_attribute("id")
    assert found is not None
    return int(found.removeprefix("d"))


def mark(owner: Visit, design: int, button: str, reason: str) -> Locator:
    """Open a design of the cut and decide otherwise; return where it stands now."""
    placed = owner.page.locator(f"#d{design:03d}")
    owner.tap(placed.locator("summary"))
    placed.get_by_label("Decide otherwise").fill(reason)
    owner.follow(placed.get_by_role("button", name=button))
    return owner.page.locator(f"#d{design:03d}")


def kept(owner: Visit) -> set[int]:
    """Read which designs go on."""
    ids = owner.page.locator(".placed.kept").evaluate_all("all => all.map(e => e.id)")
    return {int(found.removeprefix("d")) for found in ids}


def test_from_the_link_to_the_signed_cut(shop: Shop, visit: NewVisit) -> None:
    link = shop.claim()
    owner, thief = visit(DESKTOP), visit(PHONE)
    owner.come_in(link, "Olga")
    with thief.expecting("status of 409"):
        thief.go(link)
        thief.page.locator("#name").fill("Mallory")
        thief.follow(thief.page.get_by_role("button", name="Accept"))
    expect(thief.page.locator("main")).to_contain_text("This link was used before or is too old.")

    owner.follow(owner.page.get_by_role("button", name="Schedule"))
    expect(owner.page.get_by_role("status")).to_have_text("Scheduled. It opens by itself.")
    fan = visit(PHONE)
    fan.come_in(shop.invitation(), "Ada")
    expect(fan.page.locator("#strip")).to_contain_text("Opens soon")
    shop.clock.set(OPENING)
    expect(fan.page.locator("#feed .post .card-title")).to_contain_text("Round 1 of 2")
    shop.crowd(12)
    owner.follow(owner.page.get_by_role("link", name="Round 1"))
    expect(owner.page.locator(".figures")).to_contain_text("opinions")
    expect(owner.page.locator(".placed")).to_have_count(0)

    shop.close_round()
    expect(fan.page.locator("#feed .card-title").last).to_have_text("Round 1 closed")
    owner.page.reload()
    for verdict in ("safe", "edge", "out"):
        expect(owner.page.locator(f".placed.{verdict}").first).to_be_visible()
    before = kept(owner)
    assert len(before) == KEEP[0]
    saved, vetoed = number(owner.page.locator(".placed.out")), number(owner.page.locator(".placed.safe"))
    expect(mark(owner, saved, "Keep it", "our seamstress loves it").locator(".stamp")).to_have_text(
        "Kept by the shop"
    )
    expect(mark(owner, vetoed, "Take it out", "no such cloth").locator(".stamp")).to_have_text("Taken out")
    after = kept(owner)
    assert saved in after
    assert vetoed not in after
    assert len(after) == KEEP[0]

    for again in (False, True):
        owner.follow(owner.page.get_by_role("link", name="Sign the cut"))
        expect(title(owner)).to_contain_text("80 looks go on to round 2, 120 leave.")
        expect(owner.page.locator(".points")).to_contain_text("no such cloth")
        owner.follow(owner.page.get_by_role("button", name="Sign the cut"))
        expect(owner.page.locator(".state")).to_have_text("Signed off")
        shop.clock.advance(seconds=30)  # a post is edited now and then only
        expect(fan.page.locator("#feed .card-title").last).to_contain_text("80 looks go on to round 2")
        if not again:
            owner.follow(owner.page.get_by_role("link", name="Undo the signature"))
            owner.page.get_by_label("Why?").fill("one more look")
            owner.follow(owner.page.get_by_role("button", name="Undo the signature"))
            expect(owner.page.locator(".state")).to_have_text("To be signed")
            shop.clock.advance(seconds=30)
            expect(fan.page.locator("#feed .card-title").last).to_have_text("Round 1 closed")
    assert kept(owner) == after

    shop.open(2)
    fan.go("/r/main/vote")
    expect(fan.page.locator("#dock [data-seen]")).to_have_text("0 of 80 seen")
    survivors: set[int] = set()
    for page in range(1, 5):
        fan.go(f"/r/main/vote?page={page}")
        survivors |= set(fan.numbers())
    assert survivors == after
