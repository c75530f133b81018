"""What was acknowledged is answered, though Telegram, the way to it or the database was away meanwhile."""

import asyncio

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
