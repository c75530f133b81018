"""Photos, static files and the few addresses that machines ask for."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from bot.adapters.web.page import Page
from bot.i18n import LANGUAGES

ChartPng = Callable[[str, str, bool], Awaitable[bytes | None]]
"""Draws the chart of a key in a language, on dark paper or light; None where it cannot just now. Raises
LookupError for a key that no chart has."""

FOREVER = "public, max-age=31536000, immutable"

_CHART = re.compile(r"([0-9a-z-]{1,64})\.([a-z]{2})\.(light|dark)")


class _Statics(StaticFiles):
    """Static files out of several folders, the room's own first."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        super().__init__(directory=folders[0])
        self.all_directories = [*folders]


class Assets:
    """Content-addressed files never change under their address, so they are cached for good."""

    def __init__(
        self, page: Page, photo_path: Callable[[str, bool], Path], chart_png: ChartPng | None = None
    ) -> None:
        self._page = page
        self._photo_path = photo_path
        self._chart_png = chart_png
        self._statics = _Statics(page.renderer.static_dirs)

    def routes(self) -> list[Route]:
        return [
            Route("/photo/{photo}.jpg", self.photo),
            Route("/tile/{photo}.jpg", self.tile),
            Route("/chart/{name}.png", self.chart),
            Route("/static/{digest}/{path:path}", self.static),
            Route("/sw.js", self.worker),
            Route("/offline", self.offline),
            Route("/robots.txt", self.robots),
        ]

    async def photo(self, request: Request) -> Response:
        return self._picture(request, tile=False)

    async def tile(self, request: Request) -> Response:
        return self._picture(request, tile=True)

    def _picture(self, request: Request, *, tile: bool) -> Response:
        try:
            path = self._photo_path(request.path_params["photo"], tile)
        except ValueError:
            raise HTTPException(404) from None
        if not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": FOREVER})

    async def chart(self, request: Request) -> Response:
        """Draw a chart. Its address names what it shows, so it is kept for good once it is drawn."""
        match = _CHART.fullmatch(request.path_params["name"])
        if match is None or match[2] not in LANGUAGES or self._chart_png is None:
            raise HTTPException(404)
        try:
            png = await self._chart_png(match[1], match[2], match[3] == "dark")
        except LookupError:
            raise HTTPException(404) from None
        if png is None:
            raise HTTPException(503, headers={"Retry-After": "5"})
        return Response(png, media_type="image/png", headers={"Cache-Control": FOREVER})

    async def static(self, request: Request) -> Response:
        """Serve a static file; under an older digest it is still served, and not kept."""
        path = self._statics.get_path({**request.scope, "path": "/" + request.path_params["path"]})
        response = await self._statics.get_response(path, request.scope)
        current = request.path_params["digest"] == self._page.renderer.digest
        response.headers["Cache-Control"] = FOREVER if current else "no-cache"
        return response

    async def worker(self, request: Request) -> Response:
        """Serve the script that shows the offline page; its scope is the folder it is served from."""
        script = self._page.renderer.page("sw.js", self._page.visit(request).reader, {})
        return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    async def offline(self, request: Request) -> Response:
        return self._page.render(request, "offline.html", whole=False)

    async def robots(self, request: Request) -> Response:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")
