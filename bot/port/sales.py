"""What people see of presales: a price and its steps, a quote, the orders they hold."""

from dataclasses import dataclass
from datetime import datetime

from bot.money import Money
from bot.text import Text


@dataclass(frozen=True, slots=True)
class PriceStep:
    """A rung of the ladder: its price and what brings it about, a serial or an instant, whichever is first.

    `reached` steps were or are the price; the last of them is where the price is now (`here`).
    """

    price: Money
    from_serial: int | None
    from_at: datetime | None
    reached: bool
    here: bool


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Units at one price. Serials are None in a quote: they are drawn when the order is confirmed."""

    units: int
    unit: Money
    serial_from: int | None = None
    serial_to: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One colour: units ordered so far, and how many its production needs."""

    key: str
    label: str
    units: int
    moq: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order would cost now: `text` is `3 × €100 + 4 × €110 = €740`, `confirm` orders just that."""

    quantity: int
    colour: str
    size: str
    lines: tuple[OrderLine, ...]
    total: Money
    text: Text
    confirm: str


@dataclass(frozen=True, slots=True)
class PresaleView:
    """A presale as a fan sees it.

    `units` is how many are ordered now, `units_to_step` how many more are sold at today's price;
    `next_price` is what follows it, at the latest at `next_step_at`. `mine` counts this fan's units of
    the `limit` one fan may hold. `closed` says why nothing can be ordered now.
    """

    number: int
    version: int
    title: str
    photo: str
    alt: Text
    state: str
    price: Money
    list_price: Money
    steps: tuple[PriceStep, ...]
    units: int
    cells: tuple[Cell, ...]
    units_to_step: int | None
    next_step_at: datetime | None
    next_price: Money | None
    opens_at: datetime
    closes_at: datetime
    now: datetime
    zone: str
    sizes: tuple[str, ...]
    limit: int
    mine: int
    terms: tuple[Text, ...]
    quote: Quote | None = None
    closed: Text | None = None


@dataclass(frozen=True, slots=True)
class PresalesView:
    """Every presale of the group's campaigns, open ones first."""

    items: tuple[PresaleView, ...]


@dataclass(frozen=True, slots=True)
class OrderView:
    """One of my orders. `cancel` is the action that gives it back, None once that is not possible."""

    id: int
    number: int
    title: str
    photo: str
    alt: Text
    colour: str
    size: str
    lines: tuple[OrderLine, ...]
    total: Money
    state: str
    at: datetime
    cancel: str | None
    note: Text | None


@dataclass(frozen=True, slots=True)
class OrdersView:
    """My orders, the newest first."""

    orders: tuple[OrderView, ...]
