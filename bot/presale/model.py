"""The words of a presale as frozen values: what storage returns and every rule takes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.money import Money
from bot.presale.ladder import Combine, Ladder, Line, TimeRule


class PresaleState(StrEnum):
    """Where a presale is. States of payments and of the shortfall plan join these between the last three."""

    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    DECIDING = "deciding"  # no orders any more; its units are being counted
    COLLECTING = "collecting"  # a minimum was reached: what was ordered will be paid
    FAILED = "failed"  # no minimum was reached: nobody pays


class OrderState(StrEnum):
    PLEDGED = "pledged"
    CANCELLED = "cancelled"  # by the fan
    ENDED = "ended"  # the minimum of its colour was missed


class IfMissed(StrEnum):
    """What becomes of a colour that misses its minimum, printed before the opening."""

    END = "end"  # it is not made, its orders end and nobody pays


@dataclass(frozen=True, slots=True)
class PresalePlan:
    """The `[presale]` of a campaign file. `moq` is per colour, `limit` per fan, `cap` for all together."""

    base: Money
    step: Money
    list_price: Money
    every_units: int
    time: TimeRule
    moq: int
    colours: tuple[str, ...]
    sizes: tuple[str, ...]
    limit: int
    cap: int
    combine: Combine = Combine.MAX
    if_missed: IfMissed = IfMissed.END


@dataclass(frozen=True, slots=True)
class Colour:
    """One production cell: `place` from 1, units ordered now; `counted` is what it was decided on."""

    place: int
    label: str
    units: int = 0
    counted: int | None = None

    @property
    def shown(self) -> int:
        """The units that count: as they are now, and once it is decided as they were then."""
        return self.units if self.counted is None else self.counted


@dataclass(frozen=True, slots=True)
class Presale:
    """One design's presale: the terms frozen at its opening, then what became of it.

    `next_serial` never falls; `net` counts the units of live orders. `stage` is the newest step of the
    price that was announced, `last_at` the time of its last event: no event is earlier.
    """

    id: int
    campaign_id: int
    design_id: int
    version_id: int
    state: PresaleState
    ladder: Ladder
    colours: tuple[Colour, ...]
    sizes: tuple[str, ...]
    moq: int
    limit: int
    cap: int
    if_missed: IfMissed
    every_days: int | None
    opened_at: datetime
    closes_at: datetime
    last_at: datetime
    next_serial: int = 1
    net: int = 0
    stage: int = 0
    closed_at: datetime | None = None
    decided_at: datetime | None = None

    @property
    def currency(self) -> str:
        return self.ladder.base.currency

    def colour(self, place: int) -> Colour | None:
        return next((c for c in self.colours if c.place == place), None)


@dataclass(frozen=True, slots=True)
class FanOrder:
    """One order: its lines hold its serials and the price each was locked at."""

    id: int
    presale_id: int
    fan_id: int
    colour: int
    size: str
    quantity: int
    total: Money
    ladder_version: str
    state: OrderState
    at: datetime
    lines: tuple[Line, ...]
