"""A shop with its desk, and the browsers of the people who work there."""

import html
import re
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx

from bot.adapters.web import RoomAdapter
from bot.port import Actor, Command, Role, Sheet
from bot.rounds.model import RoundPlan, RoundState
from bot.service import people
from bot.storage import journal
from bot.storage.journal import Entry
from tests.made_shop import ROOM, MadeShop

HOME = "http://desk.test"
NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def words(response: httpx.Response) -> str:
    """Read what a person reads: the page without tags, entities and line breaks."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).replace("\xa0", " ").split())


@dataclass
class Person:
    """One person's browser at the desk."""

    client: httpx.AsyncClient
    name: str

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path, headers=NAVIGATION)

    async def hidden(self, path: str, action: str) -> dict[str, str]:
        """Open a page and read the hidden fields of its form that goes to `action`."""
        page = (await self.get(path)).text
        form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
        assert form, f"{path} has no form to {action}"
        return {name: html.unescape(value) for name, value in _HIDDEN.findall(form[1])}

    async def token(self) -> str:
        """Read this browser's form token off a page that anybody sees."""
        return (await self.hidden("/enter?code=x", "/enter"))["csrf"]

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of ours to `path` with this browser's token and no other hidden field."""
        data = {"csrf": await self.token(), **fields}
        return await self.client.post(path, data=data, headers=NAVIGATION)

    async def act(self, page: str, action: str, **fields: str) -> httpx.Response:
        """Send the form of a page as it stands there; `fields` is what the person filled in."""
        data = {**await self.hidden(page, action), **fields}
        return await self.client.post(action, data=data, headers=NAVIGATION)


@dataclass
class Desk:
    """A made shop behind the real room with the desk mounted into it."""

    made: MadeShop
    room: RoomAdapter
    stack: AsyncExitStack
    by_role: dict[Role, Person] = field(default_factory=dict)

    def path(self, number: int = 1) -> str:
        return f"/desk/round/{self.made.round_ids[number - 1]}"

    @property
    def log_path(self) -> str:
        return f"/desk/campaign/{self.made.campaign_id}/log"

    async def stranger(self, name: str = "Nobody") -> Person:
        """Open a browser that has entered nowhere."""
        transport = httpx.ASGITransport(self.room.app(self.made.catwalk))
        client = httpx.AsyncClient(transport=transport, base_url=HOME)
        return Person(await self.stack.enter_async_context(client), name)

    async def person(self, role: Role) -> Person:
        """Let somebody with this role in through the link they would be sent; once a role."""
        if role not in self.by_role:
            found = await self.stranger(f"The {role}")
            if role is Role.FAN:
                arrived = await found.act("/enter", "/enter", name=found.name)
            else:
                issued = await people.invite_role(self.made.shop, role, None)
                link = f"/claim?code={issued.code}"
                arrived = await found.act(link, "/claim", name=found.name)
            assert arrived.status_code == 303
            self.by_role[role] = found
        return self.by_role[role]

    async def owner(self) -> Person:
        return await self.person(Role.OWNER)

    async def state(self, number: int = 1) -> RoundState:
        return (await self.made.round(number)).state

    async def log(self) -> list[Entry]:
        async with self.made.store.read() as tx:
            return await journal.entries(tx, self.made.campaign_id)

    async def vote(self, ballots: Iterable[Iterable[int]], first: int = 0) -> None:
        """Let fans (numbered from `first`) pick these designs and finish every page."""
        for i, picks in enumerate(ballots, first):
            fan = await self.made.fan(i)
            numbers = " ".join(str(n) for n in picks)
            await self.made.catwalk.command(Command(fan, f"picks-{i}", "pick", numbers, ROOM))
            while sheet := await self._unfinished(fan):
                await self.made.press(fan, f"done-{i}-{sheet.page}", sheet.finish)

    async def _unfinished(self, fan: Actor) -> Sheet | None:
        screen = (await self.made.look(fan)).screen
        assert isinstance(screen, Sheet)
        return None if all(screen.pages) else screen

    async def closed(self, ballots: Iterable[Iterable[int]] | None = None) -> None:
        """Open round 1, vote and close it, as the owner's desk does."""
        await self.made.open()
        await self.vote(BALLOTS if ballots is None else ballots)
        owner = await self.owner()
        answered = await owner.act(f"{self.path()}/close", f"{self.path()}/close", reason="Enough votes")
        assert answered.status_code == 303

    async def sign(self, number: int = 1, **fields: str) -> httpx.Response:
        path = f"{self.path(number)}/sign"
        return await (await self.owner()).act(path, path, **fields)


BALLOTS = tuple(tuple(range(1, most + 1)) for most in (1, 2, 3, 4, 5, 6))
"""Six fans; #001 is picked by all of them, #006 by one, #007 to #010 by none."""


def plans(first: RoundPlan, **changed: Any) -> tuple[RoundPlan, RoundPlan]:
    """Plan two rounds: ten designs → 4 → 2, a quorum of 3 fans; `changed` is about round 1."""
    first = replace(first, keep=4, quorum=3, **changed)
    week = timedelta(days=7)
    opens_at, closes_at = first.opens_at + week, first.closes_at + week
    return first, replace(first, number=2, keep=2, opens_at=opens_at, closes_at=closes_at)
