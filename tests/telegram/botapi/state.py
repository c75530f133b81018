"""What the methods work on."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.telegram.botapi.asked import Asked
from tests.telegram.botapi.files import Files
from tests.telegram.botapi.updates import Updates
from tests.telegram.botapi.world import World

Method = Callable[["State", Asked], Any]
"""A method of the Bot API: gives its result, or a coroutine of it; raises Fail."""


@dataclass
class Query:
    """A button pressed or a payment to be allowed; `answer` is the parameters of the answering call."""

    id: str
    user_id: int
    asked_at: float
    content: dict[str, Any]
    update_id: int = 0
    answer: dict[str, Any] | None = None
    answered_at: float | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def answered(self, patience_s: float = 10.0) -> dict[str, Any]:
        """Wait for the answer and give its parameters; raises TimeoutError."""
        async with asyncio.timeout(patience_s):
            await self.done.wait()
        assert self.answer is not None
        return self.answer


@dataclass
class State:
    """The world, the bot's updates and files, and its open queries. `count` raises what is sent too often."""

    world: World
    updates: Updates
    files: Files
    count: Callable[[int, int], None]
    clock: Callable[[], float]
    callbacks: dict[str, Query] = field(default_factory=dict)
    checkouts: dict[str, Query] = field(default_factory=dict)
    payloads: dict[tuple[int, int], str] = field(default_factory=dict)
    reactions: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    commands: dict[tuple[str, int, int, str], list[dict[str, str]]] = field(default_factory=dict)
