"""Votes by group commit: what waited during the last commit is the next transaction.

Every press is checked on its own inside the transaction and answered after it, so a refused press never
spoils its neighbours, and nothing is called saved before the database has it.
"""

import asyncio
from contextvars import Context

import structlog

from bot.actions import Action
from bot.errors import RuleError
from bot.port import Actor, Reply
from bot.service.batch import Asked, commit
from bot.service.field import Field
from bot.service.shop import check_event
from bot.service.turns import Turns
from bot.storage.store import Store, is_outage, refuse_nesting
from bot.text import t

log = structlog.get_logger()


class _Waiting(Asked, frozen=True, gc=True):
    """A press in the queue, and whom its answer is for; collected, since a refusal leads back to it."""

    answer: asyncio.Future[Reply]


_PRESSES_A_TURN = 32
"""After so many presses everybody else on the loop has a turn: some requests need ten, and on a quick disk a
batch is stored without waiting for anything."""
_STRANGE = 0
"""The lane of presses on rounds we have not met: one for all, since anybody can make up numbers."""


class Votes:
    """The queue of presses and the one task that commits it.

    `queue` bounds what may wait, `batch` what shares a transaction; rounds take turns at both.
    """

    def __init__(self, store: Store, *, queue: int = 10_000, batch: int = 256) -> None:
        self._store = store
        self._batch = batch
        self.fields: dict[int, Field] = {}
        self._waiting: Turns[_Waiting] = Turns(queue)
        self._task: asyncio.Task[None] | None = None

    def act(self, actor: Actor, event_id: str, action: Action, group: str | None) -> asyncio.Future[Reply]:
        """Queue an action, however it was expressed (a tap, typed numbers, a menu), to be awaited: it is
        answered once it is stored.

        Raises RuleError with the sentence for a refused one: here where it may not even wait, else there.
        """
        check_event(event_id)
        refuse_nesting()  # a batch would wait for the caller's transaction, which waits for the batch
        if self._task is None or self._task.done():
            # In a context of its own: a batch belongs to many presses, not to the one that began it.
            self._task = asyncio.get_running_loop().create_task(self._drain(), context=Context())
        answer: asyncio.Future[Reply] = self._task.get_loop().create_future()
        lane = action.round_id if action.round_id in self.fields else _STRANGE
        if not self._waiting.put(lane, _Waiting(actor, event_id, action, group, answer)):
            raise RuleError(
                "busy", t("So many are voting right now that this did not get through. Tap again.")
            )
        return answer

    async def _drain(self) -> None:
        while self._waiting:
            batch = [one for one in self._waiting.take(self._batch) if not one.answer.done()]
            await self._commit(batch)
            for _ in range(len(batch) // _PRESSES_A_TURN):
                await asyncio.sleep(0)

    async def _commit(self, batch: list[_Waiting]) -> None:
        if not batch:
            return
        try:
            answers = await commit(self._store, self.fields, batch)
        except Exception as error:
            await self._fall_back(batch, error)
            return
        for one, answer in zip(batch, answers, strict=True):
            if isinstance(answer, RuleError):
                _refuse(one.answer, answer)
            elif not one.answer.done():
                one.answer.set_result(answer)

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
        for one in batch:
            _refuse(one.answer, RuleError("votes.unsaved", unsaved))


def _refuse(waiting: asyncio.Future[Reply], error: RuleError) -> None:
    if not waiting.done():
        waiting.set_exception(error)
