"""What the desk does to presales: owners alone, logged with their reason, safe to send twice."""

import asyncio
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk import presale_words as words
from bot.desk.acts import reason_of
from bot.desk.page import PageLike
from bot.desk.presales import Form, PresalePages
from bot.errors import RuleError
from bot.service import desk, desk_presales, presales
from bot.service.desk_presales import PresalePage
from bot.service.rounds import By
from bot.service.shop import Shop
from bot.text import Text, t, tn

_OUTSIDE = frozenset({"role.missing", "who.unknown"})
_STEPS = {"pause": presales.pause, "resume": presales.resume, "close": presales.close}


class PresaleActs:
    """Forms about presales. One at a time, so that a form sent twice finds the first one's work done."""

    def __init__(self, shop: Shop, page: PageLike, pages: PresalePages) -> None:
        self._shop = shop
        self._page = page
        self._pages = pages
        self._one = asyncio.Lock()

    def routes(self) -> list[Route]:
        return [
            Route("/desk/campaign/{id:int}/presales/open", self.open, methods=["POST"]),
            Route("/desk/presale/{id:int}/{act:str}", self.step, methods=["POST"]),
        ]

    async def open(self, request: Request) -> Response:
        """Open every presale of the shortlist, exactly as it was shown."""
        form, campaign_id = await self._page.form(request), request.path_params["id"]
        actor = self._page.need_actor(request)
        staff = await desk.check(self._shop, actor)
        try:
            async with self._one:
                view = await desk_presales.presales_page(self._shop, actor, campaign_id)
                if view.opening is not None and view.opening.digest != form.get("seen"):
                    raise RuleError(
                        "presale.changed",
                        t("The shortlist changed while you looked at it. Look again, then open."),
                    )
                opened = await presales.open_presales(self._shop.store, campaign_id, By(staff.account_id))
        except RuleError as refused:
            if refused.code in _OUTSIDE:
                raise
            return await self._pages.presales_page(request, refused.text)
        return self._page.redirect(request, words.presales_path(campaign_id), _opened(len(opened)))

    async def step(self, request: Request) -> Response:
        """Pause, resume, extend or close one presale."""
        act = request.path_params["act"]
        if act not in _STEPS and act != "extend":
            raise HTTPException(404)
        form = await self._page.form(request)
        actor = self._page.need_actor(request)
        await desk.check(self._shop, actor)
        presale_id = request.path_params["id"]
        try:
            async with self._one:
                view = await desk_presales.presale_page(self._shop, actor, presale_id)
                await (self._extend(view, form) if act == "extend" else self._step(view, act, form))
        except RuleError as refused:
            if refused.code in _OUTSIDE:
                raise
            return await self._pages.presale_page(request, refused.text, form)
        return self._page.redirect(request, words.presale_path(presale_id), words.done(act))

    async def _step(self, view: PresalePage, act: str, form: Form) -> None:
        if view.view.state in words.GOALS[act]:
            return  # the same form came before
        by = By(view.staff.account_id, reason_of(form, needed=act in words.ASKING))
        await _STEPS[act](self._shop.store, view.id, by)

    async def _extend(self, view: PresalePage, form: Form) -> None:
        """Extend by whole days from the closing time the form was shown with."""
        days, seen, closes_at = form.get("days", ""), form.get("closes_at", ""), view.view.closes_at
        if not (days.isascii() and days.isdecimal() and len(days) <= 2 and int(days)):
            raise RuleError("extend.days", t("Choose by how many days to extend, for example 7."))
        by_time = timedelta(days=int(days))
        if (closes_at - by_time).isoformat() == seen:
            return  # the same form came before
        if closes_at.isoformat() != seen:
            raise RuleError(
                "round.moved", t("The closing time was changed meanwhile. Look again and decide anew.")
            )
        by = By(view.staff.account_id, reason_of(form, needed=False))
        await presales.extend(self._shop.store, view.id, by_time, by)


def _opened(count: int) -> Text:
    if not count:
        return t("They are open already.")
    return tn(
        "{n} presale is open. The groups are being told.",
        "{n} presales are open. The groups are being told.",
        count,
    )
