"""How many took part in a round, and nothing about what they chose."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.rounds.model import Round
from bot.service import bulletin
from bot.service.summary import median_seen
from bot.storage import comments, people, tallies
from bot.storage.people import GroupRow
from bot.storage.store import Tx


@dataclass(frozen=True, slots=True)
class GroupTurnout:
    title: str
    platform: str
    fans: int


@dataclass(frozen=True, slots=True)
class TurnoutView:
    """How many took part. `median_seen` is None while too few have; `enough` is a share of designs."""

    fans: int
    opinions: int
    groups: tuple[GroupTurnout, ...]
    median_seen: int | None
    enough: float
    comments: int


async def turnout_view(tx: Tx, round_: Round, groups: Sequence[GroupRow], versions: int) -> TurnoutView:
    by_group = await tallies.turnout_by_group(tx, round_.id)
    known_ids = {g.id for g in groups}
    parted = await people.groups_by_id(tx, [i for i in by_group if i not in known_ids])
    total = await bulletin.turnout(tx, round_, versions)
    return TurnoutView(
        total.fans,
        total.answers,
        tuple(GroupTurnout(g.title, g.platform, by_group.get(g.id, 0)) for g in (*groups, *parted)),
        await median_seen(tx, round_.id),
        total.enough,
        await comments.count_between(tx, round_.campaign_id, round_.opened_at, round_.closed_at),
    )
