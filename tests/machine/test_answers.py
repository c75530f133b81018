"""A round of cards and one of duels agree with their reference at every step; planted bugs are found out."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.rounds import ballots, focus
from bot.rounds.ballots import Cell, Change
from bot.rounds.model import BallotShape
from bot.service import deciding, designs
from tests.machine.answers import ACCOUNTS, DESIGNS, KEYS, Round
from tests.made_shop import EMPTY_ALL
from tests.postgres import Server

accounts, workers = st.integers(0, ACCOUNTS - 1), st.integers(0, 1)
numbers = st.integers(1, DESIGNS + 1)
choices = st.integers(0, 2)
taps: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    st.tuples(st.just("rate"), numbers, choices),
    st.tuples(st.just("reason"), numbers, st.sampled_from(KEYS), st.booleans()),
    st.tuples(st.just("prefer"), numbers, numbers, choices).filter(lambda tap: tap[1] != tap[2]),
    st.just(("undo",)),
    st.tuples(st.just("pick"), numbers),
)


class AnswersMachine(RuleBasedStateMachine):
    """Fans of one round of cards or duels. `new_url` gives an empty database."""

    runner: ClassVar[asyncio.Runner]
    new_url: ClassVar[Callable[[], str]]
    met: ClassVar[Counter[tuple[str, str]]]

    @initialize(shape=st.sampled_from([BallotShape.CARDS, BallotShape.DUELS]))
    def a_round_opens(self, shape: BallotShape) -> None:
        self.round = Round(self.runner, type(self).new_url(), shape, self.met)
        for account in range(2):
            self.round.look(account)
        drawn = self.round.reference.ballots[0].order or []
        number = next(n for n in range(1, DESIGNS + 1) if n not in drawn)
        pair = next((a, b) for a in range(1, DESIGNS) for b in (a + 1,) if frozenset((a, b)) not in drawn)
        for tap in (
            ("rate", number, 1),
            ("prefer", *pair, 1),
            ("rate", DESIGNS + 1, 1),
            ("undo",),
            ("pick", 1),
        ):
            self.round.press(0, tap, 0)
        self.round.press(0, ("prefer", 1, DESIGNS + 1, 0), 0)
        self.round.press(0, ("reason", drawn[0] if shape is BallotShape.CARDS else 1, KEYS[0], True), 0)
        self.round.press(2, ("rate", 1, 1) if shape is BallotShape.CARDS else ("prefer", 1, 2, 1), 0)

    def teardown(self) -> None:
        if hasattr(self, "round"):
            self.round.end()

    @invariant()
    def everything_agrees(self) -> None:
        if hasattr(self, "round"):
            self.round.check()

    def _asked(self, account: int, which: int, choice: int, turned: bool) -> tuple[Any, ...]:
        """Make a tap on something drawn for this account, either side first; on anything before that."""
        item = self.round.item(account, which)
        if isinstance(item, frozenset):
            return ("prefer", *sorted(item, reverse=turned), choice)
        return ("rate", item or 1, choice)

    @rule(account=accounts, which=st.integers(0, 6), choice=choices, turned=st.booleans(), worker=workers)
    def a_fan_answers(self, account: int, which: int, choice: int, turned: bool, worker: int) -> None:
        self.round.press(account, self._asked(account, which, choice, turned), worker)

    @rule(
        account=accounts, which=st.integers(0, 6), choice=choices, key=st.sampled_from(KEYS), worker=workers
    )
    def a_fan_says_why_and_thinks_again(
        self, account: int, which: int, choice: int, key: str, worker: int
    ) -> None:
        first = self._asked(account, which, 2 - choice, False)
        self.round.press(account, first, worker)
        self.round.press(account, ("reason", first[1], key, True), 0)
        self.round.press(account, self._asked(account, which, choice, False), 1)

    @rule(account=accounts, tap=taps, worker=workers)
    def a_fan_presses_anything(self, account: int, tap: tuple[Any, ...], worker: int) -> None:
        self.round.press(account, tap, worker)

    @rule(account=accounts, number=numbers, choice=choices)
    def a_fan_presses_what_is_not_asked(self, account: int, number: int, choice: int) -> None:
        for tap in (("reason", number, KEYS[0], True), ("rate", number, choice), ("rate", DESIGNS + 1, 0)):
            self.round.press(account, tap, 0)

    @rule(account=accounts, times=st.integers(1, 3))
    def a_fan_takes_back(self, account: int, times: int) -> None:
        for i in range(times):
            self.round.press(account, ("undo",), i % 2)

    @rule(
        answers=st.lists(
            st.tuples(accounts, st.integers(0, 6), choices, st.booleans()), min_size=2, max_size=5
        ),
        more=st.lists(st.tuples(accounts, taps), max_size=3),
    )
    def fans_press_at_once(
        self, answers: list[tuple[int, int, int, bool]], more: list[tuple[int, tuple[Any, ...]]]
    ) -> None:
        self.round.burst([(one[0], self._asked(*one)) for one in answers] + more)

    @rule(back=st.integers(0, 8), worker=workers)
    def a_press_is_replayed(self, back: int, worker: int) -> None:
        self.round.replay(back, worker)

    @rule(account=accounts)
    def a_fan_looks(self, account: int) -> None:
        self.round.look(account)

    @rule(gone=accounts, stays=accounts, which=st.integers(0, 6), choice=choices, aside=st.integers(0, 6))
    def accounts_are_linked(self, gone: int, stays: int, which: int, choice: int, aside: int) -> None:
        """Before, both look and answer; one may be set aside."""
        for account in (gone, stays):
            self.round.look(account)
            self.round.press(account, self._asked(account, which, (choice + account) % 3, False), 0)
        if aside < 2:
            self.round.set_aside((gone, stays)[aside])
        self.round.link(gone, stays, 1)
        self.round.look(gone)

    @rule(account=accounts, which=st.integers(0, 6), choice=choices)
    def a_ballot_is_set_aside(self, account: int, which: int, choice: int) -> None:
        self.round.set_aside(account)
        self.round.press(account, self._asked(account, which, choice, False), 0)

    @rule(account=accounts, tap=taps)
    @precondition(lambda self: len(self.round.pressed) > 25)
    def the_round_closes(self, account: int, tap: tuple[Any, ...]) -> None:
        self.round.close()
        self.round.press(account, tap, 0)
        self.round.replay(1, 1)


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.Runner]:
    """A loop in which nothing is left to chance, and decks so small that not everything is asked."""
    monkeypatch.setattr(designs, "new_seed", lambda: "the seed of every round")
    monkeypatch.setattr(focus, "DECK", 5)
    monkeypatch.setattr(focus, "DUELS", 6)
    with asyncio.Runner() as made:
        yield made


def play(
    runner: asyncio.Runner, new_url: Callable[[], str], examples: int, *, shrink: bool = True
) -> Counter[tuple[str, str]]:
    """Let so many machines of 20 steps run; returns what they met."""

    class Machine(AnswersMachine):
        pass

    Machine.runner, Machine.new_url, Machine.met = runner, staticmethod(new_url), Counter()
    plan = settings(
        max_examples=examples, stateful_step_count=20, derandomize=True, deadline=None, print_blob=True,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    run_state_machine_as_test(Machine, settings=plan)
    return Machine.met


def on_sqlite(folder: Path, migrated: Path) -> Callable[[], str]:
    """Give every machine a copy of a migrated file."""

    def new_url() -> str:
        for old in folder.glob("machine.db*"):
            old.unlink()
        shutil.copy(migrated, folder / "machine.db")
        return f"sqlite+aiosqlite:///{folder / 'machine.db'}"

    return new_url


MUST_MEET = {
    *((tap, "ok") for tap in ("rate", "reason", "prefer", "undo", "link")),
    *((tap, "ballot.shape") for tap in ("pick", "rate", "prefer")),
    *((tap, "ballot.number") for tap in ("rate", "prefer")),
    *((tap, "ballot.unopened") for tap in ("rate", "prefer")),
    ("rate", "ballot.not_asked"),
    ("prefer", "ballot.no_duel"),
    ("reason", "chip.early"),
    ("undo", "undo.nothing"),
}
"""What the machines must have come across: one that meets little proves little."""


def test_cards_and_duels_on_sqlite(runner: asyncio.Runner, tmp_path: Path, migrated_file: Path) -> None:
    met = play(runner, on_sqlite(tmp_path, migrated_file), 24)
    missed = MUST_MEET - set(met)
    assert not missed


def test_cards_and_duels_on_postgresql(
    runner: asyncio.Runner, postgresql: Server, migrated_database: str
) -> None:
    def new_url() -> str:
        postgresql.execute(EMPTY_ALL, migrated_database.rpartition("/")[2])
        return migrated_database

    met = play(runner, new_url, 5)
    assert met["rate", "ok"] + met["prefer", "ok"] > 20


# ------------------------------------------------------------------ planted bugs


def a_duel_is_tallied_for_the_loser(patch: pytest.MonkeyPatch) -> None:
    told = deciding._sides

    def turned(*asked: Any) -> tuple[tuple[int, bool, bool], ...]:
        first, second = told(*asked)
        return (first[0], *second[1:]), (second[0], *first[1:])

    patch.setattr(deciding, "_sides", turned)


def a_card_taken_back_stays_finished(patch: pytest.MonkeyPatch) -> None:
    put_back = ballots.put_back

    def keep(cells: Mapping[Any, Cell], earlier: Any) -> tuple[Change, ...]:
        return tuple(c._replace(after=c.after._replace(seen=True)) for c in put_back(cells, earlier))

    patch.setattr(ballots, "put_back", keep)


def another_answer_drops_the_reasons(patch: pytest.MonkeyPatch) -> None:
    answer = ballots.answer

    def forget(cells: Mapping[Any, Cell], items: Any, wanted: int) -> tuple[Change, ...]:
        return tuple(c._replace(after=c.after._replace(chips=0)) for c in answer(cells, items, wanted))

    patch.setattr(ballots, "answer", forget)


def a_link_leaves_answers_without_a_page(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballots, "merge_orders", lambda _plan, kept, _other, _done: tuple(kept))


def the_side_shown_decides_a_duel(patch: pytest.MonkeyPatch) -> None:
    """As if the first number pressed were always the first of the pair."""
    prefer = deciding._prefer

    def straight(mine: Any, action: Any) -> Any:
        positions = [mine.field.by_number.get(n, 0) for n in (action.first, action.second)]
        if positions[0] > positions[1] and action.choice:
            action = type(action)(action.round_id, action.first, action.second, 3 - action.choice)
        return prefer(mine, action)

    patch.setattr(deciding, "_prefer", straight)


PLANTED: list[Callable[[pytest.MonkeyPatch], None]] = [
    a_duel_is_tallied_for_the_loser, a_card_taken_back_stays_finished, another_answer_drops_the_reasons,
    a_link_leaves_answers_without_a_page, the_side_shown_decides_a_duel,
]  # fmt: skip


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(
    plant: Callable[[pytest.MonkeyPatch], None],
    runner: asyncio.Runner,
    tmp_path: Path,
    migrated_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        play(runner, on_sqlite(tmp_path, migrated_file), 100, shrink=False)
