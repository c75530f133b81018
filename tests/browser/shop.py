"""A running room to visit: 200 plain designs, a clock to set, and fans enough for a result."""

import asyncio
import colorsys
import math
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any, TypeVar

from PIL import Image, ImageDraw
from pydantic import SecretStr
from sqlalchemy import func, select

from bot.actions import Finish, encode
from bot.loading import load_campaign
from bot.main import Installation, listen
from bot.port import Actor, Command, Inbox, Look, Press, Role, ShowPage
from bot.rounds.model import Round
from bot.service import people, rounds
from bot.settings import Database, Limits, Photos, Relay, Room, Settings
from bot.storage import rounds as stored_rounds
from bot.storage import schema
from bot.storage.store import Store
from bot.storage.votes import press
from tests.clock import Clock

DESIGNS, PAGES, KEEP = 200, 10, (80, 30)
SECRET = "browsers are shown nothing of this secret"

RULES = """\
key = "winter"
title = "Winter looks"
time_zone = "Europe/Berlin"

[noun]
en = ["look", "looks"]
fr = ["tenue", "tenues"]
zh = ["款"]

[[rounds]]
ballot = "sheets"
opens_at = 2026-11-27T20:30:00
closes_at = 2026-11-30T20:00:00
keep = 80
quorum = 3
tie_rule = "lot"

[[rounds]]
ballot = "sheets"
opens_at = 2026-12-04T20:00:00
closes_at = 2026-12-07T20:00:00
keep = 30
quorum = 3
tie_rule = "lot"
"""

_KINDS = ("dress", "coat", "skirt", "knit")
_T = TypeVar("_T")

# ------------------------------------------------------------------ its designs


def drawing(number: int) -> Image.Image:
    """Draw a plain dress of a colour and a cut of its own, with its number on it."""
    rng = Random(number)
    cloth, ground = (_colour(number * 0.618, s, v) for s, v in ((0.55, 0.75), (0.08, 0.94)))
    image = Image.new("RGB", (320, 400), ground)
    draw = ImageDraw.Draw(image)
    waist, hem, length = rng.randrange(22, 50), rng.randrange(45, 130), rng.randrange(220, 350)
    shoulder = rng.randrange(35, 70)
    draw.polygon([(160 - shoulder, 70), (160 + shoulder, 70), (160 + waist, 170), (160 - waist, 170)], cloth)
    draw.polygon([(160 - waist, 170), (160 + waist, 170), (160 + hem, length), (160 - hem, length)], cloth)
    for i in range(rng.randrange(6)):
        draw.line([(160 - waist, 180 + 12 * i), (160 + waist, 180 + 12 * i)], ground, 3)
    draw.text((160, 130), str(number), "white", anchor="mm", font_size=44)
    return image


def _colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    r, g, b = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return round(r * 255), round(g * 255), round(b * 255)


DRAFT, VOTED = "catwalk.db", "voted.db"
"""The databases of a made folder: round 1 a draft, and round 1 open with forty fans who have voted."""


def load(root: Path, designs: int = DESIGNS, rules: str = RULES) -> Path:
    """Make a folder with photos and a database whose round 1 is a draft."""
    source = root / "winter"
    (source / "photos").mkdir(parents=True)
    lines = ["photo,title,category,colour"]
    for n in range(1, designs + 1):
        drawing(n).save(source / "photos" / f"{n:03d}.jpg", quality=80)
        lines.append(f"{n:03d}.jpg,Winter look {n},{_KINDS[n % 4]},shade {n % 12}")
    (source / "designs.csv").write_text("\n".join(lines) + "\n")
    (source / "campaign.toml").write_text(rules)
    asyncio.run(_load(source, root))
    return root


def make(root: Path) -> Path:
    """Make a folder with photos and the databases to copy."""
    load(root)
    busy = Shop(root, root / "busy", Clock())
    busy.open()
    busy.crowd(40)
    busy.close()
    shutil.copy(root / "busy" / DRAFT, root / VOTED)
    return root


async def _load(source: Path, root: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{root / DRAFT}")
    try:
        await schema.migrate(store)
        await load_campaign(source, Photos(folder=root / "photos"), store)
    finally:
        await store.close()


# ------------------------------------------------------------------ the room itself


class Shop:
    """One installation with its own copy of the database, served by a thread of this process."""

    def __init__(self, made: Path, home: Path, clock: Clock, database: str = DRAFT) -> None:
        self.clock = clock
        home.mkdir(exist_ok=True)
        shutil.copy(made / database, home / DRAFT)
        self._settings = Settings.model_construct(
            secret=SecretStr(SECRET),
            database=Database(url=f"sqlite+aiosqlite:///{home / DRAFT}"),
            room=Room(port=0, open_by_name=False),
            photos=Photos(folder=made / "photos"),
            relay=Relay(drain_s=0.05, tick_s=0.05, reconcile_s=1),
            limits=Limits(presses=100_000, comments=10_000, entries=10_000),
        )
        self.start()

    def start(self) -> None:
        """Open the room, at the same address as before."""
        listening, self._settings = listen(self._settings)
        self._here = Installation(self._settings, self.clock)
        self._loop, self._stop, is_open = asyncio.new_event_loop(), asyncio.Event(), Event()
        serving = self._here.serve("all", listening, self._stop, is_open.set)
        self._thread = Thread(target=self._run, args=[serving], name="shop", daemon=True)
        self._thread.start()
        assert is_open.wait(30)

    def _run(self, serving: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(serving)

    def close(self) -> None:
        """Close the room, if it is open."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(20)
            assert not self._thread.is_alive()

    @property
    def url(self) -> str:
        return self._settings.room.url

    @property
    def inbox(self) -> Inbox:
        return self._here.catwalk

    def do(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run something in the shop's own loop, as a request would be."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    # -------------------------------------------------------------- its people

    def invitation(self) -> str:
        issued = self.do(people.invite_fans(self._here.shop, "main", None, None))
        return f"{self.url}/enter?code={issued.code}"

    def claim(self, role: Role = Role.OWNER) -> str:
        issued = self.do(people.invite_role(self._here.shop, role, None))
        return f"{self.url}/claim?code={issued.code}"

    def open(self, number: int = 1) -> None:
        self.do(rounds.open_round(self._here.store, number, rounds.By(reason="test")))

    def step(self, step: Callable[[Store, int, rounds.By], Coroutine[Any, Any, Any]]) -> None:
        """Take a step of round 1."""
        self.do(step(self._here.store, 1, rounds.By(reason="test")))

    def close_round(self) -> None:
        """Reach the closing time of round 1; the room's own clock does the rest."""
        self.clock.set(self.do(self._round()).closes_at)

    def sign(self) -> None:
        """Close round 1, count it and sign its cut, all at once."""
        self.do(self._sign())

    async def _sign(self) -> None:
        store, by = self._here.store, rounds.By(reason="test")
        await rounds.count(store, await rounds.close(store, 1, by))
        await rounds.sign(store, 1, by, accept_quorum=True)

    async def _round(self) -> Round:
        async with self._here.store.read() as tx:
            found = await stored_rounds.round_by_id(tx, 1)
        assert found is not None
        return found

    def presses(self) -> int:
        """Count the presses that were accepted from everybody."""
        return self.do(self._presses())

    async def _presses(self) -> int:
        async with self._here.store.read() as tx:
            return int((await tx.conn.execute(select(func.count()).select_from(press))).scalar_one())

    def crowd(self, fans: int = 40) -> None:
        """Let fans who like low numbers answer everything."""
        code = self.invitation().split("code=")[1]
        self.do(self._crowd(fans, code))

    async def _crowd(self, fans: int, code: str) -> None:
        await asyncio.gather(*(self._vote(i, code) for i in range(fans)))

    async def _vote(self, i: int, code: str) -> None:
        rng, actor, inbox = Random(i), Actor("room", f"crowd-{i}", f"Fan {i}", "en"), self._here.catwalk
        await inbox.command(Command(actor, f"enter-{i}", "enter", code, "main"))
        liked = [n for n in range(1, DESIGNS + 1) if rng.random() < 1 / (1 + math.exp((n - 80) / 25))]
        await inbox.command(Command(actor, "picks", "pick", " ".join(map(str, liked)), "main"))
        await inbox.look(Look(actor, ShowPage(), "main"))  # which draws the order of their pages
        for page in range(1, PAGES + 1):
            await inbox.press(Press(actor, f"done-{page}", encode(Finish(1, page)), "main"))
