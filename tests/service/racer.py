"""One of several processes that buy at once: `python -m tests.service.racer MODE URL PRESALE NAME COUNT`.

It says `ready`, waits for a line and then buys as fast as it can; at the end it prints the serials it
drew as JSON. `order` buys through the service, `draw` draws serials alone, each in its own transaction,
and `careless` reads the next serial and writes it back, as one would without the one statement.
"""

import asyncio
import json
import sys
from datetime import timedelta

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


async def race(mode: str, url: str, presale: int, name: str, count: int) -> list[int]:
    store = Store(url, clock=lambda: LATER)
    try:
        if mode == "order":
            catwalk = Catwalk(Shop(store, SECRET, open_by_name=True))
            await catwalk.command(Command(Actor("room", name, name), "enter", "enter", "", ROOM))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        if mode == "order":
            return await order(store, presale, name, count)
        return await (draw if mode == "draw" else careless)(store, presale, count)
    finally:
        await store.close()


if __name__ == "__main__":
    mode, url, presale, name, count = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(race(mode, url, int(presale), name, int(count)))))
