"""What people see of presales: one as a page or in a list, a quote, and the orders they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import actions, cards
from bot.actions import CancelOrder, Order
from bot.errors import RuleError
from bot.port import (
    Cell,
    OrderLine,
    OrdersView,
    OrderView,
    PresalesView,
    PresaleView,
    PriceStep,
    Quote,
    ShowPresale,
)
from bot.presale import engine, orders
from bot.presale.ladder import Combine, Line, sum_of
from bot.presale.model import FanOrder, IfMissed, OrderState, Presale, PresaleState
from bot.presale.orders import Wanted
from bot.presale.steps import rungs
from bot.rounds.model import Campaign, Candidate
from bot.storage import campaigns, fan_orders, presales
from bot.storage.people import GroupRow
from bot.storage.store import Tx
from bot.text import Numbers, Text, t, tn


@dataclass(frozen=True, slots=True)
class Shelf:
    """What presales are shown with: their campaigns, their designs by version, and the fan's own units."""

    campaigns: Mapping[int, Campaign]
    designs: Mapping[int, Candidate]
    mine: Mapping[int, int]


async def shelf_of(tx: Tx, found: Sequence[Presale], fan_id: int | None = None) -> Shelf:
    """Read what these presales are shown with; without a fan, as anybody sees them."""
    ids = {p.campaign_id for p in found}
    return Shelf(
        {c.id: c for c in await campaigns.all_campaigns(tx) if c.id in ids},
        await presales.designs_of(tx, [p.version_id for p in found]),
        await fan_orders.units_by_presale(tx, fan_id) if fan_id is not None else {},
    )


async def seen_by(tx: Tx, presale_id: int, fan_id: int | None = None) -> PresaleView:
    """Show a presale as it is now; without a fan as posts and the desk do."""
    presale = await presales.presale_by_id(tx, presale_id)
    assert presale is not None
    return view_of(await shelf_of(tx, [presale], fan_id), presale, await tx.now())


async def list_of(tx: Tx, group: GroupRow, fan_id: int) -> PresalesView:
    """Show every presale of a group, those that take orders first."""
    found = await presales.group_presales(tx, group.id)
    shelf, now = await shelf_of(tx, found, fan_id), await tx.now()
    found.sort(key=lambda p: p.state not in engine.RUNNING)
    return PresalesView(tuple(view_of(shelf, p, now) for p in found))


async def page_of(tx: Tx, group: GroupRow, fan_id: int, wish: ShowPresale) -> PresaleView:
    """Show one presale, with a quote where colour and size are chosen; raises RuleError for wrong ones."""
    presale = await numbered(tx, group, wish.number)
    now = await tx.now()
    return view_of(await shelf_of(tx, [presale], fan_id), presale, now, chosen(presale, wish))


async def numbered(tx: Tx, group: GroupRow, number: int) -> Presale:
    """Find the presale of a design in a group, the newest campaign's; raises RuleError for none."""
    found = await presales.group_presales(tx, group.id)
    designs = await presales.designs_of(tx, [p.version_id for p in found])
    for presale in found:
        if designs[presale.version_id].number == number:
            return presale
    raise RuleError("presale.unknown", t("{number} cannot be ordered here.", number=Numbers((number,))))


def chosen(presale: Presale, wish: ShowPresale) -> Wanted | None:
    """Read the colour and size of a wish; None while one of them is open."""
    if wish.colour is None or wish.size is None:
        return None
    place = int(wish.colour) if wish.colour.isascii() and wish.colour.isdecimal() else 0
    size = presale.sizes.index(wish.size) + 1 if wish.size in presale.sizes else 0
    return Wanted(wish.quantity, place, size)


def view_of(shelf: Shelf, presale: Presale, now: datetime, wanted: Wanted | None = None) -> PresaleView:
    """Show a presale at `now`; raises RuleError for a quote that could not become an order."""
    design, ladder = shelf.designs[presale.version_id], presale.ladder
    at, serial, mine = engine.reading_time(presale, now), presale.next_serial, shelf.mine.get(presale.id, 0)
    steps = rungs(ladder, serial, at)
    following = next((s.price for s in steps if not s.reached), None)
    closed = _closed(presale, now)
    return PresaleView(
        design.number, design.version, design.title, design.photo, cards.alt(design), presale.state.value,
        ladder.price(serial, at), ladder.top,
        tuple(PriceStep(s.price, s.from_serial, s.from_at, s.reached, s.here) for s in steps),
        sum(c.shown for c in presale.colours),
        tuple(Cell(str(c.place), c.label, c.shown, presale.moq) for c in presale.colours),
        ladder.units_to_step(serial, at), ladder.next_at(serial, at), following,
        presale.opened_at, presale.closes_at, now, shelf.campaigns[presale.campaign_id].zone.key,
        presale.sizes, presale.limit, mine, terms(presale),
        _quote(presale, wanted, mine, now) if wanted and not closed else None, closed,
    )  # fmt: skip


def _closed(presale: Presale, now: datetime) -> Text | None:
    try:
        orders.check_open(presale, now)
    except RuleError as refused:
        return refused.text
    return None


def _quote(presale: Presale, wanted: Wanted, mine: int, now: datetime) -> Quote:
    orders.check_order(presale, wanted, mine, now)
    lines = orders.quote(presale, wanted, now)
    whole, ladder = sum_of(lines, presale.currency), presale.ladder
    confirm = Order(presale.id, wanted.quantity, wanted.colour, wanted.size, whole.minor, ladder.version[:8])
    return Quote(
        wanted.quantity, str(wanted.colour), presale.sizes[wanted.size - 1],
        tuple(OrderLine(line.units, line.unit) for line in lines),
        whole, orders.sum_text(lines, whole), actions.encode(confirm),
    )  # fmt: skip


# ------------------------------------------------------------------ what is printed


def missed_sentence(presale: Presale) -> Text:
    """Print what becomes of a colour that misses its minimum."""
    return {
        IfMissed.END: t("A colour with fewer is not made: its orders end by themselves, and nobody pays."),
    }[presale.if_missed]


def terms(presale: Presale) -> tuple[Text, ...]:
    """Print what was fixed when the presale opened."""
    ladder = presale.ladder
    rises = tn(
        "It starts at {base} and rises by {step} with every one sold, up to {top}.",
        "It starts at {base} and rises by {step} for every {n} sold, up to {top}.",
        ladder.every_units, base=ladder.base, step=ladder.step, top=ladder.top,
    )  # fmt: skip
    by_time = []
    if presale.every_days is not None:
        days = tn("day", "{n} days", presale.every_days)
        by_time = [
            t("It also rises every {days}; both together count.", days=days)
            if ladder.combine is Combine.SUM
            else t("It also rises every {days}, if the orders have not moved it as far.", days=days)
        ]
    return (
        rises,
        *by_time,
        t("Every piece has a number, which sets its price. The price you order at stays yours."),
        t("Each colour needs {moq} by the end.", moq=presale.moq),
        missed_sentence(presale),
        t("One fan may hold up to {limit}; there are {cap} in all.", limit=presale.limit, cap=presale.cap),
        t("Nothing is charged while the presale runs, and you can cancel until production starts."),
        t("A cancelled piece does not lower the price again."),
    )


def receipt(lines: Sequence[Line], total: Text) -> Text:
    """Say which pieces a fan holds now, and what they cost."""
    first, last = lines[0].serial_from, lines[-1].serial_to
    if first == last:
        return t("Ordered. You hold piece {first}: {sum}.", first=first, sum=total)
    return t("Ordered. You hold pieces {first} to {last}: {sum}.", first=first, last=last, sum=total)


# ------------------------------------------------------------------ my orders


async def orders_of(tx: Tx, fan_id: int) -> OrdersView:
    """Show everything a fan ordered, in every presale."""
    mine = await fan_orders.orders_by(tx, fan_id)
    by_id = await presales.presales_by_id(tx, {o.presale_id for o in mine})
    designs = await presales.designs_of(tx, [p.version_id for p in by_id.values()])
    return OrdersView(
        tuple(
            _order(order, by_id[order.presale_id], designs[by_id[order.presale_id].version_id])
            for order in mine
        )
    )


def _order(order: FanOrder, presale: Presale, design: Candidate) -> OrderView:
    colour = presale.colour(order.colour)
    live = order.state is OrderState.PLEDGED and presale.state in orders.CANCELLABLE
    return OrderView(
        order.id, design.number, design.title, design.photo, cards.alt(design),
        colour.label if colour else "", order.size,
        tuple(OrderLine(x.units, x.unit, x.serial_from, x.serial_to) for x in order.lines),
        order.total, order.state.value, order.at,
        actions.encode(CancelOrder(order.id)) if live else None,
        _note(order, presale),
    )  # fmt: skip


def _note(order: FanOrder, presale: Presale) -> Text | None:
    if order.state is OrderState.CANCELLED:
        return t("Cancelled. You pay nothing.")
    if order.state is OrderState.ENDED:
        return t("Too few were ordered in this colour, so it is not made. You pay nothing.")
    if presale.state is PresaleState.COLLECTING:
        return t("Enough were ordered: it will be made. You will be told how to pay.")
    return None
