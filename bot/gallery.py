"""The pictures that chats upload: contact sheets, photos and charts, as files."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from bot.errors import Refused
from bot.intake.photos import PhotoStore
from bot.reports.contact import SheetTile, sheet

ChartPng = Callable[[str, str, bool], Awaitable[bytes | None]]


class Gallery:
    """Finds and draws pictures. `chart_png` draws a chart by key, language and whether on dark paper."""

    def __init__(self, photos: PhotoStore, chart_png: ChartPng) -> None:
        self._photos = photos
        self._chart_png = chart_png

    async def sheet(self, tiles: Sequence[tuple[str, int, int]], columns: int) -> bytes:
        """Make the contact sheet of these designs (photo, number, version), as JPEG."""
        placed = [SheetTile(self._photos.thumb_path(photo), n, version) for photo, n, version in tiles]
        return await asyncio.to_thread(sheet, placed, columns)

    async def photo(self, photo: str) -> bytes:
        """Read a photo; raises Refused for one that is gone."""
        try:
            return await asyncio.to_thread(self._photos.path(photo).read_bytes)
        except OSError as gone:
            raise Refused(f"a photo cannot be read: {gone.strerror}") from None

    async def chart(self, key: str, language: str) -> bytes | None:
        """Draw a chart as PNG; None when that is not possible now, or there is no such chart any more."""
        try:
            return await self._chart_png(key, language, False)
        except LookupError:
            return None
