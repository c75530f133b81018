"""Pictures: drawn once, uploaded once, then named by the id Telegram gave their file."""

from dataclasses import dataclass

from telegram import Message

from bot.port import Memos
from bot.port.pictures import Shot, Studio, made

Media = str | bytes


@dataclass(frozen=True, slots=True)
class Pictures:
    """What to send for a wanted picture. File ids are of one bot, so the memos name it: `bot_id`."""

    studio: Studio
    memos: Memos
    bot_id: int

    async def media(self, shot: Shot) -> Media:
        """Find a picture's file id, or draw it; raises Refused where there is none."""
        known = await self.memos.read(self._key(shot))
        return known or await made(self.studio, shot)

    async def sent(self, shot: Shot, media: Media, message: Message) -> None:
        """Remember the file id that a picture got when it was uploaded."""
        if isinstance(media, bytes) and message.photo:
            await self.memos.put(self._key(shot), message.photo[-1].file_id)

    def _key(self, shot: Shot) -> str:
        return f"file:{self.bot_id}:{shot.key}"
