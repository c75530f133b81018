"""Serve a room over HTTP, in the test's own loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from bot.adapters.web import RoomAdapter
from tests.adapters.web.fake_inbox import FakeInbox

STOP_S = 5.0
"""Longer than stopping may take, and shorter than the patience of the server with open connections."""


@asynccontextmanager
async def served(room: RoomAdapter, inbox: FakeInbox) -> AsyncIterator[str]:
    """Serve the room on a free port as uvicorn does, and stop it as `catwalk run` does."""
    config = uvicorn.Config(room.app(inbox), port=0, log_config=None, ws="none", timeout_graceful_shutdown=60)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        room.close()
        await asyncio.wait_for(server.shutdown(), STOP_S)
