"""What is done again and again. What is due is decided in the database, so a late beat changes nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from bot.storage.store import is_outage

log = structlog.get_logger()


class Beat:
    """Something that is done now and then every `every_s`, one at a time, until it is ended."""

    def __init__(self, name: str, do: Callable[[], Awaitable[object]], every_s: float) -> None:
        self.name = name
        self._do = do
        self._every_s = every_s
        self._bell = asyncio.Event()
        self._ended = False
        self._failing = False

    async def run(self) -> None:
        """Go on until `end`, whatever happens in between."""
        while not self._ended:
            self._bell.clear()
            await self._once()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every_s):
                    await self._bell.wait()

    def hurry(self) -> None:
        """Do it again at once, or when what is under way is done."""
        self._bell.set()

    def end(self) -> None:
        """Let what is under way come to its end, and do no more."""
        self._ended = True
        self._bell.set()

    async def _once(self) -> None:
        """Do it. While the database is away that is said once, and once when it is back."""
        try:
            await self._do()
        except Exception as error:
            if not is_outage(error):
                log.exception("beat_failed", beat=self.name)
            elif not self._failing:
                self._failing = True
                log.warning("database_unreachable", beat=self.name, reason=type(error).__name__)
            return
        if self._failing:
            self._failing = False
            log.info("database_back", beat=self.name)
