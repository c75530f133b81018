"""Where a demo's season is, in a line."""

from dataclasses import dataclass
from datetime import datetime

from bot.presale import engine as presale_engine
from bot.presale.model import Presale, PresaleState
from bot.rounds.engine import RUNNING, counting
from bot.rounds.model import BallotShape, Campaign, Round, RoundState
from bot.storage import campaigns, presales, revisions, rounds, tallies
from bot.storage.store import Store, Tx
from bot.text import Count, Span, Text, t, tn

SHAPES = {BallotShape.SHEETS: t("sheets"), BallotShape.CARDS: t("cards"), BallotShape.DUELS: t("duels")}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A stage of the season by name, what is to be said of it now, and whether nothing comes after it."""

    stage: str
    line: Text
    over: bool = False


async def whereabouts(store: Store, campaign_id: int) -> Whereabouts:
    """Say where the season is: a round, the time between two, the presales, or its end."""
    async with store.read() as tx:
        now = await tx.now()
        campaign = await campaigns.campaign_by_id(tx, campaign_id)
        if sold := await presales.presales_of(tx, campaign_id):
            return _selling(sold, campaign, now)
        found = await rounds.rounds_of(tx, campaign_id)
        numbers = sorted({r.number for r in found})
        current = [round_ for n in numbers if (round_ := counting(found, n))]
        signed = [r for r in current if r.state is RoundState.SIGNED_OFF]
        following = next((r for r in current if r.state is not RoundState.SIGNED_OFF), None)
        if following is None:
            return Whereabouts("signed", t("The shortlist is signed. The presales open soon."))
        if following.state in RUNNING:
            return await _voting(tx, following, campaign, now)
        if following.state is RoundState.CLOSED:
            line = t("Round {number} is closed: the shop looks at the cut.", number=following.number)
            return Whereabouts(f"closed-{following.number}", line)
        return await _between(tx, signed[-1] if signed else None, following, campaign, now)


async def _voting(tx: Tx, round_: Round, campaign: Campaign, now: datetime) -> Whereabouts:
    left = max(0.0, (round_.closes_at - (round_.paused_at or now)).total_seconds())
    line = t(
        "Round {number} of {rounds}, {shape}: {fans} so far, {span} left.",
        number=round_.number, rounds=campaign.rounds, shape=SHAPES[round_.plan.ballot],
        fans=tn("{n} fan", "{n} fans", await tallies.turnout(tx, round_.id)), span=Span(left),
    )  # fmt: skip
    return Whereabouts(f"round-{round_.number}", line)


async def _between(
    tx: Tx, signed: Round | None, following: Round, campaign: Campaign, now: datetime
) -> Whereabouts:
    opens = Span(max(0.0, (following.plan.opens_at - now).total_seconds()))
    if signed is None:
        return Whereabouts("before", t("The first round opens in {span}.", span=opens))
    kept = sum(line.kept for line in await rounds.signed_cut(tx, signed.id))
    drafts = len(await revisions.drafts(tx, campaign.id))
    line = t(
        "{looks} go on, {changed} so far. Round {number} opens in {span}.",
        looks=Count(kept, campaign.noun), number=following.number, span=opens,
        changed=tn("{n} comes back changed", "{n} come back changed", drafts),
    )  # fmt: skip
    return Whereabouts(f"between-{following.number}", line)


def _selling(sold: list[Presale], campaign: Campaign, now: datetime) -> Whereabouts:
    units = tn("{n} piece ordered", "{n} pieces ordered", sum(p.next_serial - 1 for p in sold))
    if running := [p for p in sold if p.state in presale_engine.RUNNING]:
        left = max((p.closes_at - now).total_seconds() for p in running)
        line = t(
            "{looks} on sale, {units} so far, {span} left.",
            looks=Count(len(running), campaign.noun), units=units, span=Span(max(0.0, left)),
        )  # fmt: skip
        return Whereabouts("presales", line)
    if any(p.state is PresaleState.DECIDING for p in sold):
        return Whereabouts("deciding", t("The presales have ended and are being counted."))
    made = sum(p.state is PresaleState.COLLECTING for p in sold)
    line = t(
        "The season is over: {units}, {made} of {looks} reached their minimum.",
        units=units, made=made, looks=Count(len(sold), campaign.noun),
    )  # fmt: skip
    return Whereabouts("over", line, over=True)
