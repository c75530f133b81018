"""The presale's states: one table, and whatever is absent from it is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import RuleError
from bot.money import Money
from bot.presale import engine
from bot.presale.engine import TABLE, Event
from bot.presale.ladder import Ladder
from bot.presale.model import Colour, IfMissed, OrderState, Presale, PresaleState
from bot.presale.orders import CANCELLABLE, Wanted, check_order, check_quoted
from tests.clock import START
from tests.rendered import english

DAY = timedelta(days=1)
LADDER = Ladder(Money(100, "EUR"), Money(10, "EUR"), Money(200, "EUR"), 10)


def presale(state: PresaleState = PresaleState.OPEN, **changes: object) -> Presale:
    usual = Presale(
        1, 1, 1, 1, state, LADDER, (Colour(1, "Sage", 5), Colour(2, "Black", 4)), ("S", "M"), 5, 10, 100,
        IfMissed.END, None, START, START + 30 * DAY, START, next_serial=10, net=9,
    )  # fmt: skip
    return replace(usual, **changes)  # type: ignore[arg-type]


STEPS = {
    Event.PAUSE: engine.pause,
    Event.RESUME: engine.resume,
    Event.EXTEND: lambda p, now: engine.extend(p, DAY, now),
    Event.CLOSE: engine.close,
    Event.DECIDE: engine.decide,
}


@pytest.mark.parametrize("state", PresaleState)
@pytest.mark.parametrize("event", STEPS)
def test_only_what_stands_in_the_table_can_be_done(state: PresaleState, event: Event) -> None:
    if (state, event) in TABLE:
        assert STEPS[event](presale(state), START + DAY).state in TABLE[state, event]
    else:
        with pytest.raises(RuleError) as refused:
            STEPS[event](presale(state), START + DAY)
        assert refused.value.code == f"presale.cannot_{event}"
        assert english(engine.named(state)) in english(refused.value.text)


def test_the_end_leads_to_a_decision_and_a_decision_to_an_end() -> None:
    reached = {after for (_, event), states in TABLE.items() for after in states if event is Event.DECIDE}
    assert reached == {PresaleState.COLLECTING, PresaleState.FAILED}
    assert not [state for state, _ in TABLE if state in reached]


@pytest.mark.parametrize(
    ("units", "state"),
    [
        ((5, 0), "collecting"),
        ((4, 5), "collecting"),
        ((4, 4), "failed"),
        ((0, 0), "failed"),
        ((3, 2), "failed"),
    ],
)
def test_the_minimum_is_that_of_each_colour(units: tuple[int, int], state: str) -> None:
    colours = tuple(Colour(place, str(place), n) for place, n in enumerate(units, 1))
    decided = engine.decide(presale(PresaleState.DECIDING, colours=colours), START + DAY)
    assert decided.state == state
    assert [c.counted for c in decided.colours] == list(units)


@pytest.mark.parametrize("state", PresaleState)
def test_orders_are_taken_only_while_it_is_open(state: PresaleState) -> None:
    if state is PresaleState.OPEN:
        engine.check_orderable(presale(state), START)
        with pytest.raises(RuleError):
            engine.check_orderable(presale(state), START + 30 * DAY)
    else:
        with pytest.raises(RuleError):
            engine.check_orderable(presale(state), START)


def test_orders_can_be_cancelled_until_production() -> None:
    assert set(PresaleState) - {PresaleState.DRAFT, PresaleState.FAILED} == CANCELLABLE
    assert set(OrderState) == {"pledged", "cancelled", "ended"}


@given(st.integers(-100, 100))
def test_no_event_is_earlier_than_the_one_before(minutes: int) -> None:
    before = presale(last_at=START)
    now = START + timedelta(minutes=minutes)
    for step in (engine.pause, engine.close):
        assert step(before, now).last_at == max(START, now)


def test_closing_early_makes_that_the_end_and_closing_late_does_not() -> None:
    assert engine.close(presale(), START + DAY).closes_at == START + DAY
    assert engine.close(presale(), START + 31 * DAY).closes_at == START + 30 * DAY


def test_time_demands_a_close_at_the_end_and_then_a_count() -> None:
    for state in (PresaleState.OPEN, PresaleState.PAUSED):
        assert engine.due(presale(state), START + 30 * DAY - timedelta(microseconds=1)) is None
        assert engine.due(presale(state), START + 30 * DAY) is Event.CLOSE
    assert engine.due(presale(PresaleState.DECIDING), START) is Event.DECIDE
    assert engine.due(presale(PresaleState.COLLECTING), START + 99 * DAY) is None


@given(st.integers(1, 30), st.integers(0, 30), st.integers(0, 110))
def test_an_order_fits_the_fan_and_the_presale(quantity: int, mine: int, net: int) -> None:
    fits = quantity <= 10 and mine + quantity <= 10 and net + quantity <= 100
    try:
        check_order(presale(net=net), Wanted(quantity, 1, 1), mine, START)
    except RuleError:
        assert not fits
    else:
        assert fits


@given(st.integers(1, 60), st.integers(1, 10), st.integers(-1, 1), st.booleans())
def test_only_the_quoted_sum_of_this_ladder_is_taken(
    first: int, quantity: int, off: int, other: bool
) -> None:
    lines = LADDER.split(first, quantity, START)
    quoted = sum(x.total.minor for x in lines) + off
    version = "00000000" if other else LADDER.version[:8]
    if off or other:
        with pytest.raises(RuleError) as refused:
            check_quoted(lines, LADDER, quoted, version)
        assert refused.value.code == "order.moved"
    else:
        check_quoted(lines, LADDER, quoted, version)
