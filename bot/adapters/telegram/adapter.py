"""Telegram as an adapter: told by the relay, listened to by people in groups and private chats."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from telegram import Message
from telegram.error import ChatMigrated, InvalidToken, TelegramError
from telegram.ext import Application, BaseRateLimiter, ExtBot

from bot.adapters.telegram import answers, hook
from bot.adapters.telegram.house import UPDATES, House
from bot.adapters.telegram.links import Links
from bot.adapters.telegram.pictures import Pictures
from bot.adapters.telegram.poll import Polling
from bot.adapters.telegram.posts import Posted, posted
from bot.adapters.telegram.receive import Receiver
from bot.adapters.telegram.redraws import REST_S
from bot.adapters.telegram.request import AiohttpRequest
from bot.adapters.telegram.trouble import delivery_error, is_threadless, passes
from bot.adapters.telegram.who import PLATFORM
from bot.adapters.telegram.window import Window
from bot.errors import ConfigError, Problem
from bot.port import Inbox, Ledger, Limits, Memos, Moved, Post, Reply
from bot.port.pictures import Studio
from bot.port.readers import reader_of
from bot.serving import listen
from bot.text import t

log = structlog.get_logger()

T = TypeVar("T")

MOST_CONNECTIONS = 100
"""How many updates may be under way to a webhook at once: Bot API."""


@dataclass(frozen=True, slots=True)
class Account:
    """A bot's token, and the Bot API server it is known to."""

    token: str = field(repr=False)
    base_url: str
    base_file_url: str

    def bot(self, pace: BaseRateLimiter[Any] | None = None) -> ExtBot[Any]:
        """Make the library's bot, over our own HTTP."""
        request = AiohttpRequest()
        return ExtBot(
            self.token,
            base_url=self.base_url,
            base_file_url=self.base_file_url,
            request=request,
            get_updates_request=request,
            rate_limiter=pace,
        )

    async def check(self) -> None:
        """Ask Telegram who we are; raises ConfigError where it does not answer or does not know the token."""
        try:
            async with self.bot():
                pass
        except InvalidToken:
            wrong = t("Telegram does not know this token. Copy it from @BotFather again.")
            raise ConfigError([Problem("CATWALK_TELEGRAM__TOKEN", wrong)]) from None
        except TelegramError as error:
            silent = t("Telegram’s server does not answer ({reason}).", reason=error.message)
            raise ConfigError([Problem("CATWALK_TELEGRAM__BASE_URL", silent)]) from None


@dataclass(frozen=True, slots=True)
class Address:
    """Where Telegram sends updates to: its public `url`, and where a proxy passes them on to."""

    url: str
    host: str
    port: int
    secret: str = field(repr=False)

    def check(self) -> None:
        """Raise ConfigError where somebody else listens there."""
        self.listen().close()

    def listen(self) -> socket.socket:
        return listen(self.host, self.port, "CATWALK_TELEGRAM__WEBHOOK_PORT")


class TelegramAdapter:
    """One bot's account. Without an `address` it asks for updates.

    `room` is the public address of the browser room, where it has one; `is_outage` says of an error of the
    Inbox, the memos or the ledger that it passes; `rest_s` is for tests.
    """

    platform = PLATFORM
    limits = Limits(edit_every_s=60.0)

    def __init__(
        self,
        bot: ExtBot[Any],
        studio: Studio,
        memos: Memos,
        ledger: Ledger,
        secret: bytes,
        *,
        room: str | None = None,
        address: Address | None = None,
        is_outage: Callable[[Exception], bool] = lambda _: False,
        rest_s: float = REST_S,
    ) -> None:
        self._bot = bot
        self._studio = studio
        self._memos = memos
        self._ledger = ledger
        self._secret = secret
        self._room = room
        self._address = address
        self._is_outage = is_outage
        self._rest_s = rest_s
        self._connected = asyncio.Event()
        self._inbox: Inbox | None = None  # who is served while we are connected

    async def run(self, inbox: Inbox) -> None:
        """Serve people until it is cancelled. Posts wait until we are connected."""
        application = Application.builder().bot(self._bot).updater(None).build()
        try:
            async with application:
                await self._serve(application, inbox)
        finally:
            await self._bot.request.shutdown()  # which the library leaves open when it was cut off starting

    async def _serve(self, application: Application[Any, Any, Any, Any, Any, Any], inbox: Inbox) -> None:
        house = House(
            self._bot, inbox, self._window, self._links, self._memos, self._room, self._passes, self._rest_s
        )
        house.furnish(application)
        receiver = Receiver(application, self._ledger, house.vote, UPDATES, self._passes)
        self._inbox = inbox
        self._connected.set()
        try:
            await house.menus.register()
            await receiver.resume()
            await self._receive(receiver)
        finally:
            self._connected.clear()
            await house.redraws.close()
            await receiver.close()

    async def _receive(self, receiver: Receiver) -> None:
        at = self._address
        if at is None:
            await Polling(self._bot, self._bot.request, receiver, UPDATES).run()
            return
        listening = at.listen()
        await self._bot.set_webhook(
            at.url, secret_token=at.secret, allowed_updates=UPDATES, max_connections=MOST_CONNECTIONS
        )
        path = urlsplit(at.url).path or "/"
        await hook.serve(hook.app(hook.Hook(receiver, at.secret), path), listening)

    def _passes(self, error: Exception) -> bool:
        return passes(error) or self._is_outage(error)

    @property
    def _window(self) -> Window:
        return Window(self._bot, Pictures(self._studio, self._memos, self._bot.id))

    @property
    def _links(self) -> Links:
        return Links(self._bot.username, self._secret)

    # ------------------------------------------------------------------ what groups are told

    async def post(self, post: Post) -> str:
        """Send a card. What went through before a crash is not sent again, as far as we could note it."""
        await self._connected.wait()
        return await self._deliver(post.group, lambda: self._post(post))

    async def _post(self, post: Post) -> str:
        noted = f"post:{post.group}:{post.key}"  # in a group that moved it is another message
        if (sent := await self._memos.read(noted)) is not None:
            return sent
        shown = posted(post, self._links, self._room)
        thread = await self._memos.read(f"topic:{post.group}")
        try:
            message = await self._send(post, shown, int(thread) if thread else None)
        except TelegramError as error:
            if thread is None or not is_threadless(error):
                raise
            message = await self._send(post, shown, None)
        await self._memos.put(noted, str(message.message_id), post=post.key)
        if shown.pinned:
            await self._pin(message)
        return str(message.message_id)

    async def _send(self, post: Post, shown: Posted, thread: int | None) -> Message:
        chat_id, noted = int(post.group), f"album:{post.key}"
        if shown.album and await self._memos.read(noted) is None:
            await self._window.album(chat_id, shown.album, thread)
            await self._memos.put(noted, "sent", post=post.key)
        return await self._window.send(chat_id, shown.message, thread)

    async def _pin(self, message: Message) -> None:
        """Pin the control card, where we may; /doctor says where we may not."""
        try:
            await message.pin(disable_notification=True)
        except TelegramError as refused:
            log.info("pin_refused", reason=refused.message)

    async def edit(self, post: Post, remote_id: str) -> None:
        await self._connected.wait()
        shown = posted(post, self._links, self._room).message
        await self._deliver(post.group, lambda: self._window.edit(int(post.group), int(remote_id), shown))

    async def retract(self, group: str, remote_id: str) -> None:
        await self._connected.wait()
        await self._deliver(group, lambda: self._bot.delete_message(int(group), int(remote_id)))

    async def direct(self, remote_id: str, told: Reply) -> None:
        """Tell one person something in their private chat."""
        await self._connected.wait()
        shown = answers.reply(told, reader_of(told), self._room)
        await self._deliver(remote_id, lambda: self._window.send(int(remote_id), shown))

    async def _deliver(self, group: str, send: Callable[[], Awaitable[T]]) -> T:
        """Send something, and say what became of it in the port's words."""
        try:
            return await send()
        except ChatMigrated as moved:
            if self._inbox is not None:
                await self._inbox.hear(Moved(PLATFORM, group, str(moved.new_chat_id)))
            raise delivery_error(moved) from None
        except TelegramError as error:
            raise delivery_error(error) from None
