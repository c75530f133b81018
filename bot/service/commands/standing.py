"""/campaign: where things are, for anybody."""

from bot.port import Answer, Button, Choice, Command, Reply
from bot.presale.model import PresaleState
from bot.rounds import engine
from bot.rounds.model import Campaign, Round, RoundState
from bot.service.commands.here import Here, here
from bot.service.commands.row import Counter, Row
from bot.storage import campaigns, presales, rounds
from bot.storage.store import Tx
from bot.text import Count, Text, When, t, tn, verbatim

_NOW = (RoundState.OPEN, RoundState.PAUSED)


async def _campaign(at: Counter, c: Command) -> Reply:
    """Say what runs here and where it is; of several campaigns each in a line, or the one that is named."""
    async with at.shop.store.read() as tx:
        found = await here(tx, c)
        if len(found.campaigns) > 1 and not c.args.strip():
            return await _all(tx, found)
        campaign, _ = found.campaign("/campaign", c.args)
        lines = [await line(tx, campaign, r) for r in await rounds.rounds_of(tx, campaign.id)]
        designs = Count(len(await campaigns.competitors(tx, campaign.id)), campaign.noun)
        parts = tn("{looks} in {n} round.", "{looks} in {n} rounds.", campaign.rounds, looks=designs)
        now = await tx.now()
        held = [p for p in await presales.presales_of(tx, campaign.id) if p.state is PresaleState.OPEN]
    title, ends = verbatim(campaign.title), [p.closes_at for p in held if p.closes_at > now]
    if not ends:
        return found.reply(title, [parts, *lines])
    on_sale = tn(
        "{n} presale is open, until {at}.", "{n} presales are open, the first until {at}.", len(ends),
        at=When(min(ends)),
    )  # fmt: skip
    answer = Answer(title, (parts, *lines, on_sale), buttons=(Button(t("Presales"), "presales"),))
    return Reply(title, answer, language=found.language)


async def _all(tx: Tx, found: Here) -> Reply:
    lines = []
    for campaign in found.campaigns:
        siblings = await rounds.rounds_of(tx, campaign.id)
        if (newest := current(siblings)) is not None:
            where = await line(tx, campaign, newest)
            lines.append(t("{campaign}: {where}", campaign=campaign.title, where=where))
    choices = [Choice(verbatim(c.title), f"/campaign {c.key}") for c in found.campaigns]
    n = len(found.campaigns)
    title = tn("{n} campaign runs here", "{n} campaigns run here", n)
    return found.reply(title, lines, choices)


def current(siblings: list[Round]) -> Round | None:
    """Choose the round a campaign is in: the running one, else the newest that opened, else the first."""
    running = [r for r in siblings if r.state in _NOW]
    opened = [r for r in siblings if r.opened_at is not None and r.state is not RoundState.VOID]
    for found in (running, opened):
        if found:
            return found[-1]
    return (engine.counting(siblings, siblings[0].number) or siblings[0]) if siblings else None


async def line(tx: Tx, campaign: Campaign, round_: Round) -> Text:
    """Say in a sentence where a round is, for anybody: nothing in it tells what was chosen."""
    number = round_.number
    match round_.state:
        case RoundState.DRAFT | RoundState.SCHEDULED:
            return t("Round {number} is to open {at}.", number=number, at=When(round_.plan.opens_at))
        case RoundState.OPEN:
            return t("Round {number} is open and closes {at}.", number=number, at=When(round_.closes_at))
        case RoundState.PAUSED:
            return t("Round {number} is paused. Every pick is safe.", number=number)
        case RoundState.CLOSED:
            return t("Round {number} is closed. The shop looks at the cut now.", number=number)
        case RoundState.VOID:
            return t("Round {number} was called off.", number=number)
    kept = sum(cut.kept for cut in await rounds.signed_cut(tx, round_.id))
    looks = Count(kept, campaign.noun)
    if number == campaign.rounds:
        return t("Round {number} is signed. The shortlist: {looks}.", number=number, looks=looks)
    return t("Round {number} is signed: {looks} went on.", number=number, looks=looks)


ROWS = {"campaign": Row(_campaign, (t("/campaign tells what runs here, and the next dates."),))}
