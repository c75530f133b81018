"""A shop whose fans are on Discord: the real service behind, simcord's Discord in front."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import discord
import simcord
from simcord.actors import MemberActor, _component_interaction
from simcord.builders import ChannelHandle, GuildHandle, UserHandle
from simcord.components import walk_components
from simcord.results import InteractionResult, ResponseMessage

from bot.adapters.discord.adapter import Account, DiscordAdapter
from bot.intake.photos import PhotoStore
from bot.intake.studio import Studio
from bot.port import Actor, Command, Reply, Role
from bot.relay import Relay
from bot.service import people, rounds
from bot.service.catwalk import Catwalk
from bot.service.memos import StoredMemos
from bot.storage import campaigns
from bot.storage.store import Store
from bot.text import verbatim
from tests.adapters.drawings import Drawings
from tests.clock import Clock
from tests.made_shop import SECRET, MadeShop, made_shop
from tests.rendered import english

Shown = ResponseMessage | discord.Message


@dataclass
class Stage:
    """What happens on Discord: a server with the channel `votes`, which the bot serves."""

    env: simcord.Env
    made: MadeShop
    adapter: DiscordAdapter
    drawings: Drawings
    guild: GuildHandle
    votes: ChannelHandle
    admin: MemberActor

    def member(self, name: str) -> MemberActor:
        """Make somebody who has been on the server for long."""
        return self.guild.add_member(self.env.create_user(name))

    async def code(self, key: str = "spring") -> str:
        async with self.made.store.read() as tx:
            campaign = next(c for c in await campaigns.all_campaigns(tx) if c.key == key)
        return (await people.invite_group(self.made.shop, campaign, None)).code

    async def join(self, key: str) -> None:
        """Join the channel to one more campaign."""
        await self.admin.slash(self.votes, "setup", code=await self.code(key))

    async def linked(self, fan: Actor, code: str) -> str:
        """Say /link in the room; give what it is answered with."""
        reply = await self.made.catwalk.command(Command(fan, "link", "link", code))
        assert reply.text is not None
        return english(reply.text)

    async def set_up(self) -> InteractionResult:
        """Join the channel to the campaign with an owner's code."""
        return await self.admin.slash(self.votes, "setup", code=await self.code())

    async def granted(self, member: MemberActor, role: Role) -> None:
        """Give somebody a role, as they claim it."""
        issued = await people.invite_role(self.made.shop, role, None)
        await member.slash(self.votes, "claim", code=issued.code)

    async def relay(self) -> None:
        """Tell the channel what it must be told."""
        relay = Relay(self.made.store, self.adapter, lambda: None)
        await relay.drain()
        await relay.reconcile()
        await relay.deliver()

    @property
    def card(self) -> discord.Message:
        """The bot's newest post in the channel."""
        return [m for m in self.votes.history() if m.flags.components_v2][-1]

    async def opened(self, member: MemberActor) -> ResponseMessage:
        """Press Vote under the round's card; give the private screen it opens."""
        return screen(await member.click(self.card, label="Vote"))

    async def pressed(self, member: MemberActor, message: ResponseMessage, carries: str) -> InteractionResult:
        """Press a button as a client of one's own would: it carries what one wants."""
        stored = self.env.backend.get_message(message.channel_id, message.id)
        return await _component_interaction(member, stored, {"custom_id": carries, "component_type": 2})

    async def closed(self) -> None:
        """Let the clock do its work: a round that is over is closed and counted."""
        await rounds.tick(self.made.store)

    async def told(self, user: UserHandle, words: str) -> None:
        """Write to one person."""
        await self.adapter.direct(str(user.id), Reply(verbatim(words)))

    async def restarted(self) -> None:
        """End the client, and go on with another one."""
        await self.env.restart_bot(self.adapter.open(self.made.catwalk))


def screen(result: InteractionResult) -> ResponseMessage:
    """Find what an interaction was answered with: the message it changed or sent."""
    assert result.response is not None, result
    return result.response


def parts(message: Shown) -> Iterator[dict[str, Any]]:
    """List every component of a message."""
    raw = (
        message.components
        if isinstance(message, ResponseMessage)
        else [one.to_dict() for one in message.components]
    )
    return walk_components(raw)


def words(message: Shown) -> str:
    return "\n".join(part["content"] for part in parts(message) if part["type"] == 10)


def labels(message: Shown) -> list[list[str]]:
    """Read the labels of the buttons, row by row."""
    rows = [part["components"] for part in parts(message) if part["type"] == 1]
    return [[one["label"] for one in row] for row in rows if row and row[0]["type"] == 2]


def green(message: Shown) -> list[str]:
    """List the labels of the buttons that are green."""
    return [part["label"] for part in parts(message) if part["type"] == 2 and part["style"] == 3]


def pictures(message: Shown) -> list[str]:
    """List the addresses of the pictures."""
    return [item["media"]["url"] for part in parts(message) if part["type"] == 12 for item in part["items"]]


@asynccontextmanager
async def connected(client: discord.Client) -> AsyncIterator[simcord.Env]:
    """Connect a client to simcord's Discord; raises what it did not take care of itself."""
    env = simcord.Env(client, shard_count=1, settle_timeout=20.0)
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
    env.raise_errors()


@asynccontextmanager
async def staged(made: MadeShop) -> AsyncIterator[Stage]:
    """Run the real client on simcord's Discord until the block ends."""
    drawings = Drawings()
    adapter = DiscordAdapter(Account("never used"), drawings, StoredMemos(made.store, "discord"), SECRET)
    async with connected(adapter.open(made.catwalk)) as env:
        guild = env.create_guild("Fans")
        votes = guild.create_text_channel("votes")
        admins = guild.create_role("Admins", permissions=discord.Permissions(administrator=True))
        admin = guild.add_member(env.create_user("olga"), roles=[admins])
        yield Stage(env, made, adapter, drawings, guild, votes, admin)


def with_studio(made: MadeShop, photos: Path) -> MadeShop:
    """Let a shop take photos."""
    made.shop = replace(made.shop, studio=Studio(PhotoStore(photos)))
    made.catwalk = Catwalk(made.shop)
    return made


@asynccontextmanager
async def voting(store: Store, clock: Clock, photos: Path, **shop: Any) -> AsyncIterator[Stage]:
    """Have a channel that joined the campaign, and its open round, told there."""
    made = with_studio(await made_shop(store, clock, **shop), photos)
    async with staged(made) as stage:
        await stage.set_up()
        await made.open()
        await stage.relay()
        yield stage
