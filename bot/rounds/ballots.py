"""One fan's ballot: what a pick, a finished page and an undo do to their votes. Pure.

A vote is a `Cell` per version. A pick is an answer at once; passing on a design becomes an answer when
its page is finished, so a fan who stops in the middle of a page is not taken to have refused the rest.
"""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Cell(NamedTuple):
    """One vote: `picked` True or False (passed on), None without an answer.

    `seen`: its page was finished.
    """

    picked: bool | None = None
    seen: bool = False


class Change(NamedTuple):
    """What one press did to one version; `position` is the candidate's."""

    position: int
    before: Cell
    after: Cell


class Given(NamedTuple):
    """A vote with the time it was given and the account it came through."""

    cell: Cell
    at: datetime
    account_id: int


EMPTY = Cell()


@dataclass(frozen=True, slots=True)
class Count:
    """How many versions a ballot answers, and how many of them it picks."""

    answers: int = 0
    picks: int = 0

    def plus(self, changes: Iterable[Change]) -> "Count":
        answers, picks = self.answers, self.picks
        for _, before, after in changes:
            answers += (after.picked is not None) - (before.picked is not None)
            picks += (after.picked is True) - (before.picked is True)
        return Count(answers, picks)


def pick(cells: Mapping[int, Cell], positions: Iterable[int], want: bool | None) -> tuple[Change, ...]:
    """Pick (True), take back (False) or turn (None) each position; positions already so are left out."""
    changes = []
    for position in dict.fromkeys(positions):
        before = cells.get(position, EMPTY)
        picked = before.picked is not True if want is None else want
        after = Cell(True if picked else _unpicked(before), before.seen)
        if after != before:
            changes.append(Change(position, before, after))
    return tuple(changes)


def finish(cells: Mapping[int, Cell], page: Iterable[int]) -> tuple[Change, ...]:
    """Mark a page's versions seen: what was not picked is now passed on."""
    changes = []
    for position in page:
        before = cells.get(position, EMPTY)
        after = Cell(before.picked is True, seen=True)
        if after != before:
            changes.append(Change(position, before, after))
    return tuple(changes)


def undo(cells: Mapping[int, Cell], earlier: Iterable[Change]) -> tuple[Change, ...]:
    """Put back what an earlier press changed, keeping pages finished since then finished."""
    changes = []
    for position, before_then, _ in earlier:
        before = cells.get(position, EMPTY)
        after = Cell(True if before_then.picked else _unpicked(before), before.seen)
        if after != before:
            changes.append(Change(position, before, after))
    return tuple(changes)


def merge(kept: Mapping[int, Given], other: Mapping[int, Given]) -> dict[int, Given]:
    """Join two ballots of one person: the newer answer wins, with its time and its account.

    A pick taken back is no answer any more, so it does not win against one. What either finished is seen.
    """
    merged = {}
    for position in kept.keys() | other.keys():
        both = [side[position] for side in (kept, other) if position in side]
        cell, at, account_id = max(both, key=lambda given: (given.cell.picked is not None, given.at))
        merged[position] = Given(Cell(cell.picked, any(g.cell.seen for g in both)), at, account_id)
    return merged


def _unpicked(before: Cell) -> bool | None:
    return False if before.seen else None


def tag(order: tuple[int, ...]) -> str:
    """Name an order in 8 hex digits, so that a page finished is known to be the page that was shown."""
    return f"{zlib.crc32(repr(order).encode()):08x}"


def pages(order: tuple[int, ...], page_size: int) -> tuple[tuple[int, ...], ...]:
    """Cut a fan's order into pages of `page_size`; the last one holds the rest."""
    return tuple(order[i : i + page_size] for i in range(0, len(order), page_size))
