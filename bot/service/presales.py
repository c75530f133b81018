"""What owners and the clock do to presales: every step one transaction, logged, told."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot import presale_cards as cards
from bot.errors import RuleError
from bot.presale import engine
from bot.presale.engine import Event
from bot.presale.ladder import Ladder, expand
from bot.presale.model import Colour, OrderState, Presale, PresalePlan, PresaleState
from bot.rounds import engine as rounds_engine
from bot.rounds.model import Campaign, Candidate, Round, RoundState
from bot.service import notices
from bot.service.rounds import CLOCK, By
from bot.service.ticking import Steps
from bot.storage import campaigns, fan_orders, journal, outbox, people, presales, rounds
from bot.storage.store import Store, Tx
from bot.text import Hole, Numbers, Text, t

ENDED = "ended"
"""What happens to an order whose colour is not made, as its events name it."""


# ------------------------------------------------------------------ opening


async def open_presales(
    store: Store, campaign_id: int, by: By, numbers: Collection[int] | None = None
) -> tuple[int, ...]:
    """Open the presales of a signed shortlist, all or those of some designs; returns their ids.

    Terms and ladders are frozen here. What was opened before stays as it is.
    """
    async with store.begin() as tx:
        last = await _last_round(tx, campaign_id)
        # Nobody may take the signature back meanwhile, or become another fan (see `people.link`): 0.
        await tx.exclude_rounds([0, last.id])
        now = await tx.now()
        plan = await presales.plan_of(tx, campaign_id)
        if plan is None:
            raise RuleError(
                "presale.no_plan", t("The campaign file has no [presale], so there is nothing to open.")
            )
        campaign = await campaigns.campaign_by_id(tx, campaign_id)
        opened = []
        for design in await _shortlist(tx, campaign_id, last, numbers):
            presale_id = await presales.add_presale(tx, terms_of(plan, campaign, design, now))
            if presale_id is not None:
                opened.append(presale_id)
                await _log(tx, Event.OPEN, campaign_id, presale_id, design.number, by, now)
        groups = [g.id for g in await people.groups_of(tx, campaign_id)]
        for presale_id in opened:
            await outbox.tell(tx, groups, cards.PRESALE, presale_id, now)
        await _touch(tx, groups)
        return tuple(opened)


async def _last_round(tx: Tx, campaign_id: int) -> Round:
    found = await rounds.rounds_of(tx, campaign_id)
    if not found:
        raise RuleError("campaign.unknown", t("There is no such campaign."))
    return last_of(found)


def last_of(siblings: Sequence[Round]) -> Round:
    """Find the last round of a campaign: the one that counts, else one that was called off."""
    number = max(r.number for r in siblings)
    return rounds_engine.counting(siblings, number) or siblings[-1]


async def _shortlist(
    tx: Tx, campaign_id: int, last: Round, numbers: Collection[int] | None
) -> list[Candidate]:
    """List the designs to open, by their newest version; raises RuleError for one not on the shortlist."""
    now_is = await rounds.round_by_id(tx, last.id)
    if now_is is None or now_is.state is not RoundState.SIGNED_OFF:
        raise RuleError(
            "presale.unsigned",
            t("Sign the cut of round {number} first: it is the shortlist.", number=last.number),
        )
    kept = {line.design_id for line in await rounds.signed_cut(tx, last.id) if line.kept}
    shortlist = [c for c in await campaigns.competitors(tx, campaign_id) if c.design_id in kept]
    if numbers is None:
        return shortlist
    unknown = sorted(set(numbers) - {c.number for c in shortlist})
    if unknown:
        raise RuleError(
            "presale.not_kept", t("{numbers}: not on the shortlist.", numbers=Numbers(tuple(unknown)))
        )
    return [c for c in shortlist if c.number in numbers]


def terms_of(plan: PresalePlan, campaign: Campaign, design: Candidate, now: datetime) -> Presale:
    """Freeze the printed terms for a presale that opens now (its id comes with storage).

    Raises RuleError when one of its instants falls into a gap or a fold of the campaign's clocks.
    """
    steps = Ladder(plan.base, plan.step, plan.list_price, plan.every_units).stages
    *at, closes_at = expand(plan.time, now, campaign.zone, steps)
    ladder = Ladder(
        plan.base, plan.step, plan.list_price, plan.every_units, tuple(at), plan.combine, campaign.zone.key
    )
    return Presale(
        0, campaign.id, design.design_id, design.version_id, PresaleState.OPEN, ladder,
        tuple(Colour(place, label) for place, label in enumerate(plan.colours, 1)),
        plan.sizes, plan.moq, plan.limit, plan.cap, plan.if_missed, plan.time.every_days, now, closes_at, now,
    )  # fmt: skip


# ------------------------------------------------------------------ while one runs


async def pause(store: Store, presale_id: int, by: By) -> Presale:
    """Take no orders for a while; the printed instants stay."""
    return await _step(store, presale_id, Event.PAUSE, by, engine.pause)


async def resume(store: Store, presale_id: int, by: By) -> Presale:
    """Take orders again."""
    return await _step(store, presale_id, Event.RESUME, by, engine.resume)


async def extend(store: Store, presale_id: int, by_time: timedelta, by: By) -> Presale:
    """Move the end later."""
    return await _step(
        store, presale_id, Event.EXTEND, by, lambda presale, now: engine.extend(presale, by_time, now)
    )


async def close(store: Store, presale_id: int, by: By) -> Presale:
    """Take no more orders from now on; what was ordered is counted next."""
    return await _step(store, presale_id, Event.CLOSE, by, engine.close)


async def _step(
    store: Store, presale_id: int, event: Event, by: By, step: Callable[[Presale, datetime], Presale]
) -> Presale:
    """Take one step of a presale on its row; raises RuleError when it is not possible now."""
    async with store.begin() as tx:
        before = await presales.lock(tx, presale_id)
        if before is None:
            raise RuleError("presale.unknown", t("There is no such presale."))
        after = step(before, await tx.now())
        await _write(tx, before, after, event, by)
        return after


async def _write(tx: Tx, before: Presale, after: Presale, event: Event, by: By) -> None:
    if not await presales.move(tx, before, after):
        raise RuleError("presale.moved", t("Somebody else was faster. Look again and decide anew."))
    number = (await presales.designs_of(tx, [after.version_id]))[after.version_id].number
    await _log(
        tx,
        event,
        after.campaign_id,
        after.id,
        number,
        by,
        after.last_at,
        closes_at=after.closes_at.isoformat(),
    )
    await _touch(tx, [g.id for g in await people.groups_of(tx, after.campaign_id)])


async def _log(
    tx: Tx, what: str, campaign_id: int, presale_id: int, number: int, by: By, at: datetime, **facts: Any
) -> None:
    await journal.record(
        tx, f"presale_{what}", at, account_id=by.account_id, campaign_id=campaign_id, reason=by.reason,
        presale=presale_id, number=number, **facts,
    )  # fmt: skip


async def _touch(tx: Tx, groups: list[int]) -> None:
    if groups:
        await people.touch_groups(tx, groups)


# ------------------------------------------------------------------ the clock


async def tick(store: Store) -> int:
    """Do what time demands. Any number of workers may: each step is taken once, in the database.

    Returns how many steps this call took.
    """
    async with store.read() as tx:
        now = await tx.now()
        active = await presales.active_presales(tx)
    steps = Steps()
    for presale in active:
        if engine.due(presale, now):
            await steps.take(_do_due(store, presale.id))
        elif _is_higher(presale, now):
            await steps.take(_announce(store, presale.id))
    return steps.end()


async def _announce(store: Store, presale_id: int) -> bool:
    async with store.begin() as tx:
        seen = await presales.lock(tx, presale_id)
        return seen is not None and await announce(tx, presale_id, await tx.now())


def _is_higher(presale: Presale, now: datetime) -> bool:
    stage = presale.ladder.stage(presale.next_serial, engine.event_time(presale, now))
    return presale.state is PresaleState.OPEN and stage > presale.stage


async def announce(tx: Tx, presale_id: int, now: datetime) -> bool:
    """Tell every group what the price is, if it has climbed since that was told; once a step.

    Steps that were missed meanwhile are not told: only the newest is true.
    """
    presale = await presales.presale_by_id(tx, presale_id)
    if presale is None or engine.due(presale, now) or not _is_higher(presale, now):
        return False
    at = engine.event_time(presale, now)
    stage = presale.ladder.stage(presale.next_serial, at)
    step_id = await presales.put_step(tx, presale.id, stage, at)
    if step_id is None:
        return False
    groups = [g.id for g in await people.groups_of(tx, presale.campaign_id)]
    await outbox.tell(tx, groups, cards.PRICE, step_id, at)
    number = (await presales.designs_of(tx, [presale.version_id]))[presale.version_id].number
    await _log(tx, "price", presale.campaign_id, presale.id, number, CLOCK, at, stage=stage)
    return True


async def _do_due(store: Store, presale_id: int) -> int:
    """Close, then count: two steps, which another worker may have taken meanwhile."""
    steps = 0
    async with store.begin() as tx:
        presale = await presales.lock(tx, presale_id)
        now = await tx.now()
        while presale is not None and (event := engine.due(presale, now)):
            after = engine.close(presale, now) if event is Event.CLOSE else engine.decide(presale, now)
            await _write(tx, presale, after, event, CLOCK)
            if event is Event.DECIDE:
                await _tell_result(tx, after)
            presale = after
            steps += 1
    return steps


async def _tell_result(tx: Tx, presale: Presale) -> None:
    """End the orders of the colours that are not made; tell the groups, and everybody who ordered."""
    at = presale.last_at
    design = (await presales.designs_of(tx, [presale.version_id]))[presale.version_id]
    holders: dict[int, set[bool]] = defaultdict(set)
    for order in await fan_orders.orders_in(tx, presale.id):
        colour = presale.colour(order.colour)
        if order.state is OrderState.PLEDGED and colour is not None:
            holders[order.fan_id].add(colour.shown >= presale.moq)
    for colour in presale.colours:
        if colour.shown < presale.moq:
            ended = await fan_orders.end_orders_of(tx, presale.id, colour.place, at)
            await fan_orders.record(tx, [order_id for order_id, _ in ended], ENDED, at)
    await notices.tell_each(
        tx,
        f"presale:{presale.id}:decided",
        {fan: _outcome(design, made) for fan, made in holders.items()},
        at,
    )
    groups = [g.id for g in await people.groups_of(tx, presale.campaign_id)]
    await outbox.tell(tx, groups, cards.PRESALE_RESULT, presale.id, at)


def _outcome(design: Candidate, made: set[bool]) -> Text:
    holes: dict[str, Hole] = {"number": Numbers((design.number,)), "title": design.title}
    if made == {True}:
        return t("{number} {title} will be made: enough were ordered. You will be told how to pay.", **holes)
    if made == {False}:
        return t(
            "{number} {title} is not made in your colour: too few were ordered. You pay nothing.", **holes
        )
    return t("{number} {title}: some of your colours will be made, others not. See your orders.", **holes)
