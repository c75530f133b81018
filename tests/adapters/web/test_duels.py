"""A round of duels over HTTP: without a script, and what a script is answered with."""

import re
from html import unescape

import pytest

from bot.rounds.model import BallotShape
from bot.text import t
from tests.adapters.web.browser import Browser, forms
from tests.adapters.web.fake_inbox import FakeInbox, Fan


@pytest.fixture(autouse=True)
def duels(inbox: FakeInbox) -> None:
    inbox.ballot = BallotShape.DUELS


def marta(inbox: FakeInbox) -> Fan:
    return next(iter(inbox.fans.values()))


def duel(n: int) -> str:
    return f"/r/spring/vote?page={n}"


async def press(fan: Browser, n: int, choice: int, script: bool = False) -> str:
    """Answer a duel, as its buttons do, which stand outside its form; return where that leads."""
    page = await fan.get(duel(n))
    form = next(f for f in forms(page.text) if f.fields.get("step") == "finish")
    action = f"prefer:{2 * n - 1}:{2 * n}:{choice}"
    assert re.search(rf'value="{action}"[^>]* form="duel"', page.text)
    answer = await fan.send(form, script, action=action)
    return str(answer.json()["next"] if script else answer.headers["location"])


async def test_a_duel_asks_for_one_of_two_or_neither(fan: Browser) -> None:
    html = unescape((await fan.get("/r/spring/vote")).text)
    assert "Duel 1 of 22" in html
    assert re.findall(r'value="(prefer:1:2:\d)"', html) == ["prefer:1:2:1", "prefer:1:2:2", "prefer:1:2:0"]
    assert 'aria-pressed="true"' not in html
    assert html.index('alt="Sage dress 1"') < html.index('alt="Sage dress 2"')
    assert "Can’t choose" in html
    assert "0 of 22 answered" in html


@pytest.mark.parametrize("script", [False, True], ids=["form", "script"])
async def test_one_tap_answers_and_leads_on(fan: Browser, inbox: FakeInbox, script: bool) -> None:
    assert await press(fan, 1, 2, script) == duel(2)
    assert await press(fan, 2, 0, script) == duel(3)
    assert marta(inbox).answers.duels == {1: 2, 2: 0}
    html = (await fan.get(duel(1))).text
    assert re.findall(r'id="d(\d+)"[^>]*aria-pressed="true"', html) == ["002"]
    assert 'data-side="even" aria-pressed="true"' in (await fan.get(duel(2))).text


async def test_a_skipped_duel_is_offered_last(fan: Browser, inbox: FakeInbox) -> None:
    marta(inbox).answers.duels = {n: 1 for n in range(1, 23) if n not in (4, 22)}
    assert await press(fan, 22, 1) == duel(4)
    assert await press(fan, 4, 1) == "/r/spring/ballot"
    assert await press(fan, 4, 2) == duel(5), "leafing through goes one by one"
    assert await press(fan, 22, 2) == "/r/spring/ballot"


async def test_undo_leads_to_the_duel_it_opened_again(fan: Browser, inbox: FakeInbox) -> None:
    await press(fan, 1, 1)
    await press(fan, 2, 1)
    back = await fan.press(duel(3), "undo")
    assert back.headers["location"] == duel(2)
    assert marta(inbox).answers.duels == {1: 1}


async def test_a_page_that_lies_about_where_it_was_harms_nobody(fan: Browser, inbox: FakeInbox) -> None:
    await press(fan, 1, 1)
    for finished in ("", "111", "1" * 4000, "junk"):
        marta(inbox).answers.prefer(1, 2, 1)
        form = next(f for f in forms((await fan.get(duel(1))).text) if ("action", "undo") in f.buttons)
        answer = await fan.send(form, action="undo", finished=finished, page="junk")
        assert re.fullmatch(r"/r/spring/vote\?page=\d+(#d\d+)?", answer.headers["location"])


async def test_a_duel_is_closed_with_its_answer(fan: Browser, inbox: FakeInbox) -> None:
    marta(inbox).answers.duels = {1: 1, 2: 0}
    inbox.state, inbox.closed = "paused", t("Voting is paused by the moderators. Your picks are safe.")
    for n, words in ((1, "This one"), (2, "You could not choose.")):
        html = (await fan.get(duel(n))).text
        assert "Voting is paused" in html
        assert words in html
        assert not any(f.action == "/r/spring/press" for f in forms(html))


async def test_a_design_of_a_duel_is_only_looked_at(fan: Browser) -> None:
    html = (await fan.get("/r/spring/look/9")).text
    assert not any(f.action == "/r/spring/press" for f in forms(html))


async def test_my_ballot_shows_who_won(fan: Browser, inbox: FakeInbox) -> None:
    marta(inbox).answers.duels = {1: 2, 2: 0, 3: 1}
    html = (await fan.get("/r/spring/ballot")).text
    assert re.findall(r'class="tile-photo" href="/r/spring/look/(\d+)"', html) == ["2", "5"]
    assert "3 of 22 answered" in html
    assert "data-picks" not in html, "how many have a winner says nothing"


async def test_a_script_reads_the_state_of_a_duel(fan: Browser, inbox: FakeInbox) -> None:
    marta(inbox).answers.duels = {2: 1}
    state = (await fan.json(duel(2))).json()
    assert state["sides"] == {
        "first": {"press": "prefer:3:4:1", "chosen": True},
        "second": {"press": "prefer:3:4:2", "chosen": False},
        "even": {"press": "prefer:3:4:0", "chosen": False},
    }
    assert len(state["photos"]) == 2
    assert (state["seen_words"], state["picks_words"]) == ("1 of 22 answered", None)
