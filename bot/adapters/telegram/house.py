"""Everything that listens to people on Telegram, put together; updates come in by the library's handlers."""

from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

import structlog
from telegram import Bot, CallbackQuery, Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    CallbackContext,
    CallbackQueryHandler,
    ChatMemberHandler,
    MessageHandler,
    PreCheckoutQueryHandler,
    filters,
)

from bot.adapters.telegram.commands import Menus
from bot.adapters.telegram.door import Door
from bot.adapters.telegram.groups import Groups
from bot.adapters.telegram.links import Links
from bot.adapters.telegram.private import BROKEN, Private
from bot.adapters.telegram.receive import CutOff, Passes, Toast
from bot.adapters.telegram.redraws import REST_S, Redraws
from bot.adapters.telegram.updates import Query
from bot.adapters.telegram.who import actor_of
from bot.adapters.telegram.window import Window, answer
from bot.adapters.telegram.words import toast
from bot.errors import NotHeld
from bot.i18n import render
from bot.port import Inbox, Memos
from bot.port.readers import Readers
from bot.text import t

log = structlog.get_logger()

UPDATES = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.CHAT_MEMBER,
    Update.MY_CHAT_MEMBER,
    Update.PRE_CHECKOUT_QUERY,
)
"""What we ask Telegram for; of anything else nothing is done."""

Context = CallbackContext[Any, Any, Any, Any]


class House:
    """Hands updates to who takes care of them: a private chat's or a group's."""

    def __init__(
        self,
        bot: Bot,
        inbox: Inbox,
        window: Window,
        links: Links,
        memos: Memos,
        room: str | None,
        passes: Passes,
        rest_s: float = REST_S,
    ) -> None:
        self._passes = passes
        self.menus = Menus(bot)
        self.redraws = Redraws(rest_s)
        self._readers = Readers()
        door = Door(bot, inbox, links)
        self._private = Private(
            bot, inbox, door, window, self._readers, self.redraws, self.menus, memos, passes, room
        )
        self._groups = Groups(bot, inbox, door, window, self._readers, memos, room)

    def vote(self, query: Query) -> Awaitable[Toast] | None:
        """Take a tap that does something; None for any other."""
        return self._private.vote(query)

    def furnish(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register our handlers with the library."""
        in_group = filters.ChatType.GROUPS
        said = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE
        application.add_handler(CallbackQueryHandler(self._tapped))
        application.add_handler(PreCheckoutQueryHandler(self._paying))
        application.add_handler(ChatMemberHandler(self._changed, ChatMemberHandler.CHAT_MEMBER))
        application.add_handler(ChatMemberHandler(self._ourselves, ChatMemberHandler.MY_CHAT_MEMBER))
        application.add_handler(MessageHandler(in_group & said, self._in_group))
        application.add_handler(MessageHandler(filters.ChatType.PRIVATE & said, self._in_private))
        application.add_error_handler(self._failed)

    async def _tapped(self, update: Update, _context: Context) -> None:
        query = update.callback_query
        assert query is not None
        chat = query.message.chat if query.message else None
        if chat is None or query.from_user.is_bot:
            await self._refuse(query)
        elif chat.id == query.from_user.id:
            await self._private.tapped(query)
        elif chat.type == ChatType.PRIVATE:
            await self._refuse(query)
        else:
            await self._groups.tapped(query)

    async def _refuse(self, query: CallbackQuery) -> None:
        """Answer a tap on what we showed somebody else, or nobody."""
        words = t("This button was meant for somebody else. Tap Vote in your group: your own ballot opens.")
        await answer(query, toast(render(words, self._readers.of(actor_of(query.from_user)))), alert=True)

    async def _paying(self, update: Update, _context: Context) -> None:
        """Refuse a payment: we send no bills, so this one is not ours."""
        query = update.pre_checkout_query
        assert query is not None
        words = t("Nothing can be paid here yet, and nothing was charged.")
        reader = self._readers.of(actor_of(query.from_user))
        await query.answer(ok=False, error_message=render(words, reader))

    async def _changed(self, update: Update, _context: Context) -> None:
        assert update.chat_member is not None
        await self._groups.changed(update.chat_member)

    async def _ourselves(self, update: Update, _context: Context) -> None:
        assert update.my_chat_member is not None
        if update.my_chat_member.chat.type in (ChatType.GROUP, ChatType.SUPERGROUP):
            await self._groups.ourselves(update.my_chat_member)

    async def _in_group(self, update: Update, _context: Context) -> None:
        assert update.effective_message is not None
        await self._groups.written(update.effective_message, update.edited_message is not None)

    async def _in_private(self, update: Update, _context: Context) -> None:
        message = update.effective_message
        assert message is not None
        if message.from_user is None or message.from_user.is_bot:
            return
        await (self._private.written if update.edited_message is None else self._private.edited)(message)

    async def _failed(self, update: object, context: Context) -> None:
        """Log what went wrong, and leave no tap and nobody in a private chat unanswered; what passes is no
        error yet."""
        if context.error is not None and (isinstance(context.error, NotHeld) or self._passes(context.error)):
            raise CutOff from context.error
        log.error("update_failed", exc_info=context.error)
        if not isinstance(update, Update) or update.effective_user is None:
            return
        reader = self._readers.of(actor_of(update.effective_user))
        if update.callback_query is not None:
            await answer(update.callback_query, render(BROKEN, reader), alert=True)
        elif update.message is not None and update.message.chat.type == ChatType.PRIVATE:
            again = t("Something broke on our side. What you saved is safe: try again.")
            with suppress(TelegramError):  # which may be what went wrong
                await update.message.reply_text(render(again, reader))
