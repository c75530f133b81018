"""The fake group's rounds of cards and of duels: every design a card, every two neighbours a duel."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.port import Before, CardPage, Chip, DesignView, DuelPage, Strip, Tile
from bot.text import Numbers, Text, t, verbatim

ANSWERS = ("pass", "like", "love")
LABELS = {"colour": t("Colour"), "shape": t("Shape"), "length": t("Length")}


@dataclass
class Answers:
    """One fan's: cards by number, the reasons beside them, and duels by page."""

    cards: dict[int, int] = field(default_factory=dict)
    chips: dict[int, set[str]] = field(default_factory=dict)
    duels: dict[int, int] = field(default_factory=dict)
    back: list[Callable[[], None]] = field(default_factory=list)

    @property
    def undo(self) -> str | None:
        return "undo" if self.back else None

    def rate(self, number: int, answer: int) -> tuple[Text, tuple[tuple[int, bool], ...]]:
        self._put(self.cards, number, answer)
        said = {0: t("Passed on {n}", n=number), 1: t("Liked {n}", n=number), 2: t("Loved {n}", n=number)}
        return said[answer], ((number, answer > 0),)

    def reason(self, number: int, key: str, want: bool) -> Text:
        mine = self.chips.setdefault(number, set())
        (mine.add if want else mine.discard)(key)
        return t("{n} is noted.", n=number)

    def prefer(self, first: int, second: int, choice: int) -> tuple[Text, tuple[tuple[int, bool], ...]]:
        self._put(self.duels, (first + 1) // 2, choice)
        if choice == 0:
            return t("Neither."), ((first, False), (second, False))
        won = Numbers((first if choice == 1 else second,))
        return t("{numbers} it is", numbers=won), ((first, choice == 1), (second, choice == 2))

    def _put(self, answers: dict[int, int], key: int, answer: int) -> None:
        before = answers.get(key)

        def back() -> None:
            answers.pop(key)
            if before is not None:
                answers[key] = before

        self.back.append(back)
        answers[key] = answer


def card_page(
    mine: Answers, strip: Strip, page: int, tiles: int, tile: Tile, closed: Text | None
) -> CardPage:
    """Show a card; every third design shows what version 1 looked like."""
    n, answer = tile.number, mine.cards.get(tile.number)
    given = answer is not None and closed is None
    before = (
        Before(tile.photo, verbatim("version 1"), 1, "Longer sleeves, pockets kept", 23)
        if n % 3 == 0
        else None
    )
    chips = tuple(
        Chip(key, label, chosen := key in mine.chips.get(n, ()), _chip(n, key, not chosen) if given else "")
        for key, label in LABELS.items()
    )
    love, like, passed = (f"rate:{n}:{one}" for one in (2, 1, 0))
    said = None if answer is None else ANSWERS[answer]
    pages = tuple(m in mine.cards for m in range(1, tiles + 1))
    return CardPage(
        strip, "Spring", page, pages, tile, before, said, love, like, passed, chips, mine.undo, closed
    )


def _chip(number: int, key: str, want: bool) -> str:
    return f"chip:{number}:{key}:{int(want)}"


def on_card(view: DesignView, mine: Answers) -> DesignView:
    """Show one design of a round of cards: it can be answered there, too."""
    n = view.tile.number
    answer = ANSWERS[mine.cards[n]] if n in mine.cards else None
    return replace(view, page=n, answer=answer, love=f"rate:{n}:2", like=f"rate:{n}:1", passed=f"rate:{n}:0")


def duel_page(
    mine: Answers, strip: Strip, page: int, duels: int, sides: tuple[Tile, Tile], closed: Text | None
) -> DuelPage:
    pages = tuple(m in mine.duels for m in range(1, duels + 1))
    even = f"prefer:{sides[0].number}:{sides[1].number}:0"
    evened = mine.duels.get(page) == 0
    return DuelPage(strip, "Spring", page, pages, *sides, even, evened, mine.undo, closed)
