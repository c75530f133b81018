"""The composition root: builds an installation from its settings, starts everything, stops it cleanly."""

import asyncio
import gc
import signal
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import desk, serving
from bot.adapters.web.room import RoomAdapter
from bot.adapters.web.security import Rates
from bot.beat import Beat
from bot.errors import ConfigError, Problem
from bot.gallery import Gallery
from bot.intake.photos import PhotoStore
from bot.intake.studio import Studio
from bot.lease import Lease
from bot.patience import Patient
from bot.port import ChatAdapter
from bot.presence import Presence
from bot.relay import Relay
from bot.reports import Easel
from bot.service import charts, ledger, memos, presales, privacy, rounds
from bot.service.catwalk import Catwalk
from bot.service.photos import sweep
from bot.service.shop import Shop
from bot.service.ticking import Steps
from bot.serving import PATIENCE_S, Server
from bot.settings import Settings
from bot.storage import journal, people, schema
from bot.storage.store import DATABASE_ERRORS, Store, is_outage
from bot.text import t

log = structlog.get_logger()

DESK = "/desk"
_TIDY_S = 3600.0

Role = Literal["all", "web", "worker"]
"""What a process does: serve pages, do what time demands and tell the groups, or both."""


class Installation:
    """Everything of one running Catwalk. `clock` replaces the wall clock (tests, the demo's fast one,
    which runs `speed` times as fast as life)."""

    def __init__(
        self, settings: Settings, clock: Callable[[], datetime] | None = None, speed: float = 1.0
    ) -> None:
        secret = settings.need_secret()
        self.settings = settings
        self.photos = PhotoStore(settings.photos.folder)
        self.store = Store(settings.database.url, pool_size=settings.database.pool_size, clock=clock)
        studio = Studio(self.photos, settings.photos.limits)
        self.shop = Shop(self.store, secret.encode(), settings.room.by_name, speed, studio)
        self.catwalk = Catwalk(self.shop, queue=settings.votes.queue, batch=settings.votes.batch)
        self.easel = Easel(self.photos.tile_path)
        self.room = RoomAdapter(
            secret=secret,
            base_url=settings.room.url,
            photo_path=self._photo_path,
            chart_png=self._chart_png,
            clock=clock or _wall_clock,
            open_by_name=settings.room.by_name,
            changes=self._changes,
            secure_cookies=settings.room.secure_cookies,
            template_dirs=[desk.TEMPLATES],
            static_dirs=[desk.STATIC],
            desk_path=DESK,
            rates=Rates(settings.limits.presses, settings.limits.comments, settings.limits.entries),
        )
        self.room.extra_routes = [
            Route("/healthz", self._health),
            *desk.desk_routes(self.shop, self.catwalk, self.room.page),
        ]
        self.room.larger_bodies = desk.larger_bodies(settings.photos.max_bytes)
        self.presences: list[Presence] = []
        self.join(self.room, self.lease(self.room.platform))
        if settings.telegram.token is not None:
            self._join_telegram(settings.telegram.token.get_secret_value())
        if settings.discord.token is not None:
            self._join_discord(settings.discord.token.get_secret_value())
        self._told: datetime | None = None

    def lease(self, platform: str) -> Lease:
        """Make the lease under which this process may speak on a platform."""
        return Lease(self.store, platform, self.settings.relay.lease_s)

    def join(self, adapter: ChatAdapter, lease: Lease) -> None:
        """Serve one more platform: its connection and its sending, under its lease."""
        rhythm = self.settings.relay
        relay = Relay(self.store, adapter, lease.check)
        presence = Presence(Patient(self.catwalk), adapter, relay, lease, rhythm.drain_s, rhythm.reconcile_s)
        self.presences.append(presence)

    def _join_telegram(self, token: str) -> None:
        """Serve Telegram as well."""
        from bot import on_telegram

        lease = self.lease(on_telegram.PLATFORM)
        gallery = Gallery(self.photos, self._chart_png)
        adapter = on_telegram.adapter(self.settings, token, self.store, gallery, lease)
        self.join(adapter, lease)

    def _join_discord(self, token: str) -> None:
        """Serve Discord as well."""
        from bot import on_discord

        lease = self.lease(on_discord.PLATFORM)
        gallery = Gallery(self.photos, self._chart_png)
        self.join(on_discord.adapter(self.settings, token, self.store, gallery, lease), lease)

    def _photo_path(self, photo: str, tile: bool) -> Path:
        return self.photos.tile_path(photo) if tile else self.photos.path(photo)

    async def _chart_png(self, key: str, language: str, dark: bool) -> bytes | None:
        """Draw a chart for whoever looks; raises LookupError for a name that no chart has."""
        async with self.store.read() as tx:
            wanted = await charts.drawing(tx, key, language, dark)
        if wanted is None:
            raise LookupError(key)
        return await self.easel.png(wanted)

    async def _changes(self, group: str) -> int:
        async with self.store.read() as tx:
            found = await people.find_group(tx, self.room.platform, group)
        return found.cursor if found else 0

    async def tick(self) -> None:
        """Do what time demands, and tell at once what was done, by whomever: the log has every step.

        Trouble with a round holds up no presale; it is raised when everything else is done.
        """
        steps = Steps()
        await steps.take(rounds.tick(self.store))
        await steps.take(presales.tick(self.store))
        async with self.store.read() as tx:
            newest = await journal.newest(tx)
        if newest != self._told:
            self._told = newest
            for presence in self.presences:
                presence.hurry()
        steps.end()

    async def _tidy(self) -> None:
        """Take away what nobody needs any more; trouble with one kind holds up no other."""
        steps = Steps()
        await steps.take(privacy.tidy(self.store))
        await steps.take(sweep(self.shop))
        await steps.take(ledger.tidy(self.store))
        await steps.take(memos.tidy(self.store))
        steps.end()

    async def _health(self, _request: Request) -> Response:
        """Say for a load balancer that this process serves, and that its database answers (or 503)."""
        async with asyncio.timeout(PATIENCE_S), self.store.read() as tx:
            await journal.newest(tx)
        return PlainTextResponse("ok\n")

    async def serve(
        self,
        role: Role,
        listening: socket.socket | None,
        stop: asyncio.Event,
        started: Callable[[], None],
    ) -> None:
        """Run until `stop` is set: the room's pages on `listening`, and what the role asks for."""
        await schema.check_current(self.store)
        server = Server(self._app())
        ended: list[asyncio.Task[Any]] = [asyncio.create_task(stop.wait())]
        if listening is not None:
            ended.append(asyncio.create_task(server.serve(sockets=[listening])))
        if role != "web":
            ended.append(asyncio.create_task(self._work(stop)))
        log.info("started", role=role, address=self.settings.room.url if listening else None)
        started()
        try:
            await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.set()
            self.room.close()
            server.should_exit = True
            await self.easel.close()  # or whoever waits for a picture would hold the server up
            await asyncio.gather(*ended)
            await self.store.close()
            log.info("stopped")

    async def _work(self, stop: asyncio.Event) -> None:
        """Do what nobody asks for, until `stop`; let what is under way then end, within reason."""
        ticking = Beat("tick", self.tick, self.settings.relay.tick_s)
        tidying = Beat("tidy", self._tidy, _TIDY_S)
        parts: list[Beat | Presence] = [ticking, tidying, *self.presences]
        working = [asyncio.create_task(part.run()) for part in parts]
        await stop.wait()
        for part in parts:
            part.end()
        _, late = await asyncio.wait(working, timeout=PATIENCE_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _app(self) -> Starlette:
        """Build the room's pages. While the database is away they say so (503), and scripts try again."""
        app = self.room.app(self.catwalk)
        refuse = app.exception_handlers[HTTPException]

        async def unreachable(request: Request, error: Exception) -> Response:
            if not is_outage(error):
                raise error
            log.warning("request_unanswered", reason=type(error).__name__)
            answer: Response = await refuse(request, HTTPException(503, headers={"Retry-After": "2"}))
            return answer

        for kind in DATABASE_ERRORS:
            app.add_exception_handler(kind, unreachable)
        return app


def _wall_clock() -> datetime:
    return datetime.now(UTC)


def listen(settings: Settings, role: Role = "all") -> tuple[socket.socket | None, Settings]:
    """Take the room's port before anything else starts; port 0 becomes the free one that was found."""
    room = settings.room
    if role == "web" and not room.enabled:
        raise ConfigError([Problem("CATWALK_ROOM__ENABLED", _NO_ROOM)])
    if role == "worker" or not room.enabled:
        return None, settings
    listening = serving.listen(room.host, room.port, "CATWALK_ROOM__PORT")
    port: int = listening.getsockname()[1]
    return listening, settings.model_copy(update={"room": room.model_copy(update={"port": port})})


_NO_ROOM = t("The role web serves the room's pages, and the room is turned off.")


async def run(settings: Settings, role: Role, started: Callable[[str | None], None]) -> None:
    """Serve until SIGTERM or Ctrl-C; `started` is told where the room is, or None where nobody listens."""
    spare_the_collector()
    listening, settings = listen(settings, role)
    if role != "web" and settings.telegram.token is not None:
        from bot import on_telegram

        await on_telegram.check(settings, settings.telegram.token.get_secret_value())
    if role != "web" and settings.discord.token is not None:
        from bot import on_discord

        await on_discord.check(settings, settings.discord.token.get_secret_value())
    installation = Installation(settings)
    url = settings.room.url if listening else None
    await installation.serve(role, listening, until_told(), lambda: started(url))


def spare_the_collector() -> None:
    """Let the garbage collector look seldom, and never again at what was imported.

    Hundreds of presses under way are tens of thousands of objects that live for one commit.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def until_told() -> asyncio.Event:
    """Make an event that SIGTERM and Ctrl-C set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    return stop
