"""Pictures: drawn once, uploaded once, then named by the id Telegram gave their file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from telegram import Message

from bot.adapters.telegram.shown import Contact, Drawn, Large, Shot
from bot.errors import Refused
from bot.port import Memos

Media = str | bytes


class Studio(Protocol):
    """Where pictures come from, as JPEG or PNG: a contact sheet, one photo, a chart (None: not now)."""

    async def sheet(self, tiles: Sequence[tuple[str, int, int]], columns: int) -> bytes: ...
    async def photo(self, photo: str) -> bytes: ...
    async def chart(self, key: str, language: str) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Pictures:
    """What to send for a wanted picture. File ids are of one bot, so the memos name it: `bot_id`."""

    studio: Studio
    memos: Memos
    bot_id: int

    async def media(self, shot: Shot) -> Media:
        """Find a picture's file id, or draw it; raises Refused where there is none."""
        known = await self.memos.read(self._key(shot))
        return known or await self._made(shot)

    async def sent(self, shot: Shot, media: Media, message: Message) -> None:
        """Remember the file id that a picture got when it was uploaded."""
        if isinstance(media, bytes) and message.photo:
            await self.memos.put(self._key(shot), message.photo[-1].file_id)

    def _key(self, shot: Shot) -> str:
        return f"file:{self.bot_id}:{shot.key}"

    async def _made(self, shot: Shot) -> bytes:
        match shot:
            case Contact(tiles, columns):
                return await self.studio.sheet(tiles, columns)
            case Large(photo):
                return await self.studio.photo(photo)
            case Drawn(chart, language):
                drawn = await self.studio.chart(chart, language)
                if drawn is None:
                    raise Refused("the chart could not be drawn")
                return drawn
