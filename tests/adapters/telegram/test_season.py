"""A whole season over Telegram alone, from the group's set-up to what the factory is asked for."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bot.intake.photos import PhotoStore
from bot.intake.studio import Studio
from bot.port import Role
from bot.rounds.model import BallotShape
from bot.service import presales
from bot.service.catwalk import Catwalk
from bot.service.rounds import By
from bot.storage.store import Store
from tests.adapters.tastes import Taste
from tests.adapters.telegram.ballots import vote_by_taps
from tests.adapters.telegram.stage import Stage, labels, link, staged, words
from tests.clock import Clock
from tests.intake.made import jpeg
from tests.made_presale import presale_plan
from tests.made_shop import made_shop, plan
from tests.telegram.botapi.server import BotApi
from tests.telegram.botapi.world import Message, User

DESIGNS = 12
SHAPES = ((BallotShape.SHEETS, 8), (BallotShape.CARDS, 6), (BallotShape.DUELS, 3))
"""The three rounds: how is voted, and how many designs go on."""

ASKED = 7
"""The design whose sleeves the fans want longer."""

ADAS = Taste((ASKED, *(n for n in range(1, DESIGNS + 1) if n != ASKED)), picks=7)


@pytest.fixture
async def stage(api: BotApi, file_store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Stage]:
    """A campaign of three rounds and presales, and a group on Telegram that is not part of it yet."""
    plans = [
        replace(plan(clock, number), ballot=shape, keep=keep)
        for number, (shape, keep) in enumerate(SHAPES, start=1)
    ]
    made = await made_shop(file_store, clock, designs_=DESIGNS, plans=plans, presale=presale_plan(moq=2))
    made.catwalk = Catwalk(replace(made.shop, studio=Studio(PhotoStore(tmp_path / "photos"))))
    async with staged(api, made) as stage:
        api.crowd.promotes(stage.user("Olga"), api.state.world.bot, stage.fans)
        yield stage


async def test_a_season_over_telegram_alone(stage: Stage) -> None:
    olga = await stage.claimed(stage.user("Olga"), Role.OWNER)
    dora = await stage.claimed(stage.user("Dora"), Role.DESIGNER)
    ada, ben = stage.user("Ada"), stage.user("Ben", language="fr")
    await stage.set_up(olga)
    await first_round(stage, olga, ada, ben)
    sent = await stage.send(dora, jpeg(3, (900, 1200)), f"#{ASKED:03d} v2 sleeves to the wrist")
    assert words(sent) == f"Version 2 of #{ASKED:03d} is in. Fans see it when round 2 opens."
    await second_round(stage, olga, ada, ben)
    await third_round(stage, olga, ada, ben)
    await presale(stage, ada, ben)
    refused = [call for call in stage.api.calls if call.code >= 400 and "not modified" not in call.error]
    assert refused == []
    assert all(query.answer is not None for query in stage.api.state.callbacks.values())


# ------------------------------------------------------------------ rounds


async def first_round(stage: Stage, olga: User, ada: User, ben: User) -> None:
    before = len(stage.posts(stage.fans))
    assert "is open" in words(await stage.say_here(olga, stage.fans, "/round open"))
    await stage.relay()
    vote = link(stage.posts(stage.fans)[-1], "Vote")
    await vote_by_taps(stage, ada, vote, ADAS)
    mine = words(stage.messages(ada)[-1])
    assert mine.startswith(f"My ballot\n{DESIGNS} of {DESIGNS} seen · {ADAS.picks} picks")
    await stage.came(ben, vote)
    assert "#007" in words(await stage.say(ben, "1 2 3 4 5 6 7 8"))
    said = stage.api.people.says(ben, stage.fans, f"#{ASKED:03d} longer sleeves please")
    await stage.until(lambda: stage.api.state.reactions.get((stage.fans.id, said["message_id"])))
    await stage.say_here(olga, stage.fans, "/round pause")
    assert "goes on" in words(await stage.say_here(olga, stage.fans, "/round resume"))
    assert "Extended" in words(await stage.say_here(olga, stage.fans, "/round extend 24h slow mail"))
    await close_and_sign(stage, olga, 1)
    assert len(stage.posts(stage.fans)) - before == 3


async def second_round(stage: Stage, olga: User, ada: User, ben: User) -> None:
    before = len(stage.posts(stage.fans))
    stage.made.clock.set((await stage.made.round(2)).plan.opens_at)
    await stage.tick()
    vote = link(stage.posts(stage.fans)[-1], "Vote")
    cards = await vote_by_taps(stage, ada, vote, ADAS)
    assert sum("sleeves to the wrist" in card for card in cards) == 1
    await stage.came(ben, vote)
    await stage.say(ben, "/love 1 2 3 4 5")
    await close_and_sign(stage, olga, 2)
    assert len(stage.posts(stage.fans)) - before == 3


async def third_round(stage: Stage, olga: User, ada: User, ben: User) -> None:
    before = len(stage.posts(stage.fans))
    assert "is open" in words(await stage.say_here(olga, stage.fans, "/round open"))
    await stage.relay()
    vote = link(stage.posts(stage.fans)[-1], "Vote")
    for fan in (ada, ben):
        await vote_by_taps(stage, fan, vote, ADAS)
    await close_and_sign(stage, olga, 3)
    assert len(stage.posts(stage.fans)) - before == 3


async def close_and_sign(stage: Stage, olga: User, number: int) -> None:
    """Close a round in chat, and sign its cut."""
    answer = await stage.say_here(olga, stage.fans, "/round close enough votes")
    assert words(answer).startswith(f"Round {number} is closed.")
    await stage.relay()
    result = stage.posts(stage.fans)[-1]
    assert words(result).startswith(f"Round {number} closed")
    assert "photo" in result
    asked = words(await stage.say(olga, "/sign"))
    assert asked.startswith(f"Sign the cut of round {number}?")
    await stage.tap(olga, stage.messages(olga)[-1], "Sign the cut")
    await stage.until(lambda: "is signed" in words(stage.messages(olga)[-1]))


# ------------------------------------------------------------------ the presale


async def presale(stage: Stage, ada: User, ben: User) -> None:
    """Open the shortlist for orders, order by taps, give one back, and hear how it ends."""
    before = len(stage.posts(stage.fans))
    opened = await presales.open_presales(stage.made.store, stage.made.campaign_id, By())
    await stage.relay()
    posts = stage.posts(stage.fans)[before:]
    assert len(posts) == len(opened) == SHAPES[-1][1]
    mine = next(post for post in posts if f"#{ASKED:03d}" in words(post))
    await orders(stage, ada, link(mine, "Order"), 2)
    await orders(stage, ben, link(mine, "Order"), 1)
    stage.made.clock.advance(days=31)
    await stage.tick()
    results = [words(post).partition("\n")[0] for post in stage.posts(stage.fans)[before + len(opened) :]]
    assert results.count(f"#{ASKED:03d} Dress {ASKED} will be made in 1 of 2 colours") == 1
    assert sum("too few were ordered" in result for result in results) == len(opened) - 1
    assert words(stage.messages(ada)[-1]).startswith(f"#{ASKED:03d} Dress {ASKED} will be made: enough")
    assert words(stage.messages(ben)[-1]).startswith(f"#{ASKED:03d} Dress {ASKED} sera fabriqué")


async def orders(stage: Stage, fan: User, link: str, pieces: int) -> None:
    """Put an order together by taps, and confirm it."""
    shown = await stage.came(fan, link)
    choices = [("Sage", "✓ Sage"), ("M", "✓ M"), *(("+", f"× {n}") for n in range(2, pieces + 1))]
    for button, chosen in choices:
        await stage.tap(fan, shown, button)
        await stage.until(partial(has_button, shown, chosen))
    order = next(label for row in labels(shown) for label in row if label.startswith("✅"))
    await stage.tap(fan, shown, order)


def has_button(message: Message, label: str) -> bool:
    return any(label in row for row in labels(message))
