"""What was said in a campaign, for who runs its rounds: shown or hidden, with what can be taken back."""

from dataclasses import dataclass

from bot.errors import RuleError
from bot.port import Actor
from bot.rounds.model import Campaign
from bot.service.comments import words_about
from bot.service.desk.seat import RUNNERS, Staff, seat
from bot.service.logbook import deeds
from bot.service.moderation import HIDE, undoable
from bot.service.shop import Shop
from bot.storage import campaigns, moderation, rounds
from bot.storage.moderation import SaidRow
from bot.storage.store import Tx
from bot.text import t

_COMMENTS, _LOG = 200, 300


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A comment and its words without the design's number before them.

    `undo` is the number in the log of what hid it, while that can be taken back.
    """

    row: SaidRow
    words: str
    undo: int | None


@dataclass(frozen=True, slots=True)
class SaidPage:
    """A campaign's newest comments, in all its groups: the hidden ones, or those that are shown."""

    staff: Staff
    campaign: Campaign
    hidden: bool
    lines: tuple[SaidLine, ...]


async def said_page(shop: Shop, actor: Actor, campaign_id: int, hidden: bool) -> SaidPage:
    """List what was said in a campaign."""
    async with shop.store.read() as tx:
        staff = await seat(tx, actor, RUNNERS)
        campaign = next((c for c in await campaigns.all_campaigns(tx) if c.id == campaign_id), None)
        if campaign is None:
            raise RuleError("campaign.unknown", t("There is no such campaign."))
        undo = await _undo_of(tx, staff, campaign_id) if hidden else {}
        rows = await moderation.newest_said(tx, campaign_id, hidden, _COMMENTS)
        lines = (SaidLine(row, words_about(row.body, row.number), undo.get(row.id)) for row in rows)
        return SaidPage(staff, campaign, hidden, tuple(lines))


async def _undo_of(tx: Tx, staff: Staff, campaign_id: int) -> dict[int, int]:
    siblings = await rounds.rounds_of(tx, campaign_id)
    done = await deeds(tx, siblings, _LOG)
    can = undoable(done, siblings, await tx.now(), staff.owner)
    return {int(d.facts["comment"]): d.id for d in reversed(done) if d.action == HIDE and d.id in can}


async def said_one(shop: Shop, actor: Actor, comment_id: int) -> tuple[Staff, Campaign | None, SaidRow]:
    """Show one comment, to be hidden; raises RuleError for one that is not shown."""
    async with shop.store.read() as tx:
        staff = await seat(tx, actor, RUNNERS)
        row = await moderation.said(tx, comment_id)
        if row is None or row.status == "hidden":
            raise RuleError("mod.comment", t("There is no comment {comment} here.", comment=f"c{comment_id}"))
        everyone = await campaigns.all_campaigns(tx)
        return staff, next((c for c in everyone if c.id == row.campaign_id), None), row
