"""An Inbox that waits while the database is away, for what a platform was told we have."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.port import Command, Comment, Inbox, Look, NewDesigns, News, Press, Reply, Upload
from bot.storage.store import is_outage

log = structlog.get_logger()

T = TypeVar("T")


class Patient:
    """Passes everything on; what nobody sends again is asked until the database takes it.

    Asking again is safe: each of these is done once by its event, and news says how things are. A press and a
    look are answered at once, since a person waits and taps again.
    """

    def __init__(self, inbox: Inbox, pause_s: float = 1.0) -> None:
        self._inbox = inbox
        self._pause_s = pause_s

    async def press(self, press: Press) -> Reply:
        return await self._inbox.press(press)

    async def look(self, look: Look) -> Reply:
        return await self._inbox.look(look)

    async def comment(self, comment: Comment) -> Reply:
        return await self._surely(lambda: self._inbox.comment(comment))

    async def command(self, command: Command) -> Reply:
        return await self._surely(lambda: self._inbox.command(command))

    async def upload(self, upload: Upload | NewDesigns) -> Reply:
        return await self._surely(lambda: self._inbox.upload(upload))

    async def hear(self, news: News) -> None:
        await self._surely(lambda: self._inbox.hear(news))

    async def _surely(self, ask: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await ask()
            except Exception as error:
                if not is_outage(error):
                    raise
                log.warning("inbox_waits", reason=type(error).__name__)
            await asyncio.sleep(self._pause_s)
