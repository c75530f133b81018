"""A round of cards over HTTP: without a script, and what a script is answered with."""

import re
from html import unescape

import pytest

from bot.port import Command, Comment
from bot.rounds.model import BallotShape
from bot.text import t
from tests.adapters.web.browser import Browser, forms
from tests.adapters.web.fake_inbox import FakeInbox, Fan

PRESS = "/r/spring/press"


@pytest.fixture(autouse=True)
def cards(inbox: FakeInbox) -> None:
    inbox.ballot = BallotShape.CARDS


def marta(inbox: FakeInbox) -> Fan:
    return next(iter(inbox.fans.values()))


def card(n: int) -> str:
    return f"/r/spring/vote?page={n}"


def pressed(html: str) -> list[str]:
    """List what is pressed among answers and reasons."""
    return re.findall(r'data-(?:answer|chip)="(\w+)" aria-pressed="true"', html)


async def test_a_card_asks_for_one_of_three(fan: Browser) -> None:
    html = unescape((await fan.get("/r/spring/vote")).text)
    assert "Card 1 of 45" in html
    assert re.search(r"<h1[^>]*>Sage dress 1</h1>", html)
    assert re.findall(r'value="(rate:1:\d)"', html) == ["rate:1:0", "rate:1:1", "rate:1:2"]
    assert pressed(html) == []
    assert re.search(r'id="why"[^>]* hidden', html), "reasons come after the answer"
    assert "0 of 45 seen" in html
    assert "0 liked" in html


async def test_an_answer_comes_back_with_its_reasons_and_the_way_on(fan: Browser, inbox: FakeInbox) -> None:
    answer = await fan.press(card(2), "rate:2:2")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{card(2)}#why")
    assert marta(inbox).answers.cards == {2: 2}
    html = unescape((await fan.get(card(2))).text)
    assert pressed(html) == ["love"]
    assert not re.search(r'id="why"[^>]* hidden', html)
    assert "What do you love about it?" in html
    assert re.search(r'data-next href="/r/spring/vote\?page=3"', html)
    assert "1 of 45 seen" in html


async def test_an_answer_can_be_changed_and_taken_back(fan: Browser, inbox: FakeInbox) -> None:
    for action in ("rate:2:2", "rate:2:0"):
        await fan.press(card(2), action)
    assert pressed((await fan.get(card(2))).text) == ["pass"]
    assert "What is not for you?" in (await fan.get(card(2))).text
    back = await fan.press(card(2), "undo")
    assert back.headers["location"] == card(2), "it is answered as it was before, so its page stays"
    assert marta(inbox).answers.cards == {2: 2}


async def test_undo_leads_to_the_card_it_opened_again(fan: Browser, inbox: FakeInbox) -> None:
    for n in (1, 2):
        await fan.press(card(n), f"rate:{n}:1")
    back = await fan.press(card(3), "undo")
    assert back.headers["location"] == card(2)
    assert marta(inbox).answers.cards == {1: 1}
    scripted = await fan.press(card(3), "undo", script=True)
    assert scripted.json()["next"] == card(1)


async def test_reasons_are_put_on_and_taken_off(fan: Browser, inbox: FakeInbox) -> None:
    await fan.press(card(2), "rate:2:1")
    for action in ("chip:2:colour:1", "chip:2:length:1"):
        put = await fan.press(card(2), action)
        assert put.headers["location"] == f"{card(2)}#why"
    assert pressed((await fan.get(card(2))).text) == ["colour", "length", "like"]
    await fan.press(card(2), "chip:2:colour:0")
    assert marta(inbox).answers.chips == {2: {"length"}}


async def test_the_way_on_skips_what_is_answered_and_ends_at_the_ballot(
    fan: Browser, inbox: FakeInbox
) -> None:
    marta(inbox).answers.cards = {n: 1 for n in range(1, 46) if n not in (3, 7)}
    for n, onward in ((1, card(3)), (3, card(7)), (7, card(3))):
        assert f'data-next href="{onward}"' in (await fan.get(card(n))).text
    marta(inbox).answers.cards[3] = 0
    assert 'data-next href="/r/spring/ballot"' in (await fan.get(card(7))).text
    assert (await fan.get("/r/spring/vote")).headers.get("location") is None
    marta(inbox).answers.cards[7] = 0
    assert (await fan.get("/r/spring/vote")).headers["location"] == "/r/spring/ballot"
    assert f'data-next href="{card(3)}"' in (await fan.get(card(2))).text, "leafing through goes one by one"


async def test_version_1_stands_beside_version_2(fan: Browser) -> None:
    html = unescape((await fan.get(card(3))).text)
    assert "Changed because 23 fans asked" in html
    assert "Longer sleeves, pockets kept" in html
    assert 'alt="version 1"' in html
    assert 'aria-label="Show version 1 large"' in html
    assert "Changed" not in (await fan.get(card(4))).text


async def test_what_is_said_on_a_card_names_its_design(fan: Browser, inbox: FakeInbox) -> None:
    form = await fan.form(card(4), "/r/spring/comment")
    answer = await fan.send(form, text="longer")
    assert answer.headers["location"] == card(4)
    said = inbox.calls[-1]
    assert isinstance(said, Comment)
    assert said.number == 4


async def test_many_pages_stay_few_links_and_a_number_to_type(fan: Browser) -> None:
    html = (await fan.get(card(20))).text
    pages = html[html.index('<nav class="pages"') : html.index("</nav>", html.index('<nav class="pages"'))]
    assert re.findall(r"page=(\d+)", pages) == ["1", "19", "20", "21", "45"]
    go = next(f for f in forms(html) if f.action == "/r/spring/vote")
    assert set(go.fields) == {"page"}
    assert "There is no page 46." in (await fan.get(card(46))).text


async def test_a_design_is_answered_where_it_is_large(fan: Browser, inbox: FakeInbox) -> None:
    html = (await fan.get("/r/spring/look/9")).text
    assert f'href="{card(9)}#d009"' in html
    answer = await fan.press("/r/spring/look/9", "rate:9:2")
    assert answer.headers["location"] == "/r/spring/look/9#why"
    assert pressed((await fan.get("/r/spring/look/9")).text) == ["love"]
    assert marta(inbox).answers.cards == {9: 2}


async def test_my_ballot_shows_what_is_liked_and_leads_to_it(fan: Browser, inbox: FakeInbox) -> None:
    marta(inbox).answers.cards = {3: 2, 4: 0, 5: 1}
    html = unescape((await fan.get("/r/spring/ballot")).text)
    liked = re.findall(r'class="tile-photo" href="/r/spring/look/(\d+)"', html)
    assert liked == ["3", "5"]
    assert "3 of 45 seen" in html
    assert "2 liked" in html
    assert re.findall(r"I (?:like|love) it", html) == ["I love it", "I like it"]
    assert not any(f.action == PRESS and f.buttons and not f.hidden for f in forms(html))
    marta(inbox).answers.cards = dict.fromkeys(range(1, 46), 1)
    assert "You saw 45 and like 45." in (await fan.get("/r/spring/ballot")).text


async def test_a_closed_card_shows_its_answer_and_takes_none(fan: Browser, inbox: FakeInbox) -> None:
    marta(inbox).answers.cards = {2: 2}
    inbox.state, inbox.closed = "paused", t("Voting is paused by the moderators. Your picks are safe.")
    for path in (card(2), "/r/spring/look/2"):
        html = (await fan.get(path)).text
        assert "Voting is paused" in html
        assert "You love it." in html
        assert not any(f.action == PRESS for f in forms(html)), path
    assert f'data-next href="{card(3)}"' in (await fan.get(card(2))).text
    state = (await fan.json(card(2))).json()
    assert state["closed"] == "Voting is paused by the moderators. Your picks are safe."


async def test_a_script_reads_the_state_of_a_card(fan: Browser, inbox: FakeInbox) -> None:
    marta(inbox).answers.cards = {3: 0}
    marta(inbox).answers.chips = {3: {"shape"}}
    state = (await fan.json(card(3))).json()
    assert (state["page"], state["answer"], state["undo"], state["closed"]) == (3, "pass", None, None)
    assert state["presses"] == {"pass": "rate:3:0", "like": "rate:3:1", "love": "rate:3:2"}
    assert {"key": "shape", "chosen": True, "press": "chip:3:shape:0"} in state["chips"]
    assert len(state["photos"]) == 2, "and where the photos are, to fetch them before they are shown"
    assert state["picks_words"] == "0 liked"
    assert (await fan.json("/r/spring/look/3")).json()["answer"] == "pass"


async def test_cards_are_answered_in_the_fans_language(fan: Browser, inbox: FakeInbox) -> None:
    marta(inbox).language = "fr"
    html = unescape((await fan.get(card(3))).text)
    for words in ("J’adore", "Carte\xa03 sur\xa045", "Modifié à la demande de 23 fans"):
        assert words in html


async def test_a_typed_answer_leads_back_to_the_card(fan: Browser, inbox: FakeInbox) -> None:
    form = await fan.form(card(2), "/r/spring/comment")
    answer = await fan.send(form, text="/ballot")
    assert isinstance(inbox.calls[-1], Command)
    assert 'href="/r/spring/vote?page=1"' in answer.text
