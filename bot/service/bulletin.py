"""State → the card a post should show now, read for the relay."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot import cards
from bot.cards import Decision, Turnout
from bot.port import Card
from bot.rounds.focus import ENOUGH
from bot.rounds.model import BallotShape, Candidate, Round, RoundState
from bot.service import charts, presale_posts
from bot.service.field import field_of
from bot.service.wire import load_text
from bot.storage import campaigns, comments, people, rounds, tallies
from bot.storage.people import GroupRow
from bot.storage.store import Tx


async def audience(tx: Tx, group_id: int, kind: str, subject_id: int) -> tuple[GroupRow, ZoneInfo]:
    """Find who reads a post about something, and by which clock."""
    group = (await people.groups_by_id(tx, [group_id]))[0]
    if kind in presale_posts.KINDS:
        campaign_id = (await presale_posts.subject(tx, kind, subject_id)).campaign_id
    else:
        round_ = await rounds.round_by_id(tx, subject_id)
        assert round_ is not None
        campaign_id = round_.campaign_id
    return group, (await campaigns.campaign_by_id(tx, campaign_id)).zone


async def compose(tx: Tx, kind: str, subject_id: int) -> Card | None:
    """Compute the card of a kind about its subject; None when there is nothing to say any more.

    The kind decides what the subject is: a round, a presale, or an announced step of one's price.
    """
    if kind in presale_posts.KINDS:
        return await presale_posts.compose(tx, kind, subject_id)
    return await _round_card(tx, kind, subject_id)


async def _round_card(tx: Tx, kind: str, round_id: int) -> Card | None:
    round_ = await rounds.round_by_id(tx, round_id)
    assert round_ is not None
    campaign = await campaigns.campaign_by_id(tx, round_.campaign_id)
    candidates = await rounds.candidates(tx, round_id)
    match kind:
        case cards.ROUND:
            took_part = await turnout(tx, round_, len(candidates))
            return cards.round_card(
                campaign, round_, candidates, took_part, await _changed(tx, round_, candidates)
            )
        case cards.REMINDER:
            if round_.state is not RoundState.OPEN:
                return None
            return cards.reminder_card(campaign, round_, cards.remind_at(round_), len(candidates))
        case cards.RESULT:
            standings = await rounds.standings(tx, round_id)
            cut = {
                line.design_id: Decision(line.kept, line.place, load_text(line.reason))
                for line in await rounds.signed_cut(tx, round_id)
            }
            said = await comments.count_between(tx, campaign.id, round_.opened_at, round_.closed_at)
            took_part = await turnout(tx, round_, len(candidates))
            card = cards.result_card(campaign, round_, candidates, standings, took_part, cut, said)
            return replace(card, chart=await charts.chart_of(tx, round_))
    raise ValueError(f"no card of kind {kind}")


async def _changed(tx: Tx, round_: Round, candidates: Sequence[Candidate]) -> int:
    """Count the designs that take part as another version than in the signed round before."""
    signed = [
        r for r in await rounds.rounds_of(tx, round_.campaign_id)
        if r.number < round_.number and r.state is RoundState.SIGNED_OFF
    ]  # fmt: skip
    if not signed:
        return 0
    before = {c.version_id for c in await rounds.candidates(tx, signed[-1].id)}
    return sum(c.version_id not in before for c in candidates)


async def is_final(tx: Tx, kind: str, subject_id: int) -> bool:
    """Say whether a post will never change again (short of a signature taken back)."""
    if kind in presale_posts.KINDS:
        return await presale_posts.is_final(tx, kind, subject_id)
    round_ = await rounds.round_by_id(tx, subject_id)
    assert round_ is not None
    if kind == cards.REMINDER:
        return True
    if kind == cards.ROUND:
        return round_.state in (RoundState.CLOSED, RoundState.SIGNED_OFF, RoundState.VOID)
    return round_.state in (RoundState.SIGNED_OFF, RoundState.VOID)


async def turnout(tx: Tx, round_: Round, versions: int) -> Turnout:
    """Read how many took part and how well the versions are seen; never what was chosen.

    Cards and duels need only what they ask about to be seen; a duel is one opinion about two.
    """
    counted = await tallies.kept(tx, round_.id)
    answers = {version: n for version, (n, _) in counted.items()}
    needed = versions
    if versions and round_.plan.ballot is not BallotShape.SHEETS:
        field = await field_of(tx, round_, {})
        about = {field.candidates[p].version_id for p in field.focus.positions} if field.focus else set()
        needed = len(about)
        answers = {version: n for version, n in answers.items() if version in about}
    said = sum(n for n, _ in counted.values()) // (2 if round_.plan.ballot is BallotShape.DUELS else 1)
    enough = sum(n >= ENOUGH for n in answers.values())
    return Turnout(await tallies.turnout(tx, round_.id), said, enough / needed if needed else 0.0)
