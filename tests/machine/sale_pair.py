"""A real presale and its reference, side by side: what is done to the one is done to the other."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import select, update

from bot.errors import RuleError
from bot.money import Money
from bot.port import Actor, Command, Press
from bot.presale.ladder import Combine, TimeRule
from bot.service import presales
from bot.service.catwalk import Catwalk
from bot.service.rounds import By
from bot.service.shop import Shop
from bot.storage import campaigns, fan_orders, people, rounds
from bot.storage import presales as rows
from bot.storage.presale_tables import FanOrder, OrderLine, PresaleStep
from bot.storage.store import Store, Tx
from bot.storage.tables import Account, Campaign, Outbox, table
from tests.clock import START, Clock
from tests.machine.reference import Refusal
from tests.machine.sale_reference import BASE, CAP, EVERY, LIMIT, STEP, TOP, Sale
from tests.made_presale import presale_plan
from tests.made_shop import ROOM, SECRET

T = TypeVar("T")
ACCOUNTS = 4
BEGIN = START + timedelta(hours=3)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
line, step, outbox, account_table = table(OrderLine), table(PresaleStep), table(Outbox), table(Account)
order_table = table(FanOrder)


@dataclass
class Market:
    """Where machines run one after the other; `new_url` gives each a shop with a signed shortlist."""

    runner: asyncio.Runner
    new_url: Callable[[], str]
    met: Counter[tuple[str, str]] = field(default_factory=Counter)

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(doing)


class SalePair:
    """One presale, two workers, four fans."""

    def __init__(self, market: Market, combine: str, moq: int) -> None:
        self.market = market
        self.clock = Clock(BEGIN)
        self.events = 0
        self.quotes: list[tuple[tuple[int, int, int], int]] = []
        self.pressed: list[tuple[int, str, tuple[Any, ...]]] = []
        self.market.run(self._begin(self.market.new_url(), combine, moq))

    async def _begin(self, url: str, combine: str, moq: int) -> None:
        self.stores = [Store(url, clock=self.clock) for _ in range(2)]
        self.catwalks = [Catwalk(Shop(store, SECRET, open_by_name=True)) for store in self.stores]
        plan = presale_plan(
            base=Money(BASE, "EUR"), step=Money(STEP, "EUR"), list_price=Money(TOP, "EUR"), every_units=EVERY,
            time=TimeRule(10, time(18), 3), moq=moq, sizes=("S", "M"), limit=LIMIT, cap=CAP,
            combine=Combine(combine),
        )  # fmt: skip
        async with self.stores[0].begin() as tx:
            await tx.conn.execute(update(table(Campaign)).values(presale=rows.dump_plan(plan)))
            (campaign,) = await campaigns.all_campaigns(tx)
            (signed,) = await rounds.rounds_of(tx, campaign.id)
            kept = {cut.design_id for cut in await rounds.signed_cut(tx, signed.id) if cut.kept}
            number = min(
                c.number for c in await campaigns.competitors(tx, campaign.id) if c.design_id in kept
            )
        for account in range(ACCOUNTS):
            await self.catwalks[0].command(Command(self.actor(account), "enter", "enter", "", ROOM))
        ids = await presales.open_presales(self.stores[0], campaign.id, By(), [number])
        self.presale_id = ids[0]
        real = await self._read()
        self.version = real.ladder.version[:8]
        self.sale = Sale(combine, moq, list(real.ladder.at), real.opened_at, real.closes_at)
        self.sale.person = {account: account for account in range(ACCOUNTS)}

    async def _read(self) -> Any:
        async with self.stores[0].read() as tx:
            found = await rows.presale_by_id(tx, self.presale_id)
        assert found is not None
        return found

    def end(self) -> None:
        for store in self.stores:
            self.market.run(store.close())

    def actor(self, account: int) -> Actor:
        return Actor("room", f"buyer-{account}", f"Buyer {account}", "en")

    @property
    def now(self) -> datetime:
        return self.clock()

    def both(self, name: str, expected: Callable[[], Any], doing: Awaitable[T]) -> tuple[Any, T | None]:
        """Do it in the reference and for real: both do it, or both refuse it for the same reason."""
        said = real = "ok"
        wanted: Any = None
        found: T | None = None
        try:
            wanted = expected()
        except Refusal as refusal:
            said = refusal.code
        try:
            found = self.market.run(_awaited(doing))
        except RuleError as refused:
            real = refused.code
        assert real == said, f"{name}: {real}, the reference says {said}"
        self.market.met[name, real] += 1
        return wanted, found

    # -------------------------------------------------------------- what is done

    def see(self, want: tuple[int, int, int]) -> None:
        """Keep a quote as it is now, to be confirmed some time."""
        self.quotes.append((want, self.sale.quote(want[0], self.now)))

    def order(self, account: int, back: int, off: int, worker: int) -> None:
        """Confirm one of the last quotes; `off` forges its sum."""
        if self.quotes:
            want, quoted = self.quotes[-1 - back % len(self.quotes)]
            self.press(account, self._event(), ("order", want, max(0, quoted + off)), worker)

    def give_back(self, back: int, worker: int) -> None:
        """Let somebody cancel one of their own orders."""
        if self.sale.orders:
            number = len(self.sale.orders) - back % len(self.sale.orders)
            self.cancel(self.sale.orders[number - 1]["account"], number, worker)

    def cancel(self, account: int, number: int, worker: int) -> None:
        self.press(account, self._event(), ("cancel", number), worker)

    def replay(self, back: int, worker: int) -> None:
        if self.pressed:
            account, event, deal = self.pressed[-1 - back % len(self.pressed)]
            self.press(account, event, deal, worker)

    def press(self, account: int, event: str, deal: tuple[Any, ...], worker: int) -> None:
        self.pressed.append((account, event, deal))
        if deal[0] == "order":
            _, (quantity, colour, size), quoted = deal
            action = f"o:{self.presale_id}:{quantity}:{colour}:{size}:{quoted}:{self.version}"
            expected: Callable[[], Any] = lambda: self.sale.order(  # noqa: E731
                account, event, deal[1], quoted, self.now
            )
        else:
            action = f"x:{deal[1]}"
            expected = lambda: self.sale.cancel(account, event, deal[1], self.now)  # noqa: E731
        press = Press(self.actor(account), event, action, ROOM)
        wanted, found = self.both(deal[0], expected, self.catwalks[worker].press(press))
        if wanted is not None:
            assert found is not None
            assert found.text is not None
            assert ("first" in found.text.holes) == (wanted[0] == "ordered")
            if wanted[0] == "ordered":
                assert found.text.holes["first"] == wanted[1][0][0]

    def _event(self) -> str:
        self.events += 1
        return f"event-{self.events}"

    def step(self, name: str, days: int) -> None:
        store, by = self.stores[self.events % 2], timedelta(days=days)
        doing: Awaitable[Any] = (
            presales.extend(store, self.presale_id, by, By())
            if name == "extend"
            else {"pause": presales.pause, "resume": presales.resume, "close": presales.close}[name](
                store, self.presale_id, By()
            )
        )
        self.both(name, lambda: self.sale.step(name, self.now, by), doing)

    def tick(self, worker: int) -> None:
        self.both("tick", lambda: self.sale.tick(self.now), presales.tick(self.stores[worker]))

    def link(self, gone: int, stays: int) -> None:
        self.both("link", lambda: self.sale.link(gone, stays), self._link(gone, stays))

    async def _link(self, gone: int, stays: int) -> None:
        issued = await self.catwalks[0].command(Command(self.actor(stays), "e", "link"))
        assert issued.text is not None
        await self.catwalks[1].command(Command(self.actor(gone), "e", "link", str(issued.text.holes["code"])))

    # -------------------------------------------------------------- what must always hold

    def check(self) -> None:
        self.market.run(self._check())

    async def _check(self) -> None:
        async with self.stores[1].read() as tx:
            real = await rows.presale_by_id(tx, self.presale_id)
            assert real is not None
            orders = await fan_orders.orders_in(tx, self.presale_id)
            await self._check_told(tx)
            await self._check_people(tx, orders)
        sale = self.sale
        facts = (real.state.value, real.closes_at, real.next_serial, real.net, real.last_at)
        assert facts == (sale.state, sale.closes_at, sale.next, sale.net(), sale.last_at)
        live = [o for o in orders if o.state != "cancelled"]
        assert real.net == sum(o.quantity for o in live), "I1: the count is that of the live orders"
        serials = sorted(s for o in orders for x in o.lines for s in range(x.serial_from, x.serial_to + 1))
        assert serials == list(range(1, real.next_serial)), "I2: every serial once, none left out"
        prices = {}
        for order in orders:
            for x in order.lines:
                for serial in range(x.serial_from, x.serial_to + 1):
                    prices[serial] = x.unit.minor
                    assert x.unit.minor == sale.price(serial, order.at), "I3: the ladder's price at its time"
            assert order.ladder_version == real.ladder.version
            assert order.total.minor == sum(x.units * x.unit.minor for x in order.lines), "I5: the exact sum"
            assert order.quantity == sum(x.units for x in order.lines)
        along = [prices[s] for s in serials]
        assert along == sorted(along), "I4: prices never fall along serials"
        assert real.net <= CAP, "I6: never more than there are"
        assert [
            (o.colour, o.size, o.state.value, o.at, [(s, prices[s]) for s in _serials(o)]) for o in orders
        ] == [
            (w["colour"], ("S", "M")[w["size"] - 1], w["state"], w["at"], list(w["units"]))
            for w in sale.orders
        ]
        for colour in real.colours:
            assert colour.units == sum(o.quantity for o in live if o.colour == colour.place)
        assert [c.counted for c in real.colours] == sale.counted

    async def _check_told(self, tx: Tx) -> None:
        """I12: each step is told at most once, rising; and the outbox asks for nothing twice."""
        own = step.c.presale_id == self.presale_id
        told = (await tx.conn.execute(select(step.c.id, step.c.stage).where(own).order_by(step.c.id))).all()
        assert [s for _, s in told] == self.sale.told[1:]
        assert self.sale.told == sorted(set(self.sale.told))
        asked = (await tx.conn.execute(select(outbox.c.kind, outbox.c.subject_id))).all()
        assert len(asked) == len(set(asked)), "a group was told twice"
        assert {subject for kind, subject in asked if kind == "price"} == {step_id for step_id, _ in told}
        ended = {"collecting", "failed"}
        results = [s for kind, s in asked if kind == "presale_result"]
        assert results == ([self.presale_id] if self.sale.state in ended else [])

    async def _check_people(self, tx: Tx, orders: list[Any]) -> None:
        """I7 is the reference's; here that everybody's orders are theirs, whoever they have become."""
        owner = {}
        for account in range(ACCOUNTS):
            person = await people.find_person(tx, "room", f"buyer-{account}")
            assert person is not None
            owner[person.fan_id] = self.sale.person[account]
        assert [owner.get(o.fan_id) for o in orders] == [
            self.sale.person[w["account"]] for w in self.sale.orders
        ]


def _serials(order: Any) -> list[int]:
    return [s for x in order.lines for s in range(x.serial_from, x.serial_to + 1)]


async def _awaited(doing: Awaitable[T]) -> T:
    return await doing
