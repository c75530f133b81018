"""Single photos as people send them: cleaned one at a time, beside the event loop."""

import asyncio
from collections.abc import Callable

from bot.errors import RuleError
from bot.intake.header import check_photo, sniffed
from bot.intake.limits import DEFAULTS, PhotoLimits
from bot.intake.photos import CleanPhoto, PhotoStore, keep_photo, source_hash


class Studio:
    """Checks photos exactly as a campaign's are. One is open at a time, so memory stays within its limit."""

    def __init__(self, store: PhotoStore, limits: PhotoLimits = DEFAULTS.photo) -> None:
        self.store = store
        self.limits = limits
        self._one = asyncio.Lock()

    async def clean(self, data: bytes, known: Callable[[str], CleanPhoto | None]) -> CleanPhoto:
        """Check, clean and keep a photo; raises RuleError with what to do about a bad one.

        A photo that was cleaned before, as `known` says by the hash of its file, is not decoded again.
        """
        async with self._one:
            return await asyncio.to_thread(self._clean, data, known)

    def _clean(self, data: bytes, known: Callable[[str], CleanPhoto | None]) -> CleanPhoto:
        # A phone sends any name or none: the bytes alone say what it is.
        name = f"photo.{sniffed(data) or ''}".lower()
        try:
            checked = check_photo(data, name, self.limits)
            source = source_hash(data)
            before = known(source)
            if before is not None and self.store.has(before.hash):
                return before
            self.store.root.mkdir(parents=True, exist_ok=True)
            return keep_photo(checked, source, self.store)
        except RuleError as error:
            raise RuleError(error.code, error.text) from None  # its traceback would keep the photo alive
