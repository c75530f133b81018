"""A whole season over Discord alone, from the channel's set-up to what the factory is asked for."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import discord
import pytest
from simcord.actors import MemberActor

from bot.port import Role
from bot.rounds.model import BallotShape
from bot.service import presales
from bot.service.rounds import By
from bot.storage.store import Store
from tests.adapters.discord.ballots import vote_by_taps
from tests.adapters.discord.stage import Stage, parts, pictures, screen, staged, with_studio, words
from tests.adapters.tastes import Taste
from tests.clock import Clock
from tests.intake.made import jpeg
from tests.made_presale import presale_plan
from tests.made_shop import made_shop, plan

DESIGNS = 12
SHAPES = ((BallotShape.SHEETS, 8), (BallotShape.CARDS, 6), (BallotShape.DUELS, 3))
"""The three rounds: how is voted, and how many designs go on."""

ASKED = 7
"""The design whose sleeves the fans want longer."""

ADAS = Taste((ASKED, *(n for n in range(1, DESIGNS + 1) if n != ASKED)), picks=7)


@pytest.fixture
async def stage(file_store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Stage]:
    """A campaign of three rounds and presales, and a channel that is not part of it yet."""
    plans = [
        replace(plan(clock, number), ballot=shape, keep=keep)
        for number, (shape, keep) in enumerate(SHAPES, start=1)
    ]
    made = await made_shop(file_store, clock, designs_=DESIGNS, plans=plans, presale=presale_plan(moq=2))
    async with staged(with_studio(made, tmp_path / "photos")) as stage:
        yield stage


async def test_a_season_over_discord_alone(stage: Stage) -> None:
    olga, dora, ada, ben = stage.admin, *(stage.member(name) for name in ("dora", "ada", "ben"))
    await stage.granted(olga, Role.OWNER)
    await stage.granted(dora, Role.DESIGNER)
    await stage.set_up()
    await first_round(stage, ada, ben)
    photo = ("v2.jpg", jpeg(3, (900, 1200)))
    sent = await dora.slash(stage.votes, "version upload", number=ASKED, photo=photo, note="to the wrist")
    assert f"Version 2 of #{ASKED:03d} is in." in words(screen(sent))
    await second_round(stage, ada, ben)
    await third_round(stage, ada, ben)
    await presale(stage, ada, ben)


# ------------------------------------------------------------------ rounds


async def opened(stage: Stage, number: int) -> None:
    answer = screen(await stage.admin.slash(stage.votes, "round open"))
    assert f"Round {number} is open" in words(answer)
    await stage.relay()


async def first_round(stage: Stage, ada: MemberActor, ben: MemberActor) -> None:
    await opened(stage, 1)
    end = (await vote_by_taps(stage, ada, ADAS))[-1]
    assert f"{DESIGNS} of {DESIGNS} seen · {ADAS.picks} picks" in end
    await stage.opened(ben)
    await ben.slash(stage.votes, "pick", numbers="1 2 3 4 5 6 7 8")
    await ben.slash(stage.votes, "comment", number=ASKED, words="longer sleeves please")
    await stage.admin.slash(stage.votes, "round pause")
    assert "goes on" in words(screen(await stage.admin.slash(stage.votes, "round resume")))
    await close_and_sign(stage, 1)


async def second_round(stage: Stage, ada: MemberActor, ben: MemberActor) -> None:
    await opened(stage, 2)
    cards = await vote_by_taps(stage, ada, ADAS)
    assert any("to the wrist" in card for card in cards)
    await stage.opened(ben)
    await ben.slash(stage.votes, "love", numbers="1 2 3 4 5")
    assert "to the wrist" in words(screen(await ben.slash(stage.votes, "find", number=ASKED)))
    await close_and_sign(stage, 2)


async def third_round(stage: Stage, ada: MemberActor, ben: MemberActor) -> None:
    await opened(stage, 3)
    for fan in (ada, ben):
        await vote_by_taps(stage, fan, ADAS)
    await close_and_sign(stage, 3)


async def close_and_sign(stage: Stage, number: int) -> None:
    """Close a round by a command, and sign its cut by taps."""
    answer = await stage.admin.slash(stage.votes, "round close", why="enough votes")
    assert f"Round {number} is closed." in words(screen(answer))
    await stage.relay()
    assert f"### Round {number} closed" in words(stage.card)
    assert pictures(stage.card)
    asked = screen(await stage.admin.slash(stage.votes, "sign"))
    signed = screen(await stage.admin.click(asked, label="Sign the cut"))
    assert f"The cut of round {number} is signed." in words(signed)
    await stage.relay()


# ------------------------------------------------------------------ the presale


async def presale(stage: Stage, ada: MemberActor, ben: MemberActor) -> None:
    """Open the shortlist for orders, order by choices, and hear how it ends."""
    before = len(posts(stage))
    opened = await presales.open_presales(stage.made.store, stage.made.campaign_id, By())
    await stage.relay()
    told = posts(stage)[before:]
    assert len(told) == len(opened) == SHAPES[-1][1]
    mine = next(post for post in told if f"#{ASKED:03d}" in words(post))
    for fan, pieces in ((ada, 2), (ben, 1)):
        shown = screen(await fan.click(mine, label="Order"))
        for menu, chosen in (("colour", "Sage"), ("size", "M")):
            options = next(part for part in parts(shown) if part.get("custom_id") == menu)["options"]
            value = next(option["value"] for option in options if option["label"] == chosen)
            shown = screen(await fan.select(shown, [value], custom_id=menu))
        for _ in range(pieces - 1):
            shown = screen(await fan.click(shown, label="+"))
        shown = screen(await fan.click(shown, label=f"Order for €{100 * pieces}"))
        assert f"You hold {pieces}" in words(shown)
    stage.made.clock.advance(days=31)
    await presales.tick(stage.made.store)
    await stage.relay()
    results = [words(post).partition("\n")[0] for post in posts(stage)[before + len(opened) :]]
    assert results.count(f"### #{ASKED:03d} Dress {ASKED} will be made in 1 of 2 colours") == 1
    assert sum("too few were ordered" in result for result in results) == len(opened) - 1
    for fan in (ada, ben):
        assert f"#{ASKED:03d} Dress {ASKED} will be made: enough" in words(fan.user.dm_channel.history()[-1])


def posts(stage: Stage) -> list[discord.Message]:
    return [message for message in stage.votes.history() if message.flags.components_v2]
