"""What the desk does to a round: forms checked by role, logged with their reason, safe to send twice."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk import words
from bot.desk.page import PageLike
from bot.errors import RuleError
from bot.port import Actor
from bot.service import desk, rounds
from bot.service.desk import RoundPage
from bot.service.rounds import By
from bot.service.shop import Shop
from bot.text import Numbers, Text, t

REASON_LETTERS = 300
_OUTSIDE = frozenset({"role.missing", "who.unknown"})
_GOALS = {
    "schedule": "scheduled",
    "unschedule": "draft",
    "open": "open",
    "pause": "paused",
    "resume": "open",
    "close": "closed",
    "void": "void",
    "sign": "signed_off",
    "unsign": "closed",
}
_ASKS_WHY = frozenset({"close", "void", "unsign"})

Form = dict[str, str]


class ShowRound(Protocol):
    """Show a round's page again with why a form was turned down and what was in it."""

    async def __call__(
        self, request: Request, refused: Text | None = None, draft: Form | None = None
    ) -> Response: ...


class Acts:
    """Forms about one round. A form sent twice finds the first one's work done, in whichever worker."""

    def __init__(self, shop: Shop, page: PageLike, show: ShowRound) -> None:
        self._shop = shop
        self._page = page
        self._show = show

    def routes(self) -> list[Route]:
        return [
            Route("/desk/round/{id:int}/mark", self.mark, methods=["POST"]),
            Route("/desk/round/{id:int}/extend", self.extend, methods=["POST"]),
            Route("/desk/round/{id:int}/again", self.again, methods=["POST"]),
            Route("/desk/round/{id:int}/{act:str}", self.step, methods=["POST"]),
        ]

    # -------------------------------------------------------------- forms

    async def step(self, request: Request) -> Response:
        """Take one step of the round's state machine."""
        act = request.path_params["act"]
        if act not in _GOALS:
            raise HTTPException(404)
        return await self._do(request, act, self._step)

    async def extend(self, request: Request) -> Response:
        return await self._do(request, "extend", self._extend)

    async def mark(self, request: Request) -> Response:
        return await self._do(request, desk.MARK, self._mark)

    async def again(self, request: Request) -> Response:
        """Draft a round anew that was called off, and go there."""
        form = await self._page.form(request)
        staff = await desk.check(self._shop, self._page.need_actor(request))
        by = By(staff.account_id, reason_of(form, needed=False))
        drafted = await rounds.run_again(self._shop.store, request.path_params["id"], by)
        return self._page.redirect(request, words.round_path(drafted.id), words.done(desk.AGAIN))

    async def _do(
        self, request: Request, act: str, do: Callable[[RoundPage, str, Form], Awaitable[Text]]
    ) -> Response:
        form = await self._page.form(request)
        actor = self._page.need_actor(request)
        await desk.check(self._shop, actor, act)
        try:
            view = await desk.round_page(self._shop, actor, request.path_params["id"])
            said = await do(view, act, form)
        except RuleError as refused:
            if refused.code in _OUTSIDE:
                raise
            if not await self._is_so_already(request, actor, act):
                return await self._show(request, refused.text, form)
            said = words.done(act)
        return self._page.redirect(request, self._back(request, act, form), said)

    async def _is_so_already(self, request: Request, actor: Actor, act: str) -> bool:
        """Say whether a step was refused because the same form, or somebody else, was there before."""
        view = await desk.round_page(self._shop, actor, request.path_params["id"])
        return view.round.state == _GOALS.get(act)

    def _back(self, request: Request, act: str, form: Form) -> str:
        back = self._page.visit(request).back
        path = back if back.startswith("/desk") else words.round_path(request.path_params["id"])
        number = form.get("number", "")
        return f"{path}#d{int(number):03d}" if act == desk.MARK and number.isdecimal() else path

    # -------------------------------------------------------------- steps

    async def _step(self, view: RoundPage, act: str, form: Form) -> Text:
        await self._take(view, act, form, By(view.staff.account_id, reason_of(form, act in _ASKS_WHY)))
        return words.done(act)

    async def _take(self, view: RoundPage, act: str, form: Form, by: By) -> None:
        store, round_id = self._shop.store, view.round.id
        match act:
            case "schedule":
                await rounds.schedule(store, round_id, by)
            case "unschedule":
                await rounds.unschedule(store, round_id, by)
            case "open":
                await rounds.open_round(store, round_id, by)
            case "pause":
                await rounds.pause(store, round_id, by)
            case "resume":
                await rounds.resume(store, round_id, by)
            case "close":
                # Counting at once spares the owner the wait for the next tick; whoever counts first wins.
                await rounds.count(store, await rounds.close(store, round_id, by))
            case "void":
                await rounds.void(store, round_id, by)
            case "sign":
                await rounds.sign(store, round_id, by, "accept_quorum" in form, form.get("seen", ""))
            case "unsign":
                await rounds.unsign(store, round_id, by)

    async def _extend(self, view: RoundPage, act: str, form: Form) -> Text:
        """Extend by whole hours from the closing time the form was shown with."""
        hours, seen = form.get("hours", ""), form.get("closes_at", "")
        if not (hours.isascii() and hours.isdecimal() and len(hours) <= 4 and int(hours)):
            raise RuleError("extend.hours", t("Choose by how many hours to extend, for example 24."))
        by = By(view.staff.account_id, reason_of(form, needed=False))
        await rounds.extend(self._shop.store, view.round.id, timedelta(hours=int(hours)), by, _instant(seen))
        return words.done(act)

    async def _mark(self, view: RoundPage, act: str, form: Form) -> Text:
        number = form.get("number", "")
        if not (number.isascii() and number.isdecimal() and len(number) <= 4):
            raise RuleError("mark.unknown", t("Choose a design of this round to mark."))
        kind = desk.mark_kind(form.get("kind", ""))
        by = By(view.staff.account_id, reason_of(form, needed=False))
        await rounds.mark(self._shop.store, view.round.id, int(number), kind, by)
        which = Numbers((int(number),))
        if kind is None:
            return t("The mark on {design} is gone.", design=which)
        return t("{design} is marked.", design=which)


def reason_of(form: Form, needed: bool) -> str:
    reason = " ".join(form.get("reason", "").split())
    if needed and not reason:
        raise RuleError("desk.reason", t("Say why in a few words: it is written in the log."))
    if len(reason) > REASON_LETTERS:
        raise RuleError("desk.reason", t("Please keep the reason under {most} letters.", most=REASON_LETTERS))
    return reason


def _instant(seen: str) -> datetime:
    try:
        at = datetime.fromisoformat(seen)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise RuleError("extend.hours", t("Choose by how many hours to extend, for example 24."))
    return at
