"""The stand-in over real HTTP: one bot, its token, and the methods of this package."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.telegram.botapi import account, chats, editing, queries, sending
from tests.telegram.botapi.asked import Asked, read
from tests.telegram.botapi.crowd import Crowd
from tests.telegram.botapi.failures import Fail
from tests.telegram.botapi.files import Files
from tests.telegram.botapi.limits import Limits
from tests.telegram.botapi.people import People
from tests.telegram.botapi.state import State
from tests.telegram.botapi.updates import Updates
from tests.telegram.botapi.world import World

_BODY_BYTES = 60_000_000
_METHODS = {
    name.lower(): method
    for module in (account, chats, editing, queries, sending)
    for name, method in module.METHODS.items()
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was answered. `at` is the server's clock, `code` the HTTP status, `error` why not."""

    at: float
    method: str
    given: dict[str, Any]
    code: int
    error: str = ""


class BotApi:
    """A Bot API server for one bot. `people` do things in it; `calls` are all that was asked of it.

    `strict` is whether the limits on sending are kept; `clock` is what they are measured by.
    """

    def __init__(
        self, *, strict: bool = False, clock: Callable[[], float] = time.monotonic, retry_s: float = 0.2
    ) -> None:
        self.token = "7700000001:AAstand-in-stand-in-stand-in-stand-"
        self.calls: list[Call] = []
        self.url = ""
        self._clock = clock
        self.limits = Limits(clock)
        self.state = State(World(), Updates(self._asked_by_webhook, retry_s), Files(), self._count, clock)
        self.people = People(self.state)
        self.crowd = Crowd(self.state)
        self._strict = strict
        self.trouble = 0
        """How many of the next calls are answered 502, as by a server in trouble."""

    @property
    def base_url(self) -> str:
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    def called(self, method: str, code: int = 200) -> list[Call]:
        """Give the calls of a method that were answered with `code`."""
        return [call for call in self.calls if call.method == method and call.code == code]

    def refused(self, code: int) -> list[Call]:
        return [call for call in self.calls if call.code == code]

    def _count(self, chat_id: int, weight: int) -> None:
        if self._strict:
            self.limits.count(chat_id, weight)

    async def _asked_by_webhook(self, asked: dict[str, Any]) -> None:
        """Do what the answer to a webhook asks; nobody hears what came of it."""
        method = str(asked.pop("method"))
        if not method.lower().startswith("get") and method.lower() not in ("setwebhook", "deletewebhook"):
            await self.do(Asked(method, asked))

    async def do(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        """Answer one call with its HTTP status and body."""
        try:
            method = _METHODS.get(asked.method.lower())
            if method is None:
                raise Fail(404, "Not Found")
            result = method(self.state, asked)
            if asyncio.iscoroutine(result):
                result = await result
            code, body, error = 200, {"ok": True, "result": result}, ""
        except Fail as fail:
            code, body, error = fail.code, fail.body(), fail.description
        self.calls.append(Call(self._clock(), asked.method, asked.given, code, error))
        return code, body

    # ------------------------------------------------------------ HTTP

    async def _call(self, request: web.Request) -> web.Response:
        if self.trouble:
            self.trouble -= 1
            return web.Response(status=502, text="Bad Gateway")
        if request.match_info["token"] != self.token:
            fail = Fail(401, "Unauthorized")
            return web.json_response(fail.body(), status=fail.code)
        code, body = await self.do(await read(request, request.match_info["method"]))
        return web.json_response(body, status=code)

    async def _file(self, request: web.Request) -> web.Response:
        kept = self.state.files.by_path(request.match_info["path"])
        if kept is None or request.match_info["token"] != self.token:
            return web.json_response(Fail(404, "Not Found").body(), status=404)
        return web.Response(body=kept.content, content_type="application/octet-stream")

    def app(self) -> web.Application:
        app = web.Application(client_max_size=_BODY_BYTES)
        app.router.add_route("GET", "/file/bot{token}/{path:.+}", self._file)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        return app


@asynccontextmanager
async def serving(api: BotApi, port: int = 0) -> AsyncIterator[BotApi]:
    """Serve on a free port of this machine until the block ends."""
    runner = web.AppRunner(api.app(), handle_signals=False, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port, backlog=1024)
        await site.start()
        address = runner.addresses[0]
        api.url = f"http://127.0.0.1:{address[1]}"
        yield api
    finally:
        await api.state.updates.stop()
        await runner.cleanup()
