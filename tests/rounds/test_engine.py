"""The round's state machine: what is not in the table cannot be done, and no fan loses time or a vote."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import RuleError, StateError
from bot.rounds import engine
from bot.rounds.engine import TABLE, Event
from bot.rounds.model import BallotShape, Round, RoundPlan, RoundState, TieRule
from bot.text import Noun
from tests.clock import START
from tests.rendered import english

LOOKS = Noun({"en": ("look", "looks")})
INSTANT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)

PLAN = RoundPlan(
    number=1, ballot=BallotShape.SHEETS, opens_at=START, closes_at=START + 48 * HOUR, keep=80, quorum=10,
    tie_rule=TieRule.LOT,
)  # fmt: skip
TEN_HOURS_IN = START + 10 * HOUR


def made(state: RoundState) -> Round:
    """Make a round that is in `state` as the machine would leave it ten hours after its opening."""
    round_ = Round(1, 1, PLAN, state, PLAN.closes_at, "seed")
    if state not in (RoundState.DRAFT, RoundState.SCHEDULED):
        round_ = replace(round_, opened_at=START)
    if state is RoundState.PAUSED:
        round_ = replace(round_, paused_at=TEN_HOURS_IN)
    if state in (RoundState.CLOSED, RoundState.SIGNED_OFF):
        round_ = replace(round_, closed_at=TEN_HOURS_IN, quorum_met=True)
    return round_


STEPS: dict[Event, Callable[[Round, datetime], Round]] = {
    Event.SCHEDULE: engine.schedule,
    Event.UNSCHEDULE: lambda r, _now: engine.unschedule(r),
    Event.OPEN: lambda r, now: engine.open_(r, now, 200, LOOKS),
    Event.PAUSE: engine.pause,
    Event.RESUME: engine.resume,
    Event.EXTEND: lambda r, _now: engine.extend(r, HOUR),
    Event.CLOSE: lambda r, now: engine.close(r, now, 10),
    Event.SIGN: lambda r, now: engine.sign(r, now, accept_quorum=False),
    Event.UNSIGN: lambda r, _now: engine.unsign(r, None),
    Event.VOID: lambda r, _now: engine.void(r),
}


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("state", RoundState)
def test_the_table_is_all_there_is(state: RoundState, event: Event) -> None:
    now = START - HOUR if event is Event.SCHEDULE else TEN_HOURS_IN
    if (state, event) in TABLE:
        assert STEPS[event](made(state), now).state is TABLE[state, event]
        return
    with pytest.raises(RuleError) as refused:
        STEPS[event](made(state), now)
    assert refused.value.code == f"round.cannot_{event}"
    assert english(engine.named(state)) in english(refused.value.text)


def test_the_table_names_every_state_and_event_but_leads_nowhere_from_void() -> None:
    assert {event for _, event in TABLE} == set(Event)
    assert {state for state, _ in TABLE} == set(RoundState) - {RoundState.VOID}
    assert set(TABLE.values()) == set(RoundState)


@pytest.mark.parametrize("state", RoundState)
def test_votes_count_in_open_rounds_only(state: RoundState) -> None:
    if state is RoundState.OPEN:
        engine.check_votable(made(state), TEN_HOURS_IN)
        return
    with pytest.raises(RuleError) as refused:
        engine.check_votable(made(state), TEN_HOURS_IN)
    code = {"paused": "vote.paused", "draft": "vote.early", "scheduled": "vote.early", "void": "vote.void"}
    assert refused.value.code == code.get(state, "vote.late")
    assert english(refused.value.text)


def test_the_closing_instant_is_too_late_and_the_one_before_is_not() -> None:
    round_ = made(RoundState.OPEN)
    engine.check_votable(round_, round_.closes_at - INSTANT)
    for late in (round_.closes_at, round_.closes_at + INSTANT):
        with pytest.raises(RuleError, match=r"vote\.late"):
            engine.check_votable(round_, late)


def test_what_is_due_by_the_clock_begins_at_the_instant_itself() -> None:
    scheduled, open_ = made(RoundState.SCHEDULED), made(RoundState.OPEN)
    assert engine.due(scheduled, PLAN.opens_at - INSTANT, 0) is None
    assert engine.due(scheduled, PLAN.opens_at, 0) is Event.OPEN
    assert engine.due(open_, PLAN.closes_at - INSTANT, 10) is None
    assert engine.due(open_, PLAN.closes_at, 10) is Event.CLOSE


@pytest.mark.parametrize("state", sorted(set(RoundState) - {RoundState.SCHEDULED, RoundState.OPEN}))
def test_the_clock_moves_nothing_else(state: RoundState) -> None:
    assert engine.due(made(state), PLAN.closes_at + 1000 * HOUR, 0) is None


@given(
    st.lists(st.timedeltas(timedelta(), timedelta(days=40)), max_size=4),
    st.timedeltas(timedelta(), 48 * HOUR - INSTANT),
)
def test_pauses_take_no_time_from_the_fans(pauses: list[timedelta], voted: timedelta) -> None:
    round_, now = made(RoundState.OPEN), START + voted
    left = round_.closes_at - now
    for length in pauses:
        round_ = engine.pause(round_, now)
        assert engine.due(round_, now + length, 0) is None
        now += length
        round_ = engine.resume(round_, now)
        assert round_.closes_at - now == left
        assert round_.paused_at is None


def test_a_clock_that_jumps_back_in_a_pause_shortens_nothing() -> None:
    round_ = engine.pause(made(RoundState.OPEN), TEN_HOURS_IN)
    assert engine.resume(round_, TEN_HOURS_IN - HOUR).closes_at == PLAN.closes_at


def test_an_extension_in_a_pause_adds_to_the_pause() -> None:
    round_ = engine.extend(engine.pause(made(RoundState.OPEN), TEN_HOURS_IN), 5 * HOUR)
    assert round_.state is RoundState.PAUSED
    assert engine.resume(round_, TEN_HOURS_IN + 2 * HOUR).closes_at == PLAN.closes_at + 7 * HOUR


def test_a_round_that_is_over_is_neither_paused_nor_made_longer() -> None:
    for late in (PLAN.closes_at, PLAN.closes_at + HOUR):
        with pytest.raises(RuleError, match=r"round\.over"):
            engine.pause(made(RoundState.OPEN), late)
        with pytest.raises(RuleError, match=r"round\.over"):
            engine.check_not_over(made(RoundState.OPEN), late)
    engine.check_not_over(made(RoundState.OPEN), PLAN.closes_at - INSTANT)
    engine.check_not_over(made(RoundState.PAUSED), PLAN.closes_at)


def test_a_pause_since_never_is_a_bug() -> None:
    with pytest.raises(StateError):
        engine.resume(replace(made(RoundState.PAUSED), paused_at=None), TEN_HOURS_IN)


@pytest.mark.parametrize("by", [timedelta(), -HOUR, engine.LONGEST_EXTENSION + INSTANT])
def test_an_extension_is_more_than_nothing_and_at_most_thirty_days(by: timedelta) -> None:
    with pytest.raises(RuleError, match=r"round\.extension"):
        engine.extend(made(RoundState.OPEN), by)
    assert engine.extend(made(RoundState.OPEN), engine.LONGEST_EXTENSION).closes_at > PLAN.closes_at


def test_a_missed_quorum_extends_once_and_then_the_round_closes_for_the_owner_to_decide() -> None:
    round_, late = made(RoundState.OPEN), PLAN.closes_at + HOUR
    assert engine.due(round_, late, 9) is Event.EXTEND
    round_ = engine.extend_for_quorum(round_, late)
    assert round_.closes_at == late + PLAN.extend_by  # all of the printed time, though the tick was late
    assert engine.due(round_, round_.closes_at - INSTANT, 9) is None
    assert engine.due(round_, round_.closes_at, 9) is Event.CLOSE
    with pytest.raises(StateError):
        engine.extend_for_quorum(round_, round_.closes_at)
    closed = engine.close(round_, round_.closes_at, 9)
    assert closed.quorum_met is False
    with pytest.raises(RuleError, match=r"round\.quorum"):
        engine.sign(closed, late, accept_quorum=False)
    assert engine.sign(closed, late, accept_quorum=True).state is RoundState.SIGNED_OFF


def test_an_extension_on_time_counts_from_the_printed_closing() -> None:
    assert engine.extend_for_quorum(made(RoundState.OPEN), PLAN.closes_at - HOUR).closes_at == (
        PLAN.closes_at + PLAN.extend_by
    )


def test_the_quorum_is_met_by_exactly_its_number() -> None:
    assert engine.due(made(RoundState.OPEN), PLAN.closes_at, 10) is Event.CLOSE
    assert engine.close(made(RoundState.OPEN), TEN_HOURS_IN, 10).quorum_met is True
    assert engine.close(made(RoundState.OPEN), TEN_HOURS_IN, 9).quorum_met is False


@pytest.mark.parametrize(
    ("now", "closes_at"),
    [
        (START - 5 * HOUR, PLAN.closes_at),  # early: the printed closing stands
        (START + 47 * HOUR, PLAN.closes_at),  # late, but in time for the printed closing
        (PLAN.closes_at, PLAN.closes_at + 48 * HOUR),  # after it: the planned length from now
        (PLAN.closes_at + 3 * HOUR, PLAN.closes_at + 51 * HOUR),
    ],
)
def test_an_early_or_late_opening_leaves_time_to_vote(now: datetime, closes_at: datetime) -> None:
    round_ = engine.open_(made(RoundState.DRAFT), now, 200, LOOKS)
    assert (round_.opened_at, round_.closes_at) == (now, closes_at)
    engine.check_votable(round_, now)


def test_a_round_with_nothing_to_decide_does_not_open() -> None:
    with pytest.raises(RuleError, match=r"round\.too_few") as refused:
        engine.open_(made(RoundState.SCHEDULED), START, 80, LOOKS)
    assert "80\N{NO-BREAK SPACE}looks" in english(refused.value.text)
    assert engine.open_(made(RoundState.SCHEDULED), START, 81, LOOKS).state is RoundState.OPEN


def test_an_opening_time_that_is_past_is_no_promise() -> None:
    assert engine.schedule(made(RoundState.DRAFT), START - INSTANT).state is RoundState.SCHEDULED
    with pytest.raises(RuleError, match=r"round\.opening_past"):
        engine.schedule(made(RoundState.DRAFT), START)


@pytest.mark.parametrize("state", [RoundState.OPEN, RoundState.PAUSED])
def test_a_close_ahead_of_time_makes_now_the_closing_time(state: RoundState) -> None:
    early = engine.close(made(state), TEN_HOURS_IN, 10)
    assert (early.closed_at, early.closes_at, early.paused_at) == (TEN_HOURS_IN, TEN_HOURS_IN, None)
    late = engine.close(made(RoundState.OPEN), PLAN.closes_at + HOUR, 10)
    assert (late.closed_at, late.closes_at) == (PLAN.closes_at + HOUR, PLAN.closes_at)


@pytest.mark.parametrize("next_state", [None, *RoundState])
def test_a_signature_is_taken_back_until_the_next_round_has_opened(next_state: RoundState | None) -> None:
    signed = engine.sign(made(RoundState.CLOSED), TEN_HOURS_IN, accept_quorum=False)
    if next_state in (None, RoundState.DRAFT, RoundState.SCHEDULED):
        back = engine.unsign(signed, next_state)
        assert (back.state, back.signed_at) == (RoundState.CLOSED, None)
    else:
        with pytest.raises(RuleError, match=r"round\.next_opened"):
            engine.unsign(signed, next_state)


@given(st.text(max_size=8), st.integers(0, 300))
def test_positions_are_drawn_from_the_seed_alone(seed: str, count: int) -> None:
    drawn = engine.drawn(seed, count)
    assert sorted(drawn) == list(range(count))
    assert drawn == engine.drawn(seed, count)


def test_another_seed_draws_another_order() -> None:
    assert engine.drawn("one", 200) != engine.drawn("two", 200)
