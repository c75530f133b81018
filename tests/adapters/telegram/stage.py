"""A shop whose fans are on Telegram: the real service behind, the stand-in Bot API server in front."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from telegram.ext import BaseRateLimiter

from bot.adapters.telegram.adapter import Account, TelegramAdapter
from bot.adapters.telegram.links import Links, Way
from bot.port import Role
from bot.relay import Relay
from bot.service import people, presales, rounds
from bot.service.ledger import StoredLedger
from bot.service.memos import StoredMemos
from bot.storage import campaigns
from bot.storage.store import is_outage
from tests.adapters.drawings import Drawings
from tests.made_shop import MadeShop
from tests.telegram.botapi.server import BotApi
from tests.telegram.botapi.world import Chat, Member, Message, User

T = TypeVar("T")

SECRET = b"a secret of thirty-two letters!!"
PATIENCE_S = 60.0  # which only ends what hangs: a busy machine takes its time
REST_S = 0.02


class Hurry(BaseRateLimiter[str]):
    """Lets every call go as soon as those before it in its chat are done, as `Pace` does: else a redraw and
    the edit after it, each on a connection of its own, may arrive in either order."""

    def __init__(self) -> None:
        self._chats: defaultdict[object, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def process_request(
        self, callback: Any, args: Any, kwargs: Any, endpoint: str, data: Any, rate_limit_args: str | None
    ) -> Any:
        if not endpoint.startswith(("send", "edit")):
            return await callback(*args, **kwargs)
        async with self._chats[data.get("chat_id")]:
            return await callback(*args, **kwargs)


@dataclass
class Stage:
    """What happens on Telegram. Everybody named here pressed Start, and is in the group `fans`."""

    api: BotApi
    made: MadeShop
    adapter: TelegramAdapter
    drawings: Drawings
    fans: Chat
    links: Links

    def user(self, name: str, *, started: bool = True, inside: bool = True, **facts: Any) -> User:
        """Make somebody who has been in the group for long."""
        user = self.api.state.world.add_user(name, **facts)
        user.started = started
        if inside:
            self.fans.members[user.id] = Member(user, "member")
        return user

    async def set_up(self, by: User, group: Chat | None = None) -> None:
        """Join a group, or the fans', to the campaign with an owner's code."""
        chat = group or self.fans
        async with self.made.store.read() as tx:
            campaign = await campaigns.campaign_by_id(tx, self.made.campaign_id)
        code = (await people.invite_group(self.made.shop, campaign, None)).code
        self.api.people.says(by, chat, f"/setup {code}")
        await self.until(lambda: self.texts(chat)[-1:])

    async def tick(self) -> None:
        """Do what time demands, and tell the group."""
        await rounds.tick(self.made.store)
        await presales.tick(self.made.store)
        await self.relay()

    async def relay(self) -> None:
        """Tell the group what it must be told."""
        relay = Relay(self.made.store, self.adapter, lambda: None)
        await relay.drain()
        await relay.reconcile()
        await relay.deliver()

    def payload(self, go: str = "vote") -> str:
        return self.links.payload(Way(str(self.fans.id), go))

    async def opened(self, user: User, go: str = "vote") -> Message:
        """Come by the group's button; give the message that shows the ballot."""
        return await self.came(user, self.payload(go))

    async def came(self, user: User, link: str) -> Message:
        """Come by a deep link, or its payload; give the message it leads to."""
        before = len(self.messages(user))
        self.api.people.start(user, link.rpartition("start=")[2])
        return await self.answer(user, before)

    async def tap(self, user: User, message: Message, button: str) -> str:
        """Tap a button, and give the toast it is answered with."""
        query = self.api.people.taps(user, message, button)
        return str((await query.answered(PATIENCE_S)).get("text", ""))

    async def say(self, user: User, text: str, **how: Any) -> Message:
        """Write to the bot, and give what it writes back."""
        before = len(self.messages(user))
        self.api.people.says(user, self.api.people.private(user), text, **how)
        return await self.answer(user, before)

    async def say_here(self, user: User, chat: Chat, text: str) -> Message:
        """Write to a group, and give what the bot writes back in private."""
        before = len(self.messages(user))
        self.api.people.says(user, chat, text)
        return await self.answer(user, before)

    async def send(self, user: User, photo: bytes, caption: str) -> Message:
        """Send a photo to the bot, and give what it writes back."""
        before = len(self.messages(user))
        self.api.people.sends_photo(user, self.api.people.private(user), photo, caption)
        return await self.answer(user, before)

    async def answer(self, user: User, after: int) -> Message:
        """Wait for what the bot writes to somebody after so many messages."""
        return await self.until(lambda: next(iter(self.messages(user)[after:]), None))

    async def claimed(self, user: User, role: Role) -> User:
        """Let somebody take up an invitation to a role."""
        issued = await people.invite_role(self.made.shop, role, None)
        assert role.value in words(await self.say(user, f"/claim {issued.code}")).lower()
        return user

    async def handled(self) -> None:
        """Wait until everything that was sent to the bot so far has come to its end."""
        ledger, bot_id = StoredLedger(self.made.store), str(self.api.state.world.bot.id)
        busy = True
        async with asyncio.timeout(PATIENCE_S):
            while busy:
                await asyncio.sleep(0)
                busy = bool(len(self.api.state.updates) or await ledger.waiting(bot_id))

    def messages(self, user: User) -> list[Message]:
        """List what the bot wrote to somebody."""
        return self.ours(self.api.people.private(user))

    def ours(self, chat: Chat) -> list[Message]:
        bot = self.api.state.world.bot.id
        return [m for m in chat.messages.values() if m.get("from", {}).get("id") == bot]

    def posts(self, chat: Chat) -> list[Message]:
        """List the bot's posts in a group; of an album, which is one, its last photo."""
        return list({m.get("media_group_id", m["message_id"]): m for m in self.ours(chat)}.values())

    def texts(self, chat: Chat) -> list[str]:
        return [words(m) for m in self.ours(chat)]

    @staticmethod
    async def until(found: Callable[[], T | None]) -> T:
        """Wait for something to be there."""
        async with asyncio.timeout(PATIENCE_S):
            there = found()
            while not there:
                await asyncio.sleep(0)  # the server and the adapter are other tasks of this very loop
                there = found()
        return there


def words(message: Message) -> str:
    return str(message.get("text") or message.get("caption") or "")


def link(message: Message, button: str) -> str:
    """Read where a button leads that is a link; `button` is a part of its label."""
    keys = message["reply_markup"]["inline_keyboard"]
    return next(str(key["url"]) for row in keys for key in row if button in key["text"])


def labels(message: Message) -> list[list[str]]:
    """Read a keyboard's labels, row by row."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [[key["text"] for key in row] for row in rows]


@asynccontextmanager
async def staged(api: BotApi, made: MadeShop) -> AsyncIterator[Stage]:
    """Run the adapter against the stand-in until the block ends."""
    world = api.state.world
    world.wall = lambda: made.clock().timestamp()
    owner = world.add_user("Olga")
    fans = api.crowd.group("Fans", owner)
    api.crowd.adds_bot(owner, fans)
    drawings = Drawings()
    bot = Account(api.token, api.base_url, api.base_file_url).bot(Hurry())
    adapter = TelegramAdapter(
        bot,
        drawings,
        StoredMemos(made.store, "telegram"),
        StoredLedger(made.store),
        SECRET,
        is_outage=is_outage,
        rest_s=REST_S,
    )
    running = asyncio.create_task(adapter.run(made.catwalk))
    try:
        yield Stage(api, made, adapter, drawings, fans, Links(world.bot.username or "", SECRET))
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
