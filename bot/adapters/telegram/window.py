"""What a chat shows: a message is edited in place where that is possible, else a new one is sent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from telegram import CallbackQuery, InputMediaPhoto, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot.adapters.telegram.pace import REDRAW, Pace
from bot.adapters.telegram.pictures import Pictures
from bot.adapters.telegram.shown import Shown
from bot.adapters.telegram.trouble import is_lost, is_unchanged

log = structlog.get_logger()

_QUIET = LinkPreviewOptions(is_disabled=True)

Remember = Callable[[], Awaitable[None]]
"""Writes down the file that a picture became: it may wait for a crowd, and nobody shall wait for it."""


async def _nothing() -> None: ...


@dataclass(frozen=True, slots=True)
class Spot:
    """A message of ours in a chat; `pictured`: it is a photo with words below."""

    message_id: int
    pictured: bool


class Window:
    """Shows messages in chats. Raises what the library raises."""

    def __init__(self, bot: ExtBot[Any], pictures: Pictures) -> None:
        self._bot = bot
        self._pictures = pictures

    async def send(
        self, chat_id: int, shown: Shown, thread: int | None = None, answers: int | None = None
    ) -> Message:
        """Send a message; `answers` is the message it replies to, where that is still there."""
        sent, remember = await self._send(chat_id, shown, thread, answers)
        await remember()
        return sent

    async def _send(
        self, chat_id: int, shown: Shown, thread: int | None = None, answers: int | None = None
    ) -> tuple[Message, Remember]:
        reply = ReplyParameters(answers, allow_sending_without_reply=True) if answers else None
        if shown.shot is None:
            sent = await self._bot.send_message(
                chat_id, shown.words, ParseMode.HTML, link_preview_options=_QUIET,
                reply_markup=shown.keyboard, message_thread_id=thread, reply_parameters=reply,
            )  # fmt: skip
            return sent, _nothing
        media = await self._pictures.media(shown.shot)
        sent = await self._bot.send_photo(
            chat_id, media, shown.words, parse_mode=ParseMode.HTML, reply_markup=shown.keyboard,
            message_thread_id=thread, reply_parameters=reply,
        )  # fmt: skip
        return sent, partial(self._pictures.sent, shown.shot, media, sent)

    async def album(self, chat_id: int, sheets: tuple[Shown, ...], thread: int | None = None) -> None:
        """Send pictures as one album."""
        shots = [sheet.shot for sheet in sheets if sheet.shot is not None]
        media = [await self._pictures.media(shot) for shot in shots]
        items = [
            InputMediaPhoto(one, sheet.words, ParseMode.HTML)
            for one, sheet in zip(media, sheets, strict=True)
        ]
        sent = await self._bot.send_media_group(chat_id, items, message_thread_id=thread)
        for shot, one, message in zip(shots, media, sent, strict=True):
            await self._pictures.sent(shot, one, message)

    async def show(self, chat_id: int, shown: Shown, under: Spot) -> Remember:
        """Show something in place of a message that is of its kind, picture or words; else below it.

        Whoever looks sees it as soon as this returns, and may tap it; gives what is to be done after that.
        """
        if under.pictured == (shown.shot is not None):
            try:
                return await self._edit(chat_id, under.message_id, shown)
            except TelegramError as error:
                if not is_lost(error):
                    raise
        _, remember = await self._send(chat_id, shown)
        return remember

    async def edit(self, chat_id: int, message_id: int, shown: Shown) -> None:
        """Change a message; that it says so already is as good."""
        remember = await self._edit(chat_id, message_id, shown)
        await remember()

    async def _edit(self, chat_id: int, message_id: int, shown: Shown) -> Remember:
        try:
            if shown.shot is None:
                await self._bot.edit_message_text(
                    shown.words, chat_id, message_id, parse_mode=ParseMode.HTML, link_preview_options=_QUIET,
                    reply_markup=shown.keyboard,
                )  # fmt: skip
                return _nothing
            media = await self._pictures.media(shown.shot)
            item = InputMediaPhoto(media, shown.words, ParseMode.HTML)
            edited = await self._bot.edit_message_media(
                item, chat_id, message_id, reply_markup=shown.keyboard
            )
        except TelegramError as error:
            if not is_unchanged(error):
                raise
            return _nothing
        if not isinstance(edited, Message):
            return _nothing
        return partial(self._pictures.sent, shown.shot, media, edited)

    async def lull(self) -> None:
        """Wait until nothing is to be sent that goes before a redraw."""
        pace = self._bot.rate_limiter
        if isinstance(pace, Pace):
            await pace.lull()

    async def keys(self, chat_id: int, message_id: int, shown: Shown) -> None:
        """Change a message's buttons only."""
        try:
            await self._bot.edit_message_reply_markup(
                chat_id, message_id, reply_markup=shown.keyboard, rate_limit_args=REDRAW
            )
        except TelegramError as error:
            if not (is_unchanged(error) or is_lost(error)):
                raise


async def answer(
    query: CallbackQuery, words: str = "", *, alert: bool = False, url: str | None = None
) -> None:
    """Answer a tap; one that came too late for Telegram is answered by what is shown instead."""
    try:
        await query.answer(words or None, show_alert=alert, url=url)
    except BadRequest as late:
        log.info("answer_refused", reason=late.message)
