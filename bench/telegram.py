"""Telegram: a tap arrives, its vote is stored durably, and the toast goes back. Toasts a second.

Fans tap again as soon as they are answered, a hundred of them, since Telegram makes at most so many
connections to a webhook. Each way of taking the taps is a process of its own, with a shop on SQLite. The
baselines:

* `webhook_library`, `polling_library`: python-telegram-bot as it comes, with its own webhook server or
  polling, a handler that stores the same vote through the same service, and httpx for the answer.
* `webhook_nothing`: a route of our own server that reads the request and answers nothing.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import uvloop

from bench.frame import Bench, run
from bench.telegram_far import Far, rate, serving

_FANS = 100
_WAYS = {"webhook": 2_000, "library_webhook": 100, "nothing": 4_000, "polling": 500, "library_polling": 100}
"""How many toasts each is measured by, when quick: a fraction of a second each."""


Measure = Callable[[int], Coroutine[Any, Any, float]]


@asynccontextmanager
async def near(url: str, way: str) -> AsyncIterator[tuple[int, int]]:
    """Run the near side for one way; yields the id of its round and its port."""
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.telegram_near", url, folder, str(_FANS), way),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            round_id, port = json.loads(await process.stdout.readline())
            yield round_id, port
        finally:
            process.stdin.close()
            await process.wait()


async def toasts(far: Far, way: str, port: int, count: int) -> float:
    """Let the fans tap for so many toasts, by one way."""
    lines = await far.hook(_FANS, port, stored=way != "nothing") if port else far.poll(_FANS)
    found = await rate(far, count)
    await far.rest()
    for line in lines:
        line.transport.close()
    return found


async def begun(stack: AsyncExitStack) -> dict[str, Measure]:
    """Start both sides; gives a measure for each way, of so many toasts."""
    fars = {way: Far() for way in _WAYS}
    url = await stack.enter_async_context(serving(fars))
    found: dict[str, Measure] = {}
    for way, far in fars.items():
        far.round_id, port = await stack.enter_async_context(near(url, way))
        found[way] = partial(toasts, far, way, port)
    return found


def measure(bench: Bench) -> None:
    few = 1 if bench.quick else 10
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        stack = AsyncExitStack()
        ways = runner.run(begun(stack))
        try:
            webhook, library, nothing, polling, library_polling = bench.in_turns(
                *(lambda way=way: runner.run(ways[way](few * _WAYS[way])) for way in _WAYS)
            )
        finally:
            runner.run(stack.aclose())
    bench.compare("webhook_library", webhook, library, "taps/s", target=40)
    bench.compare("webhook_nothing", webhook, nothing, "taps/s", target=0.35)
    bench.compare("polling_library", polling, library_polling, "taps/s", target=4)


if __name__ == "__main__":
    run("telegram", "python-telegram-bot as it comes, and a route that does nothing", measure)
