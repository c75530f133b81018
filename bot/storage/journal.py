"""The action log: who did what, when, to what and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from bot.storage.store import Tx
from bot.storage.tables import Account, ActionLog, table

log, account = table(ActionLog), table(Account)


@dataclass(frozen=True, slots=True)
class Entry:
    """One logged action; `who` is None for the clock and the command line."""

    id: int
    at: datetime
    who: str | None
    action: str
    round_id: int | None
    facts: dict[str, Any]
    reason: str
    account_id: int | None = None
    campaign_id: int | None = None
    undone_at: datetime | None = None


def _query() -> Select[Any]:
    return select(
        log.c.id, log.c.at, account.c.name, log.c.action, log.c.round_id, log.c.facts, log.c.reason,
        log.c.account_id, log.c.campaign_id, log.c.undone_at,
    ).outerjoin(account, account.c.id == log.c.account_id)  # fmt: skip


async def record(
    tx: Tx,
    action: str,
    now: datetime,
    *,
    account_id: int | None = None,
    campaign_id: int | None = None,
    round_id: int | None = None,
    reason: str = "",
    event_id: str | None = None,
    **facts: Any,
) -> int:
    """Write an action down in the transaction that does it; returns its number."""
    made = await tx.conn.execute(
        insert(log)
        .values(
            at=now,
            account_id=account_id,
            action=action,
            campaign_id=campaign_id,
            round_id=round_id,
            facts=facts,
            reason=reason,
            event_id=event_id,
        )
        .returning(log.c.id)
    )
    entry_id: int = made.scalar_one()
    return entry_id


async def entries(tx: Tx, campaign_id: int, most: int = 50) -> list[Entry]:
    """List a campaign's newest actions."""
    return await entries_of(tx, [campaign_id], most)


async def entries_of(tx: Tx, campaign_ids: Sequence[int], most: int) -> list[Entry]:
    """List the newest actions of several campaigns."""
    found = await tx.conn.execute(
        _query()
        .where(log.c.campaign_id.in_(campaign_ids))
        .order_by(log.c.at.desc(), log.c.id.desc())
        .limit(most)
    )
    return [Entry(*line) for line in found]


async def entry_by_id(tx: Tx, entry_id: int) -> Entry | None:
    found = (await tx.conn.execute(_query().where(log.c.id == entry_id))).first()
    return Entry(*found) if found else None


async def entry_of_event(tx: Tx, account_id: int | None, event_id: str | None) -> Entry | None:
    """Find what an account's event did before, if it did."""
    if account_id is None or event_id is None:
        return None
    found = await tx.conn.execute(_query().where(log.c.account_id == account_id, log.c.event_id == event_id))
    line = found.first()
    return Entry(*line) if line else None


async def newest_by(tx: Tx, account_id: int, actions: Sequence[str], since: datetime) -> Entry | None:
    """Find the newest of these actions that an account did after `since` and that still stands."""
    found = await tx.conn.execute(
        _query()
        .where(
            log.c.account_id == account_id, log.c.action.in_(actions), log.c.at > since,
            log.c.undone_at.is_(None),
        )
        .order_by(log.c.at.desc(), log.c.id.desc())
        .limit(1)
    )  # fmt: skip
    line = found.first()
    return Entry(*line) if line else None


async def standing(tx: Tx, round_id: int, action: str) -> list[Entry]:
    """List what was done to a round by this action and not taken back."""
    found = await tx.conn.execute(
        _query().where(log.c.round_id == round_id, log.c.action == action, log.c.undone_at.is_(None))
    )
    return [Entry(*line) for line in found]


async def take_undo(tx: Tx, entry_id: int, now: datetime) -> bool:
    """Mark an action as taken back, once; False when somebody was first."""
    taken = await tx.conn.execute(
        update(log).where(log.c.id == entry_id, log.c.undone_at.is_(None)).values(undone_at=now)
    )
    return taken.rowcount == 1


async def newest(tx: Tx) -> datetime | None:
    """Read when the newest action was logged."""
    found: datetime | None = (await tx.conn.execute(select(func.max(log.c.at)))).scalar_one()
    return found
