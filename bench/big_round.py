"""A closed book to read from: one open round in which every fan has answered on every design."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, text

from bot.rounds.model import BallotShape, RoundPlan, TieRule
from bot.service import designs, rounds
from bot.service.rounds import By
from bot.storage import rounds as round_rows
from bot.storage.store import Store
from bot.storage.tables import UtcDateTime
from tests.made_shop import campaign_file

DESIGNS = 200

_VOTES = """
WITH RECURSIVE f(fan_id) AS (SELECT 1 UNION ALL SELECT fan_id + 1 FROM f WHERE fan_id < :fans)
INSERT INTO vote (round_id, fan_id, version_id, answer, seen, chips, account_id, at)
SELECT c.round_id, f.fan_id, c.version_id,
  CASE WHEN (f.fan_id * 31 + c.position * 17) % 97 < 24 THEN 1 ELSE 0 END, true, 0, f.fan_id, :at
FROM f CROSS JOIN candidate c WHERE c.round_id = :round ORDER BY f.fan_id, c.version_id
"""
_BALLOTS = """
INSERT INTO ballot (round_id, fan_id, group_id, answers, picks, presses, first_at, last_at)
SELECT round_id, fan_id, 1, count(*), sum(answer), 1, :at, :at FROM vote WHERE round_id = :round
GROUP BY round_id, fan_id
"""
_TALLY = """
INSERT INTO tally (round_id, version_id, slot, answers, picks)
SELECT round_id, version_id, fan_id % 16, count(*), sum(answer) FROM vote WHERE round_id = :round
GROUP BY round_id, version_id, fan_id % 16
"""


async def open_round(store: Store, key: str) -> int:
    """Load a campaign and open its only round; returns the round's id."""
    now = datetime.now(UTC)
    plan = RoundPlan(
        number=1, ballot=BallotShape.SHEETS, opens_at=now, closes_at=now + timedelta(days=2), keep=120,
        quorum=1, tie_rule=TieRule.LOT,
    )  # fmt: skip
    loaded = await designs.load(store, campaign_file([plan], DESIGNS, key))
    async with store.read() as tx:
        (drafted,) = await round_rows.rounds_of(tx, loaded.campaign_id)
    await rounds.open_round(store, drafted.id, By())
    return drafted.id


async def fill(store: Store, round_id: int, fans: int) -> None:
    """Let `fans` fans answer on every design, past the service; 16 workers took their votes."""
    at = bindparam("at", datetime.now(UTC), type_=UtcDateTime())
    async with store.begin() as tx:
        votes = text(_VOTES).bindparams(at)
        await tx.conn.execute(votes, {"round": round_id, "fans": fans})
        await tx.conn.execute(text(_BALLOTS).bindparams(at), {"round": round_id})
        await tx.conn.execute(text(_TALLY), {"round": round_id})
        await tx.conn.execute(text("ANALYZE"))
