"""A shop whose shortlist is signed and whose campaign has presales, to test with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta

from bot.money import Money
from bot.port import Actor, Look, OrdersView, OrderView, PresaleView, Reply, Screen, ShowOrders, ShowPresale
from bot.presale.ladder import Combine, TimeRule
from bot.presale.model import PresalePlan
from bot.service import designs, people, presales
from bot.service import rounds as use_rounds
from bot.service.catwalk import Catwalk
from bot.service.rounds import By
from bot.service.shop import Shop
from bot.storage import rounds
from bot.storage.store import Store
from tests.clock import Clock
from tests.made_shop import ROOM, SECRET, MadeShop, campaign_file, plan


def euro(amount: int) -> Money:
    return Money(amount * 100, "EUR")


def presale_plan(**changes: object) -> PresalePlan:
    """Plan presales at 100 euros, 10 more for every 10 sold and every week, up to 300, for 30 days."""
    usual = PresalePlan(
        base=euro(100), step=euro(10), list_price=euro(300), every_units=10,
        time=TimeRule(30, time(18), 7), moq=5, colours=("Sage", "Black"), sizes=("S", "M", "L"),
        limit=10, cap=1000, combine=Combine.MAX,
    )  # fmt: skip
    return replace(usual, **changes)  # type: ignore[arg-type]


@dataclass
class MadePresale(MadeShop):
    """A shop with one presale of the design `number` open, in the room `main`."""

    presale_id: int = 0
    number: int = 0

    async def show(
        self, actor: Actor, quantity: int = 1, colour: str | None = None, size: str | None = None
    ) -> PresaleView:
        wish = ShowPresale(self.number, quantity, colour, size)
        screen = (await self.catwalk.look(Look(actor, wish, ROOM))).screen
        assert isinstance(screen, PresaleView)
        return screen

    async def quoted(self, actor: Actor, quantity: int = 1, colour: str = "1", size: str = "M") -> str:
        """Read the action that orders what is quoted now."""
        quote = (await self.show(actor, quantity, colour, size)).quote
        assert quote is not None
        return quote.confirm

    async def order(
        self, actor: Actor, event: str, quantity: int = 1, colour: str = "1", size: str = "M"
    ) -> Reply:
        return await self.press(actor, event, await self.quoted(actor, quantity, colour, size))

    async def orders(self, actor: Actor) -> tuple[OrderView, ...]:
        """List a fan's orders, the oldest first."""
        screen: Screen | None = (await self.catwalk.look(Look(actor, ShowOrders(), ROOM))).screen
        assert isinstance(screen, OrdersView)
        return tuple(reversed(screen.orders))

    async def tick(self) -> int:
        return await presales.tick(self.store)


async def made_presale(
    store: Store, clock: Clock, plans: PresalePlan | None = None, *, numbers: Sequence[int] | None = None
) -> MadePresale:
    """Fill a migrated database up to a signed shortlist of three and open the presale of one of it."""
    shop = Shop(store, SECRET, open_by_name=True)
    await people.add_room(shop, ROOM, "The room", "en")
    file = replace(campaign_file([plan(clock)]), presale=plans or presale_plan())
    loaded = await designs.load(store, file)
    async with store.read() as tx:
        ids = [r.id for r in await rounds.rounds_of(tx, loaded.campaign_id)]
    made = MadePresale(store, clock, shop, Catwalk(shop), loaded.campaign_id, ids)
    await made.open()
    fan = await made.fan(1)
    await made.press(fan, "picks", f"p:{made.round_id}:3:1")
    await use_rounds.close(store, made.round_id, By())
    await use_rounds.tick(store)
    await use_rounds.sign(store, made.round_id, By(), accept_quorum=True)
    clock.advance(hours=1)
    async with store.read() as tx:
        kept = {line.design_id for line in await rounds.signed_cut(tx, made.round_id) if line.kept}
        shortlist = [c.number for c in await rounds.candidates(tx, made.round_id) if c.design_id in kept]
    made.number = min(shortlist)
    opened = await presales.open_presales(
        store, made.campaign_id, By(), [made.number] if numbers is None else numbers
    )
    made.presale_id = opened[0] if opened else 0
    return made


WEEK = timedelta(days=7)
