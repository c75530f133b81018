"""What every page under `/r/{group}` does: ask the Inbox for a screen, hand in a press, show a template."""

from typing import Any, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.adapters.web.page import Page
from bot.adapters.web.security import Throttle
from bot.adapters.web.wire import event_id, progress, strip_of
from bot.port import Actor, Command, Inbox, Look, Press, Reply, ShowFeed, Wish

_S = TypeVar("_S")


class Group:
    """One group's pages ask through this. Whether a person may see them is the Inbox's to say."""

    def __init__(self, page: Page, inbox: Inbox, throttle: Throttle) -> None:
        self._page = page
        self._inbox = inbox
        self._throttle = throttle

    async def _here(self, request: Request) -> tuple[Actor, str]:
        """Say who asks in which group, and read on by its clock: a refusal may name a time too."""
        actor = self._page.need_actor(request)
        group: str = request.path_params["group"]
        if group not in self._page.zones:
            self._page.heard(request, await self._inbox.look(Look(actor, ShowFeed(), group)), group)
        self._page.read_by(request, group)
        return actor, group

    async def _see(self, request: Request, wish: Wish, kind: type[_S]) -> _S:
        actor, group = await self._here(request)
        reply = await self._inbox.look(Look(actor, wish, group))
        self._page.heard(request, reply, group)
        if not isinstance(reply.screen, kind):
            raise HTTPException(404)
        return reply.screen

    async def _press(self, request: Request, form: dict[str, str]) -> Reply:
        """Hand in the button of a form; the same form sent twice is one event."""
        actor, group = await self._here(request)
        self._throttle.check("press", actor.remote_id)
        action = form.get("action", "")
        reply = await self._inbox.press(Press(actor, event_id(actor, form, action), action, group))
        self._page.heard(request, reply, group)
        return reply

    def _show(self, request: Request, template: str, **context: Any) -> Response:
        return self._page.render(request, template, group=request.path_params["group"], **context)

    async def _command(self, request: Request, form: dict[str, str], name: str, args: str) -> Reply:
        actor, group = await self._here(request)
        self._throttle.check("comment", actor.remote_id)
        named = event_id(actor, form, name, args)
        reply = await self._inbox.command(Command(actor, named, name, args, group))
        self._page.heard(request, reply, group)
        return reply

    def _acted(self, request: Request, form: dict[str, str], reply: Reply, onward: str | None) -> Response:
        """Answer an act: a script with what changed, a browser with the page it came from."""
        strip = strip_of(reply)
        if self._page.wants_json(request):
            data = {"text": reply.text, "next": onward, "picked": reply.picked}
            return self._page.json(request, {**data, **(progress(strip) if strip else {})})
        back = onward or self._page.visit(request).back
        if onward is None and reply.picked and "#" not in back:
            back = f"{back}#d{reply.picked[0][0]:03d}"
        return self._page.redirect(request, back, reply.text)
