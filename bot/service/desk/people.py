"""The log of a campaign, and who can be let in where."""

from dataclasses import dataclass

from bot.errors import RuleError
from bot.port import Actor, Role
from bot.rounds.model import Campaign
from bot.service.desk.seat import RUNNERS, Staff, seat
from bot.service.logbook import Deed, deeds
from bot.service.moderation import undoable
from bot.service.shop import Shop
from bot.storage import campaigns, people, rounds
from bot.storage.people import GroupRow, Holder
from bot.text import t

_LOG = 300


@dataclass(frozen=True, slots=True)
class LogPage:
    """What was done; `undo` are the numbers of what can be taken back here."""

    staff: Staff
    campaign: Campaign
    deeds: tuple[Deed, ...]
    undo: frozenset[int]


async def log_page(shop: Shop, actor: Actor, campaign_id: int) -> LogPage:
    """Show what was done in a campaign, newest first, to who runs the rounds."""
    async with shop.store.read() as tx:
        staff = await seat(tx, actor, RUNNERS)
        campaign = next((c for c in await campaigns.all_campaigns(tx) if c.id == campaign_id), None)
        if campaign is None:
            raise RuleError("campaign.unknown", t("There is no such campaign."))
        siblings = await rounds.rounds_of(tx, campaign_id)
        found = await deeds(tx, siblings, _LOG)
        undo = undoable(found, siblings, await tx.now(), owner=False)
        return LogPage(staff, campaign, found, undo)


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Who can be let in where. `campaigns` come with the titles of the groups that vote in them."""

    staff: Staff
    rooms: tuple[GroupRow, ...]
    campaigns: tuple[tuple[Campaign, tuple[str, ...]], ...]
    holders: tuple[Holder, ...]


async def people_page(shop: Shop, actor: Actor) -> PeoplePage:
    """Show owners who runs the shop, and the groups and campaigns they can invite to."""
    async with shop.store.read() as tx:
        staff = await seat(tx, actor, (Role.OWNER,))
        rooms = tuple(await people.groups_on(tx, "room"))
        found = [
            (c, tuple(g.title for g in await people.groups_of(tx, c.id)))
            for c in await campaigns.all_campaigns(tx)
        ]
        return PeoplePage(staff, rooms, tuple(found), tuple(await people.role_holders(tx)))
