"""Presales as messages: what can be ordered, an order put together by taps, the orders a fan holds."""

from bot.adapters.telegram.shown import Key, Large, Shown, key, rows, wrapped
from bot.adapters.telegram.taps import ORDERS, PRESALES, Place
from bot.adapters.telegram.words import CAPTION_LETTERS, bold, fit, html, marked
from bot.i18n import Reader, number, render
from bot.port import OrdersView, OrderView, PresalesView, PresaleView, PriceStep, ShowPresale
from bot.text import Text, When, t, tn, verbatim

_COLOURS, _SIZES, _LISTED = 2, 4, 40
_CHOSEN = "✓"


def wish(place: Place, view: PresaleView) -> ShowPresale | None:
    """Read what a place chooses of a presale; None while colour or size is missing."""
    colour, size = _colour(place, view), _size(place, view)
    if colour is None or size is None:
        return None
    return ShowPresale(view.number, place.number(3) or 1, colour, size)


def _at(place: Place, at: int, count: int) -> int:
    """Read a choice from 1 to `count`; the only one there is is chosen already, 0 is none."""
    n = place.number(at) or 0
    return 1 if count == 1 else n if n <= count else 0


def _colour(place: Place, view: PresaleView) -> str | None:
    n = _at(place, 1, len(view.cells))
    return view.cells[n - 1].key if n else None


def _size(place: Place, view: PresaleView) -> str | None:
    n = _at(place, 2, len(view.sizes))
    return view.sizes[n - 1] if n else None


def presale(view: PresaleView, place: Place, reader: Reader, refused: Text | None = None) -> Shown:
    """Show a presale: its price now and next, and an order put together by taps, quoted before it counts."""
    colour, size = _at(place, 1, len(view.cells)), _at(place, 2, len(view.sizes))
    quantity = min(max(place.number(3) or 1, 1), max(view.limit, 1))

    def to(c: int, s: int, q: int) -> Place:
        return Place(PRESALES, (view.number, c, s, q))

    def mark(words: str, on: bool) -> str:
        return f"{_CHOSEN} {words}" if on else words

    colours = [key(mark(c.label, n == colour), to(n, size, quantity)) for n, c in enumerate(view.cells, 1)]
    sizes = [key(mark(s, n == size), to(colour, n, quantity)) for n, s in enumerate(view.sizes, 1)]
    amounts = [
        key("−", to(colour, size, max(quantity - 1, 1))),
        key(f"× {quantity}", to(colour, size, quantity)),
        key("+", to(colour, size, min(quantity + 1, view.limit))),
    ]
    choose = [*wrapped(colours, _COLOURS), *wrapped(sizes, _SIZES), amounts] if view.closed is None else []
    return Shown(
        fit(_told(view, reader, refused), _printed(view, reader), CAPTION_LETTERS),
        Large(view.photo),
        rows(*choose, _confirm(view, reader), _ways(reader)),
    )


def _told(view: PresaleView, reader: Reader, refused: Text | None) -> list[str]:
    lines = [t("{price} now", price=view.price), *_next(view)]
    lines += [_cell(cell.label, cell.units, cell.moq) for cell in view.cells]
    if view.mine:
        lines.append(t("You hold {mine}; {limit} a person at most.", mine=view.mine, limit=view.limit))
    if view.closed:
        lines.append(view.closed)
    else:
        lines.append(t("Open until {at}.", at=When(view.closes_at)))
    said = [bold(t("{number} {title}", number=number(view.number), title=view.title), reader)]
    said += [html(line, reader) for line in lines]
    if refused:
        said.append(bold(refused, reader))
    elif view.quote:
        said.append(bold(view.quote.text, reader))
    return said


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


def _confirm(view: PresaleView, reader: Reader) -> list[Key]:
    if view.quote is None or view.closed is not None:
        return []
    return [
        key(marked("✅", t("Order for {price}", price=view.quote.total), reader), action=view.quote.confirm)
    ]


def _ways(reader: Reader) -> list[Key]:
    return [
        key(render(t("All presales"), reader), Place(PRESALES)),
        key(render(t("My orders"), reader), Place(ORDERS)),
    ]


def presales(view: PresalesView, reader: Reader) -> Shown:
    """List what can be ordered, with a button for each."""
    if not view.items:
        return Shown(html(t("Nothing can be ordered here yet."), reader))
    lines = [
        html(t("{number} {title}: {price}", number=number(p.number), title=p.title, price=p.price), reader)
        for p in view.items
    ]
    keys = [key(number(p.number), Place(PRESALES, (p.number,))) for p in view.items[:_LISTED]]
    mine = key(render(t("My orders"), reader), Place(ORDERS))
    return Shown(fit([bold(t("Presales"), reader), *lines]), None, rows(*wrapped(keys, 4), [mine]))


def _printed(view: PresaleView, reader: Reader) -> list[str]:
    """List what was printed before the presale opened: every step of its price, and what is agreed."""
    return [*(_step(step, reader) for step in view.steps), *(html(one, reader) for one in view.terms)]


def _step(step: PriceStep, reader: Reader) -> str:
    since = [] if step.from_serial is None else [t("from piece {n}", n=step.from_serial)]
    if step.from_at is not None:
        since.append(t("from {at}", at=When(step.from_at)))
    words = [html(one, reader) for one in (t("{price}", price=step.price), *since)]
    return ("👉 " if step.here else "") + " · ".join(words)


def orders(view: OrdersView, reader: Reader) -> Shown:
    """List the orders a fan holds, with a button to give each back."""
    if not view.orders:
        return Shown(html(t("You have ordered nothing yet."), reader))
    lines = [_order(order, reader) for order in view.orders]
    keys = [
        key(marked("✖️", t("Cancel order {n}", n=str(order.id)), reader), Place(ORDERS, (order.id,)))
        for order in view.orders if order.cancel
    ]  # fmt: skip
    return Shown(fit([bold(t("My orders"), reader), *lines]), None, rows(*wrapped(keys[:_LISTED], 2)))


def cancelling(order: OrderView, reader: Reader) -> Shown:
    """Ask whether an order is really to be given back."""
    ask = t("Give this order back? The price for others stays where it is.")
    keys = [key(render(t("Keep it"), reader), Place(ORDERS))]
    if order.cancel:
        keys.insert(0, key(render(t("Cancel this order"), reader), action=order.cancel))
    return Shown(fit([_order(order, reader), html(ask, reader)]), None, rows(keys))


def _order(order: OrderView, reader: Reader) -> str:
    units = sum(line.units for line in order.lines)
    what = t(
        "{number} {title}: {n} × {colour}, size {size}, {price}",
        number=number(order.number), title=order.title, n=units, colour=order.colour, size=order.size,
        price=order.total,
    )  # fmt: skip
    note = order.note or verbatim("")
    return " ".join(part for part in (html(what, reader), html(note, reader)) if part)
