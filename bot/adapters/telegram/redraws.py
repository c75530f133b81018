"""Redraws that wait: taps are answered at once, the buttons under them when a thumb rests."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog

from bot.errors import NotHeld

log = structlog.get_logger()

REST_S = 1.5
"""How long after the last tap a keyboard is redrawn: unlike a toast, that counts as a message to the chat."""

Where = tuple[int, int]
"""A message: its chat and its id."""

Redraw = Callable[[], Awaitable[Callable[[], Awaitable[None]] | None]]
"""Works out what a message should look like, and gives what sends that, if anything."""


class Redraws:
    """The redraws under way, the newest a message."""

    def __init__(self, rest_s: float = REST_S) -> None:
        self._rest_s = rest_s
        self._waiting: dict[Where, asyncio.Task[None]] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._turning: Counter[Where] = Counter()

    def later(self, where: Where, redraw: Redraw) -> None:
        """Redraw a message once nothing else happens to it for a moment, unless it is being turned."""
        self._drop(where)
        if not self._turning[where]:
            self._waiting[where] = asyncio.create_task(self._rest(where, redraw))

    @contextmanager
    def turning(self, where: Where) -> Iterator[None]:
        """Leave out what waits for a message, and what is asked for while something else comes there.

        That can take long in a crowd; a redraw that came after it would put the old page's buttons under the
        new one.
        """
        self._drop(where)
        self._turning[where] += 1
        try:
            yield
        finally:
            self._turning[where] -= 1
            if not self._turning[where]:
                del self._turning[where]

    def _drop(self, where: Where) -> None:
        waiting = self._waiting.pop(where, None)
        if waiting is not None:
            waiting.cancel()

    async def close(self) -> None:
        """Leave out everything that waits."""
        tasks = [*self._waiting.values(), *self._sending]
        self._waiting.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _rest(self, where: Where, redraw: Redraw) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            await asyncio.sleep(self._rest_s)
            if (send := await redraw()) is None:
                return
            # From here on it is the pace that drops it for a newer edit: a request that is under way counts
            # at Telegram whether we wait for its answer or not.
            del self._waiting[where]
            self._sending.add(task)
            await send()
        except NotHeld:
            log.info("redraw_not_shown")
        except Exception:
            log.warning("redraw_failed", exc_info=True)
        finally:
            self._sending.discard(task)
            if self._waiting.get(where) is task:
                del self._waiting[where]
