"""Every page in every state of a round: for whoever reads, on whatever, in any of our languages."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from bot.service import rounds
from tests.browser.conftest import NewVisit, voted
from tests.browser.shop import Shop
from tests.browser.visit import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser

ROUND, DESK = "/desk/round/1", "/desk"
DRAFT = ("/r/main", "/r/main/vote", "/r/main/results", "/me", "/help", "/offline", "/nowhere", DESK, ROUND,
         "/desk/people", "/desk/round/2")  # fmt: skip
STATES: dict[str, tuple[str, ...]] = {
    "open": ("/r/main", "/r/main/vote", "/r/main/ballot", "/r/main/look/7", DESK, ROUND, f"{ROUND}/close"),
    "paused": ("/r/main/vote", ROUND),
    "closed": ("/r/main", "/r/main/look/7", "/r/main/results", DESK, f"{ROUND}?show=edge", f"{ROUND}/sign"),
    "signed": ("/r/main", ROUND, f"{ROUND}/unsign", "/desk/campaign/1/log"),
}  # fmt: skip
"""What there is to see before round 1 opens, and in each state it reaches from then on."""
AGAIN = {("paused", "/r/main/vote"), ("paused", ROUND), ("closed", "/r/main/look/7"), ("closed", DESK),
         ("signed", "/r/main"), ("signed", ROUND)}  # fmt: skip
"""Pages that were seen a state before, and have only few words that are new: one look is enough."""


def reach(shop: Shop, state: str, told: Visit) -> None:
    """Bring round 1 into a state from the one before it in `STATES`."""
    post = told.page.locator("#feed .card-title").last
    match state:
        case "open":
            told.page.get_by_label("Say something").fill("#007 longer sleeves please")
            told.tap(told.page.get_by_role("button", name="Send"))
            expect(told.page.locator("#feed .remark")).to_have_count(1)
        case "paused":
            shop.step(rounds.pause)
        case "closed":
            shop.step(rounds.resume)
            shop.close_round()
            expect(post).to_have_text("Round 1 closed")
        case "signed":
            shop.step(rounds.sign)
            shop.clock.advance(seconds=30)
            expect(post).to_contain_text("go on to round 2")


@dataclass(frozen=True)
class Look:
    """Somebody who looks at pages, how their pictures are named, and what axe looks for."""

    visit: Visit
    name: str
    axe: str = ""

    def at(self, path: str, state: str) -> None:
        with self.visit.expecting(r"status of (404|409)"):
            self.visit.go(path)
            page = re.sub(r"\W+", "-", path.partition("code=")[0]).strip("-") or "front"
            self.visit.check(f"{state}-{page}-{self.name}", axe=self.axe)


@pytest.fixture
def looks(visit: NewVisit) -> list[Look]:
    """A phone for axe, a dark desktop for contrast; phones in French and Chinese, for longer words."""
    return [
        Look(visit(PHONE), "phone", "all"),
        Look(visit(DESKTOP, color_scheme="dark"), "dark", "color-contrast"),
        Look(visit(PHONE, locale="fr-FR"), "fr"),
        Look(visit(PHONE, locale="zh-CN"), "zh-Hans"),
    ]


@pytest.fixture
def inside(shop: Shop, looks: list[Look]) -> list[Look]:
    """The same, of owners."""
    for look in looks:
        look.visit.come_in(shop.claim(), "Olga")
    for look in looks[2:]:
        assert look.visit.page.locator("html").get_attribute("lang") == look.name
    return looks


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("<button style='width: 30px; height: 60px'>x</button>", "30 x 60"),
        ("<p style='width: 400px'>wide</p>", "scrolls sideways"),
        ("<img width='50' height='50'>", "alternative text"),
        ("<p style='color: #bbb; background: #fff'>pale</p>", "contrast"),
    ],
    ids=["small", "wide", "unnamed", "pale"],
)
def test_mistakes_are_found(visit: NewVisit, planted: str, found: str) -> None:
    one = visit(PHONE, bypass_csp=True)  # which would keep the planted styles out
    one.go("/help")
    one.check()
    one.page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", planted)
    with pytest.raises(AssertionError, match=found):
        one.check()


def test_complaints_are_heard(visit: NewVisit) -> None:
    one = visit(PHONE)
    one.go("/help")
    one.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))")
    one.page.evaluate("fetch('https://elsewhere.example/').catch(() => {})")
    one.page.evaluate("setTimeout(() => { throw new Error('planted') })")
    expect(one.page.get_by_role("heading", level=1)).to_be_visible()
    said = "\n".join(one.troubles)
    for word in ("CSP script-src", "connect-src", "error: planted"):
        assert word in said
    one.troubles.clear()


def test_before_somebody_comes_in(shop: Shop, looks: list[Look]) -> None:
    for path in ("/", shop.invitation().removeprefix(shop.url)):
        for look in looks:
            look.at(path, "outside")


def test_before_a_round_opens(inside: list[Look]) -> None:
    for path in DRAFT:
        for look in inside:
            look.at(path, "draft")


@voted
def test_while_and_after_a_round_runs(shop: Shop, visit: NewVisit, inside: list[Look]) -> None:
    told = visit(DESKTOP)
    told.come_in(shop.claim(), "Olga")
    told.go("/r/main")
    for state, paths in STATES.items():
        reach(shop, state, told)
        for path in paths:
            for look in inside[:1] if (state, path) in AGAIN else inside:
                look.at(path, state)
