"""A fan's ballot: its pages (a sheet, a card or a duel each), one design large, everything answered."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.adapters.web.group import Group
from bot.adapters.web.render import url, vote_url
from bot.adapters.web.states import design_state, page_state
from bot.adapters.web.wire import number_of
from bot.port import (
    BallotView,
    CardPage,
    DesignView,
    DuelPage,
    Reply,
    Sheet,
    ShowBallot,
    ShowDesign,
    ShowPage,
)
from bot.port.words import onward

BallotPage = Sheet | CardPage | DuelPage


class BallotPages(Group):
    """The pages on which a fan votes."""

    def routes(self) -> list[Route]:
        return [
            Route("/r/{group}/vote", self.vote),
            Route("/r/{group}/look/{number:int}", self.design),
            Route("/r/{group}/ballot", self.ballot),
            Route("/r/{group}/press", self.press, methods=["POST"]),
            Route("/r/{group}/pick", self.pick, methods=["POST"]),
        ]

    # -------------------------------------------------------------- looking

    async def vote(self, request: Request) -> Response:
        """Show a page of the ballot; without a number the first one not finished."""
        page = _page_number(request.query_params.get("page"))
        screen = await self._at(request, page)
        if self._page.wants_json(request):
            return self._page.json(request, page_state(screen))
        if page is None and all(screen.pages):
            return self._page.redirect(request, url("r", request.path_params["group"], "ballot"))
        match screen:
            case CardPage():
                return self._show(request, "card.html", card=screen)
            case DuelPage():
                return self._show(request, "duel.html", duel=screen)
        return self._show(request, "sheet.html", sheet=screen)

    async def _at(self, request: Request, page: int | None = None) -> BallotPage:
        screen = await self._see(request, ShowPage(page), object)
        if not isinstance(screen, BallotPage):
            raise HTTPException(404)
        return screen

    async def design(self, request: Request) -> Response:
        view = await self._see(request, ShowDesign(request.path_params["number"]), DesignView)
        if self._page.wants_json(request):
            return self._page.json(request, design_state(view))
        reply_to = number_of(request.query_params.get("reply"))
        return self._show(request, "design.html", view=view, reply_to=reply_to)

    async def ballot(self, request: Request) -> Response:
        view = await self._see(request, ShowBallot(), BallotView)
        return self._show(request, "ballot.html", view=view)

    # -------------------------------------------------------------- acting

    async def press(self, request: Request) -> Response:
        form = await self._page.form(request)
        reply = await self._press(request, form)
        target = None
        match form.get("step"):
            case "finish":
                target = await self._onward(request, form, reply)
            case "undo":
                target = await self._undone(request, form)
        return self._acted(request, form, reply, target)

    async def pick(self, request: Request) -> Response:
        """Pick by typed numbers: the path for screen readers and quick fingers."""
        form = await self._page.form(request)
        reply = await self._command(request, form, "pick", form.get("numbers", ""))
        return self._acted(request, form, reply, None)

    async def _onward(self, request: Request, form: dict[str, str], reply: Reply) -> str:
        """Find the page after a finished one: the next while leafing through, else the next unseen."""
        screen = reply.screen if isinstance(reply.screen, BallotPage) else await self._at(request)
        page = number_of(form.get("page")) or 0
        target = onward(screen.pages, page, leafing=bool(form.get("all_seen")))
        return vote_url(request.path_params["group"], target)

    async def _undone(self, request: Request, form: dict[str, str]) -> str | None:
        """Find the page whose answer was taken back: finished when the form was made, and not any more."""
        pages = (await self._at(request)).pages
        were = form.get("finished", "")
        opened = [
            n for n, (was, now) in enumerate(zip(were, pages, strict=False), 1) if was == "1" and not now
        ]
        return vote_url(request.path_params["group"], opened[0]) if opened else None


def _page_number(text: str | None) -> int | None:
    page = number_of(text)
    if text is not None and not page:
        raise HTTPException(404)
    return page
