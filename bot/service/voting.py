"""Votes by group commit: what waited during the last commit is the next transaction.

Every press is checked on its own inside the transaction and answered after it, so a refused press never
spoils its neighbours, and nothing is called saved before the database has it.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field, replace

from bot import actions
from bot.actions import Action
from bot.errors import BotError, RuleError
from bot.port import Actor, Press, Reply
from bot.service.batch import Answered, Asked, Field, commit
from bot.service.shop import check_event, language_for
from bot.storage.store import Store
from bot.text import t


@dataclass(slots=True)
class _Waiting:
    asked: Asked
    answer: asyncio.Future[Answered] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Votes:
    """The queue of presses and the one task that commits it. `queue` bounds what may wait."""

    def __init__(self, store: Store, *, queue: int = 10_000, batch: int = 256) -> None:
        self._store = store
        self._queue = queue
        self._batch = batch
        self.fields: dict[int, Field] = {}
        self._waiting: deque[_Waiting] = deque()
        self._task: asyncio.Task[None] | None = None

    async def press(self, press: Press) -> Reply:
        """Answer a tap once it is stored; raises RuleError with the sentence for a refused one."""
        return await self.act(press.actor, press.event_id, actions.decode(press.action), press.group)

    async def act(self, actor: Actor, event_id: str, action: Action, group: str | None) -> Reply:
        """Answer an action however it was expressed: a tap, a typed list of numbers, a menu."""
        check_event(event_id)
        if len(self._waiting) >= self._queue:
            raise RuleError(
                "busy", t("So many are voting right now that this did not get through. Tap again.")
            )
        waiting = _Waiting(Asked(actor, event_id, action, group))
        self._waiting.append(waiting)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        done = await waiting.answer
        return Reply(
            done.text,
            strip=done.strip,
            picked=done.picked,
            language=language_for(None, replace(actor, language=done.language or actor.language)),
        )

    async def _drain(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
            await self._commit([w for w in batch if not w.answer.done()])

    async def _commit(self, batch: list[_Waiting]) -> None:
        try:
            answers = await commit(self._store, self.fields, [w.asked for w in batch])
        except Exception as error:
            if len(batch) == 1 or isinstance(error, OSError):
                for waiting in batch:
                    _refuse(waiting, error)
                return
            # One press may carry what the database refuses: alone, it fails without the others.
            for waiting in batch:
                await self._commit([waiting])
            return
        for waiting, answer in zip(batch, answers, strict=True):
            if isinstance(answer, BotError):
                _refuse(waiting, answer)
            elif not waiting.answer.done():
                waiting.answer.set_result(answer)


def _refuse(waiting: _Waiting, error: Exception) -> None:
    if not waiting.answer.done():
        waiting.answer.set_exception(error)
