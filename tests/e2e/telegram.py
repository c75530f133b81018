"""A process of ours on the stand-in Bot API server: its settings, and what it has sent so far."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from tests.e2e.fan import pause
from tests.telegram.botapi.server import BotApi
from tests.telegram.botapi.world import Chat, Message

T = TypeVar("T")

PATIENCE_S = 40.0


def account(api: BotApi) -> dict[str, str]:
    return {
        "CATWALK_RELAY__LEASE_S": "5",
        "CATWALK_TELEGRAM__TOKEN": api.token,
        "CATWALK_TELEGRAM__BASE_URL": api.base_url,
        "CATWALK_TELEGRAM__BASE_FILE_URL": api.base_file_url,
    }


def hooked(port: int) -> dict[str, str]:
    """Have updates sent here, without the proxy that has TLS elsewhere."""
    return {
        "CATWALK_TELEGRAM__MODE": "webhook",
        "CATWALK_TELEGRAM__WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
        "CATWALK_TELEGRAM__WEBHOOK_PORT": str(port),
        "CATWALK_TELEGRAM__WEBHOOK_SECRET": "a_secret_of_some_length",
    }


async def until(found: Callable[[], T | None]) -> T:
    """Wait for something another process brings about."""
    async with asyncio.timeout(PATIENCE_S):
        there = found()
        while not there:
            await pause(0.05)
            there = found()
    return there


def ours(api: BotApi, chat: Chat) -> list[Message]:
    return [m for m in chat.messages.values() if m.get("from", {}).get("id") == api.state.world.bot.id]
