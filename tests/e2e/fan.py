"""A fan's browser over real HTTP, as patient as our page: what got no answer is sent again, unchanged."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from bot.adapters.web.wire import event_id
from bot.port import Actor
from tests.adapters.web.browser import NAVIGATION, SCRIPT, forms

Asked = tuple[str, str]
"""A press by its nonce and its action."""

PRESS, LATE = "/r/main/press", "p:1:7:1"
"""Where buttons are pressed, and a press of somebody whose page is older than the close."""


async def pause(seconds: float) -> None:
    """Leave a server alone for a moment before it is asked again, as our page does."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()


@dataclass(eq=False)
class Fan:
    """One person in one browser, and what the answers they got make of their ballot.

    `picked` and `finished` hold only what was acknowledged; `saved` lists those presses, by nonce and action,
    and `asked` is one that still waits for its answer.
    """

    name: str
    client: httpx.AsyncClient
    picked: set[int] = field(default_factory=set)
    finished: set[int] = field(default_factory=set)
    saved: list[Asked] = field(default_factory=list)
    asked: Asked | None = None
    late: str = ""
    again: int = 0
    token: str = ""
    _events: int = 0

    @property
    def presses(self) -> int:
        """Count the presses that were acknowledged."""
        return len(self.saved)

    def event(self, remote_id: str, asked: Asked) -> str:
        """Name a press as the room does that knows this fan by `remote_id`."""
        nonce, action = asked
        return event_id(Actor("room", remote_id, ""), {"event_id": nonce}, action)

    # -------------------------------------------------------------- asking

    async def _patiently(self, ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        while True:
            try:
                answer = await ask()
            except httpx.TransportError:
                self.again += 1
                await pause(0.1)
                continue
            if answer.status_code < 500 and answer.status_code != 429:
                return answer
            self.again += 1
            await pause(float(answer.headers.get("Retry-After", "0.2")))

    async def get(self, path: str, headers: Mapping[str, str] = NAVIGATION) -> httpx.Response:
        return await self._patiently(lambda: self.client.get(path, headers=headers))

    async def send(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] = NAVIGATION
    ) -> httpx.Response:
        """Send a form's fields until they are answered."""
        return await self._patiently(lambda: self.client.post(path, data=fields, headers=headers))

    async def fill(self, page: str, action: str, **changed: str) -> httpx.Response:
        """Open a page, fill in its first form that goes to `action` and send it."""
        shown = await self.get(page)
        form = next(form for form in forms(shown.text) if form.action == action)
        return await self.send(form.action, {**form.fields, **changed})

    # -------------------------------------------------------------- coming in

    async def enter(self, path: str) -> httpx.Response:
        """Come in by the path of an invitation or claim link, with a name."""
        answer = await self.fill(path, path.partition("?")[0], name=self.name)
        assert answer.status_code == 303, answer.text
        feed = await self.get("/r/main")
        self.token = forms(feed.text)[0].fields["csrf"]
        return answer

    # -------------------------------------------------------------- voting

    async def sheet(self, page: int) -> dict[str, Any]:
        """Read a page of the ballot as our script does."""
        answer = await self.get(f"/r/main/vote?page={page}", SCRIPT)
        assert answer.status_code == 200, answer.text
        sheet: dict[str, Any] = answer.json()
        return sheet

    async def press(self, action: str) -> bool:
        """Press a button once, however often that takes; say whether it counted."""
        self._events += 1
        self.asked = asked = (f"press-{self._events:08d}", action)
        fields = {"csrf": self.token, "event_id": asked[0], "action": action}
        answer = await self.send(PRESS, fields, SCRIPT)
        self.asked = None
        said = answer.json()
        if answer.status_code != 200:
            assert answer.status_code == 409, answer.text
            self.late = said["code"]
            return False
        self.saved.append(asked)
        for number, now in said["picked"]:
            (self.picked.add if now else self.picked.discard)(number)
        return True

    async def leaf_through(self, pages: int, rng: Random) -> bool:
        """Answer every page, picking about a third; say whether all of it counted."""
        for page in range(1, pages + 1):
            sheet = await self.sheet(page)
            if sheet["closed"] is not None:
                return await self.press(LATE)
            for tile in sheet["tiles"]:
                if rng.random() < 0.35 and not await self.press(tile["press"]):
                    return False
            if not await self.press(sheet["finish"]):
                return False
            self.finished |= {tile["number"] for tile in sheet["tiles"]}
        return True

    async def change_mind(self, rng: Random) -> bool:
        """Pick or take back a design seen before, or undo; say whether it counted."""
        sheet = await self.sheet(1 + rng.randrange(3))
        if sheet["closed"] is not None:
            return await self.press(LATE)
        if sheet["undo"] and rng.random() < 0.2:
            return await self.press(sheet["undo"])
        return await self.press(rng.choice(sheet["tiles"])["press"])

    async def vote_on(self, pages: int, seed: int) -> None:
        """Answer every page, then keep changing one's mind until the round takes no more."""
        rng = Random(seed)
        going = await self.leaf_through(pages, rng)
        while going:
            going = await self.change_mind(rng)
        assert self.late == "vote.late"

    # -------------------------------------------------------------- running the round

    async def step(self, act: str, **fields: str) -> str:
        """Take a step of round 1 on the desk, by its button or its own page; return where it leads."""
        asking = act in ("close", "sign", "unsign")
        page = f"/desk/round/1/{act}" if asking else "/desk/round/1"
        answer = await self.fill(page, f"/desk/round/1/{act}", **fields)
        assert answer.status_code == 303, answer.text
        return (await self.get(answer.headers["location"])).text

    # -------------------------------------------------------------- reading and speaking

    async def comment(self, text: str) -> httpx.Response:
        return await self.fill("/r/main", "/r/main/comment", text=text)

    async def events(self, heard: asyncio.Queue[str]) -> None:
        """Listen to the group as an open page does, and pass on every cursor, until the server ends it."""
        async with self.client.stream("GET", "/events/main", timeout=None) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    heard.put_nowait(line)

    async def feed(self) -> str:
        return (await self.get("/r/main?fragment=1")).text

    async def feed_with(self, *titles: str, within_s: float = 20.0) -> str:
        """Read the feed until its posts have these titles, in this order, and return it."""
        feed = ""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while not matching(posts(feed := await self.feed()), titles):
                    await pause(0.1)
        assert matching(posts(feed), titles), posts(feed)
        return feed


def matching(found: Sequence[str], wanted: Sequence[str]) -> bool:
    return len(found) == len(wanted) and all(w in f for w, f in zip(wanted, found, strict=True))


def posts(feed: str) -> list[str]:
    """List the titles of the posts in a feed, oldest first."""
    return re.findall(r'<article class="post" id="p\d+" aria-label="([^"]*)"', feed)


async def told(fans: Sequence[Fan], more: int) -> None:
    """Wait until so many more presses were acknowledged."""
    wanted = sum(fan.presses for fan in fans) + more
    while sum(fan.presses for fan in fans) < wanted:
        await pause(0.01)
