"""The stand-in Bot API server as fixtures, and a bot of python-telegram-bot's that talks to it."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PIL import Image
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import ExtBot

from bot.adapters.telegram.request import AiohttpRequest
from tests.telegram.botapi.server import BotApi, serving
from tests.telegram.botapi.world import Chat, User


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """A Bot API server that does not count what is sent."""
    async with serving(BotApi()) as api:
        yield api


@asynccontextmanager
async def talking(api: BotApi) -> AsyncIterator[ExtBot[None]]:
    """Make the server's bot, over the network stack the adapter uses."""
    request = AiohttpRequest()
    async with ExtBot(
        api.token,
        base_url=api.base_url,
        base_file_url=api.base_file_url,
        request=request,
        get_updates_request=request,
    ) as bot:
        yield bot


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[ExtBot[None]]:
    async with talking(api) as bot:
        yield bot


@pytest.fixture
def ada(api: BotApi) -> User:
    """A fan who pressed Start."""
    user = api.state.world.add_user("Ada")
    api.people.start(user)
    return user


@pytest.fixture
def fans(api: BotApi, ada: User) -> Chat:
    """A group of Ada's with the bot in it."""
    chat = api.crowd.group("Fans", ada)
    api.crowd.adds_bot(ada, chat)
    return chat


def photo(width: int = 60, height: int = 40) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(kept, "JPEG")
    return kept.getvalue()


def keyboard(*rows: list[str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(t, callback_data=t) for t in row] for row in rows])
