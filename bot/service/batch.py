"""One batch of presses in one transaction: lock once, check each, write once, answer each."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.actions import Action, Finish, Undo
from bot.errors import RuleError
from bot.port import Actor, Strip
from bot.rounds import engine
from bot.rounds.ballots import Cell, Given, Item
from bot.rounds.entry import check_entry
from bot.rounds.model import BallotShape, Round
from bot.service import deciding
from bot.service.deciding import Decided, Mine
from bot.service.field import Field, Stored, field_of, put_answers, strip_of
from bot.service.wire import dump_text, load_text
from bot.storage import duels, orders, rounds, votes
from bot.storage.duels import PairIds
from bot.storage.store import Store, Tx
from bot.storage.votes import UNDOABLE, BallotRow, Earlier, Key, Name, PressRow, Voter
from bot.text import Text, t


@dataclass(frozen=True, slots=True)
class Asked:
    """An action as it waits: who, which event, what, and through which group."""

    actor: Actor
    event_id: str
    action: Action
    group: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """What an accepted press is answered with."""

    text: Text
    strip: Strip
    picked: tuple[tuple[int, bool], ...]
    language: str | None


@dataclass(frozen=True, slots=True)
class _Live:
    """A press of a known fan in a known round; `refusal` says why it may not count, if so."""

    asked: Asked
    voter: Voter
    round: Round
    group_id: int
    refusal: RuleError | None

    @property
    def key(self) -> Key:
        return (self.round.id, self.voter.fan_id)

    @property
    def name(self) -> Name:
        return (self.key, self.voter.account_id, self.asked.event_id)


@dataclass(slots=True)
class _Book:
    """The state of every ballot in the batch: as read, then as the presses change it one by one."""

    now: datetime
    fields: Mapping[int, Field]
    orders: dict[Key, tuple[int, ...]]
    rows: dict[Key, BallotRow]
    cells: dict[Key, dict[Item, Cell]]
    earlier: dict[Key, list[Earlier]]
    answers: dict[Name, str]
    written: dict[tuple[Key, Stored], Given] = field(default_factory=dict)
    presses: dict[Name, PressRow] = field(default_factory=dict)
    undone: list[Name] = field(default_factory=list)
    tally: Counter[tuple[int, int, str]] = field(default_factory=Counter)

    def mine(self, one: _Live) -> Mine:
        order = self.orders.get(one.key, ())
        return Mine(one.round, self.fields[one.round.id], order, self.cells.get(one.key, {}))


async def commit(
    store: Store, fields: dict[int, Field], batch: Sequence[Asked]
) -> list[Answered | RuleError]:
    """Store what counts of a batch and answer every press in order; raises only for the database.

    `fields` is the caller's cache, filled here.
    """
    answers: dict[int, Answered | RuleError] = {}
    async with store.begin() as tx:
        round_ids = {asked.action.round_id for asked in batch}
        await tx.share_rounds(round_ids)
        now = await tx.now()
        known = await rounds.rounds_by_id(tx, list(round_ids))
        live: dict[int, _Live] = {}
        for i, (asked, voter) in enumerate(zip(batch, await _voters(tx, batch, known), strict=True)):
            try:
                live[i] = _place(asked, voter, known.get(asked.action.round_id), now)
            except RuleError as refused:
                answers[i] = refused
        if live:
            book = await _read(tx, fields, list(live.values()), now)
            for i, one in live.items():
                try:
                    answers[i] = _apply(book, one)
                except RuleError as refused:
                    answers[i] = refused
            await _write(tx, book)
    return [answers[i] for i in range(len(batch))]


async def _voters(tx: Tx, batch: Sequence[Asked], known: Mapping[int, Round]) -> list[Voter | None]:
    """Find who pressed; an id that no platform sends is nobody's."""
    asked: dict[int, tuple[str, str, int]] = {}
    for i, one in enumerate(batch):
        if one.actor.remote_id.isprintable():
            round_ = known.get(one.action.round_id)
            asked[i] = (one.actor.platform, one.actor.remote_id, round_.campaign_id if round_ else 0)
    found = await votes.voters(tx, list(asked.values())) if asked else []
    voters = dict(zip(asked, found, strict=True))
    return [voters.get(i) for i in range(len(batch))]


def _place(asked: Asked, voter: Voter | None, round_: Round | None, now: datetime) -> _Live:
    if voter is None:
        raise RuleError("who.unknown", t("We do not know you here yet. Enter with your invitation first."))
    if round_ is None:
        raise RuleError("round.unknown", t("This ballot is not ours. Open the newest one and vote there."))
    try:
        engine.check_votable(round_, now)
        group_id = check_entry(round_, voter.memberships, voter.waits_since, asked.group)
    except RuleError as refusal:
        return _Live(asked, voter, round_, 0, refusal)
    return _Live(asked, voter, round_, group_id, None)


async def _read(tx: Tx, fields: dict[int, Field], live: Sequence[_Live], now: datetime) -> _Book:
    """Lock the ballots, then read what the presses need, one statement a kind."""
    admitted = [one for one in live if one.refusal is None]
    for round_ in {one.round.id: one.round for one in live}.values():
        if round_.opened_at is not None:
            await field_of(tx, round_, fields)
    rows = (
        await votes.lock_ballots(tx, {one.key: one.group_id for one in reversed(admitted)}, now)
        if admitted
        else {}
    )
    undos = Counter(one.key for one in admitted if isinstance(one.asked.action, Undo))
    book = _Book(
        now=now,
        fields=fields,
        orders=await orders.orders_of(tx, list({o.key for o in live if _by_order(o)})),
        rows=rows,
        cells={},
        earlier=await votes.undoable(tx, list(undos), max(undos.values())) if undos else {},
        answers=await votes.first_answers(tx, [one.name for one in live]),
    )
    if late := {one.key for one in live if one.key not in rows and one.name in book.answers}:
        rows |= await votes.ballots_of(tx, sorted(late))
    await _read_cells(tx, book, {(one.key, item) for one in admitted for item in _touched(book, one)})
    return book


def _by_order(one: _Live) -> bool:
    """Say whether a press is answered by how the fan's ballot is drawn; a pick on a sheet is not."""
    return one.round.plan.ballot is not BallotShape.SHEETS or isinstance(one.asked.action, Finish)


def _touched(book: _Book, one: _Live) -> list[Item]:
    if isinstance(one.asked.action, Undo):
        known = book.fields[one.round.id]
        return [i for e in book.earlier.get(one.key, []) for i in deciding.stored_items(e.changes, known)]
    return deciding.touched(one.asked.action, book.fields[one.round.id], book.mine(one).pages)


async def _read_cells(tx: Tx, book: _Book, wanted: Iterable[tuple[Key, Item]]) -> None:
    versions: list[tuple[Key, int]] = []
    pairs: list[tuple[Key, PairIds]] = []
    for key, item in wanted:
        stored = book.fields[key[0]].stored(item)
        if isinstance(stored, int):
            versions.append((key, stored))
        else:
            pairs.append((key, stored))
    if versions:
        for (key, version), cell in (await votes.cells(tx, sorted(versions))).items():
            book.cells.setdefault(key, {})[book.fields[key[0]].item(version)] = cell
    if pairs:
        for (key, pair), cell in (await duels.cells(tx, sorted(pairs))).items():
            book.cells.setdefault(key, {})[book.fields[key[0]].item(pair)] = cell


def _apply(book: _Book, one: _Live) -> Answered:
    """Answer one press: as before if it is a replay, else by what it does to the ballot now."""
    if first := book.answers.get(one.name):
        stored = json.loads(first)
        return _answered(book, one, load_text(stored["text"]), stored["picked"])
    if one.refusal is not None:
        raise one.refusal
    decided = _decide(book, one)
    picked = deciding.answered(decided.changes, book.fields[one.round.id])
    _record(book, one, decided, {"text": dump_text(decided.text), "picked": picked})
    return _answered(book, one, decided.text, picked)


def _decide(book: _Book, one: _Live) -> Decided:
    if not isinstance(one.asked.action, Undo):
        return deciding.decide(book.mine(one), one.asked.action)
    earlier = book.earlier.get(one.key)
    if not earlier:
        raise RuleError("undo.nothing", t("There is nothing left to take back."))
    last = earlier.pop()
    _mark_undone(book, one.key, last)
    return deciding.take_back(book.mine(one), last.changes)


def _mark_undone(book: _Book, key: Key, last: Earlier) -> None:
    name = (key, last.account_id, last.event_id)
    if name in book.presses:
        book.presses[name] = book.presses[name]._replace(undone=True)
    else:
        book.undone.append(name)


def _record(book: _Book, one: _Live, decided: Decided, answer: dict[str, object]) -> None:
    """Enter a press into the book: cells, counts, tally and history."""
    row, known = book.rows[one.key], book.fields[one.round.id]
    cells = book.cells.setdefault(one.key, {})
    lines: list[list[object]] = []
    for item, before, after in decided.changes:
        stored = known.stored(item)
        cells[item] = after
        book.written[one.key, stored] = Given(after, book.now, one.voter.account_id)
        lines.append([stored, *before, *after])
        if not row.set_aside:
            _weigh(book, one.round.id, stored, deciding.weights(item, after), 1)
            _weigh(book, one.round.id, stored, deciding.weights(item, before), -1)
    book.rows[one.key] = replace(row, count=row.count.plus(decided.changes), presses=row.presses + 1)
    stored_changes, dumped = json.dumps(lines), json.dumps(answer)
    line = PressRow(*one.name, decided.kind, row.presses + 1, stored_changes, dumped, undone=False)
    book.presses[one.name] = line
    book.answers[one.name] = dumped
    if decided.kind in UNDOABLE:
        book.earlier.setdefault(one.key, []).append(Earlier(*one.name[1:], stored_changes))


def _weigh(book: _Book, round_id: int, stored: Stored, weights: Iterable[tuple[int, int]], sign: int) -> None:
    versions = (stored,) if isinstance(stored, int) else stored
    for version, (answers, picks) in zip(versions, weights, strict=True):
        book.tally[round_id, version, "answers"] += sign * answers
        book.tally[round_id, version, "picks"] += sign * picks


def _answered(book: _Book, one: _Live, text: Text, picked: Iterable[Sequence[int]]) -> Answered:
    known, order = book.fields[one.round.id], book.orders.get(one.key)
    strip = strip_of(known, one.round, book.rows[one.key].count, book.now, order)
    return Answered(text, strip, tuple((int(n), bool(now)) for n, now in picked), one.voter.language)


async def _write(tx: Tx, book: _Book) -> None:
    await put_answers(tx, book.written)
    if book.undone:
        await votes.mark_undone(tx, book.undone)
    if book.presses:
        await votes.add_presses(tx, list(book.presses.values()), book.now)
        keys = {p.key for p in book.presses.values()}
        await votes.put_counts(tx, {k: book.rows[k] for k in keys}, book.now)
    moved = {(round_id, version) for round_id, version, _ in book.tally}
    await votes.add_to_tally(tx, {v: (book.tally[*v, "answers"], book.tally[*v, "picks"]) for v in moved})
