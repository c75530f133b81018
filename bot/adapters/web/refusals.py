"""What a browser sees when something cannot be done: one designed page, or the sentence as JSON."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.adapters.web.page import Page
from bot.adapters.web.security import add_headers
from bot.errors import RuleError
from bot.text import Text, t

OUTSIDE = frozenset({"room.not_member", "who.unknown"})
"""Refusals that mean: this person has not entered yet."""
FORBIDDEN = OUTSIDE | {"role.missing"}
UNSAVED = frozenset({"busy", "votes.unsaved"})
"""Refusals that mean: nothing is wrong with it, send it again in a moment."""
_AGAIN = {"Retry-After": "2"}

_SENTENCES: Mapping[int, tuple[Text, Text]] = {
    400: (t("That did not arrive whole"), t("Please go back, load the page again and try once more.")),
    401: (t("Please enter first"), t("This page is for the people in the group.")),
    403: (t("Not from here"), t("That request came from another site, so nothing was changed.")),
    404: (t("There is nothing here"), t("The page may have moved, or the address lost a letter on its way.")),
    405: (t("That does not work here"), t("Please go back and use the buttons on the page.")),
    413: (t("That is too much at once"), t("Please send less text, or a smaller photo. Nothing was saved.")),
    429: (t("One moment"), t("That was a lot in a short time. Please wait a little, then go on.")),
    500: (t("Something broke on our side"), t("We have noted it. What you saved is safe: please try again.")),
}
_STALE = (
    t("This page has waited too long"),
    t("Load it again and repeat your last step. If it stays like this, allow cookies for this site."),
)

Handler = Callable[[Request, Exception], Awaitable[Response]]


class Refusals:
    """Turn what was raised into an answer a person can use."""

    def __init__(self, page: Page, entry: Callable[[Request, int], Response]) -> None:
        self._page = page
        self._entry = entry

    def handlers(self) -> Mapping[Any, Handler]:
        return {
            RuleError: self.rule,
            HTTPException: self.http,
            ClientDisconnect: self.gone,
            Exception: self.broken,
        }

    async def gone(self, request: Request, _raised: Exception) -> Response:
        """Answer nobody: the browser went away before all it sent was here, which is no trouble of ours."""
        return await self.http(request, HTTPException(400))

    async def rule(self, request: Request, raised: Exception) -> Response:
        """Answer a refusal of the rules: 403 to whom it is not open, 503 to send the same again, else 409."""
        assert isinstance(raised, RuleError)
        unsaved = raised.code in UNSAVED
        status = 403 if raised.code in FORBIDDEN else 503 if unsaved else 409
        headers = _AGAIN if unsaved else None
        if self._page.wants_json(request):
            return self._page.json(request, {"code": raised.code, "text": raised.text}, status, headers)
        if raised.code in OUTSIDE:
            return self._entry(request, status)
        return self._message(request, status, None, raised.text, headers)

    async def http(self, request: Request, raised: Exception) -> Response:
        assert isinstance(raised, HTTPException)
        status, headers = raised.status_code, raised.headers
        title, words = _SENTENCES.get(status, _SENTENCES[400 if status < 500 else 500])
        if raised.detail == "form":
            title, words = _STALE
        if self._page.wants_json(request):
            code = f"http.{status}"
            return self._page.json(request, {"code": code, "text": words}, status, headers)
        if status == 401:
            return self._entry(request, 403)
        return self._message(request, status, title, words, headers)

    async def broken(self, request: Request, raised: Exception) -> Response:
        """Answer a bug. The server logs what was raised; this runs outside the guard, so add its headers."""
        response = await self.http(request, HTTPException(500))
        add_headers(MutableHeaders(raw=response.raw_headers))
        return response

    def _message(
        self,
        request: Request,
        status: int,
        title: Text | None,
        words: Text,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        visit = self._page.visit(request)
        return self._page.render(
            request,
            "message.html",
            status=status,
            headers=headers,
            title=title,
            words=words,
            back=visit.back,
            draft=visit.draft,
        )
