"""The simulated fans as customers: some order what they would wear, early or late, and a few think again."""

import asyncio
import heapq
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo.fans import Fans
from bot.errors import RuleError
from bot.port import (
    OrdersView,
    OrderView,
    PresalesView,
    PresaleView,
    ShowOrders,
    ShowPresale,
    ShowPresales,
    Tile,
)

_LOOKS_EVERY = timedelta(hours=1)
_MOST_ORDERS = 8
_THINK_AGAIN = 0.04
"""How many of those who ordered give something back."""


@dataclass(order=True, frozen=True, slots=True)
class _Purchase:
    at: datetime
    fan: int
    number: int


class Customers:
    """Everybody who may order, on the fans' clock; each order through the Inbox, as a visitor's."""

    def __init__(self, fans: Fans) -> None:
        self._fans = fans
        self._clock = fans.clock
        self._rng = random.Random(f"customers:{fans.seed}")

    async def play(self) -> None:
        """Order in every presale that opens, until cancelled."""
        if not self._fans.tastes:
            return
        known: set[int] = set()
        waiting: list[_Purchase] = []
        while True:
            for presale in await self._open():
                if presale.number not in known:
                    known.add(presale.number)
                    for purchase in self._wishes(presale):
                        heapq.heappush(waiting, purchase)
            until = self._clock() + _LOOKS_EVERY
            while waiting and waiting[0].at <= until:
                purchase = heapq.heappop(waiting)
                await asyncio.sleep(self._clock.wait_s(purchase.at))
                await self._buy(purchase)
            await asyncio.sleep(self._clock.wait_s(until))

    async def _open(self) -> tuple[PresaleView, ...]:
        try:
            screen = await self._fans.see(0, ShowPresales())
        except RuleError:
            return ()  # nobody has come in yet
        items = screen.items if isinstance(screen, PresalesView) else ()
        return tuple(view for view in items if view.state == "open")

    def _wishes(self, presale: PresaleView) -> list[_Purchase]:
        """Decide who will want it and when: most soon, while it is cheap, some at the last moment."""
        tile = Tile(presale.number, presale.version, presale.title, presale.photo, presale.alt, False, "")
        garment, length = self._fans.garment(tile), presale.closes_at - self._clock()
        found = []
        for fan, taste in enumerate(self._fans.tastes):
            if self._rng.random() < 0.6 * taste.likes(garment):
                late = self._rng.betavariate(0.6, 1.6) * 0.97
                found.append(_Purchase(self._clock() + length * late, fan, presale.number))
        return found

    async def _buy(self, purchase: _Purchase) -> None:
        """Look, choose, confirm what was quoted; a price that moved meanwhile is looked at once more."""
        fan, number = purchase.fan, purchase.number
        try:
            if len(await self._orders(fan)) >= _MOST_ORDERS:
                return
            for attempt in range(2):
                view = await self._presale(fan, number)
                if view is None or view.closed is not None:
                    return
                colour, size = self._rng.choice(view.cells).key, self._rng.choice(view.sizes)
                quantity = self._rng.choices((1, 2, 3), (0.8, 0.15, 0.05))[0]
                quoted = await self._presale(fan, number, quantity, colour, size)
                if quoted is None or quoted.quote is None:
                    return
                try:
                    await self._fans.tap(fan, f"demo-{fan}-order-{number}-{attempt}", quoted.quote.confirm)
                    break
                except RuleError:
                    continue
            if self._rng.random() < _THINK_AGAIN:
                await self._give_back(fan)
        except RuleError:
            return  # it ended, or it is more than one fan may hold

    async def _presale(
        self, fan: int, number: int, quantity: int = 1, colour: str | None = None, size: str | None = None
    ) -> PresaleView | None:
        wish = ShowPresale(number, quantity, colour, size)
        screen = await self._fans.see(fan, wish)
        return screen if isinstance(screen, PresaleView) else None

    async def _orders(self, fan: int) -> tuple[OrderView, ...]:
        screen = await self._fans.see(fan, ShowOrders())
        return screen.orders if isinstance(screen, OrdersView) else ()

    async def _give_back(self, fan: int) -> None:
        kept = [(order.id, order.cancel) for order in await self._orders(fan) if order.cancel]
        if kept:
            order, cancel = self._rng.choice(kept)
            await self._fans.tap(fan, f"demo-{fan}-back-{order}", cancel)
