"""Presales played at random against the reference, on both stores; and planted bugs are found."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

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
from sqlalchemy import insert, update

from bot.presale import engine, orders
from bot.presale.ladder import Ladder, Line
from bot.presale.model import Presale, PresaleState
from bot.service import presales as use_presales
from bot.storage import fan_orders, presales
from bot.storage.store import Store, Tx
from tests.clock import Clock
from tests.machine.sale_pair import DAY, INSTANT, Market, SalePair
from tests.machine.sale_stories import STORIES
from tests.made_presale import made_presale
from tests.made_shop import EMPTY_ALL
from tests.postgres import Server

accounts, workers = st.sampled_from([0, 0, 0, 1, 1, 2, 3]), st.integers(0, 1)
wants = st.tuples(
    st.sampled_from([1, 2, 2, 3, 4, 6, 0, 7]),
    st.sampled_from([1, 1, 1, 2, 2, 3]),
    st.sampled_from([1, 2, 2, 3]),
)
good = st.tuples(st.integers(1, 4), st.integers(1, 2), st.integers(1, 2))


class SaleMachine(RuleBasedStateMachine):
    """Few rules that each do much."""

    market: Market
    pair: SalePair

    @initialize(combine=st.sampled_from(["max", "sum"]), moq=st.integers(1, 6))
    def begin(self, combine: str, moq: int) -> None:
        self.pair = SalePair(self.market, combine, moq)

    def teardown(self) -> None:
        if hasattr(self, "pair"):
            self.pair.end()

    @invariant()
    def both_are_the_same(self) -> None:
        if hasattr(self, "pair"):
            self.pair.check()

    @rule(account=accounts, want=good, worker=workers)
    def a_fan_orders(self, account: int, want: tuple[int, int, int], worker: int) -> None:
        self.pair.see(want)
        self.pair.order(account, 0, 0, worker)

    @rule(account=accounts, want=good, worker=workers)
    def a_fan_orders_at_the_edge(self, account: int, want: tuple[int, int, int], worker: int) -> None:
        """Just before, and at, the next printed instant."""
        edges = self.pair.sale.at if len(self.pair.sale.orders) < 4 else [self.pair.sale.closes_at]
        ahead = [at for at in edges if at > self.pair.now]
        if ahead:
            self.pair.clock.set(min(ahead) - INSTANT)
            self.pair.see(want)
            self.pair.order(account, 0, 0, worker)
            self.pair.clock.set(min(ahead))
            self.pair.see(want)
            self.pair.order(account, 1, 0, worker)
            self.pair.order(account, 0, 0, worker)

    @rule(account=accounts, want=wants, off=st.sampled_from([0, 0, 0, -1, 1000]), worker=workers)
    def a_fan_asks_for_anything(
        self, account: int, want: tuple[int, int, int], off: int, worker: int
    ) -> None:
        self.pair.see(want)
        self.pair.order(account, 0, off, worker)

    @rule(account=accounts, back=st.integers(0, 3), worker=workers)
    def a_fan_confirms_what_was_shown(self, account: int, back: int, worker: int) -> None:
        self.pair.order(account, back, 0, worker)

    @rule(back=st.integers(0, 3), worker=workers, again=st.booleans())
    def a_fan_gives_back(self, back: int, worker: int, again: bool) -> None:
        """Once, and perhaps by the same press again; then as a new wish."""
        self.pair.give_back(back, worker)
        if again:
            self.pair.replay(0, 1 - worker)
            self.pair.give_back(back, worker)

    @rule(account=accounts, number=st.integers(1, 8), worker=workers)
    def a_fan_cancels_any_order(self, account: int, number: int, worker: int) -> None:
        self.pair.cancel(account, number, worker)

    @rule(back=st.integers(0, 5), worker=workers)
    def an_event_comes_again(self, back: int, worker: int) -> None:
        self.pair.replay(back, worker)

    @rule(name=st.sampled_from(["pause", "resume", "extend"]), days=st.sampled_from([-1, 0, 1, 2, 85]))
    def the_shop_decides(self, name: str, days: int) -> None:
        self.pair.step(name, days)
        if name == "pause":
            self.pair.order(0, 0, 0, days % 2)
            self.pair.step("resume", days)

    @precondition(lambda self: len(self.pair.sale.orders) > 3)
    @rule(name=st.sampled_from(["pause", "resume", "extend", "close"]), late=st.booleans())
    def it_comes_to_the_end(self, name: str, late: bool) -> None:
        if name == "resume":
            self.pair.step("pause", 1)
        if late:
            self.pair.clock.set(max(self.pair.now, self.pair.sale.closes_at))
        self.pair.step(name, 1)
        self.pair.tick(0)

    @rule(worker=workers)
    def the_clock_ticks(self, worker: int) -> None:
        self.pair.tick(worker)
        self.pair.tick(1 - worker)

    @rule(by=st.sampled_from([INSTANT, DAY, 2 * DAY, -DAY]), worker=workers)
    def time_passes(self, by: timedelta, worker: int) -> None:
        """The machine's clock may be set back; then it ticks, or not yet."""
        self.pair.clock.set(self.pair.now + by)
        if by > INSTANT:
            self.pair.tick(worker)

    @rule(gone=accounts, stays=accounts)
    def accounts_are_linked(self, gone: int, stays: int) -> None:
        if gone != stays:
            self.pair.link(gone, stays)


# ------------------------------------------------------------------ where they run


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


async def _shortlisted(url: str) -> None:
    """Fill a database up to a signed shortlist."""
    clock = Clock()
    store = Store(url, clock=clock)
    await made_presale(store, clock, numbers=[])
    await store.close()


def on_sqlite(runner: asyncio.Runner, folder: Path, migrated: Path) -> Callable[[], str]:
    signed = folder / "signed.db"
    shutil.copy(migrated, signed)
    runner.run(_shortlisted(f"sqlite+aiosqlite:///{signed}"))

    def new_url() -> str:
        for old in folder.glob("machine.db*"):
            old.unlink()
        shutil.copy(signed, folder / "machine.db")
        return f"sqlite+aiosqlite:///{folder / 'machine.db'}"

    return new_url


def on_postgresql(runner: asyncio.Runner, server: Server, url: str) -> Callable[[], str]:
    from_one = (
        "DO $$ DECLARE s regclass; BEGIN FOR s IN SELECT oid::regclass FROM pg_class WHERE relkind = 'S' "
        "LOOP PERFORM setval(s, 1, false); END LOOP; END $$"
    )

    def new_url() -> str:
        for statement in (EMPTY_ALL, from_one):
            server.execute(statement, url.rpartition("/")[2])
        runner.run(_shortlisted(url))
        return url

    return new_url


def new_shop(
    server: str, runner: asyncio.Runner, folder: Path, request: pytest.FixtureRequest
) -> Callable[[], str]:
    """Make a shop with a signed shortlist for every machine, on either store."""
    if server == "sqlite":
        return on_sqlite(runner, folder, request.getfixturevalue("migrated_file"))
    url: str = request.getfixturevalue("migrated_database")
    return on_postgresql(runner, request.getfixturevalue("postgresql"), url)


def play(market: Market, examples: int, *, shrink: bool = True) -> None:
    """Let so many machines of 25 steps run; with the same numbers everywhere and every time."""

    class Machine(SaleMachine):
        pass

    Machine.market = market
    plan = settings(
        max_examples=examples, stateful_step_count=25, derandomize=True, deadline=None, print_blob=True,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    run_state_machine_as_test(Machine, settings=plan)


def tell(market: Market, moqs: tuple[int, ...] = (3, 6)) -> None:
    """Tell every story to a presale of each kind."""
    for story in STORIES:
        for combine, moq in zip(("max", "sum"), moqs, strict=True):
            pair = SalePair(market, combine, moq)
            try:
                pair.check()
                story(pair)
            finally:
                pair.end()


MUST_MEET = {
    *(("order", f"order.{why}") for why in ("late", "paused", "limit", "moved", "shape", "quantity", "cap")),
    *(("cancel", f"order.{why}") for why in ("unknown", "cancelled", "over")),
    *((step, "ok") for step in ("order", "cancel", "link", "pause", "resume", "extend", "close", "tick")),
    *((step, f"presale.cannot_{step}") for step in ("pause", "resume", "extend", "close")),
    ("resume", "presale.over"), ("extend", "presale.over"), ("extend", "presale.extension"),
    ("order", "order.sold_out"),
}  # fmt: skip
"""What the stories must have come across: one that meets little proves little."""


@pytest.mark.parametrize("server", ["sqlite", "postgresql"])
def test_the_stories_are_told_the_same(
    server: str, runner: asyncio.Runner, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    market = Market(runner, new_shop(server, runner, tmp_path, request))
    tell(market)
    assert not MUST_MEET - set(market.met)


@pytest.mark.parametrize(("server", "examples"), [("sqlite", 20), ("postgresql", 4)])
def test_presales_at_random(
    server: str, examples: int, runner: asyncio.Runner, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    market = Market(runner, new_shop(server, runner, tmp_path, request))
    play(market, examples)
    assert market.met["order", "ok"] > examples // 2


# ------------------------------------------------------------------ planted bugs


def a_cancellation_gives_serials_back(patch: pytest.MonkeyPatch) -> None:
    give_back = presales.give_back

    async def lower(tx: Tx, presale_id: int, quantity: int, at: datetime) -> None:
        await give_back(tx, presale_id, quantity, at)
        own = update(presales.presale).where(presales.presale.c.id == presale_id)
        await tx.conn.execute(own.values(next_serial=presales.presale.c.next_serial - quantity))

    patch.setattr(presales, "give_back", lower)


def a_cancelled_unit_still_counts(patch: pytest.MonkeyPatch) -> None:
    add = presales.add_units

    async def only_more(tx: Tx, presale_id: int, place: int, units: int) -> None:
        await add(tx, presale_id, place, max(units, 0))

    patch.setattr(presales, "add_units", only_more)


def a_whole_order_costs_its_first_price(patch: pytest.MonkeyPatch) -> None:
    def flat(self: Ladder, first: int, quantity: int, now: datetime) -> tuple[Line, ...]:
        return (Line(first, first + quantity - 1, self.price(first, now)),)

    patch.setattr(Ladder, "split", flat)


def a_step_begins_after_its_instant(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ladder, "by_time", lambda self, now: sum(at < now for at in self.at))


def the_hundredth_is_dearer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ladder, "by_units", lambda self, serial: serial // self.every_units)


def units_and_time_always_add_up(patch: pytest.MonkeyPatch) -> None:
    def added(self: Ladder, serial: int, now: datetime) -> int:
        return min(self.by_units(serial) + self.by_time(now), self.stages)

    patch.setattr(Ladder, "stage", added)


def the_limit_forgets_earlier_orders(patch: pytest.MonkeyPatch) -> None:
    async def none(*_args: object) -> int:
        return 0

    patch.setattr(fan_orders, "units_of", none)


def the_cap_counts_what_was_cancelled(patch: pytest.MonkeyPatch) -> None:
    check = orders.check_order

    def gross(presale: Presale, *rest: Any) -> None:
        check(replace(presale, net=presale.next_serial - 1), *rest)

    patch.setattr(orders, "check_order", gross)


def an_order_counts_at_the_closing_instant(patch: pytest.MonkeyPatch) -> None:
    check = engine.check_orderable
    patch.setattr(engine, "check_orderable", lambda presale, now: check(presale, now - INSTANT))


def a_replay_orders_again(patch: pytest.MonkeyPatch) -> None:
    async def never(*_args: object) -> None:
        return None

    record = fan_orders.record

    async def unnamed(tx: Tx, ids: Any, kind: str, at: datetime, **_named: object) -> None:
        await record(tx, ids, kind, at)

    patch.setattr(fan_orders, "answer_of", never)
    patch.setattr(fan_orders, "record", unnamed)


def the_minimum_is_that_of_all_colours(patch: pytest.MonkeyPatch) -> None:
    decide = engine.decide

    def together(presale: Presale, now: datetime) -> Presale:
        decided = decide(presale, now)
        enough = sum(c.units for c in presale.colours) >= presale.moq
        return replace(decided, state=PresaleState.COLLECTING if enough else PresaleState.FAILED)

    patch.setattr(engine, "decide", together)


def every_step_is_told_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(use_presales, "_is_higher", lambda presale, now: presale.state is PresaleState.OPEN)

    async def unclaimed(tx: Tx, presale_id: int, stage: int, at: datetime) -> int | None:
        made = await tx.conn.execute(
            insert(presales.step)
            .values(presale_id=presale_id, stage=stage + 1000 * at.microsecond, at=at)
            .returning(presales.step.c.id)
        )
        return int(made.scalar_one())

    patch.setattr(presales, "put_step", unclaimed)


def the_sum_shown_is_not_compared(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(orders, "check_quoted", lambda *_args: None)


def the_clock_set_back_is_believed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(engine, "event_time", lambda _presale, now: now)


def a_link_leaves_orders_behind(patch: pytest.MonkeyPatch) -> None:
    async def nothing(*_args: object) -> None:
        pass

    patch.setattr(fan_orders, "move_orders", nothing)


def a_pause_takes_orders(patch: pytest.MonkeyPatch) -> None:
    check = engine.check_orderable

    def kind(presale: Presale, now: datetime) -> None:
        check(replace(presale, state=PresaleState.OPEN) if presale.state == "paused" else presale, now)

    patch.setattr(engine, "check_orderable", kind)


def a_missed_colour_keeps_its_orders(patch: pytest.MonkeyPatch) -> None:
    async def none(*_args: object) -> list[Any]:
        return []

    patch.setattr(fan_orders, "end_orders_of", none)


PLANTED: list[Callable[[pytest.MonkeyPatch], None]] = [
    a_cancellation_gives_serials_back, a_cancelled_unit_still_counts, a_whole_order_costs_its_first_price,
    a_step_begins_after_its_instant, the_hundredth_is_dearer, units_and_time_always_add_up,
    the_limit_forgets_earlier_orders, the_cap_counts_what_was_cancelled,
    an_order_counts_at_the_closing_instant, a_replay_orders_again, the_minimum_is_that_of_all_colours,
    every_step_is_told_again, the_sum_shown_is_not_compared, the_clock_set_back_is_believed,
    a_link_leaves_orders_behind, a_pause_takes_orders, a_missed_colour_keeps_its_orders,
]  # fmt: skip


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(
    plant: Callable[[pytest.MonkeyPatch], None],
    runner: asyncio.Runner,
    tmp_path: Path,
    migrated_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    market = Market(runner, on_sqlite(runner, tmp_path, migrated_file))
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        tell(market)
