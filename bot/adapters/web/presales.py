"""The presales of a group: all of them, one with its order sheet, and the fan's own orders."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.adapters.web.group import Group
from bot.adapters.web.refusals import OUTSIDE, UNSAVED
from bot.adapters.web.render import url
from bot.adapters.web.wire import number_of
from bot.errors import RuleError
from bot.port import OrdersView, OrderView, PresalesView, PresaleView, ShowOrders, ShowPresale, ShowPresales
from bot.text import Text

Form = dict[str, str]


class PresalePages(Group):
    """Where fans see prices climb, order, and take an order back. A quote is the Inbox's, never ours."""

    def routes(self) -> list[Route]:
        return [
            Route("/r/{group}/presales", self.presales),
            Route("/r/{group}/presale/{number:int}", self.presale),
            Route("/r/{group}/presale/{number:int}/order", self.order, methods=["POST"]),
            Route("/r/{group}/orders", self.orders),
            Route("/r/{group}/orders/{id:int}/cancel", self.ask),
            Route("/r/{group}/orders/{id:int}/cancel", self.cancel, methods=["POST"]),
        ]

    # -------------------------------------------------------------- presales

    async def presales(self, request: Request) -> Response:
        view = await self._see(request, ShowPresales(), PresalesView)
        return self._show(request, "presales.html", view=view)

    async def presale(self, request: Request) -> Response:
        """Show a presale, with a quote once the fan has chosen; `?fragment=1` is the part that changes."""
        return await self._presale(request, dict(request.query_params))

    async def _presale(self, request: Request, choice: Form, refused: Text | None = None) -> Response:
        """Show a presale and what was chosen; what cannot be quoted is said beside the choice."""
        number = request.path_params["number"]
        quantity = number_of(choice.get("quantity"))
        wish = ShowPresale(
            number,
            1 if quantity is None else quantity,
            choice.get("colour", "")[:100] or None,
            choice.get("size", "")[:100] or None,
        )
        try:
            view = await self._see(request, wish, PresaleView)
        except RuleError as unquotable:
            if unquotable.code in OUTSIDE or wish == ShowPresale(number):
                raise
            view = await self._see(request, ShowPresale(number), PresaleView)
            refused = refused or unquotable.text
        part = "fragment" in choice
        return self._show(
            request, "_presale.html" if part else "presale.html", whole=not part,
            status=409 if refused and not part else 200, view=view, choice=choice, refused=refused,
        )  # fmt: skip

    async def order(self, request: Request) -> Response:
        """Order what was quoted. A quote that moved meanwhile is refused and made anew."""
        form = await self._page.form(request)
        try:
            reply = await self._press(request, form)
        except RuleError as refused:
            if refused.code in OUTSIDE | UNSAVED or self._page.wants_json(request):
                raise
            return await self._presale(request, form, refused.text)
        if self._page.wants_json(request):
            if reply.text:
                self._page.flash(request, reply.text)
            return self._page.json(request, {"text": reply.text, "next": self._orders_url(request)})
        return self._page.redirect(request, self._orders_url(request), reply.text)

    # -------------------------------------------------------------- my orders

    async def orders(self, request: Request) -> Response:
        view = await self._see(request, ShowOrders(), OrdersView)
        return self._show(request, "orders.html", view=view)

    async def ask(self, request: Request) -> Response:
        """Ask whether an order is really to be taken back, and say what that brings."""
        order = await self._order(request)
        if order.cancel is None:
            return self._page.redirect(request, self._orders_url(request))
        return self._show(request, "cancel.html", order=order)

    async def cancel(self, request: Request) -> Response:
        form = await self._page.form(request)
        reply = await self._press(request, form)
        return self._page.redirect(request, self._orders_url(request), reply.text)

    async def _order(self, request: Request) -> OrderView:
        view = await self._see(request, ShowOrders(), OrdersView)
        found = next((o for o in view.orders if o.id == request.path_params["id"]), None)
        if found is None:
            raise HTTPException(404)
        return found

    def _orders_url(self, request: Request) -> str:
        return url("r", request.path_params["group"], "orders")
