"""A fan's ballot by their taste, answered on Telegram by taps or in the browser room by presses."""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from bot.port import Actor, CardPage, DuelPage, Look, Sheet, ShowPage, Tile
from tests.adapters.telegram.stage import Stage, labels, words
from tests.made_shop import ROOM, MadeShop
from tests.telegram.botapi.world import Message, User


@dataclass(frozen=True, slots=True)
class Taste:
    """The numbers of all designs, what is liked best first: `picks` are picked, the first half are loved."""

    order: Sequence[int]
    picks: int = 5

    @property
    def picked(self) -> frozenset[int]:
        return frozenset(self.order[: self.picks])

    def rate(self, number: int) -> str:
        place = self.order.index(number)
        return "love" if place < self.picks / 2 else "like" if place < self.picks else "pass"

    def better(self, *numbers: int) -> int:
        return min(numbers, key=self.order.index)


# ------------------------------------------------------------------ on Telegram

_RATES = {"love": "❤️ Love", "like": "👍 Like", "pass": "👋 Pass"}


async def vote_by_taps(stage: Stage, fan: User, link: str, taste: Taste) -> list[str]:
    """Answer a whole round from the group's button to the end, in one message; give what each page said."""
    page = await stage.came(fan, link)
    answers = len(stage.messages(fan))
    seen = [words(page)]
    while len(stage.messages(fan)) == answers:
        async for button in _buttons(stage, fan, page, taste):
            await stage.tap(fan, page, button)
        if _last_card(page):
            break
        await stage.until(lambda: words(page) != seen[-1] or len(stage.messages(fan)) > answers)
        seen.append(words(page))
    return seen


async def _buttons(stage: Stage, fan: User, page: Message, taste: Taste) -> AsyncIterator[str]:
    """Name what is tapped on a page, the one that leads on last."""
    keys = [label for row in labels(page) for label in row]
    numbers = [label for label in keys if label.isdecimal()]
    if "✅ Done" in keys:
        for label in numbers:
            if int(label) in taste.picked:
                yield label
        yield "✅ Done"
    elif card := re.search(r"#(\d{3}) ", words(page)):
        yield _RATES[taste.rate(int(card[1]))]
        if not _last_card(page):
            yield "▶️"
    else:
        yield f"{taste.better(*map(int, numbers)):03d}"


def _last_card(page: Message) -> bool:
    keys = [label for row in labels(page) for label in row]
    return "👋 Pass" in " ".join(keys) and "▶️" not in keys


# ------------------------------------------------------------------ in the room


async def vote_in_room(made: MadeShop, fan: Actor, taste: Taste) -> set[int]:
    """Answer a whole round in the room; give the numbers that were asked about."""
    page: int | None = 1
    asked = set()
    while page is not None:
        screen = (await made.catwalk.look(Look(fan, ShowPage(page), ROOM))).screen
        assert isinstance(screen, Sheet | CardPage | DuelPage)
        asked |= {tile.number for tile in _tiles(screen)}
        for action in _presses(screen, taste):
            await made.press(fan, f"{page}.{action}", action)
        page = page + 1 if page < len(screen.pages) else None
    return asked


def _tiles(screen: Sheet | CardPage | DuelPage) -> Sequence[Tile]:
    match screen:
        case Sheet():
            return screen.tiles
        case CardPage():
            return (screen.tile,)
        case DuelPage():
            return (screen.left, screen.right)


def _presses(screen: Sheet | CardPage | DuelPage, taste: Taste) -> Iterator[str]:
    match screen:
        case Sheet():
            for tile in screen.tiles:
                if tile.picked != (tile.number in taste.picked):
                    yield tile.toggle
            yield screen.finish
        case CardPage(tile=tile):
            yield {"love": screen.love, "like": screen.like, "pass": screen.passed}[taste.rate(tile.number)]
        case DuelPage(left=left, right=right):
            yield left.press if taste.better(left.number, right.number) == left.number else right.press
