"""The near side of the Telegram bench, a process of its own: what takes the taps, stores and answers them.

    python -m bench.telegram_near URL FOLDER FANS WAY

The Bot API is under URL/way/bot. Says on its output the id of the round and the port, then serves until its
input ends.
"""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, ExtBot

from bench.telegram_far import DESIGNS, SECRET, TOKEN
from bot.adapters.telegram.hook import Hook, app, serve
from bot.adapters.telegram.pace import Pace
from bot.adapters.telegram.poll import Polling
from bot.adapters.telegram.receive import Receiver, Toast
from bot.adapters.telegram.request import AiohttpRequest
from bot.adapters.telegram.updates import Query
from bot.i18n import Reader, render
from bot.main import spare_the_collector
from bot.port import Actor, Press
from bot.service.ledger import StoredLedger
from bot.serving import listen
from bot.storage import schema
from bot.storage.store import Store, is_outage
from tests.clock import Clock
from tests.made_shop import ROOM, MadeShop, made_shop

KINDS = ("message", "callback_query")


async def opened(folder: Path, fans: int) -> MadeShop:
    """Make a shop with a round open on SQLite, as durable as in life, and let the fans in."""
    store = Store(f"sqlite+aiosqlite:///{folder / 'bench.db'}", clock=(clock := Clock()))
    await schema.migrate(store)
    shop = await made_shop(store, clock, designs_=DESIGNS)
    await shop.open()
    for fan in range(1, fans + 1):
        await shop.fan(fan)
    return shop


async def pressed(shop: MadeShop, fan: str, query_id: str, data: str) -> str:
    """Store a vote; both ways end here. Gives the toast."""
    actor = Actor("room", f"fan-{fan}", f"Fan {fan}", "en")
    reply = await shop.catwalk.press(Press(actor, query_id, data.partition("@")[0], ROOM))
    assert reply.text is not None
    return render(reply.text, Reader())


# ------------------------------------------------------------------ the library, as it comes


def library(shop: MadeShop, url: str) -> Application[Any, Any, Any, Any, Any, Any]:
    async def tapped(update: Update, _context: Any) -> None:
        query = update.callback_query
        assert query is not None
        await query.answer(await pressed(shop, str(query.from_user.id), query.id, query.data or ""))

    made = ApplicationBuilder().token(TOKEN).base_url(f"{url}/bot").concurrent_updates(256)
    application = made.connection_pool_size(256).pool_timeout(60).build()
    application.add_handler(CallbackQueryHandler(tapped))
    return application


async def library_webhook(shop: MadeShop, url: str, started: Callable[[int], None]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    application = library(shop, url)
    assert application.updater is not None
    async with application:
        await application.updater.start_webhook(
            "127.0.0.1", port, "telegram", webhook_url="https://bench.test/telegram", secret_token=SECRET
        )
        await application.start()
        started(port)
        await asyncio.Event().wait()


async def library_polling(shop: MadeShop, url: str, started: Callable[[int], None]) -> None:
    application = library(shop, url)
    assert application.updater is not None
    async with application:
        await application.updater.start_polling()
        await application.start()
        started(0)
        await asyncio.Event().wait()


# ------------------------------------------------------------------ ours


def receiver(shop: MadeShop, application: Application[Any, Any, Any, Any, Any, Any]) -> Receiver:
    async def voted(query: Query) -> Toast:
        return Toast(await pressed(shop, str(query.by.id), query.id, query.data))

    def vote(query: Query) -> Awaitable[Toast] | None:
        return voted(query) if query.data[:2] == "t:" else None

    return Receiver(application, StoredLedger(shop.store), vote, KINDS, is_outage)


async def webhook(shop: MadeShop, url: str, started: Callable[[int], None]) -> None:
    listening = listen("127.0.0.1", 0, "")
    async with ours(url) as (application, _):
        started(listening.getsockname()[1])
        await serve(app(Hook(receiver(shop, application), SECRET), "/telegram"), listening)


async def polling(shop: MadeShop, url: str, started: Callable[[int], None]) -> None:
    async with ours(url) as (application, request):
        started(0)
        await Polling(application.bot, request, receiver(shop, application), KINDS).run()


@asynccontextmanager
async def ours(url: str) -> AsyncIterator[tuple[Application[Any, Any, Any, Any, Any, Any], AiohttpRequest]]:
    request = AiohttpRequest()
    bot = ExtBot(
        TOKEN,
        base_url=f"{url}/bot",
        request=request,
        get_updates_request=request,
        rate_limiter=Pace(lambda: None),
    )
    application = Application.builder().bot(bot).updater(None).build()
    async with application:
        yield application, request


async def nothing(_shop: MadeShop, _url: str, started: Callable[[int], None]) -> None:
    async def read(request: Request) -> Response:
        await request.body()
        return Response()

    listening = listen("127.0.0.1", 0, "")
    started(listening.getsockname()[1])
    await serve(Starlette(routes=[Route("/telegram", read, methods=["POST"])]), listening)


# ------------------------------------------------------------------ the process


WAYS = (webhook, library_webhook, nothing, polling, library_polling)


async def main(url: str, folder: str, fans: int, name: str) -> None:
    spare_the_collector()
    shop = await opened(Path(folder), fans)
    way = next(way for way in WAYS if way.__name__ == name)
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    running: asyncio.Future[Any] = asyncio.ensure_future(way(shop, f"{url}/{name}", port.set_result))
    over: asyncio.Future[Any] = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    begun: list[asyncio.Future[Any]] = [running, port]
    await asyncio.wait(begun, return_when=asyncio.FIRST_COMPLETED)
    if port.done():
        print(json.dumps([shop.round_id, port.result()]), flush=True)
        await asyncio.wait([running, over], return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        running.result()
    os._exit(0)  # nothing here is worth an orderly end


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
