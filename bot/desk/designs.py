"""The designers' pages: what fans ask of each design, and the version that answers it."""

import re
import secrets
from collections.abc import Iterable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk.page import HELPERS, PageLike
from bot.errors import RuleError
from bot.port import Actor, Upload, at_hand
from bot.service import revisions, wishes, workroom
from bot.service.catwalk import Catwalk
from bot.service.revisions import NOTE_LETTERS
from bot.service.shop import Shop
from bot.service.wishes import DECLINED, GROUPED, NEW, REASON_LETTERS
from bot.service.workroom import DesignLine, DesignPage, Seat
from bot.text import Text, t

PHOTO = "photo"
UPLOAD_PATHS = r"/desk/campaign/\d+/design/\d+/upload"
"""Where a form brings a photo and may therefore be large."""

SHOWS = ("all", "open", "in")
_OUTSIDE = frozenset({"role.missing", "who.unknown"})
_UNKNOWN = frozenset({"campaign.unknown", "design.unknown"})
_EVENT = re.compile(r"[A-Za-z0-9_-]{8,64}")

Form = dict[str, str]


class Designs:
    """Everything under a campaign's designs. What may be done now is the service's to say."""

    def __init__(self, shop: Shop, catwalk: Catwalk, page: PageLike) -> None:
        self._shop = shop
        self._catwalk = catwalk
        self._page = page

    def routes(self) -> list[Route]:
        one = "/desk/campaign/{id:int}/design/{number:int}"
        return [
            Route("/desk/campaign/{id:int}/designs", self.all),
            Route(one, self.one),
            Route(f"{one}/choose", self.choose, methods=["POST"]),
            Route(f"{one}/decline", self.ask_why),
            Route(f"{one}/decline", self.decline, methods=["POST"]),
            Route(f"{one}/upload", self.ask_photo),
            Route(f"{one}/upload", self.upload, methods=["POST"]),
            Route(f"{one}/withdraw", self.withdraw, methods=["POST"]),
        ]

    # -------------------------------------------------------------- looking

    async def all(self, request: Request) -> Response:
        """List the designs that are still in; `?show=open` keeps those with wishes nobody answered."""
        actor = self._page.need_actor(request)
        try:
            view = await workroom.workroom(self._shop, actor, request.path_params["id"])
        except RuleError as refused:
            raise _found(refused) from None
        self._sit(request, view.seat)
        self._page.visit(request).zone = view.campaign.zone
        show = request.query_params.get("show", "all")
        show = show if show in SHOWS else "all"
        return self._page.render(
            request, "desk/designs.html", view=view, staff=view.seat, show=show,
            filters=[(key, _FILTERS[key], len(_kept(view.lines, key))) for key in SHOWS],
            lines=_kept(view.lines, show), **HELPERS,
        )  # fmt: skip

    async def one(self, request: Request) -> Response:
        return await self._show(request, "desk/design.html")

    async def ask_photo(self, request: Request) -> Response:
        """Show the form for the next version, with the comments chosen for it to answer."""
        return await self._show(request, "desk/upload.html", chosen=_ids(request.query_params.get("c", "")))

    async def ask_why(self, request: Request) -> Response:
        return await self._show(request, "desk/decline.html", chosen=_ids(request.query_params.get("c", "")))

    async def _view(self, request: Request) -> DesignPage:
        actor = self._page.need_actor(request)
        try:
            view = await workroom.design_page(self._shop, actor, *_place(request))
        except RuleError as refused:
            raise _found(refused) from None
        self._sit(request, view.seat)
        self._page.visit(request).zone = view.campaign.zone
        return view

    async def _show(
        self,
        request: Request,
        template: str,
        refused: Text | None = None,
        chosen: Iterable[int] = (),
        draft: Form | None = None,
    ) -> Response:
        view = await self._view(request)
        context: dict[str, Any] = {
            "view": view, "staff": view.seat, "refused": refused, "draft": draft or {},
            "chosen": {w.id for w in view.wishes}.intersection(chosen), "here": _path(request),
            "note_letters": NOTE_LETTERS, "reason_letters": REASON_LETTERS,
        }  # fmt: skip
        return self._page.render(request, template, status=409 if refused else 200, **context, **HELPERS)

    def _sit(self, request: Request, seat: Seat) -> None:
        """Read on in the language the person chose."""
        self._page.visit(request).language = seat.language

    # -------------------------------------------------------------- acting

    async def choose(self, request: Request) -> Response:
        """Do with the comments that were ticked what the button says; some buttons lead to a page."""
        form = await self._page.form(request)
        actor, ids, path = self._page.need_actor(request), _chosen(form), _path(request)
        act = form.get("act", "")
        if act in ("upload", "decline"):
            return self._page.redirect(request, f"{path}/{act}?c={'-'.join(map(str, ids))}")
        if act not in (NEW, GROUPED):
            raise HTTPException(404)
        try:
            said = await wishes.settle(self._shop, actor, *_place(request), ids, act)
        except RuleError as refused:
            return await self._refused(request, "desk/design.html", refused, ids, form)
        return self._page.redirect(request, path, said)

    async def decline(self, request: Request) -> Response:
        form = await self._page.form(request)
        actor, ids, why = self._page.need_actor(request), _chosen(form), form.get("reason", "")
        try:
            said = await wishes.settle(self._shop, actor, *_place(request), ids, DECLINED, why)
        except RuleError as refused:
            return await self._refused(request, "desk/decline.html", refused, ids, form)
        return self._page.redirect(request, _path(request), said)

    async def upload(self, request: Request) -> Response:
        """Take a photo in. Who may not is turned away before it is read."""
        actor = self._page.need_actor(request)
        await self._check(actor)
        form, photo = await self._page.upload(request, PHOTO)
        ids = _chosen(form)
        try:
            if not photo:
                raise RuleError("upload.photo", t("Choose the photo of the new version first."))
            campaign_id, number = _place(request)
            reply = await self._catwalk.upload(
                Upload(actor, _event(form), number, at_hand(photo), form.get("note", ""), ids, campaign_id)
            )
        except RuleError as refused:
            return await self._refused(request, "desk/upload.html", refused, ids, form)
        return self._page.redirect(request, _path(request), reply.text)

    async def withdraw(self, request: Request) -> Response:
        await self._page.form(request)
        actor = self._page.need_actor(request)
        try:
            said = await revisions.withdraw(self._shop, actor, *_place(request))
        except RuleError as refused:
            return await self._refused(request, "desk/design.html", refused, (), {})
        return self._page.redirect(request, _path(request), said)

    async def _check(self, actor: Actor) -> None:
        async with self._shop.store.read() as tx:
            await revisions.designer(tx, actor)

    async def _refused(
        self, request: Request, template: str, refused: RuleError, ids: Iterable[int], form: Form
    ) -> Response:
        if refused.code in _OUTSIDE:
            raise refused
        if refused.code in _UNKNOWN:
            raise HTTPException(404)
        return await self._show(request, template, refused.text, ids, form)


def larger_bodies(photo_bytes: int) -> dict[str, int]:
    """Say where the desk takes photos, and how large such a form may be."""
    return {UPLOAD_PATHS: photo_bytes + 64 * 1024}


# ------------------------------------------------------------------ reading forms and addresses


def _place(request: Request) -> tuple[int, int]:
    return request.path_params["id"], request.path_params["number"]


def _path(request: Request) -> str:
    campaign_id, number = _place(request)
    return f"/desk/campaign/{campaign_id}/design/{number}"


def _found(refused: RuleError) -> Exception:
    return HTTPException(404) if refused.code in _UNKNOWN else refused


def _ids(words: str) -> tuple[int, ...]:
    """Read `12-15-40`, as an address carries the comments that were ticked."""
    return tuple(int(w) for w in words.split("-") if w.isascii() and w.isdecimal() and len(w) <= 15)


def _chosen(form: Form) -> tuple[int, ...]:
    """Read which comments were ticked: each is a field `c-12`."""
    return _ids("-".join(key.removeprefix("c-") for key in form if key.startswith("c-")))


def _event(form: Form) -> str:
    nonce = form.get("event_id", "")
    return f"desk:{nonce if _EVENT.fullmatch(nonce) else secrets.token_urlsafe(12)}"


# ------------------------------------------------------------------ the list's filters

_FILTERS = {"all": t("All"), "open": t("With open wishes"), "in": t("Version waiting")}


def _kept(lines: Iterable[DesignLine], show: str) -> list[DesignLine]:
    match show:
        case "open":
            return [line for line in lines if line.waiting]
        case "in":
            return [line for line in lines if line.draft]
    return list(lines)
