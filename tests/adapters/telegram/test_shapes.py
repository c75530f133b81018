"""Later rounds, presales and uploads in a fan's own chat."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.intake.photos import PhotoStore
from bot.intake.studio import Studio
from bot.port import Role
from bot.rounds.model import BallotShape
from bot.service.catwalk import Catwalk
from bot.storage import revisions
from bot.storage.store import Store
from tests.adapters.telegram.stage import Stage, labels, staged, words
from tests.clock import Clock
from tests.intake.made import jpeg
from tests.made_presale import made_presale
from tests.made_shop import made_shop, plan
from tests.telegram.botapi.server import BotApi


@pytest.fixture(params=[BallotShape.CARDS, BallotShape.DUELS])
async def stage(
    request: pytest.FixtureRequest, api: BotApi, file_store: Store, clock: Clock
) -> AsyncIterator[Stage]:
    """A round of cards or of duels."""
    made = await made_shop(file_store, clock, plans=[replace(plan(clock), ballot=request.param)])
    async with staged(api, made) as stage:
        await stage.set_up(stage.user("Olga"))
        await made.open()
        yield stage


async def test_cards_wait_for_why_and_duels_go_on(stage: Stage) -> None:
    ada = stage.user("Ada")
    page = await stage.opened(ada)
    first = words(page)
    if "Card 1" in first:
        assert "loved" in await stage.tap(ada, page, "❤️ Love")
        await stage.until(lambda: "Colour" in labels(page)[1])
        assert await stage.tap(ada, page, "Colour") == "Noted: Colour. · 1 liked · 1/10"
        await stage.until(lambda: "✓ Colour" in labels(page)[1])
        await stage.tap(ada, page, "▶️")
        await stage.until(lambda: "Card 2" in words(page))
    else:
        left = labels(page)[0][0]
        assert (await stage.tap(ada, page, left)).startswith(f"❤️ #{left} it is.")
        await stage.until(lambda: "Duel 2" in words(page))
        await stage.tap(ada, page, "Can’t choose")
        await stage.until(lambda: "Duel 3" in words(page))
        await stage.tap(ada, page, "↩️ Undo")
    assert len(stage.messages(ada)) == 1


async def test_an_order_is_quoted_confirmed_given_back(api: BotApi, file_store: Store, clock: Clock) -> None:
    made = await made_presale(file_store, clock)
    async with staged(api, made) as stage:
        await stage.set_up(stage.user("Olga"))
        ada = stage.user("Ada")
        presale = await stage.opened(ada, f"presale:{made.number}")
        await stage.tap(ada, presale, "Sage")
        await stage.until(lambda: "✓ Sage" in labels(presale)[0])
        await stage.tap(ada, presale, "M")
        await stage.until(lambda: "✓ M" in labels(presale)[1])
        await stage.tap(ada, presale, "+")
        await stage.until(lambda: "× 2" in labels(presale)[2])
        assert "2 × €100 = €200" in words(presale)
        await stage.tap(ada, presale, "✅ Order for €200")
        await stage.until(lambda: "You hold 2" in words(presale))
        await stage.tap(ada, presale, "My orders")
        orders = await stage.until(lambda: next(iter(stage.messages(ada)[1:]), None))
        assert "2 × Sage, size M, €200" in words(orders)
        await stage.tap(ada, orders, labels(orders)[0][0])
        await stage.until(lambda: "Give this order back?" in words(orders))
        assert "Cancelled" in await stage.tap(ada, orders, "Cancel this order")


async def test_a_designer_sends_the_next_version(
    api: BotApi, file_store: Store, clock: Clock, tmp_path: Path
) -> None:
    made = await made_shop(file_store, clock, plans=[plan(clock), plan(clock, 2)])
    made.catwalk = Catwalk(replace(made.shop, studio=Studio(PhotoStore(tmp_path / "photos"))))
    await made.sign_first()
    async with staged(api, made) as stage:
        await stage.set_up(stage.user("Olga"))
        dora = await stage.claimed(stage.user("Dora"), Role.DESIGNER)
        photo = jpeg(3, (900, 1200))
        answer = await stage.send(dora, photo, "#067 v2 sleeves +4 cm")
        assert words(answer) == "There is no design #067 here."
        answer = await stage.send(dora, photo, "#002 v2 sleeves +4 cm")
        assert words(answer) == "Version 2 of #002 is in. Fans see it when round 2 opens."
    async with made.store.read() as tx:
        (draft,) = await revisions.drafts(tx, made.campaign_id)
    assert draft.note == "sleeves +4 cm"
