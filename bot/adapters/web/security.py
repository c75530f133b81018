"""What every answer and every form must satisfy: headers, origin, size and pace."""

import ipaddress
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FORM_BYTES = 64 * 1024

POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # `no-referrer` would send `Origin: null` with our own forms, and those are refused.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


def add_headers(headers: MutableHeaders) -> None:
    """Add the safe headers to an answer that does not set its own."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)


class Guard:
    """ASGI middleware: safe headers on every answer, and an end to bodies over `body_bytes`.

    `larger` says by a pattern of whole paths where a body may have more. The 413 is raised inside
    `receive`, where the app's error page can still answer it.
    """

    def __init__(
        self, app: ASGIApp, body_bytes: int = FORM_BYTES, larger: Mapping[str, int] | None = None
    ) -> None:
        self.app = app
        self.body_bytes = body_bytes
        self.larger = larger or {}

    def _most(self, path: str) -> int:
        return next((n for kept, n in self.larger.items() if re.fullmatch(kept, path)), self.body_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        taken, most = 0, self._most(scope["path"])

        async def counted() -> Message:
            nonlocal taken
            if declared.isdecimal() and int(declared) > most:
                raise HTTPException(413)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413)
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, counted, guarded)


def check_origin(request: Request, base_url: str) -> None:
    """Refuse a form another site sent (403). A browser too old to say is left to the form token."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise HTTPException(403)
        return
    origin = request.headers.get("origin")
    if origin is not None:
        host = urlsplit(origin).netloc
        if not host or host not in {request.headers.get("host"), urlsplit(base_url).netloc}:
            raise HTTPException(403)


@dataclass(frozen=True, slots=True)
class Rates:
    """How many a minute: presses and comments of one account, entries of one address."""

    presses: int = 300
    comments: int = 20
    entries: int = 10


Kind = Literal["press", "comment", "entry"]


class Throttle:
    """Count in memory what each account and address does; a restart forgives."""

    def __init__(self, rates: Rates) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._items: dict[Kind, tuple[RateLimitItem, ...]] = {
            "press": (RateLimitItemPerSecond(20), RateLimitItemPerMinute(rates.presses)),
            "comment": (RateLimitItemPerMinute(rates.comments),),
            "entry": (RateLimitItemPerMinute(rates.entries),),
        }

    def check(self, kind: Kind, who: str) -> None:
        """Count one; raise 429 with `Retry-After` when it was one too many."""
        for item in self._items[kind]:
            if not self._limiter.hit(item, kind, who):
                reset_at = self._limiter.get_window_stats(item, kind, who).reset_time
                after_s = max(1, math.ceil(reset_at - time.time()))
                raise HTTPException(429, headers={"Retry-After": str(after_s)})


def address(request: Request) -> str:
    """Name where a request comes from; one IPv6 household (/64) is one address."""
    host = request.client.host if request.client else "unknown"
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else host
