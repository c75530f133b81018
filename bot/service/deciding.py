"""What one press does to a ballot, and the sentence it is answered with. No I/O: `batch` reads and writes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.actions import Action, Finish, Pick, Prefer, Rate, Reason
from bot.cards import reason_label
from bot.errors import RuleError
from bot.rounds import ballots
from bot.rounds.ballots import Cell, Change, Item
from bot.rounds.model import BallotShape, Round
from bot.service.field import Field
from bot.text import Numbers, Text, t

_SHAPES: dict[type, BallotShape] = {
    Pick: BallotShape.SHEETS,
    Finish: BallotShape.SHEETS,
    Rate: BallotShape.CARDS,
    Reason: BallotShape.CARDS,
    Prefer: BallotShape.DUELS,
}


@dataclass(frozen=True, slots=True)
class Mine:
    """One fan's ballot as a press meets it; `order` is empty before they first looked."""

    round: Round
    field: Field
    order: tuple[int, ...]
    cells: Mapping[Item, Cell]

    @property
    def pages(self) -> tuple[tuple[int, ...], ...]:
        return ballots.pages(self.order, ballots.size_of(self.round.plan))


@dataclass(frozen=True, slots=True)
class Decided:
    """What a press changes; `kind` is how the history names it, `none` where nothing changed."""

    kind: str
    changes: tuple[Change, ...]
    text: Text


def touched(action: Action, field: Field, pages: Sequence[Sequence[int]]) -> list[Item]:
    """List the items an action may change; wrong numbers and pages are left to `decide` to refuse."""
    match action:
        case Pick(_, numbers) | Rate(_, numbers):
            return [field.by_number[n] for n in numbers if n in field.by_number]
        case Reason(_, number):
            return [field.by_number[number]] if number in field.by_number else []
        case Prefer(_, first, second) if first in field.by_number and second in field.by_number:
            return [ballots.pair_of(field.by_number[first], field.by_number[second])]
        case Finish(_, page):
            return list(pages[page - 1]) if 1 <= page <= len(pages) else []
    return []


def decide(mine: Mine, action: Action) -> Decided:
    """Say what an action other than Undo changes; raises RuleError for what it may not."""
    if _SHAPES[type(action)] is not mine.round.plan.ballot:
        raise RuleError(
            "ballot.shape", t("This round is answered in another way. Open your ballot and go on there.")
        )
    match action:
        case Pick(_, numbers, want):
            changes = ballots.pick(mine.cells, _positions(mine.field, numbers), want)
            return _decided("pick", changes, _picked_text(changes, mine.field, numbers))
        case Finish(_, page, tag):
            return _finish(mine, page, tag)
        case Rate(_, numbers, answer):
            changes = ballots.answer(mine.cells, _asked(mine, numbers), answer)
            return _decided("rate", changes, _rated_text(numbers, answer))
        case Reason(_, number, key, want):
            (position,) = _asked(mine, (number,))
            changes = ballots.reason(mine.cells, position, key, want)
            label = reason_label(key)
            said = t("Noted: {reason}.", reason=label) if want else t("Not noted: {reason}.", reason=label)
            return _decided("reason", changes, said)
        case Prefer():
            return _prefer(mine, action)
    raise TypeError(f"{action!r} is not for a ballot")


def take_back(mine: Mine, changes: str) -> Decided:
    """Say what undoing an earlier press changes now, given what it changed then."""
    before = [(mine.field.item(stored), Cell(*cells[:3])) for stored, *cells in json.loads(changes)]
    back = ballots.undo_picks if mine.round.plan.ballot is BallotShape.SHEETS else ballots.put_back
    numbers = tuple(n for item, _ in before for n in mine.field.numbers(item))
    return Decided("undo", back(mine.cells, before), t("Taken back: {numbers}.", numbers=Numbers(numbers)))


def stored_items(changes: str, field: Field) -> list[Item]:
    """List the items an earlier press changed."""
    return [field.item(stored) for stored, *_ in json.loads(changes)]


def answered(changes: Sequence[Change], field: Field) -> list[tuple[int, bool]]:
    """List the designs whose answer a press turned for or against them, with which it is now."""
    return [
        (number, now)
        for change in changes
        for number, was, now in zip(
            field.numbers(change.item), _for(change.item, change.before), _for(change.item, change.after),
            strict=True,
        )
        if was != now
    ]  # fmt: skip


def _for(item: Item, cell: Cell) -> tuple[bool, ...]:
    """Say of each design of an item whether its answer is for it."""
    return (cell.picked,) if isinstance(item, int) else (cell.answer == 1, cell.answer == 2)


def weights(item: Item, cell: Cell) -> list[tuple[int, int]]:
    """Say how many answers and picks a vote is for each design of its item."""
    return [(int(cell.answer is not None), int(won)) for won in _for(item, cell)]


def _decided(kind: str, changes: tuple[Change, ...], text: Text) -> Decided:
    return Decided(kind if changes else "none", changes, text)


def _positions(field: Field, numbers: Sequence[int]) -> list[int]:
    missing = tuple(n for n in numbers if n not in field.by_number)
    if missing or not numbers:
        raise RuleError(
            "ballot.number",
            t(
                "There is no {numbers} in this round. Check the number on the photo.",
                numbers=Numbers(missing),
            ),
        )
    return [field.by_number[n] for n in numbers]


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
    return Decided("finish", changes, t("Page {page} of {pages} is done.", page=page, pages=len(pages)))


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
        return _decided("prefer", changes, t("Neither of the two."))
    won = action.first if action.choice == 1 else action.second
    return _decided("prefer", changes, t("{numbers} it is.", numbers=Numbers((won,))))


def _picked_text(changes: Sequence[Change], field: Field, numbers: Sequence[int]) -> Text:
    added = tuple(n for c in changes if c.after.picked for n in field.numbers(c.item))
    taken = tuple(n for c in changes if not c.after.picked for n in field.numbers(c.item))
    if added and taken:
        return t("{added} added, {taken} taken back.", added=Numbers(added), taken=Numbers(taken))
    if added:
        return t("{numbers} added.", numbers=Numbers(added))
    if taken:
        return t("{numbers} taken back.", numbers=Numbers(taken))
    return t("{numbers} was so already.", numbers=Numbers(tuple(numbers)))


def _rated_text(numbers: Sequence[int], answer: int) -> Text:
    named = Numbers(tuple(numbers))
    return (
        t("{numbers}: passed.", numbers=named),
        t("{numbers}: liked.", numbers=named),
        t("{numbers}: loved.", numbers=named),
    )[answer]
