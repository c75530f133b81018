"""A shop played at random against the reference."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.machine.pair import ACCOUNTS, DESIGNS, HOUR, INSTANT, Pair, Place

accounts = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4, 5])  # some are busier, so that presses meet
numbers = st.sampled_from([1, 1, 2, 2, 3, 4, 5, 6, 7, DESIGNS + 1])  # the last one is no design
workers = st.integers(0, 1)
taps: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    st.tuples(st.just("pick"), numbers.map(lambda n: (n,)), st.sampled_from([True, None, False])),
    st.tuples(st.just("finish"), st.integers(1, 3)),
    st.tuples(st.just("undo")),
)
presses = st.lists(st.tuples(accounts, taps), min_size=1, max_size=5)
pauses = st.sampled_from([INSTANT, HOUR, 50 * HOUR, -HOUR])


class ShopMachine(RuleBasedStateMachine):
    """Few rules that each do much: Hypothesis leaves out some of them in every run."""

    place: Place
    pair: Pair

    @initialize(quorum=st.sampled_from([0, 1, 3, ACCOUNTS]), by_hand=st.booleans())
    def begin(self, quorum: int, by_hand: bool) -> None:
        self.pair = Pair(self.place, quorum, by_hand)

    def teardown(self) -> None:
        if hasattr(self, "pair"):
            self.pair.end()

    @invariant()
    def both_are_the_same(self) -> None:
        if hasattr(self, "pair"):
            self.pair.check()

    # -------------------------------------------------------------- votes

    @rule(presses=presses, worker=workers)
    def fans_press(self, presses: list[tuple[int, tuple[Any, ...]]], worker: int) -> None:
        """One after the other, each through the other worker."""
        for i, (account, tap) in enumerate(presses):
            self.pair.press(account, tap, (worker + i) % 2)

    @rule(presses=presses)
    def fans_press_at_once(self, presses: list[tuple[int, tuple[Any, ...]]]) -> None:
        self.pair.burst(presses)

    @rule(account=accounts, number=numbers, page=st.integers(1, 3), undos=st.integers(0, 3))
    def a_fan_turns_pages(self, account: int, number: int, page: int, undos: int) -> None:
        """Look, pick, finish, take back."""
        self.pair.look(account)
        for i, tap in enumerate([("pick", (number,), True), ("finish", page), *[("undo",)] * undos]):
            self.pair.press(account, tap, i % 2)

    @rule(account=accounts, tap=taps, back=st.integers(0, 5))
    def presses_are_replayed(self, account: int, tap: tuple[Any, ...], back: int) -> None:
        self.pair.press(account, tap, 0)
        self.pair.replay(0, 0)
        self.pair.replay(back, 1)

    @rule(account=accounts, typed=st.lists(numbers, min_size=1, max_size=4), add=st.booleans())
    def a_fan_types_numbers(self, account: int, typed: list[int], add: bool) -> None:
        self.pair.type_numbers(account, typed, add)

    @rule(account=accounts, tap=taps)
    def a_fan_presses_in_the_other_round(self, account: int, tap: tuple[Any, ...]) -> None:
        self.pair.press(account, tap, 0, 1 - self.pair.current())

    # -------------------------------------------------------------- people

    @rule(account=accounts, joined=st.sampled_from(["recorded", "silent", "not"]), tap=taps)
    @precondition(lambda self: len(self.pair.reference.accounts) < ACCOUNTS)
    def somebody_comes(self, account: int, joined: str, tap: tuple[Any, ...]) -> None:
        self.pair.enter(account, joined)
        self.pair.press(account, tap, 0)

    @rule(
        gone=accounts, stays=accounts, number=numbers, first=workers, aside=st.integers(0, 5),
        part=st.booleans(),
    )  # fmt: skip
    def accounts_are_linked(
        self, gone: int, stays: int, number: int, first: int, aside: int, part: bool
    ) -> None:
        """Before, one picks what the other passes on, one after the other; one may be set aside.

        Afterwards they may part again, and one presses on.
        """
        self.pair.look(stays)
        answers = [(gone, ("pick", (number,), True)), (stays, ("finish", self.pair.page_of(stays, number)))]
        for account, tap in answers[::-1] if first else answers:
            self.pair.press(account, tap, 0)
        if aside < 2:
            self.pair.set_aside((gone, stays)[aside])
        self.pair.link(gone, stays, worker=1)
        if part and gone in self.pair.reference.linked():
            self.pair.unlink(gone)
            self.pair.press(gone, ("pick", (number,), True), 1)

    @rule(which=st.integers(0, 5), tap=taps)
    @precondition(lambda self: self.pair.reference.linked())
    def an_account_is_unlinked(self, which: int, tap: tuple[Any, ...]) -> None:
        linked = self.pair.reference.linked()
        account = linked[which % len(linked)]
        self.pair.unlink(account)
        self.pair.press(account, tap, 1)

    @rule(account=accounts, tap=taps)
    def a_ballot_is_set_aside(self, account: int, tap: tuple[Any, ...]) -> None:
        self.pair.set_aside(account)
        self.pair.press(account, tap, 0)

    # -------------------------------------------------------------- rounds and the clock

    @rule(by=st.sampled_from([timedelta(seconds=1), HOUR, -HOUR, 10 * HOUR]))
    def the_clock_jumps(self, by: timedelta) -> None:
        self.pair.clock.set(self.pair.now + by)

    @rule(worker=workers)
    def time_is_looked_at(self, worker: int) -> None:
        self.pair.tick(worker)

    @rule(instants=st.sampled_from([0, -1, 1]), account=accounts, tap=taps)
    @precondition(lambda self: self.pair.events > 5 and self.pair.state() == "open")
    def a_fan_presses_about_the_close(self, instants: int, account: int, tap: tuple[Any, ...]) -> None:
        """Press right before, at or right after the closing instant; afterwards there may be time again."""
        before, closes_at = self.pair.now, self.pair.reference.rounds[self.pair.current()]["closes_at"]
        self.pair.clock.set(closes_at + instants * INSTANT)
        self.pair.press(account, tap, 0)
        if instants:
            self.pair.clock.set(min(before, closes_at))

    @rule(length=pauses, account=accounts, tap=taps, resume=st.sampled_from([True, True, False]))
    def moderators_pause(self, length: timedelta, account: int, tap: tuple[Any, ...], resume: bool) -> None:
        self.pair.step("pause", self.pair.current())
        self.pair.clock.set(self.pair.now + length)
        self.pair.press(account, tap, 0)
        if resume:
            self.pair.step("resume", self.pair.current())

    @rule(step=st.sampled_from(["extend", "extend", "open", "schedule", "resume", "close"]), other=workers)
    @precondition(lambda self: self.pair.events > 5)
    def moderators_decide(self, step: str, other: int) -> None:
        """Mostly about the round in play, sometimes about the other one."""
        self.pair.step(step, abs(self.pair.current() - other))

    @rule(
        marks=st.lists(st.tuples(numbers, st.sampled_from(["keep", "veto"])), max_size=3),
        unsure=st.booleans(),
        account=accounts,
    )
    @precondition(lambda self: self.pair.events > 12 and self.pair.state() == "open")
    def a_round_runs_out(self, marks: list[tuple[int, str]], unsure: bool, account: int) -> None:
        """Let the round in play run out, be counted by two workers and signed; then the next opens.

        A fan picks all that goes on there, and is refused what does not.
        """
        number = self.pair.current()
        for _ in range(2):  # a missed quorum extends once
            if self.pair.state() == "open":
                self.pair.clock.set(max(self.pair.now, self.pair.reference.rounds[number]["closes_at"]))
                self.pair.tick_everywhere()
        for design, kind in marks:
            self.pair.mark(design, kind)
        self.pair.sign(accept=True)
        if unsure:
            self.pair.unsign(number)
            self.pair.sign(accept=True)
        self.pair.clock.set(max(self.pair.now, self.pair.reference.rounds[1]["opens_at"]))
        self.pair.tick_everywhere()
        for design in range(1, DESIGNS + 1):
            self.pair.press(account, ("pick", (design,), True), 0)

    @rule(number=workers)
    @precondition(lambda self: self.pair.events > 40)
    def a_round_is_called_off(self, number: int) -> None:
        self.pair.step("void", number)

    # -------------------------------------------------------------- the cut

    @rule(design=numbers, kind=st.sampled_from(["keep", "keep", "veto", None]))
    @precondition(lambda self: self.pair.state() == "closed")
    def the_owner_marks(self, design: int, kind: str | None) -> None:
        self.pair.mark(design, kind)

    @rule(accept=st.booleans())
    @precondition(lambda self: self.pair.state() == "closed")
    def the_owner_signs(self, accept: bool) -> None:
        self.pair.sign(accept)

    @rule(number=workers)
    @precondition(lambda self: self.pair.reference.rounds[0]["state"] == "signed_off")
    def the_owner_takes_it_back(self, number: int) -> None:
        self.pair.unsign(number)
