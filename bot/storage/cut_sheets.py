"""What presales add up to: units by colour and size, orders and money, and nobody's name."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from bot.presale.model import OrderState
from bot.storage.presale_tables import FanOrder
from bot.storage.store import Tx
from bot.storage.tables import table

order = table(FanOrder)

_LIVE = OrderState.PLEDGED.value
Cells = dict[tuple[int, str], int]
"""Live units by the place of their colour and by size."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What the live orders of a presale come to; `minor` in its currency."""

    orders: int = 0
    fans: int = 0
    minor: int = 0


async def cells_of(tx: Tx, presale_ids: Sequence[int]) -> dict[int, Cells]:
    """Count live units by colour and size, by presale: what would be cut."""
    found = await tx.conn.execute(
        select(order.c.presale_id, order.c.colour, order.c.size, func.sum(order.c.quantity))
        .where(order.c.presale_id.in_(list(presale_ids)), order.c.state == _LIVE)
        .group_by(order.c.presale_id, order.c.colour, order.c.size)
    )
    cells: dict[int, Cells] = {presale_id: {} for presale_id in presale_ids}
    for presale_id, place, size, units in found:
        cells[presale_id][place, size] = int(units)
    return cells


async def sums_of(tx: Tx, presale_ids: Sequence[int]) -> dict[int, Sums]:
    """Count live orders, who holds them and what they cost, by presale."""
    found = await tx.conn.execute(
        select(
            order.c.presale_id,
            func.count(),
            func.count(order.c.fan_id.distinct()),
            func.sum(order.c.total_minor),
        )
        .where(order.c.presale_id.in_(list(presale_ids)), order.c.state == _LIVE)
        .group_by(order.c.presale_id)
    )
    sums = dict.fromkeys(presale_ids, Sums())
    for presale_id, orders, fans, minor in found:
        sums[presale_id] = Sums(orders, fans, int(minor))
    return sums
