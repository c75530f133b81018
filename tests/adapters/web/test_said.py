"""A fan's own words on their own page: what became of them, and a form to say them better."""

from html import unescape

from bot.port import Comment
from bot.text import t
from tests.adapters.web.browser import Browser
from tests.adapters.web.fake_inbox import FakeInbox


async def test_what_a_fan_said_and_was_told_stands_on_one_page(fan: Browser, inbox: FakeInbox) -> None:
    inbox.say("Ana", "not mine")
    inbox.say("Marta", "pockets <b>please</b>", 7, mine="me", status=t("Used in version 2"))
    inbox.tell(t("Your wish was used"))
    feed = unescape((await fan.get("/r/spring")).text)
    assert 'aria-label="What you said, 1 new for you"' in feed
    assert "Your wish was used" in feed
    html = (await fan.get("/r/spring/said")).text
    assert "pockets &lt;b&gt;please&lt;/b&gt;" in html
    assert "Used in version 2" in html
    assert "Your wish was used" in html
    assert 'href="/r/spring/look/7"' in html
    assert "not mine" not in html


async def test_without_words_it_says_how_to_begin(fan: Browser) -> None:
    html = unescape((await fan.get("/r/spring/said")).text)
    assert "No comments yet" in html
    assert "like #067" in html


async def test_words_are_changed_in_their_place(fan: Browser, inbox: FakeInbox) -> None:
    inbox.say("Marta", "pockets", 7, mine="me", editable=True)
    page = (await fan.get("/r/spring/said")).text
    assert 'href="/r/spring/said?edit=1#c1"' in page
    form = await fan.form("/r/spring/said?edit=1", "/r/spring/said")
    assert form.fields["edits"] == "1"
    sent = await fan.send(form, text="two pockets")
    assert (sent.status_code, sent.headers["location"]) == (303, "/r/spring/said#c1")
    call = inbox.calls[-1]
    assert isinstance(call, Comment)
    assert (call.edits, call.text, call.number) == (1, "two pockets", None)
    html = (await fan.get("/r/spring/said")).text
    assert "two pockets" in html
    assert "edited" in html


async def test_what_may_not_be_changed_offers_no_form(fan: Browser, inbox: FakeInbox) -> None:
    inbox.say("Marta", "pockets", 7, mine="me")
    assert "<textarea" not in (await fan.get("/r/spring/said?edit=1")).text
    assert "?edit=1" not in (await fan.get("/r/spring/said")).text


async def test_refused_words_are_not_lost(fan: Browser, inbox: FakeInbox) -> None:
    inbox.say("Marta", "pockets", 7, mine="me", editable=True)
    form = await fan.form("/r/spring/said?edit=1", "/r/spring/said")
    refused = await fan.send(form, text="...")
    assert refused.status_code == 409
    assert "Please write a word or two." in refused.text
    assert "..." in refused.text


async def test_a_stranger_and_another_site_change_nothing(fan: Browser, inbox: FakeInbox) -> None:
    inbox.say("Marta", "pockets", 7, mine="me", editable=True)
    sent = await fan.client.post("/r/spring/said", data={"edits": "1", "text": "x"})
    assert sent.status_code == 403
    assert not [c for c in inbox.calls if isinstance(c, Comment)]
