"""What a package mounted into the room, such as the desk, may rely on."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.adapters.web import Page, RoomAdapter
from bot.adapters.web.page import local_path
from bot.adapters.web.render import TEMPLATES
from bot.text import t
from tests.adapters.web.browser import Browser
from tests.adapters.web.conftest import NewBrowser
from tests.adapters.web.fake_inbox import FakeInbox

TEMPLATE = """{% extends "base.html" %}
{% from "_parts.html" import hidden with context %}
{% block title %}{{ t("Desk") }}{% endblock %}
{% block styles %}<link rel="stylesheet" href="{{ asset('desk.css') }}">{% endblock %}
{% block main %}<h1>{{ who }}</h1><form method="post" action="/desk">{{ hidden() }}
<button name="action" value="sign">x</button></form>{% endblock %}
"""


class Desk:
    """The smallest guest of the room."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.signed: list[dict[str, str]] = []

    async def show(self, request: Request) -> Response:
        return self.page.render(request, "desk.html", who=self.page.need_actor(request).name)

    async def sign(self, request: Request) -> Response:
        self.signed.append(await self.page.form(request))
        return self.page.redirect(request, "/desk", t("{n} go on, {m} leave.", n=80, m=40))


@pytest.fixture
async def desk(
    make_room: Callable[..., RoomAdapter], new_browser: NewBrowser, tmp_path: Path
) -> tuple[Desk, Browser]:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "desk.html").write_text(TEMPLATE)
    (folder / "desk.css").write_text("table { width: 100% }")
    room = make_room(template_dirs=[folder], static_dirs=[folder])
    desk = Desk(room.page)
    room.extra_routes = [Route("/desk", desk.show), Route("/desk", desk.sign, methods=["POST"])]
    return desk, await new_browser(room)


async def test_a_guest_has_pages_forms_and_flashes(desk: tuple[Desk, Browser]) -> None:
    guest, browser = desk
    assert (await browser.get("/desk")).status_code == 403, "nobody has entered"
    await browser.enter("Olga")
    page = await browser.get("/desk")
    assert "<h1>Olga</h1>" in page.text
    style = re.search(r'href="(/static/[0-9a-f]+/desk.css)"', page.text)
    assert style
    assert (await browser.get(style[1])).text == "table { width: 100% }"
    done = await browser.press("/desk", "sign")
    assert (done.status_code, done.headers["location"]) == (303, "/desk")
    assert guest.signed[0]["action"] == "sign"
    assert "csrf" not in guest.signed[0]
    assert "80 go on, 40 leave." in (await browser.get("/desk")).text
    assert "80 go on, 40 leave." not in (await browser.get("/desk")).text


async def test_a_guests_forms_are_guarded_too(desk: tuple[Desk, Browser]) -> None:
    guest, browser = desk
    await browser.enter("Olga")
    assert (await browser.client.post("/desk", data={"action": "sign"})).status_code == 403
    assert guest.signed == []


@pytest.mark.parametrize(
    "path",
    ["/", "/r/spring", "/r/spring/vote?page=4#d067", "/r/%E6%98%A5", "/r/x?before=2026-01-01T00%3A00"],
)
def test_a_path_of_ours_is_followed(path: str) -> None:
    assert local_path(path) == path


async def test_machines_are_told_to_stay_away(browser: Browser) -> None:
    assert (await browser.get("/robots.txt")).text == "User-agent: *\nDisallow: /\n"
    assert (await browser.get("/r/spring")).headers["x-robots-tag"] == "noindex, nofollow"


async def test_the_offline_page_needs_nobody_and_names_what_to_keep(browser: Browser) -> None:
    assert "You are offline" in (await browser.get("/offline")).text
    worker = await browser.get("/sw.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    kept = re.findall(r'"(/[^"]+)"', worker.text)
    assert "/offline" in kept
    for path in kept:
        assert (await browser.get(path)).status_code == 200, path


def test_every_text_of_the_templates_can_be_translated() -> None:
    """Whatever looks like a text in a template is one that Babel finds."""
    found = {
        message[0] if isinstance(message, tuple) else message
        for _, _, message, _, _ in extract_from_dir(
            TEMPLATES,
            [("**.html", "jinja2")],
            {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}},
            keywords={"t": None, "tn": (1, 2)},
        )
    }
    written = set()
    for path in TEMPLATES.glob("*.html"):
        source = path.read_text()
        assert not re.search(r"\bt\((?![\"'])", source), f"{path.name}: a text must be written in its call"
        written |= {w for _, w in re.findall(r"\btn?\(\s*([\"'])(.*?)(?<!\\)\1", source)}
    assert len(written) > 100
    assert written <= found


def test_templates_have_no_words_outside_texts() -> None:
    """Between tags stand only expressions, names and marks: no untranslated word."""
    allowed = {"Catwalk", "v", "z", "u", "n", "b", "c"}
    for path in TEMPLATES.glob("*.html"):
        source = re.sub(r"\{% block body_class %\}[\w-]*", "", path.read_text())
        source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
        source = re.sub(r"<[^>]*>", "\n", source)
        words = set(re.findall(r"[^\W\d_]+", source)) - allowed
        assert not words, f"{path.name}: {words}"


async def test_a_browser_that_goes_away_breaks_nothing(
    make_room: Callable[..., RoomAdapter], inbox: FakeInbox
) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"content-length", b"9"),
        (b"sec-fetch-site", b"same-origin"),
    ]
    scope = {"type": "http", "method": "POST", "path": "/enter", "query_string": b"", "headers": headers}
    await make_room().app(inbox)(scope, receive, send)
    assert sent[0]["status"] == 400
