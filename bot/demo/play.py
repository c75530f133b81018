"""The simulated fans at work: they enter, look, pick, finish pages and comment through the Inbox."""

import asyncio
import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.demo.clock import FastClock
from bot.demo.garments import Garment
from bot.demo.tastes import Taste
from bot.errors import RuleError
from bot.port import (
    Actor,
    Command,
    Comment,
    Feed,
    Inbox,
    Look,
    Press,
    Sheet,
    ShowFeed,
    ShowPage,
    Strip,
    Tile,
)

_LOOKS_EVERY = timedelta(minutes=15)
_MINUTES_A_PAGE = (0.5, 8.0)
_TALK_PER_PAGE = 0.3
"""Scales a taste's talkativeness, so that the feed can be read: about one remark in twenty pages."""

_OVER = ("vote.late", "vote.void", "ballot.none")


@dataclass(order=True, slots=True)
class _Visit:
    """The next page of one fan; `left` is how many they still have patience for."""

    at: datetime
    fan: int
    left: int = field(compare=False)


class Crowd:
    """Every simulated fan of one room, on one clock; many come soon, a few at the last moment.

    `eyes` makes what tells the garment of a tile.
    """

    def __init__(
        self,
        inbox: Inbox,
        group: str,
        fans: Sequence[Taste],
        eyes: Callable[[], Callable[[Tile], Garment]],
        clock: FastClock,
        seed: int,
    ) -> None:
        self._inbox = inbox
        self._group = group
        self._fans = fans
        self._eyes = eyes
        self._clock = clock
        self._rng = random.Random(f"crowd:{seed}")

    def _actor(self, fan: int) -> Actor:
        return Actor("room", f"demo-{fan}", self._fans[fan].name, self._fans[fan].language)

    async def play(self) -> None:
        """Vote in every round that opens, until cancelled."""
        if not self._fans:
            return
        # Takes a moment: not before the room is open, and not in its way.
        self._garment = await asyncio.to_thread(self._eyes)
        await self._enter(0)
        played: set[int] = set()
        while True:
            strip = await self._strip()
            if strip is not None and strip.state == "open" and strip.round_number not in played:
                played.add(strip.round_number)
                await self._vote(strip)
            await asyncio.sleep(self._clock.wait_s(self._clock() + _LOOKS_EVERY))

    async def _enter(self, fan: int) -> None:
        await self._inbox.command(Command(self._actor(fan), f"enter-{fan}", "enter", "", self._group))

    async def _strip(self) -> Strip | None:
        screen = (await self._inbox.look(Look(self._actor(0), ShowFeed(), self._group))).screen
        return screen.strip if isinstance(screen, Feed) else None

    async def _vote(self, strip: Strip) -> None:
        """Let each fan come at a time of their own and leave when their patience ends."""
        begin, length = self._clock(), strip.closes_at - self._clock()
        visits = [
            _Visit(begin + length * 0.98 * self._rng.betavariate(0.7, 2.2), fan, taste.pages(self._rng, 99))
            for fan, taste in enumerate(self._fans)
        ]
        heapq.heapify(visits)
        while visits:
            visit = heapq.heappop(visits)
            await asyncio.sleep(self._clock.wait_s(visit.at))
            try:
                more = await self._page(visit)
            except RuleError as refused:
                if refused.code in _OVER:
                    return
                more = True  # paused, or too many at once: come back a little later
            if more:
                at = self._clock() + timedelta(minutes=self._rng.uniform(*_MINUTES_A_PAGE))
                heapq.heappush(visits, _Visit(at, visit.fan, visit.left))

    async def _page(self, visit: _Visit) -> bool:
        """Answer the first page not finished; says whether the fan goes on to another."""
        actor = self._actor(visit.fan)
        await self._enter(visit.fan)
        sheet = (await self._inbox.look(Look(actor, ShowPage(), self._group))).screen
        assert isinstance(sheet, Sheet)
        if sheet.closed is not None:
            return True
        if all(sheet.pages):
            return False
        taste, event = self._fans[visit.fan], f"demo-{visit.fan}-{sheet.strip.round_number}"
        picked = [t for t in sheet.tiles if not t.picked and taste.answer(self._rng, self._garment(t))]
        for tile in picked:
            await self._inbox.press(Press(actor, f"{event}-{tile.number}", tile.press, self._group))
        await self._inbox.press(Press(actor, f"{event}-page-{sheet.page}", sheet.finish, self._group))
        if self._rng.random() < taste.talkativeness * _TALK_PER_PAGE:
            await self._say(visit.fan, f"{event}-say-{sheet.page}", sheet.tiles, picked)
        visit.left -= 1
        return visit.left > 0

    async def _say(self, fan: int, event: str, tiles: Sequence[Tile], picked: Sequence[Tile]) -> None:
        """Comment on a design of the page, mostly on one that was picked."""
        liked = bool(picked) and self._rng.random() < 0.7
        tile = self._rng.choice(picked if liked else tiles)
        words = self._fans[fan].remark(self._rng, self._garment(tile), tile in picked)
        await self._inbox.comment(Comment(self._actor(fan), event, self._group, words, tile.number))
