"""The reference of a presale: plain dicts and lists, written from the rules and not from the code.

Colours and sizes are places from 1, fans are numbers of our own. What is refused raises `Refusal`.
"""

from datetime import datetime, timedelta
from typing import Any

from tests.machine.reference import Refusal

BASE, STEP, TOP, EVERY = 10_000, 1_000, 14_000, 3
LIMIT, CAP, COLOURS, SIZES = 6, 14, 2, 2
LONGEST = timedelta(days=90)
RUNNING = ("open", "paused")


class Sale:
    """One presale, everybody who orders in it and what was told. Every method is told the time."""

    def __init__(
        self, combine: str, moq: int, at: list[datetime], opened: datetime, closes: datetime
    ) -> None:
        self.combine, self.moq, self.at = combine, moq, at
        self.opened_at, self.closes_at, self.last_at = opened, closes, opened
        self.closed_at: datetime | None = None
        self.state, self.next, self.told = "open", 1, [0]
        self.orders: list[dict[str, Any]] = []
        self.counted: list[int | None] = [None] * COLOURS
        self.events: dict[tuple[int, str], tuple[Any, ...]] = {}
        self.person: dict[int, int] = {}

    # -------------------------------------------------------------- prices

    def stage(self, serial: int, now: datetime) -> int:
        units, passed = (serial - 1) // EVERY, len([at for at in self.at if at <= now])
        stage = units + passed if self.combine == "sum" else max(units, passed)
        return min(stage, (TOP - BASE) // STEP)

    def price(self, serial: int, now: datetime) -> int:
        return BASE + STEP * self.stage(serial, now)

    def event_time(self, now: datetime) -> datetime:
        return max(now, self.last_at)

    def quote(self, quantity: int, now: datetime) -> int:
        at = self.event_time(now)
        return sum(self.price(s, at) for s in range(self.next, self.next + quantity))

    # -------------------------------------------------------------- orders

    def kept(self) -> list[dict[str, Any]]:
        return [o for o in self.orders if o["state"] != "cancelled"]

    def net(self) -> int:
        return sum(len(o["units"]) for o in self.kept())

    def held_by(self, person: int) -> int:
        mine = [o for o in self.orders if o["state"] == "pledged" and self.person[o["account"]] == person]
        return sum(len(o["units"]) for o in mine)

    def order(
        self, account: int, event: str, want: tuple[int, int, int], quoted: int, now: datetime
    ) -> tuple[Any, ...]:
        """Take an order of (quantity, colour, size); return its serials and their prices."""
        if (account, event) in self.events:
            return self.events[account, event]
        quantity, colour, size = want
        at = self.event_time(now)
        if self.state not in RUNNING or at >= self.closes_at:
            raise Refusal("order.late")
        if self.state == "paused":
            raise Refusal("order.paused")
        if self.net() >= CAP:
            raise Refusal("order.sold_out")
        if not 1 <= colour <= COLOURS or not 1 <= size <= SIZES:
            raise Refusal("order.shape")
        if not 1 <= quantity <= LIMIT:
            raise Refusal("order.quantity")
        if self.held_by(self.person[account]) + quantity > LIMIT:
            raise Refusal("order.limit")
        if self.net() + quantity > CAP:
            raise Refusal("order.cap")
        if self.quote(quantity, now) != quoted:
            raise Refusal("order.moved")
        units = tuple((s, self.price(s, at)) for s in range(self.next, self.next + quantity))
        self.orders.append(
            {"account": account, "colour": colour, "size": size, "units": units, "state": "pledged", "at": at}
        )
        self.next += quantity
        self.last_at = at
        self.tell(now)
        self.events[account, event] = ("ordered", units)
        return self.events[account, event]

    def cancel(self, account: int, event: str, number: int, now: datetime) -> tuple[Any, ...]:
        """Give the order with this number (from 1) back."""
        if (account, event) in self.events:
            return self.events[account, event]
        order = self.orders[number - 1] if 1 <= number <= len(self.orders) else None
        if order is None or self.person[order["account"]] != self.person[account]:
            raise Refusal("order.unknown")
        if order["state"] == "cancelled":
            raise Refusal("order.cancelled")
        if order["state"] != "pledged" or self.state == "failed":
            raise Refusal("order.over")
        order["state"] = "cancelled"
        self.last_at = self.event_time(now)
        self.events[account, event] = ("cancelled",)
        return self.events[account, event]

    def link(self, gone: int, stays: int) -> None:
        old, new = self.person[gone], self.person[stays]
        for account, person in self.person.items():
            if person == old:
                self.person[account] = new

    # -------------------------------------------------------------- the shop and the clock

    def step(self, name: str, now: datetime, by: timedelta = timedelta()) -> None:
        """Pause, resume, extend or close."""
        possible = {"pause": ("open",), "resume": ("paused",), "extend": RUNNING, "close": RUNNING}
        if self.state not in possible[name]:
            raise Refusal(f"presale.cannot_{name}")
        at = self.event_time(now)
        if name != "close" and at >= self.closes_at:
            raise Refusal("presale.over")
        if name == "extend":
            if by <= timedelta() or self.closes_at + by > self.opened_at + LONGEST:
                raise Refusal("presale.extension")
            self.closes_at += by
        self.state = {"pause": "paused", "resume": "open", "close": "deciding"}.get(name, self.state)
        if name == "close":
            self.closes_at = min(self.closes_at, at)
        self.last_at = at

    def tick(self, now: datetime) -> None:
        if self.state in RUNNING and now >= self.closes_at:
            self.step("close", now)
        if self.state == "deciding":
            self.decide(now)
        self.tell(now)

    def decide(self, now: datetime) -> None:
        counted = [
            sum(len(o["units"]) for o in self.kept() if o["colour"] == colour)
            for colour in range(1, COLOURS + 1)
        ]
        self.state = "collecting" if max(counted) >= self.moq else "failed"
        for order in self.orders:
            if order["state"] == "pledged" and counted[order["colour"] - 1] < self.moq:
                order["state"] = "ended"
        self.counted = [*counted]
        self.last_at = self.event_time(now)

    def tell(self, now: datetime) -> None:
        """Tell the newest step of the price, if it is higher than what was told."""
        stage = self.stage(self.next, self.event_time(now))
        if self.state == "open" and now < self.closes_at and stage > self.told[-1]:
            self.told.append(stage)
