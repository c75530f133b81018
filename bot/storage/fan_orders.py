"""Orders: what fans hold, and what happened to each of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from bot.money import Money
from bot.presale.ladder import Line
from bot.presale.model import FanOrder as OrderFacts
from bot.presale.model import OrderState
from bot.storage.presale_tables import FanOrder, OrderEvent, OrderLine, Presale
from bot.storage.store import Tx
from bot.storage.tables import table

order, line, event, presale = table(FanOrder), table(OrderLine), table(OrderEvent), table(Presale)

LIVE = OrderState.PLEDGED.value


async def add_order(
    tx: Tx,
    *,
    presale_id: int,
    fan_id: int,
    account_id: int,
    group_id: int,
    colour: int,
    size: str,
    ladder_version: str,
    total: Money,
    lines: Sequence[Line],
    at: datetime,
) -> int:
    """Keep an order with the serials it drew and the price of each."""
    made = await tx.conn.execute(
        insert(order)
        .values(
            presale_id=presale_id,
            fan_id=fan_id,
            account_id=account_id,
            group_id=group_id,
            colour=colour,
            size=size,
            quantity=sum(one.units for one in lines),
            total_minor=total.minor,
            ladder_version=ladder_version,
            state=LIVE,
            at=at,
        )
        .returning(order.c.id)
    )
    order_id: int = made.scalar_one()
    await tx.conn.execute(
        insert(line),
        [
            {
                "presale_id": presale_id,
                "serial_from": one.serial_from,
                "serial_to": one.serial_to,
                "order_id": order_id,
                "unit_minor": one.unit.minor,
            }
            for one in lines
        ],
    )
    return order_id


async def _orders(tx: Tx, query: Select[Any]) -> list[OrderFacts]:
    found = list(await tx.conn.execute(query))
    lines = await tx.conn.execute(
        select(line).where(line.c.order_id.in_([o.id for o in found])).order_by(line.c.serial_from)
    )
    own: dict[int, list[Any]] = {o.id: [] for o in found}
    for one in lines:
        own[one.order_id].append(one)
    return [_facts(o, own[o.id]) for o in found]


def _facts(o: Any, lines: Iterable[Any]) -> OrderFacts:
    currency: str = o.ladder["currency"]
    return OrderFacts(
        o.id, o.presale_id, o.fan_id, o.colour, o.size, o.quantity, Money(o.total_minor, currency),
        o.ladder_version, OrderState(o.state), o.at,
        tuple(Line(one.serial_from, one.serial_to, Money(one.unit_minor, currency)) for one in lines),
    )  # fmt: skip


def _query() -> Select[Any]:
    return select(order, presale.c.ladder).join(presale, presale.c.id == order.c.presale_id)


async def order_by_id(tx: Tx, order_id: int) -> OrderFacts | None:
    found = await _orders(tx, _query().where(order.c.id == order_id))
    return found[0] if found else None


async def orders_by(tx: Tx, fan_id: int) -> list[OrderFacts]:
    """List a fan's orders, the newest first."""
    mine = _query().where(order.c.fan_id == fan_id)
    return await _orders(tx, mine.order_by(order.c.at.desc(), order.c.id.desc()))


async def orders_in(tx: Tx, presale_id: int) -> list[OrderFacts]:
    """List a presale's orders, the oldest first."""
    return await _orders(tx, _query().where(order.c.presale_id == presale_id).order_by(order.c.id))


async def units_of(tx: Tx, presale_id: int, fan_id: int) -> int:
    """Count the units a fan holds in a presale."""
    found = await tx.conn.execute(
        select(func.coalesce(func.sum(order.c.quantity), 0)).where(
            order.c.presale_id == presale_id, order.c.fan_id == fan_id, order.c.state == LIVE
        )
    )
    return int(found.scalar_one())


async def units_by_presale(tx: Tx, fan_id: int) -> dict[int, int]:
    """Count the units a fan holds, by presale."""
    found = await tx.conn.execute(
        select(order.c.presale_id, func.sum(order.c.quantity))
        .where(order.c.fan_id == fan_id, order.c.state == LIVE)
        .group_by(order.c.presale_id)
    )
    return {presale_id: int(units) for presale_id, units in found}


async def end_order(tx: Tx, order_id: int, state: OrderState, at: datetime) -> bool:
    """End a live order; False when it was not live any more."""
    ended = await tx.conn.execute(
        update(order)
        .where(order.c.id == order_id, order.c.state == LIVE)
        .values(state=state.value, ended_at=at)
    )
    return ended.rowcount == 1


async def end_orders_of(tx: Tx, presale_id: int, place: int, at: datetime) -> list[tuple[int, int]]:
    """End the live orders of a colour that is not made; returns each one's id and fan."""
    ended = await tx.conn.execute(
        update(order)
        .where(order.c.presale_id == presale_id, order.c.colour == place, order.c.state == LIVE)
        .values(state=OrderState.ENDED.value, ended_at=at)
        .returning(order.c.id, order.c.fan_id)
    )
    return [(order_id, fan_id) for order_id, fan_id in ended]


async def move_orders(tx: Tx, gone: int, stays: int) -> None:
    """Give a fan's orders to the fan they became."""
    await tx.conn.execute(update(order).where(order.c.fan_id == gone).values(fan_id=stays))


# ------------------------------------------------------------------ what happened


async def record(
    tx: Tx,
    order_ids: Sequence[int],
    kind: str,
    at: datetime,
    *,
    account_id: int | None = None,
    event_id: str | None = None,
    answer: dict[str, Any] | None = None,
) -> None:
    """Write down what happened to orders; an event that came from outside names one."""
    if order_ids:
        await tx.conn.execute(
            insert(event),
            [
                {
                    "order_id": order_id,
                    "kind": kind,
                    "account_id": account_id,
                    "event_id": event_id,
                    "at": at,
                    "answer": answer,
                }
                for order_id in order_ids
            ],
        )


async def answer_of(tx: Tx, account_id: int, event_id: str) -> dict[str, Any] | None:
    """Find the sentence with which an event was answered the first time."""
    found = await tx.conn.execute(
        select(event.c.answer).where(event.c.account_id == account_id, event.c.event_id == event_id)
    )
    answer: dict[str, Any] | None = found.scalar_one_or_none()
    return answer
