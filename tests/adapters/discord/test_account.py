"""What keeps an installation from starting: Discord does not know us, or does not answer."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord import LoginFailure
from discord.http import Route

from bot import on_discord
from bot.adapters.discord.adapter import Account, DiscordAdapter
from bot.adapters.discord.client import CatwalkClient
from bot.errors import ConfigError, NotHeld
from bot.settings import Settings
from tests.adapters.drawings import Drawings
from tests.rendered import english

TOKEN = "the-right-one"
WHO: dict[str, object] = {"id": "1", "username": "catwalk", "discriminator": "0", "avatar": None}


def answer(content: dict[str, object], status: int = 200) -> web.Response:
    """Answer without a charset, as Discord does."""
    body = json.dumps(content).encode()
    return web.Response(body=body, status=status, content_type="application/json")


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TestServer]:
    """Somebody who answers as Discord does when asked who we are."""

    async def me(request: web.Request) -> web.Response:
        if request.headers["Authorization"] != f"Bot {TOKEN}":
            return answer({"message": "401: Unauthorized", "code": 0}, status=401)
        return answer(WHO)

    async def application(request: web.Request) -> web.Response:
        return answer(
            {"id": "1", "name": "Catwalk", "icon": None, "description": "", "bot_public": True, "flags": 0,
             "bot_require_code_grant": False, "verify_key": "", "summary": "", "owner": WHO}
        )  # fmt: skip

    app = web.Application()
    app.router.add_get("/users/@me", me)
    app.router.add_get("/oauth2/applications/@me", application)
    server = TestServer(app)
    await server.start_server()
    monkeypatch.setattr(Route, "BASE", str(server.make_url("")).rstrip("/"))
    yield server
    await server.close()


async def refused(token: str) -> tuple[str, str]:
    """Have a token checked; give the place and the sentence of what is wrong."""
    with pytest.raises(ConfigError) as error:
        await on_discord.check(Settings(), token)
    (problem,) = error.value.problems
    return problem.place, english(problem.text)


@pytest.mark.usefixtures("discord")
async def test_a_wrong_token_is_named_and_never_shown() -> None:
    place, said = await refused("a-wrong-one")
    assert place == "CATWALK_DISCORD__TOKEN"
    assert "wrong-one" not in said
    assert said == "Discord does not know this token. Copy it from the developer portal again."


async def test_without_the_lease_nothing_leaves(discord: TestServer) -> None:
    """Checked by the connection itself, so after all that the library waits for."""
    held, asked = [True], []

    def check() -> None:
        asked.append(held[0])
        if not held[0]:
            raise NotHeld("discord")

    client = CatwalkClient(FakeHouse(), FakeHouse(), lambda: None, check)  # type: ignore[arg-type]
    async with client:
        client.setup_hook = ready  # type: ignore[method-assign]
        await client.login(TOKEN)
        assert asked
        held[0] = False
        with pytest.raises(NotHeld):
            await client.application_info()


@pytest.mark.usefixtures("discord")
async def test_a_connection_that_fails_is_left_whole() -> None:
    """It is for the presence to try again: with a client of its own, and with posts waiting meanwhile."""
    adapter = DiscordAdapter(Account("a-wrong-one"), Drawings(), FakeHouse(), b"")  # type: ignore[arg-type]
    for _ in range(2):
        with pytest.raises(LoginFailure):
            await adapter.run(FakeHouse())  # type: ignore[arg-type]
    waiting = asyncio.create_task(adapter.retract("1", "2"))
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()


async def ready() -> None:
    """Register no commands: nobody asks for any here."""


class FakeHouse:
    """Nobody's house: no interaction comes."""


async def test_a_discord_that_does_not_answer_is_told(discord: TestServer) -> None:
    await on_discord.check(Settings(), TOKEN)
    await discord.close()
    assert (await refused(TOKEN))[1].startswith("Discord’s server does not answer (")
