"""The room and two Telegram groups in one campaign: where a fan votes changes nothing about the shortlist."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from shutil import copy

import pytest

from bot.port import Command
from bot.rounds.model import BallotShape
from bot.service import designs
from bot.service import rounds as use_rounds
from bot.service.rounds import By
from bot.storage import rounds, tallies
from bot.storage.store import Store
from tests.adapters.tastes import Taste, vote_in_room
from tests.adapters.telegram.ballots import vote_by_taps
from tests.adapters.telegram.stage import Stage, link, staged
from tests.clock import Clock
from tests.made_shop import ROOM, MadeShop, made_shop, plan
from tests.telegram.botapi.server import BotApi
from tests.telegram.botapi.world import Chat, Member, User

DESIGNS = 10
SHAPES = ((BallotShape.SHEETS, 7), (BallotShape.CARDS, 5), (BallotShape.DUELS, 2))
ROUNDS = (1, 2, 3)
LIA, IN_THE_ROOM, FANS = 0, 3, 7
"""Lia votes in the room and on Telegram; others before the third only in the room, the rest in a group."""

Outcome = tuple[int, list[int]]
"""A round's turnout, and the designs that go on, the best first."""

NewShop = Callable[[str], AbstractAsyncContextManager[MadeShop]]

TASTES = [Taste(Random(fan).sample(range(1, DESIGNS + 1), DESIGNS)) for fan in range(FANS)]


@pytest.fixture(autouse=True)
def one_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let both shops draw the same lots."""
    monkeypatch.setattr(designs, "new_seed", lambda: "the same seed")


@pytest.fixture
def new_shop(migrated_file: Path, tmp_path: Path, clock: Clock) -> NewShop:
    """Open shops side by side, each with a database of its own."""

    @asynccontextmanager
    async def opened(name: str) -> AsyncIterator[MadeShop]:
        store = Store(f"sqlite+aiosqlite:///{copy(migrated_file, tmp_path / name)}", clock=clock)
        plans = [replace(plan(clock, n), ballot=s, keep=keep) for n, (s, keep) in enumerate(SHAPES, start=1)]
        yield await made_shop(store, clock, designs_=DESIGNS, plans=plans)
        await store.close()

    return opened


async def test_where_fans_vote_changes_nothing(api: BotApi, new_shop: NewShop) -> None:
    async with new_shop("room.db") as made:
        alone = [await in_the_room(made, number) for number in ROUNDS]
    async with new_shop("both.db") as made, staged(api, made) as stage:
        places = await placed(stage)
        together = [await places.play(number) for number in ROUNDS]
    assert together == alone
    assert [turnout for turnout, _ in together] == [FANS] * len(ROUNDS)
    assert len(together[-1][1]) == SHAPES[-1][1]


async def in_the_room(made: MadeShop, number: int) -> Outcome:
    await made.open(number)
    for i, taste in enumerate(TASTES):
        await vote_in_room(made, await made.fan(i), taste)
    return await outcome(made, number)


async def outcome(made: MadeShop, number: int) -> Outcome:
    """Close a round and sign its cut; give its turnout and what went on, the best first."""
    round_id = made.round_ids[number - 1]
    await use_rounds.count(made.store, await use_rounds.close(made.store, round_id, By()))
    await use_rounds.sign(made.store, round_id, By())
    async with made.store.read() as tx:
        assert await tallies.kept(tx, round_id) == await tallies.recount(tx, round_id)
        turnout, cut = await tallies.turnout(tx, round_id), await rounds.signed_cut(tx, round_id)
    return turnout, [line.design_id for line in cut if line.kept]


# ------------------------------------------------------------------ in the room and in two groups


@dataclass
class Places:
    """The room, and two groups on Telegram; Lia is in one of them and in the room, `others` in a group."""

    stage: Stage
    groups: tuple[Chat, Chat]
    lia: User
    others: dict[int, User]

    async def play(self, number: int) -> Outcome:
        """Play a round: everybody where they are, Lia first in the room and then on Telegram."""
        stage, before = self.stage, [len(self.stage.posts(group)) for group in self.groups]
        await stage.made.open(number)
        await stage.relay()
        for i, taste in enumerate(TASTES):
            if user := self.others.get(i):
                await vote_by_taps(stage, user, self.vote(i), taste)
            elif i != LIA:
                await vote_in_room(stage.made, await stage.made.fan(i), taste)
        await self.lia_changes_her_mind(number, TASTES[LIA])
        stage.made.clock.advance(minutes=2)
        await stage.relay()
        decided = await outcome(stage.made, number)
        await stage.relay()
        for group, had in zip(self.groups, before, strict=True):
            assert len(stage.posts(group)) - had == 3
        return decided

    def vote(self, i: int) -> str:
        """Read where the button leads under the newest card in a fan's group."""
        return link(self.stage.posts(self.groups[i % 2])[-1], "Vote")

    async def lia_changes_her_mind(self, number: int, taste: Taste) -> None:
        made, actor = self.stage.made, await self.stage.made.fan(LIA)
        if SHAPES[number - 1][0] is BallotShape.DUELS:
            await vote_by_taps(self.stage, self.lia, self.vote(LIA), taste)
            return
        first = Taste(taste.order[::-1])
        asked = await vote_in_room(made, actor, first)
        await self.stage.came(self.lia, self.vote(LIA))
        if number == 1:
            issued = await made.catwalk.command(Command(actor, "link", "link", "", ROOM))
            assert issued.text is not None
            await self.stage.say(self.lia, f"/link {issued.text.holes['code']}")
        for said in corrections(SHAPES[number - 1][0], asked, first, taste):
            made.clock.advance(seconds=1)
            await self.stage.say(self.lia, said)


def corrections(shape: BallotShape, asked: set[int], first: Taste, taste: Taste) -> Iterator[str]:
    """Say in typed words what is different now."""
    if shape is BallotShape.SHEETS:
        yield " ".join(f"-{number}" for number in first.picked - taste.picked)
        yield " ".join(map(str, taste.picked))
        return
    for answer in ("love", "like", "pass"):
        if numbers := [n for n in asked if taste.rate(n) == answer]:
            yield f"/{answer} " + " ".join(map(str, numbers))


async def placed(stage: Stage) -> Places:
    """Let a second group on Telegram join the campaign, and people into both."""
    olga = stage.user("Olga")
    square = stage.api.crowd.group("Square", olga)
    stage.api.crowd.adds_bot(olga, square)
    groups = (stage.fans, square)
    for group in groups:
        await stage.set_up(olga, group)
    inside = [i for i in range(FANS) if i == LIA or i >= IN_THE_ROOM]
    users = {i: stage.user(f"Fan {i}", inside=False) for i in inside}
    for i, user in users.items():
        groups[i % 2].members[user.id] = Member(user, "member")
    return Places(stage, groups, users.pop(LIA), users)
