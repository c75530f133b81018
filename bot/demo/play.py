"""The simulated fans at work: they enter, look, answer sheets, cards and duels, and comment, all through the
Inbox."""

import asyncio
import heapq
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.demo.fans import Fans
from bot.errors import RuleError
from bot.port import (
    CardPage,
    DuelPage,
    Feed,
    Sheet,
    ShowFeed,
    ShowPage,
    Strip,
    Tile,
)

_LOOKS_EVERY = timedelta(minutes=15)
_MINUTES_A_PAGE = (0.5, 8.0)
TALK_PER_PAGE = 0.5
"""Scales a taste's talkativeness, so that the feed can be read: about one remark in twelve pages."""
_TALK_OF_THE_TOWN = 4
"""How much likelier a design is talked about for every remark there is on it."""
_A_SITTING = {"sheets": 1, "cards": 10, "duels": 10}
"""How many pages of each shape are about as much as one sheet."""

_RUNNING = ("open", "paused")
_OVER = ("vote.late", "vote.void", "ballot.none")


@dataclass(order=True, slots=True)
class _Visit:
    """The next page of one fan; `left` is how many they still have patience for."""

    at: datetime
    fan: int
    left: int = field(compare=False)


class Crowd:
    """Everybody who votes; many come soon, a few at the last moment."""

    def __init__(self, fans: Fans) -> None:
        self._fans = fans
        self._clock = fans.clock
        self._rng = random.Random(f"crowd:{fans.seed}")
        self._said: Counter[int] = Counter()

    async def play(self) -> None:
        """Vote in every round that opens, until cancelled."""
        if not self._fans.tastes:
            return
        await self._fans.enter(0)
        played: int | None = None
        while True:
            strip = await self._strip()
            running = strip.round_number if strip and strip.state in _RUNNING else None
            if strip is not None and running != played and strip.state == "open":
                await self._vote(strip)
            played = running
            await asyncio.sleep(self._clock.wait_s(self._clock() + _LOOKS_EVERY))

    async def _strip(self) -> Strip | None:
        screen = await self._fans.see(0, ShowFeed())
        return screen.strip if isinstance(screen, Feed) else None

    async def _vote(self, strip: Strip) -> None:
        """Let each fan come at a time of their own and leave when their patience ends."""
        begin, length = self._clock(), strip.closes_at - self._clock()
        visits = [
            _Visit(begin + length * 0.98 * self._rng.betavariate(0.7, 2.2), fan, taste.pages(self._rng, 99))
            for fan, taste in enumerate(self._fans.tastes)
        ]
        heapq.heapify(visits)
        while visits:
            visit = heapq.heappop(visits)
            await asyncio.sleep(self._clock.wait_s(visit.at))
            try:
                more = await self._page(visit, strip.round_number)
            except RuleError as refused:
                if refused.code in _OVER:
                    return
                more = True  # too many at once: come back a little later
            if more is None:
                return
            if more:
                at = self._clock() + timedelta(minutes=self._rng.uniform(*_MINUTES_A_PAGE))
                heapq.heappush(visits, _Visit(at, visit.fan, visit.left))

    async def _page(self, visit: _Visit, number: int) -> bool | None:
        """Answer the first page not finished, or some cards or duels of round `number`.

        Says whether the fan goes on to another; None when the round is over.
        """
        await self._fans.enter(visit.fan)
        page = await self._next_page(visit.fan)
        if page.strip.round_number != number or page.strip.state not in _RUNNING:
            return None
        if page.closed is not None:
            return True  # paused
        for _ in range(_A_SITTING[page.strip.ballot]):
            if all(page.pages):
                return False
            tiles, liked = await self._answer(visit.fan, page)
            event = f"demo-{visit.fan}-{page.strip.round_number}-say-{page.page}"
            talks = self._fans.tastes[visit.fan].talkativeness * TALK_PER_PAGE
            if self._rng.random() < talks / _A_SITTING[page.strip.ballot]:
                await self._say(visit.fan, event, tiles, liked)
            page = await self._next_page(visit.fan)
        visit.left -= 1
        return visit.left > 0 and not all(page.pages)

    async def _next_page(self, fan: int) -> Sheet | CardPage | DuelPage:
        screen = await self._fans.see(fan, ShowPage())
        assert isinstance(screen, Sheet | CardPage | DuelPage)
        return screen

    async def _answer(
        self, fan: int, page: Sheet | CardPage | DuelPage
    ) -> tuple[Sequence[Tile], Sequence[Tile]]:
        """Answer a page; returns what was on it, and what of it is liked."""
        taste, event = self._fans.tastes[fan], f"demo-{fan}-{page.strip.round_number}"
        match page:
            case Sheet():
                likes = [t for t in page.tiles if taste.answer(self._rng, self._fans.garment(t))]
                for tile in likes:
                    if not tile.picked:
                        await self._fans.tap(fan, f"{event}-{tile.number}", tile.press)
                await self._fans.tap(fan, f"{event}-page-{page.page}", page.finish)
                return page.tiles, likes
            case CardPage():
                answer = taste.reaction(self._rng, self._fans.garment(page.tile))
                press = {"love": page.love, "like": page.like, "pass": page.passed}[answer]
                await self._fans.tap(fan, f"{event}-{page.tile.number}", press)
                return (page.tile,), () if answer == "pass" else (page.tile,)
            case DuelPage():
                sides = (page.left, page.right)
                better = taste.prefers(self._rng, *(self._fans.garment(tile) for tile in sides))
                press = page.even if better is None else sides[better].press
                await self._fans.tap(fan, f"{event}-duel-{page.page}", press)
                return sides, () if better is None else (sides[better],)

    async def _say(self, fan: int, event: str, tiles: Sequence[Tile], liked: Sequence[Tile]) -> None:
        """Comment on a design of the page, mostly on one that is liked and that others speak of."""
        about = liked if liked and self._rng.random() < 0.7 else tiles
        [tile] = self._rng.choices(about, [1 + _TALK_OF_THE_TOWN * self._said[t.number] for t in about])
        self._said[tile.number] += 1
        # Who likes something asks for changes too: that is what a next version is made of.
        praises = tile in liked and self._rng.random() < 0.5
        words = self._fans.tastes[fan].remark(self._rng, self._fans.garment(tile), praises)
        await self._fans.say(fan, event, words, tile.number)
