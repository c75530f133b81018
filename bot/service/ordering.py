"""Orders and cancellations: each one transaction on its presale's row, answered once."""

from datetime import datetime

from bot.actions import CancelOrder, Deal, Order
from bot.errors import RuleError
from bot.port import Actor, Reply
from bot.presale import engine, orders
from bot.presale.ladder import sum_of
from bot.presale.model import FanOrder, OrderState, Presale
from bot.presale.orders import Wanted
from bot.service import presale_views
from bot.service.comments import member_group
from bot.service.presales import announce
from bot.service.shop import Shop, check_event, known, language_for
from bot.service.wire import dump_text, load_text
from bot.storage import fan_orders, people, presales
from bot.storage.people import GroupRow, Person
from bot.storage.store import Tx
from bot.text import Text, t

ORDERED, CANCELLED = "ordered", "cancelled"
"""What happens to an order by its fan's own hand, as its events name it."""


async def act(shop: Shop, actor: Actor, event_id: str, deal: Deal, group: str | None) -> Reply:
    """Do what a button of a presale asks; raises RuleError with the sentence for a refused one.

    The same event again is answered as it was the first time and changes nothing.
    """
    check_event(event_id)
    if isinstance(deal, Order):
        return await order(shop, actor, event_id, deal, group)
    return await cancel(shop, actor, event_id, deal)


async def order(shop: Shop, actor: Actor, event_id: str, deal: Order, group: str | None) -> Reply:
    """Take an order for exactly what was quoted: serials are drawn and the price of each is locked."""
    async with shop.store.begin() as tx:
        presale = await presales.lock(tx, deal.presale_id)
        now = await tx.now()  # after the lock, so that a price is never older than the serial it is for
        person = await known(tx, actor)
        room = await member_group(tx, person, actor.platform, group)
        if presale is None or room.id not in {g.id for g in await people.groups_of(tx, presale.campaign_id)}:
            raise RuleError("presale.unknown", t("This cannot be ordered here."))
        text = await _earlier(tx, person, event_id)
        if text is None:
            text = await _take(tx, presale, deal, person, room, event_id, engine.event_time(presale, now))
    async with shop.store.read() as tx:  # nobody waits for what is only shown
        screen = await presale_views.seen_by(tx, presale.id, person.fan_id)
    return Reply(text, screen, language=language_for(person, actor))


async def _take(
    tx: Tx, presale: Presale, deal: Order, person: Person, room: GroupRow, event_id: str, at: datetime
) -> Text:
    wanted = Wanted(deal.quantity, deal.colour, deal.size)
    orders.check_order(presale, wanted, await fan_orders.units_of(tx, presale.id, person.fan_id), at)
    first = await presales.take_serials(tx, presale.id, wanted.quantity, at)
    if first is None:
        raise RuleError("order.unsaved", t("This could not be ordered just now. Try again."))
    lines = presale.ladder.split(first, wanted.quantity, at)
    orders.check_quoted(lines, presale.ladder, deal.total, deal.ladder)
    total = sum_of(lines, presale.currency)
    order_id = await fan_orders.add_order(
        tx, presale_id=presale.id, fan_id=person.fan_id, account_id=person.account_id, group_id=room.id,
        colour=wanted.colour, size=presale.sizes[wanted.size - 1], ladder_version=presale.ladder.version,
        total=total, lines=lines, at=at,
    )  # fmt: skip
    await presales.add_units(tx, presale.id, wanted.colour, wanted.quantity)
    text = presale_views.receipt(lines, orders.sum_text(lines, total))
    await _record(tx, order_id, ORDERED, person, event_id, text, at)
    await announce(tx, presale.id, at)
    return text


async def cancel(shop: Shop, actor: Actor, event_id: str, deal: CancelOrder) -> Reply:
    """Give an order back: its units are free again, its serials and the price stay where they are."""
    async with shop.store.begin() as tx:
        there = await fan_orders.order_by_id(tx, deal.order_id)
        presale = await presales.lock(tx, there.presale_id) if there else None
        now = await tx.now()
        person = await known(tx, actor)
        text = await _earlier(tx, person, event_id)
        if text is None:
            mine = await fan_orders.order_by_id(tx, deal.order_id)
            if mine is None or presale is None or mine.fan_id != person.fan_id:
                raise RuleError("order.unknown", t("You have no such order."))
            orders.check_cancellable(presale, mine)
            at = engine.event_time(presale, now)
            await _give_back(tx, mine, at)
            text = t("Cancelled. You pay nothing, and the price for others stays where it is.")
            await _record(tx, mine.id, CANCELLED, person, event_id, text, at)
    async with shop.store.read() as tx:
        screen = await presale_views.orders_of(tx, person.fan_id)
    return Reply(text, screen, language=language_for(person, actor))


async def cancel_all(tx: Tx, fan_id: int, now: datetime) -> None:
    """Cancel what a fan holds, because they are being forgotten; the caller has locked the orders."""
    found = [o for o in await fan_orders.orders_by(tx, fan_id) if o.state is OrderState.PLEDGED]
    locked = await presales.presales_by_id(tx, {o.presale_id for o in found})
    for held in found:
        at = engine.event_time(locked[held.presale_id], now)
        await _give_back(tx, held, at)
        await fan_orders.record(tx, [held.id], CANCELLED, at)


async def _give_back(tx: Tx, held: FanOrder, at: datetime) -> None:
    await fan_orders.end_order(tx, held.id, OrderState.CANCELLED, at)
    await presales.give_back(tx, held.presale_id, held.quantity, at)
    await presales.add_units(tx, held.presale_id, held.colour, -held.quantity)


async def _earlier(tx: Tx, person: Person, event_id: str) -> Text | None:
    stored = await fan_orders.answer_of(tx, person.account_id, event_id)
    return load_text(stored) if stored else None


async def _record(
    tx: Tx, order_id: int, kind: str, person: Person, event_id: str, text: Text, at: datetime
) -> None:
    await fan_orders.record(
        tx, [order_id], kind, at, account_id=person.account_id, event_id=event_id, answer=dump_text(text)
    )
