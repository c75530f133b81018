"""The order in which a fan sees a round's candidates, fixed at their first look."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, delete, select, update

from bot.storage.arrays import Rows, by_key
from bot.storage.store import Tx
from bot.storage.tables import BallotOrder, table
from bot.storage.upsert import put_new

ballot_order = table(BallotOrder)

_KEYS = Rows(round_id=BigInteger(), fan_id=BigInteger())
_ORDER_OF = select(ballot_order.c.positions).where(
    ballot_order.c.round_id == bindparam("round_id"), ballot_order.c.fan_id == bindparam("fan_id")
)


async def order_of(tx: Tx, round_id: int, fan_id: int) -> tuple[int, ...] | None:
    """Read a fan's order as positions; None before their first look."""
    found = await tx.conn.execute(_ORDER_OF, {"round_id": round_id, "fan_id": fan_id})
    positions = found.scalar_one_or_none()
    return None if positions is None else tuple(positions)


async def put_order(tx: Tx, round_id: int, fan_id: int, positions: Sequence[int]) -> None:
    """Keep a fan's order unless they have one."""
    await put_new(tx, ballot_order, [{"round_id": round_id, "fan_id": fan_id, "positions": list(positions)}])


async def change_order(tx: Tx, round_id: int, fan_id: int, positions: Sequence[int]) -> None:
    """Replace a fan's order, for a merge made under the round's exclusive lock."""
    mine = (ballot_order.c.round_id == round_id, ballot_order.c.fan_id == fan_id)
    await tx.conn.execute(update(ballot_order).where(*mine).values(positions=list(positions)))


@cache
def _orders_of(on_sqlite: bool) -> Select[Any]:
    given = _KEYS.source(on_sqlite)
    found, same = by_key(ballot_order, on_sqlite, {name: given.c[name] for name in ("round_id", "fan_id")})
    return select(found.c.round_id, found.c.fan_id, found.c.positions).join_from(given, found, same)


async def orders_of(tx: Tx, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, ...]]:
    """Read several fans' orders by (round, fan)."""
    if not keys:
        return {}
    given = _KEYS.values(tx.sqlite, keys)
    found = await tx.conn.execute(_orders_of(tx.sqlite), given)
    return {(o.round_id, o.fan_id): tuple(o.positions) for o in found}


async def move_order(tx: Tx, round_id: int, from_fan: int, to_fan: int) -> None:
    """Let a merged fan keep the order they had; the other's goes where they had none."""
    other = await order_of(tx, round_id, from_fan)
    if other is not None:
        await put_order(tx, round_id, to_fan, other)
        await tx.conn.execute(
            delete(ballot_order).where(ballot_order.c.round_id == round_id, ballot_order.c.fan_id == from_fan)
        )
