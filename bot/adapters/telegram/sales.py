"""Presales as messages: what can be ordered, an order put together by taps, the orders a fan holds."""

from bot.adapters.telegram.shown import Key, Shown, key, rows, wrapped
from bot.adapters.telegram.words import CAPTION_LETTERS, bold, fit, html, marked
from bot.i18n import Reader, number, render
from bot.port import OrdersView, OrderView, PresalesView, PresaleView, PriceStep, sale_words
from bot.port.pictures import Large
from bot.port.places import ORDERS, PRESALES, Place
from bot.text import Text, t, verbatim

_COLOURS, _SIZES, _LISTED = 2, 4, 40
_CHOSEN = "✓"


def presale(view: PresaleView, place: Place, reader: Reader, refused: Text | None = None) -> Shown:
    """Show a presale: its price now and next, and an order put together by taps, quoted before it counts."""
    colour, size, quantity = sale_words.chosen(place, view)

    def to(c: int, s: int, q: int) -> Place:
        return sale_words.choice(view, c, s, q)

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
    said = [bold(sale_words.named(view), reader)]
    said += [html(line, reader) for line in sale_words.told(view)]
    if refused:
        said.append(bold(refused, reader))
    elif view.quote:
        said.append(bold(view.quote.text, reader))
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
    lines = [html(sale_words.priced(p), reader) for p in view.items]
    keys = [key(number(p.number), Place(PRESALES, (p.number,))) for p in view.items[:_LISTED]]
    mine = key(render(t("My orders"), reader), Place(ORDERS))
    return Shown(fit([bold(t("Presales"), reader), *lines]), None, rows(*wrapped(keys, 4), [mine]))


def _printed(view: PresaleView, reader: Reader) -> list[str]:
    """List what was printed before the presale opened: every step of its price, and what is agreed."""
    return [*(_step(step, reader) for step in view.steps), *(html(one, reader) for one in view.terms)]


def _step(step: PriceStep, reader: Reader) -> str:
    words = [html(one, reader) for one in sale_words.step(step)]
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
    note = order.note or verbatim("")
    return " ".join(part for part in (html(sale_words.ordered(order), reader), html(note, reader)) if part)
