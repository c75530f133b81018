"""What one fan said in a group, what became of it, and the form to say it better."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.adapters.web.group import Group
from bot.adapters.web.live import Live
from bot.adapters.web.page import Page
from bot.adapters.web.render import url
from bot.adapters.web.security import Throttle
from bot.adapters.web.wire import event_id, number_of
from bot.port import Comment, Inbox, Said, ShowSaid


class SaidPages(Group):
    """A fan's own words, for that fan alone."""

    def __init__(self, page: Page, inbox: Inbox, throttle: Throttle, live: Live) -> None:
        super().__init__(page, inbox, throttle)
        self._live = live

    def routes(self) -> list[Route]:
        return [
            Route("/r/{group}/said", self.said),
            Route("/r/{group}/said", self.change, methods=["POST"]),
        ]

    async def said(self, request: Request) -> Response:
        """Show it; `?edit=12` opens one comment to be changed in its place."""
        said = await self._see(request, ShowSaid(), Said)
        return self._show(request, "said.html", said=said, edit=number_of(request.query_params.get("edit")))

    async def change(self, request: Request) -> Response:
        form = await self._page.form(request)
        actor, group = await self._here(request)
        edits, text = number_of(form.get("edits")) or 0, form.get("text", "")
        visit = self._page.visit(request)
        visit.draft, visit.back = {**form, "action": url("r", group, "said")}, url("r", group, "said")
        self._throttle.check("comment", actor.remote_id)
        named = event_id(actor, form, text, edits)
        reply = await self._inbox.comment(Comment(actor, named, group, text, edits=edits))
        self._page.heard(request, reply, group)
        self._live.wake(group)
        return self._acted(request, form, reply, f"{url('r', group, 'said')}#c{edits}")
