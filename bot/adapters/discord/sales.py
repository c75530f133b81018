"""Presales as messages: what can be ordered, an order put together by choices, the orders a fan holds."""

from bot.adapters.discord.shown import (
    PETROL,
    Key,
    Look,
    Menu,
    Option,
    Pictured,
    Shown,
    key,
    rows,
    wrapped,
)
from bot.adapters.discord.words import TEXT_LETTERS, bold, fit, plain, small, titled
from bot.i18n import Reader, number, render
from bot.port import OrdersView, OrderView, PresalesView, PresaleView, sale_words
from bot.port.pictures import Large
from bot.port.places import ORDERS, PRESALES, Place, data
from bot.text import Text, t

_LISTED = 20


def presale(
    view: PresaleView,
    place: Place,
    reader: Reader,
    refused: Text | None = None,
    said: Text | None = None,
) -> Shown:
    """Show a presale: its price now and next, and an order put together by choices, quoted before it counts.
    What was printed before it opened stands below.

    `refused` is why there is no quote for what was chosen, `said` what was just done.
    """
    head = [titled(sale_words.named(view), reader)]
    head += [plain(line, reader) for line in sale_words.told(view)]
    quoted = refused or (view.quote.text if view.quote else None)
    head += [bold(one, reader) for one in (said if said != quoted else None, quoted) if one]
    words = fit(head)
    printed = [small(f"👉 {step}" if here else step) for step, here in _steps(view, reader)]
    printed += [small(plain(term, reader)) for term in view.terms]
    chosen = _choosing(view, place, reader) if view.closed is None else []
    photo = Pictured(Large(view.photo), render(view.alt, reader))
    ways = [*_confirm(view, reader), *_ways(reader)]
    below = fit(printed[:1], printed[1:], TEXT_LETTERS - len(words))
    return Shown(words, (photo,), rows(*chosen, ways), PETROL, below)


def _steps(view: PresaleView, reader: Reader) -> list[tuple[str, bool]]:
    return [
        (" · ".join(plain(one, reader) for one in sale_words.step(step)), step.here) for step in view.steps
    ]


def _choosing(view: PresaleView, place: Place, reader: Reader) -> list[Menu | list[Key]]:
    """Make the menus of colours and sizes, where there are several, and the buttons for how many."""
    colour, size, quantity = sale_words.chosen(place, view)

    def to(c: int, s: int, q: int) -> Place:
        return sale_words.choice(view, c, s, q)

    colours = [(cell.label, to(n, size, quantity), n == colour) for n, cell in enumerate(view.cells, 1)]
    sizes = [(name, to(colour, n, quantity), n == size) for n, name in enumerate(view.sizes, 1)]
    amounts = [
        key(words, to(colour, size, q))
        for words, q in (("−", quantity - 1), (f"× {quantity}", quantity), ("+", quantity + 1))
        if 1 <= q <= view.limit
    ]
    menus = [(t("Colour"), "colour", colours), (t("Size"), "size", sizes)]
    return [*(_menu(*menu, reader) for menu in menus if len(menu[2]) > 1), amounts]


def _menu(hint: Text, name: str, choices: list[tuple[str, Place, bool]], reader: Reader) -> Menu:
    options = tuple(Option(label, data("", place), chosen) for label, place, chosen in choices)
    return Menu(render(hint, reader), name, options, single=True)


def _confirm(view: PresaleView, reader: Reader) -> list[Key]:
    if view.quote is None or view.closed is not None:
        return []
    words = t("Order for {price}", price=view.quote.total)
    return [key(render(words, reader), action=view.quote.confirm, look=Look.PICKED)]


def _ways(reader: Reader) -> list[Key]:
    return [
        key(render(t("All presales"), reader), Place(PRESALES)),
        key(render(t("My orders"), reader), Place(ORDERS)),
    ]


def presales(view: PresalesView, reader: Reader) -> Shown:
    """List what can be ordered, with a button for each."""
    if not view.items:
        return Shown(plain(t("Nothing can be ordered here yet."), reader), accent=PETROL)
    lines = [plain(sale_words.priced(item), reader) for item in view.items]
    keys = [key(number(item.number), Place(PRESALES, (item.number,))) for item in view.items[:_LISTED]]
    mine = key(render(t("My orders"), reader), Place(ORDERS))
    return Shown(fit([titled(t("Presales"), reader)], lines), (), rows(*wrapped(keys), [mine]), PETROL)


def orders(view: OrdersView, reader: Reader, said: Text | None = None) -> Shown:
    """List the orders a fan holds, with a button to give each back."""
    told = [bold(said, reader)] if said else []
    if not view.orders:
        return Shown(fit([*told, plain(t("You have ordered nothing yet."), reader)]), accent=PETROL)
    keys = [
        key(render(t("Cancel order {n}", n=str(order.id)), reader), Place(ORDERS, (order.id,)))
        for order in view.orders
        if order.cancel
    ]
    lines = [_order(order, reader) for order in view.orders]
    head = [titled(t("My orders"), reader), *told]
    return Shown(fit(head, lines), (), rows(*wrapped(keys[:_LISTED], 3)), PETROL)


def cancelling(order: OrderView, reader: Reader) -> Shown:
    """Ask whether an order is really to be given back."""
    ask = t("Give this order back? The price for others stays where it is.")
    keys = [key(render(t("Keep it"), reader), Place(ORDERS))]
    if order.cancel:
        keys.insert(0, key(render(t("Cancel this order"), reader), action=order.cancel, look=Look.GRAVE))
    return Shown(fit([_order(order, reader), plain(ask, reader)]), (), rows(keys), PETROL)


def _order(order: OrderView, reader: Reader) -> str:
    said = [sale_words.ordered(order), *([order.note] if order.note else [])]
    return "- " + " ".join(plain(one, reader) for one in said)
