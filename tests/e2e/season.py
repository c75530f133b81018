"""A season as a script, to be played to its end by a process of its own.

Every step has a time of its own and is done as a surface does it: the same event again when nobody answered.
The process may lose power (SIGKILL) at so many statements and commits from a step on; the next goes on with
the step that was under way. What was answered is listed in `answered`, one step a line.
"""

import asyncio
import io
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image
from pydantic import SecretStr
from sqlalchemy import event

from bot import log
from bot.actions import Undo, encode
from bot.errors import RuleError
from bot.main import Installation
from bot.port import (
    Actor,
    CardPage,
    Command,
    Comment,
    DuelPage,
    Feed,
    Look,
    OrdersView,
    PresaleView,
    Press,
    Remark,
    Role,
    Sheet,
    ShowFeed,
    ShowOrders,
    ShowPage,
    ShowPresale,
    Upload,
    at_hand,
)
from bot.relay import Relay
from bot.rounds.engine import counting
from bot.rounds.model import Round
from bot.service import people, presales, rounds
from bot.service.rounds import By
from bot.settings import Database, Photos, Room, Settings
from bot.storage import people as stored_people
from bot.storage import presales as stored_presales
from bot.storage import rounds as stored_rounds
from bot.storage.direct_postgresql import Connection as DirectPostgresql
from bot.storage.inline_sqlite import Connection as InlineSqlite
from tests.clock import Clock
from tests.e2e.process import SECRET
from tests.made_shop import ours

FANS, GROUP, DAY = 7, "main", timedelta(days=1)
LIKED = 0.55
OWNER = Actor("room", "owner", "Olga", "en")
DESIGNER = Actor("room", "designer", "Noor", "en")

Do = Callable[["World"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens, at its time; not everything is followed by what time demands, to be quicker."""

    at: datetime
    name: str
    do: Do
    settles: bool = True


@dataclass
class World:
    """A running installation on a clock that the script sets."""

    here: Installation
    clock: Clock
    home: Path
    step: str = ""
    pressed: dict[str, str] = field(default_factory=dict)

    def actor(self, fan: int) -> Actor:
        return Actor("room", f"fan-{fan}", f"Fan {fan}", "en")

    async def see(self, actor: Actor, wish: Any) -> Any:
        return (await self.here.catwalk.look(Look(actor, wish, GROUP))).screen

    async def page(self, actor: Actor, page: int) -> Any:
        """Show a page of a ballot; None where this fan has fewer."""
        try:
            return await self.see(actor, ShowPage(page))
        except RuleError as refused:
            if refused.code != "ballot.page":
                raise
            return None

    async def remarks(self, *words: str) -> tuple[int, ...]:
        """Find comments that are shown by what they say."""
        feed = await self.see(OWNER, ShowFeed())
        assert isinstance(feed, Feed)
        return tuple(i.id for i in feed.items if isinstance(i, Remark) and any(w in i.body for w in words))

    async def press(self, actor: Actor, name: str, action: str) -> None:
        """Press a button; after a power cut the very same one is pressed again, as a phone does."""
        path = self.home / "pressed"
        known = json.loads(path.read_text()) if path.exists() else {}
        if name not in known:
            known = {name: action}  # only the last button can still be without an answer
            path.with_suffix(".new").write_text(json.dumps(known))
            path.with_suffix(".new").rename(path)
        await self.here.catwalk.press(Press(actor, name, known[name], GROUP))

    async def round(self, number: int) -> Round:
        async with self.here.store.read() as tx:
            found = counting(await stored_rounds.rounds_of(tx, 1), number)
        assert found is not None
        return found

    async def by(self) -> By:
        async with self.here.store.read() as tx:
            person = await stored_people.find_person(tx, OWNER.platform, OWNER.remote_id)
        assert person is not None
        return By(person.account_id, "as planned")

    async def settle(self) -> None:
        """Do what time demands, and tell it."""
        await self.here.tick()
        relay = Relay(self.here.store, self.here.room, ours)
        await relay.drain()
        await relay.reconcile()


# ------------------------------------------------------------------ what happens


def likes(fan: int, number: int) -> float:
    """Say how much a fan likes a design, 0…1; low numbers are liked by more."""
    return (Random(f"{fan} {number}").random() + 1 - number / 20) / 2


def _sheet(fan: int, page: int) -> Do:
    async def do(world: World) -> None:
        who = world.actor(fan)
        sheet = await world.page(who, page)
        assert isinstance(sheet, Sheet)
        for tile in sheet.tiles:
            if likes(fan, tile.number) > LIKED and not tile.picked:
                await world.press(who, f"{world.step}-{tile.number}", tile.press)
        await world.press(who, f"{world.step}-done", sheet.finish)

    return do


def _card(fan: int, page: int) -> Do:
    async def do(world: World) -> None:
        who = world.actor(fan)
        card = await world.page(who, page)
        if card is None:
            return
        assert isinstance(card, CardPage)
        liked = likes(fan, card.tile.number)
        action = card.love if liked > 0.7 else card.like if liked > 0.5 else card.passed
        await world.press(who, f"{world.step}-{card.tile.number}", action)
        card = await world.page(who, page)
        if liked < 0.4 and not card.chips[0].chosen:
            await world.press(who, f"{world.step}-why", card.chips[0].press)

    return do


def _duel(fan: int, page: int) -> Do:
    async def do(world: World) -> None:
        who = world.actor(fan)
        duel = await world.page(who, page)
        if duel is None:
            return
        assert isinstance(duel, DuelPage)
        left, right = likes(fan, duel.left.number), likes(fan, duel.right.number)
        action = duel.even if abs(left - right) < 0.05 else (duel.left if left > right else duel.right).press
        await world.press(who, f"{world.step}-answer", action)

    return do


def _undo(fan: int, number: int) -> Do:
    async def do(world: World) -> None:
        round_ = await world.round(number)
        await world.press(world.actor(fan), world.step, encode(Undo(round_.id)))

    return do


def _comment(fan: int, words: str) -> Do:
    async def do(world: World) -> None:
        await world.here.catwalk.comment(Comment(world.actor(fan), world.step, GROUP, words))

    return do


def _hide(words: str) -> Do:
    async def do(world: World) -> None:
        for comment in await world.remarks(words):
            args = f"hide c{comment} be kind"
            await world.here.catwalk.command(Command(OWNER, world.step, "mod", args, GROUP))

    return do


def _sign(number: int) -> Do:
    async def do(world: World) -> None:
        round_ = await world.round(number)
        if round_.signed_at is None:
            await rounds.sign(world.here.store, round_.id, await world.by(), accept_quorum=True)

    return do


def _upload(number: int, *answers: str) -> Do:
    async def do(world: World) -> None:
        image, extent = io.BytesIO(), (-2, -1.5, 1, 1.5 + number / 40)
        Image.effect_mandelbrot((300, 400), extent, 60).convert("RGB").save(image, "JPEG")
        asked = await world.remarks(*answers) if answers else ()
        note = f"Longer sleeves on {number}"
        await world.here.catwalk.upload(
            Upload(DESIGNER, world.step, number, at_hand(image.getvalue()), note, asked)
        )

    return do


async def _open_presales(world: World) -> None:
    await presales.open_presales(world.here.store, 1, await world.by())


def _order(fan: int, place: int, quantity: int, colour: int) -> Do:
    """Order the `place`-th of the shortlist, by number."""

    async def do(world: World) -> None:
        async with world.here.store.read() as tx:
            found = await stored_presales.presales_of(tx, 1)
            designs = await stored_presales.designs_of(tx, [p.version_id for p in found])
        numbers = sorted(d.number for d in designs.values())
        who = world.actor(fan)
        wish = ShowPresale(numbers[place % len(numbers)], quantity, str(colour), "M")
        view = await world.see(who, wish)
        assert isinstance(view, PresaleView)
        action = view.quote.confirm if view.quote else ""
        await world.press(who, world.step, action)

    return do


def _cancel(fan: int) -> Do:
    async def do(world: World) -> None:
        who = world.actor(fan)
        view = await world.see(who, ShowOrders())
        assert isinstance(view, OrdersView)
        action = next((o.cancel for o in view.orders if o.cancel), "")
        await world.press(who, world.step, action or "")

    return do


async def _nothing(_world: World) -> None:
    """Let time pass."""


def script(opens: list[datetime], closes: list[datetime], pages: tuple[int, ...]) -> list[Step]:
    """Write the season down: three rounds with comments and two revisions, then presales of nine days."""
    made: list[Step] = []
    shapes = (_sheet, _card, _duel)
    for i, (shape, of) in enumerate(zip(shapes, pages, strict=True)):
        made.append(Step(opens[i], f"round-{i + 1}-opens", _nothing))
        at = opens[i]
        for page in range(1, of + 1):
            for fan in range(FANS):
                at += timedelta(minutes=1)
                name, settles = f"round-{i + 1}-fan-{fan}-page-{page}", fan == FANS - 1
                made.append(Step(at, name, shape(fan, page), settles))
        made.append(Step(at + DAY / 24, f"round-{i + 1}-undo", _undo(2, i + 1)))
        if i == 0:
            made += [
                Step(at + DAY / 12, "say-longer", _comment(1, "#001 longer sleeves please")),
                Step(at + DAY / 12, "say-longer-too", _comment(3, "#001 with sleeves I would buy it")),
                Step(at + DAY / 12, "say-rude", _comment(4, "#002 what a rag")),
                Step(at + DAY / 8, "hide", _hide("what a rag")),
            ]
        closed = closes[i] + timedelta(minutes=1)
        made.append(Step(closes[i] - DAY / 6, f"round-{i + 1}-remind", _nothing))
        made.append(Step(closed, f"round-{i + 1}-closes", _nothing))
        made.append(Step(closed + DAY / 24, f"round-{i + 1}-signed", _sign(i + 1)))
        if i == 0:
            made.append(Step(closed + DAY / 12, "version-of-1", _upload(1, "longer sleeves", "with sleeves")))
            made.append(Step(closed + DAY / 12, "version-of-3", _upload(3)))
    sale = closes[-1] + DAY / 2
    made.append(Step(sale, "presales-open", _open_presales))
    rng = Random("orders")
    for i in range(24):
        at = sale + DAY / 4 * (i + 1)
        step = _order(i % FANS, rng.randrange(3), rng.choice((1, 1, 2)), rng.choice((1, 1, 2)))
        made.append(Step(at, f"order-{i}", step))
    made.append(Step(sale + 5 * DAY + DAY / 9, "cancel-1", _cancel(2)))
    made.append(Step(sale + 6 * DAY + DAY / 9, "cancel-2", _cancel(4)))
    made += [Step(sale + n * DAY, f"day-{n}", _nothing) for n in (7, 8, 9, 10, 11)]
    return sorted(made, key=lambda step: step.at)


# ------------------------------------------------------------------ playing it


class Power:
    """Counts an installation's statements and commits, each from both sides, and ends this process with
    SIGKILL at the `moment`-th from when it is told to; 0 is never."""

    def __init__(self, installation: Installation, moment: int) -> None:
        self.fails = False
        self._left = moment
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            for engine in installation.store.engines:
                event.listen(engine.sync_engine, name, self._pass)
        for driver, names in (
            (InlineSqlite, ("fetch", "write", "commit")),
            (DirectPostgresql, ("fetch", "commit")),
        ):
            for name in names:  # what goes past SQLAlchemy
                setattr(driver, name, self._passing(getattr(driver, name)))

    def _passing(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def passing(*args: Any) -> Any:
            self._pass()
            done = await call(*args)
            self._pass()
            return done

        return passing

    def _pass(self, *_args: object) -> None:
        self._left -= self.fails
        if self.fails and self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


@asynccontextmanager
async def opened(url: str, home: Path) -> AsyncIterator[World]:
    """Build the installation as `catwalk run` does, on the script's clock."""
    clock = Clock()
    settings = Settings.model_construct(
        secret=SecretStr(SECRET), database=Database(url=url), room=Room(port=8000, open_by_name=True),
        photos=Photos(folder=home.parent / "photos"),
    )  # fmt: skip
    installation = Installation(settings, clock)
    try:
        yield World(installation, clock, home)
    finally:
        await installation.store.close()


async def prepare(url: str, home: Path) -> None:
    """Let everybody in before anything happens: who they are is not what is tested here."""
    async with opened(url, home) as world:
        for role, actor in ((Role.OWNER, OWNER), (Role.DESIGNER, DESIGNER)):
            code = await people.invite_role(world.here.shop, role, None)
            await world.here.catwalk.command(Command(actor, "claim", "claim", code.code))
            await world.here.catwalk.command(Command(actor, "enter", "enter", "", GROUP))
        for fan in range(FANS):
            await world.here.catwalk.command(Command(world.actor(fan), "enter", "enter", "", GROUP))
        await rounds.schedule(world.here.store, (await world.round(1)).id, await world.by())


async def _play(url: str, home: Path, from_step: int, moment: int) -> None:
    answered = home / "answered"
    done = set(answered.read_text().split()) if answered.exists() else set()
    async with opened(url, home) as world:
        power = Power(world.here, moment)
        plans = [(await world.round(n)).plan for n in (1, 2, 3)]
        pages = (2, 6, 4)
        steps = script([p.opens_at for p in plans], [p.closes_at for p in plans], pages)
        with answered.open("a") as list_:
            for i, step in enumerate(steps):
                if step.name in done:
                    continue
                power.fails = i >= from_step
                world.clock.set(step.at)
                world.step = step.name
                await step.do(world)
                if step.settles:
                    await world.settle()
                list_.write(f"{step.name}\n")
                list_.flush()


def live(url: str, home: Path, from_step: int, moment: int) -> None:
    """Play on to the end, or until the power goes at the `moment`-th statement from a step on (0: never)."""
    with (home / "said").open("a") as sys.stderr:
        log.configure(level="warning", shape="json", secret=SECRET)
        asyncio.run(_play(url, home, from_step, moment))
