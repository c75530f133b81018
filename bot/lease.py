"""The right to speak as a platform account, which one process of an installation has at a time.

Who has it stands in the database, until an instant of the database's clock. Its holder goes by the uptime of
its own machine, counted from before it asked, so it stops believing in its lease before anybody else may
take it: also when the process was stopped meanwhile, or the machine slept.
"""

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import structlog

from bot.errors import NotHeld
from bot.storage import leases
from bot.storage.store import DATABASE_ERRORS, Store, database_now

log = structlog.get_logger()

_UPTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # BOOTTIME goes on while the machine sleeps


def uptime() -> float:
    """Read a clock that nobody sets."""
    return time.clock_gettime(_UPTIME)


class Lease:
    """One process's side of the lease `name`, which lasts `length_s` unless it is renewed."""

    def __init__(
        self, store: Store, name: str, length_s: float = 10.0, clock: Callable[[], float] = uptime
    ) -> None:
        self.name = name
        self.renew_s = length_s / 4  # three renewals may fail before the lease is lost
        self._store = store
        self._length_s = length_s
        self._clock = clock
        self._holder = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
        self._ends_at = clock()

    @property
    def left_s(self) -> float:
        """How long the lease is ours for certain; nothing or less when it is not."""
        return self._ends_at - self._clock()

    def check(self) -> None:
        """Raise NotHeld when another may have the lease. To be called as the last thing before a request."""
        if self.left_s <= 0:
            raise NotHeld(self.name)

    async def take(self) -> bool:
        """Take the lease or renew it, before all else that is to be written; says whether it is ours."""
        asked_at = self._clock()
        async with self._store.begin(urgent=True) as tx:
            taken = await leases.take(tx, self.name, self._holder, await database_now(tx), self._length_s)
        self._ends_at = asked_at + self._length_s if taken else asked_at
        return taken

    async def give_back(self) -> None:
        """Let another have the lease at once."""
        self._ends_at = self._clock()
        async with self._store.begin(urgent=True) as tx:
            await leases.give_back(tx, self.name, self._holder)

    async def hold(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` under the lease that was just taken, and renew it meanwhile.

        As soon as the lease may be another's the work is cancelled and NotHeld raised.
        """
        working, losing = asyncio.create_task(work), asyncio.create_task(self._until_lost())
        try:
            await asyncio.wait([working, losing], return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise NotHeld(self.name)
            working.result()
        finally:
            working.cancel()
            losing.cancel()
            await asyncio.gather(working, losing, return_exceptions=True)

    async def _until_lost(self) -> None:
        """Renew the lease until that fails for too long."""
        while self.left_s > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.left_s):
                    await asyncio.sleep(self.renew_s)
                    await self._renew()

    async def _renew(self) -> None:
        try:
            await self.take()
        except DATABASE_ERRORS as error:
            log.warning("lease_not_renewed", lease=self.name, reason=type(error).__name__)
