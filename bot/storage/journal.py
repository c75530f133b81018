"""The action log: who did what, when, to what and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

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


async def record(
    tx: Tx,
    action: str,
    now: datetime,
    *,
    account_id: int | None = None,
    campaign_id: int | None = None,
    round_id: int | None = None,
    reason: str = "",
    **facts: Any,
) -> None:
    """Write an action down in the transaction that does it."""
    await tx.conn.execute(
        insert(log).values(
            at=now,
            account_id=account_id,
            action=action,
            campaign_id=campaign_id,
            round_id=round_id,
            facts=facts,
            reason=reason,
        )
    )


async def entries(tx: Tx, campaign_id: int, most: int = 50) -> list[Entry]:
    """List a campaign's newest actions."""
    found = await tx.conn.execute(
        select(log.c.id, log.c.at, account.c.name, log.c.action, log.c.round_id, log.c.facts, log.c.reason)
        .outerjoin(account, account.c.id == log.c.account_id)
        .where(log.c.campaign_id == campaign_id)
        .order_by(log.c.at.desc(), log.c.id.desc())
        .limit(most)
    )
    return [Entry(*line) for line in found]


async def newest(tx: Tx) -> datetime | None:
    """Read when the newest action was logged."""
    found: datetime | None = (await tx.conn.execute(select(func.max(log.c.at)))).scalar_one()
    return found
