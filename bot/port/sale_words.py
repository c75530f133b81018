"""Presales in a chat: what a place chooses of one, and the words that tell it."""

from collections.abc import Awaitable, Callable, Sequence

from bot.errors import RuleError
from bot.i18n import number
from bot.port.asks import ShowPresale
from bot.port.places import PRESALES, Place
from bot.port.sales import OrderView, PresaleView, PriceStep
from bot.port.screens import Reply
from bot.text import Text, When, t, tn


def chosen(place: Place, view: PresaleView) -> tuple[int, int, int]:
    """Read which colour and size (from 1; 0 is none) and how many a place chooses; the only one is chosen."""
    colour, size = _at(place, 1, view.cells), _at(place, 2, view.sizes)
    return colour, size, min(max(place.number(3) or 1, 1), max(view.limit, 1))


def _at(place: Place, at: int, choices: Sequence[object]) -> int:
    n = place.number(at) or 0
    return 1 if len(choices) == 1 else n if n <= len(choices) else 0


def choice(view: PresaleView, colour: int, size: int, quantity: int) -> Place:
    """Name the place where this is chosen."""
    return Place(PRESALES, (view.number, colour, size, quantity))


def quoted_at(view: PresaleView) -> Place:
    """Name the place where what is quoted is chosen, or nothing is."""
    if view.quote is None:
        return Place(PRESALES, (view.number,))
    colours, quote = [cell.key for cell in view.cells], view.quote
    return choice(view, colours.index(quote.colour) + 1, view.sizes.index(quote.size) + 1, quote.quantity)


def wish(place: Place, view: PresaleView) -> ShowPresale | None:
    """Ask what a choice costs; None while colour or size is missing."""
    colour, size, _ = chosen(place, view)
    if not colour or not size:
        return None
    quantity = place.number(3) or 1
    return ShowPresale(view.number, quantity, view.cells[colour - 1].key, view.sizes[size - 1])


async def looked(
    place: Place, look: Callable[[ShowPresale], Awaitable[Reply]]
) -> tuple[PresaleView, Text | None]:
    """Look at a presale with what a place chooses of it, and say why that has no quote if not."""
    view = (await look(ShowPresale(place.number(0) or 0))).screen
    assert isinstance(view, PresaleView)
    wanted = wish(place, view)
    if wanted is None or view.closed is not None:
        return view, None
    try:
        quoted = (await look(wanted)).screen
    except RuleError as refused:
        return view, refused.text
    return (quoted if isinstance(quoted, PresaleView) else view), None


def named(view: PresaleView) -> Text:
    return t("{number} {title}", number=number(view.number), title=view.title)


def told(view: PresaleView) -> list[Text]:
    """Say how a presale stands: its price while it takes orders, each colour, what I hold, until when."""
    lines = [] if view.closed else [t("{price} now", price=view.price), *_next(view)]
    lines += [_cell(cell.label, cell.units, cell.moq) for cell in view.cells]
    if view.mine:
        lines.append(t("You hold {mine}; {limit} a person at most.", mine=view.mine, limit=view.limit))
    return [*lines, view.closed or t("Open until {at}.", at=When(view.closes_at))]


def _cell(label: str, units: int, moq: int) -> Text:
    if units >= moq:
        return t("{colour}: {n} of {moq}, enough", colour=label, n=units, moq=moq)
    return t("{colour}: {n} of {moq}", colour=label, n=units, moq=moq)


def _next(view: PresaleView) -> list[Text]:
    said = []
    if view.units_to_step is not None:
        said.append(
            tn("{n} piece is left at this price.", "{n} pieces are left at this price.", view.units_to_step)
        )
    if view.next_price and view.next_step_at:
        said.append(t("From {at} it is {price}.", price=view.next_price, at=When(view.next_step_at)))
    elif view.next_price:
        said.append(t("Then it is {price}.", price=view.next_price))
    return said


def step(of: PriceStep) -> list[Text]:
    """Say a step of the ladder: its price, and what brings it about."""
    since = [t("{price}", price=of.price)]
    if of.from_serial is not None:
        since.append(t("from piece {n}", n=of.from_serial))
    if of.from_at is not None:
        since.append(t("from {at}", at=When(of.from_at)))
    return since


def priced(view: PresaleView) -> Text:
    return t("{number} {title}: {price}", number=number(view.number), title=view.title, price=view.price)


def ordered(order: OrderView) -> Text:
    """Say what an order holds and what it costs."""
    return t(
        "{number} {title}: {n} × {colour}, size {size}, {price}",
        number=number(order.number), title=order.title, n=sum(line.units for line in order.lines),
        colour=order.colour, size=order.size, price=order.total,
    )  # fmt: skip
