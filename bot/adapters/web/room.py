"""The room as an adapter: built by main, told by the relay, listened to by browsers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from bot.adapters.web.assets import Assets, ChartPng
from bot.adapters.web.ballot import BallotPages
from bot.adapters.web.entry import Entry
from bot.adapters.web.live import Live
from bot.adapters.web.moderation import ModerationPages
from bot.adapters.web.numbers import bound_numbers
from bot.adapters.web.page import PLATFORM, Page
from bot.adapters.web.presales import PresalePages
from bot.adapters.web.refusals import Refusals
from bot.adapters.web.render import Renderer
from bot.adapters.web.routes import GroupPages
from bot.adapters.web.said import SaidPages
from bot.adapters.web.security import Guard, Rates, Throttle
from bot.adapters.web.session import Sessions
from bot.port import Inbox, Limits, Post, Reply


class RoomAdapter:
    """The built-in browser group.

    Its feed is read through the Inbox at every view, so there is nothing to deliver: a post is already
    there when the relay says so, and the pages that are open only have to be told to look.
    """

    platform = PLATFORM
    limits = Limits(edit_every_s=5.0)

    def __init__(
        self,
        *,
        secret: str,
        base_url: str,
        photo_path: Callable[[str, bool], Path],
        clock: Callable[[], datetime],
        open_by_name: bool,
        changes: Callable[[str], Awaitable[int]],
        secure_cookies: bool,
        extra_routes: Sequence[BaseRoute] = (),
        template_dirs: Sequence[Path] = (),
        static_dirs: Sequence[Path] = (),
        desk_path: str | None = None,
        rates: Rates | None = None,
        poll_every_s: float = 1.0,
        chart_png: ChartPng | None = None,
    ) -> None:
        bound_numbers()
        renderer = Renderer(template_dirs, static_dirs)
        sessions = Sessions(secret, clock, secure_cookies)
        self.page = Page(renderer, sessions, base_url, clock, desk_path)
        self.live = Live(changes, poll_every_s)
        self.extra_routes: Sequence[BaseRoute] = extra_routes
        self.larger_bodies: Mapping[str, int] = {}
        self._open_by_name = open_by_name
        self._throttle = Throttle(rates or Rates())
        self._assets = Assets(self.page, photo_path, chart_png)

    def app(self, inbox: Inbox) -> Starlette:
        """Build the web application that serves the room and what is mounted into it."""
        entry = Entry(self.page, inbox, self._throttle, self._open_by_name)
        groups = GroupPages(self.page, inbox, self._throttle, self.live)
        moderation = ModerationPages(self.page, inbox, self._throttle)
        presales = PresalePages(self.page, inbox, self._throttle)
        said = SaidPages(self.page, inbox, self._throttle, self.live)
        ballot = BallotPages(self.page, inbox, self._throttle)
        return Starlette(
            routes=[
                *self._assets.routes(),
                *entry.routes(),
                *groups.routes(),
                *moderation.routes(),
                *presales.routes(),
                *said.routes(),
                *ballot.routes(),
                *self.extra_routes,
            ],
            middleware=[Middleware(Guard, larger=self.larger_bodies)],
            exception_handlers=Refusals(self.page, entry.front_page).handlers(),
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            self.close()

    async def run(self, inbox: Inbox) -> None:
        """Wait: there is no connection to keep, browsers are served by `app`, wherever main runs it."""
        await asyncio.Event().wait()

    def close(self) -> None:
        """End the live streams, so that a server waiting for its connections can stop."""
        self.live.close()

    async def post(self, post: Post) -> str:
        """Point open pages at a post that stands in the feed; its key names it here."""
        self.live.wake(post.group)
        return post.key

    async def edit(self, post: Post, remote_id: str) -> None:
        self.live.wake(post.group)

    async def retract(self, group: str, remote_id: str) -> None:
        self.live.wake(group)

    async def direct(self, remote_id: str, told: Reply) -> None:
        """Do nothing: the room has no private messages; what a fan is told stands on their own pages."""
