"""What the desk does to words: every comment of a campaign, hidden with a reason, shown again for a day."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk.page import HELPERS, PageLike
from bot.errors import RuleError
from bot.service import desk, moderation
from bot.service.shop import Shop
from bot.text import Text

_UNKNOWN = frozenset({"campaign.unknown", "mod.comment"})
_OUTSIDE = frozenset({"role.missing", "who.unknown"})


class Moderation:
    """The comments of a campaign, the page that hides one, and taking back what the log holds."""

    def __init__(self, shop: Shop, page: PageLike) -> None:
        self._shop = shop
        self._page = page

    def routes(self) -> list[Route]:
        return [
            Route("/desk/campaign/{id:int}/comments", self.comments),
            Route("/desk/comment/{id:int}", self.ask),
            Route("/desk/comment/{id:int}", self.hide, methods=["POST"]),
            Route("/desk/campaign/{id:int}/log/{entry:int}/undo", self.undo, methods=["POST"]),
        ]

    async def comments(self, request: Request) -> Response:
        """List what was said; `?show=hidden` lists what is hidden."""
        actor = self._page.need_actor(request)
        hidden = request.query_params.get("show") == "hidden"
        try:
            view = await desk.said_page(self._shop, actor, request.path_params["id"], hidden)
        except RuleError as refused:
            raise _found(refused) from None
        self._page.visit(request).language = view.staff.language
        self._page.visit(request).zone = view.campaign.zone
        return self._page.render(request, "desk/comments.html", view=view, staff=view.staff, **HELPERS)

    async def ask(self, request: Request) -> Response:
        return await self._ask(request)

    async def _ask(self, request: Request, refused: Text | None = None, reason: str = "") -> Response:
        """Show a comment and ask why it should go."""
        actor = self._page.need_actor(request)
        try:
            staff, campaign, row = await desk.said_one(self._shop, actor, request.path_params["id"])
        except RuleError as unknown:
            raise _found(unknown) from None
        self._page.visit(request).language = staff.language
        if campaign is not None:
            self._page.visit(request).zone = campaign.zone
        return self._page.render(
            request, "desk/hide.html", status=409 if refused else 200, staff=staff, campaign=campaign,
            said=row, refused=refused, reason=reason, most=moderation.REASON_LETTERS, **HELPERS,
        )  # fmt: skip

    async def hide(self, request: Request) -> Response:
        form = await self._page.form(request)
        actor, reason = self._page.need_actor(request), form.get("reason", "")
        try:
            done = await moderation.hide(self._shop, actor, request.path_params["id"], reason)
        except RuleError as refused:
            if refused.code in _OUTSIDE:
                raise
            return await self._ask(request, refused.text, reason)
        return self._page.redirect(request, self._page.visit(request).back, done.text)

    async def undo(self, request: Request) -> Response:
        """Take back what has this number in the log, and go back to where that was asked."""
        await self._page.form(request)
        actor = self._page.need_actor(request)
        campaign, entry = request.path_params["id"], request.path_params["entry"]
        done = await moderation.undo(self._shop, actor, entry, [campaign])
        return self._page.redirect(request, self._page.visit(request).back, done.text)


def _found(refused: RuleError) -> Exception:
    return HTTPException(404) if refused.code in _UNKNOWN else refused
