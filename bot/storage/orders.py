"""The order in which a fan sees a round's candidates, fixed at their first look."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from bot.storage.store import Tx
from bot.storage.tables import BallotOrder, table
from bot.storage.upsert import put_new

ballot_order = table(BallotOrder)


async def order_of(tx: Tx, round_id: int, fan_id: int) -> tuple[int, ...] | None:
    """Read a fan's order as positions; None before their first look."""
    found = (
        await tx.conn.execute(
            select(ballot_order.c.positions).where(
                ballot_order.c.round_id == round_id, ballot_order.c.fan_id == fan_id
            )
        )
    ).scalar_one_or_none()
    return None if found is None else tuple(found)


async def put_order(tx: Tx, round_id: int, fan_id: int, positions: Sequence[int]) -> None:
    """Keep a fan's order unless they have one."""
    await put_new(tx, ballot_order, [{"round_id": round_id, "fan_id": fan_id, "positions": list(positions)}])


async def orders_of(tx: Tx, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, ...]]:
    """Read several fans' orders by (round, fan)."""
    if not keys:
        return {}
    found = await tx.conn.execute(
        select(ballot_order.c.round_id, ballot_order.c.fan_id, ballot_order.c.positions).where(
            ballot_order.c.round_id.in_({k[0] for k in keys}), ballot_order.c.fan_id.in_({k[1] for k in keys})
        )
    )
    return {(o.round_id, o.fan_id): tuple(o.positions) for o in found}


async def move_order(tx: Tx, round_id: int, from_fan: int, to_fan: int) -> None:
    """Let a merged fan keep the order they had; the other's goes where they had none."""
    other = await order_of(tx, round_id, from_fan)
    if other is not None:
        await put_order(tx, round_id, to_fan, other)
        await tx.conn.execute(
            delete(ballot_order).where(ballot_order.c.round_id == round_id, ballot_order.c.fan_id == from_fan)
        )
