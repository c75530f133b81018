"""Small writes that join one transaction, so that a crowd of them costs few commits."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from contextvars import Context
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Tx = TypeVar("Tx")

_Waiting = tuple[Callable[[Tx], Awaitable[Any]], asyncio.Future[Any]]


class Together(Generic[Tx]):
    """Writes that do not depend on one another; what comes in during a commit shares the next."""

    def __init__(self, begin: Callable[[], AbstractAsyncContextManager[Tx]]) -> None:
        self._begin = begin
        self._waiting: list[_Waiting[Tx]] = []
        self._task: asyncio.Task[None] | None = None

    async def do(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Do something in a transaction, and give its result once that is committed."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if self._task is None or self._task.done():
            # In a context of its own: a commit belongs to many, not to the one that began it.
            self._task = asyncio.create_task(self._drain(), context=Context())
        return await done

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await self._commit(batch)
            except Exception:  # one of them did that: the others shall not suffer for it
                for one in batch:
                    await self._alone(one)

    async def _alone(self, one: _Waiting[Tx]) -> None:
        try:
            await self._commit([one])
        except Exception as error:
            if not one[1].done():
                one[1].set_exception(error)

    async def _commit(self, batch: list[_Waiting[Tx]]) -> None:
        async with self._begin() as tx:
            results = [await work(tx) for work, _ in batch]
        for (_, done), result in zip(batch, results, strict=True):
            if not done.done():  # whoever asked may have gone
                done.set_result(result)
