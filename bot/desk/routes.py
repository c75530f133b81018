"""The desk's pages. What may be seen is the service's to say; here it only finds its page."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk import cut, words
from bot.desk.acts import Acts
from bot.desk.designs import Designs
from bot.desk.moderation import Moderation
from bot.desk.page import HELPERS, PageLike
from bot.desk.people import People
from bot.desk.presale_acts import PresaleActs
from bot.desk.presales import PresalePages
from bot.errors import RuleError
from bot.i18n import Reader, render
from bot.rounds import summary
from bot.service import desk, logbook
from bot.service.catwalk import Catwalk
from bot.service.desk import RoundPage, Staff
from bot.service.desk.export import file_name, standings_csv
from bot.service.shop import Shop
from bot.text import Text, t


def desk_routes(shop: Shop, catwalk: Catwalk, page: PageLike) -> list[Route]:
    """Build the desk's routes over the room's `page`, for main to mount beside the room's own."""
    pages = Pages(shop, page)
    acts, people = Acts(shop, page, pages.round_page), People(shop, catwalk, page)
    designs = Designs(shop, catwalk, page)
    presales = PresalePages(shop, page)
    selling = PresaleActs(shop, page, presales)
    moderation = Moderation(shop, page)
    return [
        *pages.routes(),
        *acts.routes(),
        *people.routes(),
        *designs.routes(),
        *presales.routes(),
        *selling.routes(),
        *moderation.routes(),
    ]


class Pages:
    """Everything that is only looked at."""

    def __init__(self, shop: Shop, page: PageLike) -> None:
        self._shop = shop
        self._page = page

    def routes(self) -> list[Route]:
        return [
            Route("/desk", self.overview),
            Route("/desk/round/{id:int}", self.round),
            Route("/desk/round/{id:int}/standings.csv", self.standings),
            Route("/desk/round/{id:int}/summary", self.summary),
            Route("/desk/round/{id:int}/{act:str}", self.ask),
            Route("/desk/campaign/{id:int}/log", self.log),
        ]

    # -------------------------------------------------------------- overview

    async def overview(self, request: Request) -> Response:
        view = await desk.overview(self._shop, self._page.need_actor(request))
        language = self._sit(request, view.staff)
        campaigns = []
        for line in view.campaigns:
            reader = Reader(language, line.campaign.zone)
            rows = [self._row(line, r, view, reader) for r in line.rounds]
            campaigns.append({"line": line, "rows": rows})
        return self._page.render(
            request, "desk/overview.html", staff=view.staff, campaigns=campaigns, **HELPERS
        )

    def _row(
        self, line: desk.CampaignLine, r: desk.RoundLine, view: desk.Overview, reader: Reader
    ) -> dict[str, Any]:
        facts = words.Facts(r, view.now, len(line.groups), r.round.number == line.campaign.rounds)
        act = words.next_act(r)
        step = words.step(act, facts) if act else None
        return {
            "round": r.round,
            "state": words.STATES[r.round.state],
            "status": render(words.status(r, line), reader),
            "step": step,
            "says": render(step.says, reader) if step else "",
        }

    # -------------------------------------------------------------- one round

    async def round(self, request: Request) -> Response:
        return await self.round_page(request)

    async def round_page(
        self,
        request: Request,
        refused: Text | None = None,
        draft: dict[str, str] | None = None,
    ) -> Response:
        """Show a round; `refused` is why a form was turned down, `draft` what was in it."""
        view = await self._view(request)
        facts, first = words.facts_of(view), words.next_act(view)
        return self._page.render(
            request,
            "desk/round.html",
            status=409 if refused else 200,
            view=view,
            staff=view.staff,
            state=words.STATES[view.round.state],
            first=words.step(first, facts) if first else None,
            others=[words.step(act, facts) for act in words.other_acts(view)],
            extensions=words.extensions(view),
            log=logbook.lines(view.log),
            refused=refused,
            draft=draft or {},
            **_cut_context(view, request.query_params.get("show", cut.ALL)),
            **HELPERS,
        )

    async def ask(self, request: Request) -> Response:
        """Show what a step that ends something would do, before it is done."""
        act = request.path_params["act"]
        view = await self._view(request)
        if act not in words.ASKING:
            raise HTTPException(404)
        if act not in view.acts:
            return self._page.redirect(request, words.round_path(view.round.id))
        template = "desk/sign.html" if act == "sign" else "desk/confirm.html"
        return self._page.render(
            request,
            template,
            view=view,
            staff=view.staff,
            step=words.step(act, words.facts_of(view)),
            line=view.cut.at_the_line() if view.cut else (),
            **HELPERS,
        )

    async def summary(self, request: Request) -> Response:
        """Show a closed round in one minute: its picture, its lines, and where to go from there."""
        view = await self._view(request)
        if view.summary is None:
            return self._page.redirect(request, words.round_path(view.round.id))
        return self._page.render(
            request,
            "desk/summary.html",
            view=view,
            staff=view.staff,
            title=summary.title(view.summary),
            lines=summary.lines(view.summary),
            onward=words.onward(view),
            **HELPERS,
        )

    async def standings(self, request: Request) -> Response:
        """Download the standings; before the close there are none for anybody."""
        view = await self._view(request)
        if view.cut is None:
            raise RuleError("standings.hidden", t("Standings exist from the close of a round on."))
        body = standings_csv(view.cut, lambda text: self._page.say(request, text)).encode()
        name = file_name(view.campaign, view.round)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return self._page.finish(request, Response(body, media_type="text/csv", headers=headers))

    async def log(self, request: Request) -> Response:
        actor = self._page.need_actor(request)
        view = await desk.log_page(self._shop, actor, request.path_params["id"])
        self._sit(request, view.staff)
        self._page.visit(request).zone = view.campaign.zone
        return self._page.render(
            request, "desk/log.html", view=view, staff=view.staff, log=logbook.lines(view.deeds),
            **HELPERS,
        )  # fmt: skip

    async def _view(self, request: Request) -> RoundPage:
        actor = self._page.need_actor(request)
        try:
            view = await desk.round_page(self._shop, actor, request.path_params["id"])
        except RuleError as refused:
            if refused.code == "round.unknown":
                raise HTTPException(404) from None
            raise
        self._sit(request, view.staff)
        self._page.visit(request).zone = view.campaign.zone
        return view

    def _sit(self, request: Request, staff: Staff) -> str:
        """Read on in the language the person chose."""
        self._page.visit(request).language = staff.language
        return staff.language


def _cut_context(view: RoundPage, key: str) -> dict[str, Any]:
    if view.cut is None:
        return {}
    parts = cut.parts(view, view.cut)
    shown = cut.shown(parts, key)
    return {
        "minute": summary.lines(view.summary) if view.summary else (),
        "line": view.cut.at_the_line(),
        "kinds": cut.by_kind(view.cut),
        "parts": parts,
        "shown": shown,
        "show": key if [part.key for part in shown] == [key] else cut.ALL,
    }
