"""One batch of presses in one transaction: lock once, check each, write once, answer each."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import Struct

from bot.actions import Action, Finish, Undo
from bot.errors import RuleError
from bot.i18n import language_of
from bot.port import Actor, Reply
from bot.rounds import engine
from bot.rounds.ballots import Cell, Count, Given, Item
from bot.rounds.entry import check_entry
from bot.rounds.model import BallotShape, Round
from bot.service import deciding
from bot.service.deciding import Decided, Mine, Told
from bot.service.field import Field, Stored, field_of, strip_of
from bot.storage import duels, orders, rounds, voters, votes
from bot.storage.arrays import as_given
from bot.storage.duels import PairIds
from bot.storage.store import Store, Tx
from bot.storage.voters import Met
from bot.storage.votes import (
    UNDOABLE,
    BallotRow,
    Earlier,
    Key,
    Name,
    OvertakenError,
    PressLine,
    VoteLine,
)
from bot.text import t

_TRIES = 10
"""How often a batch begins again because another worker was faster on one of its ballots."""


class Asked(Struct, frozen=True, gc=False):
    """An action as it waits: who, which event, what, and through which group."""

    actor: Actor
    event_id: str
    action: Action
    group: str | None


class _Ballot(Mine):
    """A ballot of the batch: as read, then as the presses change it one by one. `new` counts them.

    `earlier` is what can be undone; None where nobody asks.
    """

    key: Key
    group_id: int
    count: Count
    presses: int
    set_aside: bool
    new: int = 0
    earlier: list[Earlier] | None = None


class _Live(Struct, frozen=True):
    """A press of a known fan in a known round; `refusal` says why it may not count, if so.

    It is `plain` if nothing more needs to be read for it: most are a pick of one design on a sheet.
    """

    asked: Asked
    met: Met
    ballot: _Ballot
    refusal: RuleError | None
    plain: bool


class _Answered(Struct, frozen=True):
    """What a press is answered, and how its ballot stood then."""

    one: _Live
    told: Told
    stood: Count


@dataclass(slots=True)
class _Book:
    """Everything a batch read, and what its presses make of it."""

    now: datetime
    at: Any  # the same, as the driver takes it
    ballots: dict[Key, _Ballot] = field(default_factory=dict)
    answers: dict[Name, Told] = field(default_factory=dict)
    votes: dict[tuple[int, int, int], VoteLine] = field(default_factory=dict)
    pairs: dict[tuple[Key, PairIds], Given] = field(default_factory=dict)
    presses: list[PressLine] = field(default_factory=list)
    undone: list[Name] = field(default_factory=list)
    moved: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


async def commit(store: Store, fields: dict[int, Field], batch: Sequence[Asked]) -> list[Reply | RuleError]:
    """Store what counts of a batch and answer every press in order; raises only for the database.

    `fields` is the caller's cache, filled here.
    """
    for _ in range(_TRIES - 1):
        try:
            return await _commit(store, fields, batch)
        except OvertakenError:
            continue
    return await _commit(store, fields, batch)


async def _commit(store: Store, fields: dict[int, Field], batch: Sequence[Asked]) -> list[Reply | RuleError]:
    async with store.begin_batch() as tx:
        round_ids = {asked.action.round_id for asked in batch}
        await tx.share_rounds(round_ids)
        known, now = await rounds.rounds_now(tx, round_ids)
        book = _Book(now, as_given(tx, now))
        for round_ in known.values():
            if round_.opened_at is not None:
                await field_of(tx, round_, fields)
        named = [_named(asked.action, fields) for asked in batch]
        met = await _meet(tx, batch, named, known, fields)
        placed = [
            _place(book, asked, position, met.get(i), known.get(asked.action.round_id), fields)
            for i, (asked, position) in enumerate(zip(batch, named, strict=True))
        ]
        if more := [one for one in placed if isinstance(one, _Live) and not one.plain]:
            await _read(tx, book, more)
        answered = [_answer(book, one) for one in placed]
        replies = asyncio.create_task(_replies(answered, book.now))  # while the database writes and commits
        await _write(tx, book)
    return await replies


def _named(action: Action, fields: Mapping[int, Field]) -> int | None:
    """Find the position of the one design an action is about, if it is."""
    field_ = fields.get(action.round_id)
    return None if field_ is None else deciding.named(action, field_)


async def _meet(
    tx: Tx,
    batch: Sequence[Asked],
    named: Sequence[int | None],
    known: Mapping[int, Round],
    fields: Mapping[int, Field],
) -> dict[int, Met]:
    """Find who pressed, by place in the batch; an id that no platform sends is nobody's."""
    asked = []
    for i, (one, position) in enumerate(zip(batch, named, strict=True)):
        actor, round_ = one.actor, known.get(one.action.round_id)
        if round_ is not None and actor.remote_id.isprintable():
            version_id = None if position is None else fields[round_.id].candidates[position].version_id
            asked.append(
                (i, actor.platform, actor.remote_id, round_.id, round_.campaign_id, one.event_id, version_id)
            )
    return await voters.meet(tx, asked)


def _place(
    book: _Book,
    asked: Asked,
    position: int | None,
    met: Met | None,
    round_: Round | None,
    fields: Mapping[int, Field],
) -> _Live | RuleError:
    """Find the ballot a press is for. What is refused may still be a replay, if there is a ballot."""
    if round_ is None:
        return RuleError("round.unknown", t("This ballot is not ours. Open the newest one and vote there."))
    if met is None:
        return RuleError("who.unknown", t("We do not know you here yet. Enter with your invitation first."))
    group_id, refusal = 0, None
    try:
        engine.check_votable(round_, book.now)
        group_id = check_entry(round_, met.memberships, met.waits_since, asked.group)
    except RuleError as refused:
        if (known := fields.get(round_.id)) is not None:
            refused.zone = known.campaign.zone.key  # at the close many are refused at once, with its time
        if met.ballot is None:
            return refused
        refusal = refused
    key = (round_.id, met.fan_id)
    ballot = book.ballots.get(key)
    if ballot is None:
        row = met.ballot or BallotRow(group_id, Count(), 0, False)
        ballot = book.ballots[key] = _Ballot(
            round_, fields[round_.id], (), {}, key, row.group_id, row.counted, row.presses, row.set_aside
        )
    if met.cell is not None:
        assert position is not None
        ballot.cells[position] = met.cell
    plain = position is not None and round_.plan.ballot is BallotShape.SHEETS
    return _Live(asked, met, ballot, refusal, plain)


async def _read(tx: Tx, book: _Book, live: Sequence[_Live]) -> None:
    """Read what the presses need beyond their ballots' rows, one statement a kind."""
    if ordered := {one.ballot.key for one in live if _by_order(one)}:
        for key, order in (await orders.orders_of(tx, list(ordered))).items():
            book.ballots[key].order = order
    admitted = [one for one in live if one.refusal is None]
    if undos := Counter(one.ballot.key for one in admitted if isinstance(one.asked.action, Undo)):
        earlier = await votes.undoable(tx, list(undos), max(undos.values()))
        for key in undos:
            book.ballots[key].earlier = earlier.get(key, [])
    if wanted := {(one.ballot.key, item) for one in admitted for item in _touched(one)}:
        await _read_cells(tx, book, wanted)


def _by_order(one: _Live) -> bool:
    """Say whether a press is answered by how the fan's ballot is drawn; a pick on a sheet is not."""
    return one.ballot.round.plan.ballot is not BallotShape.SHEETS or isinstance(one.asked.action, Finish)


def _touched(one: _Live) -> list[Item]:
    ballot = one.ballot
    if isinstance(one.asked.action, Undo):
        earlier = (deciding.stored_changes(e.changes, ballot.field) for e in ballot.earlier or ())
        return [change.item for changes in earlier for change in changes]
    return deciding.touched(one.asked.action, ballot)


async def _read_cells(tx: Tx, book: _Book, wanted: Iterable[tuple[Key, Item]]) -> None:
    versions: list[tuple[int, int, int]] = []
    pairs: list[tuple[int, int, int, int]] = []
    for key, item in wanted:
        stored = book.ballots[key].field.stored(item)
        if isinstance(stored, int):
            versions.append((*key, stored))
        else:
            pairs.append((*key, *stored))
    found: list[tuple[Key, Stored, Cell]] = [*await votes.cells(tx, versions), *await duels.cells(tx, pairs)]
    for key, one, cell in found:
        ballot = book.ballots[key]
        ballot.cells[ballot.field.item(one)] = cell


def _answer(book: _Book, one: _Live | RuleError) -> _Answered | RuleError:
    """Answer one press: as before if it is a replay, else by what it does to the ballot now."""
    if isinstance(one, RuleError):
        return one
    ballot, first = one.ballot, one.met.first
    round_id, fan_id = ballot.key
    name = round_id, fan_id, one.met.account_id, one.asked.event_id
    if ballot.new and name in book.answers:
        told = book.answers[name]
    elif first is not None:
        told = _answered_before(first, ballot.field)
    elif one.refusal is not None:
        return one.refusal
    else:
        try:
            told = _record(book, one, name)
        except RuleError as refused:
            return refused
    return _Answered(one, told, ballot.count)


async def _replies(answered: Iterable[_Answered | RuleError], now: datetime) -> list[Reply | RuleError]:
    return [one if isinstance(one, RuleError) else _reply(one, now) for one in answered]


def _reply(answered: _Answered, now: datetime) -> Reply:
    one = answered.one
    ballot, language = one.ballot, one.met.language or one.asked.actor.language
    strip = strip_of(ballot.field, ballot.round, answered.stood, now, ballot.order)
    text, turned = answered.told
    return Reply(text, None, strip, turned, language_of(language))


def _answered_before(first: tuple[str, str], known: Field) -> Told:
    """Read what the same press was answered in an earlier batch."""
    changes, said = first
    text = deciding.sentence(deciding.load(said))
    return text, deciding.turned_by(deciding.stored_changes(changes, known), known)


def _undo(book: _Book, ballot: _Ballot) -> Decided:
    if not ballot.earlier:
        raise RuleError("undo.nothing", t("There is nothing left to take back."))
    last = ballot.earlier.pop()
    name = (*ballot.key, last.account_id, last.event_id)
    if name in book.answers:
        at = next(i for i, line in enumerate(book.presses) if line[:4] == name)
        book.presses[at] = (*book.presses[at][:-1], True)
    else:
        book.undone.append(name)
    return deciding.take_back(ballot, last.changes)


def _record(book: _Book, one: _Live, name: Name) -> Told:
    """Do what a new press asks, and enter it into the book: cells, counts, tally and history."""
    ballot, action = one.ballot, one.asked.action
    decided = _undo(book, ballot) if isinstance(action, Undo) else deciding.decide(ballot, action)
    at, (round_id, fan_id, account_id, event_id) = book.at, name
    for item, stored, cell in decided.cells:
        ballot.cells[item] = cell
        if isinstance(stored, int):
            answer, seen, chips = cell
            line = round_id, fan_id, stored, answer, seen, chips, account_id, at
            book.votes[round_id, fan_id, stored] = line
        else:
            book.pairs[ballot.key, stored] = Given(cell, book.now, account_id)
    if not ballot.set_aside:
        for version_id, (answers, picks) in decided.moved:
            deciding.move(book.moved, (round_id, version_id), answers, picks)
    ballot.count = ballot.count.plus(decided.more)
    ballot.presses += 1
    ballot.new += 1
    kind, history = decided.kind, decided.history
    book.presses.append(
        (round_id, fan_id, account_id, event_id, kind, ballot.presses, at, history, decided.answer, False)
    )
    if ballot.earlier is not None and kind in UNDOABLE:
        ballot.earlier.append(Earlier(account_id, event_id, history))
    book.answers[name] = decided.told
    return decided.told


async def _write(tx: Tx, book: _Book) -> None:
    """Write the book; where another worker came in between, the counts say so."""
    if not book.presses:
        return
    pressed = [ballot for ballot in book.ballots.values() if ballot.new]
    await votes.put(tx, pressed, book.presses, book.votes.values(), book.moved, book.at)
    if book.pairs:
        await duels.put(tx, book.pairs)
    if book.undone:
        await votes.mark_undone(tx, book.undone)
