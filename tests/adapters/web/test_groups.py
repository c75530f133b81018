"""The group's pages as a fan uses them, with a script and without."""

import re
from datetime import timedelta
from html import unescape

import pytest

from bot.errors import RuleError
from bot.port import Command, Comment, Press, Reply
from bot.text import t
from tests.adapters.web.browser import Browser, forms
from tests.adapters.web.conftest import NewBrowser
from tests.adapters.web.fake_inbox import FakeInbox, Fan
from tests.clock import Clock

HOSTILE = """<script>alert(1)</script><img src=x onerror=alert(2)> "quoted' & {{ 7*7 }} {% raw %} ${x}"""


def marta(inbox: FakeInbox) -> Fan:
    return next(iter(inbox.fans.values()))


# ------------------------------------------------------------------ the feed


async def test_the_feed_shows_posts_comments_and_the_round(
    fan: Browser, inbox: FakeInbox, clock: Clock
) -> None:
    inbox.post(inbox.opening())
    clock.advance(hours=4)
    inbox.say("Ana", "pockets please", 7, status=t("Grouped with {n} others", n=12))
    html = unescape((await fan.get("/r/spring")).text)
    assert "about 120 go on" in html
    assert "pockets please" in html
    assert "Grouped with 12 others" in html
    assert "Round 1 of 3" in html
    assert "0 of 45 seen" in html
    assert 'href="/r/spring/vote"' in html
    assert html.index("Yesterday") < html.index("about 120 go on"), "20:00 in Berlin was another day"
    assert html.index("about 120 go on") < html.index("Today") < html.index("pockets please")
    assert re.search(r"<time [^>]*>00:00</time>", html), "in the feed's zone, not UTC"


async def test_hostile_words_stay_words(fan: Browser, inbox: FakeInbox) -> None:
    inbox.say(HOSTILE, HOSTILE, 7)
    inbox.titles = (HOSTILE,) * len(inbox.titles)
    inbox.post(inbox.result())
    for path in ("/r/spring", "/r/spring/look/7", "/r/spring/vote?page=1", "/r/spring/results"):
        html = (await fan.get(path)).text
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert HOSTILE in unescape(html), "and stay whole"


async def test_a_hostile_name_stays_a_name(new_browser: NewBrowser, inbox: FakeInbox) -> None:
    browser = await new_browser()
    name = '"><b>x</b> onclick=1'
    await browser.enter(name)
    await browser.comment("hello")
    for path in ("/r/spring", "/me"):
        html = (await browser.get(path)).text
        assert "<b>x</b>" not in html


async def test_a_fragment_is_only_what_changes(fan: Browser, inbox: FakeInbox) -> None:
    inbox.say("Ana", "hello")
    html = (await fan.get("/r/spring?fragment=1")).text
    assert html.lstrip().startswith('<div id="feed" data-cursor="2">')
    assert 'id="strip"' in html
    assert "<html" not in html
    assert "event_id" not in html, "equal state is equal bytes"
    assert html == (await fan.get("/r/spring?fragment=1")).text


async def test_a_fragment_leaves_the_flash_for_a_whole_page(fan: Browser) -> None:
    assert "Welcome" not in (await fan.get("/r/spring?fragment=1")).text
    assert "Welcome, Marta." in (await fan.get("/r/spring")).text


async def test_older_items_are_paged_back(fan: Browser, inbox: FakeInbox, clock: Clock) -> None:
    for n in range(50):
        clock.advance(minutes=1)
        inbox.say("Ana", f"word {n:02d}")
    newest = await fan.get("/r/spring")
    assert "word 49" in newest.text
    assert "word 09" not in newest.text
    earlier = re.search(r'href="(/r/spring\?before=[^"]+)"', newest.text)
    assert earlier
    older = await fan.get(unescape(earlier[1]))
    assert "word 09" in older.text
    assert "word 49" not in older.text
    assert "Back to now" in older.text
    assert 'data-live=""' in older.text, "an old page is not kept live"


async def test_what_was_said_of_a_design_says_the_day_too(
    fan: Browser, inbox: FakeInbox, clock: Clock
) -> None:
    inbox.say("Ana", "pockets please", 7)
    clock.advance(hours=24)
    inbox.say("Ben", "longer sleeves", 7)
    html = unescape((await fan.get("/r/spring/look/7")).text)
    said = re.findall(r"<time [^>]*>([^<]*)</time>", html[html.index('id="said"') :])
    assert [at.split(",")[0] for at in said] == ["Yesterday", "Today"]


@pytest.mark.parametrize(
    "before",
    [
        "junk",
        "2026-11-27",
        "2026-11-27T10:00:00",
        "%00",
        "9" * 400,
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00%2B23:59",
    ],
)
async def test_a_mistyped_page_of_the_feed_is_not_there(fan: Browser, before: str) -> None:
    assert (await fan.get(f"/r/spring?before={before}")).status_code == 404


async def test_an_empty_group_says_what_comes(fan: Browser, inbox: FakeInbox) -> None:
    inbox.state = "none"
    html = (await fan.get("/r/spring")).text
    assert "It is quiet here" in html
    assert "No round is open right now." in html


async def test_results_are_ranked_by_side(fan: Browser, inbox: FakeInbox, clock: Clock) -> None:
    assert "No results yet" in (await fan.get("/r/spring/results")).text
    inbox.post(inbox.result())
    assert 'href="/r/spring/results">See all results' in (await fan.get("/r/spring")).text
    for n in range(60):
        clock.advance(minutes=1)
        inbox.say("Ana", f"word {n}")
    html = (await fan.get("/r/spring/results")).text
    assert "See all results" not in html, "this is where that leads"
    safe, edge, out = (html.index(f'class="side {side}"') for side in ("safe", "edge", "out"))
    assert safe < edge < out
    assert "21 safely in" in html
    assert "9 on the edge" in html
    assert "15 leave" in html
    assert html.count("<details") == 45
    line = re.search(r'class="interval-line" x1="([\d.]+)" y1="4" x2="([\d.]+)"', html)
    assert line
    assert (line[1], line[2]) == ("87.0", "100.0")


# ------------------------------------------------------------------ the ballot, without a script


async def test_a_page_of_the_ballot(fan: Browser, inbox: FakeInbox) -> None:
    marta(inbox).picks.add(3)
    html = (await fan.get("/r/spring/vote")).text
    assert "Page 1 of 3" in html
    assert html.count('class="tile-photo" type="submit"') == 20
    assert html.count('aria-pressed="true"') == 1
    assert re.search(r'value="drop:3" id="d003" aria-pressed="true"', html)
    assert 'alt="Sage dress 1"' in html
    assert "Done, next 20" in html
    assert "Done, next 5" in (await fan.get("/r/spring/vote?page=2")).text
    assert re.search(r">Done<", (await fan.get("/r/spring/vote?page=3")).text)


async def test_a_tap_returns_to_the_same_tile(fan: Browser, inbox: FakeInbox) -> None:
    answer = await fan.press("/r/spring/vote?page=2", "pick:27")
    assert (answer.status_code, answer.headers["location"]) == (303, "/r/spring/vote?page=2#d027")
    assert marta(inbox).picks == {27}
    page = await fan.get("/r/spring/vote?page=2")
    assert "#027 added" in page.text
    assert 'value="undo"' in page.text
    back = await fan.press("/r/spring/vote?page=2", "undo")
    assert back.headers["location"] == "/r/spring/vote?page=2#d027"
    assert marta(inbox).picks == set()


async def test_finishing_pages_leads_through_the_ballot(fan: Browser, inbox: FakeInbox) -> None:
    for page, onward in ((1, "/r/spring/vote?page=2"), (2, "/r/spring/vote?page=3"), (3, "/r/spring/ballot")):
        answer = await fan.press(f"/r/spring/vote?page={page}", f"finish:{page}")
        assert answer.headers["location"] == onward
    ballot = await fan.get("/r/spring/ballot")
    assert "That was all of them. Thank you." in ballot.text
    assert (await fan.get("/r/spring/vote")).headers["location"] == "/r/spring/ballot"


async def test_finishing_goes_on_at_the_next_unseen_page(fan: Browser) -> None:
    await fan.press("/r/spring/vote?page=2", "finish:2")
    assert (await fan.press("/r/spring/vote?page=1", "finish:1")).headers["location"].endswith("page=3")


async def test_a_skipped_page_is_offered_last(fan: Browser) -> None:
    await fan.press("/r/spring/vote?page=2", "finish:2")
    assert (await fan.press("/r/spring/vote?page=3", "finish:3")).headers["location"].endswith("page=1")
    assert (await fan.press("/r/spring/vote?page=1", "finish:1")).headers["location"] == "/r/spring/ballot"


async def test_leafing_through_a_finished_ballot_goes_page_by_page(fan: Browser, inbox: FakeInbox) -> None:
    marta(inbox).pages = {1, 2, 3}
    assert (await fan.press("/r/spring/vote?page=1", "finish:1")).headers["location"].endswith("page=2")
    assert (await fan.press("/r/spring/vote?page=3", "finish:3")).headers["location"] == "/r/spring/ballot"


async def test_finishing_works_when_the_reply_brings_no_screen(fan: Browser, inbox: FakeInbox) -> None:
    inbox.show_screens = False
    assert (await fan.press("/r/spring/vote?page=1", "finish:1")).headers["location"].endswith("page=2")


async def test_numbers_can_be_typed(fan: Browser, inbox: FakeInbox) -> None:
    form = await fan.form("/r/spring/vote?page=2", "/r/spring/pick")
    answer = await fan.send(form, numbers="22 27 31")
    assert answer.headers["location"] == "/r/spring/vote?page=2#d022"
    command = inbox.calls[-1]
    assert isinstance(command, Command)
    assert (command.name, command.args, command.group) == ("pick", "22 27 31", "spring")
    assert marta(inbox).picks == {22, 27, 31}
    assert (await fan.send(form, numbers="none")).status_code == 409


async def test_one_design_can_be_picked_where_it_is_large(fan: Browser, inbox: FakeInbox) -> None:
    inbox.say("Ana", "pockets please", 7)
    html = (await fan.get("/r/spring/look/7")).text
    assert "pockets please" in html
    assert 'href="/r/spring/vote?page=1#d007"' in html
    answer = await fan.press("/r/spring/look/7", "pick:7")
    assert answer.headers["location"].startswith("/r/spring/look/7")
    assert marta(inbox).picks == {7}


async def test_my_ballot_shows_the_picks_and_takes_them_back(fan: Browser, inbox: FakeInbox) -> None:
    marta(inbox).picks = {3, 40}
    html = (await fan.get("/r/spring/ballot")).text
    assert "2 picks" in html
    assert "Go on at page 1" in html
    await fan.press("/r/spring/ballot", "drop:40")
    assert marta(inbox).picks == {3}


async def test_a_closed_ballot_has_photos_and_no_buttons(fan: Browser, inbox: FakeInbox) -> None:
    marta(inbox).picks = {3}
    form = await fan.form("/r/spring/vote?page=1", "/r/spring/press")
    inbox.state, inbox.closed = "paused", t("Voting is paused by the moderators. Your picks are safe.")
    for path in ("/r/spring/vote?page=1", "/r/spring/ballot", "/r/spring/look/3"):
        html = (await fan.get(path)).text
        assert "Voting is paused" in html
        assert not any(f.action == "/r/spring/press" and f.buttons for f in forms(html)), path
    late = await fan.send(form, action="pick:4")
    assert late.status_code == 409
    assert "Voting is paused" in late.text
    assert 'href="/r/spring/vote?page=1"' in late.text, "and leads back to where it was tapped"
    assert marta(inbox).picks == {3}


@pytest.mark.parametrize("code", ["busy", "votes.unsaved"])
async def test_what_was_not_saved_asks_for_the_same_again(
    fan: Browser, inbox: FakeInbox, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    async def refuse(press: Press) -> Reply:
        raise RuleError(code, t("This could not be saved just now. Tap again."))

    form = await fan.form("/r/spring/vote?page=1", "/r/spring/press")
    monkeypatch.setattr(inbox, "press", refuse)
    answer = await fan.send(form, action="pick:4")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "could not be saved" in answer.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "９", "1" * 12])
async def test_a_mistyped_page_of_the_ballot_is_not_there(fan: Browser, page: str) -> None:
    assert (await fan.get(f"/r/spring/vote?page={page}")).status_code == 404


async def test_a_page_past_the_end_is_told(fan: Browser) -> None:
    answer = await fan.get("/r/spring/vote?page=99")
    assert answer.status_code == 409
    assert "There is no page 99." in answer.text


async def test_time_left_is_said(fan: Browser, inbox: FakeInbox, clock: Clock) -> None:
    assert "2 days left" in (await fan.get("/r/spring/vote?page=1")).text
    inbox.closes_at = clock() + timedelta(minutes=40)
    html = (await fan.get("/r/spring/vote?page=1")).text
    assert "40 minutes left" in html
    assert "Closes Fri 27 Nov, 20:40 (Berlin)" in html, "also on a page that does not name the zone itself"


# ------------------------------------------------------------------ the ballot, with a script


async def test_a_scripted_tap_is_answered_with_what_changed(fan: Browser) -> None:
    answer = await fan.press("/r/spring/vote?page=1", "pick:7", script=True)
    assert answer.json() == {
        "text": "#007 added",
        "next": None,
        "picked": [[7, True]],
        "seen": 0,
        "total": 45,
        "picks": 1,
        "seen_words": "0 of 45 seen",
        "picks_words": "1 pick",
    }


async def test_a_script_reads_the_state_of_a_page(fan: Browser, inbox: FakeInbox) -> None:
    marta(inbox).picks = {41}
    state = (await fan.json("/r/spring/vote?page=3")).json()
    assert state["tiles"][0] == {"number": 41, "picked": True, "press": "drop:41"}
    assert len(state["tiles"]) == 5
    assert (state["finish"], state["undo"], state["closed"]) == ("finish:3", None, None)
    one = (await fan.json("/r/spring/look/41")).json()
    assert one["tiles"] == [{"number": 41, "picked": True, "press": "drop:41"}]


async def test_a_scripted_finish_says_where_to_go(fan: Browser) -> None:
    answer = await fan.press("/r/spring/vote?page=1", "finish:1", script=True)
    assert answer.json()["next"] == "/r/spring/vote?page=2"
    assert answer.json()["seen"] == 20


async def test_a_scripted_refusal_is_a_sentence(fan: Browser) -> None:
    answer = await fan.press("/r/spring/vote?page=1", "pick:7", script=True)
    form = await fan.form("/r/spring/vote?page=1", "/r/spring/press")
    answer = await fan.send(form, script=True, action="junk")
    assert answer.status_code == 409
    assert answer.json() == {"code": "action.unknown", "text": "This button is not one of ours any more."}


# ------------------------------------------------------------------ events


def events(inbox: FakeInbox) -> list[str]:
    return [call.event_id for call in inbox.calls if isinstance(call, Press | Comment)]


async def test_a_form_sent_twice_is_one_event(fan: Browser, inbox: FakeInbox) -> None:
    form = await fan.form("/r/spring/vote?page=1", "/r/spring/press")
    first = await fan.send(form, script=True, action="pick:1")
    again = await fan.send(form, script=True, action="pick:1")
    assert first.json() == again.json()
    assert len(set(events(inbox))) == 1
    assert marta(inbox).undo == [(1, False)], "done once"


async def test_two_buttons_of_one_page_are_two_events(fan: Browser, inbox: FakeInbox) -> None:
    form = await fan.form("/r/spring/vote?page=1", "/r/spring/press")
    await fan.send(form, action="pick:1")
    await fan.send(form, action="pick:2")
    assert len(set(events(inbox))) == 2
    assert marta(inbox).picks == {1, 2}


async def test_a_page_loaded_again_is_a_new_event(fan: Browser, inbox: FakeInbox) -> None:
    await fan.press("/r/spring/vote?page=1", "pick:1")
    await fan.press("/r/spring/vote?page=1", "drop:1")
    await fan.press("/r/spring/vote?page=1", "pick:1")
    assert len(set(events(inbox))) == 3


async def test_a_copied_event_id_is_another_event_for_another_fan(
    fan: Browser, new_browser: NewBrowser, inbox: FakeInbox
) -> None:
    other = await new_browser()
    await other.enter("Tom")
    for browser in (fan, other):
        form = await browser.form("/r/spring/vote?page=1", "/r/spring/press")
        await browser.send(form, action="pick:1", event_id="the-very-same-id")
    assert len(set(events(inbox))) == 2
    assert [sorted(f.picks) for f in inbox.fans.values()] == [[1], [1]]


@pytest.mark.parametrize("junk", ["", "short", "x" * 65, "with space", "é" * 10, "\x00" * 10])
async def test_an_event_id_that_is_none_is_replaced(fan: Browser, inbox: FakeInbox, junk: str) -> None:
    form = await fan.form("/r/spring/vote?page=1", "/r/spring/press")
    for _ in range(2):
        assert (await fan.send(form, action="pick:1", event_id=junk)).status_code == 303
    assert len(set(events(inbox))) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", event) for event in events(inbox))


# ------------------------------------------------------------------ saying something


async def test_a_comment_from_the_group(fan: Browser, inbox: FakeInbox) -> None:
    inbox.say("Ana", "pockets", 7)
    form = await fan.form("/r/spring?reply=1", "/r/spring/comment")
    assert form.fields["reply_to"] == "1"
    assert "Answering Ana" in (await fan.get("/r/spring?reply=1")).text
    answer = await fan.send(form, text="  #067 oui,\r\nwith pockets\x00\x07 ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/r/spring")
    said = inbox.calls[-1]
    assert isinstance(said, Comment)
    assert (said.text, said.group, said.number, said.reply_to) == (
        "#067 oui,\nwith pockets",
        "spring",
        None,
        1,
    )
    assert "Thank you, the designers will read it." in (await fan.get("/r/spring")).text


async def test_a_comment_from_one_design_names_it(fan: Browser, inbox: FakeInbox) -> None:
    form = await fan.form("/r/spring/look/7", "/r/spring/comment")
    answer = await fan.send(form, text="longer")
    assert answer.headers["location"] == "/r/spring/look/7"
    said = inbox.calls[-1]
    assert isinstance(said, Comment)
    assert (said.number, said.reply_to) == (7, None)


async def test_refused_words_are_kept_to_edit_and_send(fan: Browser, inbox: FakeInbox) -> None:
    form = await fan.form("/r/spring/look/7", "/r/spring/comment")
    answer = await fan.send(form, text="...")
    assert answer.status_code == 409
    assert "Please write a word or two." in answer.text
    again = next(f for f in forms(answer.text) if f.action == "/r/spring/comment")
    assert ">...</textarea>" in answer.text
    assert again.fields["number"] == "7"
    assert (await fan.send(again, text="a word")).headers["location"] == "/r/spring/look/7"
    said = inbox.calls[-1]
    assert isinstance(said, Comment)
    assert said.number == 7


async def test_the_same_words_sent_twice_by_one_form_are_said_once(fan: Browser, inbox: FakeInbox) -> None:
    form = await fan.form("/r/spring", "/r/spring/comment")
    for text in ("hello", "hello", "hello again"):
        await fan.send(form, text=text)
    assert [item.body for item in inbox.items if hasattr(item, "body")] == ["hello", "hello again"]


async def test_a_slash_makes_a_command(fan: Browser, inbox: FakeInbox) -> None:
    form = await fan.form("/r/spring", "/r/spring/comment")
    answer = await fan.send(form, text="/ballot  now ")
    command = inbox.calls[-1]
    assert isinstance(command, Command)
    assert (command.name, command.args, command.group) == ("ballot", "now", "spring")
    assert "Here is your ballot." in answer.text
    assert 'href="/r/spring/vote?page=1"' in answer.text
    scripted = await fan.send(form, script=True, text="/ballot")
    assert scripted.json()["next"] == "/r/spring/vote?page=1"
    unknown = await fan.send(form, text="/fly")
    assert unknown.status_code == 409
    assert "There is no command /fly." in unknown.text


@pytest.mark.parametrize("text", ["/ hello", "//", "/2 of them", "/", "a /ballot"])
async def test_words_with_a_slash_are_words(fan: Browser, inbox: FakeInbox, text: str) -> None:
    form = await fan.form("/r/spring", "/r/spring/comment")
    await fan.send(form, text=text)
    assert isinstance(inbox.calls[-1], Comment)


# ------------------------------------------------------------------ the way back


@pytest.mark.parametrize(
    "back",
    [
        "//evil.test",
        "https://evil.test",
        "/\\evil.test",
        "javascript:alert(1)",
        "evil",
        "/\tevil",
        "/a\\b",
        "",
    ],
)
async def test_a_form_leads_nowhere_else(fan: Browser, back: str) -> None:
    form = await fan.form("/r/spring", "/r/spring/comment")
    answer = await fan.send(form, text="hello", back=back)
    assert answer.headers["location"] == "/"


async def test_what_is_not_there_is_a_page_of_ours(fan: Browser) -> None:
    for path in ("/nowhere", "/r/spring/look/x", "/r/spring/press/more", "/photo/x"):
        answer = await fan.get(path)
        assert answer.status_code == 404
        assert "There is nothing here" in answer.text
    wrong = await fan.client.delete("/r/spring")
    assert wrong.status_code == 405
    assert "That does not work here" in wrong.text
