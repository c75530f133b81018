"""Discord as an adapter: told by the relay, listened to by people in channels and private screens."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import aiohttp
import discord
import structlog
from discord import HTTPException, Message, PartialMessage
from discord.abc import Messageable

from bot.adapters.discord import answers
from bot.adapters.discord.client import CatwalkClient
from bot.adapters.discord.house import House
from bot.adapters.discord.pictures import addresses, attached, files, kept, lacking
from bot.adapters.discord.posts import is_talked_about, posted
from bot.adapters.discord.shown import Shown
from bot.adapters.discord.trouble import TROUBLE, delivery_error
from bot.adapters.discord.who import PLATFORM
from bot.adapters.discord.window import Screen
from bot.adapters.discord.words import cut
from bot.errors import ConfigError, Problem, Refused
from bot.i18n import render
from bot.port import Inbox, Limits, Memos, Post, Reply
from bot.port.pictures import Studio
from bot.port.readers import reader_of
from bot.text import t

log = structlog.get_logger()

T = TypeVar("T")

THREAD_LETTERS = 100
"""How long a thread's name may be: Discord's API."""


@dataclass(frozen=True, slots=True)
class Account:
    """A bot's token, and the one server where its commands are registered while developing."""

    token: str = field(repr=False)
    server: int | None = None

    async def check(self) -> None:
        """Ask Discord who we are; raises ConfigError where it does not answer or does not know the token."""
        try:
            async with discord.Client(intents=discord.Intents(guilds=True)) as client:
                await client.login(self.token)
        except discord.LoginFailure:
            wrong = t("Discord does not know this token. Copy it from the developer portal again.")
            raise ConfigError([Problem("CATWALK_DISCORD__TOKEN", wrong)]) from None
        except (HTTPException, aiohttp.ClientError, OSError) as error:
            silent = t("Discord’s server does not answer ({reason}).", reason=type(error).__name__)
            raise ConfigError([Problem("CATWALK_DISCORD__TOKEN", silent)]) from None


class DiscordAdapter:
    """One bot's account. `room` is the public address of the browser room, where it has one; `check` raises
    NotHeld when another process may be speaking for the account.
    """

    platform = PLATFORM
    limits = Limits(edit_every_s=60.0)

    def __init__(
        self,
        account: Account,
        studio: Studio,
        memos: Memos,
        secret: bytes,
        *,
        room: str | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._account = account
        self._studio = studio
        self._memos = memos
        self._secret = secret
        self._room = room
        self._check = check
        self._connected = asyncio.Event()
        self._client: CatwalkClient | None = None

    async def run(self, inbox: Inbox) -> None:
        """Serve people until it is cancelled. Posts wait until we are connected."""
        client = self.open(inbox)
        try:
            await client.start(self._account.token)
        finally:
            self._connected.clear()
            await client.close()

    def open(self, inbox: Inbox) -> CatwalkClient:
        """Make the client through which everything goes from now on. It is for `run` to connect it."""
        house = House(inbox, self._studio, self._memos, self._room, self._secret)
        self._connected.clear()
        ready, server = self._connected.set, self._account.server
        self._client = CatwalkClient(house, self._memos, ready, self._check, server)
        return self._client

    async def _online(self) -> CatwalkClient:
        await self._connected.wait()
        assert self._client is not None
        return self._client

    # ------------------------------------------------------------------ what channels are told

    async def post(self, post: Post) -> str:
        """Send a card. What went through before a crash is not sent again: we note it, and for minutes
        Discord knows it by its nonce."""
        client = await self._online()
        return await self._deliver(lambda: self._post(client, post))

    async def _post(self, client: CatwalkClient, post: Post) -> str:
        noted = f"post:{post.key}"
        if (sent := await self._memos.read(noted)) is not None:
            return sent
        shown = posted(post)
        pictures = await files(self._studio, lacking(shown, {}))
        channel = await self._channel(client, post.group)
        message = await channel.send(view=Screen(shown.parts()), files=pictures, nonce=post.key)
        await self._note(message)
        await self._memos.put(noted, str(message.id), post=post.key)
        if is_talked_about(post.card):
            await self._open_thread(message, render(post.card.title, post.reader))
        return str(message.id)

    async def _channel(self, client: CatwalkClient, group: str) -> Messageable:
        channel = client.get_channel(int(group)) or await client.fetch_channel(int(group))
        if not isinstance(channel, Messageable):
            raise Refused(f"nothing can be posted in a {type(channel).__name__}")
        return channel

    async def _note(self, message: Message) -> None:
        """Remember which pictures a post has: an edit must name those that are to stay."""
        if has := attached(message):
            await self._memos.put(f"pictures:{message.id}", json.dumps(has))

    async def _open_thread(self, message: Message, name: str) -> None:
        """Give a round its place to talk, where we may; /doctor says where we may not."""
        try:
            await message.create_thread(name=cut(name, THREAD_LETTERS))
        except (HTTPException, ValueError) as refused:
            log.info("thread_refused", reason=str(refused))

    async def edit(self, post: Post, remote_id: str) -> None:
        client = await self._online()
        message = client.get_partial_messageable(int(post.group)).get_partial_message(int(remote_id))
        await self._deliver(lambda: self._edit(message, posted(post)))

    async def _edit(self, message: PartialMessage, shown: Shown) -> None:
        has = json.loads(await self._memos.read(f"pictures:{message.id}") or "{}")
        new = await files(self._studio, lacking(shown, has))
        try:
            edited = await message.edit(view=Screen(shown.parts()), attachments=[*kept(shown, has), *new])
        except HTTPException as refused:
            if refused.status != 400 or not shown.pictures:
                raise
            log.warning("edit_without_new_pictures", reason=refused.text)
            await self._edit_words(message, shown)
        else:
            if new:
                await self._note(edited)

    async def _edit_words(self, message: PartialMessage, shown: Shown) -> None:
        """Change a post whose pictures cannot be changed: it keeps those it has, by where they lie."""
        lie = addresses(await message.fetch())
        still = replace(shown, pictures=tuple(p for p in shown.pictures if p.name in lie))
        await message.edit(view=Screen(still.parts(lie)))

    async def retract(self, group: str, remote_id: str) -> None:
        client = await self._online()
        message = client.get_partial_messageable(int(group)).get_partial_message(int(remote_id))
        await self._deliver(message.delete)

    async def direct(self, remote_id: str, told: Reply) -> None:
        """Tell one person something in their private messages."""
        client = await self._online()
        shown = answers.reply(told, reader_of(told), self._room)
        await self._deliver(lambda: self._direct(client, int(remote_id), shown))

    async def _direct(self, client: CatwalkClient, user_id: int, shown: Shown) -> None:
        channel = await client.create_dm(discord.Object(user_id))
        pictures = await files(self._studio, lacking(shown, {}))
        await channel.send(view=Screen(shown.parts()), files=pictures)

    async def _deliver(self, send: Callable[[], Awaitable[T]]) -> T:
        """Send something, and say what became of it in the port's words."""
        try:
            return await send()
        except TROUBLE as error:
            raise delivery_error(error) from None
