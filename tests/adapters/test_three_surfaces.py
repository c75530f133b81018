"""One round in the room, on Telegram and on Discord: where fans vote changes nothing about the shortlist."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from shutil import copy

import pytest
from simcord.actors import MemberActor

from bot.port import Command
from bot.service import designs
from bot.service import rounds as use_rounds
from bot.service.rounds import By
from bot.storage import rounds, tallies
from bot.storage.store import Store
from tests.adapters.discord import ballots as on_discord
from tests.adapters.discord import stage as discord
from tests.adapters.tastes import Taste, vote_in_room
from tests.adapters.telegram import ballots as on_telegram
from tests.adapters.telegram import stage as telegram
from tests.adapters.telegram.conftest import api
from tests.clock import Clock
from tests.made_shop import ROOM, MadeShop, made_shop, migrated_file
from tests.telegram.botapi.server import BotApi

__all__ = ["api", "migrated_file"]

DESIGNS, FANS = 10, 5
TASTES = [Taste(Random(fan).sample(range(1, DESIGNS + 1), DESIGNS)) for fan in range(FANS)]

Outcome = tuple[int, list[int]]
"""A round's turnout, and the designs on the shortlist, the best first."""


@asynccontextmanager
async def opened(file: Path, clock: Clock) -> AsyncIterator[MadeShop]:
    """Open a shop with a database of its own."""
    store = Store(f"sqlite+aiosqlite:///{file}", clock=clock)
    yield await made_shop(store, clock, designs_=DESIGNS)
    await store.close()


async def test_where_fans_vote_changes_nothing(
    api: BotApi, migrated_file: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(designs, "new_seed", lambda: "the same seed")
    async with opened(Path(copy(migrated_file, tmp_path / "room.db")), clock) as made:
        alone = await in_the_room(made)
    async with (
        opened(Path(copy(migrated_file, tmp_path / "all.db")), clock) as made,
        telegram.staged(api, made) as there,
        discord.staged(made) as here,
    ):
        everywhere = await Places(made, there, here).play()
    assert everywhere == alone
    assert alone[0] == FANS


async def in_the_room(made: MadeShop) -> Outcome:
    await made.open()
    for i, taste in enumerate(TASTES):
        await vote_in_room(made, await made.fan(i), taste)
    return await outcome(made)


async def outcome(made: MadeShop) -> Outcome:
    await use_rounds.count(made.store, await use_rounds.close(made.store, made.round_id, By()))
    await use_rounds.sign(made.store, made.round_id, By())
    async with made.store.read() as tx:
        assert await tallies.kept(tx, made.round_id) == await tallies.recount(tx, made.round_id)
        turnout = await tallies.turnout(tx, made.round_id)
        cut = await rounds.signed_cut(tx, made.round_id)
    return turnout, [line.design_id for line in cut if line.kept]


@dataclass
class Places:
    """Fan 0 votes in the room, 1 on Telegram, 2 on Discord; 3 and 4 change their minds somewhere else."""

    made: MadeShop
    there: telegram.Stage
    here: discord.Stage

    async def play(self) -> Outcome:
        await self.there.set_up(self.there.user("Olga"))
        await self.here.set_up()
        await self.made.open()
        for stage in (self.there, self.here):
            await stage.relay()
        await vote_in_room(self.made, await self.made.fan(0), TASTES[0])
        await on_telegram.vote_by_taps(self.there, self.there.user("One"), self.vote, TASTES[1])
        await on_discord.vote_by_taps(self.here, self.here.member("two"), TASTES[2])
        await self.from_telegram_to_discord(TASTES[3])
        await self.from_discord_to_the_room(TASTES[4])
        return await outcome(self.made)

    @property
    def vote(self) -> str:
        return telegram.link(self.there.posts(self.there.fans)[-1], "Vote")

    async def from_telegram_to_discord(self, taste: Taste) -> None:
        user, member = self.there.user("Three"), self.here.member("three")
        await on_telegram.vote_by_taps(self.there, user, self.vote, Taste(taste.order[::-1]))
        await self.here.opened(member)
        said = await self.there.say(user, f"/link {await self.code(member)}")
        assert telegram.words(said).startswith("Linked.")
        await on_discord.change_by_taps(self.here, member, taste)

    async def from_discord_to_the_room(self, taste: Taste) -> None:
        member, actor = self.here.member("four"), await self.made.fan(4)
        await on_discord.vote_by_taps(self.here, member, Taste(taste.order[::-1]))
        linked = await self.made.catwalk.command(
            Command(actor, "link", "link", await self.code(member), ROOM)
        )
        assert linked.text is not None
        await vote_in_room(self.made, actor, taste)

    async def code(self, member: MemberActor) -> str:
        """Ask on Discord for the code that joins another account."""
        issued = discord.words(discord.screen(await member.slash(self.here.votes, "link")))
        return issued.split("Your code is ")[1].split(".")[0]
