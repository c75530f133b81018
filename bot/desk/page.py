"""What the desk needs of the web app it is mounted into; `bot.adapters.web` has it as `room.page`."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from bot.i18n import listed
from bot.port import Actor
from bot.text import Count, Hole, Share, Text


def figure(value: Hole) -> Text:
    """Say a value and nothing else, in the reader's format."""
    return Text("{words}", {"words": value})


HELPERS: Mapping[str, Any] = {"Count": Count, "Share": Share, "figure": figure, "listed": listed}
"""What the desk's templates use besides the room's own names."""


class VisitLike(Protocol):
    """One visit: the language and clock its pages are written in, and where its last form came from."""

    language: str
    zone: tzinfo
    back: str


class PageLike(Protocol):
    """Knows who asks, reads checked forms, answers with pages in the room's look."""

    base_url: str

    def visit(self, request: Request) -> VisitLike: ...
    def need_actor(self, request: Request) -> Actor: ...
    async def form(self, request: Request) -> dict[str, str]: ...
    async def upload(self, request: Request, name: str) -> tuple[dict[str, str], bytes]: ...
    def say(self, request: Request, text: Text) -> str: ...
    def render(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        whole: bool = True,
        **context: Any,
    ) -> Response: ...
    def redirect(self, request: Request, path: str, flash: Text | None = None) -> Response: ...
    def finish(self, request: Request, response: Response) -> Response: ...
