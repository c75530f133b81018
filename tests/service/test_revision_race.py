"""An upload and the opening of the round it is for, met at the worst moment, with and without the lock."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.intake.photos import PhotoStore
from bot.intake.studio import Studio
from bot.port import Actor, Command, Reply, Role, Upload, at_hand
from bot.service import people, revisions, rounds
from bot.service.catwalk import Catwalk
from bot.service.rounds import By
from bot.storage import revisions as rows
from bot.storage.store import Store, Tx
from tests.clock import Clock
from tests.intake.made import jpeg
from tests.made_shop import MadeShop, made_shop, plan
from tests.service.test_races import Gate, blocked, finished

Meet = Callable[[Store, Callable[[], Any]], Awaitable["asyncio.Task[Any]"]]


@pytest.fixture
async def made(store: Store, clock: Clock, tmp_path: Path) -> MadeShop:
    """A shop whose round 1 is signed, and a designer who can send photos."""
    shop = await made_shop(store, clock, plans=[plan(clock), replace(plan(clock, 2), keep=2)])
    shop.shop = replace(shop.shop, studio=Studio(PhotoStore(tmp_path)))
    shop.catwalk = Catwalk(shop.shop)
    await shop.open()
    await rounds.count(store, await rounds.close(store, shop.round_id, By()))
    await rounds.sign(store, shop.round_id, By(), accept_quorum=True)
    return shop


async def upload(made: MadeShop, number: int) -> Reply:
    designer = Actor("room", "dora", "Dora", "en")
    return await made.catwalk.upload(Upload(designer, "up", number, at_hand(jpeg(1)), "longer sleeves"))


async def survivor(made: MadeShop) -> int:
    """Let a designer in, and find the number of a design that goes on."""
    issued = await people.invite_role(made.shop, Role.DESIGNER, None)
    await made.catwalk.command(Command(Actor("room", "dora", "Dora", "en"), "c", "claim", issued.code))
    numbers = {c.design_id: c.number for c in await made.candidates()}
    async with made.store.read() as tx:
        return min(numbers[i] for i in await revisions.survivors(tx, await made.round()))


async def meet(
    made: MadeShop, other: Store, monkeypatch: pytest.MonkeyPatch, number: int, wait: Meet
) -> tuple[int, int]:
    """Stop an upload between its check and its write, open round 2 elsewhere, then let the upload go on.

    Returns the version that competes and how many drafts are left behind.
    """
    gate = Gate(monkeypatch, revisions, "_keep")
    uploading = await gate.stop(upload(made, number))
    opening = await wait(other, lambda: rounds.open_round(other, made.round_ids[1], By()))
    gate.open()
    await uploading
    await opening
    async with made.store.read() as tx:
        left = len(await rows.drafts(tx, made.campaign_id))
    return next(c.version for c in await made.candidates(2) if c.number == number), left


async def test_an_upload_that_was_acknowledged_is_in_the_round(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await meet(made, other_store, monkeypatch, await survivor(made), blocked) == (2, 0)


async def test_without_the_lock_it_is_left_behind(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_lock(*_args: object) -> None:
        pass

    monkeypatch.setattr(Tx, "exclude_rounds", no_lock)
    if made.store.sqlite:
        begin, keep = made.store.begin, revisions._keep

        async def keep_later(_tx: Tx, *rest: Any) -> int:
            async with begin() as tx:
                return await keep(tx, *rest)

        monkeypatch.setattr(revisions, "_keep", keep_later)
    number = await survivor(made)
    if made.store.sqlite:
        monkeypatch.setattr(made.store, "begin", made.store.read)
    assert await meet(made, other_store, monkeypatch, number, finished) == (1, 1)
