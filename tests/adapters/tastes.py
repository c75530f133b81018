"""A fan's taste, and their ballot by it in the browser room."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.port import Actor, CardPage, DuelPage, Look, Sheet, ShowPage, Tile
from tests.made_shop import ROOM, MadeShop


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
