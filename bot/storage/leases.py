"""Who speaks as which platform account: one holder a name, until an instant of the database's clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.store import Tx
from bot.storage.tables import Lease, table

lease = table(Lease)


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """A lease as it stands; one whose `until` has passed is anybody's."""

    name: str
    holder: str
    until: datetime


async def take(tx: Tx, name: str, holder: str, now: datetime, length_s: float) -> bool:
    """Take a lease that is free, has run out, or is the holder's own; False when another has it.

    One statement decides, so of two that ask at once one waits for the other's row and finds it taken.
    """
    make = sqlite.insert if tx.sqlite else postgresql.insert
    wish = make(lease).values(name=name, holder=holder, until=now + timedelta(seconds=length_s))
    taken = await tx.conn.execute(
        wish.on_conflict_do_update(
            index_elements=[lease.c.name],
            set_={"holder": wish.excluded.holder, "until": wish.excluded.until},
            where=or_(lease.c.holder == holder, lease.c.until <= now),
        )
    )
    return taken.rowcount == 1


async def give_back(tx: Tx, name: str, holder: str) -> None:
    """End a lease before its time, if it still is the holder's."""
    await tx.conn.execute(delete(lease).where(lease.c.name == name, lease.c.holder == holder))


async def all_leases(tx: Tx) -> list[LeaseRow]:
    """List every lease that was not given back, by name."""
    found = await tx.conn.execute(select(lease.c.name, lease.c.holder, lease.c.until).order_by(lease.c.name))
    return [LeaseRow(*line) for line in found]
