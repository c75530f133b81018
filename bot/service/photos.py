"""What the database knows of cleaned photos; their files are in the photo store."""

from collections.abc import Iterable

from bot.intake.photos import CleanPhoto
from bot.storage import campaigns
from bot.storage.campaigns import PhotoRow
from bot.storage.store import Tx


async def known_photos(tx: Tx) -> dict[str, CleanPhoto]:
    """List the photos kept, by the hash of the file each was made from."""
    return {source: clean(row) for source, row in (await campaigns.known_photos(tx)).items()}


def clean(row: PhotoRow) -> CleanPhoto:
    return CleanPhoto(row.hash, row.source_hash, row.width, row.height, row.phash)


async def put_photos(tx: Tx, photos: Iterable[CleanPhoto]) -> None:
    """Keep what is known of photos that are in the photo store."""
    rows = [PhotoRow(p.hash, p.source_hash, p.width, p.height, p.phash) for p in photos]
    await campaigns.put_photos(tx, rows)
