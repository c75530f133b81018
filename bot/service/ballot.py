"""One fan's ballot as they see it: drawn at their first look, then a sheet, a card or a duel at a time."""

from dataclasses import dataclass, replace
from functools import partial

from bot import actions, cards
from bot.actions import Finish, Pick, Prefer, Rate, Reason, Undo
from bot.errors import RuleError
from bot.port import (
    REASONS,
    Actor,
    BallotView,
    Before,
    CardPage,
    Chip,
    DuelPage,
    Sheet,
    Strip,
    Tile,
)
from bot.port.words import reason_words
from bot.rounds import ballots, engine, expose, focus
from bot.rounds.ballots import EMPTY, Cell, Item, Pair
from bot.rounds.entry import check_entry
from bot.rounds.model import BallotShape, Candidate, Round
from bot.service.comments import member_group
from bot.service.field import Field, answers_of, field_of, strip_of
from bot.service.shop import Shop, known
from bot.storage import one_ballot, orders, revisions, rounds, tallies, voters
from bot.storage.people import GroupRow, Person
from bot.storage.store import Tx
from bot.text import Text, t

Page = Sheet | CardPage | DuelPage

ANSWERS = ("pass", "like", "love")
"""What the port calls a card's answers 0, 1 and 2."""


@dataclass(frozen=True, slots=True)
class Mine:
    """One fan's ballot in a round that has opened, with why it takes no votes now, if so.

    `drawn`: the order in which they see it is fixed.
    """

    round: Round
    field: Field
    cells: dict[Item, Cell]
    strip: Strip
    order: tuple[int, ...]
    can_undo: bool
    closed: Text | None
    drawn: bool

    @property
    def to_draw(self) -> bool:
        """Say whether this is the first look at a ballot of a round that runs."""
        return not self.drawn and self.round.state in engine.RUNNING

    @property
    def pages(self) -> tuple[tuple[int, ...], ...]:
        return ballots.pages(self.order, ballots.size_of(self.round.plan))

    def items(self, page: tuple[int, ...]) -> tuple[Item, ...]:
        return (ballots.pair_of(*page),) if self.round.plan.ballot is BallotShape.DUELS else page

    @property
    def finished(self) -> tuple[bool, ...]:
        return tuple(all(self.cells.get(i, EMPTY).seen for i in self.items(page)) for page in self.pages)

    @property
    def undo(self) -> str | None:
        return actions.encode(Undo(self.round.id)) if self.can_undo and self.closed is None else None

    def page_of(self, position: int) -> int | None:
        """Find the first page a design is on."""
        return next((n for n, page in enumerate(self.pages, 1) if position in page), None)

    def tile(self, position: int) -> Tile:
        """Show a design with what a press on it does; in duels that depends on the other one."""
        number = self.field.candidates[position].number
        if self.round.plan.ballot is BallotShape.DUELS:
            return self._tile(position, position in self.winners, None)
        picked = self.cells.get(position, EMPTY).picked
        if self.round.plan.ballot is BallotShape.CARDS:
            asked = position in self.order
            return self._tile(
                position, picked, Rate(self.round.id, (number,), int(not picked)) if asked else None
            )
        tile = self._tile(position, picked, Pick(self.round.id, (number,), not picked))
        toggle = actions.encode(Pick(self.round.id, (number,))) if tile.press else ""
        return replace(tile, toggle=toggle)

    @property
    def winners(self) -> frozenset[int]:
        """Find what won at least one duel."""
        return frozenset(
            item[cell.answer - 1]
            for item, cell in self.cells.items()
            if isinstance(item, Pair) and cell.answer
        )

    def side(self, position: int, page: tuple[int, ...], choice: int) -> Tile:
        """Show one side of a duel: `choice` 1 is the left one."""
        first, second = (self.field.candidates[p].number for p in page)
        pair = ballots.pair_of(*page)
        picked = self.cells.get(pair, EMPTY).answer == 1 + pair.index(position)
        return self._tile(position, picked, Prefer(self.round.id, first, second, choice))

    def _tile(self, position: int, picked: bool, press: Pick | Rate | Prefer | None) -> Tile:
        action = actions.encode(press) if press and self.closed is None else ""
        return tile_of(self.field.candidates[position], picked, action)


def tile_of(candidate: Candidate, picked: bool = False, press: str = "") -> Tile:
    return Tile(
        candidate.number,
        candidate.version,
        candidate.title,
        candidate.photo,
        cards.alt(candidate),
        picked,
        press,
    )


# ------------------------------------------------------------------ drawn once


async def begin(shop: Shop, actor: Actor, remote_group: str | None, fields: dict[int, Field]) -> None:
    """Fix the order in which this fan sees the round, at their first look, and never again."""
    async with shop.store.read() as tx:
        person = await known(tx, actor)
        group = await member_group(tx, person, actor.platform, remote_group)
        round_ = await rounds.group_round(tx, group.id)
        if round_ is None or round_.state not in engine.RUNNING:
            return
        if await orders.order_of(tx, round_.id, person.fan_id) is not None:
            return
        field = await field_of(tx, round_, fields)
        drawn = await _drawn(tx, round_, field, person.fan_id)
    await shop.store.join(
        partial(orders.put_order, round_id=round_.id, fan_id=person.fan_id, positions=drawn)
    )


async def _drawn(tx: Tx, round_: Round, field: Field, fan_id: int) -> tuple[int, ...]:
    answered = await tallies.kept(tx, round_.id)
    seen = [answered.get(c.version_id, (0, 0))[0] for c in field.candidates]
    if field.focus is None:
        return expose.order(round_.seed, fan_id, seen, round_.plan.page_size)
    if round_.plan.ballot is BallotShape.DUELS:
        return focus.duels(round_.seed, fan_id, field.focus, seen)
    met = await one_ballot.versions_met(tx, round_, fan_id)
    before = [c.position for c in field.candidates if c.version_id in met]
    return focus.deck(round_.seed, fan_id, field.focus, seen, before)


async def mine_of(tx: Tx, person: Person, group: GroupRow, fields: dict[int, Field]) -> Mine:
    """Read a fan's ballot in the round their group is in; raises RuleError when none has opened."""
    round_ = await rounds.group_round(tx, group.id)
    if round_ is None or round_.opened_at is None:
        raise RuleError("ballot.none", t("Nothing is open for votes yet. The group is told when it is."))
    field = await field_of(tx, round_, fields)
    key = (round_.id, person.fan_id)
    row = await one_ballot.ballot_of(tx, key)
    given = await answers_of(tx, round_, person.fan_id)
    cells = {field.item(stored): one.cell for stored, one in given.items()}
    order = await orders.order_of(tx, *key)
    strip = strip_of(field, round_, row.counted if row else ballots.Count(), await tx.now(), order)
    closed = await _closed(tx, person, group, round_, strip)
    shown = order or await _never_drawn(tx, round_, field, person.fan_id)
    undo = await one_ballot.can_undo(tx, key)
    return Mine(round_, field, cells, strip, shown, undo, closed, drawn=order is not None)


async def _never_drawn(tx: Tx, round_: Round, field: Field, fan_id: int) -> tuple[int, ...]:
    """Show who did not look while the round ran what they might have seen."""
    if field.focus is None:
        return tuple(range(len(field.candidates)))
    return await _drawn(tx, round_, field, fan_id)


async def _closed(tx: Tx, person: Person, group: GroupRow, round_: Round, strip: Strip) -> Text | None:
    """Say why this fan's ballot takes no votes now, with the very checks a press meets."""
    try:
        engine.check_votable(round_, strip.now)
        memberships = await voters.memberships_of(tx, person.fan_id, round_.campaign_id)
        check_entry(round_, memberships, person.waits_since, group.remote_id)
    except RuleError as refused:
        return refused.text
    return None


# ------------------------------------------------------------------ shown


async def page_of(tx: Tx, mine: Mine, page: int | None) -> Page:
    """Show a page of a ballot: the one asked for, else the first that is not finished."""
    finished = mine.finished
    if page is None:
        page = next((i for i, done in enumerate(finished, 1) if not done), len(finished))
    if not 1 <= page <= len(finished):
        raise RuleError("ballot.page", t("Your ballot has no page {page}. Open it again.", page=page))
    match mine.round.plan.ballot:
        case BallotShape.CARDS:
            return await _card(tx, mine, page)
        case BallotShape.DUELS:
            return _duel(mine, page)
    return Sheet(
        strip=mine.strip,
        title=mine.field.campaign.title,
        page=page,
        pages=finished,
        tiles=tuple(mine.tile(p) for p in mine.pages[page - 1]),
        finish=actions.encode(Finish(mine.round.id, page, ballots.tag(mine.order))),
        undo=mine.undo,
        closed=mine.closed,
    )


async def _card(tx: Tx, mine: Mine, page: int) -> CardPage:
    (position,) = mine.pages[page - 1]
    cell, candidate = mine.cells.get(position, EMPTY), mine.field.candidates[position]
    love, like, passed = rates(mine, position)
    return CardPage(
        strip=mine.strip,
        title=mine.field.campaign.title,
        page=page,
        pages=mine.finished,
        tile=mine.tile(position),
        before=await before_of(tx, candidate),
        answer=None if cell.answer is None else ANSWERS[cell.answer],
        love=love,
        like=like,
        passed=passed,
        chips=_chips(mine, candidate.number, cell),
        undo=mine.undo,
        closed=mine.closed,
    )


async def before_of(tx: Tx, candidate: Candidate) -> Before | None:
    """Show what a version replaced; None for a version 1."""
    found = (await revisions.changes(tx, [candidate.version_id])).get(candidate.version_id)
    if found is None:
        return None
    alt = t("{design}, version {version}", design=cards.alt(candidate), version=found.before_number)
    return Before(found.before_photo, alt, found.before_number, found.note, found.asked)


def rates(mine: Mine, position: int) -> tuple[str, str, str]:
    """Give the actions that love, like and pass on a design; empty where it takes no answer now."""
    if (
        mine.closed is not None
        or mine.round.plan.ballot is not BallotShape.CARDS
        or position not in mine.order
    ):
        return "", "", ""
    number = mine.field.candidates[position].number
    love, like, passed = (actions.encode(Rate(mine.round.id, (number,), answer)) for answer in (2, 1, 0))
    return love, like, passed


def _chips(mine: Mine, number: int, cell: Cell) -> tuple[Chip, ...]:
    chosen = ballots.reasons(cell)
    open_ = cell.answer is not None and mine.closed is None
    return tuple(
        Chip(
            key,
            reason_words(key),
            key in chosen,
            actions.encode(Reason(mine.round.id, number, key, key not in chosen)) if open_ else "",
        )
        for key in REASONS
    )


def _duel(mine: Mine, page: int) -> DuelPage:
    on_it = mine.pages[page - 1]
    left, right = on_it
    first, second = (mine.field.candidates[p].number for p in on_it)
    even = actions.encode(Prefer(mine.round.id, first, second, 0)) if mine.closed is None else ""
    return DuelPage(
        strip=mine.strip,
        title=mine.field.campaign.title,
        page=page,
        pages=mine.finished,
        left=mine.side(left, on_it, 1),
        right=mine.side(right, on_it, 2),
        even=even,
        evened=mine.cells.get(ballots.pair_of(left, right), EMPTY).answer == 0,
        undo=mine.undo,
        closed=mine.closed,
    )


def answered(mine: Mine) -> BallotView:
    """Show everything this fan is for, in the order it was shown: first of all what they love."""
    loved: frozenset[int] = frozenset()
    if mine.round.plan.ballot is BallotShape.DUELS:
        picks = mine.winners
    else:
        picks = frozenset(p for p, cell in mine.cells.items() if isinstance(p, int) and cell.picked)
        loved = frozenset(p for p in picks if mine.cells[p].answer == ANSWERS.index("love"))
    ranked = sorted(picks, key=lambda p: (p not in loved, mine.page_of(p) or 0))
    numbers = frozenset(mine.field.candidates[p].number for p in loved)
    tiles = tuple(mine.tile(p) for p in ranked)
    return BallotView(mine.strip, tiles, mine.finished, mine.undo, mine.closed, numbers)
