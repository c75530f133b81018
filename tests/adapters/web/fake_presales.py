"""Presales as a fake service shows them: one ladder of plain rules, orders in memory."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.errors import RuleError
from bot.money import Money, total
from bot.port import Cell, OrderLine, OrdersView, OrderView, PresaleView, PriceStep, Quote, ShowPresale
from bot.text import Text, t, verbatim

COLOURS = (("1", "Sage"), ("2", "Black"))
SIZES = ("S", "M", "L")
LIMIT, EVERY, MOQ = 10, 100, 300


@dataclass
class FakePresale:
    """One presale: 100 euros, 10 more for every hundred sold and every week, up to 150.

    `sold` is how many serials are taken; `closed` refuses orders and says why.
    """

    number: int
    title: str
    photo: str
    opens_at: datetime
    sold: int = 97
    state: str = "open"
    closed: Text | None = None
    orders: list[OrderView] = field(default_factory=list)

    def price(self, serial: int, now: datetime) -> Money:
        stage = max((serial - 1) // EVERY, (now - self.opens_at) // timedelta(days=7))
        return Money(min(15000, 10000 + 1000 * stage), "EUR")

    def lines(self, quantity: int, now: datetime) -> tuple[OrderLine, ...]:
        found: list[OrderLine] = []
        for serial in range(self.sold + 1, self.sold + quantity + 1):
            unit = self.price(serial, now)
            if found and found[-1].unit == unit:
                found[-1] = replace(found[-1], units=found[-1].units + 1, serial_to=serial)
            else:
                found.append(OrderLine(1, unit, serial, serial))
        return tuple(found)

    def view(self, now: datetime, wish: ShowPresale | None = None) -> PresaleView:
        price = self.price(self.sold + 1, now)
        steps = []
        for stage in range(6):
            unit = Money(10000 + 1000 * stage, "EUR")
            at = self.opens_at + timedelta(days=7 * stage) if stage else None
            steps.append(PriceStep(unit, EVERY * stage + 1, at, unit <= price, unit == price))
        following = next((s for s in steps if not s.reached), None)
        held = [o for o in self.orders if o.state == "pledged"]
        mine = sum(line.units for o in held for line in o.lines)
        cells = tuple(Cell(key, label, 61 if key == "1" else 36, MOQ) for key, label in COLOURS)
        terms = (
            t("{n} of a colour must be ordered, or it is not made and nobody pays.", n=MOQ),
            t("You may hold up to {n}.", n=LIMIT),
        )
        return PresaleView(
            self.number, 2, self.title, self.photo, verbatim(self.title), self.state, price,
            Money(15000, "EUR"), tuple(steps), self.sold, cells,
            following.from_serial - self.sold - 1 if following and following.from_serial else None,
            following.from_at if following else None,
            following.price if following else None,
            self.opens_at, self.opens_at + timedelta(days=30), now, "Europe/Berlin",
            SIZES, LIMIT, mine, terms, self._quote(now, wish), self.closed,
        )  # fmt: skip

    def _quote(self, now: datetime, wish: ShowPresale | None) -> Quote | None:
        if wish is None or wish.colour is None or wish.size is None or self.closed:
            return None
        if wish.colour not in dict(COLOURS) or wish.size not in SIZES or not 1 <= wish.quantity <= LIMIT:
            raise RuleError("order.shape", t("Choose a colour, a size and up to {n}.", n=LIMIT))
        lines = self.lines(wish.quantity, now)
        whole = total((line.unit * line.units for line in lines), "EUR")
        text = (
            t("{first} = {total}", first=_times(lines[0]), total=whole)
            if len(lines) == 1
            else t("{first} + {then} = {total}", first=_times(lines[0]), then=_times(lines[1]), total=whole)
        )
        confirm = f"order:{self.number}:{wish.quantity}:{wish.colour}:{wish.size}:{whole.minor}"
        bare = tuple(OrderLine(line.units, line.unit) for line in lines)
        return Quote(wish.quantity, wish.colour, wish.size, bare, whole, text, confirm)

    def order(self, quantity: int, colour: str, size: str, quoted: int, now: datetime) -> Text:
        """Take an order at the quoted total; raises RuleError when the price has moved since."""
        if self.closed:
            raise RuleError("presale.closed", self.closed)
        lines = self.lines(quantity, now)
        whole = total((line.unit * line.units for line in lines), "EUR")
        if whole.minor != quoted:
            raise RuleError(
                "order.moved", t("The price is {price} now. Tap for a new quote.", price=lines[-1].unit)
            )
        self.orders.append(
            OrderView(
                len(self.orders) + 1, self.number, self.title, self.photo, verbatim(self.title),
                dict(COLOURS)[colour], size, lines, whole, "pledged", now,
                f"cancel:{self.number}:{len(self.orders) + 1}", None,
            )
        )  # fmt: skip
        first, self.sold = self.sold + 1, self.sold + quantity
        return t("Ordered: numbers {first} to {last}.", first=first, last=self.sold)

    def cancel(self, order_id: int) -> Text:
        order = self.orders[order_id - 1]
        if order.cancel is None:
            raise RuleError("order.over", t("This order cannot be cancelled any more."))
        self.orders[order_id - 1] = replace(
            order, state="cancelled", cancel=None, note=t("You cancelled this order.")
        )
        return t("Cancelled. The price stays where it is.")


def _times(line: OrderLine) -> Text:
    return t("{n} × {unit}", n=line.units, unit=line.unit)


def orders_of(presales: list[FakePresale]) -> OrdersView:
    found = [order for presale in presales for order in presale.orders]
    return OrdersView(tuple(sorted(found, key=lambda o: (o.at, o.id), reverse=True)))
