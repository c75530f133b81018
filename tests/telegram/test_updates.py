"""How the stand-in hands out updates: polled until they are acknowledged, or sent to a webhook."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from telegram import Update
from telegram.error import BadRequest, Conflict
from telegram.ext import ExtBot

from tests.telegram.botapi.server import BotApi
from tests.telegram.botapi.world import Chat, User
from tests.telegram.playing import keyboard


async def test_an_update_comes_again_until_the_offset_passes_it(
    api: BotApi, bot: ExtBot[None], ada: User
) -> None:
    started = await bot.get_updates()
    assert [update.message.text for update in started if update.message] == ["/start"]
    assert await bot.get_updates() == started
    api.people.says(ada, api.people.private(ada), "hello")
    after = await bot.get_updates(offset=started[0].update_id + 1)
    assert [update.message.text for update in after if update.message] == ["hello"]
    assert await bot.get_updates(offset=after[0].update_id + 1) == ()


async def test_a_long_poll_ends_with_the_first_news(api: BotApi, bot: ExtBot[None], ada: User) -> None:
    await bot.get_updates(offset=-1)
    offset = (await bot.get_updates())[0].update_id + 1
    waiting = asyncio.create_task(bot.get_updates(offset=offset, timeout=30))
    await api.state.updates.polled.wait()
    api.people.says(ada, api.people.private(ada), "news")
    assert len(await waiting) == 1


async def test_of_two_pollers_the_first_is_sent_away(api: BotApi, bot: ExtBot[None]) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await api.state.updates.polled.wait()
    second = asyncio.create_task(bot.get_updates(timeout=30))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first
    user = api.state.world.add_user("Bo")
    api.people.start(user)
    assert len(await second) == 1


async def test_only_what_is_allowed_comes(api: BotApi, bot: ExtBot[None], ada: User, fans: Chat) -> None:
    api.state.updates.drop()
    await bot.get_updates(allowed_updates=["message"])
    api.crowd.promotes(ada, api.state.world.bot, fans)
    api.people.says(ada, fans, "words")
    assert [update.message is not None for update in await bot.get_updates()] == [True]
    await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    bo = api.state.world.add_user("Bo")
    api.crowd.joins(bo, fans)
    kinds = [update.to_dict() for update in await bot.get_updates(offset=-2)]
    assert [sorted(kind) for kind in kinds] == [["chat_member", "update_id"], ["message", "update_id"]]


# ------------------------------------------------------------------ webhook


@asynccontextmanager
async def listening(answers: list[web.Response]) -> AsyncIterator[tuple[str, list[tuple[str | None, Any]]]]:
    """Serve a webhook that gives these answers in turn; yields its URL and what it got."""
    got: list[tuple[str | None, Any]] = []

    async def take(request: web.Request) -> web.Response:
        got.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        return answers[len(got) - 1] if len(got) <= len(answers) else web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", got
    finally:
        await runner.cleanup()


async def delivered(api: BotApi) -> None:
    """Wait until the webhook has received everything."""
    async with asyncio.timeout(10):
        await api.state.updates.delivered.wait()


async def test_a_webhook_gets_the_secret_and_no_polling_beside_it(
    api: BotApi, bot: ExtBot[None], ada: User
) -> None:
    async with listening([]) as (url, got):
        await bot.set_webhook(url, secret_token="s3cret")
        await delivered(api)
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        assert (await bot.get_webhook_info()).url == url
        await bot.delete_webhook()
    assert [(secret, update["message"]["text"]) for secret, update in got] == [("s3cret", "/start")]
    assert await bot.get_updates() == ()


async def test_a_webhook_that_fails_is_tried_again_in_order(
    bot: ExtBot[None], api: BotApi, ada: User
) -> None:
    private = api.people.private(ada)
    api.people.says(ada, private, "second")
    async with listening([web.Response(status=500)]) as (url, got):
        await bot.set_webhook(url)
        await delivered(api)
        info = await bot.get_webhook_info()
    assert [update["message"]["text"] for _, update in got] == ["/start", "/start", "second"]
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"


async def test_a_webhooks_answer_may_be_a_call(api: BotApi, bot: ExtBot[None], ada: User) -> None:
    sent = await bot.send_message(ada.id, "tap", reply_markup=keyboard(["a"]))
    api.state.updates.drop()
    tap = api.people.taps(ada, api.people.private(ada).messages[sent.message_id], "a")
    toast = {"method": "answerCallbackQuery", "callback_query_id": tap.id, "text": "saved"}
    async with listening([web.json_response(toast)]) as (url, _):
        await bot.set_webhook(url)
        assert (await tap.answered())["text"] == "saved"


async def test_a_webhooks_url_and_secret_are_checked(bot: ExtBot[None]) -> None:
    with pytest.raises(BadRequest, match=r"(?i)an https url must be provided"):
        await bot.set_webhook("ftp://a.example/hook")
    with pytest.raises(BadRequest, match="ecret token contains unallowed characters"):
        await bot.set_webhook("https://a.example/hook", secret_token="with a space")
