"""What a round's ballots are made of: read once, since it never changes after the round has opened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.port import Strip
from bot.rounds import ballots
from bot.rounds.ballots import Count, Given, Item, Pair
from bot.rounds.evidence import Earlier
from bot.rounds.focus import Focus, asked, focus
from bot.rounds.model import BallotShape, Campaign, Candidate, Round
from bot.storage import campaigns, duels, one_ballot, rounds, votes
from bot.storage.duels import PairIds
from bot.storage.store import Tx
from bot.storage.votes import Key

Stored = int | PairIds
"""An item as it is stored: a version id, or a duel's two."""


@dataclass(frozen=True, slots=True)
class Field:
    """A round's campaign and frozen candidates, and what a round of cards or duels asks about."""

    campaign: Campaign
    candidates: tuple[Candidate, ...]
    position_of: Mapping[int, int]  # by version id
    by_number: Mapping[int, int]
    focus: Focus | None
    asked: int  # pages of a ballot that was not drawn yet

    def stored(self, item: Item) -> Stored:
        if isinstance(item, Pair):
            return self.candidates[item.first].version_id, self.candidates[item.second].version_id
        return self.candidates[item].version_id

    def item(self, stored: int | Sequence[int]) -> Item:
        if isinstance(stored, int):
            return self.position_of[stored]
        return ballots.pair_of(*(self.position_of[version] for version in stored))

    def numbers(self, item: Item) -> tuple[int, ...]:
        positions = item if isinstance(item, Pair) else (item,)
        return tuple(self.candidates[position].number for position in positions)


async def field_of(tx: Tx, round_: Round, fields: dict[int, Field]) -> Field:
    """Find what a round's ballots are made of, reading it once; `fields` is the caller's cache.

    Before it opens a round has no candidates yet: keeping that would refuse every vote afterwards.
    """
    if (known := fields.get(round_.id)) is not None:
        return known
    campaign = await campaigns.campaign_by_id(tx, round_.campaign_id)
    candidates = await rounds.candidates(tx, round_.id)
    about = None
    if round_.plan.ballot is not BallotShape.SHEETS:
        about = focus(round_.plan, await earlier_of(tx, round_, candidates), round_.seed)
    found = Field(
        campaign,
        candidates,
        {c.version_id: c.position for c in candidates},
        {c.number: c.position for c in candidates},
        about,
        asked(round_.plan, about) if about else -(-len(candidates) // round_.plan.page_size),
    )
    if round_.opened_at is not None:
        fields[round_.id] = found
    return found


async def earlier_of(tx: Tx, round_: Round, candidates: Sequence[Candidate]) -> list[Earlier | None]:
    """Find where each candidate's design stood in the last earlier round that counted it."""
    stood = await rounds.earlier_standings(tx, round_)
    found = (stood.get(c.design_id) for c in candidates)
    return [
        Earlier(before[1], before[0] != c.version_id) if before else None
        for before, c in zip(found, candidates, strict=True)
    ]


async def answers_of(tx: Tx, round_: Round, fan_id: int) -> dict[Stored, Given]:
    """Read everything one fan answered in a round."""
    key = (round_.id, fan_id)
    on_pairs = round_.plan.ballot is BallotShape.DUELS
    found: Iterable[tuple[Stored, Given]] = (
        (await duels.cells_of(tx, key)).items() if on_pairs else (await one_ballot.cells_of(tx, key)).items()
    )
    return dict(found)


async def put_answers(tx: Tx, answers: Mapping[tuple[Key, Stored], Given]) -> None:
    """Write current answers: those on versions and those on pairs are stored apart."""
    versions: dict[tuple[Key, int], Given] = {}
    pairs: dict[tuple[Key, PairIds], Given] = {}
    for (key, one), given in answers.items():
        if isinstance(one, int):
            versions[key, one] = given
        else:
            pairs[key, one] = given
    if versions:
        await votes.put_votes(tx, versions)
    if pairs:
        await duels.put(tx, pairs)


def strip_of(
    field: Field, round_: Round, count: Count, now: datetime, order: Sequence[int] | None = None
) -> Strip:
    """Say which round, until when, and how far a fan's ballot is; `order` is theirs once it is drawn."""
    shape = round_.plan.ballot
    total = len(field.candidates)
    if shape is not BallotShape.SHEETS:
        total = len(order) // ballots.size_of(round_.plan) if order else field.asked
    return Strip(
        round_.number, field.campaign.rounds, round_.state, round_.closes_at, now,
        count.answers, total, count.picks, field.campaign.noun, shape, field.campaign.zone.key,
    )  # fmt: skip
