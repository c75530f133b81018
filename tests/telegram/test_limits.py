"""How often the stand-in lets a bot send."""

from datetime import timedelta

import pytest
from telegram import InputMediaPhoto
from telegram.error import RetryAfter

from tests.telegram.botapi.failures import Fail
from tests.telegram.botapi.limits import Limits
from tests.telegram.botapi.server import BotApi, serving
from tests.telegram.playing import photo, talking


class Seconds:
    """A clock in seconds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def limits(seconds: Seconds) -> Limits:
    return Limits(seconds)


def refused_for(limits: Limits, chat_id: int, weight: int = 1) -> int | None:
    """Try to send; give how many seconds the refusal says, None when it was taken."""
    try:
        limits.count(chat_id, weight)
    except Fail as fail:
        return int((fail.parameters or {})["retry_after"])
    return None


def test_a_chat_takes_one_a_second(limits: Limits, seconds: Seconds) -> None:
    assert refused_for(limits, 1) is None
    seconds.now += 0.99
    assert refused_for(limits, 1) == 1
    assert refused_for(limits, 2) is None
    seconds.now += 0.5  # the limit is over, but we were told to wait a second
    assert refused_for(limits, 1) == 1
    seconds.now += 1
    assert refused_for(limits, 1) is None


def test_a_group_takes_twenty_a_minute_and_an_album_counts_by_the_photo(
    limits: Limits, seconds: Seconds
) -> None:
    assert refused_for(limits, -5, 10) is None
    for _ in range(10):
        seconds.now += 1
        assert refused_for(limits, -5) is None
    seconds.now += 1
    assert refused_for(limits, -5) == 49
    seconds.now += 49
    assert refused_for(limits, -5, 10) is None


def test_all_chats_together_take_thirty_a_second(limits: Limits, seconds: Seconds) -> None:
    assert [refused_for(limits, chat) for chat in range(1, 31)] == [None] * 30
    assert refused_for(limits, 31) == 1
    seconds.now += 1
    assert refused_for(limits, 31) is None


async def test_the_server_counts_photos_and_edits(seconds: Seconds) -> None:
    async with serving(BotApi(strict=True, clock=seconds)) as api, talking(api) as bot:
        ada = api.state.world.add_user("Ada")
        group = api.crowd.group("Fans", ada)
        api.crowd.adds_bot(ada, group)
        sent = await bot.send_media_group(group.id, [InputMediaPhoto(photo()) for _ in range(10)])
        for n in range(10):
            seconds.now += 1
            await bot.edit_message_caption(group.id, sent[0].message_id, caption=str(n))
        seconds.now += 1
        with pytest.raises(RetryAfter) as flood:
            await bot.send_message(group.id, "one too many")
        assert flood.value.retry_after == timedelta(seconds=49)
        assert [call.method for call in api.refused(429)] == ["sendMessage"]
