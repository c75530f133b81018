"""A whole installation for a demo: set up, opened, played to the end of its season.

What takes time is done once: drawings and cleaned photos stay in `var/demo`, so the second demo opens at
once. Without `--data` everything else is gone when the demo stops.
"""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from bot import main
from bot.demo import stage
from bot.demo.clock import FastClock
from bot.demo.fans import Fans
from bot.demo.play import Crowd
from bot.demo.shopping import Customers
from bot.demo.tastes import crowd
from bot.demo.wardrobe import Wardrobe
from bot.errors import ConfigError, Problem
from bot.intake.photos import CleanPhoto
from bot.intake.read import CampaignFile
from bot.loading import load_campaign
from bot.main import Installation
from bot.port import Role
from bot.service import people, rounds
from bot.service.designs import FIRST_ROOM
from bot.settings import Settings
from bot.showroom.staff import Staff
from bot.showroom.whereabouts import whereabouts
from bot.storage import campaigns, journal, schema
from bot.storage import rounds as stored_rounds
from bot.storage.store import Store
from bot.text import Span, Text, t

CACHE = Path("var/demo")
_MOST_FANS = 5_000

Bar = Callable[[Text], AbstractContextManager[Callable[[int, int], None]]]


@dataclass(frozen=True, slots=True)
class Terminal:
    """How to speak to who started the demo: in sentences that stay, in a line that is kept true (None
    clears it), and in bars."""

    say: Callable[[Text], None]
    line: Callable[[Text | None], None]
    bar: Bar


@dataclass(frozen=True, slots=True)
class Wish:
    """What the visitor asked for; `speed` is demo seconds a second, `data` where to keep it."""

    speed: float
    seed: int
    fans: int
    photos: Path | None
    port: int
    data: Path | None


async def show(wish: Wish, settings: Settings, terminal: Terminal) -> None:
    """Open the room and play the season; the room stays open after it, until stopped."""
    _check(wish)
    with _folder(wish.data) as folder:
        photos = CACHE / "photos"
        settings = _settings(wish, settings, folder, photos)
        listening, settings = main.listen(settings)
        start = await _start(settings)
        clock = FastClock(start, wish.speed)
        await _load(wish, settings, clock, folder, terminal.bar)
        installation = Installation(settings, clock, wish.speed)
        campaign_id = await _open_first(installation)
        opened = asyncio.Event()
        playing = asyncio.create_task(_play(installation, campaign_id, wish, clock, terminal, opened))
        try:
            owner = await people.invite_role(installation.shop, Role.OWNER, None)
            link = f"{settings.room.url}/claim?code={owner.code}"
            stop = main.until_told()
            playing.add_done_callback(lambda _task: stop.set())

            def started() -> None:
                _welcome(terminal.say, settings, link, wish)
                opened.set()

            await installation.serve("all", listening, stop, started)
        finally:
            playing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await playing


async def _play(
    installation: Installation,
    campaign_id: int,
    wish: Wish,
    clock: FastClock,
    terminal: Terminal,
    opened: asyncio.Event,
) -> None:
    """Let everybody do their part, and tell where the season is."""
    await opened.wait()
    wardrobe = await asyncio.to_thread(Wardrobe, wish.seed, stage.COUNT, wish.photos)
    tastes = crowd(wish.seed, wish.fans)
    fans = Fans(installation.catwalk, FIRST_ROOM, tastes, wardrobe, clock, wish.seed)
    async with asyncio.TaskGroup() as everybody:
        for part in (
            Crowd(fans).play(),
            Customers(fans).play(),
            Staff(installation, campaign_id, wardrobe, clock).work(),
            _tell(installation.store, campaign_id, terminal),
        ):
            everybody.create_task(part)


async def _tell(store: Store, campaign_id: int, terminal: Terminal) -> None:
    """Keep the line at the terminal true; each stage of the season is said once and stays."""
    said = ""
    while True:
        here = await whereabouts(store, campaign_id)
        if here.stage != said:
            said = here.stage
            terminal.say(here.line)
        terminal.line(None if here.over else here.line)
        if here.over:
            terminal.say(t("The room stays open for you to look around. Ctrl-C ends it."))
            return
        await asyncio.sleep(1)


def _welcome(say: Callable[[Text], None], settings: Settings, link: str, wish: Wish) -> None:
    say(t("The room is open: {url}", url=settings.room.url))
    say(t("You are one of its fans. To own the shop instead, open: {link}", link=link))
    say(
        t(
            "A day of the demo takes {day}, the whole season about {season}. Ctrl-C ends it.",
            day=Span(86_400 / wish.speed),
            season=Span(stage.hours() * 3600 / wish.speed),
        )
    )


def _check(wish: Wish) -> None:
    problems = []
    if not 0.01 <= wish.speed <= 100_000:
        problems.append(Problem("--speed", t("Choose a speed from 0.01 to 100000; 1 is real time.")))
    if not 0 <= wish.fans <= _MOST_FANS:
        problems.append(Problem("--fans", t("Choose from 0 to {most} fans.", most=_MOST_FANS)))
    if not 0 <= wish.port <= 65535:
        problems.append(Problem("--port", t("Choose a port from 0 to 65535; 0 takes a free one.")))
    if wish.photos is not None and not wish.photos.is_dir():
        problems.append(Problem("--photos", t("There is no folder {folder}.", folder=str(wish.photos))))
    if problems:
        raise ConfigError(problems)


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        yield data
    else:
        with tempfile.TemporaryDirectory(prefix="catwalk-demo-") as folder:
            yield Path(folder)


def _settings(wish: Wish, settings: Settings, folder: Path, photos: Path) -> Settings:
    """Point an installation at the demo's folder; whatever is set for the real one does not matter."""
    room = settings.room.model_copy(
        update={
            "enabled": True,
            "host": "127.0.0.1",
            "port": wish.port,
            "base_url": None,
            "open_by_name": True,
        }
    )
    return settings.model_copy(
        update={
            "secret": SecretStr(_secret(folder)),
            "database": settings.database.model_copy(
                update={"url": f"sqlite+aiosqlite:///{folder}/catwalk.db"}
            ),
            "photos": settings.photos.model_copy(
                update={"folder": folder / "photos" if wish.data else photos}
            ),
            "room": room,
            "relay": settings.relay.model_copy(update={"reconcile_s": 5.0, "tick_s": 0.5, "drain_s": 0.5}),
        }
    )


def _secret(folder: Path) -> str:
    """Draw the demo's secret once a folder, so that visitors of a kept demo stay signed in."""
    path = folder / "secret"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
            f.write(secrets.token_hex(32))
    return path.read_text()


async def _start(settings: Settings) -> datetime:
    """Say when the demo's clock starts: now, or where a kept demo's last entry left it."""
    store = Store(settings.database.url)
    try:
        await schema.migrate(store)
        async with store.read() as tx:
            newest = await journal.newest(tx)
    finally:
        await store.close()
    return max(datetime.now(UTC), newest or datetime.now(UTC))


async def _load(wish: Wish, settings: Settings, clock: FastClock, folder: Path, bar: Bar) -> None:
    """Draw or copy the designs and load them, unless this folder's demo has them."""
    store = Store(settings.database.url, clock=clock)
    try:
        async with store.read() as tx:
            if await campaigns.all_campaigns(tx):
                return
        with bar(t("Drawing the designs")) as drawn:
            source = stage.designs(CACHE, wish.seed, wish.photos, drawn)
        campaign = folder / "campaign"
        stage.write(campaign, source, clock())
        known = _known()
        with bar(t("Photos")) as progress:
            file, _ = await load_campaign(campaign, settings.photos, store, known=known, progress=progress)
        if wish.data is None:
            _remember(file, known)
        shutil.rmtree(campaign)
    finally:
        await store.close()


def _known() -> dict[str, CleanPhoto]:
    try:
        return {p["source_hash"]: CleanPhoto(**p) for p in json.loads((CACHE / "known.json").read_text())}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def _remember(file: CampaignFile, known: dict[str, CleanPhoto]) -> None:
    known = {**known, **{d.photo.source_hash: d.photo for d in file.designs}}
    (CACHE / "known.json").write_text(json.dumps([asdict(p) for p in known.values()]))


async def _open_first(installation: Installation) -> int:
    """Open the first round, unless a kept demo is further; returns the campaign's id."""
    store = installation.store
    async with store.read() as tx:
        campaign = (await campaigns.all_campaigns(tx))[0]
        first = (await stored_rounds.rounds_of(tx, campaign.id))[0]
    if first.opened_at is None:
        await rounds.open_round(store, first.id, rounds.CLOCK)
    return campaign.id
