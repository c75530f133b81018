"""The simulated fans at work: they enter, look, pick, finish pages and comment through the Inbox."""

import asyncio
import heapq
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.demo.clock import FastClock
from bot.errors import RuleError
from bot.port import Actor, Command, Comment, Feed, Inbox, Look, Press, Sheet, ShowFeed, ShowSheet, Strip, Tile

_IDLE = timedelta(minutes=20)
_BETWEEN_PAGES_MIN = (0.5, 8.0)
_TALK_AFTER_PAGE = 0.35


class SimulatedFan(Protocol):
    """A fan with a taste: what they pick, when they stop and what they say."""

    name: str
    language: str

    def pages(self, rng: random.Random, pages: int) -> int: ...
    def picks(self, rng: random.Random, tile: Tile) -> bool: ...
    def remark(self, rng: random.Random, tiles: Sequence[Tile]) -> tuple[int, str] | None: ...


class Crowd:
    """Every simulated fan of one room, on one clock; votes come in thick at first, then thin out."""

    def __init__(self, inbox: Inbox, group: str, fans: Sequence[SimulatedFan], clock: FastClock, seed: int) -> None:
        self._inbox = inbox
        self._group = group
        self._clock = clock
        self._fans = list(fans)
        self._rng = random.Random(f"crowd:{seed}")

    def _actor(self, i: int) -> Actor:
        return Actor("room", f"demo-{i}", self._fans[i].name, self._fans[i].language)

    async def enter(self) -> None:
        """Come in, everybody."""
        for i in range(len(self._fans)):
            await self._inbox.command(Command(self._actor(i), f"enter-{i}", "enter", "", self._group))

    async def play(self) -> None:
        """Vote in every round that opens, until cancelled."""
        played: set[int] = set()
        while True:
            strip = await self._strip()
            if strip is not None and strip.state == "open" and strip.round_number not in played:
                played.add(strip.round_number)
                await self._vote(strip)
            await asyncio.sleep(self._clock.wait_s(self._clock() + _IDLE))

    async def _strip(self) -> Strip | None:
        if not self._fans:
            return None
        screen = (await self._inbox.look(Look(self._actor(0), ShowFeed(), self._group))).screen
        return screen.strip if isinstance(screen, Feed) else None

    async def _vote(self, strip: Strip) -> None:
        """Let each fan come at a time of their own and leave when their patience ends."""
        begin, length = self._clock(), strip.closes_at - self._clock()
        visits: list[tuple[datetime, int, int]] = []
        for i in range(len(self._fans)):
            at = begin + length * min(0.97, self._rng.betavariate(1.0, 2.6))
            heapq.heappush(visits, (at, i, 0))
        while visits:
            at, i, page = heapq.heappop(visits)
            await asyncio.sleep(self._clock.wait_s(at))
            try:
                again = await self._page(i, page)
            except RuleError as refused:
                if refused.code in ("vote.late", "vote.void", "ballot.none"):
                    return
                again = True  # paused, or too many at once: come back a little later
                page -= 1
            if again:
                pause = timedelta(minutes=self._rng.uniform(*_BETWEEN_PAGES_MIN))
                heapq.heappush(visits, (at + pause, i, page + 1))

    async def _page(self, i: int, page: int) -> bool:
        """Answer one page; says whether the fan goes on to the next."""
        fan, actor = self._fans[i], self._actor(i)
        sheet = (await self._inbox.look(Look(actor, ShowSheet(), self._group))).screen
        assert isinstance(sheet, Sheet)
        if sheet.closed is not None or all(sheet.pages):
            return False
        picked = [tile for tile in sheet.tiles if not tile.picked and fan.picks(self._rng, tile)]
        key = f"{i}-{sheet.strip.round_number}"
        await asyncio.gather(
            *(self._inbox.press(Press(actor, f"{key}-{tile.number}", tile.press, self._group)) for tile in picked)
        )
        await self._inbox.press(Press(actor, f"{key}-page-{sheet.page}", sheet.finish, self._group))
        if self._rng.random() < _TALK_AFTER_PAGE and (said := fan.remark(self._rng, sheet.tiles)):
            number, words = said
            comment = Comment(actor, f"{key}-say-{sheet.page}", self._group, words, number)
            await self._inbox.comment(comment)
        return page + 1 < fan.pages(self._rng, len(sheet.pages))
