"""Polled updates: acknowledged when they are stored, handled once, in order where order matters."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from telegram import LabeledPrice, Update
from telegram.error import InvalidToken
from telegram.ext import ExtBot

from bot.adapters.telegram import poll
from bot.adapters.telegram.pace import Pace
from bot.adapters.telegram.poll import Polling
from bot.adapters.telegram.request import AiohttpRequest
from bot.errors import NotHeld
from bot.port import Ledger
from bot.service.ledger import StoredLedger
from tests.adapters.telegram.receiving import KINDS, FailingLedger, Listening, ids
from tests.telegram.botapi.server import BotApi
from tests.telegram.botapi.world import Chat, User
from tests.telegram.playing import keyboard


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again sooner than in life."""
    monkeypatch.setattr(poll, "_FIRST_WAIT_S", 0.01)


@asynccontextmanager
async def polling(bot: ExtBot[None], ledger: Ledger) -> AsyncIterator[Listening]:
    listening = Listening(bot, ledger)
    async with listening.application, AiohttpRequest() as request:
        await listening.receiver.resume()
        task = asyncio.create_task(Polling(bot, request, listening.receiver, KINDS).run())
        try:
            yield listening
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await listening.receiver.close()


async def test_a_batch_that_could_not_be_stored_comes_again_and_is_handled_once(
    api: BotApi, bot: ExtBot[None], ada: User, ledger: StoredLedger
) -> None:
    private = api.people.private(ada)
    for n in range(5):
        api.people.says(ada, private, str(n))
    async with polling(bot, FailingLedger(ledger, failures=2)) as listening:
        await listening.until(lambda: len(listening.handled) == 6)
        assert listening.texts == ["/start", "0", "1", "2", "3", "4"]
        api.people.says(ada, private, "last")
        await listening.until(lambda: len(listening.handled) == 7)
    assert listening.texts[-1] == "last"
    assert await ledger.waiting(str(bot.id)) == {}


async def test_what_was_acknowledged_and_not_handled_is_handled_by_the_next_process(
    api: BotApi, bot: ExtBot[None], ada: User, ledger: StoredLedger
) -> None:
    async def never(_update: Update) -> None:
        await asyncio.Event().wait()

    first = Listening(bot, ledger)
    first.gate = never
    async with first.application, AiohttpRequest() as request:
        running = asyncio.create_task(Polling(bot, request, first.receiver, KINDS).run())
        async with asyncio.timeout(10):
            await api.state.updates.polled.wait()  # for more: what there was is acknowledged
        running.cancel()
        await first.receiver.close(patience_s=0)
    assert (len(api.state.updates), first.handled) == (0, [])
    assert list(await ledger.waiting(str(bot.id))) != []
    async with polling(bot, ledger) as second:
        await second.until(lambda: second.texts == ["/start"])
    assert await ledger.waiting(str(bot.id)) == {}


async def test_an_update_that_comes_twice_is_handled_once(
    api: BotApi, bot: ExtBot[None], ada: User, ledger: StoredLedger
) -> None:
    first = (await bot.get_updates())[0]
    async with polling(bot, ledger) as listening:
        await listening.until(lambda: len(listening.handled) == 1)
        api.state.updates.again(first.to_dict())
        api.people.says(ada, api.people.private(ada), "after it")
        await listening.until(lambda: len(listening.handled) == 2)
    assert listening.texts == ["/start", "after it"]


async def test_a_vote_is_answered_without_the_ledger(
    api: BotApi, bot: ExtBot[None], ada: User, ledger: StoredLedger
) -> None:
    sent = await bot.send_message(ada.id, "tap", reply_markup=keyboard(["p:1:2:1", "@v"]))
    shown = api.people.private(ada).messages[sent.message_id]
    api.state.updates.drop()
    async with polling(bot, ledger) as listening:
        tap = api.people.taps(ada, shown, "p:1:2:1")
        assert (await tap.answered())["text"] == "❤️ p:1:2:1"
        other = api.people.taps(ada, shown, "@v")
        await listening.until(lambda: len(listening.handled) == 1)
    assert (listening.votes, listening.after) == ([tap.id], [tap.id])
    assert [u.callback_query.id for u in listening.handled if u.callback_query] == [other.id]


@pytest.mark.parametrize("why", [NotHeld("telegram"), None])
async def test_what_follows_a_stored_vote_is_shown_once_if_need_be_by_the_next_process(
    api: BotApi, bot: ExtBot[None], ada: User, ledger: StoredLedger, why: Exception | None
) -> None:
    """Neither who lost the right to speak nor who was killed shows it."""
    sent = await bot.send_message(ada.id, "tap", reply_markup=keyboard(["f:1:1"]))
    api.state.updates.drop()
    first = Listening(bot, ledger)
    first.hindered, first.stuck = why, why is None
    async with first.application, AiohttpRequest() as request:
        running = asyncio.create_task(Polling(bot, request, first.receiver, KINDS).run())
        tap = api.people.taps(ada, api.people.private(ada).messages[sent.message_id], "f:1:1")
        await tap.answered()
        async with asyncio.timeout(10):
            await api.state.updates.polled.wait()  # for more: the tap is acknowledged
        running.cancel()
        await first.receiver.close(patience_s=0)
    assert (first.votes, first.after) == ([tap.id], [])
    async with polling(bot, ledger) as second:
        await second.until(lambda: second.after == [tap.id])
    assert second.votes == [tap.id], "which the service knows again"
    assert await ledger.waiting(str(bot.id)) == {}


async def test_a_vote_that_comes_twice_leads_on_once(
    api: BotApi, bot: ExtBot[None], ada: User, ledger: StoredLedger
) -> None:
    sent = await bot.send_message(ada.id, "tap", reply_markup=keyboard(["f:1:1"]))
    api.state.updates.drop()
    tap = api.people.taps(ada, api.people.private(ada).messages[sent.message_id], "f:1:1")
    update = (await bot.get_updates())[0].to_dict()
    async with polling(bot, ledger) as listening:
        await tap.answered()
        await listening.until(lambda: listening.after == [tap.id])
        api.state.updates.again(update)
        api.people.says(ada, api.people.private(ada), "after it")
        await listening.until(lambda: listening.texts == ["after it"])
    assert (listening.votes, listening.after) == ([tap.id] * 2, [tap.id])


async def test_a_vote_that_was_not_stored_is_asked_for_again(
    api: BotApi, bot: ExtBot[None], ada: User, ledger: StoredLedger
) -> None:
    sent = await bot.send_message(ada.id, "tap", reply_markup=keyboard(["p:1:2:1", "p:1:3:1"]))
    shown = api.people.private(ada).messages[sent.message_id]
    taps = [api.people.taps(ada, shown, label) for label in ("p:1:2:1", "p:1:3:1")]
    async with polling(bot, ledger) as listening:
        listening.trouble = OSError("the database is away")
        for tap in taps:
            await tap.answered()
    assert sorted(set(listening.votes)) == sorted(tap.id for tap in taps)
    assert listening.texts == ["/start"]


async def test_unknown_kinds_of_updates_are_ignored(
    api: BotApi, bot: ExtBot[None], ada: User, ledger: StoredLedger
) -> None:
    async with polling(bot, ledger) as listening:
        api.state.updates.put("hologram", {"from": ada.shown()})
        api.people.says(ada, api.people.private(ada), "after it")
        await listening.until(lambda: len(listening.handled) == 2)
    assert listening.texts == ["/start", "after it"]


async def test_a_payment_waits_for_nothing_and_a_chat_for_no_other(
    api: BotApi, bot: ExtBot[None], ada: User, fans: Chat, ledger: StoredLedger
) -> None:
    opened = asyncio.Event()

    async def gate(update: Update) -> None:
        if update.message is not None and update.message.text == "slow":
            await opened.wait()

    api.state.updates.drop()
    api.people.says(ada, api.people.private(ada), "slow")
    api.people.says(ada, api.people.private(ada), "behind it")
    api.people.says(ada, fans, "/elsewhere")
    invoice = await bot.send_invoice(ada.id, "Dress", "One", "order:7", "XTR", [LabeledPrice("Dress", 1)])
    api.people.pays(ada, api.people.private(ada).messages[invoice.message_id])
    async with polling(bot, ledger) as listening:
        listening.gate = gate
        await listening.until(lambda: len(listening.handled) == 2)
        assert [u.pre_checkout_query is not None for u in listening.handled] == [False, True]
        opened.set()
        await listening.until(lambda: len(listening.handled) == 4)
    assert listening.texts == ["/elsewhere", "slow", "behind it"]
    assert ids(listening.handled)[2:] == sorted(ids(listening.handled))[:2]


async def test_polling_goes_on_after_trouble_and_ends_when_the_token_is_void(
    api: BotApi, bot: ExtBot[None], ada: User, ledger: StoredLedger
) -> None:
    listening = Listening(bot, ledger)
    async with listening.application, AiohttpRequest() as request:
        running = asyncio.create_task(Polling(bot, request, listening.receiver, KINDS).run())
        await listening.until(lambda: len(listening.handled) == 1)
        api.trouble = 3
        api.people.says(ada, api.people.private(ada), "meanwhile")
        await listening.until(lambda: len(listening.handled) == 2)
        assert api.trouble == 0
        api.token = "7700000001:another"
        api.people.says(ada, api.people.private(ada), "not heard")
        with pytest.raises(InvalidToken):
            await running
        await listening.receiver.close()
    assert listening.texts == ["/start", "meanwhile"]


async def test_who_lost_the_right_to_speak_stores_the_vote_and_says_nothing(
    api: BotApi, ada: User, ledger: StoredLedger
) -> None:
    lost, refused = False, asyncio.Event()
    trouble: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: trouble.append(context))

    def check() -> None:
        if lost:
            refused.set()
            raise NotHeld("telegram")

    paced: ExtBot[Any] = ExtBot(
        api.token, base_url=api.base_url, request=AiohttpRequest(), rate_limiter=Pace(check)
    )
    async with paced as bot:
        sent = await bot.send_message(ada.id, "tap", reply_markup=keyboard(["p:1:2:1"]))
        async with polling(bot, ledger) as listening:
            await listening.until(lambda: len(listening.handled) == 1)
            lost = True
            tap = api.people.taps(ada, api.people.private(ada).messages[sent.message_id], "p:1:2:1")
            async with asyncio.timeout(10):
                await refused.wait()
        assert (listening.votes, listening.after, tap.answer) == ([tap.id], [], None)
    gc.collect()
    assert not trouble
