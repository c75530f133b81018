import asyncio
from collections.abc import Callable

import pytest

from bot.adapters.web import RoomAdapter
from bot.port import Command, Role
from bot.text import t
from tests.adapters.web.browser import Browser, forms
from tests.adapters.web.conftest import NewBrowser
from tests.adapters.web.fake_inbox import FakeInbox


async def test_looking_at_an_invitation_uses_nothing_up(browser: Browser, inbox: FakeInbox) -> None:
    for path in ("/enter?code=WELCOME", "/claim?code=OWNER-1"):
        assert (await browser.get(path)).status_code == 200
        assert (await browser.client.head(path)).status_code == 200
    assert inbox.calls == []


async def test_an_invitation_leads_into_its_group(browser: Browser, inbox: FakeInbox) -> None:
    answer = await browser.enter("  Marta   Nowak ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/r/spring")
    (command,) = inbox.calls
    assert isinstance(command, Command)
    assert (command.name, command.args) == ("enter", "WELCOME")
    assert (command.actor.platform, command.actor.name, command.actor.language) == (
        "room",
        "Marta Nowak",
        "en",
    )
    assert len(command.actor.remote_id) == 32
    feed = await browser.get("/r/spring")
    assert "Welcome, Marta Nowak." in feed.text
    assert "Welcome, Marta Nowak." not in (await browser.get("/r/spring")).text, "said once"


async def test_an_entry_sent_twice_is_one_person(browser: Browser, inbox: FakeInbox) -> None:
    form = await browser.form("/enter?code=WELCOME", "/enter")
    cookie = dict(browser.client.cookies)
    first = await browser.send(form, name="Marta")
    browser.client.cookies.clear()
    browser.client.cookies.update(cookie)
    second = await browser.send(form, name="Marta")
    assert first.status_code == second.status_code == 303
    assert len(inbox.fans) == 1
    assert inbox.calls[0] == inbox.calls[1], "the same event, so the code is not asked twice"


async def test_two_visitors_are_two_people(new_browser: NewBrowser, inbox: FakeInbox) -> None:
    for name in ("Marta", "Marta"):
        await (await new_browser()).enter(name)
    assert len(inbox.fans) == 2


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Tell us what to call you"),
        ("   ", "Tell us what to call you"),
        ("\x00\u0007", "Tell us what to call you"),
        ("x" * 41, "at most 40 letters"),
    ],
)
async def test_a_name_that_will_not_do_is_told_why(
    browser: Browser, inbox: FakeInbox, name: str, sentence: str
) -> None:
    answer = await browser.enter(name)
    assert answer.status_code == 409
    assert sentence in answer.text
    assert 'href="/enter?code=WELCOME"' in answer.text, "the way back keeps the code"
    assert inbox.calls == []


async def test_a_spent_code_is_told_and_lets_nobody_in(browser: Browser) -> None:
    answer = await browser.enter(code="SPENT")
    assert answer.status_code == 409
    assert "This code does not work any more" in answer.text
    assert (await browser.get("/r/spring")).status_code == 403


async def test_a_name_is_enough_only_where_the_owner_allows_it(
    make_room: Callable[..., RoomAdapter], new_browser: NewBrowser, inbox: FakeInbox
) -> None:
    inbox.open = True
    closed = await new_browser(make_room(open_by_name=False))
    form = await closed.form("/", "/enter")
    refused = await closed.send(form, name="Marta", code="")
    assert refused.status_code == 409
    assert inbox.calls == []
    opened = await new_browser(make_room(open_by_name=True))
    form = await opened.form("/", "/enter")
    answer = await opened.send(form, name="Marta", code="")
    assert (answer.status_code, answer.headers["location"]) == (303, "/r/spring")


async def test_strangers_see_the_way_in_and_nothing_else(browser: Browser, inbox: FakeInbox) -> None:
    inbox.say("Ana", "a secret wish", 7)
    for path in (
        "/r/spring",
        "/r/spring/vote",
        "/r/spring/look/7",
        "/r/spring/ballot",
        "/r/spring/results",
        "/me",
    ):
        answer = await browser.get(path)
        assert answer.status_code == 403
        assert "Decide what gets made" in answer.text
        assert "secret wish" not in answer.text
        assert any(form.action == "/enter" for form in forms(answer.text))
    assert (await browser.get("/events/spring")).status_code == 403
    assert (await browser.json("/r/spring/vote")).json()["code"] == "http.401"


async def test_a_fan_sees_nothing_of_another_group(fan: Browser) -> None:
    for path in ("/r/winter", "/r/winter/vote", "/r/winter/look/7", "/events/winter"):
        answer = await asyncio.wait_for(fan.get(path), 5)  # a stream that opened would not end
        assert answer.status_code == 403
    assert (await fan.json("/r/winter/vote")).json()["code"] == "room.not_member"


async def test_an_account_that_is_gone_enters_again_as_itself(fan: Browser, inbox: FakeInbox) -> None:
    (remote_id,) = inbox.fans
    inbox.fans.clear()
    page = await fan.get("/r/spring")
    assert page.status_code == 403
    form = next(f for f in forms(page.text) if f.action == "/enter")
    answer = await fan.send(form, code="WELCOME")
    assert answer.status_code == 303
    assert list(inbox.fans) == [remote_id]


# ------------------------------------------------------------------ roles


async def test_a_claim_without_a_session_makes_an_account(
    make_room: Callable[..., RoomAdapter], new_browser: NewBrowser, inbox: FakeInbox
) -> None:
    owner = await new_browser(make_room(desk_path="/desk"))
    form = await owner.form("/claim?code=OWNER-1", "/claim")
    answer = await owner.send(form, name="Olga")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    (made,) = inbox.fans.values()
    assert Role.OWNER in made.roles
    assert 'href="/desk"' in (await owner.get("/r/spring")).text
    inbox.tell(t("Round 1 in one minute"), go="desk:round:1:summary")
    for path in ("/r/spring", "/r/spring/said"):
        assert 'href="/desk/round/1/summary"' in (await owner.get(path)).text


async def test_a_claim_in_a_session_keeps_the_account(fan: Browser, inbox: FakeInbox) -> None:
    (before,) = inbox.fans
    form = await fan.form("/claim?code=OWNER-1", "/claim")
    assert "name" not in form.fields
    assert (await fan.send(form)).headers["location"] == "/me"
    assert list(inbox.fans) == [before]
    assert Role.OWNER in inbox.fans[before].roles


async def test_the_way_to_the_desk_is_not_shown_to_fans(
    make_room: Callable[..., RoomAdapter], new_browser: NewBrowser, inbox: FakeInbox
) -> None:
    fan = await new_browser(make_room(desk_path="/desk"))
    await fan.enter()
    inbox.tell(t("For who runs the shop"), go="desk:round:1:summary")
    for path in ("/r/spring", "/r/spring/said", "/me", "/help"):
        assert "/desk" not in (await fan.get(path)).text


# ------------------------------------------------------------------ the person


async def test_the_front_page_leads_a_fan_on(fan: Browser, inbox: FakeInbox) -> None:
    assert (await fan.get("/")).headers["location"] == "/r/spring"
    inbox.groups = (("spring", "Spring room"), ("autumn", "Autumn & co"))
    both = await fan.get("/")
    assert both.status_code == 200
    assert 'href="/r/autumn"' in both.text
    assert "Autumn &amp; co" in both.text


async def test_a_language_is_chosen_for_all_pages(fan: Browser, inbox: FakeInbox) -> None:
    form = await fan.form("/me", "/me/language")
    assert ("language", "fr") in form.buttons
    await fan.send(form, language="en")
    assert isinstance(inbox.calls[-1], Command)
    assert (inbox.calls[-1].name, inbox.calls[-1].args) == ("language", "en")
    assert (await fan.send(form, language="xx")).status_code == 400


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("de, en;q=0.5", "en"),
        ("en;q=x,*", "en"),
        ("", "en"),
    ],
)
async def test_a_page_names_the_language_it_is_in(new_browser: NewBrowser, wish: str, language: str) -> None:
    stranger = await new_browser(language=wish)
    assert f'<html lang="{language}">' in (await stranger.get("/help")).text


async def test_a_link_code_is_shown_once_and_kept_out_of_cookies(fan: Browser) -> None:
    form = await fan.form("/me", "/me/link")
    answer = await fan.send(form)
    assert answer.status_code == 200
    assert "Your code: LINK-42" in answer.text
    assert "set-cookie" not in answer.headers


async def test_leaving_forgets_the_browser_and_keeps_the_account(fan: Browser, inbox: FakeInbox) -> None:
    form = await fan.form("/me", "/me/leave")
    answer = await fan.send(form)
    assert answer.headers["location"] == "/"
    assert "catwalk" not in fan.client.cookies
    assert (await fan.get("/r/spring")).status_code == 403
    assert len(inbox.fans) == 1


async def test_a_person_takes_their_data_along(fan: Browser) -> None:
    assert 'href="/me/data"' in (await fan.get("/me")).text
    answer = await fan.get("/me/data")
    assert answer.json() == {"name": "Marta"}
    assert answer.headers["content-disposition"] == "attachment; filename*=utf-8''catwalk.json"


async def test_being_forgotten_is_asked_for_twice(fan: Browser, inbox: FakeInbox) -> None:
    form = await fan.form("/me/forget", "/me/forget")
    assert len(inbox.fans) == 1
    answer = await fan.send(form)
    assert answer.headers["location"] == "/"
    assert inbox.fans == {}
    assert "Forgotten. Thank you" in (await fan.get("/")).text
    assert (await fan.client.get("/me")).status_code == 403


async def test_the_only_owner_cannot_be_forgotten(fan: Browser, inbox: FakeInbox) -> None:
    await fan.send(await fan.form("/claim?code=OWNER-1", "/claim"))
    answer = await fan.send(await fan.form("/me/forget", "/me/forget"))
    assert answer.status_code == 409
    assert "You are the only owner." in answer.text
    assert (await fan.get("/me")).status_code == 200
