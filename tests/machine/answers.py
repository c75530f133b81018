"""A round of cards or duels and its reference, side by side: fans answer, take back, link and are set aside.

The reference is plain dicts, written from the rules. Designs go by their numbers, accounts and people by
small integers; an item is a number on cards and a frozenset of two in duels, and a duel's answer is who won.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from bot.errors import RuleError
from bot.port import REASONS, Actor, CardPage, Command, DuelPage, Look, Press, Reply, ShowPage
from bot.rounds import ballots
from bot.rounds.model import BallotShape
from bot.service import rounds
from bot.service.catwalk import Catwalk
from bot.service.field import answers_of, field_of
from bot.service.rounds import By
from bot.service.shop import Shop
from bot.storage import one_ballot, people, tallies, votes
from bot.storage.store import Store, Tx
from tests.clock import Clock
from tests.machine.reference import Refusal
from tests.made_shop import ROOM, SECRET, made_shop, plan

T = TypeVar("T")

DESIGNS, ACCOUNTS = 7, 4
Item = int | frozenset[int]
Tap = tuple[Any, ...]
"""`("rate", number, answer)`, `("reason", number, key, want)`, `("prefer", one, other, choice)`, `("undo",)`
or `("pick", number)`, which no such round takes."""

NOTHING: tuple[int | None, frozenset[str]] = (None, frozenset())


@dataclass
class Ballot:
    """One person's: item → (answer, reasons, when), the history oldest first, and which events were told."""

    cells: dict[Item, tuple[int | None, frozenset[str], Any]] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    told: dict[tuple[int, str], Any] = field(default_factory=dict)
    order: list[Item] | None = None
    aside: bool = False

    def now(self, item: Item) -> tuple[int | None, frozenset[str]]:
        return self.cells[item][:2] if item in self.cells else NOTHING

    @property
    def counts(self) -> tuple[int, int]:
        given = [answer for answer, _, _ in self.cells.values() if answer is not None]
        return len(given), sum(answer > 0 for answer in given)


class Reference:
    """The rules of one round."""

    def __init__(self, shape: BallotShape) -> None:
        self.shape = shape
        self.open = True
        self.person = dict(enumerate(range(ACCOUNTS)))
        self.ballots: dict[int, Ballot] = {}

    def ballot(self, account: int) -> Ballot:
        return self.ballots.get(self.person[account], Ballot())

    def press(self, account: int, event: str, tap: Tap, now: Any) -> tuple[int, int]:
        """Do a tap; returns how much is answered and for something. A replay is told what it was told."""
        mine = self.ballot(account)
        if (account, event) in mine.told:
            return mine.counts
        if not self.open:
            raise Refusal("vote.late")
        changes = self._changes(mine, tap)
        before = {item: mine.now(item) for item in changes}
        self.ballots[self.person[account]] = mine
        for item, cell in changes.items():
            mine.cells[item] = (*cell, now)
        if tap[0] != "undo":
            mine.history.append({"at": now, "before": before, "undone": not changes})
        mine.told[account, event] = True
        return mine.counts

    def _changes(self, mine: Ballot, tap: Tap) -> dict[Item, tuple[int | None, frozenset[str]]]:
        kinds = {BallotShape.CARDS: ("rate", "reason", "undo"), BallotShape.DUELS: ("prefer", "undo")}
        if tap[0] not in kinds[self.shape]:
            raise Refusal("ballot.shape")
        if tap[0] == "undo":
            left = [press for press in mine.history if not press["undone"]]
            if not left:
                raise Refusal("undo.nothing")
            left[-1]["undone"] = True
            wanted = dict(left[-1]["before"])
        else:
            wanted = self._wanted(mine, tap)
        return {item: cell for item, cell in wanted.items() if cell != mine.now(item)}

    def _wanted(self, mine: Ballot, tap: Tap) -> dict[Item, tuple[int | None, frozenset[str]]]:
        numbers = tap[1:3] if tap[0] == "prefer" else tap[1:2]
        if any(not 1 <= n <= DESIGNS for n in numbers):
            raise Refusal("ballot.number")
        if mine.order is None:
            raise Refusal("ballot.unopened")
        item: Item = frozenset(numbers) if tap[0] == "prefer" else numbers[0]
        if item not in mine.order:
            raise Refusal("ballot.no_duel" if tap[0] == "prefer" else "ballot.not_asked")
        answer, reasons = mine.now(item)
        match tap:
            case ("rate", _, wanted):
                return {item: (wanted, reasons)}
            case ("reason", _, key, want):
                if answer is None:
                    raise Refusal("chip.early")
                return {item: (answer, reasons | {key} if want else reasons - {key})}
            case _:
                return {item: ((0, tap[1], tap[2])[tap[3]], reasons)}

    def link(self, gone_account: int, stays_account: int) -> None:
        gone, stays = self.person[gone_account], self.person[stays_account]
        for account, person in self.person.items():
            if person == gone:
                self.person[account] = stays
        if gone == stays or not self.open or (theirs := self.ballots.pop(gone, None)) is None:
            return
        mine = self.ballots.setdefault(stays, Ballot())
        done = {item for item, cell in theirs.cells.items() if cell[0] is not None}
        if mine.order is None:
            mine.order = theirs.order
        elif theirs.order is not None:
            mine.order += [item for item in theirs.order if item in done and item not in mine.order]
        for item, cell in theirs.cells.items():
            had = mine.cells.get(item)
            if had is None or (cell[0] is not None, cell[2]) > (had[0] is not None, had[2]):
                mine.cells[item] = cell
        mine.history = sorted(mine.history + theirs.history, key=lambda press: press["at"])
        mine.told |= theirs.told
        mine.aside = mine.aside or theirs.aside

    def tally(self) -> dict[int, tuple[int, int]]:
        answers: Counter[int] = Counter()
        picks: Counter[int] = Counter()
        for mine in self.ballots.values():
            for item, (answer, _, _) in mine.cells.items():
                if answer is None or mine.aside:
                    continue
                for number in item if isinstance(item, frozenset) else (item,):
                    answers[number] += 1
                    picks[number] += answer == number if isinstance(item, frozenset) else answer > 0
        return {number: (n, picks[number]) for number, n in answers.items()}

    def turnout(self) -> int:
        return sum(not mine.aside and mine.counts[0] > 0 for mine in self.ballots.values())


class Round:
    """The real round, in step with its reference."""

    def __init__(self, runner: asyncio.Runner, url: str, shape: BallotShape, met: Counter[Any]) -> None:
        self.runner, self.met = runner, met
        self.clock = Clock()
        self.reference = Reference(shape)
        self.pressed: list[tuple[int, str, Tap]] = []
        self.stores = [Store(url, clock=self.clock) for _ in range(2)]
        self.run(self._begin(shape))

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(doing)

    async def _begin(self, shape: BallotShape) -> None:
        plans = [replace(plan(self.clock), ballot=shape)]
        self.made = await made_shop(self.stores[0], self.clock, designs_=DESIGNS, plans=plans)
        self.catwalks = [self.made.catwalk, Catwalk(Shop(self.stores[1], SECRET, open_by_name=True))]
        await self.made.open()
        self.actors = [await self.made.fan(i) for i in range(ACCOUNTS)]

    def end(self) -> None:
        for store in self.stores:
            self.run(store.close())

    # -------------------------------------------------------------- what fans do

    def look(self, account: int) -> None:
        """Turn every page: what is drawn stays, and says what was answered."""
        mine = self.reference.ballots.setdefault(self.reference.person[account], Ballot())
        if not self.reference.open and mine.order is None:
            return  # shown what there was, and nothing is drawn for them any more
        shown = self.run(self._shown(self.actors[account]))
        if mine.order is None:
            mine.order = [item for item, _, _ in shown]
        wanted = [(item, *mine.now(item)) for item in mine.order]
        assert shown == wanted, f"shown {shown}, the reference says {wanted}"

    async def _shown(self, actor: Actor) -> list[tuple[Item, int | None, frozenset[str]]]:
        found: list[tuple[Item, int | None, frozenset[str]]] = []
        page, last = 1, 1
        while page <= last:
            screen = (await self.catwalks[page % 2].look(Look(actor, ShowPage(page), ROOM))).screen
            assert isinstance(screen, CardPage | DuelPage)
            assert screen.strip.total == len(screen.pages)
            assert screen.strip.seen == sum(screen.pages)
            found.append(_read(screen))
            assert screen.pages[page - 1] is (found[-1][1] is not None)
            page, last = page + 1, len(screen.pages)
        return found

    def item(self, account: int, which: int) -> Item | None:
        """Find one of the items drawn for an account."""
        order = self.reference.ballot(account).order
        return order[which % len(order)] if order else None

    def press(self, account: int, tap: Tap, worker: int, event: str | None = None) -> None:
        event = event or f"event-{len(self.pressed)}"
        self.clock.advance(seconds=1)
        said = self._expect(account, event, tap)
        try:
            found: Reply | BaseException = self.run(self._press(account, event, tap, worker))
        except RuleError as refused:
            found = refused
        self._compare(tap, said, found)

    def replay(self, back: int, worker: int) -> None:
        if self.pressed:
            account, event, tap = self.pressed[-1 - back % len(self.pressed)]
            self.press(account, tap, worker, event)

    def burst(self, presses: Sequence[tuple[int, Tap]]) -> None:
        """Let several presses go at once through one worker: one batch, in their order."""
        self.clock.advance(seconds=1)
        named = [(account, f"burst-{len(self.pressed)}-{i}", tap) for i, (account, tap) in enumerate(presses)]
        said = [self._expect(*one) for one in named]

        async def all_at_once() -> list[Reply | BaseException]:
            return await asyncio.gather(*(self._press(*one, 0) for one in named), return_exceptions=True)

        for (_, _, tap), expected, found in zip(named, said, self.run(all_at_once()), strict=True):
            self._compare(tap, expected, found)

    def _expect(self, account: int, event: str, tap: Tap) -> Any:
        self.pressed.append((account, event, tap))
        try:
            return self.reference.press(account, event, tap, self.clock())
        except Refusal as refusal:
            return refusal.code

    def _press(self, account: int, event: str, tap: Tap, worker: int) -> Coroutine[Any, Any, Reply]:
        round_id = self.made.round_id
        match tap:
            case ("rate", number, answer):
                action = f"c:{round_id}:{number}:{answer}"
            case ("reason", number, key, want):
                action = f"r:{round_id}:{number}:{key}:{int(want)}"
            case ("prefer", one, other, choice):
                action = f"d:{round_id}:{one}:{other}:{choice}"
            case ("pick", number):
                action = f"p:{round_id}:{number}:1"
            case _:
                action = f"u:{round_id}"
        return self.catwalks[worker].press(Press(self.actors[account], event, action, ROOM))

    def _compare(self, tap: Tap, said: Any, found: Reply | BaseException) -> None:
        if isinstance(found, Reply):
            assert found.strip is not None
            real: Any = (found.strip.seen, found.strip.picks)
        else:
            assert isinstance(found, RuleError), found
            real = found.code
        self.met[tap[0], real if isinstance(real, str) else "ok"] += 1
        assert real == said, f"{tap} was answered {real}, the reference says {said}"

    # -------------------------------------------------------------- what happens to ballots

    def link(self, gone: int, stays: int, worker: int) -> None:
        self.clock.advance(seconds=1)
        self.reference.link(gone, stays)
        self.run(self._link(gone, stays, worker))
        self.met["link", "ok"] += 1

    async def _link(self, gone: int, stays: int, worker: int) -> None:
        issued = await self.catwalks[worker].command(Command(self.actors[stays], "e", "link"))
        assert issued.text is not None
        code = str(issued.text.holes["code"])
        await self.catwalks[worker].command(Command(self.actors[gone], "e", "link", code))

    def set_aside(self, account: int) -> None:
        mine = self.reference.ballots.get(self.reference.person[account])
        if mine and mine.told and not mine.aside:
            mine.aside = True
            self.run(self._set_aside(account))

    async def _set_aside(self, account: int) -> None:
        async with self.stores[0].begin() as tx:
            key = (self.made.round_id, await self._fan(tx, account))
            weights = await tallies.weights_of(tx, key)
            await one_ballot.set_aside(tx, key, self.clock(), "one phone, fifty names")
            await votes.add_to_tally(tx, {(key[0], v): (-n, -won) for v, (n, won) in weights.items()})

    def close(self) -> None:
        if self.reference.open:
            self.reference.open = False
            self.run(rounds.close(self.stores[1], self.made.round_id, By()))

    # -------------------------------------------------------------- what must always hold

    def check(self) -> None:
        assert self.run(self.made.tally()) == self.reference.tally()
        assert self.run(self.made.turnout()) == self.reference.turnout()
        self.run(self._check())

    async def _check(self) -> None:
        async with self.stores[0].read() as tx:
            round_ = await self.made.round()
            known = await field_of(tx, round_, {})
            for account in range(ACCOUNTS):
                given = await answers_of(tx, round_, await self._fan(tx, account))
                real = {}
                for stored, one in given.items():
                    numbers = known.numbers(known.item(stored))
                    item: Item = numbers[0] if len(numbers) == 1 else frozenset(numbers)
                    answer = one.cell.answer
                    won = answer if len(numbers) == 1 or not answer else numbers[answer - 1]
                    if one.cell != ballots.EMPTY:
                        real[item] = (won, ballots.reasons(one.cell), one.at)
                    assert one.cell.seen is (answer is not None)
                cells = self.reference.ballot(account).cells
                wanted = {item: cell for item, cell in cells.items() if cell[:2] != NOTHING}
                assert real == wanted, f"kept {real}, the reference says {wanted}"

    async def _fan(self, tx: Tx, account: int) -> int:
        person = await people.find_person(tx, "room", self.actors[account].remote_id)
        assert person is not None
        return person.fan_id


def _read(screen: CardPage | DuelPage) -> tuple[Item, int | None, frozenset[str]]:
    """Read an answer off a page."""
    if isinstance(screen, CardPage):
        answer = None if screen.answer is None else ("pass", "like", "love").index(screen.answer)
        assert screen.tile.picked is bool(answer)
        return screen.tile.number, answer, frozenset(chip.key for chip in screen.chips if chip.chosen)
    won = [tile.number for tile in (screen.left, screen.right) if tile.picked]
    assert len(won) + screen.evened <= 1
    pair = frozenset((screen.left.number, screen.right.number))
    return pair, won[0] if won else 0 if screen.evened else None, frozenset()


KEYS = REASONS[:2]
