"""The composition root: builds an installation from its settings, starts everything, stops it cleanly."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot import desk
from bot.adapters.web.room import RoomAdapter
from bot.adapters.web.security import Rates
from bot.errors import ConfigError, Problem
from bot.intake.photos import PhotoStore
from bot.intake.studio import Studio
from bot.relay import Relay
from bot.reports import Easel
from bot.service import charts, presales, privacy, rounds
from bot.service.catwalk import Catwalk
from bot.service.shop import Shop
from bot.service.ticking import Steps
from bot.settings import Settings
from bot.storage import journal, people, schema
from bot.storage.store import DATABASE_ERRORS, Store, is_outage
from bot.text import t

log = structlog.get_logger()

DESK = "/desk"
_PATIENCE_S = 5
_BACKLOG = 2048
_TIDY_S = 3600.0

Beat = Callable[[], Coroutine[Any, Any, Any]]


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
        self.room.extra_routes = desk.desk_routes(self.shop, self.catwalk, self.room.page)
        self.room.larger_bodies = desk.larger_bodies(settings.photos.max_bytes)
        self.relay = Relay(self.store, self.room, claim_s=settings.relay.claim_s)
        self._told: datetime | None = None

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
            await self.relay.drain()
            await self.relay.reconcile()
            self._told = newest
        steps.end()

    async def _tidy(self) -> None:
        await privacy.tidy(self.store)

    async def serve(
        self, listening: socket.socket | None, stop: asyncio.Event, started: Callable[[], None]
    ) -> None:
        """Run until `stop` is set: the room's pages on `listening`, the clock and the relay."""
        await schema.check_current(self.store)
        beats = _Beats()
        metronome = self._metronome(beats)
        metronome.start()
        ended: list[asyncio.Task[Any]] = [asyncio.create_task(stop.wait())]
        server = _Server(self._web())
        if listening is not None:
            ended.append(asyncio.create_task(server.serve(sockets=[listening])))
        log.info("started", address=self.settings.room.url)
        started()
        try:
            await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
        finally:
            metronome.pause()  # `shutdown` would cut off a beat that is just being started
            self.room.close()
            server.should_exit = True
            stop.set()
            await self.easel.close()  # or whoever waits for a picture would hold the server up
            await asyncio.gather(*ended)
            await beats.finish()
            metronome.shutdown(wait=False)
            await self.store.close()
            log.info("stopped")

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

    def _web(self) -> uvicorn.Config:
        return uvicorn.Config(
            self._app(),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE_S,
        )

    def _metronome(self, beats: "_Beats") -> AsyncIOScheduler:
        """Beat; what is due is decided in the database, so a late or doubled beat changes nothing."""
        relay = self.settings.relay
        metronome = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        every: list[tuple[Beat, float]] = [
            (self.tick, relay.tick_s),
            (self.relay.drain, relay.drain_s),
            (self.relay.reconcile, relay.reconcile_s),
            (self._tidy, _TIDY_S),
        ]
        for beat, every_s in every:
            metronome.add_job(
                beats.start, "interval", [beat], seconds=every_s, next_run_time=datetime.now(UTC)
            )
        return metronome


class _Beats:
    """What is done again and again, one of a kind at a time.

    The beats run beside the metronome, which would cut them off when it is stopped: a post half sent would
    then be sent twice.
    """

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[None]] = {}
        self._failing: set[str] = set()

    async def start(self, beat: Beat) -> None:
        """Begin a beat, unless the last one of its kind still takes its time."""
        name = beat.__name__
        last = self._running.get(name)
        if last is None or last.done():
            self._running[name] = asyncio.create_task(self._run(name, beat), name=name)

    async def _run(self, name: str, beat: Beat) -> None:
        """Take a beat. While the database is away that is said once, and once when it is back."""
        try:
            await beat()
        except Exception as error:
            if not is_outage(error):
                log.exception("beat_failed", beat=name)
            elif name not in self._failing:
                self._failing.add(name)
                log.warning("database_unreachable", beat=name, reason=type(error).__name__)
            return
        if name in self._failing:
            self._failing.discard(name)
            log.info("database_back", beat=name)

    async def finish(self) -> None:
        """Let what is under way come to its end, within reason."""
        running = [task for task in self._running.values() if not task.done()]
        if running:
            _, late = await asyncio.wait(running, timeout=_PATIENCE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: `serve` above decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


def _wall_clock() -> datetime:
    return datetime.now(UTC)


def listen(settings: Settings) -> tuple[socket.socket | None, Settings]:
    """Take the room's port before anything else starts; port 0 becomes the free one that was found."""
    room = settings.room
    if not room.enabled:
        return None, settings
    listening = socket.socket(socket.AF_INET6 if ":" in room.host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((room.host, room.port))
        listening.listen(_BACKLOG)  # now, so that of two processes started at once one is refused here
    except OSError as error:
        listening.close()
        text = t(
            "Cannot listen on {host}:{port} ({reason}). Stop what runs there, or choose another port.",
            host=room.host,
            port=str(room.port),
            reason=error.strerror or type(error).__name__,
        )
        raise ConfigError([Problem("CATWALK_ROOM__PORT", text)]) from None
    port: int = listening.getsockname()[1]
    return listening, settings.model_copy(update={"room": room.model_copy(update={"port": port})})


async def run(settings: Settings, started: Callable[[Settings], None]) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    listening, settings = listen(settings)
    installation = Installation(settings)
    await installation.serve(listening, until_told(), lambda: started(settings))


def until_told() -> asyncio.Event:
    """Make an event that SIGTERM and Ctrl-C set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    return stop
