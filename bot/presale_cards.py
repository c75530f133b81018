"""What a post says of a presale, computed from what anybody may see of it: equal state, equal card. Pure.

One live post a presale and group tells the truth, and one more each time the price climbs; at the end
stands what became of it. Instants are named, never counted down, so that a card does not change by itself.
"""

from collections.abc import Sequence

from bot.port import Button, Card, Cell, Meter, Picture, PresaleView
from bot.text import Numbers, Text, When, t, tn

PRESALE, PRICE, PRESALE_RESULT = "presale", "price", "presale_result"
"""The kinds of posts about a presale, as the outbox and the posts name them."""


def presale_card(view: PresaleView) -> Card:
    """Say what it costs now, when that ends and how near it is to being made: the post that stays true.

    It names no price while nothing can be ordered.
    """
    if view.closed:
        return _card(PRESALE, _design(view), [view.closed], view, _meters(view.cells))
    title = t("{design}: {price} now", design=_design(view), price=view.price)
    lines = [*_next(view), t("Open until {at}.", at=When(view.closes_at))]
    return _card(PRESALE, title, lines, view, _meters(view.cells))


def price_card(view: PresaleView) -> Card:
    """Announce that the price has climbed to what it is now."""
    title = t("{design}: {price} from now on", design=_design(view), price=view.price)
    return _card(PRICE, title, _next(view), view)


def result_card(view: PresaleView, printed: Sequence[Text]) -> Card:
    """Say which colours are made, and for the others what was printed before the presale opened."""
    made = sum(cell.units >= cell.moq for cell in view.cells)
    design = _design(view)
    if made == len(view.cells):
        title = t("{design} will be made", design=design)
    elif made:
        title = t("{design} will be made in {n} of {all} colours", design=design, n=made, all=len(view.cells))
    else:
        title = t("{design}: too few were ordered", design=design)
    lines = [tn("{n} piece was ordered. Thank you.", "{n} pieces were ordered. Thank you.", view.units)]
    if made < len(view.cells):
        lines += [t("As printed before it opened: “{sentence}”", sentence=sentence) for sentence in printed]
    return _card(PRESALE_RESULT, title, lines, view, _meters(view.cells))


def _card(
    kind: str, title: Text, lines: Sequence[Text], view: PresaleView, meters: tuple[Meter, ...] = ()
) -> Card:
    picture = Picture(view.number, view.version, view.photo, view.alt)
    buttons = () if view.closed else (Button(t("Order"), f"presale:{view.number}"),)
    return Card(kind, title, tuple(lines), (picture,), buttons, view.alt, meters)


def _design(view: PresaleView) -> Text:
    return t("{number} {title}", number=Numbers((view.number,)), title=view.title)


def _next(view: PresaleView) -> list[Text]:
    """Say what comes after this price: by pieces, by time, or whichever is first."""
    price, left, at = view.next_price, view.units_to_step, view.next_step_at
    if price is None:
        return [t("The price climbs no further.")]
    if left is None:
        return [] if at is None else [t("From {at} it is {price}.", price=price, at=When(at))]
    pieces = tn("{n} piece is left at this price.", "{n} pieces are left at this price.", left)
    if at is None:
        return [pieces, t("Then it is {price}.", price=price)]
    return [pieces, t("Then it is {price}, and from {at} in any case.", price=price, at=When(at))]


def _meters(cells: Sequence[Cell]) -> tuple[Meter, ...]:
    return tuple(
        Meter(
            t("{colour}: {n} of {moq}, enough", colour=c.label, n=c.units, moq=c.moq)
            if c.units >= c.moq
            else t("{colour}: {n} of {moq}", colour=c.label, n=c.units, moq=c.moq),
            min(1.0, c.units / c.moq),
        )
        for c in cells
    )
