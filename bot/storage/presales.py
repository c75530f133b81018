"""Presales: their frozen terms, their states, and the one statement that gives out serials."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from bot.money import Money
from bot.presale.ladder import Combine, Ladder, TimeRule
from bot.presale.model import Colour, IfMissed, PresalePlan, PresaleState
from bot.presale.model import Presale as PresaleFacts
from bot.rounds.model import Candidate as CandidateFacts
from bot.storage.presale_tables import Presale, PresaleColour, PresaleStep
from bot.storage.store import Tx
from bot.storage.tables import Campaign, Design, GroupCampaign, Version, table
from bot.storage.upsert import put_new

presale, colour, step = table(Presale), table(PresaleColour), table(PresaleStep)
campaign, design, version, group_campaign = (
    table(Campaign), table(Design), table(Version), table(GroupCampaign),
)  # fmt: skip

_RUNNING = (PresaleState.OPEN.value, PresaleState.PAUSED.value)


# ------------------------------------------------------------------ what was printed


def dump_plan(plan: PresalePlan) -> dict[str, Any]:
    """Write a campaign's plan as JSON."""
    return {
        "currency": plan.base.currency, "base": plan.base.minor, "step": plan.step.minor,
        "list_price": plan.list_price.minor, "every_units": plan.every_units, "days": plan.time.days,
        "at": plan.time.at.isoformat(), "every_days": plan.time.every_days, "moq": plan.moq,
        "colours": list(plan.colours), "sizes": list(plan.sizes), "limit": plan.limit, "cap": plan.cap,
        "combine": plan.combine.value, "if_missed": plan.if_missed.value,
    }  # fmt: skip


def load_plan(stored: Mapping[str, Any]) -> PresalePlan:
    base, rise, top = (Money(stored[k], stored["currency"]) for k in ("base", "step", "list_price"))
    rule = TimeRule(stored["days"], time.fromisoformat(stored["at"]), stored["every_days"])
    return PresalePlan(
        base, rise, top, stored["every_units"], rule, stored["moq"], tuple(stored["colours"]),
        tuple(stored["sizes"]), stored["limit"], stored["cap"], Combine(stored["combine"]),
        IfMissed(stored["if_missed"]),
    )  # fmt: skip


async def plan_of(tx: Tx, campaign_id: int) -> PresalePlan | None:
    """Read the plan of a campaign's presales; None when its file names none."""
    found = await tx.conn.execute(select(campaign.c.presale).where(campaign.c.id == campaign_id))
    stored = found.scalar_one()
    return load_plan(stored) if stored else None


def _dump_ladder(ladder: Ladder) -> dict[str, Any]:
    return {
        "currency": ladder.base.currency, "base": ladder.base.minor, "step": ladder.step.minor,
        "top": ladder.top.minor, "every_units": ladder.every_units, "combine": ladder.combine.value,
        "at": [at.astimezone(UTC).isoformat() for at in ladder.at], "zone": ladder.zone,
    }  # fmt: skip


def _load_ladder(stored: Mapping[str, Any]) -> Ladder:
    base, rise, top = (Money(stored[k], stored["currency"]) for k in ("base", "step", "top"))
    at = tuple(datetime.fromisoformat(text) for text in stored["at"])
    return Ladder(base, rise, top, stored["every_units"], at, Combine(stored["combine"]), stored["zone"])


# ------------------------------------------------------------------ presales


async def add_presale(tx: Tx, opened: PresaleFacts) -> int | None:
    """Keep a presale that opens (its `id` is not read); None when the design had one before."""
    made = await put_new(
        tx,
        presale,
        [
            {
                "campaign_id": opened.campaign_id,
                "design_id": opened.design_id,
                "version_id": opened.version_id,
                "state": opened.state.value,
                "ladder": _dump_ladder(opened.ladder),
                "ladder_version": opened.ladder.version,
                "sizes": list(opened.sizes),
                "moq": opened.moq,
                "per_fan": opened.limit,
                "cap": opened.cap,
                "if_missed": opened.if_missed.value,
                "every_days": opened.every_days,
                "opened_at": opened.opened_at,
                "closes_at": opened.closes_at,
                "last_at": opened.last_at,
                "next_serial": opened.next_serial,
                "net": opened.net,
                "stage": opened.stage,
            }
        ],
    )
    if not made:
        return None
    found = await tx.conn.execute(select(presale.c.id).where(presale.c.design_id == opened.design_id))
    presale_id: int = found.scalar_one()
    await tx.conn.execute(
        insert(colour),
        [
            {"presale_id": presale_id, "place": c.place, "label": c.label, "units": c.units}
            for c in opened.colours
        ],
    )
    return presale_id


async def _presales(tx: Tx, query: Select[Any]) -> list[PresaleFacts]:
    lines = list(await tx.conn.execute(query))
    cells = await tx.conn.execute(
        select(colour)
        .where(colour.c.presale_id.in_([line.id for line in lines]))
        .order_by(colour.c.presale_id, colour.c.place)
    )
    own: dict[int, list[Any]] = {line.id: [] for line in lines}
    for cell in cells:
        own[cell.presale_id].append(cell)
    return [_facts(line, own[line.id]) for line in lines]


def _facts(line: Any, cells: Iterable[Any]) -> PresaleFacts:
    return PresaleFacts(
        line.id, line.campaign_id, line.design_id, line.version_id, PresaleState(line.state),
        _load_ladder(line.ladder), tuple(Colour(c.place, c.label, c.units, c.counted) for c in cells),
        tuple(line.sizes), line.moq, line.per_fan, line.cap, IfMissed(line.if_missed), line.every_days,
        line.opened_at, line.closes_at, line.last_at, line.next_serial, line.net, line.stage, line.closed_at,
        line.decided_at,
    )  # fmt: skip


async def presale_by_id(tx: Tx, presale_id: int) -> PresaleFacts | None:
    found = await _presales(tx, select(presale).where(presale.c.id == presale_id))
    return found[0] if found else None


async def presales_by_id(tx: Tx, presale_ids: Iterable[int]) -> dict[int, PresaleFacts]:
    found = await _presales(tx, select(presale).where(presale.c.id.in_(list(presale_ids))))
    return {p.id: p for p in found}


async def lock(tx: Tx, presale_id: int) -> PresaleFacts | None:
    """Read a presale and keep everybody else from changing it until the commit.

    Whoever waited here reads the clock afterwards, so that events are dated in the order they happen.
    """
    found = await _presales(
        tx, select(presale).where(presale.c.id == presale_id).with_for_update(key_share=True)
    )
    return found[0] if found else None


async def lock_orders(tx: Tx) -> None:
    """Keep everybody from ordering and cancelling until the commit, whatever the presale."""
    await tx.conn.execute(
        select(presale.c.id)
        .where(presale.c.state != PresaleState.FAILED.value)
        .order_by(presale.c.id)
        .with_for_update(key_share=True)
    )


async def presales_of(tx: Tx, campaign_id: int) -> list[PresaleFacts]:
    """List a campaign's presales by the number of their design."""
    return await _presales(
        tx,
        select(presale)
        .join(design, design.c.id == presale.c.design_id)
        .where(presale.c.campaign_id == campaign_id)
        .order_by(design.c.number),
    )


async def group_presales(tx: Tx, group_id: int) -> list[PresaleFacts]:
    """List the presales of a group's campaigns, newest campaign first, then by number."""
    mine = select(group_campaign.c.campaign_id).where(group_campaign.c.group_id == group_id)
    return await _presales(
        tx,
        select(presale)
        .join(design, design.c.id == presale.c.design_id)
        .where(presale.c.campaign_id.in_(mine))
        .order_by(presale.c.campaign_id.desc(), design.c.number),
    )


async def open_in(tx: Tx, group_id: int, now: datetime) -> int:
    """Count what can be ordered in a group now."""
    mine = select(group_campaign.c.campaign_id).where(group_campaign.c.group_id == group_id)
    found = await tx.conn.execute(
        select(func.count()).where(
            presale.c.campaign_id.in_(mine),
            presale.c.state == PresaleState.OPEN.value,
            presale.c.closes_at > now,
        )
    )
    return int(found.scalar_one())


async def has_one(tx: Tx, design_id: int) -> bool:
    """Say whether a design was ever opened for orders."""
    found = await tx.conn.execute(select(presale.c.id).where(presale.c.design_id == design_id))
    return found.first() is not None


async def active_presales(tx: Tx) -> list[PresaleFacts]:
    """List the presales that time can still change."""
    states = [*_RUNNING, PresaleState.DECIDING.value]
    return await _presales(tx, select(presale).where(presale.c.state.in_(states)).order_by(presale.c.id))


async def has_opened(tx: Tx, campaign_id: int) -> bool:
    """Say whether any presale of a campaign was ever opened."""
    found = await tx.conn.execute(select(presale.c.id).where(presale.c.campaign_id == campaign_id).limit(1))
    return found.first() is not None


async def designs_of(tx: Tx, version_ids: Sequence[int]) -> dict[int, CandidateFacts]:
    """Read what is presold, by version id."""
    found = await tx.conn.execute(
        select(
            design.c.id.label("design_id"), version.c.id.label("version_id"), design.c.number,
            version.c.number.label("version"), design.c.title, design.c.category, version.c.photo,
            design.c.attributes,
        )
        .join(version, version.c.design_id == design.c.id)
        .where(version.c.id.in_(list(version_ids)))
    )  # fmt: skip
    return {line.version_id: CandidateFacts(0, *line) for line in found}


# ------------------------------------------------------------------ what happens to them


async def take_serials(tx: Tx, presale_id: int, quantity: int, at: datetime) -> int | None:
    """Draw the next serials of an open presale and return the first; None when it takes no more.

    The one statement that checks and counts at once: two buyers never get the same serial.
    """
    taken = await tx.conn.execute(
        update(presale)
        .where(
            presale.c.id == presale_id,
            presale.c.state == PresaleState.OPEN.value,
            presale.c.closes_at > at,
            presale.c.net + quantity <= presale.c.cap,
        )
        .values(next_serial=presale.c.next_serial + quantity, net=presale.c.net + quantity, last_at=at)
        .returning(presale.c.next_serial - quantity)
    )
    first: int | None = taken.scalar_one_or_none()
    return first


async def give_back(tx: Tx, presale_id: int, quantity: int, at: datetime) -> None:
    """Take units out of the count. Their serials stay used, so the price does not fall."""
    await tx.conn.execute(
        update(presale).where(presale.c.id == presale_id).values(net=presale.c.net - quantity, last_at=at)
    )


async def add_units(tx: Tx, presale_id: int, place: int, units: int) -> None:
    """Count units of a colour, or with a negative number uncount them."""
    await tx.conn.execute(
        update(colour)
        .where(colour.c.presale_id == presale_id, colour.c.place == place)
        .values(units=colour.c.units + units)
    )


async def move(tx: Tx, before: PresaleFacts, after: PresaleFacts) -> bool:
    """Write a presale's new state if it still is in the old one; False when somebody was first."""
    moved = await tx.conn.execute(
        update(presale)
        .where(
            presale.c.id == before.id,
            presale.c.state == before.state.value,
            presale.c.closes_at == before.closes_at,
        )
        .values(
            state=after.state.value,
            closes_at=after.closes_at,
            closed_at=after.closed_at,
            decided_at=after.decided_at,
            last_at=after.last_at,
        )
    )
    for now, then in zip(after.colours, before.colours, strict=True):
        if now.counted != then.counted:
            await tx.conn.execute(
                update(colour)
                .where(colour.c.presale_id == after.id, colour.c.place == now.place)
                .values(counted=now.counted)
            )
    return moved.rowcount == 1


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the price that was announced."""

    id: int
    presale_id: int
    stage: int
    at: datetime


async def put_step(tx: Tx, presale_id: int, stage: int, at: datetime) -> int | None:
    """Claim the announcement of a step and return its id; None when it, or a later one, was claimed."""
    claimed = await tx.conn.execute(
        update(presale).where(presale.c.id == presale_id, presale.c.stage < stage).values(stage=stage)
    )
    if claimed.rowcount != 1:
        return None
    made = await tx.conn.execute(
        insert(step).values(presale_id=presale_id, stage=stage, at=at).returning(step.c.id)
    )
    step_id: int = made.scalar_one()
    return step_id


async def step_by_id(tx: Tx, step_id: int) -> Step | None:
    found = (await tx.conn.execute(select(step).where(step.c.id == step_id))).first()
    return Step(*found) if found else None
