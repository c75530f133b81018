"""Our client on Discord. Building it connects to nothing, so that tests can drive it."""

from collections.abc import Callable

import aiohttp
import discord
import structlog
from discord import Interaction, InteractionType, MemberCacheFlags
from discord.app_commands import AppCommandError, CommandTree

from bot.adapters.discord.commands import furnish
from bot.adapters.discord.described import Words, definitions
from bot.adapters.discord.house import House
from bot.port import Memos

log = structlog.get_logger()

_BEARABLE_S = 30.0
"""How long the library may wait for us when Discord asks for time; longer waits are the relay's."""


class Tree(CommandTree["CatwalkClient"]):
    """Our commands."""

    async def on_error(self, interaction: Interaction["CatwalkClient"], error: AppCommandError, /) -> None:
        log.error("command_failed", exc_info=error)


def _checked(check: Callable[[], None]) -> aiohttp.TraceConfig:
    """Have something checked before each request, after all that the library waits for."""

    async def start(_session: object, _context: object, _request: object) -> None:
        check()

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(start)
    return trace


class CatwalkClient(discord.AutoShardedClient):
    """Listens on Discord.

    What is pressed and filled in comes to one door, by what it carries: there is nothing to restore after a
    restart. `server` is the one server where commands are registered while developing, else they are
    everywhere; `ready` is called when we can speak, `check` raises NotHeld as the last thing before a
    request leaves, when another process may be speaking.
    """

    def __init__(
        self,
        house: House,
        memos: Memos,
        ready: Callable[[], None],
        check: Callable[[], None],
        server: int | None = None,
    ) -> None:
        super().__init__(
            http_trace=_checked(check),
            intents=discord.Intents(guilds=True, guild_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=_BEARABLE_S,
        )
        self._house = house
        self._memos = memos
        self._told_ready = ready
        self._server = discord.Object(server) if server else None
        self.tree = Tree(self)
        furnish(self.tree, house)

    async def setup_hook(self) -> None:
        """Register our commands, once for each version of them."""
        await self.tree.set_translator(Words())
        if self._server is not None:
            self.tree.copy_global_to(guild=self._server)
        noted = f"commands:{self.application_id}:{self._server.id if self._server else 'everywhere'}"
        newest = await definitions(self.tree)
        if await self._memos.read(noted) != newest:
            await self.tree.sync(guild=self._server)
            await self._memos.put(noted, newest)
            log.info("commands_registered")

    async def on_ready(self) -> None:
        self._told_ready()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Take note that we may be on a server again whose channels missed what was told meanwhile."""
        for channel in guild.text_channels:
            await self._house.back(str(channel.id))

    async def on_message(self, message: discord.Message) -> None:
        await self._house.talk.heard(self, message)

    async def on_raw_message_edit(self, change: discord.RawMessageUpdateEvent) -> None:
        await self._house.talk.heard(self, change.message, edited=True)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Take what was pressed or filled in; commands come by the tree."""
        if interaction.type is InteractionType.component:
            await self._house.tapped(interaction)
        elif interaction.type is InteractionType.modal_submit:
            await self._house.filled_in(interaction)
