"""The webhook: who may call it, what it answers, and what happens to what it took."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from telegram.ext import ExtBot

from bot.adapters.telegram.hook import Hook, app, serve
from bot.service.ledger import StoredLedger
from bot.serving import listen
from tests.adapters.telegram.receiving import FailingLedger, Listening
from tests.telegram.botapi.server import BotApi
from tests.telegram.botapi.world import User
from tests.telegram.playing import keyboard

SECRET = "a_secret-for-the-webhook"


@dataclass
class Hooked:
    """A webhook that is being served."""

    url: str
    listening: Listening
    ledger: FailingLedger


@pytest.fixture
async def hooked(bot: ExtBot[None], ledger: StoredLedger) -> AsyncIterator[Hooked]:
    failing = FailingLedger(ledger, failures=0)
    listening = Listening(bot, failing)
    taken = listen("127.0.0.1", 0, "CATWALK_TELEGRAM__WEBHOOK_PORT")
    port = taken.getsockname()[1]
    async with listening.application:
        serving = asyncio.create_task(serve(app(Hook(listening.receiver, SECRET), "/telegram"), taken))
        yield Hooked(f"http://127.0.0.1:{port}/telegram", listening, failing)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await listening.receiver.close()


async def post(hooked: Hooked, update: Any, secret: str | None = SECRET) -> tuple[int, str]:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
    async with (
        aiohttp.ClientSession() as session,
        session.post(hooked.url, json=update, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def test_without_the_secret_nothing_is_read(hooked: Hooked) -> None:
    host, port = hooked.url.split("/")[2].split(":")
    for secret in ("", "X-Telegram-Bot-Api-Secret-Token: wrong\r\n"):
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"POST /telegram HTTP/1.1\r\nHost: a\r\n{secret}Content-Length: 1000\r\n\r\n"
        writer.write(head.encode())  # and no body: the answer comes all the same
        async with asyncio.timeout(5):
            answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 401 ")
        writer.close()
    assert not hooked.listening.handled


@pytest.mark.parametrize(
    "too_long",
    [b"Content-Length: 1000001\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\nf4241\r\n" + b"x" * 1_000_001],
    ids=["said", "shown"],
)
async def test_what_is_longer_than_any_update_is_read_no_further(hooked: Hooked, too_long: bytes) -> None:
    host, port = hooked.url.split("/")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /telegram HTTP/1.1\r\nHost: a\r\nX-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"
    writer.write(head.encode() + too_long)  # and not the end of it: the answer comes all the same
    async with asyncio.timeout(5):
        assert (await reader.read()).startswith(b"HTTP/1.1 413 ")
    writer.close()


@pytest.mark.parametrize("nonsense", ["x", [], {}, {"update_id": "7"}, 5])
async def test_what_is_no_update_is_refused(hooked: Hooked, nonsense: Any) -> None:
    assert (await post(hooked, nonsense))[0] == 400


async def test_half_a_surrogate_pair_is_text_like_any_other(hooked: Hooked) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    update = rb'{"update_id": 7, "poll": {"question": "\ud83d"}}'
    async with (
        aiohttp.ClientSession() as session,
        session.post(hooked.url, data=update, headers=headers) as answer,
    ):
        assert answer.status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/other", 404), ("GET", "/telegram", 405), ("POST", "/telegram", 401)],
)
async def test_whoever_comes_another_way_is_refused(
    hooked: Hooked, method: str, path: str, status: int
) -> None:
    url = hooked.url.removesuffix("/telegram") + path
    async with aiohttp.ClientSession() as session, session.request(method, url) as answer:
        assert answer.status == status


async def test_updates_are_kept_and_handled_once(
    api: BotApi, bot: ExtBot[None], ada: User, hooked: Hooked
) -> None:
    await bot.set_webhook(hooked.url, secret_token=SECRET)
    await hooked.listening.until(lambda: hooked.listening.texts == ["/start"])
    again = json.loads(hooked.listening.handled[0].to_json())
    assert await post(hooked, again) == (200, "")
    api.people.says(ada, api.people.private(ada), "after it")
    await hooked.listening.until(lambda: len(hooked.listening.handled) == 2)
    assert hooked.listening.texts == ["/start", "after it"]


async def test_a_toast_travels_in_the_answer(
    api: BotApi, bot: ExtBot[None], ada: User, hooked: Hooked
) -> None:
    sent = await bot.send_message(ada.id, "tap", reply_markup=keyboard(["p:1:2:1"]))
    await bot.set_webhook(hooked.url, secret_token=SECRET)
    tap = api.people.taps(ada, api.people.private(ada).messages[sent.message_id], "p:1:2:1")
    assert (await tap.answered())["text"] == "❤️ p:1:2:1"
    assert hooked.listening.votes == hooked.listening.after == [tap.id]
    assert await hooked.ledger.waiting(str(bot.id)) == {}


async def test_what_could_not_be_stored_is_sent_again(
    api: BotApi, bot: ExtBot[None], ada: User, hooked: Hooked
) -> None:
    sent = await bot.send_message(ada.id, "tap", reply_markup=keyboard(["p:1:2:1"]))
    hooked.ledger.failures, hooked.listening.trouble = 2, OSError("the database is away")
    await bot.set_webhook(hooked.url, secret_token=SECRET)
    tap = api.people.taps(ada, api.people.private(ada).messages[sent.message_id], "p:1:2:1")
    await tap.answered()
    await hooked.listening.until(lambda: hooked.listening.texts == ["/start"])
    assert api.state.updates.last_error is not None
    assert "503" in api.state.updates.last_error[1]
