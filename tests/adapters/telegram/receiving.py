"""A receiver on a stand-in server, with a ledger in the database, and handlers that note what they get."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram import Update
from telegram.ext import Application, ExtBot, TypeHandler

from bot.adapters.telegram.receive import Receiver, Toast
from bot.adapters.telegram.updates import Query
from bot.port import Ledger

KINDS = ("message", "callback_query", "pre_checkout_query")


class Listening:
    """What came of updates: `handled` went through the library's handlers, `votes` through the short way.

    `gate` holds up handlers whose update it says so of; `trouble` is raised by the next vote, `hindered` by
    all that follows one, which comes to no end while it is `stuck`. What begins with `f:` leads to another
    screen.
    """

    def __init__(self, bot: ExtBot[Any], ledger: Ledger) -> None:
        self.handled: list[Update] = []
        self.votes: list[str] = []
        self.after: list[str] = []
        self.trouble: Exception | None = None
        self.hindered: Exception | None = None
        self.stuck = False
        self.gate: Callable[[Update], Awaitable[None]] | None = None
        self._news = asyncio.Event()
        self.application = Application.builder().bot(bot).updater(None).build()
        self.application.add_handler(TypeHandler(Update, self._handle))
        self.receiver = Receiver(self.application, ledger, self._vote, KINDS, passes)

    async def _handle(self, update: Update, _context: Any) -> None:
        if self.gate is not None:
            await self.gate(update)
        self.handled.append(update)
        self._news.set()

    def _vote(self, query: Query) -> Awaitable[Toast] | None:
        return self._voted(query) if query.data[:2] in ("p:", "f:") else None

    async def _voted(self, query: Query) -> Toast:
        if self.trouble is not None:
            trouble, self.trouble = self.trouble, None
            raise trouble
        self.votes.append(query.id)

        async def after() -> None:
            if self.stuck:
                await asyncio.Event().wait()
            if self.hindered is not None:
                raise self.hindered
            self.after.append(query.id)
            self._news.set()

        return Toast(f"❤️ {query.data}", after=after, surely=query.data.startswith("f:"))

    @property
    def texts(self) -> list[str | None]:
        return [update.effective_message.text for update in self.handled if update.effective_message]

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait until handlers have brought something about."""
        async with asyncio.timeout(10):
            while not done():
                self._news.clear()
                await self._news.wait()


def passes(error: Exception) -> bool:
    return isinstance(error, OSError)


class FailingLedger:
    """A ledger whose first calls fail, as when the database is away."""

    def __init__(self, ledger: Ledger, failures: int) -> None:
        self._ledger = ledger
        self.failures = failures

    async def put(self, account: str, updates: Any) -> frozenset[int]:
        if self.failures:
            self.failures -= 1
            raise OSError("the database is away")
        return await self._ledger.put(account, updates)

    async def waiting(self, account: str) -> dict[int, str]:
        return await self._ledger.waiting(account)

    async def handled(self, account: str, update_id: int) -> None:
        await self._ledger.handled(account, update_id)


def ids(updates: Sequence[Update]) -> list[int]:
    return [update.update_id for update in updates]
