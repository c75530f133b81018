"""What an order may be: quoted, checked against the limits, and given back."""

from dataclasses import dataclass
from datetime import datetime

from bot.errors import RuleError
from bot.money import Money
from bot.presale import engine
from bot.presale.ladder import Ladder, Line, sum_of
from bot.presale.model import FanOrder, OrderState, Presale, PresaleState
from bot.text import Text, t, tn

CANCELLABLE = frozenset(
    {PresaleState.OPEN, PresaleState.PAUSED, PresaleState.DECIDING, PresaleState.COLLECTING}
)
"""Until production starts, which no presale here has reached."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a fan wants: `colour` and `size` by their places from 1 in the presale's lists."""

    quantity: int
    colour: int
    size: int


def quote(presale: Presale, wanted: Wanted, now: datetime) -> tuple[Line, ...]:
    """Price an order as it would be split now; its serials are drawn only when it is confirmed."""
    return presale.ladder.split(presale.next_serial, wanted.quantity, engine.event_time(presale, now))


def check_shape(presale: Presale, wanted: Wanted) -> None:
    """Raise RuleError for a colour or size there is not, or no sensible number of units."""
    if presale.colour(wanted.colour) is None or not 1 <= wanted.size <= len(presale.sizes):
        raise RuleError("order.shape", t("Choose one of the colours and sizes there are."))
    if not 1 <= wanted.quantity <= presale.limit:
        raise RuleError("order.quantity", t("You can order from 1 to {limit}.", limit=presale.limit))


def check_open(presale: Presale, now: datetime) -> None:
    """Raise RuleError unless anybody could order something at `now`."""
    engine.check_orderable(presale, engine.event_time(presale, now))
    if presale.net >= presale.cap:
        raise RuleError("order.sold_out", t("All {cap} are ordered.", cap=presale.cap))


def check_room(presale: Presale, wanted: Wanted, mine: int) -> None:
    """Raise RuleError when the fan, who holds `mine` units, or the presale would have too many."""
    if mine + wanted.quantity > presale.limit:
        raise RuleError(
            "order.limit",
            t("Each fan may hold {limit}; you hold {mine} already.", limit=presale.limit, mine=mine),
        )
    if presale.net + wanted.quantity > presale.cap:
        left = max(0, presale.cap - presale.net)
        raise RuleError(
            "order.cap",
            tn(
                "Only {n} is left: the shop takes {cap} in all.",
                "Only {n} are left: the shop takes {cap} in all.",
                left,
                cap=presale.cap,
            ),
        )


def check_order(presale: Presale, wanted: Wanted, mine: int, now: datetime) -> None:
    """Raise RuleError unless this order could be taken at `now`."""
    check_open(presale, now)
    check_shape(presale, wanted)
    check_room(presale, wanted, mine)


def check_quoted(lines: tuple[Line, ...], ladder: Ladder, quoted: int, version: str) -> None:
    """Raise RuleError when the price or the ladder is not what the fan was shown.

    Prices never fall along serials, so an equal total means that every unit costs what was shown.
    """
    now = sum_of(lines, ladder.base.currency)
    if now.minor != quoted or not ladder.version.startswith(version):
        raise RuleError(
            "order.moved",
            t("The price has moved: it is {sum} now. Look again and confirm.", sum=sum_text(lines, now)),
        )


def sum_text(lines: tuple[Line, ...], whole: Money) -> Text:
    """Write an order's sum out: `3 × €100 + 4 × €110 = €740`."""
    said = times(lines[0].units, lines[0].unit)
    for line in lines[1:]:
        said = t("{sum} + {more}", sum=said, more=times(line.units, line.unit))
    return t("{sum} = {total}", sum=said, total=whole)


def times(units: int, unit: Money) -> Text:
    return t("{n} × {unit}", n=units, unit=unit)


def check_cancellable(presale: Presale, order: FanOrder) -> None:
    """Raise RuleError unless an order can still be given back."""
    if order.state is OrderState.CANCELLED:
        raise RuleError("order.cancelled", t("This order was cancelled before."))
    if order.state is not OrderState.PLEDGED or presale.state not in CANCELLABLE:
        raise RuleError("order.over", t("This order cannot be cancelled any more."))
