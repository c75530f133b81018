"""Campaigns, their designs, versions and photos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Subquery, distinct, func, insert, select

from bot.rounds.model import Campaign as CampaignFacts
from bot.rounds.model import Candidate as CandidateFacts
from bot.storage.store import Tx
from bot.storage.tables import Campaign, Design, GroupCampaign, Photo, Round, Version, table
from bot.storage.upsert import put_new
from bot.text import Noun

campaign, design, version = table(Campaign), table(Design), table(Version)
photo, round_, group_campaign = table(Photo), table(Round), table(GroupCampaign)


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A cleaned photo: `hash` of its bytes, `source_hash` of the file it came from."""

    hash: str
    source_hash: str
    width: int
    height: int
    phash: str


@dataclass(frozen=True, slots=True)
class NewDesign:
    """A design as a campaign file brings it, with the photo of its version 1."""

    number: int
    title: str
    category: str
    attributes: Mapping[str, str]
    photo: str


def _campaign_query() -> Select[Any]:
    numbers = select(func.count(distinct(round_.c.number)))
    rounds = numbers.where(round_.c.campaign_id == campaign.c.id).scalar_subquery()
    return select(
        campaign.c.id, campaign.c.key, campaign.c.title, campaign.c.noun, campaign.c.zone,
        campaign.c.language, rounds.label("rounds"),
    )  # fmt: skip


async def _campaigns(tx: Tx, *where: Any) -> list[CampaignFacts]:
    found = await tx.conn.execute(_campaign_query().where(*where).order_by(campaign.c.id))
    return [
        CampaignFacts(
            line.id,
            line.key,
            line.title,
            Noun({language: tuple(forms) for language, forms in line.noun.items()}),
            ZoneInfo(line.zone),
            line.language,
            line.rounds,
        )
        for line in found
    ]


async def find_campaign(tx: Tx, key: str) -> CampaignFacts | None:
    found = await _campaigns(tx, campaign.c.key == key)
    return found[0] if found else None


async def campaign_by_id(tx: Tx, campaign_id: int) -> CampaignFacts:
    return (await _campaigns(tx, campaign.c.id == campaign_id))[0]


async def all_campaigns(tx: Tx) -> list[CampaignFacts]:
    return await _campaigns(tx)


async def campaigns_of(tx: Tx, group_ids: Sequence[int]) -> list[CampaignFacts]:
    """List the campaigns that any of these groups votes in."""
    joined = select(group_campaign.c.campaign_id).where(group_campaign.c.group_id.in_(group_ids))
    return await _campaigns(tx, campaign.c.id.in_(joined))


async def digest_of(tx: Tx, key: str) -> str | None:
    """Read the digest of the campaign file that was loaded under this key."""
    found: str | None = (
        await tx.conn.execute(select(campaign.c.digest).where(campaign.c.key == key))
    ).scalar_one_or_none()
    return found


async def add_campaign(
    tx: Tx,
    key: str,
    title: str,
    noun: Noun,
    zone: str,
    language: str,
    digest: str,
    now: datetime,
    presale: dict[str, Any] | None = None,
) -> int:
    made = await tx.conn.execute(
        insert(campaign)
        .values(
            key=key,
            title=title,
            noun={k: list(v) for k, v in noun.forms.items()},
            zone=zone,
            language=language,
            digest=digest,
            presale=presale,
            created_at=now,
        )
        .returning(campaign.c.id)
    )
    campaign_id: int = made.scalar_one()
    return campaign_id


async def photo_of_source(tx: Tx, source_hash: str) -> PhotoRow | None:
    """Find the photo that was made from a file."""
    shown = tuple(photo.c[name] for name in PhotoRow.__slots__)
    found = (await tx.conn.execute(select(*shown).where(photo.c.source_hash == source_hash))).first()
    return PhotoRow(*found) if found else None


async def known_photos(tx: Tx) -> dict[str, PhotoRow]:
    """List every photo kept, by the hash of its source file."""
    found = await tx.conn.execute(
        select(photo.c.hash, photo.c.source_hash, photo.c.width, photo.c.height, photo.c.phash)
    )
    return {line.source_hash: PhotoRow(*line) for line in found}


async def put_photos(tx: Tx, photos: Sequence[PhotoRow]) -> None:
    await put_new(
        tx,
        photo,
        [
            {
                "hash": p.hash,
                "source_hash": p.source_hash,
                "width": p.width,
                "height": p.height,
                "phash": p.phash,
            }
            for p in photos
        ],
    )


async def add_designs(tx: Tx, campaign_id: int, designs: Sequence[NewDesign], now: datetime) -> None:
    """Add designs with their version 1."""
    await put_new(
        tx,
        design,
        [
            {
                "campaign_id": campaign_id,
                "number": d.number,
                "title": d.title,
                "category": d.category,
                "attributes": dict(d.attributes),
            }
            for d in designs
        ],
    )
    mine = select(design.c.number, design.c.id).where(design.c.campaign_id == campaign_id)
    ids = {line.number: line.id for line in await tx.conn.execute(mine)}
    await put_new(
        tx,
        version,
        [
            {
                "design_id": ids[d.number],
                "number": 1,
                "photo": d.photo,
                "note": "",
                "created_at": now,
                "published_at": now,
            }
            for d in designs
        ],
    )


def newest_versions() -> Subquery:
    """Build the subquery of each design's newest version; drafts are nobody's business yet."""
    return (
        select(version.c.design_id, func.max(version.c.number).label("number"))
        .where(version.c.published_at.is_not(None))
        .group_by(version.c.design_id)
        .subquery("newest")
    )


async def competitors(tx: Tx, campaign_id: int) -> list[CandidateFacts]:
    """List a campaign's designs by their newest version, in order of number; positions follow."""
    newest = newest_versions()
    found = await tx.conn.execute(
        select(
            design.c.id.label("design_id"), version.c.id.label("version_id"), design.c.number,
            version.c.number.label("version"), design.c.title, design.c.category, version.c.photo,
            design.c.attributes,
        )
        .join(newest, newest.c.design_id == design.c.id)
        .join(version, (version.c.design_id == design.c.id) & (version.c.number == newest.c.number))
        .where(design.c.campaign_id == campaign_id)
        .order_by(design.c.number)
    )  # fmt: skip
    return [CandidateFacts(i, *line) for i, line in enumerate(found)]
