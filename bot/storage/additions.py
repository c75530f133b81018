"""What people sent to add designs, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from bot.storage.campaigns import PhotoRow, newest_versions
from bot.storage.store import Tx
from bot.storage.tables import Addition, Design, Photo, Version, table

addition, design, version, photo = table(Addition), table(Design), table(Version), table(Photo)


@dataclass(frozen=True, slots=True)
class AdditionRow:
    """One photo or zip: the numbers it made, and as JSON what was said of it."""

    campaign_id: int
    event_id: str
    numbers: list[int]
    said: list[dict[str, Any]]


async def of_batch(tx: Tx, account_id: int, batch: str) -> list[AdditionRow]:
    """List what an account sent in a batch, in the order it was taken in."""
    shown = tuple(addition.c[name] for name in AdditionRow.__slots__)
    found = await tx.conn.execute(
        select(*shown)
        .where(addition.c.account_id == account_id, addition.c.batch == batch)
        .order_by(addition.c.id)
    )
    return [AdditionRow(*line) for line in found]


async def add(
    tx: Tx, account_id: int, event_id: str, batch: str, campaign_id: int, numbers: Sequence[int],
    said: Sequence[dict[str, Any]], now: datetime,
) -> None:  # fmt: skip
    await tx.conn.execute(
        insert(addition).values(
            account_id=account_id, event_id=event_id, batch=batch, campaign_id=campaign_id,
            numbers=list(numbers), said=list(said), at=now,
        )
    )  # fmt: skip


async def photos_of(tx: Tx, campaign_id: int) -> dict[int, PhotoRow]:
    """Read the photo each design of a campaign shows, by its number."""
    newest = newest_versions()
    found = await tx.conn.execute(
        select(design.c.number, *(photo.c[name] for name in PhotoRow.__slots__))
        .join(newest, newest.c.design_id == design.c.id)
        .join(version, (version.c.design_id == design.c.id) & (version.c.number == newest.c.number))
        .join(photo, photo.c.hash == version.c.photo)
        .where(design.c.campaign_id == campaign_id)
        .order_by(design.c.number)
    )
    return {number: PhotoRow(*facts) for number, *facts in found}
