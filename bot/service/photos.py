"""Photos people send: fetched, cleaned into the photo store, known by the hash of what they came as."""

import asyncio
from collections.abc import Collection

import structlog

from bot.errors import RuleError
from bot.intake.photos import CleanPhoto, PhotoStore, source_hash
from bot.intake.studio import Studio
from bot.port import Sent
from bot.service.shop import Shop
from bot.storage import campaigns, privacy
from bot.storage.campaigns import PhotoRow
from bot.storage.store import Tx
from bot.text import t

log = structlog.get_logger()

_AT_ONCE = 100
"""How many photos are taken away in one transaction."""


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


async def put_photos(tx: Tx, photos: Collection[CleanPhoto], store: PhotoStore | None) -> None:
    """Keep what is known of photos that are in the photo store; without one nobody looks.

    `hold_photos` came first in this transaction. Raises RuleError where one was swept away since it was
    cleaned: it is the very photo of something that was taken away.
    """
    if store is not None and not await asyncio.to_thread(all, map(store.has, [p.hash for p in photos])):
        raise RuleError("photo.swept", t("A photo got lost on its way to us. Send it once more."))
    rows = [PhotoRow(p.hash, p.source_hash, p.width, p.height, p.phash) for p in photos]
    await campaigns.put_photos(tx, rows)


async def hold_photos(tx: Tx) -> None:
    """Have no photo swept away until the commit. Who excludes openings does so too: it is the same lock."""
    await tx.share_rounds([0])


async def sweep(shop: Shop) -> int:
    """Take away the photos that nothing shows any more; gives how many.

    Their files go first, while nobody can begin to show one of them: so a crash leaves nothing that is not
    found again. What a folder does not let go of waits for the next sweep.
    """
    swept = 0
    while shop.studio is not None:
        async with shop.store.read(heavy=True) as tx:
            if not await privacy.unshown(tx, 1):
                break
        async with shop.store.begin() as tx:
            await tx.exclude_rounds([0])
            found = await privacy.unshown(tx, _AT_ONCE)
            try:
                await shop.studio.drop(found)
            except OSError as error:
                log.warning("photos_not_swept", reason=type(error).__name__)
                break
            await privacy.drop_photos(tx, found)
        swept += len(found)
    return swept
