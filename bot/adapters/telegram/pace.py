"""Calls to Telegram at a pace it bears, as python-telegram-bot's rate limiter.

The library's own stops every call while one chat is flooded, answers to buttons too, and counts an album as
one. Here only what sends or edits waits; everything else has a free lane.
"""

import asyncio
import math
import time
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.adapters.telegram.schedule import Call, Schedule

REDRAW = "redraw"
"""`rate_limit_args` of an edit that only redraws: it gives way, and is dropped when a newer edit comes."""

_PACED = ("send", "edit", "copy", "forward")
_FREE = frozenset({"sendChatAction"})


class Pace(BaseRateLimiter[str]):
    """Lets calls go by `Schedule`, each after a last `check`, which raises when we may not speak any more.

    A call that Telegram asks to repeat later is repeated, unless its chat is closed for longer than
    `patience_s`: then whoever called gets RetryAfter. A redraw that was dropped returns True, as an edit may.
    """

    def __init__(
        self,
        check: Callable[[], None],
        *,
        patience_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._check = check
        self._patience_s = patience_s
        self._clock = clock
        self._schedule = Schedule()
        self._turns: dict[Call, asyncio.Future[bool]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._lull = asyncio.Event()
        self._lull.set()

    async def lull(self) -> None:
        """Wait until nothing waits here but redraws: then it is worth working out another."""
        await self._lull.wait()

    async def initialize(self) -> None:
        """Start with nothing known of what was sent before."""

    async def shutdown(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, bool | dict[str, Any] | list[dict[str, Any]]]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: str | None,
    ) -> bool | dict[str, Any] | list[dict[str, Any]]:
        call = _paced(endpoint, data, redraw=rate_limit_args == REDRAW)
        if call is None:
            self._check()
            return await callback(*args, **kwargs)
        for needless in self._schedule.put(call):
            self._tell(needless, False)
        turn = self._expect(call)
        self._go()
        while await self._wait(call, turn):
            try:
                self._check()
                return await callback(*args, **kwargs)
            except RetryAfter as flood:
                self._schedule.hold(call.chat, self._clock() + _seconds(flood.retry_after))
                turn = self._expect(call, wanted=self._schedule.again(call))
            finally:
                self._schedule.end(call, self._clock())
                self._go()
        return True

    def _expect(self, call: Call, *, wanted: bool = True) -> asyncio.Future[bool]:
        """Make what tells a call that it may go (True), or need not any more (False)."""
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if wanted:
            self._turns[call] = turn
        else:
            turn.set_result(False)
        return turn

    async def _wait(self, call: Call, turn: asyncio.Future[bool]) -> bool:
        try:
            return await turn
        except asyncio.CancelledError:
            self._turns.pop(call, None)
            if call.started:
                self._schedule.end(call, self._clock())
            else:
                self._schedule.forget(call)
            self._go()
            raise

    def _go(self) -> None:
        """Start what may go now, and look again when the next may."""
        now = self._clock()
        taken = self._schedule.take(now, self._patience_s)
        for call in taken.started:
            self._tell(call, True)
        for call, wait_s in taken.late:
            self._tell(call, RetryAfter(math.ceil(wait_s)))
        if self._schedule.crowded:
            self._lull.clear()
        else:
            self._lull.set()
        if self._timer is not None:
            self._timer.cancel()
        if taken.next_at < math.inf:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(taken.next_at - now, 0.0), self._go)

    def _tell(self, call: Call, word: bool | RetryAfter) -> None:
        turn = self._turns.pop(call)
        if turn.done():  # whoever waited was cancelled and is about to say so
            return
        if isinstance(word, RetryAfter):
            turn.set_exception(word)
        else:
            turn.set_result(word)


def _paced(endpoint: str, data: dict[str, Any], *, redraw: bool) -> Call | None:
    """Read what a call weighs; None for one that may go at once."""
    chat = data.get("chat_id")
    if chat is None or endpoint in _FREE or not endpoint.startswith(_PACED):
        return None
    weight = len(data["media"]) if endpoint == "sendMediaGroup" else 1
    edits = data.get("message_id") if endpoint.startswith("edit") else None
    return Call(chat, weight, edits, redraw)


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
