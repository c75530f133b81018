"""The library's calls through the pace, to a server that keeps its limits."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise

import pytest
from telegram import InputMediaPhoto, Message
from telegram.error import RetryAfter
from telegram.ext import ExtBot

from bot.adapters.telegram.pace import REDRAW, Pace
from bot.adapters.telegram.request import AiohttpRequest
from tests.telegram.botapi.server import BotApi, serving
from tests.telegram.botapi.world import Chat, User
from tests.telegram.playing import keyboard, photo

Bot = ExtBot[str]


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with serving(BotApi(strict=True)) as api:
        yield api


class Right:
    """The right to speak, until it is `lost`."""

    lost = False

    def check(self) -> None:
        if self.lost:
            raise PermissionError


@pytest.fixture
def right() -> Right:
    return Right()


@pytest.fixture
async def bot(api: BotApi, right: Right) -> AsyncIterator[Bot]:
    pace = Pace(right.check, patience_s=10)
    async with ExtBot(api.token, base_url=api.base_url, request=AiohttpRequest(), rate_limiter=pace) as bot:
        yield bot


def started(api: BotApi, name: str) -> User:
    user = api.state.world.add_user(name)
    api.people.start(user)
    return user


def group(api: BotApi, owner: User) -> Chat:
    chat = api.crowd.group("Fans", owner)
    api.crowd.adds_bot(owner, chat)
    return chat


async def redraw(bot: Bot, sent: Message, label: str) -> Message | bool:
    return await bot.edit_message_reply_markup(
        sent.chat.id, sent.message_id, reply_markup=keyboard([label]), rate_limit_args=REDRAW
    )


async def test_messages_to_a_chat_are_a_second_apart_and_in_order(api: BotApi, bot: Bot) -> None:
    ada = started(api, "Ada")
    await asyncio.gather(*(bot.send_message(ada.id, str(n)) for n in range(3)))
    calls = api.called("sendMessage")
    assert [call.given["text"] for call in calls] == ["0", "1", "2"]
    assert all(later.at - sooner.at >= 1.0 for sooner, later in pairwise(calls))
    assert not api.refused(429)


async def test_answers_to_buttons_wait_for_nothing(api: BotApi, bot: Bot) -> None:
    ada = started(api, "Ada")
    sent = await bot.send_message(ada.id, "tap", reply_markup=keyboard(["a"]))
    waiting = asyncio.create_task(redraw(bot, sent, "b"))
    shown = api.people.private(ada).messages[sent.message_id]
    for _ in range(50):
        await bot.answer_callback_query(api.people.taps(ada, shown, "a").id)
    assert not waiting.done()
    await waiting
    assert [call.method for call in api.calls[-51:]] == ["answerCallbackQuery"] * 50 + [
        "editMessageReplyMarkup"
    ]


async def test_of_many_redraws_the_newest_is_shown(api: BotApi, bot: Bot) -> None:
    ada = started(api, "Ada")
    sent = await bot.send_message(ada.id, "tap", reply_markup=keyboard(["a"]))
    answers = await asyncio.gather(*(redraw(bot, sent, str(n)) for n in range(5)))
    assert answers[:4] == [True] * 4
    assert isinstance(answers[4], Message)
    shown = api.people.private(ada).messages[sent.message_id]
    assert shown["reply_markup"]["inline_keyboard"][0][0]["text"] == "4"
    assert len(api.called("editMessageReplyMarkup")) == 1


async def test_a_flooded_chat_is_tried_again_and_stops_no_other(api: BotApi, bot: Bot) -> None:
    ada, bo = started(api, "Ada"), started(api, "Bo")
    api.limits.flood(ada.id, 1.5)
    first = asyncio.create_task(bot.send_message(ada.id, "first"))
    await asyncio.wait({first}, timeout=0.2)
    second = asyncio.create_task(bot.send_message(ada.id, "second"))
    await bot.send_message(bo.id, "not held up")
    assert not first.done()
    await asyncio.gather(first, second)
    assert [call.given["text"] for call in api.called("sendMessage")] == ["not held up", "first", "second"]
    assert len(api.refused(429)) == 1


async def test_a_chat_closed_for_long_is_told_to_the_caller(api: BotApi, bot: Bot) -> None:
    ada = started(api, "Ada")
    api.limits.flood(ada.id, 60)
    for _ in range(2):
        with pytest.raises(RetryAfter):
            await bot.send_message(ada.id, "hello")
    assert len(api.refused(429)) == 1, "the second was not even sent"


async def test_who_is_cancelled_leaves_the_queue(api: BotApi, bot: Bot) -> None:
    ada = started(api, "Ada")
    await bot.send_message(ada.id, "0")
    waiting = [asyncio.create_task(bot.send_message(ada.id, str(n))) for n in (1, 2)]
    await asyncio.wait(waiting, timeout=0.1)
    waiting[0].cancel()
    await waiting[1]
    assert [call.given["text"] for call in api.called("sendMessage")] == ["0", "2"]
    assert waiting[0].cancelled()


async def test_an_album_counts_by_the_photo(api: BotApi, bot: Bot) -> None:
    fans = group(api, started(api, "Ada"))
    await bot.send_media_group(fans.id, [InputMediaPhoto(photo()) for _ in range(10)])
    sent = await bot.send_media_group(fans.id, [InputMediaPhoto(photo()) for _ in range(10)])
    with pytest.raises(RetryAfter) as full:
        await bot.edit_message_caption(fans.id, sent[0].message_id, caption="one too many")
    assert timedelta(seconds=55) < full.value._retry_after <= timedelta(seconds=60)
    assert not api.refused(429)


async def test_who_lost_the_right_to_speak_while_waiting_says_nothing(
    api: BotApi, bot: Bot, right: Right
) -> None:
    ada = started(api, "Ada")
    await bot.send_message(ada.id, "0")
    waiting = asyncio.create_task(bot.send_message(ada.id, "1"))
    await asyncio.wait({waiting}, timeout=0.1)
    right.lost = True
    with pytest.raises(PermissionError):
        await waiting
    with pytest.raises(PermissionError):
        await bot.answer_callback_query("1")
    assert [call.method for call in api.calls] == ["getMe", "sendMessage"]
    right.lost = False
    assert (await bot.send_message(ada.id, "2")).text == "2"
