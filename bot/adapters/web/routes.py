"""A group's own pages: its feed, its newest results, and what is said in it."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.adapters.web.group import Group
from bot.adapters.web.live import Live
from bot.adapters.web.page import Page
from bot.adapters.web.render import url
from bot.adapters.web.security import Throttle
from bot.adapters.web.wire import (
    event_id,
    number_of,
    screen_url,
    typed_command,
)
from bot.port import (
    Answer,
    Button,
    Card,
    Comment,
    Feed,
    FeedPost,
    Inbox,
    Screen,
    ShowFeed,
    Takeout,
)
from bot.text import Text, t

STREAMS = 8
"""Live streams one account may hold: open tabs, on every device."""
RESULT_PAGES = 20
"""How far back the newest result is looked for, in pages of the feed."""


class GroupPages(Group):
    """A group's feed and results."""

    def __init__(self, page: Page, inbox: Inbox, throttle: Throttle, live: Live) -> None:
        super().__init__(page, inbox, throttle)
        self._live = live
        self._streams: Counter[str] = Counter()

    def routes(self) -> list[Route]:
        return [
            Route("/r/{group}", self.feed),
            Route("/r/{group}/results", self.results),
            Route("/r/{group}/comment", self.comment, methods=["POST"]),
            Route("/events/{group}", self.events),
        ]

    # -------------------------------------------------------------- looking

    async def feed(self, request: Request) -> Response:
        """Show the group; `?fragment=1` is the part that changes, for an open page to put in place."""
        before = _instant(request.query_params.get("before"))
        feed = await self._see(request, ShowFeed(before), Feed)
        reply_to = number_of(request.query_params.get("reply"))
        context = {"feed": feed, "before": before, "reply_to": reply_to}
        if "fragment" in request.query_params:
            return self._show(request, "_feed.html", whole=False, **context)
        return self._show(request, "feed.html", **context)

    async def results(self, request: Request) -> Response:
        """Show the newest cut in the feed over the whole width."""
        before: datetime | None = None
        for _ in range(RESULT_PAGES):
            feed = await self._see(request, ShowFeed(before), Feed)
            cards = [i.card for i in reversed(feed.items) if isinstance(i, FeedPost) and _is_cut(i.card)]
            if cards or feed.older is None:
                return self._show(request, "results.html", card=cards[0] if cards else None)
            before = feed.older
        return self._show(request, "results.html", card=None)

    # -------------------------------------------------------------- acting

    async def comment(self, request: Request) -> Response:
        """Take words from the compose box: a comment, or a command when they start with `/`."""
        form = await self._page.form(request)
        group, text = request.path_params["group"], form.get("text", "")
        self._page.visit(request).draft = {**form, "action": url("r", group, "comment")}
        if command := typed_command(text):
            return await self._answer(request, form, *command)
        actor, _ = await self._here(request)
        self._throttle.check("comment", actor.remote_id)
        number, reply_to = number_of(form.get("number")), number_of(form.get("reply_to"))
        named = event_id(actor, form, text, number, reply_to)
        reply = await self._inbox.comment(Comment(actor, named, group, text, number, reply_to))
        self._page.heard(request, reply, group)
        self._live.wake(group)
        return self._acted(request, form, reply, None)

    async def _answer(self, request: Request, form: dict[str, str], name: str, args: str) -> Response:
        """Answer a command to who said it: a script with the piece to show, a browser with a page."""
        _, group = await self._here(request)
        visit = self._page.visit(request)
        language = visit.language
        reply = await self._command(request, form, name, args)
        onward = screen_url(group, reply.screen)
        if reply.text is None:
            return self._acted(request, form, reply, onward)
        if visit.language != language and onward is None:  # everything on the page speaks another one now
            return self._acted(request, form, reply, visit.back)
        answer = _found(reply.text, reply.screen)
        back = onward or visit.back
        if not self._page.wants_json(request):
            return self._show(request, "answer.html", answer=answer, back=back)
        piece = self._page.piece(request, "_answer.html", answer=answer, back=back, group=group)
        return self._page.json(request, {"text": reply.text, "next": onward, "answer": piece})

    # -------------------------------------------------------------- listening

    async def events(self, request: Request) -> Response:
        """Stream the group's cursor to an open page, for as long as its fan may see the group."""
        actor = self._page.need_actor(request)
        group: str = request.path_params["group"]
        await self._see(request, ShowFeed(), Feed)
        if self._streams[actor.remote_id] >= STREAMS:
            raise HTTPException(429, headers={"Retry-After": "30"})
        return EventSourceResponse(self._stream(actor.remote_id, group), ping=20, send_timeout=20)

    async def _stream(self, who: str, group: str) -> AsyncIterator[ServerSentEvent]:
        self._streams[who] += 1
        cursors = self._live.listen(group)
        try:
            async for cursor in cursors:
                yield ServerSentEvent(str(cursor), event="cursor", id=str(cursor))
        finally:
            await cursors.aclose()
            self._streams[who] -= 1
            if self._streams[who] <= 0:
                del self._streams[who]


def _found(text: Text, screen: Screen | None) -> Answer:
    """Show what a command found; a file is where the room has it."""
    if isinstance(screen, Takeout) and screen.go:
        return Answer(text, buttons=(Button(t("Download"), screen.go),))
    return screen if isinstance(screen, Answer) else Answer(text)


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):  # not an instant, or one before or after all days
        pass
    raise HTTPException(404)


def _is_cut(card: Card) -> bool:
    return any(picture.verdict for picture in card.pictures)
