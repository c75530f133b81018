"""A closed round summed up, for the desk, the owners' notice and `/results`: one source for every number."""

import re
from datetime import datetime
from statistics import median_low

from bot.errors import RuleError
from bot.port.words import reason_words
from bot.rounds import summary as words
from bot.rounds.engine import numbered
from bot.rounds.model import BallotShape, Round, RoundState, Verdict
from bot.rounds.summary import Integrity, Next, Summary, Talk
from bot.service import bulletin, notices
from bot.service.cuts import going_on
from bot.storage import campaigns, comments, presales, privacy, rounds, summaries, tallies, wishes
from bot.storage.store import Tx
from bot.text import Text, t

FEW_FANS = 5
"""Below this many fans a median says something about one of them, so it is not shown."""

MOST_TALKED_ABOUT, MOST_ASKED = 2, 3
_PAGE = re.compile(r"desk:round:([0-9]{1,15}):summary")
_SHOWN = (RoundState.CLOSED, RoundState.SIGNED_OFF)


async def summary(tx: Tx, round_id: int) -> Summary:
    """Sum a round up; raises RuleError while there is nothing to know: before the count, or called off."""
    round_ = await rounds.round_by_id(tx, round_id)
    found = await summed_up(tx, round_) if round_ else None
    if found is None:
        raise RuleError(
            "summary.none", t("There is a summary once a round has closed and its votes are counted.")
        )
    return found


async def summed_up(tx: Tx, round_: Round) -> Summary | None:
    """Sum a round up; None for one that is not closed and counted."""
    if round_.state not in _SHOWN or not await rounds.is_counted(tx, round_.id):
        return None
    standings = await rounds.standings(tx, round_.id)
    campaign = await campaigns.campaign_by_id(tx, round_.campaign_id)
    turnout = await bulletin.turnout(tx, round_, len(standings))
    count = {v: sum(s.verdict is v for s in standings) for v in Verdict}
    return Summary(
        number=round_.number,
        noun=campaign.noun,
        looks=len(standings),
        fans=turnout.fans,
        platforms=await summaries.turnout_by_platform(tx, round_.id),
        median_seen=await median_seen(tx, round_.id),
        safe=count[Verdict.SAFE],
        edge=count[Verdict.EDGE],
        out=count[Verdict.OUT],
        keep=round_.plan.keep,
        integrity=await summaries.integrity_of(tx, round_.id) or Integrity(0, 0),
        talk=await _talk(tx, round_),
        next=await _next(tx, round_),
    )


async def median_seen(tx: Tx, round_id: int) -> int | None:
    """Say how many versions half of the fans answered or more; None for too few fans."""
    seen = await tallies.answers_per_ballot(tx, round_id)
    return median_low(seen) if len(seen) >= FEW_FANS else None


async def tell_owners(tx: Tx, round_: Round, now: datetime) -> None:
    """Tell every owner what a count found, in the transaction that keeps it; a count made anew is news."""
    found = await summed_up(tx, round_)
    if found is not None:
        said = _minute(found)
        key = f"summary:{round_.id}:{await rounds.recounts(tx, round_.id)}"
        owners = dict.fromkeys(await privacy.owners(tx), said)
        await notices.tell_each(tx, key, owners, now, page(round_.id))


def page(round_id: int) -> str:
    """Name the summary's page at the desk, as a notice does."""
    return f"desk:round:{round_id}:summary"


def round_of(go: str | None) -> int | None:
    """Find the round whose summary's page a notice names."""
    found = _PAGE.fullmatch(go or "")
    return int(found[1]) if found else None


def _minute(found: Summary) -> Text:
    """Say title and lines as one text, a line each."""
    said = {"title": words.title(found)} | {f"line_{i}": line for i, line in enumerate(words.lines(found))}
    return Text("\n".join(f"{{{name}}}" for name in said), said)


async def _talk(tx: Tx, round_: Round) -> Talk:
    window = (round_.campaign_id, round_.opened_at, round_.closed_at)
    cards_only = round_.plan.ballot is BallotShape.CARDS
    asked = await summaries.reasons_asked(tx, round_.id, MOST_ASKED) if cards_only else ()
    return Talk(
        await comments.count_between(tx, *window),
        await summaries.most_talked_about(tx, *window, most=MOST_TALKED_ABOUT),
        tuple((reason_words(key), times) for key, times in asked),
    )


async def _next(tx: Tx, round_: Round) -> Next:
    found = await rounds.rounds_of(tx, round_.campaign_id)
    following = numbered(found, round_.number + 1)
    return Next(
        round_.state,
        round_.plan.quorum,
        bool(round_.quorum_met),
        await _to_answer(tx, round_),
        following.state if following else None,
        following.plan.opens_at if following else None,
        await _presold(tx, round_.campaign_id),
    )


async def _presold(tx: Tx, campaign_id: int) -> bool | None:
    """Say whether a presale of the campaign has opened; None where there is to be none."""
    if await presales.plan_of(tx, campaign_id) is None:
        return None
    return await presales.has_opened(tx, campaign_id)


async def _to_answer(tx: Tx, round_: Round) -> int:
    """Count the designs that go on with wishes nobody answered, as the designers' pages do."""
    asked = await wishes.open_counts(tx, round_.campaign_id)
    return sum(asked.get(design_id, (0, 0))[1] > 0 for design_id in await going_on(tx, round_))
