"""Bring a campaign's folder or zip into an installation: checked first, kept only if all of it is good."""

import asyncio
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from bot.intake.limits import DEFAULTS, Limits
from bot.intake.photos import CleanPhoto, PhotoStore
from bot.intake.read import CampaignFile, read_campaign
from bot.service import designs
from bot.service.designs import Loaded
from bot.service.photos import known_photos
from bot.settings import Photos
from bot.storage import schema
from bot.storage.store import Store

Progress = Callable[[int, int], None]


def limits_of(wanted: Photos) -> Limits:
    """Put the settings about photos into the limits of a campaign."""
    return replace(DEFAULTS, photo=wanted.limits)


async def load_campaign(
    path: Path,
    wanted: Photos,
    store: Store,
    *,
    known: Mapping[str, CleanPhoto] | None = None,
    progress: Progress | None = None,
) -> tuple[CampaignFile, Loaded]:
    """Check a campaign and keep it: photos first (they are found by content), then the rest at once.

    Photos cleaned before are not decoded again; `known` adds to those the database knows. Raises
    ConfigError with every problem found, and then nothing is kept.
    """
    await schema.check_current(store)
    wanted.folder.mkdir(parents=True, exist_ok=True)
    photos = PhotoStore(wanted.folder)
    async with store.read() as tx:
        there = {**(known or {}), **await known_photos(tx)}
    there = {source: photo for source, photo in there.items() if photos.has(photo.hash)}
    with tempfile.TemporaryDirectory(dir=wanted.folder, prefix="loading-") as staging:
        file = await asyncio.to_thread(
            read_campaign, path, Path(staging), limits=limits_of(wanted), known=there.get, progress=progress
        )
        photos.adopt(PhotoStore(Path(staging)))
        return file, await designs.load(store, file, photos)
