"""Files that people send: photos and zips, fetched once they are welcome; an album gets one answer."""

from collections.abc import Awaitable, Callable
from pathlib import PurePosixPath

import structlog
from telegram import Bot, Document, Message
from telegram.error import TelegramError

from bot.adapters.telegram.shown import Shown
from bot.adapters.telegram.trouble import is_lost, is_too_big
from bot.adapters.telegram.window import Window
from bot.errors import RuleError
from bot.port import Memos, Sent
from bot.text import t

log = structlog.get_logger()

_KINDS = frozenset({".zip", ".jpg", ".jpeg", ".png", ".webp", ".heic", ".gif"})


def sent_file(bot: Bot, message: Message) -> Sent | None:
    """Find the photo or zip that a message brings, in the largest size there is."""
    if message.photo:
        return Sent(_fetch(bot, message.photo[-1].file_id))
    document = message.document
    if document is not None and _is_of_use(document):
        return Sent(_fetch(bot, document.file_id), document.file_name or "")
    return None


def _is_of_use(document: Document) -> bool:
    kind = document.mime_type or ""
    return kind.startswith("image/") or PurePosixPath(document.file_name or "").suffix.lower() in _KINDS


def _fetch(bot: Bot, file_id: str) -> Callable[[], Awaitable[bytes]]:
    async def fetch() -> bytes:
        try:
            file = await bot.get_file(file_id)
            return bytes(await file.download_as_bytearray())
        except TelegramError as refused:
            log.info("file_refused", reason=refused.message)
            if is_too_big(refused):
                raise RuleError("file.large", _LARGE) from None
            raise RuleError("file.away", _AWAY) from None

    return fetch


_LARGE = t(
    "Telegram hands bots files of up to 20 MB, and this one is larger. Send a zip in several parts, "
    "or a photo as a photo and not as a file."
)
_AWAY = t("Telegram did not hand this file over. Send it again.")


def album_of(message: Message) -> str | None:
    """Name the album that a message is part of."""
    return f"{message.chat.id}.{message.media_group_id}" if message.media_group_id else None


class Answers:
    """What is said of files. An album comes as an update a photo: its answer is sent with the first one that
    is handled and edited with every other, also after a restart."""

    def __init__(self, window: Window, memos: Memos) -> None:
        self._window = window
        self._memos = memos

    async def tell(self, chat_id: int, album: str | None, shown: Shown) -> None:
        """Say what became of a file, or of all of an album so far."""
        noted = await self._memos.read(f"answer:{album}") if album else None
        if noted is not None:
            try:
                await self._window.edit(chat_id, int(noted), shown)
                return
            except TelegramError as error:
                if not is_lost(error):
                    raise
        sent = await self._window.send(chat_id, shown)
        if album:
            await self._memos.put(f"answer:{album}", str(sent.message_id))
