"""Rounds, their frozen candidates, standings, marks and cuts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    update,
)

from bot.rounds.model import BallotShape, MarkKind, RoundPlan, RoundState, TieRule, Verdict
from bot.rounds.model import Candidate as CandidateFacts
from bot.rounds.model import Mark as MarkFacts
from bot.rounds.model import Round as RoundFacts
from bot.rounds.model import Standing as StandingFacts
from bot.storage.arrays import Rows, Statement, instant
from bot.storage.store import Tx
from bot.storage.tables import (
    Candidate,
    Cut,
    Design,
    GroupCampaign,
    Mark,
    Round,
    Standing,
    UtcDateTime,
    Version,
    table,
)

round_, candidate, standing = table(Round), table(Candidate), table(Standing)
mark, cut, design, version = table(Mark), table(Cut), table(Design), table(Version)
group_campaign = table(GroupCampaign)


@dataclass(frozen=True, slots=True)
class CutLine:
    """One design of a signed cut; `reason` is its sentence as stored."""

    design_id: int
    kept: bool
    place: int
    reason: dict[str, Any]


def _facts(line: Any) -> RoundFacts:
    plan = RoundPlan(
        line.number,
        BallotShape(line.ballot),
        line.opens_at,
        line.planned_closes_at,
        line.keep,
        line.quorum,
        TieRule(line.tie_rule),
        timedelta(seconds=line.extend_by_s),
        line.page_size,
    )
    return RoundFacts(
        line.id,
        line.campaign_id,
        plan,
        RoundState(line.state),
        line.closes_at,
        line.seed,
        line.opened_at,
        line.paused_at,
        line.closed_at,
        line.signed_at,
        line.quorum_extended,
        line.quorum_met,
    )


async def _rounds(tx: Tx, *where: Any) -> list[RoundFacts]:
    found = await tx.conn.execute(
        select(round_).where(*where).order_by(round_.c.campaign_id, round_.c.number, round_.c.id)
    )
    return [_facts(line) for line in found]


async def round_by_id(tx: Tx, round_id: int) -> RoundFacts | None:
    found = await _rounds(tx, round_.c.id == round_id)
    return found[0] if found else None


_IDS = Rows(id=round_.c.id.type)


def _by_id(on_sqlite: bool) -> Select[Any]:
    given = _IDS.source(on_sqlite)
    now = null() if on_sqlite else func.clock_timestamp()
    return select(now, round_).join_from(given, round_, round_.c.id == given.c.id, isouter=True)


_BY_ID = Statement(_IDS, _by_id)


async def rounds_now(tx: Tx, round_ids: Iterable[int]) -> tuple[dict[int, RoundFacts], datetime]:
    """Read rounds by id, at least one is asked for, and the clock with them; those unknown are left out."""
    found = await _BY_ID.rows(tx, [(round_id,) for round_id in round_ids])
    known = {line[1]: _facts_again(tuple(line[1:])) for line in found if line[1] is not None}
    at = None if tx.store.clock is not None else instant(found[0][0])
    return known, at or await tx.now()


@lru_cache(maxsize=256)
def _facts_again(line: tuple[Any, ...]) -> RoundFacts:
    """Read a round's row as a driver has it; batch after batch it is what it was."""
    named = {column.name: _read(column, value) for column, value in zip(round_.c, line, strict=True)}
    return _facts(SimpleNamespace(**named))


def _read(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, UtcDateTime):
        return instant(value)
    return bool(value) if isinstance(column.type, Boolean) and value is not None else value


async def rounds_of(tx: Tx, campaign_id: int) -> list[RoundFacts]:
    return await _rounds(tx, round_.c.campaign_id == campaign_id)


async def opened_rounds(tx: Tx) -> list[RoundFacts]:
    """List every round that has ever opened: the ones that have votes."""
    return await _rounds(tx, round_.c.opened_at.is_not(None))


async def running_rounds(tx: Tx) -> list[RoundFacts]:
    """List the rounds that are open or paused: the ones ballots can still change in."""
    return await _rounds(tx, round_.c.state.in_([RoundState.OPEN.value, RoundState.PAUSED.value]))


async def due_rounds(tx: Tx, now: datetime) -> list[RoundFacts]:
    """List the rounds that time says must open or close."""
    return await _rounds(
        tx,
        or_(
            and_(round_.c.state == RoundState.SCHEDULED.value, round_.c.opens_at <= now),
            and_(round_.c.state == RoundState.OPEN.value, round_.c.closes_at <= now),
        ),
    )


async def uncounted_rounds(tx: Tx) -> list[RoundFacts]:
    """List closed rounds whose standings are not kept yet."""
    return await _rounds(tx, round_.c.state == RoundState.CLOSED.value, round_.c.counted_at.is_(None))


_OF_GROUP = select(round_).where(
    round_.c.campaign_id.in_(
        select(group_campaign.c.campaign_id).where(group_campaign.c.group_id == bindparam("group_id"))
    ),
    round_.c.state != RoundState.VOID.value,
)


async def group_round(tx: Tx, group_id: int) -> RoundFacts | None:
    """Find the round a group is in: the running one, else the newest that opened, else the next."""
    found = [_facts(line) for line in await tx.conn.execute(_OF_GROUP, {"group_id": group_id})]
    running = [r for r in found if r.state in (RoundState.OPEN, RoundState.PAUSED)]
    opened = [r for r in found if r.opened_at is not None]
    for choice in (running, opened):
        if choice:
            return max(choice, key=lambda r: (r.opened_at, r.id))
    return min(found, key=lambda r: (r.plan.opens_at, r.id), default=None)


async def add_round(tx: Tx, campaign_id: int, plan: RoundPlan, seed: str) -> int:
    made = await tx.conn.execute(
        insert(round_)
        .values(
            campaign_id=campaign_id,
            number=plan.number,
            ballot=plan.ballot.value,
            opens_at=plan.opens_at,
            planned_closes_at=plan.closes_at,
            keep=plan.keep,
            quorum=plan.quorum,
            tie_rule=plan.tie_rule.value,
            extend_by_s=round(plan.extend_by.total_seconds()),
            page_size=plan.page_size,
            seed=seed,
            state=RoundState.DRAFT.value,
            closes_at=plan.closes_at,
        )
        .returning(round_.c.id)
    )
    round_id: int = made.scalar_one()
    return round_id


async def move(tx: Tx, before: RoundFacts, after: RoundFacts) -> bool:
    """Write a round's new state if it still is in the old one; False when somebody was first."""
    moved = await tx.conn.execute(
        update(round_)
        .where(
            round_.c.id == before.id,
            round_.c.state == before.state.value,
            round_.c.closes_at == before.closes_at,
        )
        .values(
            state=after.state.value,
            closes_at=after.closes_at,
            opened_at=after.opened_at,
            paused_at=after.paused_at,
            closed_at=after.closed_at,
            signed_at=after.signed_at,
            quorum_extended=after.quorum_extended,
            quorum_met=after.quorum_met,
        )
    )
    return moved.rowcount == 1


async def take_count(tx: Tx, round_id: int, recounts: int, now: datetime) -> bool:
    """Claim the counting of a closed round, once; False also when its votes are not those any more that
    were read at the number `recounts`."""
    taken = await tx.conn.execute(
        update(round_)
        .where(
            round_.c.id == round_id,
            round_.c.state == RoundState.CLOSED.value,
            round_.c.counted_at.is_(None),
            round_.c.recounts == recounts,
        )
        .values(counted_at=now)
    )
    return taken.rowcount == 1


async def recounts(tx: Tx, round_id: int) -> int:
    """Read which count of a round is due or was made; read before the votes it counts."""
    found: int = (
        await tx.conn.execute(select(round_.c.recounts).where(round_.c.id == round_id))
    ).scalar_one()
    return found


async def count_anew(tx: Tx, round_id: int, quorum_met: bool) -> None:
    """Let a closed round be counted again, because its counted ballots are others now."""
    await tx.conn.execute(
        update(round_)
        .where(round_.c.id == round_id, round_.c.state == RoundState.CLOSED.value)
        .values(counted_at=None, recounts=round_.c.recounts + 1, quorum_met=quorum_met)
    )


async def is_counted(tx: Tx, round_id: int) -> bool:
    found = await tx.conn.execute(select(round_.c.counted_at).where(round_.c.id == round_id))
    return found.scalar_one() is not None


# ------------------------------------------------------------------ candidates


async def freeze(tx: Tx, round_id: int, version_ids: Sequence[int]) -> None:
    """Fix a round's candidates; the order given becomes their positions."""
    await tx.conn.execute(
        insert(candidate),
        [{"round_id": round_id, "position": i, "version_id": v} for i, v in enumerate(version_ids)],
    )


async def candidates(tx: Tx, round_id: int) -> tuple[CandidateFacts, ...]:
    found = await tx.conn.execute(
        select(
            candidate.c.position, design.c.id.label("design_id"), version.c.id.label("version_id"),
            design.c.number, version.c.number.label("version"), design.c.title, design.c.category,
            version.c.photo, design.c.attributes,
        )
        .join(version, version.c.id == candidate.c.version_id)
        .join(design, design.c.id == version.c.design_id)
        .where(candidate.c.round_id == round_id)
        .order_by(candidate.c.position)
    )  # fmt: skip
    return tuple(CandidateFacts(*line) for line in found)


# ------------------------------------------------------------------ standings, marks, cuts


async def put_standings(tx: Tx, round_id: int, standings: Sequence[StandingFacts]) -> None:
    """Keep a round's standings in place of any earlier ones."""
    await tx.conn.execute(delete(standing).where(standing.c.round_id == round_id))
    await tx.conn.execute(
        insert(standing),
        [
            {
                "round_id": round_id,
                "position": s.position,
                "quality": s.quality,
                "low": s.low,
                "high": s.high,
                "chance": s.chance,
                "place": s.place,
                "verdict": s.verdict.value,
                "seen": s.seen,
                "picks": s.picks,
            }
            for s in standings
        ],
    )


async def standings(tx: Tx, round_id: int) -> tuple[StandingFacts, ...]:
    found = await tx.conn.execute(
        select(standing).where(standing.c.round_id == round_id).order_by(standing.c.position)
    )
    return tuple(_standing(line) for line in found)


def _standing(s: Any) -> StandingFacts:
    return StandingFacts(
        s.position, s.quality, s.low, s.high, s.chance, s.place, Verdict(s.verdict), s.seen, s.picks
    )


async def earlier_standings(tx: Tx, before: RoundFacts) -> dict[int, tuple[int, StandingFacts]]:
    """Read by design where it stood in the last signed round before this one: its version id and standing,
    with the answers of every round that asked about that version."""
    found = await tx.conn.execute(
        select(version.c.design_id, candidate.c.version_id, standing)
        .join(
            candidate,
            (candidate.c.round_id == standing.c.round_id) & (candidate.c.position == standing.c.position),
        )
        .join(version, version.c.id == candidate.c.version_id)
        .join(round_, round_.c.id == standing.c.round_id)
        .where(
            round_.c.campaign_id == before.campaign_id,
            round_.c.number < before.number,
            round_.c.state == RoundState.SIGNED_OFF.value,
        )
        .order_by(round_.c.number)
    )
    stood: dict[int, tuple[int, StandingFacts]] = {}
    for line in found:
        now, last = _standing(line), stood.get(line.design_id)
        if last is not None and last[0] == line.version_id:
            now = replace(now, seen=last[1].seen + now.seen, picks=last[1].picks + now.picks)
        stood[line.design_id] = (line.version_id, now)
    return stood


async def put_mark(tx: Tx, round_id: int, wish: MarkFacts, account_id: int, now: datetime) -> None:
    """Set an owner's mark on a design in place of the one it had."""
    await drop_mark(tx, round_id, wish.design_id)
    await tx.conn.execute(
        insert(mark).values(
            round_id=round_id,
            design_id=wish.design_id,
            kind=wish.kind.value,
            reason=wish.reason,
            account_id=account_id,
            at=now,
        )
    )


async def drop_mark(tx: Tx, round_id: int, design_id: int) -> bool:
    gone = await tx.conn.execute(
        delete(mark).where(mark.c.round_id == round_id, mark.c.design_id == design_id)
    )
    return gone.rowcount == 1


async def marks(tx: Tx, round_id: int) -> tuple[MarkFacts, ...]:
    found = await tx.conn.execute(
        select(mark.c.design_id, mark.c.kind, mark.c.reason)
        .where(mark.c.round_id == round_id)
        .order_by(mark.c.design_id)
    )
    return tuple(MarkFacts(line.design_id, MarkKind(line.kind), line.reason) for line in found)


async def put_cut(tx: Tx, round_id: int, lines: Sequence[CutLine]) -> None:
    await tx.conn.execute(
        insert(cut),
        [
            {
                "round_id": round_id,
                "design_id": c.design_id,
                "kept": c.kept,
                "place": c.place,
                "reason": c.reason,
            }
            for c in lines
        ],
    )


async def drop_cut(tx: Tx, round_id: int) -> None:
    await tx.conn.execute(delete(cut).where(cut.c.round_id == round_id))


async def signed_cut(tx: Tx, round_id: int) -> list[CutLine]:
    """List a signed cut, best place first; empty when the round is not signed off."""
    found = await tx.conn.execute(
        select(cut.c.design_id, cut.c.kept, cut.c.place, cut.c.reason)
        .where(cut.c.round_id == round_id)
        .order_by(cut.c.place)
    )
    return [CutLine(*line) for line in found]
