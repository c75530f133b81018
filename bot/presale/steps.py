"""The rungs of a ladder as they are shown: each price, what brings it about, and where we are."""

from dataclasses import dataclass
from datetime import datetime

from bot.money import Money
from bot.presale.ladder import Combine, Ladder


@dataclass(frozen=True, slots=True)
class Rung:
    """A price and what brings it about: a serial or an instant, whichever is first.

    Where units and time add up, nobody can say any more what brought a reached rung about: both are None.
    """

    price: Money
    from_serial: int | None
    from_at: datetime | None
    reached: bool
    here: bool


def rungs(ladder: Ladder, serial: int, now: datetime) -> tuple[Rung, ...]:
    """List the ladder's prices from the base to the list price, for who would draw `serial` at `now`."""
    stage = ladder.stage(serial, now)
    return tuple(
        Rung(ladder.price_at(k), *_causes(ladder, k, serial, now), k <= stage, k == stage)
        for k in range(ladder.stages + 1)
    )


def _causes(ladder: Ladder, k: int, serial: int, now: datetime) -> tuple[int | None, datetime | None]:
    """Say from which serial, and from which instant, a rung is the price if nothing else moves."""
    units = passed = 0
    if ladder.combine is Combine.SUM:
        units, passed = ladder.by_units(serial), ladder.by_time(now)
        if k <= units + passed:
            return None, None
    index = k - units - 1
    at = ladder.at[index] if 0 <= index < len(ladder.at) else None
    return (k - passed) * ladder.every_units + 1, at
