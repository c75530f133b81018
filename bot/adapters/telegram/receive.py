"""What Telegram sends us: a press that votes goes straight to the service, all else is kept first.

An update is acknowledged when its vote is stored, or when it stands in the ledger. What stands there goes
through the library's handlers, one after the other in each chat and chats side by side, and once more after
a crash. An update that comes twice is handled once; a vote that comes twice is one vote by its event id. A
vote after which somebody waits for another screen stands in the ledger too, until that is shown.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import nullcontext
from typing import Any

import structlog
from msgspec import Struct
from msgspec.structs import replace
from telegram import Update
from telegram.ext import Application

from bot.adapters.telegram.updates import Arrived, Query, Raw, arrived
from bot.errors import NotHeld
from bot.port import Ledger

log = structlog.get_logger()

_LEFT_AT_ONCE = 16
"""How much of what an earlier process left is under way at once: drawing a crowd's pages holds up toasts."""

AGAIN_S = (1.0, 2.0, 4.0, 8.0, 16.0)
"""How long to wait before a handler that was cut off is begun again."""


class Toast(Struct, frozen=True):
    """What a press is answered with, and what is shown `after` that; `surely`: if not by us, then by the next
    process."""

    words: str
    alert: bool = False
    after: Callable[[], Awaitable[None]] | None = None
    surely: bool = False


class Answer(Struct, frozen=True):
    """A toast for the press with this id, and the update it came by."""

    query_id: str
    toast: Toast
    update_id: int


class CutOff(BaseException):
    """A handler came to no end, through no fault of what it handles; `__cause__` says by what.

    No Exception, which the library would log and forget.
    """


Passes = Callable[[Exception], bool]
"""Says of trouble that it passes: then whoever met it is begun again."""

Vote = Callable[[Query], Awaitable[Toast] | None]
"""Takes a callback query that votes; None at once for any other."""


class Receiver:
    """Takes updates, whatever way they come. `application` has been started; `kinds` are those it handles.

    A handler that raises CutOff is begun again, since an update was acknowledged; so is what follows a vote
    where it meets trouble that `passes`.
    """

    def __init__(
        self,
        application: Application[Any, Any, Any, Any, Any, Any],
        ledger: Ledger,
        vote: Vote,
        kinds: Sequence[str],
        passes: Passes,
    ) -> None:
        self._application = application
        self._account = str(application.bot.id)
        self._ledger = ledger
        self._vote = vote
        self._kinds = kinds
        self._passes = passes
        self._lanes: dict[object, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def resume(self) -> None:
        """Handle what was acknowledged and not handled when the last process ended, a few at a time."""
        few = asyncio.Semaphore(_LEFT_AT_ONCE)
        for content in (await self._ledger.waiting(self._account)).values():
            update = arrived(content.encode())
            self._begin(update, None if "pre_checkout_query" in update.whole else few)

    async def take(self, update: Arrived) -> Answer | None:
        """Store one update; gives what a press that voted is answered with.

        Raises what the database raises: then the same update must be given again.
        """
        if voting := self._voting(update.query):
            return (await self._promised([(update, await voting)]))[0]
        await self._keep([update])
        return None

    async def take_all(self, updates: Sequence[Arrived]) -> list[Answer]:
        """Store what came together, the votes in one batch; else like `take`."""
        votes: list[Arrived] = []
        voting: list[Awaitable[Toast]] = []
        others: list[Arrived] = []
        for update in updates:
            if vote := self._voting(update.query):
                votes.append(update)
                voting.append(vote)
            else:
                others.append(update)
        toasts, _ = await asyncio.gather(asyncio.gather(*voting), self._keep(others))
        return await self._promised(list(zip(votes, toasts, strict=True)))

    def _voting(self, query: Query | None) -> Awaitable[Toast] | None:
        return self._vote(query) if query else None

    async def _promised(self, votes: Sequence[tuple[Arrived, Toast]]) -> list[Answer]:
        """Keep the votes that surely lead somewhere, and answer all; what came before leads there already."""
        kept = {update.update_id: update.content.decode() for update, toast in votes if toast.surely}
        again = kept.keys() - (await self._ledger.put(self._account, kept) if kept else ())
        return [
            Answer(
                update.query.id,
                replace(toast, after=None) if update.update_id in again else toast,
                update.update_id,
            )
            for update, toast in votes
            if update.query is not None
        ]

    async def _keep(self, updates: Sequence[Arrived]) -> None:
        """Put updates into the ledger, and begin with those that are new; unknown kinds are nothing to us."""
        known = {u.update_id: u for u in updates if any(kind in u.whole for kind in self._kinds)}
        if not known:
            return
        written = {update_id: update.content.decode() for update_id, update in known.items()}
        for update_id in sorted(await self._ledger.put(self._account, written)):
            self._begin(known[update_id])

    def _begin(self, update: Arrived, few: asyncio.Semaphore | None = None) -> None:
        """Handle an update after those before it in its lane, and when it is among the `few`."""
        lane = _lane(update.whole)
        task = self.spawn(self._in_turn(update, self._lanes.get(lane), few))
        self._lanes[lane] = task
        task.add_done_callback(lambda done: self._lanes.pop(lane) if self._lanes.get(lane) is done else None)

    async def _in_turn(
        self, update: Arrived, before: asyncio.Task[None] | None, few: asyncio.Semaphore | None
    ) -> None:
        if before is not None:
            await asyncio.wait({before})
        async with few or nullcontext():
            await self._handle(update)

    async def _handle(self, update: Arrived) -> None:
        try:
            await self._surely(lambda: self._process(update))
        except CutOff as cut:
            if isinstance(cut.__cause__, NotHeld):
                return  # whoever speaks for this account now handles it
            log.error("update_given_up", update_id=update.update_id, reason=type(cut.__cause__).__name__)
        except Exception:  # what is in it did that: trying again would not help
            log.exception("update_failed", update_id=update.update_id)
        await self._mark(update.update_id)

    async def _mark(self, update_id: int) -> None:
        try:
            await self._ledger.handled(self._account, update_id)
        except Exception:  # the next process handles it again, and every effect is once by its event
            log.exception("update_not_marked", update_id=update_id)

    async def _process(self, update: Arrived) -> None:
        if (voting := self._voting(update.query)) is None:
            await self._application.process_update(Update.de_json(update.whole, self._application.bot))
        else:
            await self._begun(self._voted(voting))

    @staticmethod
    async def _voted(voting: Awaitable[Toast]) -> None:
        """Show what a vote leads to that another process stored."""
        toast = await voting
        if toast.after is not None:
            await toast.after()

    async def _begun(self, work: Awaitable[None]) -> None:
        """Do what a handler does; raises CutOff for what passes, or is for who speaks now."""
        try:
            await work
        except Exception as error:
            if isinstance(error, NotHeld) or self._passes(error):
                raise CutOff from error
            raise

    async def _surely(self, do: Callable[[], Awaitable[None]]) -> None:
        """Do something, and again where it is cut off; raises CutOff where that does not pass."""
        for wait_s in AGAIN_S:
            try:
                return await do()
            except CutOff as cut:
                if isinstance(cut.__cause__, NotHeld):
                    raise
                log.warning("handler_cut_off", reason=type(cut.__cause__).__name__, again_in_s=wait_s)
            await asyncio.sleep(wait_s)
        return await do()

    def follow(self, answer: Answer) -> None:
        """Show what comes after a press, beside the receiving."""
        if (after := answer.toast.after) is not None:
            self.spawn(self._follow(after, answer.update_id if answer.toast.surely else None))

    async def _follow(self, after: Callable[[], Awaitable[None]], kept: int | None) -> None:
        try:
            await self._surely(lambda: self._begun(after()))
        except CutOff as cut:
            log.info("screen_not_shown")
            if isinstance(cut.__cause__, NotHeld):
                return  # whoever speaks for this account now shows it, if it is kept
        except Exception:  # the vote is stored; the next tap shows where it stands
            log.exception("screen_failed")
        if kept is not None:
            await self._mark(kept)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something beside the receiving; it is waited for in `close`."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self, patience_s: float = 3.0) -> None:
        """Let what is under way come to its end; what is late is for the next process."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def _lane(update: Raw) -> object:
    """Say which updates must keep their order: a chat's, or a person's. A payment waits for nothing."""
    if "pre_checkout_query" in update:
        return ("payment", update["update_id"])
    content = next(value for kind, value in update.items() if kind != "update_id")
    place = content.get("message", content).get("chat") or content.get("from") or {}
    return place.get("id")
