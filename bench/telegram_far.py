"""The far side of the Telegram bench: fans who tap when they are answered, and just enough of a Bot API.

A fan taps, waits for the toast, whatever way it comes, and taps again. Taps are sent to a webhook, or given
to whoever polls.
"""

import asyncio
import json
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any

from aiohttp import web

TOKEN = "7700000001:AAbench-bench-bench-bench-bench-bench-b"  # noqa: S105 - nobody's
SECRET = "a_secret-for-the-webhook"  # noqa: S105
DESIGNS = 20
_PATIENCE_S = 60

Send = Callable[[dict[str, Any]], None]

_HEAD = (
    f"POST /telegram HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
    f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: %d\r\n\r\n"
).encode()
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_ME = {"id": 7700000001, "is_bot": True, "first_name": "Catwalk", "username": "catwalk_bench_bot"}


def tap(update_id: int, fan: int, round_id: int) -> dict[str, Any]:
    """Make an update as Telegram sends it when a fan taps on a ballot's page: keyboard, picture and all."""
    number = update_id % DESIGNS + 1
    pad = [
        [
            {"text": f"{row * 4 + n:03}", "callback_data": f"t:{round_id}:{row * 4 + n}@v:1:10"}
            for n in range(1, 5)
        ]
        for row in range(5)
    ]
    person = {"id": fan, "is_bot": False, "first_name": f"Fan {fan}", "language_code": "en"}
    message = {
        "message_id": 5,
        "from": _ME,
        "chat": {"id": fan, "first_name": f"Fan {fan}", "type": "private"},
        "date": 1_790_000_000,
        "photo": [
            {"file_id": "A" * 72, "file_unique_id": "B" * 16, "file_size": 1000, "width": w, "height": w}
            for w in (90, 320, 800, 1280)
        ],
        "caption": "Page 4 of 10 · looks 061-080\nTap the numbers you would wear, then ✅.",
        "reply_markup": {"inline_keyboard": pad},
    }
    query = {
        "id": str(update_id),
        "from": person,
        "message": message,
        "chat_instance": "-1234567890",
        "data": f"t:{round_id}:{number}@v:1:10",
    }
    return {"update_id": update_id, "callback_query": query}


class Far:
    """Fans and a Bot API. `toasts` counts the answers they got."""

    def __init__(self) -> None:
        self.round_id = 0
        self._ids = count(100_000)
        self._waiting: dict[str, tuple[int, Send]] = {}
        self._queue: deque[dict[str, Any]] = deque()
        self._news = asyncio.Event()
        self._toasted = asyncio.Event()
        self._resting = False
        self.toasts = 0

    def begin(self, fan: int, send: Send) -> None:
        """Let a fan tap, and send the tap."""
        if self._resting:
            return
        update = tap(next(self._ids), fan, self.round_id)
        self._waiting[update["callback_query"]["id"]] = (fan, send)
        send(update)

    def answered(self, query_id: str) -> None:
        """Count a toast; who got it taps again."""
        self.toasts += 1
        self.begin(*self._waiting.pop(query_id))
        self._toasted.set()

    def poll(self, fans: int) -> list["Line"]:
        """Let fans tap whose taps wait to be polled."""

        def send(update: dict[str, Any]) -> None:
            self._queue.append(update)
            self._news.set()

        for fan in range(1, fans + 1):
            self.begin(fan, send)
        return []

    async def hook(self, fans: int, port: int, stored: bool) -> list["Line"]:
        """Let fans tap whose taps go to a webhook, a connection each."""
        loop = asyncio.get_running_loop()
        lines = []
        for fan in range(1, fans + 1):
            _, line = await loop.create_connection(lambda: Line(self, stored), "127.0.0.1", port)
            lines.append(line)
            self.begin(fan, line.send)
        return lines

    async def reach(self, toasts: int) -> None:
        """Wait until there were so many toasts."""
        await self._until(lambda: self.toasts >= toasts)

    async def rest(self) -> None:
        """Let the fans be answered and tap no more."""
        self._resting = True
        await self._until(lambda: not self._waiting)
        self._resting = False

    async def _until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(_PATIENCE_S):
            while not done():
                self._toasted.clear()
                await self._toasted.wait()

    # ------------------------------------------------------------ the Bot API

    async def answer(self, request: web.BaseRequest) -> web.Response:
        method = request.path.rpartition("/")[2]
        if method == "answerCallbackQuery":
            self.answered(str((await request.post())["callback_query_id"]))
        elif method == "getUpdates":
            given = {**request.query, **await request.post()}
            return _ok(await self._updates(int(str(given.get("offset", 0)))))
        return _ok(_ME if method == "getMe" else True)

    async def _updates(self, offset: int) -> list[dict[str, Any]]:
        while self._queue and self._queue[0]["update_id"] < offset:
            self._queue.popleft()
        if not self._queue:
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await self._news.wait()
        return list(self._queue)[:100]


class Line(asyncio.Protocol):
    """A connection to the webhook. Where nothing is `stored`, any answer is as good as a toast."""

    def __init__(self, far: Far, stored: bool) -> None:
        self._far = far
        self._stored = stored
        self._asked: deque[str] = deque()
        self._got = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def send(self, update: dict[str, Any]) -> None:
        body = json.dumps(update).encode()
        self._asked.append(update["callback_query"]["id"])
        self.transport.write(_HEAD % len(body) + body)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, rest = self._got.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        size = int(length[1]) if length else 0
        if not end or len(rest) < size:
            return
        assert head.startswith(b"HTTP/1.1 200"), head
        self._got = rest[size:]
        query_id = self._asked.popleft()
        if not self._stored or b"answerCallbackQuery" in rest[:size]:
            self._far.answered(query_id)


@asynccontextmanager
async def serving(fars: dict[str, Far]) -> AsyncIterator[str]:
    """Serve a Bot API for each way, under its name; yields their common URL."""

    async def answer(request: web.BaseRequest) -> web.Response:
        return await fars[request.path.split("/")[1]].answer(request)

    runner = web.ServerRunner(web.Server(answer, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def rate(far: Far, toasts: int) -> float:
    """Count toasts a second, once everybody is under way."""
    await far.reach(far.toasts + toasts // 4)
    before, since = far.toasts, time.perf_counter()
    await far.reach(before + toasts)
    return (far.toasts - before) / (time.perf_counter() - since)


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})
