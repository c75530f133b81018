"""Redraws that wait: taps are answered at once, the buttons under them when a thumb rests."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.errors import NotHeld

log = structlog.get_logger()

REST_S = 1.5
"""How long after the last tap a keyboard is redrawn: unlike a toast, that counts as a message to the chat."""

Where = tuple[int, int]
"""A message: its chat and its id."""


class Redraws:
    """The redraws under way, the newest a message."""

    def __init__(self, rest_s: float = REST_S) -> None:
        self._rest_s = rest_s
        self._waiting: dict[Where, asyncio.Task[None]] = {}

    def later(self, where: Where, redraw: Callable[[], Awaitable[None]]) -> None:
        """Redraw a message once nothing else happens to it for a moment."""
        self.drop(where)
        self._waiting[where] = asyncio.create_task(self._rest(where, redraw))

    def drop(self, where: Where) -> None:
        """Leave out what waits for a message: something newer is shown there."""
        waiting = self._waiting.pop(where, None)
        if waiting is not None:
            waiting.cancel()

    async def close(self) -> None:
        """Leave out everything that waits."""
        waiting = list(self._waiting.values())
        self._waiting.clear()
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _rest(self, where: Where, redraw: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(self._rest_s)
        try:
            await redraw()
        except NotHeld:
            log.info("redraw_not_shown")
        except Exception:
            log.warning("redraw_failed", exc_info=True)
        self._waiting.pop(where, None)
