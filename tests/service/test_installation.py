"""What one installation does with the time: trouble in one place stays there."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import main
from bot.main import Installation
from bot.port import Feed, FeedPost, Look, ShowFeed
from bot.presale.model import Presale
from bot.relay import Relay
from bot.service import memos, rounds
from bot.service import presales as use_presales
from bot.service.rounds import By
from bot.service.shop import Shop
from bot.settings import Database, Photos, Settings
from bot.storage import presales
from bot.storage.store import Store, Tx
from tests.clock import Clock
from tests.made_presale import made_presale
from tests.made_shop import ROOM, SECRET, FakePlatform, ours


async def test_trouble_with_a_round_holds_up_no_presale_and_is_not_hidden(
    store: Store, clock: Clock, shop_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await made_presale(store, clock)
    clock.advance(days=31)
    settings = Settings(
        secret=SecretStr(SECRET.decode()), database=Database(url=shop_url), photos=Photos(folder=tmp_path)
    )
    installation = Installation(settings, clock)

    async def broken(_store: Store) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(rounds, "tick", broken)
    try:
        with pytest.raises(ZeroDivisionError):
            await installation.tick()
    finally:
        await installation.store.close()
    await Relay(store, FakePlatform(), ours).drain()
    async with store.read() as tx:
        presale = await presales.presale_by_id(tx, made.presale_id)
    assert presale is not None
    assert presale.state == "failed"
    feed = (await made.catwalk.look(Look(await made.fan(1), ShowFeed(), ROOM))).screen
    assert isinstance(feed, Feed)
    assert "presale_result" in [item.card.kind for item in feed.items if isinstance(item, FeedPost)]


async def test_trouble_with_photos_keeps_nothing_else_from_being_tidied(
    shop_url: str, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(
        secret=SecretStr(SECRET.decode()), database=Database(url=shop_url), photos=Photos(folder=tmp_path)
    )
    installation, tidied = Installation(settings, clock), []

    async def broken(_shop: Shop) -> int:
        raise ZeroDivisionError

    async def tidy(_store: Store) -> int:
        tidied.append("memos")
        return 1

    monkeypatch.setattr(main, "sweep", broken)
    monkeypatch.setattr(memos, "tidy", tidy)
    try:
        with pytest.raises(ZeroDivisionError):
            await installation._tidy()
    finally:
        await installation.store.close()
    assert tidied == ["memos"]


async def test_trouble_with_one_presale_holds_up_no_other(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await made_presale(store, clock)
    await use_presales.open_presales(store, made.campaign_id, By())
    async with store.read() as tx:
        first, *others = [p.id for p in await presales.presales_of(tx, made.campaign_id)]
    clock.advance(days=31)
    tell = use_presales._tell_result

    async def broken(tx: Tx, presale: Presale) -> None:
        if presale.id == first:
            raise ZeroDivisionError
        await tell(tx, presale)

    monkeypatch.setattr(use_presales, "_tell_result", broken)
    with pytest.raises(ZeroDivisionError):
        await use_presales.tick(store)
    async with store.read() as tx:
        states = {p.id: p.state for p in await presales.presales_of(tx, made.campaign_id)}
    assert states == {first: "open", **dict.fromkeys(others, "failed")}
    assert len(others) == 2
