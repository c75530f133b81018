"""One batch of presses in one transaction: lock once, check each, write once, answer each."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.actions import Action, Finish, Pick, Undo
from bot.errors import RuleError
from bot.port import Actor, Strip
from bot.rounds import ballots, engine
from bot.rounds.ballots import Cell, Change, Count, Given
from bot.rounds.entry import check_entry
from bot.rounds.model import Campaign, Candidate, Round
from bot.service.wire import dump_text, load_text
from bot.storage import campaigns, orders, rounds, votes
from bot.storage.store import Store, Tx
from bot.storage.votes import BallotRow, Earlier, Key, Name, PressRow, Voter
from bot.text import Numbers, Text, t


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
class Field:
    """What never changes once a round has opened: its campaign and frozen candidates."""

    campaign: Campaign
    candidates: tuple[Candidate, ...]
    position_of: Mapping[int, int]  # by version id
    by_number: Mapping[int, int]


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
    cells: dict[Key, dict[int, Cell]]  # by position
    earlier: dict[Key, list[Earlier]]
    answers: dict[Name, str]
    written: dict[tuple[Key, int], Given] = field(default_factory=dict)
    presses: dict[Name, PressRow] = field(default_factory=dict)
    undone: list[Name] = field(default_factory=list)
    tally: Counter[tuple[int, int, str]] = field(default_factory=Counter)


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
        orders=await orders.orders_of(tx, [o.key for o in admitted if isinstance(o.asked.action, Finish)]),
        rows=rows,
        cells={},
        earlier=await votes.undoable(tx, list(undos), max(undos.values())) if undos else {},
        answers=await votes.first_answers(tx, [one.name for one in live]),
    )
    for one in live:
        if one.key not in rows and one.name in book.answers:
            stored = await votes.ballot_of(tx, one.key)
            assert stored is not None
            rows[one.key] = stored
    wanted = {(one.key, version) for one in admitted for version in _touched(book, one)}
    if wanted:
        for (key, version), cell in (await votes.cells(tx, sorted(wanted))).items():
            book.cells.setdefault(key, {})[fields[key[0]].position_of[version]] = cell
    return book


async def field_of(tx: Tx, round_: Round, fields: dict[int, Field]) -> Field:
    """Find what a round's ballots are made of, reading it once; `fields` is the caller's cache.

    Before it opens a round has no candidates yet: keeping that would refuse every vote afterwards.
    """
    if (known := fields.get(round_.id)) is not None:
        return known
    campaign = await campaigns.campaign_by_id(tx, round_.campaign_id)
    candidates = await rounds.candidates(tx, round_.id)
    found = Field(
        campaign,
        candidates,
        {c.version_id: c.position for c in candidates},
        {c.number: c.position for c in candidates},
    )
    if round_.opened_at is not None:
        fields[round_.id] = found
    return found


def _touched(book: _Book, one: _Live) -> list[int]:
    """List the versions a press may change; wrong numbers and pages are left to `_apply` to refuse."""
    field = book.fields[one.round.id]
    version_of = [c.version_id for c in field.candidates]
    match one.asked.action:
        case Pick(_, numbers):
            return [version_of[field.by_number[n]] for n in numbers if n in field.by_number]
        case Finish(_, page):
            pages = ballots.pages(book.orders.get(one.key, ()), one.round.plan.page_size)
            return [version_of[p] for p in pages[page - 1]] if 1 <= page <= len(pages) else []
        case Undo():
            return [line[0] for e in book.earlier.get(one.key, []) for line in json.loads(e.changes)]
        case _:
            return []


def _apply(book: _Book, one: _Live) -> Answered:
    """Answer one press: as before if it is a replay, else by what it does to the ballot now."""
    if first := book.answers.get(one.name):
        stored = json.loads(first)
        return _answered(book, one, load_text(stored["text"]), stored["picked"])
    if one.refusal is not None:
        raise one.refusal
    candidates = book.fields[one.round.id].candidates
    kind, changes, text = _decide(book, one)
    picked = [
        [candidates[c.position].number, c.after.picked is True]
        for c in changes
        if (c.after.picked is True) != (c.before.picked is True)
    ]
    _record(book, one, kind, changes, {"text": dump_text(text), "picked": picked})
    return _answered(book, one, text, picked)


def _decide(book: _Book, one: _Live) -> tuple[str, tuple[Change, ...], Text]:
    """Say what a press changes and how it is answered; the kind `pick` is what undo goes back over."""
    field = book.fields[one.round.id]
    mine = book.cells.get(one.key, {})
    match one.asked.action:
        case Pick(_, numbers, want):
            changes = ballots.pick(mine, _positions(field, numbers), want)
            return ("pick" if changes else "none"), changes, _picked_text(changes, field, numbers)
        case Finish(_, page, tag):
            order = book.orders.get(one.key, ())
            pages = ballots.pages(order, one.round.plan.page_size)
            if tag not in ("", ballots.tag(order)):
                raise RuleError(
                    "ballot.order",
                    t("Your two ballots are one now and in a new order. Open it again and go on there."),
                )
            if not 1 <= page <= len(pages):
                raise RuleError("ballot.page", t("Your ballot has no page {page}. Open it again.", page=page))
            changes = ballots.finish(mine, pages[page - 1])
            return "finish", changes, t("Page {page} of {pages} is done.", page=page, pages=len(pages))
        case Undo():
            earlier = book.earlier.get(one.key)
            if not earlier:
                raise RuleError("undo.nothing", t("There is nothing left to take back."))
            last = earlier.pop()
            _mark_undone(book, one.key, last)
            before = [
                Change(field.position_of[v], Cell(_bool(b), sb), Cell(_bool(a), sa))
                for v, b, sb, a, sa in json.loads(last.changes)
            ]
            numbers = tuple(field.candidates[c.position].number for c in before)
            return "undo", ballots.undo(mine, before), t("Taken back: {numbers}.", numbers=Numbers(numbers))
        case _:
            raise RuleError(
                "ballot.shape", t("This round is answered in another way. Open your ballot and go on there.")
            )


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


def _picked_text(changes: Sequence[Change], field: Field, numbers: Sequence[int]) -> Text:
    added = tuple(field.candidates[c.position].number for c in changes if c.after.picked)
    taken = tuple(field.candidates[c.position].number for c in changes if not c.after.picked)
    if added and taken:
        return t("{added} added, {taken} taken back.", added=Numbers(added), taken=Numbers(taken))
    if added:
        return t("{numbers} added.", numbers=Numbers(added))
    if taken:
        return t("{numbers} taken back.", numbers=Numbers(taken))
    return t("{numbers} was so already.", numbers=Numbers(tuple(numbers)))


def _mark_undone(book: _Book, key: Key, last: Earlier) -> None:
    name = (key, last.account_id, last.event_id)
    if name in book.presses:
        book.presses[name] = book.presses[name]._replace(undone=True)
    else:
        book.undone.append(name)


def _record(
    book: _Book,
    one: _Live,
    kind: str,
    changes: Sequence[Change],
    answer: dict[str, object],
) -> None:
    """Enter a press into the book: cells, counts, tally and history."""
    row = book.rows[one.key]
    candidates = book.fields[one.round.id].candidates
    cells = book.cells.setdefault(one.key, {})
    lines = []
    for position, before, after in changes:
        version = candidates[position].version_id
        cells[position] = after
        book.written[one.key, version] = Given(after, book.now, one.voter.account_id)
        lines.append([version, before.picked, before.seen, after.picked, after.seen])
        if not row.set_aside:
            book.tally[one.round.id, version, "answers"] += (after.picked is not None) - (
                before.picked is not None
            )
            book.tally[one.round.id, version, "picks"] += (after.picked is True) - (before.picked is True)
    book.rows[one.key] = replace(row, count=row.count.plus(changes), presses=row.presses + 1)
    stored, dumped = json.dumps(lines), json.dumps(answer)
    book.presses[one.name] = PressRow(*one.name, kind, row.presses + 1, stored, dumped, undone=False)
    book.answers[one.name] = dumped
    if kind == "pick":
        book.earlier.setdefault(one.key, []).append(Earlier(*one.name[1:], stored))


def _answered(book: _Book, one: _Live, text: Text, picked: Iterable[Sequence[int]]) -> Answered:
    strip = strip_of(book.fields[one.round.id], one.round, book.rows[one.key].count, book.now)
    return Answered(text, strip, tuple((int(n), bool(now)) for n, now in picked), one.voter.language)


def strip_of(field: Field, round_: Round, count: Count, now: datetime) -> Strip:
    """Say which round, until when, and how far a fan's ballot is."""
    return Strip(
        round_.number, field.campaign.rounds, round_.state.value, round_.closes_at, now,
        count.answers, len(field.candidates), count.picks, field.campaign.noun,
    )  # fmt: skip


async def _write(tx: Tx, book: _Book) -> None:
    if book.written:
        await votes.put_votes(tx, book.written)
    if book.undone:
        await votes.mark_undone(tx, book.undone)
    if book.presses:
        await votes.add_presses(tx, list(book.presses.values()), book.now)
        keys = {p.key for p in book.presses.values()}
        await votes.put_counts(tx, {k: book.rows[k] for k in keys}, book.now)
    versions = {(round_id, version) for round_id, version, _ in book.tally}
    await votes.add_to_tally(tx, {v: (book.tally[*v, "answers"], book.tally[*v, "picks"]) for v in versions})


def _bool(stored: object) -> bool | None:
    return None if stored is None else bool(stored)
