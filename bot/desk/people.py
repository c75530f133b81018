"""Who comes in: invitations to help, to vote, and for groups, each shown once."""

import re
import unicodedata
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk.page import HELPERS, PageLike
from bot.errors import RuleError
from bot.i18n import LANGUAGES
from bot.port import Actor, Command, Role
from bot.service import desk, people
from bot.service.catwalk import Catwalk
from bot.service.desk import PeoplePage
from bot.service.people import Issued
from bot.service.shop import Shop
from bot.text import Text, When, t, tn

TITLE_LETTERS, MOST_USES = 60, 100_000
TONGUES = (("en", "English"), ("fr", "Français"), ("zh", "中文"))
PATH = "/desk/people"
_OUTSIDE = frozenset({"role.missing", "who.unknown"})

Form = dict[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """What an invitation gave: shown on this one page and kept nowhere in clear."""

    title: Text
    secret: str
    note: Text


class People:
    """The page of invitations, for owners."""

    def __init__(self, shop: Shop, catwalk: Catwalk, page: PageLike) -> None:
        self._shop = shop
        self._catwalk = catwalk
        self._page = page

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.show),
            Route(f"{PATH}/{{what:str}}", self.act, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._render(request)

    async def act(self, request: Request) -> Response:
        """Make an invitation or a room. Secrets are in the answer itself, not in a cookie or URL."""
        form = await self._page.form(request)
        actor = self._page.need_actor(request)
        staff = await desk.check(self._shop, actor)
        try:
            match request.path_params["what"]:
                case "role":
                    return await self._render(request, made=await self._role(form, staff.account_id))
                case "fans":
                    return await self._render(request, made=await self._fans(form, staff.account_id))
                case "group":
                    view = await desk.people_page(self._shop, actor)
                    return await self._render(request, made=await self._group(form, view))
                case "room":
                    said = await self._room(form, actor, await desk.people_page(self._shop, actor))
                    return self._page.redirect(request, PATH, said)
        except RuleError as refused:
            if refused.code in _OUTSIDE:
                raise
            return await self._render(request, refused=refused.text)
        return self._page.redirect(request, PATH)

    async def _render(
        self, request: Request, made: Made | None = None, refused: Text | None = None
    ) -> Response:
        view = await desk.people_page(self._shop, self._page.need_actor(request))
        visit = self._page.visit(request)
        visit.language = view.staff.language
        if view.campaigns:
            visit.zone = view.campaigns[-1][0].zone
        return self._page.render(
            request, "desk/people.html", status=409 if refused else 200, view=view, staff=view.staff,
            made=made, refused=refused, tongues=TONGUES, title_letters=TITLE_LETTERS,
            **HELPERS,
        )  # fmt: skip

    # -------------------------------------------------------------- forms

    async def _role(self, form: Form, by: int) -> Made:
        try:
            role = Role(form.get("role", ""))
        except ValueError:
            role = Role.FAN
        if role is Role.FAN:
            raise RuleError("invite.role", t("Choose what the person will do: owner, moderator or designer."))
        issued = await people.invite_role(self._shop, role, by)
        title = {
            Role.OWNER: t("A link for a new owner"),
            Role.MODERATOR: t("A link for a new moderator"),
            Role.DESIGNER: t("A link for a new designer"),
        }[role]
        return Made(title, f"{self._page.base_url}/claim?code={issued.code}", _once(issued))

    async def _fans(self, form: Form, by: int) -> Made:
        uses = _uses(form.get("uses", ""))
        issued = await people.invite_fans(self._shop, form.get("group", ""), uses, by)
        note = (
            t("Any number of fans can come in by it.")
            if uses is None
            else tn("{n} fan can come in by it.", "{n} fans can come in by it.", uses)
        )
        return Made(t("A link for fans"), f"{self._page.base_url}/enter?code={issued.code}", note)

    async def _group(self, form: Form, view: PeoplePage) -> Made:
        campaign = next((c for c, _ in view.campaigns if str(c.id) == form.get("campaign")), None)
        if campaign is None:
            raise RuleError("campaign.unknown", t("There is no such campaign."))
        issued = await people.invite_group(self._shop, campaign, view.staff.account_id)
        title = t("Say this in the group that joins {campaign}", campaign=campaign.title)
        return Made(title, f"/setup {issued.code}", _once(issued))

    async def _room(self, form: Form, actor: Actor, view: PeoplePage) -> Text:
        """Add a room, let it join the campaigns chosen, and seat the owner in it."""
        title, language = _title(form), form.get("language", "")
        if language not in LANGUAGES:
            raise RuleError("room.language", t("Choose the language the room speaks."))
        by = view.staff.account_id
        room = await people.add_room(self._shop, _name(title, view), title, language)
        for campaign, _ in view.campaigns:
            if f"campaign-{campaign.id}" in form:
                setup = await people.invite_group(self._shop, campaign, by)
                await self._catwalk.command(_say(actor, "setup", setup.code, room.remote_id))
        key = await people.invite_fans(self._shop, room.remote_id, 1, by)
        await self._catwalk.command(_say(actor, "enter", key.code, room.remote_id))
        return t("{room} is there, and you are in it.", room=room.title)


def _say(actor: Actor, name: str, code: str, group: str) -> Command:
    return Command(actor, f"desk:{name}", name, code, group)


def _once(issued: Issued) -> Text:
    if issued.expires_at is None:
        return t("It works once.")
    return t("It works once, until {at}.", at=When(issued.expires_at))


def _uses(word: str) -> int | None:
    if not word:
        return None
    if not (word.isascii() and word.isdecimal() and len(word) <= 6 and 1 <= int(word) <= MOST_USES):
        raise RuleError(
            "invite.uses",
            t("Say how many fans may use the link, from 1 to {most}, or leave it empty.", most=MOST_USES),
        )
    return int(word)


def _title(form: Form) -> str:
    title = " ".join(form.get("title", "").split())
    if not 1 <= len(title) <= TITLE_LETTERS or not title.isprintable():
        raise RuleError("room.title", t("Give the room a name of 1 to {most} letters.", most=TITLE_LETTERS))
    return title


def _name(title: str, view: PeoplePage) -> str:
    """Make the room's address from its title; a title that is there already is the same room."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:40] or "room"
    titles = {room.remote_id: room.title for room in view.rooms}
    names = [stem, *(f"{stem}-{n}" for n in range(2, len(titles) + 3))]
    return next(name for name in names if titles.get(name, title) == title)
