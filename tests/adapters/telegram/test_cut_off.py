"""What was acknowledged is answered, though Telegram, the way to it or the database was away meanwhile."""

import asyncio
import json

import pytest
from telegram import Update
from telegram.ext import ExtBot

from bot.adapters.telegram import poll, receive
from bot.adapters.telegram.receive import CutOff
from bot.adapters.telegram.updates import arrived
from bot.errors import NotHeld
from bot.port import Look, Reply
from bot.service.ledger import StoredLedger
from tests.adapters.telegram.receiving import Listening
from tests.adapters.telegram.stage import Stage, labels, words
from tests.telegram.botapi.server import BotApi
from tests.telegram.botapi.world import User


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again sooner than in life."""
    monkeypatch.setattr(poll, "_FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(receive, "AGAIN_S", (0.01,) * 3)


@pytest.fixture
def away(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[OSError]:
    """What the next looks raise instead of an answer."""
    look, raised = stage.made.catwalk.look, list[OSError]()

    async def trying(wanted: Look) -> Reply:
        if raised:
            raise raised.pop()
        return await look(wanted)

    monkeypatch.setattr(stage.made.catwalk, "look", trying)
    return raised


async def test_a_ballot_is_shown_though_telegram_had_trouble(stage: Stage) -> None:
    stage.api.trouble = 4  # whoever calls: we for updates, for who is in the group, with the sheet
    assert "Page 1 of 3" in words(await stage.opened(stage.user("Ada")))
    assert not stage.api.trouble


async def test_a_ballot_is_shown_once_the_database_is_back(stage: Stage, away: list[OSError]) -> None:
    away += [OSError("the database is away")] * 2
    assert "Page 1 of 3" in words(await stage.opened(stage.user("Ada")))


async def test_a_page_turns_once_the_database_is_back(stage: Stage, away: list[OSError]) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    away += [OSError("the database is away")] * 2
    await stage.tap(ada, sheet, "✅ Done")
    await stage.until(lambda: "Page 2 of 3" in words(sheet))
    assert labels(sheet)[-2] == ["◀️", "2/3", "▶️"]


@pytest.mark.parametrize(("cause", "left"), [(OSError(), 0), (NotHeld(), 1)])
async def test_what_does_not_pass_is_given_up_but_for_who_speaks_next(
    bot: ExtBot[None], ada: User, api: BotApi, ledger: StoredLedger, cause: Exception, left: int
) -> None:
    tries = 0

    async def fail(_update: Update) -> None:
        nonlocal tries
        tries += 1
        raise CutOff from cause

    listening = Listening(bot, ledger)
    listening.gate = fail
    async with listening.application:
        await listening.receiver.take(arrived((await bot.get_updates())[0].to_json().encode()))
        await asyncio.wait(listening.receiver._tasks)
    assert tries == (1 if left else 4)
    assert len(await ledger.waiting(str(bot.id))) == left


async def test_what_an_earlier_process_left_is_handled_a_few_at_a_time(
    bot: ExtBot[None], ledger: StoredLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receive, "_LEFT_AT_ONCE", 3)
    left = {i: {"update_id": i, "message": message(i)} for i in range(1, 11)}
    await ledger.put(str(bot.id), {i: json.dumps(update) for i, update in left.items()})
    under_way, most, go_on = 0, 0, asyncio.Event()

    async def hold(_update: Update) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        listening._news.set()
        await go_on.wait()
        under_way -= 1

    listening = Listening(bot, ledger)
    listening.gate = hold
    async with listening.application:
        await listening.receiver.resume()
        await listening.until(lambda: under_way == 3)
        new = {"update_id": 11, "message": message(11)}
        await listening.receiver.take(arrived(json.dumps(new).encode()))
        await listening.until(lambda: under_way == 4)  # what is new does not wait for them
        go_on.set()
        await listening.until(lambda: len(listening.handled) == 11)
        await listening.receiver.close()
    assert most == 4
    assert await ledger.waiting(str(bot.id)) == {}


def message(chat: int) -> dict[str, object]:
    return {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "hello"}
