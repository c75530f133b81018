"""Tell open pages that their group changed: one poll per group, however many listen."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)


@dataclass(eq=False, slots=True)
class _Watch:
    """One group with at least one listener; each listener has a bell of its own."""

    group: str
    cursor: int | None = None
    bells: set[asyncio.Event] = field(default_factory=set)
    due: asyncio.Event = field(default_factory=asyncio.Event)
    poll: asyncio.Task[None] | None = None

    def ring(self) -> None:
        for bell in self.bells:
            bell.set()


class Live:
    """Poll `changes` every `every_s` seconds for each group somebody looks at, and for no other."""

    def __init__(self, changes: Callable[[str], Awaitable[int]], every_s: float = 1.0) -> None:
        self._changes = changes
        self._every_s = every_s
        self._watches: dict[str, _Watch] = {}
        self._closed = False

    async def listen(self, group: str) -> AsyncGenerator[int, None]:
        """Yield the group's cursor now and whenever it changes, until the room closes."""
        watch = self._watches.get(group) or self._start(group)
        bell = asyncio.Event()
        watch.bells.add(bell)
        told = None
        try:
            while not self._closed:
                if watch.cursor is not None and watch.cursor != told:
                    told = watch.cursor
                    yield told
                else:
                    await bell.wait()
                    bell.clear()
        finally:
            watch.bells.discard(bell)
            if not watch.bells:
                self._stop(watch)

    def wake(self, group: str) -> None:
        """Poll this group now rather than at its next turn."""
        if watch := self._watches.get(group):
            watch.due.set()

    def close(self) -> None:
        """End every stream, for good."""
        self._closed = True
        for watch in list(self._watches.values()):
            watch.ring()

    @property
    def groups(self) -> frozenset[str]:
        """The groups that are polled at this moment."""
        return frozenset(self._watches)

    def _start(self, group: str) -> _Watch:
        watch = self._watches[group] = _Watch(group)
        watch.poll = asyncio.create_task(self._poll(watch), name=f"live {group}")
        return watch

    def _stop(self, watch: _Watch) -> None:
        if watch.poll is not None:
            watch.poll.cancel()
        if self._watches.get(watch.group) is watch:
            del self._watches[watch.group]

    async def _poll(self, watch: _Watch) -> None:
        while True:
            try:
                cursor = await self._changes(watch.group)
            except Exception:
                log.warning("group_poll_failed", group=watch.group, exc_info=True)
            else:
                if cursor != watch.cursor:
                    watch.cursor = cursor
                    watch.ring()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every_s):
                    await watch.due.wait()
            watch.due.clear()
