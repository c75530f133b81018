"""Designs in: a checked campaign file becomes a campaign with its drafts, all of it or nothing."""

from dataclasses import dataclass

from bot.errors import ConfigError, Problem
from bot.intake.photos import PhotoStore
from bot.intake.read import CampaignFile
from bot.service.photos import hold_photos, put_photos
from bot.service.rounds import new_seed
from bot.storage import campaigns, journal, people, presales, rounds
from bot.storage.campaigns import NewDesign
from bot.storage.store import Store
from bot.text import t

FIRST_ROOM = "main"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did; `new` is False when this very file was loaded before."""

    campaign_id: int
    new: bool


async def load(store: Store, file: CampaignFile, photos: PhotoStore | None = None) -> Loaded:
    """Keep a checked campaign: `photos` has its own already; rounds become drafts.

    Every group of the room takes part at once (a first one is made); other groups join with `/setup`.
    """
    async with store.begin() as tx:
        await hold_photos(tx)
        now = await tx.now()
        there = await campaigns.find_campaign(tx, file.key)
        if there is not None:
            if await campaigns.digest_of(tx, file.key) == file.digest:
                return Loaded(there.id, new=False)
            raise ConfigError(
                [
                    Problem(
                        "campaign.toml",
                        t(
                            "A different campaign was loaded as {key} before. Choose another key.",
                            key=file.key,
                        ),
                    )
                ]
            )
        campaign_id = await campaigns.add_campaign(
            tx, file.key, file.title, file.noun, file.zone.key, file.language, file.digest, now,
            presales.dump_plan(file.presale) if file.presale else None,
        )  # fmt: skip
        await put_photos(tx, {d.photo.hash: d.photo for d in file.designs}.values(), photos)
        designs = [NewDesign(d.number, d.title, d.category, d.attributes, d.photo.hash) for d in file.designs]
        await campaigns.add_designs(tx, campaign_id, designs, now)
        for plan in file.rounds:
            await rounds.add_round(tx, campaign_id, plan, new_seed())
        if not await people.groups_on(tx, "room"):
            await people.put_group(tx, "room", FIRST_ROOM, file.title, file.language, True, now)
        for group in await people.groups_on(tx, "room"):
            await people.put_group_campaign(tx, group.id, campaign_id, now)
        await journal.record(tx, "campaign_loaded", now, campaign_id=campaign_id, designs=len(designs))
        return Loaded(campaign_id, new=True)
