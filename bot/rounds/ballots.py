"""One fan's ballot: what an answer, a finished page and an undo do to their votes. Pure.

A vote is a `Cell` per item: a candidate's position on sheets and cards, a `Pair` of positions in duels. On
sheets a pick is an answer at once, and passing on a design becomes one when its page is finished, so a fan
who stops in the middle of a page is not taken to have refused the rest. A card and a duel are pages of
their own: their answer finishes them.
"""

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, TypeVar

from msgspec import Struct

from bot.errors import RuleError
from bot.port import REASONS
from bot.rounds.model import BallotShape, RoundPlan
from bot.text import t


class Pair(NamedTuple):
    """A duel's two positions, the lower first, whichever side they were shown on."""

    first: int
    second: int


Item = int | Pair
K = TypeVar("K", bound=Item)
Key = TypeVar("Key")


class Cell(NamedTuple):
    """One vote: `answer` None without one; `seen`: its page was finished.

    Sheets answer 1 (picked) or 0 (passed on), cards 2 (love), 1 (like) or 0, duels 1 (the first), 2 (the
    second) or 0 (neither). `chips` are the reasons given, bit n for the n-th of `port.REASONS`.
    """

    answer: int | None = None
    seen: bool = False
    chips: int = 0

    @property
    def picked(self) -> bool:
        """Say whether it is for something: picked, liked or loved, or one of two preferred."""
        return bool(self.answer)


class Change(NamedTuple):
    """What one press did to one item."""

    item: Item
    before: Cell
    after: Cell


class Given(NamedTuple):
    """A vote with the time it was given and the account it came through."""

    cell: Cell
    at: datetime
    account_id: int


EMPTY = Cell()


class Count(Struct, frozen=True, gc=False):
    """How many items a ballot answers, and how many of the answers are for something."""

    answers: int = 0
    picks: int = 0

    def plus(self, more: "Count") -> "Count":
        return Count(self.answers + more.answers, self.picks + more.picks)


def gained(changes: Iterable[Change]) -> Count:
    """Count what changes add to a ballot; what they take away is negative."""
    answers = picks = 0
    for _, (was, _, _), (now, _, _) in changes:
        answers += (now is not None) - (was is not None)
        picks += bool(now) - bool(was)
    return Count(answers, picks)


def pick(cells: Mapping[K, Cell], positions: Iterable[K], want: bool | None) -> tuple[Change, ...]:
    """Pick (True), take back (False) or turn (None) each position; positions already so are left out."""
    changes = []
    for position in dict.fromkeys(positions):
        before = cells.get(position, EMPTY)
        after = _picked(before, want)
        if after != before:
            changes.append(Change(position, before, after))
    return tuple(changes)


@lru_cache(maxsize=256)
def _picked(before: Cell, want: bool | None) -> Cell:
    picked = not before.picked if want is None else want
    return before._replace(answer=1 if picked else _unpicked(before))


def finish(cells: Mapping[K, Cell], page: Iterable[K]) -> tuple[Change, ...]:
    """Mark a page's versions seen: what was not picked is now passed on."""
    changes = []
    for position in page:
        before = cells.get(position, EMPTY)
        after = before._replace(answer=int(before.picked), seen=True)
        if after != before:
            changes.append(Change(position, before, after))
    return tuple(changes)


def undo_picks(cells: Mapping[K, Cell], earlier: Iterable[tuple[K, Cell]]) -> tuple[Change, ...]:
    """Put back what an earlier press changed, given as it was before, on sheets: pages finished since then
    stay finished."""
    changes = []
    for position, before_then in earlier:
        before = cells.get(position, EMPTY)
        after = before._replace(answer=1 if before_then.picked else _unpicked(before))
        if after != before:
            changes.append(Change(position, before, after))
    return tuple(changes)


def answer(cells: Mapping[K, Cell], items: Iterable[K], wanted: int) -> tuple[Change, ...]:
    """Answer cards or duels, which finishes each; items answered so already are left out."""
    changes = []
    for item in dict.fromkeys(items):
        before = cells.get(item, EMPTY)
        after = before._replace(answer=wanted, seen=True)
        if after != before:
            changes.append(Change(item, before, after))
    return tuple(changes)


def reason(cells: Mapping[K, Cell], item: K, key: str, want: bool) -> tuple[Change, ...]:
    """Put a reason beside a card's answer or take it off; raises RuleError where there is no answer yet."""
    before = cells.get(item, EMPTY)
    if before.answer is None:
        raise RuleError("chip.early", t("Answer first, then say why."))
    bit = 1 << REASONS.index(key)
    after = before._replace(chips=before.chips | bit if want else before.chips & ~bit)
    return (Change(item, before, after),) if after != before else ()


def reasons(cell: Cell) -> frozenset[str]:
    """Name the reasons given beside an answer."""
    return frozenset(key for n, key in enumerate(REASONS) if cell.chips >> n & 1)


def put_back(cells: Mapping[K, Cell], earlier: Iterable[tuple[K, Cell]]) -> tuple[Change, ...]:
    """Put back what an earlier press changed on cards and duels: a page it finished is open again."""
    now = [(item, cells.get(item, EMPTY), before_then) for item, before_then in earlier]
    return tuple(Change(item, before, after) for item, before, after in now if before != after)


def merge(kept: Mapping[Key, Given], other: Mapping[Key, Given]) -> dict[Key, Given]:
    """Join two ballots of one person, by any key: the newer answer wins, with its time, account and reasons.

    An answer taken back is none any more, so it does not win against one. What either finished is seen.
    """
    merged = {}
    for item in kept.keys() | other.keys():
        both = [side[item] for side in (kept, other) if item in side]
        newest = max(both, key=lambda given: (given.cell.answer is not None, given.at))
        seen = any(given.cell.seen for given in both)
        merged[item] = newest._replace(cell=newest.cell._replace(seen=seen))
    return merged


def merge_orders(
    plan: RoundPlan, kept: Sequence[int], other: Sequence[int], done: Collection[Item]
) -> tuple[int, ...]:
    """Join the orders of two ballots of cards or duels: the kept one, then the other's pages that are `done`.

    Otherwise an answer would stand on no page of its fan's.
    """
    mine = {item_of(plan.ballot, page) for page in pages(kept, size_of(plan))}
    theirs = [(item_of(plan.ballot, page), page) for page in pages(other, size_of(plan))]
    more = [page for item, page in theirs if item in done and item not in mine]
    return (*kept, *(position for page in more for position in page))


def _unpicked(before: Cell) -> int | None:
    return 0 if before.seen else None


def tag(order: tuple[int, ...]) -> str:
    """Name an order in 8 hex digits, so that a page finished is known to be the page that was shown."""
    return f"{zlib.crc32(repr(order).encode()):08x}"


def pages(order: Sequence[int], page_size: int) -> tuple[tuple[int, ...], ...]:
    """Cut a fan's order into pages of `page_size`; the last one holds the rest."""
    return tuple(tuple(order[i : i + page_size]) for i in range(0, len(order), page_size))


_SIZES = {BallotShape.CARDS: 1, BallotShape.DUELS: 2}


def size_of(plan: RoundPlan) -> int:
    """Say how many positions of an order make a page."""
    return _SIZES.get(plan.ballot, plan.page_size)


def item_of(shape: BallotShape, page: Sequence[int]) -> Item:
    """Say what a card's or a duel's page asks about."""
    return page[0] if shape is BallotShape.CARDS else pair_of(*page)


def pair_of(one: int, other: int) -> Pair:
    return Pair(min(one, other), max(one, other))
