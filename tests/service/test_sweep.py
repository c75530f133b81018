"""Photos that nothing shows any more are taken away: not while somebody sends the same one, and surely."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.errors import RuleError
from bot.intake.photos import CleanPhoto, PhotoStore
from bot.intake.studio import Studio
from bot.service import comments, photos, privacy
from bot.service.photos import sweep
from bot.service.shop import Shop
from bot.storage import comments as rows
from bot.storage.store import Store, Tx
from tests.intake.made import jpeg
from tests.made_shop import MadeShop, until_blocked
from tests.rendered import english
from tests.service.test_races import Gate, blocked, outcome
from tests.service.test_references import files, made, references, say

__all__ = ["made"]


def elsewhere(made: MadeShop, store: Store) -> Shop:
    """The same shop in another process."""
    assert made.shop.studio is not None
    return replace(made.shop, store=store, studio=Studio(made.shop.studio.store))


async def test_a_photo_that_somebody_sends_while_another_is_forgotten_stays(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(made, jpeg(1))
    gate = Gate(monkeypatch, rows, "add_comment")
    sending = await gate.stop(say(made, jpeg(1), event="c2", fan=2))
    ana = await made.fan(1)
    forgetting = await blocked(other_store, lambda: privacy.forget(elsewhere(made, other_store), ana, "yes"))
    gate.open()
    await asyncio.gather(sending, forgetting)
    assert [photo is not None for _, photo in await references(made)] == [True]
    assert len(files(made)) == 3


async def test_control_without_the_lock_its_files_go(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if made.store.sqlite:
        pytest.skip("one writer at a time: on SQLite a comment and a sweep cannot overlap at all")

    async def no_lock(*_args: object) -> None:
        pass

    monkeypatch.setattr(Tx, "share_rounds", no_lock)
    monkeypatch.setattr(Tx, "exclude_rounds", no_lock)
    await say(made, jpeg(1))
    gate = Gate(monkeypatch, rows, "add_comment")
    sending = await gate.stop(say(made, jpeg(1), event="c2", fan=2))
    forgetting = asyncio.create_task(privacy.forget(elsewhere(made, other_store), await made.fan(1), "yes"))
    await until_blocked(other_store, forgetting)
    gate.open()
    await asyncio.gather(sending, forgetting, return_exceptions=True)
    assert files(made) == []


async def test_a_photo_that_was_swept_before_it_could_be_kept_is_sent_again(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(made, jpeg(1))
    ana, take_in = await made.fan(1), photos.take_in

    async def taken_late(*given: Any) -> CleanPhoto:
        photo = await take_in(*given)
        await privacy.forget(elsewhere(made, other_store), ana, "yes")
        return photo

    with monkeypatch.context() as patch:
        patch.setattr(comments, "take_in", taken_late)
        with pytest.raises(RuleError) as refused:
            await say(made, jpeg(1), event="c2", fan=2)
    assert refused.value.code == "photo.swept"
    assert await references(made) == []
    assert await outcome(say(made, jpeg(1), event="c2", fan=2)) == "ok"
    assert len(files(made)) == 3


async def test_what_a_crash_left_is_swept_later(made: MadeShop, monkeypatch: pytest.MonkeyPatch) -> None:
    await say(made, jpeg(1))
    await say(made, jpeg(2), event="c2", fan=2)

    async def dies(*_given: object) -> None:
        raise SystemError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(Studio, "drop", dies)
        with pytest.raises(SystemError, match="the power went"):
            await privacy.forget(made.shop, await made.fan(1), "yes")
    assert (len(files(made)), len(await references(made))) == (6, 1)
    assert await sweep(made.shop) == 1
    assert len(files(made)) == 3
    assert await sweep(made.shop) == 0


async def test_who_is_forgotten_is_told_so_though_the_photo_folder_is_locked(
    made: MadeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(made, jpeg(1))

    def locked(*_given: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(PhotoStore, "drop", locked)
        told = await privacy.forget(made.shop, await made.fan(1), "yes")
        assert await sweep(made.shop) == 0, "and it does not try for ever"
    assert told.text is not None
    assert english(told.text).startswith("You are forgotten here.")
    assert [(e["event"], e["reason"]) for e in logs] == [("photos_not_swept", "PermissionError")] * 2
    assert (await sweep(made.shop), files(made)) == (1, [])


async def test_a_crash_after_the_files_went_leaves_nothing_either(
    made: MadeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(made, jpeg(1))

    async def dies(*_given: object) -> None:
        raise OperationalError("", None, Exception("the database went"))

    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr("bot.service.photos.privacy.drop_photos", dies)
        await privacy.forget(made.shop, await made.fan(1), "yes")
    assert [e["event"] for e in logs] == ["photos_not_swept"]
    assert files(made) == []
    await say(made, jpeg(1), event="c2", fan=2)
    assert len(files(made)) == 3, "though its line was still there"
    assert await sweep(made.shop) == 0
