import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.routing import Route

from bot.adapters.web import Rates, RoomAdapter
from bot.adapters.web.security import FORM_BYTES, POLICY, address
from tests.adapters.web.browser import NAVIGATION, Browser
from tests.adapters.web.conftest import HOME, NewBrowser
from tests.adapters.web.fake_inbox import HASHES, FakeInbox

PAGES = (
    "/",
    "/enter?code=WELCOME",
    "/claim?code=OWNER-1",
    "/help",
    "/offline",
    "/me",
    "/me/forget",
    "/r/spring",
    "/r/spring?fragment=1",
    "/r/spring/vote?page=1",
    "/r/spring/look/7",
    "/r/spring/ballot",
    "/r/spring/results",
    "/r/elsewhere",
    "/nowhere",
    f"/photo/{HASHES[0]}.jpg",
    "/photo/junk.jpg",
    "/static/0/room.js",
    "/sw.js",
    "/robots.txt",
)


@pytest.mark.parametrize("path", PAGES)
async def test_every_answer_carries_the_safe_headers(fan: Browser, inbox: FakeInbox, path: str) -> None:
    inbox.post(inbox.opening())
    inbox.post(inbox.result())
    headers = (await fan.get(path)).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    if "photo" not in path and "static" not in path and path != "/sw.js":
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PAGES[:13])
async def test_no_page_has_inline_style_or_script(fan: Browser, inbox: FakeInbox, path: str) -> None:
    inbox.post(inbox.opening())
    inbox.post(inbox.result())
    html = (await fan.get(path)).text
    assert not re.search(r"<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=|javascript:", html)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html), "nothing comes from elsewhere"


async def test_a_bug_is_answered_with_the_safe_headers_too(fan: Browser, inbox: FakeInbox) -> None:
    inbox.fail = RuntimeError("boom")
    answer = await fan.get("/r/spring")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == POLICY
    assert "Something broke on our side" in answer.text
    assert "boom" not in answer.text


def test_the_policy_allows_nothing_inline_and_nothing_foreign() -> None:
    assert POLICY.startswith("default-src 'none'")
    assert "unsafe" not in POLICY
    assert set(re.findall(r"'[a-z-]+'|https?:|\*", POLICY)) == {"'none'", "'self'"}
    assert "frame-ancestors 'none'" in POLICY


# ------------------------------------------------------------------ forms of other sites


def post_paths(room: RoomAdapter, inbox: FakeInbox) -> list[str]:
    routes = [r for r in room.app(inbox).routes if isinstance(r, Route) and "POST" in (r.methods or ())]
    return [re.sub(r"\{\w+:int\}", "7", r.path.replace("{group}", "spring")) for r in routes]


async def test_no_form_is_taken_without_its_token(fan: Browser, room: RoomAdapter, inbox: FakeInbox) -> None:
    paths = post_paths(room, inbox)
    assert len(paths) >= 8
    before = len(inbox.calls)
    for path in paths:
        for token in ({}, {"csrf": ""}, {"csrf": "x" * 27}):
            fields = {"action": "pick:1", "text": "hello", "numbers": "1", "code": "WELCOME", "name": "M"}
            answer = await fan.client.post(path, data={**fields, **token}, headers=NAVIGATION)
            assert answer.status_code == 403, path
            assert "waited too long" in answer.text
    assert len(inbox.calls) == before


async def test_somebody_elses_token_is_refused(
    fan: Browser, new_browser: NewBrowser, inbox: FakeInbox
) -> None:
    other = await new_browser()
    await other.enter("Tom")
    form = await other.form("/r/spring/vote?page=1", "/r/spring/press")
    before = len(inbox.calls)
    assert (await fan.send(form, action="pick:1")).status_code == 403
    assert len(inbox.calls) == before


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": HOME}, 303),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "http://room.test.evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": HOME}, 403),
        ({}, 303),
    ],
)
async def test_a_form_must_come_from_this_site(fan: Browser, headers: dict[str, str], status: int) -> None:
    form = await fan.form("/r/spring/vote?page=1", "/r/spring/press")
    answer = await fan.client.post(form.action, data={**form.fields, "action": "pick:1"}, headers=headers)
    assert answer.status_code == status


async def test_the_public_address_counts_as_this_site_behind_a_proxy(
    make_room: Callable[..., RoomAdapter], new_browser: NewBrowser
) -> None:
    browser = await new_browser(make_room(base_url="https://vote.shop.test"))
    form = await browser.form("/enter?code=WELCOME", "/enter")
    headers = {"Origin": "https://vote.shop.test"}
    answer = await browser.client.post(form.action, data={**form.fields, "name": "M"}, headers=headers)
    assert answer.status_code == 303


# ------------------------------------------------------------------ size


async def test_a_large_form_is_refused_by_its_declared_length(fan: Browser, inbox: FakeInbox) -> None:
    form = await fan.form("/r/spring", "/r/spring/comment")
    before = len(inbox.calls)
    answer = await fan.send(form, text="x" * (FORM_BYTES + 1))
    assert answer.status_code == 413
    assert "Please send less text" in answer.text
    assert len(inbox.calls) == before


async def test_a_form_that_declares_too_much_is_not_read_at_all(fan: Browser) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        while read <= FORM_BYTES:
            read += 4096
            yield b"x" * 4096

    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(FORM_BYTES + 1)}
    answer = await fan.client.post("/r/spring/comment", content=body(), headers={**headers, **NAVIGATION})
    assert answer.status_code == 413
    assert read == 0


async def test_a_large_form_is_refused_while_it_is_read(fan: Browser, room: RoomAdapter) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b"csrf=x&text="
        while True:
            sent += 4096
            yield b"x" * 4096

    headers = {"Content-Type": "application/x-www-form-urlencoded", **NAVIGATION}
    answer = await fan.client.post("/r/spring/comment", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert sent <= FORM_BYTES + 2 * 4096, "reading stops at the limit"


async def test_files_and_many_fields_are_refused(fan: Browser) -> None:
    form = await fan.form("/r/spring", "/r/spring/comment")
    answer = await fan.client.post(form.action, data=form.fields, files={"text": ("a.txt", b"x")})
    assert answer.status_code == 400
    many = {f"f{n}": "x" for n in range(501)}
    assert (await fan.client.post(form.action, data=many, headers=NAVIGATION)).status_code == 400


# ------------------------------------------------------------------ pace


async def test_too_many_presses_are_asked_to_wait(
    make_room: Callable[..., RoomAdapter], new_browser: NewBrowser, inbox: FakeInbox
) -> None:
    room = make_room(rates=Rates(presses=3, comments=2, entries=100))
    fan, other = await new_browser(room), await new_browser(room)
    await fan.enter("Marta")
    await other.enter("Tom")
    answers = [await fan.press("/r/spring/vote?page=1", f"pick:{n}", script=True) for n in (1, 2, 3, 4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60
    assert answers[3].json()["text"].startswith("That was a lot")
    assert inbox.fans[next(iter(inbox.fans))].picks == {1, 2, 3}
    assert (await other.press("/r/spring/vote?page=1", "pick:1")).status_code == 303, "each has their own"


async def test_too_many_comments_are_asked_to_wait(
    make_room: Callable[..., RoomAdapter], new_browser: NewBrowser
) -> None:
    fan = await new_browser(make_room(rates=Rates(presses=100, comments=2, entries=100)))
    await fan.enter()
    form = await fan.form("/r/spring", "/r/spring/comment")
    statuses = [(await fan.send(form, text=text)).status_code for text in ("one", "two", "three")]
    assert statuses == [303, 303, 429]


async def test_codes_cannot_be_guessed_fast_from_one_address(
    make_room: Callable[..., RoomAdapter], new_browser: NewBrowser
) -> None:
    room = make_room(rates=Rates(presses=100, comments=100, entries=3))
    statuses = []
    for n in range(4):
        guesser = await new_browser(room)
        statuses.append((await guesser.enter(code=f"GUESS-{n}")).status_code)
    assert statuses == [409, 409, 409, 429], "a new browser is not a new address"
    elsewhere = await new_browser(room, address="10.0.0.2")
    assert (await elsewhere.enter()).status_code == 303


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        (("203.0.113.9", 1), "203.0.113.9"),
        (("2001:db8:1:2:aaaa::1", 1), "2001:db8:1:2::/64"),
        (("2001:db8:1:2:bbbb::2", 1), "2001:db8:1:2::/64"),
        (("testclient", 1), "testclient"),
        (None, "unknown"),
    ],
)
def test_an_address_is_a_household(client: tuple[str, int] | None, expected: str) -> None:
    assert address(Request({"type": "http", "client": client, "headers": []})) == expected


# ------------------------------------------------------------------ files


@pytest.mark.parametrize(
    "path",
    [
        "/photo/..%2f..%2fetc%2fpasswd.jpg",
        "/photo/%2e%2e%2fsecret.jpg",
        f"/photo/{'A' * 64}.jpg",
        f"/photo/{'0' * 63}.jpg",
        f"/tile/{'0' * 64}%00.jpg",
        f"/tile/{HASHES[5]}.jpg",
        "/static/0/../room.py",
        "/static/0/..%2froom.py",
        "/static/0/%2e%2e/%2e%2e/room.py",
        "/static/0//etc/passwd",
        "/static/0/fonts",
        "/static/0/",
    ],
)
async def test_no_address_leads_out_of_its_folder(browser: Browser, path: str) -> None:
    request = httpx.Request("GET", HOME)
    request.url = request.url.copy_with(raw_path=path.encode())
    answer = await browser.client.send(request, follow_redirects=True)
    assert answer.status_code == 404
    assert b"import" not in answer.content


async def test_content_addressed_files_are_kept_for_good(browser: Browser, room: RoomAdapter) -> None:
    digest = room.page.renderer.digest
    for path in (f"/photo/{HASHES[0]}.jpg", f"/tile/{HASHES[0]}.jpg", f"/static/{digest}/base.css"):
        answer = await browser.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    stale = await browser.get("/static/0123/base.css")
    assert stale.headers["cache-control"] == "no-cache", "a page from before an update still has its style"
    assert (await browser.get(f"/tile/{HASHES[0]}.jpg")).content == b"\xff\xd8tile"
    assert (await browser.get(f"/photo/{HASHES[0]}.jpg")).content == b"\xff\xd8photo"


def test_the_static_address_changes_with_the_content(
    make_room: Callable[..., RoomAdapter], tmp_path: Path
) -> None:
    (tmp_path / "desk.css").write_text("a { color: red }")
    before = make_room(static_dirs=[tmp_path]).page.renderer.asset("desk.css")
    (tmp_path / "desk.css").write_text("a { color: blue }")
    assert make_room(static_dirs=[tmp_path]).page.renderer.asset("desk.css") != before
