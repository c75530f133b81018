from collections.abc import Callable
from http.cookies import SimpleCookie

import httpx
from starlette.responses import Response

from bot.adapters.web import RoomAdapter
from bot.adapters.web.session import Session, Sessions
from tests.adapters.web.browser import Browser
from tests.adapters.web.conftest import SECRET, NewBrowser
from tests.clock import Clock

DAY_S = 86_400


def cookies(response: httpx.Response) -> SimpleCookie:
    read = SimpleCookie()
    for line in response.headers.get_list("set-cookie"):
        read.load(line)
    return read


async def test_the_cookie_is_out_of_scripts_and_other_sites_reach(browser: Browser) -> None:
    cookie = cookies(await browser.enter())["catwalk"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "lax"
    assert cookie["path"] == "/"
    assert cookie["max-age"] == str(180 * DAY_S)
    assert cookie["secure"] == ""


async def test_a_secure_cookie_is_bound_to_its_host(
    make_room: Callable[..., RoomAdapter], new_browser: NewBrowser
) -> None:
    browser = await new_browser(make_room(secure_cookies=True, base_url="https://room.test"))
    browser.client.base_url = httpx.URL("https://room.test")
    cookie = cookies(await browser.enter())["__Host-catwalk"]
    assert cookie["secure"] is True
    assert cookie["domain"] == ""
    assert (await browser.get("/r/spring")).status_code == 200


async def test_a_forged_cookie_is_nobody(fan: Browser, clock: Clock) -> None:
    remote_id = "0" * 32
    forged = Sessions("another secret of thirty-two letters", clock, False)
    made = Response()
    forged.write(made, Session("key", remote_id, "Owner"))
    value = made.headers["set-cookie"].split("catwalk=")[1].split(";")[0]
    genuine = fan.client.cookies["catwalk"]
    for junk in (value, genuine[:-1], genuine + "x", "", "a.b.c", '"' + genuine, genuine.swapcase()):
        fan.client.cookies.clear()
        fan.client.cookies.set("catwalk", junk, domain="room.test")
        answer = await fan.get("/r/spring")
        assert answer.status_code == 403, junk
        assert "Spring room" not in answer.text


async def test_a_session_ends_after_half_a_year_without_a_visit(fan: Browser, clock: Clock) -> None:
    clock.advance(days=180)
    assert (await fan.get("/me")).status_code == 200
    clock.advance(days=180, seconds=1)
    assert (await fan.get("/me")).status_code == 403


async def test_a_regular_visitor_is_never_signed_out(fan: Browser, clock: Clock) -> None:
    for _ in range(6):
        clock.advance(days=31)
        assert (await fan.get("/me")).status_code == 200
    assert len(cookies(await fan.get("/me"))) == 0, "a young cookie is left as it is"


async def test_entering_gives_the_browser_a_new_key(browser: Browser) -> None:
    form = await browser.form("/enter?code=WELCOME", "/enter")
    await browser.send(form, name="Marta")
    stale = await browser.send(form, name="Marta")
    assert stale.status_code == 403, "the token from before belongs to nobody now"


def test_a_token_is_good_for_one_session_only(clock: Clock) -> None:
    sessions = Sessions(SECRET, clock, False)
    mine, yours = Session.fresh(), Session.fresh()
    assert sessions.owns(mine, sessions.token(mine))
    assert not sessions.owns(yours, sessions.token(mine))
    for junk in ("", "x", "é", sessions.token(mine)[:-2], sessions.token(yours)):
        assert not sessions.owns(mine, junk)
