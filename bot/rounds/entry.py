"""Who may vote in a round: members of one of its groups, who were there when it opened."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from bot.errors import RuleError
from bot.rounds.model import Round
from bot.text import t


class Membership(Struct, frozen=True, gc=False):
    """A group through which a fan may vote. `joined_at` None: the platform does not tell.

    `admits_late`: whoever the shop lets in counts at once (the room, whose door the shop keeps).
    """

    group_id: int
    remote_id: str
    admits_late: bool
    joined_at: datetime | None


def check_entry(
    round_: Round, memberships: Collection[Membership], waits_since: datetime | None, through: str | None
) -> int:
    """Choose the group a ballot counts for, or raise RuleError.

    Only a *recorded* join after the opening refuses: most fans are silent readers, so an unknown date
    counts. `through` is the remote id of the group the press came from, preferred where it admits.
    """
    opened_at = round_.opened_at
    if not memberships:
        raise RuleError(
            "vote.outsider", t("This ballot belongs to fan groups you are not in. Join one, then vote.")
        )
    if waits_since is not None and opened_at is not None and opened_at <= waits_since:
        raise RuleError(
            "vote.waits",
            t(
                "This account was unlinked while the round was open, so it votes again from round {next}.",
                next=round_.number + 1,
            ),
        )
    admitted = [
        m
        for m in memberships
        if m.admits_late or m.joined_at is None or opened_at is None or m.joined_at <= opened_at
    ]
    if not admitted:
        raise RuleError(
            "vote.joined_late",
            t(
                "You joined after this round opened, so this ballot can't count yet. "
                "You can comment now and vote from round {next}.",
                next=round_.number + 1,
            ),
        )
    if len(admitted) == 1:
        return admitted[0].group_id
    return min(admitted, key=lambda m: (m.remote_id != through, m.group_id)).group_id
