"""Single photos as people send them: cleaned one at a time, beside the event loop."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.errors import RuleError
from bot.intake.header import check_photo, sniffed
from bot.intake.limits import DEFAULTS, PhotoLimits, ZipLimits
from bot.intake.photos import CleanPhoto, PhotoStore, keep_photo, source_hash
from bot.intake.read import Additions, read_additions

_AT_HAND = 4
_ZIP = ZipLimits(max_bytes=500_000_000)
"""What a zip from a chat may unpack to; a campaign's own, from this machine, may be larger."""


class Studio:
    """Checks photos exactly as a campaign's are. One is open at a time, so memory stays within its limit."""

    def __init__(self, store: PhotoStore, limits: PhotoLimits = DEFAULTS.photo) -> None:
        self.store = store
        self.limits = limits
        self.turns = asyncio.Semaphore(_AT_HAND)
        """Held by who brings a file, from its download on, so that few are in memory at a time."""
        self._one = asyncio.Lock()

    async def unpack(
        self, archive: bytes, there: Mapping[int, CleanPhoto], known: Callable[[str], CleanPhoto | None]
    ) -> Additions:
        """Keep the photos of a zip of designs for a campaign that has these; raises ConfigError with all that
        is wrong, and then nothing is kept."""
        async with self._one:
            return await asyncio.to_thread(self._unpack, archive, there, known)

    def _unpack(
        self, archive: bytes, there: Mapping[int, CleanPhoto], known: Callable[[str], CleanPhoto | None]
    ) -> Additions:
        self.store.root.mkdir(parents=True, exist_ok=True)
        limits = replace(DEFAULTS, photo=self.limits, zip=_ZIP)
        with TemporaryDirectory(dir=self.store.root, prefix="loading-") as folder:
            packed, staging = Path(folder) / "designs.zip", Path(folder) / "photos"
            packed.write_bytes(archive)
            found = read_additions(
                packed, staging, there, limits=limits, known=lambda s: self._kept(known(s))
            )
            self.store.adopt(PhotoStore(staging))
            return found

    async def read(self, photo: str) -> bytes | None:
        """Read a cleaned photo; None for one that is gone."""
        try:
            return await asyncio.to_thread(self.store.path(photo).read_bytes)
        except FileNotFoundError:
            return None

    async def drop(self, photos: Sequence[str]) -> None:
        """Take photos away that nothing shows any more. It waits for nobody who cleans one: that takes long,
        and who drops holds a transaction open."""
        for photo in photos:
            await asyncio.to_thread(self.store.drop, photo)

    def _kept(self, photo: CleanPhoto | None) -> CleanPhoto | None:
        return photo if photo is not None and self.store.has(photo.hash) else None

    async def clean(self, data: bytes, before: CleanPhoto | None = None) -> CleanPhoto:
        """Check, clean and keep a photo; raises RuleError with what to do about a bad one.

        `before` is what these bytes were cleaned into already, where they were: it is not done again.
        """
        async with self._one:
            return await asyncio.to_thread(self._clean, data, before)

    def _clean(self, data: bytes, before: CleanPhoto | None) -> CleanPhoto:
        # A phone sends any name or none: the bytes alone say what it is.
        name = f"photo.{sniffed(data) or ''}".lower()
        try:
            checked = check_photo(data, name, self.limits)
            if (kept := self._kept(before)) is not None:
                return kept
            self.store.root.mkdir(parents=True, exist_ok=True)
            return keep_photo(checked, source_hash(data), self.store)
        except RuleError as error:
            raise RuleError(error.code, error.text) from None  # its traceback would keep the photo alive
