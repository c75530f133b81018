"""Every campaign with its rounds, in one read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.port import Actor
from bot.rounds.model import Campaign, Candidate, Round, RoundState
from bot.service.desk.cut import decided
from bot.service.desk.seat import Staff, seat
from bot.service.desk.steps import acts_now, survivors, taking_part
from bot.service.shop import Shop
from bot.storage import campaigns, people, presales, rounds, tallies
from bot.storage.store import Tx

BAND = 12
"""How many designs stand for a campaign or a round."""


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round in a list. `looks` take part, None until the round before is signed.

    `fans` is None for who may not see turnout; `kept` and `left` are None until the votes are counted.
    """

    round: Round
    looks: int | None
    acts: frozenset[str]
    fans: int | None
    kept: int | None
    left: int | None


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign with a few of the designs that are still in it."""

    campaign: Campaign
    designs: int
    groups: tuple[str, ...]
    rounds: tuple[RoundLine, ...]
    band: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    staff: Staff
    now: datetime
    campaigns: tuple[CampaignLine, ...]


async def overview(shop: Shop, actor: Actor) -> Overview:
    """Show every campaign with its rounds, the newest campaign first."""
    async with shop.store.read() as tx:
        staff, now = await seat(tx, actor), await tx.now()
        found = [await _campaign_line(tx, staff, now, c) for c in await campaigns.all_campaigns(tx)]
        return Overview(staff, now, tuple(reversed(found)))


async def _campaign_line(tx: Tx, staff: Staff, now: datetime, campaign: Campaign) -> CampaignLine:
    everyone = await campaigns.competitors(tx, campaign.id)
    found = await rounds.rounds_of(tx, campaign.id)
    lines = [await _round_line(tx, staff, now, r, found, everyone) for r in found]
    groups = tuple(g.title for g in await people.groups_of(tx, campaign.id))
    still_in = everyone
    for round_ in found:
        if round_.state is RoundState.SIGNED_OFF:
            still_in = await survivors(tx, round_, everyone)
    return CampaignLine(campaign, len(everyone), groups, tuple(lines), tuple(still_in[:BAND]))


async def _round_line(
    tx: Tx, staff: Staff, now: datetime, round_: Round, siblings: Sequence[Round], everyone: list[Candidate]
) -> RoundLine:
    part = await taking_part(tx, round_, siblings, everyone)
    shows_turnout = staff.runs and round_.opened_at is not None
    cut = await decided(tx, round_)
    presold = await presales.has_opened(tx, round_.campaign_id)
    return RoundLine(
        round_,
        None if part is None else len(part),
        acts_now(staff, round_, siblings, now, cut is not None, presold),
        await tallies.turnout(tx, round_.id) if shows_turnout else None,
        len(cut.kept) if cut else None,
        len(cut.standings) - len(cut.kept) if cut else None,
    )
