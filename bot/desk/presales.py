"""The desk's pages of presales: what opening brings, what is ordered, and the cut sheets."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk import presale_words as words
from bot.desk.cut_sheet import cut_sheet_csv
from bot.desk.page import HELPERS, PageLike
from bot.errors import RuleError
from bot.service import desk_presales, logbook
from bot.service.desk_presales import CutSheet, PresalePage
from bot.service.shop import Shop
from bot.text import Text

_UNKNOWN = frozenset({"presale.unknown", "campaign.unknown"})
Form = dict[str, str]


class PresalePages:
    """Everything of presales that is only looked at."""

    def __init__(self, shop: Shop, page: PageLike) -> None:
        self._shop = shop
        self._page = page

    def routes(self) -> list[Route]:
        return [
            Route("/desk/campaign/{id:int}/presales", self.presales),
            Route("/desk/campaign/{id:int}/cut-sheet.csv", self.all_sheets),
            Route("/desk/presale/{id:int}", self.presale),
            Route("/desk/presale/{id:int}/cut-sheet.csv", self.one_sheet),
            Route("/desk/presale/{id:int}/{act:str}", self.ask),
        ]

    async def presales(self, request: Request) -> Response:
        return await self.presales_page(request)

    async def presales_page(self, request: Request, refused: Text | None = None) -> Response:
        """Show a campaign's presales, and what opening those that wait would bring."""
        actor = self._page.need_actor(request)
        try:
            view = await desk_presales.presales_page(self._shop, actor, request.path_params["id"])
        except RuleError as unknown:
            raise _missing(unknown) from None
        self._sit(request, view.staff.language)
        self._page.visit(request).zone = view.campaign.zone
        return self._page.render(
            request, "desk/presales.html", status=409 if refused else 200, view=view, staff=view.staff,
            words=words, refused=refused, **HELPERS,
        )  # fmt: skip

    async def presale(self, request: Request) -> Response:
        return await self.presale_page(request)

    async def presale_page(
        self, request: Request, refused: Text | None = None, draft: Form | None = None
    ) -> Response:
        """Show a presale; `refused` is why a form was turned down, `draft` what was in it."""
        view = await self._view(request)
        return self._page.render(
            request, "desk/presale.html", status=409 if refused else 200, view=view, staff=view.staff,
            words=words, steps=words.steps(view), log=logbook.lines(view.log), refused=refused,
            draft=draft or {}, **HELPERS,
        )  # fmt: skip

    async def ask(self, request: Request) -> Response:
        """Show what a step that ends something would do, before it is done."""
        act = request.path_params["act"]
        view = await self._view(request)
        if act not in words.ASKING:
            raise HTTPException(404)
        if act not in view.acts:
            return self._page.redirect(request, words.presale_path(view.id))
        return self._page.render(
            request, "desk/presale_close.html", view=view, staff=view.staff, step=words.step(act, view),
            words=words, **HELPERS,
        )  # fmt: skip

    async def one_sheet(self, request: Request) -> Response:
        view = await self._view(request)
        name = f"{view.campaign.key}-{view.sheet.number:03d}-cut-sheet.csv"
        return self._csv(request, (view.sheet,), name)

    async def all_sheets(self, request: Request) -> Response:
        actor = self._page.need_actor(request)
        try:
            staff, campaign, sheets = await desk_presales.cut_sheets_of(
                self._shop, actor, request.path_params["id"]
            )
        except RuleError as unknown:
            raise _missing(unknown) from None
        self._sit(request, staff.language)
        return self._csv(request, sheets, f"{campaign.key}-cut-sheet.csv")

    def _csv(self, request: Request, sheets: tuple[CutSheet, ...], name: str) -> Response:
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        body = Response(cut_sheet_csv(sheets), media_type="text/csv", headers=headers)
        return self._page.finish(request, body)

    async def _view(self, request: Request) -> PresalePage:
        actor = self._page.need_actor(request)
        try:
            view = await desk_presales.presale_page(self._shop, actor, request.path_params["id"])
        except RuleError as unknown:
            raise _missing(unknown) from None
        self._sit(request, view.staff.language)
        self._page.visit(request).zone = view.campaign.zone
        return view

    def _sit(self, request: Request, language: str) -> None:
        """Read on in the language the person chose."""
        self._page.visit(request).language = language


def _missing(refused: RuleError) -> Exception:
    """Turn a presale or campaign there is not into a page there is not; everything else stays a refusal."""
    return HTTPException(404) if refused.code in _UNKNOWN else refused
