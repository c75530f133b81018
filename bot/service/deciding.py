"""What one press does to a ballot, and what it is answered. No I/O: `batch` reads and writes."""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from msgspec import Struct

from bot.actions import Action, Finish, Pick, Prefer, Rate, Reason
from bot.errors import RuleError
from bot.port.words import reason_words
from bot.rounds import ballots
from bot.rounds.ballots import Cell, Change, Count, Item
from bot.rounds.model import BallotShape, Round
from bot.service.field import Field, Stored
from bot.storage.votes import UNDOABLE
from bot.text import Numbers, Text, t

K = TypeVar("K")

_SHAPES: dict[type, BallotShape] = {
    Pick: BallotShape.SHEETS,
    Finish: BallotShape.SHEETS,
    Rate: BallotShape.CARDS,
    Reason: BallotShape.CARDS,
    Prefer: BallotShape.DUELS,
}


_ON_NUMBERS = (Pick, Rate)

Said = tuple[Any, ...]
"""An answer as it is kept: a key of `_SENTENCES` and what fills it, so that a replay says the same again."""


class Mine(Struct):
    """One fan's ballot as a press meets it; `order` is empty before they first looked."""

    round: Round
    field: Field
    order: tuple[int, ...]
    cells: dict[Item, Cell]

    @property
    def pages(self) -> tuple[tuple[int, ...], ...]:
        return ballots.pages(self.order, ballots.size_of(self.round.plan))


Turned = tuple[tuple[int, bool], ...]
"""The designs, by number, whose answer a press turned for or against them, with which it is now."""

Told = tuple[Text, Turned]
"""What a press is answered: the sentence, and what it turned."""


class Decided(Struct, frozen=True):
    """What a press changes and is answered, with what follows from these alone.

    `kind` is how the history names it, `none` for an answer that changed nothing. `cells` are the votes as
    they are now, each with what it is stored under; `more` is what the ballot gains, and `moved` what the
    tally does by version: (answers, picks). `history` and `answer` are changes and answer as kept, in JSON.
    """

    kind: str
    told: Told
    cells: tuple[tuple[Item, Stored, Cell], ...]
    more: Count
    moved: tuple[tuple[int, tuple[int, int]], ...]
    history: str
    answer: str


def _decided(
    kind: str, changes: Sequence[Change], stored: Sequence[Stored], said: Said, turned: Turned
) -> Decided:
    """Add to changes what follows from them; `stored` says of each what it is about."""
    lines = [(on, *before, *after) for on, (_, before, after) in zip(stored, changes, strict=True)]
    cells = [(item, on, after) for on, (item, _, after) in zip(stored, changes, strict=True)]
    moved: dict[int, tuple[int, int]] = {}
    for on, (_, (was, _, _), (now, _, _)) in zip(stored, changes, strict=True):
        answers = (now is not None) - (was is not None)
        for version_id, before, after in _designs(on, was, now):
            move(moved, version_id, answers, after - before)
    if not changes and kind in UNDOABLE:
        kind = "none"
    return Decided(
        kind, (sentence(said), turned), tuple(cells), ballots.gained(changes), tuple(moved.items()),
        json.dumps(lines), json.dumps(said),
    )  # fmt: skip


def move(moved: dict[K, tuple[int, int]], on: K, answers: int, picks: int) -> None:
    """Add answers and picks, more or less, to what moves already."""
    before = moved.get(on)
    moved[on] = (before[0] + answers, before[1] + picks) if before else (answers, picks)


def named(action: Action, field: Field) -> int | None:
    """Say which position an action is about, if it is about one design alone, which most are."""
    if isinstance(action, _ON_NUMBERS):
        return field.by_number.get(action.numbers[0]) if len(action.numbers) == 1 else None
    return field.by_number.get(action.number) if isinstance(action, Reason) else None


def touched(action: Action, mine: Mine) -> list[Item]:
    """List the items an action may change other than the one it names; wrong numbers and pages are left to
    `decide` to refuse."""
    by_number = mine.field.by_number
    match action:
        case Pick(_, numbers) | Rate(_, numbers) if len(numbers) > 1:
            return [by_number[n] for n in numbers if n in by_number]
        case Prefer(_, first, second) if first in by_number and second in by_number:
            return [ballots.pair_of(by_number[first], by_number[second])]
        case Finish(_, page):
            pages = mine.pages
            return list(pages[page - 1]) if 1 <= page <= len(pages) else []
    return []


def decide(mine: Mine, action: Action) -> Decided:
    """Say what an action other than Undo changes; raises RuleError for what it may not."""
    if _SHAPES[type(action)] is not mine.round.plan.ballot:
        raise RuleError(
            "ballot.shape", t("This round is answered in another way. Open your ballot and go on there.")
        )
    if isinstance(action, Pick):  # what most are, before patterns are tried
        numbers, want = action.numbers, action.want
        if len(numbers) != 1 or (position := mine.field.by_number.get(numbers[0])) is None:
            return _pick(mine, numbers, want)
        before = mine.cells.get(position, ballots.EMPTY)
        return _pick_one(position, mine.field.candidates[position].version_id, numbers, before, want)
    match action:
        case Finish(_, page, tag):
            return _finish(mine, page, tag)
        case Rate(_, numbers, answer):
            changes = ballots.answer(mine.cells, _asked(mine, numbers), answer)
            return _of(mine, "rate", changes, (("passed", "liked", "loved")[answer], numbers))
        case Reason(_, number, key, want):
            (position,) = _asked(mine, (number,))
            changes = ballots.reason(mine.cells, position, key, want)
            return _of(mine, "reason", changes, ("noted" if want else "not noted", key))
        case Prefer():
            return _prefer(mine, action)
    raise TypeError(f"{action!r} is not for a ballot")


def _pick(mine: Mine, numbers: tuple[int, ...], want: bool | None) -> Decided:
    """Pick several designs, or refuse numbers that are none."""
    field = mine.field
    changes = ballots.pick(mine.cells, _positions(field, numbers), want)
    turned = turned_by(changes, field)
    stored = [field.stored(change.item) for change in changes]
    return _decided("pick", changes, stored, _picked(turned, numbers), turned)


@lru_cache(maxsize=16_384)
def _pick_one(
    position: int, version_id: int, numbers: tuple[int, ...], before: Cell, want: bool | None
) -> Decided:
    """Pick one design, as most presses do: what that changes is the same for every fan it stood so with."""
    changes = ballots.pick({position: before}, (position,), want)
    (number,) = numbers
    turned = tuple((number, c.after.picked) for c in changes if c.after.picked is not c.before.picked)
    return _decided("pick", changes, [version_id] * len(changes), _picked(turned, numbers), turned)


def _of(mine: Mine, kind: str, changes: Sequence[Change], said: Said) -> Decided:
    stored = [mine.field.stored(change.item) for change in changes]
    return _decided(kind, changes, stored, said, turned_by(changes, mine.field))


def take_back(mine: Mine, changes: str) -> Decided:
    """Say what undoing an earlier press changes now, given what it changed then."""
    then = stored_changes(changes, mine.field)
    back = ballots.undo_picks if mine.round.plan.ballot is BallotShape.SHEETS else ballots.put_back
    changed = back(mine.cells, [(change.item, change.before) for change in then])
    numbers = tuple(n for change in then for n in mine.field.numbers(change.item))
    return _of(mine, "undo", changed, ("back", numbers))


def stored_changes(changes: str, field: Field) -> list[Change]:
    """Read what an earlier press changed."""
    return [
        Change(field.item(stored), Cell(*cells[:3]), Cell(*cells[3:]))
        for stored, *cells in json.loads(changes)
    ]


def turned_by(changes: Sequence[Change], field: Field) -> Turned:
    """List the designs that changes turned."""
    return tuple(
        (field.candidates[position].number, after)
        for item, (was, _, _), (now, _, _) in changes
        for position, before, after in _designs(item, was, now)
        if before is not after
    )


_Sides = tuple[tuple[int, bool, bool], ...]


def _designs(on: int | tuple[int, int], was: int | None, now: int | None) -> _Sides:
    """Say of each design an answer is about whether it was and is for it."""
    return ((on, bool(was), bool(now)),) if isinstance(on, int) else _sides(on, was, now)


def _sides(pair: tuple[int, int], was: int | None, now: int | None) -> _Sides:
    first, second = pair
    return (first, was == 1, now == 1), (second, was == 2, now == 2)


def _positions(field: Field, numbers: Sequence[int]) -> list[int]:
    by_number = field.by_number
    found = [by_number[n] for n in numbers if n in by_number]
    if not found or len(found) < len(numbers):
        raise RuleError(
            "ballot.number",
            t(
                "There is no {numbers} in this round. Check the number on the photo.",
                numbers=Numbers(tuple(n for n in numbers if n not in by_number)),
            ),
        )
    return found


def _asked(mine: Mine, numbers: Sequence[int]) -> list[int]:
    """Find cards by number; answers count only about what the fan is asked (docs/adr/0013)."""
    positions = _positions(mine.field, numbers)
    if not mine.order:
        raise _unopened()
    others = tuple(n for n, p in zip(numbers, positions, strict=True) if p not in mine.order)
    if others:
        raise RuleError(
            "ballot.not_asked",
            t(
                "{numbers} is not among your cards. This round asks each fan only about some.",
                numbers=Numbers(others),
            ),
        )
    return positions


def _unopened() -> RuleError:
    return RuleError("ballot.unopened", t("Open your ballot first: it is drawn for you when you do."))


def _finish(mine: Mine, page: int, tag: str) -> Decided:
    pages = mine.pages
    if tag not in ("", ballots.tag(mine.order)):
        raise RuleError(
            "ballot.order",
            t("Your two ballots are one now and in a new order. Open it again and go on there."),
        )
    if not 1 <= page <= len(pages):
        raise RuleError("ballot.page", t("Your ballot has no page {page}. Open it again.", page=page))
    changes = ballots.finish(mine.cells, pages[page - 1])
    return _of(mine, "finish", changes, ("finished", page, len(pages)))


def _prefer(mine: Mine, action: Prefer) -> Decided:
    first, second = _positions(mine.field, (action.first, action.second))
    if not mine.order:
        raise _unopened()
    pair = ballots.pair_of(first, second)
    if pair not in {ballots.pair_of(*page) for page in mine.pages}:
        raise RuleError(
            "ballot.no_duel",
            t(
                "{numbers} are not one of your pairs. Each fan is asked about pairs of their own.",
                numbers=Numbers((action.first, action.second)),
            ),
        )
    choice = action.choice if pair.first == first else (0, 2, 1)[action.choice]
    changes = ballots.answer(mine.cells, [pair], choice)
    if action.choice == 0:
        return _of(mine, "prefer", changes, ("neither",))
    won = action.first if action.choice == 1 else action.second
    return _of(mine, "prefer", changes, ("won", (won,)))


def _picked(turned: Turned, numbers: tuple[int, ...]) -> Said:
    if len(turned) == 1:
        ((number, now),) = turned
        return ("added" if now else "taken", (number,))
    added = tuple([number for number, now in turned if now])
    taken = tuple([number for number, now in turned if not now])
    if added and taken:
        return ("added and taken", added, taken)
    if added:
        return ("added", added)
    return ("taken", taken) if taken else ("same", numbers)


def _numbers(numbers: Sequence[int]) -> Numbers:
    return Numbers(tuple(numbers))


_SENTENCES: dict[str, Callable[..., Text]] = {
    "added": lambda n: t("{numbers} added.", numbers=_numbers(n)),
    "taken": lambda n: t("{numbers} taken back.", numbers=_numbers(n)),
    "added and taken": lambda a, b: t(
        "{added} added, {taken} taken back.", added=_numbers(a), taken=_numbers(b)
    ),
    "same": lambda n: t("{numbers} was so already.", numbers=_numbers(n)),
    "passed": lambda n: t("{numbers}: passed.", numbers=_numbers(n)),
    "liked": lambda n: t("{numbers}: liked.", numbers=_numbers(n)),
    "loved": lambda n: t("{numbers}: loved.", numbers=_numbers(n)),
    "noted": lambda key: t("Noted: {reason}.", reason=reason_words(key)),
    "not noted": lambda key: t("Not noted: {reason}.", reason=reason_words(key)),
    "neither": lambda: t("Neither of the two."),
    "won": lambda n: t("{numbers} it is.", numbers=_numbers(n)),
    "finished": lambda page, pages: t("Page {page} of {pages} is done.", page=page, pages=pages),
    "back": lambda n: t("Taken back: {numbers}.", numbers=_numbers(n)),
}


def load(said: str) -> Said:
    """Read an answer as it was stored."""
    return tuple(tuple(one) if isinstance(one, list) else one for one in json.loads(said))


def sentence(said: Said) -> Text:
    """Word an answer."""
    what, *filled = said
    return _SENTENCES[what](*filled)
