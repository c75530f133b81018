"""A connection for one at a time: SQLite's that writes, PostgreSQL's for votes."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Place:
    """Admits one at a time, in the order they came; who is urgent goes first, but never twice in a row while
    others wait."""

    def __init__(self) -> None:
        self._taken = False
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()
        self._urgent_was_last = False

    @asynccontextmanager
    async def taken(self, *, urgent: bool = False) -> AsyncIterator[None]:
        """Hold the place for as long as the block takes."""
        await self._take(urgent)
        try:
            yield
        finally:
            self._leave()

    async def _take(self, urgent: bool) -> None:
        if not self._taken:
            self._taken = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._others).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._leave()  # it was given to us at the very moment we gave up
            raise

    def _leave(self) -> None:
        """Give the place to the next who still wants it."""
        queues = (self._others, self._urgent) if self._urgent_was_last else (self._urgent, self._others)
        for queue in queues:
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    self._urgent_was_last = queue is self._urgent
                    turn.set_result(None)
                    return
        self._taken = False
