"""Eight processes buy at once across price steps: every serial is sold once, at its own price.

The control shows that they do meet: with a read and a write in place of the one statement, the same
processes draw the same serials many times over.
"""

import asyncio

from bot.presale.engine import event_time
from bot.storage import fan_orders
from bot.storage import presales as rows
from bot.storage.store import Store
from tests.clock import Clock
from tests.made_presale import made_presale, presale_plan
from tests.service.racer import LATER, race

PROCESSES, DRAWS = 8, 12


async def test_every_serial_is_sold_once_at_its_own_price(shop_url: str, store: Store, clock: Clock) -> None:
    made = await made_presale(store, clock, presale_plan(every_units=5, limit=1000, cap=100_000))
    bought = await asyncio.to_thread(race, "order", shop_url, made.number, PROCESSES, 3)
    units = sum(sum(own) for own in bought)
    assert units == PROCESSES * (1 + 2 + 3)
    async with store.read() as tx:
        presale = await rows.presale_by_id(tx, made.presale_id)
        orders = await fan_orders.orders_in(tx, made.presale_id)
    assert presale is not None
    assert (presale.net, presale.next_serial) == (units, units + 1)
    assert sum(c.units for c in presale.colours) == units
    lines = sorted((x for o in orders for x in o.lines), key=lambda x: x.serial_from)
    assert [s for x in lines for s in range(x.serial_from, x.serial_to + 1)] == list(range(1, units + 1))
    assert all(x.unit == presale.ladder.price(x.serial_from, LATER) for x in lines)
    assert all(x.unit == presale.ladder.price(x.serial_to, LATER) for x in lines)
    assert event_time(presale, LATER) == LATER
    assert presale.stage == presale.ladder.stage(units + 1, LATER)


async def test_the_statement_alone_draws_no_serial_twice(shop_url: str, store: Store, clock: Clock) -> None:
    made = await made_presale(store, clock, presale_plan(cap=100_000))
    drawn = await asyncio.to_thread(race, "draw", shop_url, made.presale_id, PROCESSES, DRAWS)
    assert sorted(serial for own in drawn for serial in own) == list(range(1, PROCESSES * DRAWS + 1))
    assert all(own == sorted(own) for own in drawn)


async def test_without_the_statement_serials_are_drawn_twice(
    shop_url: str, store: Store, clock: Clock
) -> None:
    made = await made_presale(store, clock, presale_plan(cap=100_000))
    drawn = await asyncio.to_thread(race, "careless", shop_url, made.presale_id, PROCESSES, DRAWS)
    serials = [serial for own in drawn for serial in own]
    assert len(serials) > len(set(serials))
