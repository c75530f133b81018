"""One visit of one browser: who it is, how to read its forms, how to answer it.

`Page` is what a package mounted into the room (the desk) works with; it needs no other import of ours.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bot.adapters.web.render import Renderer, language_wished, wishes
from bot.adapters.web.security import FORM_BYTES, check_origin
from bot.adapters.web.session import Flash, Session, Sessions
from bot.i18n import Reader
from bot.i18n import render as render_text
from bot.port import Actor, Feed, Me, Reply, Role
from bot.text import Text

PLATFORM = "room"
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LOCAL_PATH = re.compile(r"/(?:[A-Za-z0-9._~%@:!$&'()*+,;=?#-][A-Za-z0-9._~%@:!$&'()*+,;=?#/-]*)?")


class Visit:
    """What is known about one request. `session` is a new one when the browser showed none we made."""

    def __init__(self, found: Session | None, due: bool, wished: str) -> None:
        self.known = found is not None
        self.session = found or Session.fresh()
        self.keep = due
        self.leave = False
        self.language = self.session.language or wished
        self.zone: tzinfo = UTC
        self.said: Flash | None = None
        self.back = "/"
        self.draft: dict[str, str] = {}

    @property
    def reader(self) -> Reader:
        return Reader(self.language, self.zone)

    def become(self, session: Session) -> None:
        """Sit somebody else, or the same person with other facts, in this browser."""
        self.session = session
        self.keep = True


def clean(value: str) -> str:
    """Drop characters that no person types and a database may refuse; line ends become `\\n`."""
    return _CONTROLS.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


def local_path(value: str | None) -> str:
    """Accept a path inside this site; anything else is the front page."""
    return value if value and _LOCAL_PATH.fullmatch(value) else "/"


class Page:
    """Answer browsers: pages, redirects and checked forms."""

    def __init__(
        self,
        renderer: Renderer,
        sessions: Sessions,
        base_url: str,
        clock: Callable[[], datetime],
        desk_path: str | None = None,
    ) -> None:
        self.renderer = renderer
        self.sessions = sessions
        self.base_url = base_url
        self.clock = clock
        self.desk_path = desk_path
        self.zones: dict[str, str] = {}
        """Group → the zone of its feed, as last read: a sheet does not repeat it."""

    # -------------------------------------------------------------- reading

    def visit(self, request: Request) -> Visit:
        visit = request.scope.get("catwalk.visit")
        if not isinstance(visit, Visit):
            found, due = self.sessions.read(request)
            visit = request.scope["catwalk.visit"] = Visit(found, due, language_wished(request.headers))
        return visit

    def actor(self, request: Request) -> Actor | None:
        """Say who asks, or None while nobody has entered from this browser."""
        session = self.visit(request).session
        if not session.remote_id:
            return None
        wished = next(iter(wishes(request.headers)), None)
        return Actor(PLATFORM, session.remote_id, session.name, wished)

    def need_actor(self, request: Request) -> Actor:
        """Say who asks; nobody is shown the way in (401)."""
        actor = self.actor(request)
        if actor is None:
            raise HTTPException(401)
        return actor

    async def form(self, request: Request) -> dict[str, str]:
        """Read a form of ours; 403 when another site or an older session sent it, 413 when too large."""
        check_origin(request, self.base_url)
        async with request.form(max_files=0, max_fields=500, max_part_size=FORM_BYTES) as data:
            return self._ours(request, data)

    async def upload(self, request: Request, name: str) -> tuple[dict[str, str], bytes]:
        """Read a form that brings one file, its field called `name`; without a file there are no bytes."""
        check_origin(request, self.base_url)
        async with request.form(max_files=1, max_fields=500, max_part_size=FORM_BYTES) as data:
            fields, file = self._ours(request, data), data.get(name)
            return fields, await file.read() if isinstance(file, UploadFile) else b""

    def _ours(self, request: Request, data: FormData) -> dict[str, str]:
        """Clean a form's fields, having checked that a page of ours in this very session sent them."""
        visit = self.visit(request)
        fields = {key: clean(value) for key, value in data.items() if isinstance(value, str)}
        visit.back = local_path(fields.get("back"))
        token = fields.pop("csrf", "")
        if not visit.known or not self.sessions.owns(visit.session, token):
            raise HTTPException(403, detail="form")
        return fields

    def heard(self, request: Request, reply: Reply, group: str | None = None) -> None:
        """Read on in the language and zone a reply came with."""
        visit = self.visit(request)
        visit.language = reply.language
        if isinstance(reply.screen, Feed):
            self.zones[reply.screen.group] = reply.screen.zone
        self.read_by(request, group)
        staff = isinstance(reply.screen, Me) and bool({*reply.screen.roles} - {Role.FAN})
        if visit.session.remote_id:
            self._note(visit, reply.language, staff or visit.session.staff)

    def read_by(self, request: Request, group: str | None) -> None:
        """Say times by the clock of a group, once one of its feeds has told which that is."""
        if group in self.zones:
            self.visit(request).zone = _zone(self.zones[group])

    def _note(self, visit: Visit, language: str, staff: bool) -> None:
        session = visit.session
        if (session.language, session.staff) != (language, staff):
            visit.become(
                Session(session.key, session.remote_id, session.name, language=language, staff=staff)
            )

    # -------------------------------------------------------------- answering

    def say(self, request: Request, text: Text) -> str:
        """Render a text for the person who asks."""
        return render_text(text, self.visit(request).reader)

    def render(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        whole: bool = True,
        **context: Any,
    ) -> Response:
        """Answer with a page; `context` is what the template asks for besides the base's own names.

        A part of a page (`whole` False) leaves a sentence that waits to be shown to the next whole one.
        """
        visit = self.visit(request)
        flash = None
        if whole:
            flash, visit.said = visit.said or self.sessions.read_flash(request), None
        html = self.piece(request, template, flash=flash, **context)
        response = HTMLResponse(html, status, headers)
        if whole and self.sessions.flash_cookie in request.cookies:
            self.sessions.forget_flash(response)
        return self.finish(request, response)

    def piece(self, request: Request, template: str, **context: Any) -> str:
        """Write a template for the person who asks, with the base's own names."""
        visit = self.visit(request)

        def token() -> str:
            visit.keep = visit.keep or not visit.known
            return self.sessions.token(visit.session)

        words = {
            "session": visit.session,
            "csrf_token": token,
            "flash": None,
            "path": request.url.path,
            "now": self.clock(),
            "desk_path": self.desk_path if visit.session.staff else None,
            **context,
        }
        return self.renderer.page(template, visit.reader, words)

    def redirect(self, request: Request, path: str, flash: Text | None = None) -> Response:
        """Send the browser on after a form (303), with a sentence to show there."""
        if flash is not None:
            self.flash(request, flash)
        return self.finish(request, RedirectResponse(path, 303))

    def flash(self, request: Request, text: Text, kind: str = "done") -> None:
        """Keep a sentence for the next page this browser shows."""
        self.visit(request).said = Flash(self.say(request, text), kind)

    def json(
        self,
        request: Request,
        data: Mapping[str, Any],
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Answer a script; texts among the values are said in the reader's language."""
        said = {k: self.say(request, v) if isinstance(v, Text) else v for k, v in data.items()}
        return self.finish(request, JSONResponse(said, status, headers))

    def wants_json(self, request: Request) -> bool:
        return "application/json" in request.headers.get("accept", "")

    def finish(self, request: Request, response: Response) -> Response:
        """Write what changed about the visit into its cookies."""
        visit = self.visit(request)
        if visit.leave:
            self.sessions.forget(response)
        elif visit.keep:
            self.sessions.write(response, visit.session)
        if visit.said is not None:
            self.sessions.write_flash(response, visit.said)
        return response


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
