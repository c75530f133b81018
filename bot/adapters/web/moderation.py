"""What moderators do with a comment in its group: say why it is hidden, and hide it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.adapters.web.group import Group
from bot.adapters.web.render import url
from bot.port import Remark, ShowRemark


class ModerationPages(Group):
    """A page for each comment, and its form."""

    def routes(self) -> list[Route]:
        return [
            Route("/r/{group}/hide/{id:int}", self.ask),
            Route("/r/{group}/hide/{id:int}", self.hide, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """Show the comment and ask why it should go."""
        remark = await self._see(request, ShowRemark(request.path_params["id"]), Remark)
        return self._show(request, "hide.html", remark=remark)

    async def hide(self, request: Request) -> Response:
        """Hide it, with the words a moderator would type."""
        form = await self._page.form(request)
        words = f"hide c{request.path_params['id']} {form.get('reason', '')}"
        reply = await self._command(request, form, "mod", words)
        return self._page.redirect(request, url("r", request.path_params["group"]), reply.text)
