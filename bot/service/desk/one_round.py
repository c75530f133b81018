"""Everything one person may see of a round, in one read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import cards
from bot.errors import RuleError
from bot.port import Actor, Chart
from bot.rounds.engine import numbered
from bot.rounds.model import Campaign, Candidate, Round, RoundState
from bot.rounds.summary import Summary
from bot.service.charts import chart_of
from bot.service.desk.cut import CutView, cut_view
from bot.service.desk.overview import BAND
from bot.service.desk.seat import Staff, seat
from bot.service.desk.steps import acts_now, taking_part
from bot.service.desk.turnout import TurnoutView, turnout_view
from bot.service.logbook import Deed, deeds
from bot.service.shop import Shop
from bot.service.summary import summed_up
from bot.storage import campaigns, people, presales, rounds
from bot.text import Text, t

_ROUND_LOG, _LOG = 6, 300


@dataclass(frozen=True, slots=True)
class RoundPage:
    """Everything one person may see of a round. `acts` are the steps they could take now."""

    staff: Staff
    now: datetime
    campaign: Campaign
    round: Round
    earlier: Round | None
    following: Round | None
    groups: tuple[str, ...]
    looks: int | None
    band: tuple[Candidate, ...]
    acts: frozenset[str]
    turnout: TurnoutView | None
    cut: CutView | None
    summary: Summary | None
    chart: Chart | None
    log: tuple[Deed, ...]

    @property
    def tie(self) -> Text:
        """Print the tie rule as promised before the opening."""
        return cards.tie_sentence(self.round.plan.tie_rule)

    @property
    def time_left_s(self) -> float:
        """Seconds until the close; a pause stops the clock."""
        since = self.round.paused_at or self.now
        return max(0.0, (self.round.closes_at - since).total_seconds())


async def round_page(shop: Shop, actor: Actor, round_id: int) -> RoundPage:
    """Show one round; raises RuleError for who may not, and for a round there is not."""
    async with shop.store.read() as tx:
        staff, now = await seat(tx, actor), await tx.now()
        round_ = await rounds.round_by_id(tx, round_id)
        if round_ is None:
            raise RuleError("round.unknown", t("There is no such round."))
        campaign = await campaigns.campaign_by_id(tx, round_.campaign_id)
        siblings = await rounds.rounds_of(tx, campaign.id)
        groups = await people.groups_of(tx, campaign.id)
        part = await taking_part(tx, round_, siblings, await campaigns.competitors(tx, campaign.id))
        cut = await cut_view(tx, round_)
        closed = round_.state in (RoundState.CLOSED, RoundState.SIGNED_OFF)
        sees_turnout = round_.opened_at is not None and (staff.runs or closed)
        log = await deeds(tx, siblings, _LOG) if staff.runs else ()
        presold = await presales.has_opened(tx, campaign.id)
        return RoundPage(
            staff, now, campaign, round_,
            numbered(siblings, round_.number - 1), numbered(siblings, round_.number + 1),
            tuple(g.title for g in groups),
            None if part is None else len(part),
            _band(part or (), cut),
            acts_now(staff, round_, siblings, now, cut is not None, presold),
            await turnout_view(tx, round_, groups, len(part or ())) if sees_turnout else None,
            cut,
            await summed_up(tx, round_),
            await chart_of(tx, round_),
            tuple(d for d in log if d.number == round_.number)[:_ROUND_LOG],
        )  # fmt: skip


def _band(part: Sequence[Candidate], cut: CutView | None) -> tuple[Candidate, ...]:
    """Choose a few designs to show: by number while standings are hidden, the best after the close."""
    if cut is not None:
        return tuple(row.candidate for row in cut.kept[:BAND])
    return tuple(sorted(part, key=lambda c: c.number)[:BAND])
