"""The way in and the person: invitations, claims, names, language, leaving."""

import hashlib
from dataclasses import replace
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.adapters.web.page import PLATFORM, Page
from bot.adapters.web.render import url, wishes
from bot.adapters.web.security import Throttle, address
from bot.adapters.web.wire import event_id
from bot.errors import RuleError
from bot.i18n import LANGUAGES
from bot.port import Actor, Command, Feed, Inbox, Look, Me, Reply, ShowMe, ShowTakeout, Takeout
from bot.text import t

NAME_LETTERS = 40
_TONGUES = (("en", "English"), ("fr", "Français"), ("zh", "中文"))


class Entry:
    """Pages that do not belong to one group."""

    def __init__(self, page: Page, inbox: Inbox, throttle: Throttle, open_by_name: bool) -> None:
        self._page = page
        self._inbox = inbox
        self._throttle = throttle
        self._open_by_name = open_by_name

    def routes(self) -> list[Route]:
        return [
            Route("/", self.front),
            Route("/enter", self.enter_form),
            Route("/enter", self.enter, methods=["POST"]),
            Route("/claim", self.claim_form),
            Route("/claim", self.claim, methods=["POST"]),
            Route("/me", self.me),
            Route("/me/language", self.language, methods=["POST"]),
            Route("/me/link", self.link, methods=["POST"]),
            Route("/me/leave", self.leave, methods=["POST"]),
            Route("/me/data", self.data),
            Route("/me/forget", self.forget_form),
            Route("/me/forget", self.forget, methods=["POST"]),
            Route("/help", self.help),
        ]

    # -------------------------------------------------------------- entering

    def front_page(self, request: Request, status: int = 200) -> Response:
        """Show the way in."""
        return self._page.render(
            request, "front.html", status=status, open_by_name=self._open_by_name, groups=(), code=""
        )

    async def front(self, request: Request) -> Response:
        """Lead a fan of one group straight to it, one of several to the choice, a stranger to the way in."""
        actor = self._page.actor(request)
        if actor is None:
            return self.front_page(request)
        try:
            me = await self._me(request, actor)
        except RuleError:
            return self.front_page(request)
        if len(me.groups) == 1:
            return self._page.redirect(request, url("r", me.groups[0][0]))
        return self._page.render(
            request, "front.html", open_by_name=self._open_by_name, groups=me.groups, code=""
        )

    async def enter_form(self, request: Request) -> Response:
        """Ask before the code is used: a chat's link preview must not burn an invitation."""
        code = request.query_params.get("code", "")[:200]
        return self._page.render(request, "enter.html", code=code, claim=False)

    async def claim_form(self, request: Request) -> Response:
        code = request.query_params.get("code", "")[:200]
        return self._page.render(request, "enter.html", code=code, claim=True)

    async def enter(self, request: Request) -> Response:
        actor, reply = await self._arrive(request, "enter")
        group = await self._group_entered(request, actor, reply)
        return self._page.redirect(request, url("r", group) if group else "/", reply.text)

    async def claim(self, request: Request) -> Response:
        """Take a role by its one-time code, then go to where it is used."""
        _, reply = await self._arrive(request, "claim")
        visit = self._page.visit(request)
        visit.become(replace(visit.session, staff=True))
        return self._page.redirect(request, self._page.desk_path or "/me", reply.text)

    async def _arrive(self, request: Request, name: str) -> tuple[Actor, Reply]:
        self._throttle.check("entry", address(request))
        form = await self._page.form(request)
        visit = self._page.visit(request)
        visit.back = url(name, code=form.get("code") or None)
        if not form.get("code") and not (name == "enter" and self._open_by_name):
            raise RuleError("room.code_needed", t("Type the invitation code you were given, then enter."))
        actor = self._newcomer(request, form.get("name", ""))
        command = Command(
            actor, event_id(actor, form, name, form.get("code", "")), name, form.get("code", "")
        )
        reply = await self._inbox.command(command)
        visit.become(replace(visit.session.entered(actor.remote_id, actor.name), language=reply.language))
        self._page.heard(request, reply)
        return actor, reply

    def _newcomer(self, request: Request, name: str) -> Actor:
        """Name who enters. The account comes from the browser's own key: a form sent twice is one person."""
        session = self._page.visit(request).session
        name = " ".join(name.split()) or session.name
        if not name:
            raise RuleError("room.name_needed", t("Tell us what to call you, then enter."))
        if len(name) > NAME_LETTERS:
            raise RuleError(
                "room.name_long", t("Please choose a name of at most {n} letters.", n=NAME_LETTERS)
            )
        account = hashlib.sha256(f"account {session.key}".encode()).hexdigest()[:32]
        wished = next(iter(wishes(request.headers)), None)
        return Actor(PLATFORM, session.remote_id or account, name, wished)

    async def _group_entered(self, request: Request, actor: Actor, reply: Reply) -> str | None:
        if isinstance(reply.screen, Feed):
            return reply.screen.group
        me = reply.screen if isinstance(reply.screen, Me) else await self._me(request, actor)
        return me.groups[-1][0] if me.groups else None

    # -------------------------------------------------------------- the person

    async def _me(self, request: Request, actor: Actor) -> Me:
        reply = await self._inbox.look(Look(actor, ShowMe()))
        self._page.heard(request, reply)
        if not isinstance(reply.screen, Me):
            raise HTTPException(404)
        return reply.screen

    async def me(self, request: Request) -> Response:
        me = await self._me(request, self._page.need_actor(request))
        return self._page.render(request, "me.html", me=me, tongues=_TONGUES, answer=None)

    async def language(self, request: Request) -> Response:
        form = await self._page.form(request)
        wanted = form.get("language", "")
        if wanted not in LANGUAGES:
            raise HTTPException(400)
        reply = await self._tell(request, form, "language", wanted)
        return self._page.redirect(request, "/me", reply.text)

    async def link(self, request: Request) -> Response:
        """Ask for a link code, or use one. The code is shown at once: it is a secret, not for a cookie."""
        form = await self._page.form(request)
        self._throttle.check("entry", address(request))
        self._page.visit(request).back = "/me"
        reply = await self._tell(request, form, "link", form.get("code", ""))
        me = await self._me(request, self._page.need_actor(request))
        return self._page.render(request, "me.html", me=me, tongues=_TONGUES, answer=reply.text)

    async def leave(self, request: Request) -> Response:
        """Forget this browser's cookie; the account and its votes stay."""
        await self._page.form(request)
        self._page.visit(request).leave = True
        return self._page.redirect(request, "/")

    async def data(self, request: Request) -> Response:
        """Hand a person everything that is kept about them, as a file."""
        reply = await self._inbox.look(Look(self._page.need_actor(request), ShowTakeout()))
        if not isinstance(reply.screen, Takeout):
            raise HTTPException(404)
        headers = {"Content-Disposition": f"attachment; filename*=utf-8''{quote(reply.screen.name, safe='')}"}
        return Response(reply.screen.words, media_type="application/json", headers=headers)

    async def forget_form(self, request: Request) -> Response:
        """Ask once more, and say what goes and what stays."""
        self._page.need_actor(request)
        return self._page.render(request, "forget.html")

    async def forget(self, request: Request) -> Response:
        form = await self._page.form(request)
        self._page.visit(request).back = "/me"
        reply = await self._tell(request, form, "forget", "yes")
        self._page.visit(request).leave = True
        return self._page.redirect(request, "/", reply.text)

    async def _tell(self, request: Request, form: dict[str, str], name: str, args: str) -> Reply:
        actor = self._page.need_actor(request)
        reply = await self._inbox.command(Command(actor, event_id(actor, form, name, args), name, args))
        self._page.heard(request, reply)
        return reply

    async def help(self, request: Request) -> Response:
        return self._page.render(request, "help.html")
