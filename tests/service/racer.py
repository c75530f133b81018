"""Several processes that buy at once, started together.

`order` buys through the service, `draw` draws serials alone, each in its own transaction, and `careless`
reads the next serial and writes it back, as one would without the one statement.
"""

import asyncio
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from sqlalchemy import select, update

from bot.errors import RuleError
from bot.port import Actor, Command, Look, PresaleView, Press, ShowPresale
from bot.service.catwalk import Catwalk
from bot.service.shop import Shop
from bot.storage import presales
from bot.storage.store import Store, Tx
from tests.clock import START
from tests.made_shop import ROOM, SECRET

LATER = START + timedelta(days=3)
"""When everybody buys: after the opening and before the first step by time."""


async def order(store: Store, number: int, name: str, count: int) -> list[int]:
    """Buy one to three units at a time, quoting anew whenever the price has moved."""
    catwalk, actor, drawn = Catwalk(Shop(store, SECRET, open_by_name=True)), Actor("room", name, name), []
    bought = 0
    while bought < count:
        wish = ShowPresale(number, bought % 3 + 1, str(bought % 2 + 1), "M")
        view = (await catwalk.look(Look(actor, wish, ROOM))).screen
        assert isinstance(view, PresaleView)
        assert view.quote is not None
        try:
            await catwalk.press(Press(actor, f"{name}-{bought}", view.quote.confirm, ROOM))
        except RuleError as refused:
            if refused.code != "order.moved":
                raise
        else:
            drawn.append(view.quote.quantity)
            bought += 1
    return drawn


async def draw(store: Store, presale_id: int, count: int) -> list[int]:
    """Draw a serial at a time with the one statement."""
    drawn = []
    for _ in range(count):
        async with store.begin() as tx:
            first = await presales.take_serials(tx, presale_id, 1, LATER)
            assert first is not None
            drawn.append(first)
    return drawn


async def careless(store: Store, presale_id: int, count: int) -> list[int]:
    """Read the next serial and write it back; on SQLite the two stand in transactions of their own."""
    drawn = []
    for _ in range(count):
        if store.sqlite:
            async with store.read() as tx:
                first = await _next(tx, presale_id)
            async with store.begin() as tx:
                await _put(tx, presale_id, first + 1)
        else:
            async with store.begin() as tx:
                first = await _next(tx, presale_id)
                await _put(tx, presale_id, first + 1)
        drawn.append(first)
    return drawn


async def _next(tx: Tx, presale_id: int) -> int:
    found = select(presales.presale.c.next_serial).where(presales.presale.c.id == presale_id)
    return int((await tx.conn.execute(found)).scalar_one())


async def _put(tx: Tx, presale_id: int, serial: int) -> None:
    changed = update(presales.presale).where(presales.presale.c.id == presale_id)
    await tx.conn.execute(changed.values(next_serial=serial))


async def _race(mode: str, url: str, presale: int, name: str, count: int, start: Barrier) -> list[int]:
    store = Store(url, clock=lambda: LATER)
    try:
        if mode == "order":
            catwalk = Catwalk(Shop(store, SECRET, open_by_name=True))
            await catwalk.command(Command(Actor("room", name, name), "enter", "enter", "", ROOM))
        await asyncio.to_thread(start.wait)
        if mode == "order":
            return await order(store, presale, name, count)
        return await (draw if mode == "draw" else careless)(store, presale, count)
    finally:
        await store.close()


def _run(told: Connection, *race: object) -> None:
    told.send(asyncio.run(_race(*race)))  # type: ignore[arg-type]


def race(mode: str, url: str, presale: int, processes: int, count: int) -> list[list[int]]:
    """Let so many processes get ready, start them together and return what each of them drew."""
    context = get_context("forkserver")  # imports once what they all need
    context.set_forkserver_preload(["tests.service.racer"])
    start = context.Barrier(processes, timeout=120)  # so that nobody waits for one that died
    running = []
    for i in range(processes):
        ours, theirs = context.Pipe(duplex=False)
        racer = context.Process(
            target=_run, args=(theirs, mode, url, presale, f"racer-{i}", count, start), daemon=True
        )
        racer.start()
        theirs.close()
        running.append((racer, ours))
    try:
        return [ours.recv() for _, ours in running]  # EOFError where one of them died
    finally:
        for racer, ours in running:
            racer.kill()
            racer.join()
            ours.close()
