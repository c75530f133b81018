"""The library's calls over aiohttp: connections kept, time limits kept, and no token in what goes wrong."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from telegram.error import NetworkError, TimedOut
from telegram.ext import ExtBot

from bot.adapters.telegram.request import AiohttpRequest
from tests.telegram.botapi.server import BotApi

Handler = Callable[[web.Request], Awaitable[web.Response]]
ME = {"id": 1, "is_bot": True, "first_name": "Catwalk", "username": "catwalk_bot"}
TOKEN = "1:AA-a-token-nobody-may-read"


class Answering:
    """A server whose answer a test chooses; `ports` are the far ends of its calls, a connection each."""

    def __init__(self) -> None:
        self.answer: Handler = self.at_once
        self.ports: list[int] = []
        self.url = ""

    async def at_once(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": ME})

    async def handle(self, request: web.Request) -> web.Response:
        assert request.transport is not None
        self.ports.append(request.transport.get_extra_info("peername")[1])
        return await self.answer(request)


@pytest.fixture
async def server() -> AsyncIterator[Answering]:
    answering = Answering()
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answering.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    answering.url = f"http://127.0.0.1:{runner.addresses[0][1]}/bot"
    yield answering
    await runner.cleanup()


async def test_calls_one_after_the_other_share_a_connection(server: Answering) -> None:
    async with ExtBot(TOKEN, base_url=server.url, request=AiohttpRequest()) as bot:
        await bot.get_me()
        await bot.get_me()
    assert len(server.ports) == 3
    assert len(set(server.ports)) == 1


async def test_an_answer_that_does_not_come_is_a_timeout_without_the_token(server: Answering) -> None:
    async def never(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with ExtBot(TOKEN, base_url=server.url, request=AiohttpRequest()) as bot:
        server.answer = never
        with pytest.raises(TimedOut) as late:
            await bot.get_me(read_timeout=0.05)
    assert TOKEN not in repr(
        late.getrepr(style="long", chain=True, funcargs=False, showlocals=False).reprcrash
    )
    assert late.value.__cause__ is None


async def test_a_server_that_is_away_is_a_network_error_without_the_token(server: Answering) -> None:
    async def hangs_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with ExtBot(TOKEN, base_url=server.url, request=AiohttpRequest()) as bot:
        server.answer = hangs_up
        with pytest.raises(NetworkError) as away:
            await bot.get_me()
    assert str(away.value) == "ServerDisconnectedError"
    assert TOKEN not in "".join(traceback.format_exception(away.value))


async def test_an_answer_that_is_not_telegrams_is_a_network_error(api: BotApi, bot: ExtBot[None]) -> None:
    api.trouble = 1
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.get_me()


async def test_the_environments_proxy_is_not_used(server: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with ExtBot(TOKEN, base_url=server.url, request=AiohttpRequest()) as bot:
        assert (await bot.get_me()).username == "catwalk_bot"


@pytest.mark.parametrize("steps", range(6))
async def test_a_shutdown_that_was_cut_off_does_not_end_the_next_connection(
    server: Answering, steps: int
) -> None:
    request = AiohttpRequest()
    bot = ExtBot(TOKEN, base_url=server.url, request=request)
    await bot.initialize()
    ending = asyncio.create_task(bot.shutdown())
    for _ in range(steps):
        await asyncio.sleep(0)
    ending.cancel()
    await asyncio.gather(ending, return_exceptions=True)
    await bot.initialize()
    assert (await bot.get_me()).username == "catwalk_bot"
    await bot.shutdown()
    await request.shutdown()
