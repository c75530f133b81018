"""Votes by group commit: what waited during the last commit is the next transaction.

Every press is checked on its own inside the transaction and answered after it, so a refused press never
spoils its neighbours, and nothing is called saved before the database has it.
"""

import asyncio
from collections import deque
from contextvars import Context
from dataclasses import dataclass, field

import structlog

from bot.actions import Action
from bot.errors import RuleError
from bot.port import Actor, Reply
from bot.service.batch import Asked, commit
from bot.service.field import Field
from bot.service.shop import check_event
from bot.storage.store import Store, is_outage, refuse_nesting
from bot.text import t

log = structlog.get_logger()


@dataclass(slots=True)
class _Waiting:
    asked: Asked
    answer: asyncio.Future[Reply] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Votes:
    """The queue of presses and the one task that commits it. `queue` bounds what may wait."""

    def __init__(self, store: Store, *, queue: int = 10_000, batch: int = 256) -> None:
        self._store = store
        self._queue = queue
        self._batch = batch
        self.fields: dict[int, Field] = {}
        self._waiting: deque[_Waiting] = deque()
        self._task: asyncio.Task[None] | None = None

    async def act(self, actor: Actor, event_id: str, action: Action, group: str | None) -> Reply:
        """Answer an action once it is stored, however it was expressed: a tap, typed numbers, a menu.

        Raises RuleError with the sentence for a refused one.
        """
        check_event(event_id)
        refuse_nesting()  # a batch would wait for the caller's transaction, which waits for the batch
        if len(self._waiting) >= self._queue:
            raise RuleError(
                "busy", t("So many are voting right now that this did not get through. Tap again.")
            )
        waiting = _Waiting(Asked(actor, event_id, action, group))
        self._waiting.append(waiting)
        if self._task is None or self._task.done():
            # In a context of its own: a batch belongs to many presses, not to the one that began it.
            self._task = asyncio.create_task(self._drain(), context=Context())
        return await waiting.answer

    async def _drain(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
            await self._commit([w for w in batch if not w.answer.done()])

    async def _commit(self, batch: list[_Waiting]) -> None:
        if not batch:
            return
        try:
            answers = await commit(self._store, self.fields, [w.asked for w in batch])
        except Exception as error:
            await self._fall_back(batch, error)
            return
        for waiting, answer in zip(batch, answers, strict=True):
            if isinstance(answer, RuleError):
                _refuse(waiting, answer)
            elif not waiting.answer.done():
                waiting.answer.set_result(answer)

    async def _fall_back(self, batch: list[_Waiting], error: Exception) -> None:
        """Refuse a batch the database is too ill for; else find the press it refuses and store the others."""
        if len(batch) > 1 and not is_outage(error):
            half = len(batch) // 2
            await self._commit(batch[:half])
            await self._commit(batch[half:])
            return
        if is_outage(error):
            log.warning("votes_not_stored", presses=len(batch), reason=type(error).__name__)
        else:
            log.error("press_not_stored", reason=type(error).__name__, exc_info=error)
        unsaved = t("This could not be saved just now. Tap again.")
        for waiting in batch:
            _refuse(waiting, RuleError("votes.unsaved", unsaved))


def _refuse(waiting: _Waiting, error: RuleError) -> None:
    if not waiting.answer.done():
        waiting.answer.set_exception(error)
