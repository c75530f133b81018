"""The price ladder: what each unit costs, by how many were sold before it and by when it is ordered.

    price(serial, t) = min(list, base + step × stage),  stage = max or sum of the two below
    by units: (serial − 1) // every_units        by time: how many of the printed instants have come

A ladder is frozen when its presale opens; its version is written into every order.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.local_time import to_utc
from bot.money import Money, total


class Combine(StrEnum):
    """How units and time move the price together; frozen with the ladder."""

    MAX = "max"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Line:
    """Units of an order at one price, by their serials, both included."""

    serial_from: int
    serial_to: int
    unit: Money

    @property
    def units(self) -> int:
        return self.serial_to - self.serial_from + 1

    @property
    def total(self) -> Money:
        return self.unit * self.units


@dataclass(frozen=True, slots=True)
class Ladder:
    """`at[k]` is the instant from which time alone has moved the price k + 1 steps: [at[k], at[k + 1])."""

    base: Money
    step: Money
    top: Money
    every_units: int
    at: tuple[datetime, ...] = ()
    combine: Combine = Combine.MAX
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.every_units < 1 or self.step.minor < 1 or not 0 < self.base.minor <= self.top.minor:
            raise ValueError("a ladder rises, by whole steps, up to its list price")
        if any(a >= b for a, b in zip(self.at, self.at[1:], strict=False)):
            raise ValueError("the time steps of a ladder rise")

    @property
    def stages(self) -> int:
        """How many steps lead from the base to the list price; the last may be a smaller one."""
        return -((self.base.minor - self.top.minor) // self.step.minor)

    def price_at(self, stage: int) -> Money:
        return min(self.top, self.base + self.step * max(stage, 0))

    def by_time(self, now: datetime) -> int:
        return sum(at <= now for at in self.at)

    def by_units(self, serial: int) -> int:
        return (serial - 1) // self.every_units

    def stage(self, serial: int, now: datetime) -> int:
        """Say how many steps above the base a serial is when it is ordered at `now`."""
        units, passed = self.by_units(serial), self.by_time(now)
        stage = units + passed if self.combine is Combine.SUM else max(units, passed)
        return min(stage, self.stages)

    def price(self, serial: int, now: datetime) -> Money:
        return self.price_at(self.stage(serial, now))

    def split(self, first: int, quantity: int, now: datetime) -> tuple[Line, ...]:
        """Price each of `quantity` units from the serial `first`; equal neighbours share a line."""
        serials = range(first, first + quantity)
        found = []
        for unit, run in groupby(serials, lambda serial: self.price(serial, now)):
            own = list(run)
            found.append(Line(own[0], own[-1], unit))
        return tuple(found)

    def units_to_step(self, serial: int, now: datetime) -> int | None:
        """Count the units, from `serial` on, that are sold before the price rises by units."""
        stage = self.stage(serial, now)
        if stage >= self.stages:
            return None
        needed = stage + 1 - (self.by_time(now) if self.combine is Combine.SUM else 0)
        return needed * self.every_units + 1 - serial

    def next_at(self, serial: int, now: datetime) -> datetime | None:
        """Say when the price rises by time, if nobody orders before."""
        stage = self.stage(serial, now)
        if stage >= self.stages:
            return None
        index = stage - (self.by_units(serial) if self.combine is Combine.SUM else 0)
        return self.at[index] if index < len(self.at) else None

    @property
    def version(self) -> str:
        """Name exactly this ladder: 16 hexadecimal digits."""
        said = [
            self.base.currency, self.base.minor, self.step.minor, self.top.minor, self.every_units,
            [at.astimezone(UTC).isoformat() for at in self.at], self.combine.value, self.zone,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def sum_of(lines: Iterable[Line], currency: str) -> Money:
    return total((line.total for line in lines), currency)


@dataclass(frozen=True, slots=True)
class TimeRule:
    """The printed rule of a presale's clock: a step every so many days and the end, all at one time of
    day. Day 0 is the day of the opening; `every_days` None leaves the price to units alone."""

    days: int
    at: time
    every_days: int | None = None


def expand(rule: TimeRule, opened_at: datetime, zone: ZoneInfo, stages: int) -> tuple[datetime, ...]:
    """List the instants of a rule for a presale opened now: its steps before the end, then the end.

    Steps beyond the list price are left out. Raises RuleError when one of them falls into a gap or a
    fold of the zone's clocks.
    """
    first = opened_at.astimezone(zone).date()
    steps = range(rule.every_days, rule.days, rule.every_days) if rule.every_days else range(0)
    days = [*list(steps)[:stages], rule.days]
    return tuple(to_utc(datetime.combine(first + timedelta(days=day), rule.at), zone) for day in days)
