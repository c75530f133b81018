"""One platform as a process serves it: while it has the platform's lease, the connection and the sending."""

import asyncio

import structlog

from bot.beat import Beat
from bot.errors import NotHeld
from bot.lease import Lease
from bot.port import ChatAdapter, Inbox
from bot.relay import Relay

log = structlog.get_logger()


class Presence:
    """Competes for a platform's lease and serves the platform under it.

    Every `drain_s` the relay looks for posts and letters to send, every `reconcile_s` for live posts to make
    true.
    """

    def __init__(
        self,
        inbox: Inbox,
        adapter: ChatAdapter,
        relay: Relay,
        lease: Lease,
        drain_s: float,
        reconcile_s: float,
    ) -> None:
        self._relay = relay
        self._inbox = inbox
        self._adapter = adapter
        self._lease = lease
        self._competing = Beat(f"lease_{lease.name}", self._compete, lease.renew_s)
        self._sending = (
            Beat(f"drain_{lease.name}", relay.drain, drain_s),
            Beat(f"deliver_{lease.name}", relay.deliver, drain_s),
            Beat(f"reconcile_{lease.name}", relay.reconcile, reconcile_s),
        )

    async def run(self) -> None:
        """Go on until `end`."""
        await self._competing.run()

    def hurry(self) -> None:
        """Look at once for what there is to tell."""
        for beat in self._sending:
            beat.hurry()

    def end(self) -> None:
        """Let what is being sent come to its end, send no more and give the lease back."""
        self._relay.end()
        for beat in (self._competing, *self._sending):
            beat.end()

    async def _compete(self) -> None:
        if not await self._lease.take():
            return
        log.info("lease_taken", lease=self._lease.name)
        try:
            await self._lease.hold(self._serve())
        except NotHeld:
            log.warning("lease_lost", lease=self._lease.name)
        finally:
            await self._lease.give_back()

    async def _serve(self) -> None:
        """Keep the connection and send, until `end` or until the connection fails."""
        connection = asyncio.create_task(self._adapter.run(self._inbox))
        sending = asyncio.create_task(self._send())
        try:
            await asyncio.wait([connection, sending], return_when=asyncio.FIRST_COMPLETED)
            if connection.done() and (error := connection.exception()):
                log.error("connection_failed", lease=self._lease.name, exc_info=error)
        finally:
            connection.cancel()
            sending.cancel()
            await asyncio.gather(connection, sending, return_exceptions=True)

    async def _send(self) -> None:
        await asyncio.gather(*(beat.run() for beat in self._sending))
