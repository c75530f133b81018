"""Updates sent to us: the webhook, and the server it listens with."""

import asyncio
import hmac
import socket
from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.adapters.telegram.receive import Answer, Receiver
from bot.adapters.telegram.updates import arrived
from bot.serving import Server

log = structlog.get_logger()

_SECRET = b"x-telegram-bot-api-secret-token"
_BODY_BYTES = 1_000_000
_JSON = (b"content-type", b"application/json")


class Hook:
    """Takes an update a request. Who does not name the secret is refused before anything is read.

    The toast of a vote travels in the answer, as the one call that the answer to a webhook may make.
    """

    def __init__(self, receiver: Receiver, secret: str) -> None:
        self._receiver = receiver
        self._secret = secret.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        if not hmac.compare_digest(headers.get(_SECRET, b""), self._secret):
            await _answer(send, 401)
            return
        content = await _read(headers, receive)
        if content is None:
            await _answer(send, 413)
            return
        try:
            update = arrived(content)
        except ValueError:
            await _answer(send, 400)
            return
        try:
            answer = await self._receiver.take(update)
        except Exception as error:  # Telegram sends it again
            log.warning("update_not_taken", reason=type(error).__name__)
            await _answer(send, 503)
            return
        await _answer(send, 200, _call(answer) if answer else b"")
        if answer:
            self._receiver.follow(answer)


def _call(answer: Answer) -> bytes:
    """Write the answer to a press as the call of a method."""
    call: dict[str, Any] = {
        "method": "answerCallbackQuery",
        "callback_query_id": answer.query_id,
        "text": answer.toast.words,
    }
    if answer.toast.alert:
        call["show_alert"] = True
    return msgspec.json.encode(call)


async def _read(headers: Mapping[bytes, bytes], receive: Receive) -> bytes | None:
    """Read a body; None for one longer than any update, of which nothing is read where it says so itself."""
    if int(headers.get(b"content-length", b"0")) > _BODY_BYTES:  # digits, or the server would have refused it
        return None
    content = b""
    more = True
    while more and len(content) <= _BODY_BYTES:
        part = await receive()
        content += part.get("body", b"")
        more = part.get("more_body", False)
    return content if len(content) <= _BODY_BYTES else None


async def _answer(send: Send, status: int, content: bytes = b"") -> None:
    headers = [(b"content-length", str(len(content)).encode())]
    if content:
        headers.append(_JSON)
    if status != 200:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def app(hook: Hook, path: str) -> Router:
    """Make the webhook's own web application; `path` is that of its public URL.

    It has only this one route, and the hook answers its own trouble: of Starlette it needs but a router.
    """
    return Router([Route(path, hook, methods=["POST"])])


async def serve(application: ASGIApp, listening: socket.socket) -> None:
    """Serve until cancelled; the socket is closed then."""
    server = Server(application)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving
