"""Photos people send: fetched, cleaned into the photo store, known by the hash of what they came as."""

from collections.abc import Iterable

from bot.errors import RuleError
from bot.intake.photos import CleanPhoto, source_hash
from bot.intake.studio import Studio
from bot.port import Sent
from bot.service.shop import Shop
from bot.storage import campaigns
from bot.storage.campaigns import PhotoRow
from bot.storage.store import Tx
from bot.text import t


def studio_of(shop: Shop) -> Studio:
    """Find where photos are cleaned; raises RuleError where none are taken."""
    if shop.studio is None:
        raise RuleError("upload.closed", t("Photos cannot be taken in here. Load them with a campaign."))
    return shop.studio


async def take_in(shop: Shop, file: Sent) -> CleanPhoto:
    """Fetch a photo, clean it and keep its files; raises RuleError with what to do about a bad one."""
    async with studio_of(shop).turns:
        return await cleaned(shop, await file.fetch())


async def cleaned(shop: Shop, data: bytes) -> CleanPhoto:
    """Clean a photo that was fetched."""
    studio, source = studio_of(shop), source_hash(data)
    async with shop.store.read() as tx:
        row = await campaigns.photo_of_source(tx, source)
    return await studio.clean(data, clean(row) if row else None)


async def known_photos(tx: Tx) -> dict[str, CleanPhoto]:
    """List the photos kept, by the hash of the file each was made from."""
    return {source: clean(row) for source, row in (await campaigns.known_photos(tx)).items()}


def clean(row: PhotoRow) -> CleanPhoto:
    return CleanPhoto(row.hash, row.source_hash, row.width, row.height, row.phash)


async def put_photos(tx: Tx, photos: Iterable[CleanPhoto]) -> None:
    """Keep what is known of photos that are in the photo store."""
    rows = [PhotoRow(p.hash, p.source_hash, p.width, p.height, p.phash) for p in photos]
    await campaigns.put_photos(tx, rows)
