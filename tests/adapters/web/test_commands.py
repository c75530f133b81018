"""Commands typed in the room, and the page on which a moderator hides a comment."""

from collections.abc import Callable

import httpx

from bot.adapters.web import RoomAdapter
from bot.port import Command
from tests.adapters.web.browser import Browser, forms
from tests.adapters.web.conftest import NewBrowser
from tests.adapters.web.fake_inbox import FakeInbox

FEED, SAY = "/r/spring", "/r/spring/comment"


async def moderator(new_browser: NewBrowser) -> Browser:
    browser = await new_browser()
    form = await browser.form("/claim?code=MOD-1", "/claim")
    await browser.send(form, name="Mo")
    return browser


def commands(inbox: FakeInbox) -> list[tuple[str, str]]:
    return [(call.name, call.args) for call in inbox.calls if isinstance(call, Command)]


async def say(browser: Browser, words: str, script: bool = False) -> httpx.Response:
    return await browser.send(await browser.form(FEED, SAY), script, text=words)


async def test_an_answer_has_lines_and_what_to_say_next(new_browser: NewBrowser, inbox: FakeInbox) -> None:
    mo = await moderator(new_browser)
    page = await say(mo, "/mod log")
    assert page.status_code == 200
    assert "Only you see this" in page.text
    assert "2 hours ago: Mo &lt;b&gt; hid c1" in page.text
    assert 'href="/r/spring/results"' in page.text
    (choices,) = [form for form in forms(page.text) if ("text", "/mod undo 7") in form.buttons]
    await mo.send(choices, text="/mod undo 7")
    assert commands(inbox)[-1] == ("mod", "undo 7")


async def test_a_script_gets_the_piece_to_show(new_browser: NewBrowser) -> None:
    mo = await moderator(new_browser)
    answer = (await say(mo, "/mod log", script=True)).json()
    assert answer["next"] is None
    assert answer["text"] == "Who did what"
    assert "2 hours ago: Mo &lt;b&gt; hid c1" in answer["answer"]
    assert "<html" not in answer["answer"]
    (choices,) = forms(answer["answer"])
    assert choices.fields["csrf"]
    assert choices.fields["back"] == FEED


async def test_a_file_is_where_the_desk_has_it_for_those_who_may_go_there(
    make_room: Callable[..., RoomAdapter], new_browser: NewBrowser
) -> None:
    owner, fan = [await new_browser(make_room(desk_path="/desk")) for _ in range(2)]
    await owner.send(await owner.form("/claim?code=OWNER-1", "/claim"), name="Olga")
    await fan.enter()
    way = 'href="/desk/round/1/standings.csv"'
    assert way in (await say(owner, "/results csv", script=True)).json()["answer"]
    assert "/desk" not in (await say(fan, "/results csv", script=True)).json()["answer"]


async def test_an_answer_of_one_sentence_is_shown_too(fan: Browser) -> None:
    answer = (await say(fan, "/link", script=True)).json()
    assert "Your code: LINK-42" in answer["answer"]


async def test_a_new_language_is_spoken_on_the_whole_page(fan: Browser) -> None:
    answer = (await say(fan, "/language fr", script=True)).json()
    assert answer["next"] == FEED
    plain = await say(fan, "/language zh")
    assert (plain.status_code, plain.headers["location"]) == (303, FEED)


async def test_a_refused_command_keeps_what_was_typed(fan: Browser) -> None:
    refused = await say(fan, "/mod hide c1")
    assert refused.status_code == 409
    assert "Say why in a few words." in refused.text
    assert "/mod hide c1</textarea>" in refused.text


async def test_a_command_may_begin_with_a_capital(fan: Browser, inbox: FakeInbox) -> None:
    await say(fan, "/Ballot")
    assert commands(inbox)[-1] == ("ballot", "")


# ------------------------------------------------------------------ hiding


async def test_moderators_see_how_to_hide_a_comment(
    new_browser: NewBrowser, fan: Browser, inbox: FakeInbox
) -> None:
    inbox.say("Ana", "#003 rubbish", 3)
    mo = await moderator(new_browser)
    assert 'href="/r/spring/hide/1"' in (await mo.get(FEED)).text
    assert "c1" in (await mo.get(FEED)).text
    page = (await fan.get(FEED)).text
    assert "/hide/" not in page


async def test_a_comment_is_hidden_with_a_reason(new_browser: NewBrowser, inbox: FakeInbox) -> None:
    inbox.say("Ana", "#003 <b>rubbish</b>", 3)
    mo = await moderator(new_browser)
    page = await mo.get("/r/spring/hide/1")
    assert "#003 &lt;b&gt;rubbish&lt;/b&gt;" in page.text
    form = next(form for form in forms(page.text) if form.action == "/r/spring/hide/1")
    done = await mo.send(form, reason="rude to Bea")
    assert (done.status_code, done.headers["location"]) == (303, FEED)
    assert commands(inbox)[-1] == ("mod", "hide c1 rude to Bea")
    assert "c1 is hidden." in (await mo.get(FEED)).text
    assert inbox.items == []


async def test_a_comment_is_not_hidden_without_a_reason(new_browser: NewBrowser, inbox: FakeInbox) -> None:
    inbox.say("Ana", "#003 rubbish", 3)
    mo = await moderator(new_browser)
    form = await mo.form("/r/spring/hide/1", "/r/spring/hide/1")
    refused = await mo.send(form, reason=" ")
    assert refused.status_code == 409
    assert len(inbox.items) == 1


async def test_nobody_else_is_shown_that_page(fan: Browser, inbox: FakeInbox) -> None:
    inbox.say("Ana", "#003 rubbish", 3)
    assert (await fan.get("/r/spring/hide/1")).status_code == 403
    assert (await fan.get("/r/spring/hide/x")).status_code == 404


async def test_a_form_from_elsewhere_hides_nothing(new_browser: NewBrowser, inbox: FakeInbox) -> None:
    inbox.say("Ana", "#003 rubbish", 3)
    mo = await moderator(new_browser)
    form = await mo.form("/r/spring/hide/1", "/r/spring/hide/1")
    assert (await mo.send(form, csrf="forged", reason="why")).status_code == 403
    assert len(inbox.items) == 1
