"""The ladder: what each unit costs, laws that hold for every ladder, and the clocks of two cities."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.errors import RuleError
from bot.money import Money
from bot.presale.ladder import Combine, Ladder, TimeRule, expand, sum_of
from bot.presale.steps import rungs
from tests.clock import START
from tests.rendered import english

DAY = timedelta(days=1)


def euro(amount: int) -> Money:
    return Money(amount * 100, "EUR")


SOURCE = Ladder(euro(100), euro(10), euro(300), 100)
"""The ladder of the shoe shop the idea comes from."""


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    base, step, more = draw(st.integers(1, 500)), draw(st.integers(1, 300)), draw(st.integers(0, 3000))
    days = draw(st.lists(st.integers(1, 60), unique=True, max_size=6))
    return Ladder(
        Money(base, "EUR"), Money(step, "EUR"), Money(base + more, "EUR"), draw(st.integers(1, 40)),
        tuple(START + day * DAY for day in sorted(days)), draw(st.sampled_from(Combine)),
    )  # fmt: skip


serials = st.integers(1, 5000)
moments = st.integers(0, 70 * 24).map(lambda hours: START + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("serial", "price"),
    [(1, 100), (100, 100), (101, 110), (200, 110), (201, 120), (2000, 290), (2001, 300), (9999, 300)],
)
def test_the_price_climbs_with_every_hundred_sold(serial: int, price: int) -> None:
    assert SOURCE.price(serial, START) == euro(price)


@pytest.mark.parametrize(
    ("sold", "revenue"), [(36, 3600), (320, 35600), (640, 81400), (800, 108000), (1000, 145000)]
)
def test_it_earns_what_the_worked_example_says(sold: int, revenue: int) -> None:
    assert sum_of(SOURCE.split(1, sold, START), "EUR") == euro(revenue)


def test_an_order_across_a_step_is_split_by_the_unit() -> None:
    assert [(x.units, x.unit) for x in SOURCE.split(98, 7, START)] == [(3, euro(100)), (4, euro(110))]


@pytest.mark.parametrize(
    ("combine", "serial", "days", "price"),
    [
        ("max", 1, 0, 100), ("max", 1, 7, 110), ("max", 101, 7, 110), ("max", 201, 7, 120),
        ("max", 101, 14, 120), ("sum", 1, 0, 100), ("sum", 1, 7, 110), ("sum", 101, 7, 120),
        ("sum", 201, 7, 130), ("sum", 101, 14, 130),
    ],
)  # fmt: skip
def test_units_and_time_move_it_together(combine: str, serial: int, days: int, price: int) -> None:
    at = (START + 7 * DAY, START + 14 * DAY)
    ladder = Ladder(euro(100), euro(10), euro(300), 100, at, Combine(combine))
    assert ladder.price(serial, START + days * DAY) == euro(price)


def test_a_time_step_counts_from_its_instant_on() -> None:
    ladder = Ladder(euro(100), euro(10), euro(300), 100, (START,))
    assert ladder.price(1, START - timedelta(microseconds=1)) == euro(100)
    assert ladder.price(1, START) == euro(110)


def test_the_last_step_may_be_a_smaller_one() -> None:
    ladder = Ladder(euro(100), euro(30), euro(150), 1)
    assert [ladder.price(n, START) for n in (1, 2, 3, 4)] == [euro(n) for n in (100, 130, 150, 150)]
    assert ladder.stages == 2


# ------------------------------------------------------------------ laws


@given(ladders(), serials, serials, moments, moments)
def test_it_never_falls_along_serials_or_time(
    ladder: Ladder, a: int, b: int, early: datetime, late: datetime
) -> None:
    assert ladder.price(min(a, b), min(early, late)) <= ladder.price(max(a, b), max(early, late))
    assert ladder.base <= ladder.price(a, early) <= ladder.top


@given(ladders(), serials, moments)
def test_it_is_the_printed_formula(ladder: Ladder, serial: int, now: datetime) -> None:
    units, passed = (serial - 1) // ladder.every_units, sum(at <= now for at in ladder.at)
    stage = units + passed if ladder.combine == "sum" else max(units, passed)
    assert ladder.price(serial, now).minor == min(
        ladder.top.minor, ladder.base.minor + ladder.step.minor * stage
    )


@given(ladders(), serials, st.integers(1, 400), moments)
def test_a_split_has_every_serial_once_at_its_own_price(
    ladder: Ladder, first: int, quantity: int, now: datetime
) -> None:
    lines = ladder.split(first, quantity, now)
    units = [(serial, x.unit) for x in lines for serial in range(x.serial_from, x.serial_to + 1)]
    assert units == [(s, ladder.price(s, now)) for s in range(first, first + quantity)]
    assert sum_of(lines, "EUR").minor == sum(unit.minor for _, unit in units)
    assert [x.unit for x in lines] == sorted({x.unit for x in lines}, key=lambda m: m.minor)


@given(ladders(), serials, moments)
def test_the_next_step_comes_when_it_is_said_to(ladder: Ladder, serial: int, now: datetime) -> None:
    price, left, at = (
        ladder.price(serial, now),
        ladder.units_to_step(serial, now),
        ladder.next_at(serial, now),
    )
    if price == ladder.top:
        assert (left, at) == (None, None)
        return
    assert left is not None
    assert left >= 1
    assert ladder.price(serial + left - 1, now) == price < ladder.price(serial + left, now)
    later = [t for t in ladder.at if t > now and ladder.price(serial, t) > price]
    assert at == (later[0] if later else None)


@given(ladders(), serials, st.integers(1, 50), serials, moments)
def test_equal_sums_mean_equal_prices(
    ladder: Ladder, first: int, quantity: int, later: int, now: datetime
) -> None:
    shown, now_is = ladder.split(first, quantity, now), ladder.split(max(first, later), quantity, now)
    assume(sum_of(shown, "EUR") == sum_of(now_is, "EUR"))
    assert [(x.units, x.unit) for x in shown] == [(x.units, x.unit) for x in now_is]


@given(ladders(), serials, moments)
def test_its_rungs_say_where_we_are_and_what_comes(ladder: Ladder, serial: int, now: datetime) -> None:
    found = rungs(ladder, serial, now)
    assert [r.price for r in found] == [ladder.price_at(k) for k in range(ladder.stages + 1)]
    (here,) = [r for r in found if r.here]
    assert here.price == ladder.price(serial, now)
    assert [r.reached for r in found] == [r.price <= here.price for r in found]
    for rung in found:
        if not rung.reached and rung.from_serial is not None:
            assert ladder.price(rung.from_serial, now) >= rung.price > ladder.price(rung.from_serial - 1, now)
        if not rung.reached and rung.from_at is not None:
            assert ladder.price(serial, rung.from_at) >= rung.price


@given(ladders(), ladders())
def test_its_version_names_exactly_this_ladder(one: Ladder, other: Ladder) -> None:
    assert (one.version == other.version) == (one == other)
    assert len(one.version) == 16


@pytest.mark.parametrize(
    "wrong",
    [
        {"step": Money(0, "EUR")}, {"top": Money(9999, "EUR")}, {"every_units": 0}, {"base": Money(0, "EUR")},
        {"at": (START, START)}, {"at": (START + DAY, START)},
    ],
)  # fmt: skip
def test_what_does_not_rise_is_no_ladder(wrong: dict[str, object]) -> None:
    usual: dict[str, object] = {"base": euro(100), "step": euro(10), "top": euro(300), "every_units": 100}
    with pytest.raises(ValueError, match="ladder"):
        Ladder(**{**usual, **wrong})  # type: ignore[arg-type]


# ------------------------------------------------------------------ its clock

PARIS, NEW_YORK = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York")


def test_a_rule_becomes_a_table_of_instants() -> None:
    opened = datetime(2030, 5, 1, 9, 30, tzinfo=UTC)
    found = expand(TimeRule(30, time(18), 7), opened, PARIS, 20)
    assert [at.isoformat() for at in found] == [
        f"2030-05-{day:02d}T16:00:00+00:00" for day in (8, 15, 22, 29, 31)
    ]


def test_steps_beyond_the_list_price_are_left_out() -> None:
    opened = datetime(2030, 5, 1, 9, 30, tzinfo=UTC)
    assert len(expand(TimeRule(30, time(18), 1), opened, PARIS, 3)) == 4
    assert len(expand(TimeRule(30, time(18)), opened, PARIS, 20)) == 1


def test_the_days_are_those_of_the_campaigns_zone() -> None:
    opened = datetime(2030, 5, 1, 23, 30, tzinfo=UTC)  # the 2nd in Paris, the 1st in New York
    assert expand(TimeRule(1, time(18)), opened, PARIS, 1)[0].isoformat() == "2030-05-03T16:00:00+00:00"
    assert expand(TimeRule(1, time(18)), opened, NEW_YORK, 1)[0].isoformat() == "2030-05-02T22:00:00+00:00"


SWITCHES = {
    ("America/New_York", "2030-03-10"): ("gap", 2), ("America/New_York", "2030-11-03"): ("fold", 1),
    ("Europe/Paris", "2030-03-31"): ("gap", 2), ("Europe/Paris", "2030-10-27"): ("fold", 2),
}  # fmt: skip
"""When the clocks change: the hour that does not exist, or exists twice."""


@pytest.mark.parametrize(("zone", "day"), SWITCHES, ids=lambda value: value)
@pytest.mark.parametrize("minute", range(0, 24 * 60, 30))
def test_over_a_change_of_clocks_every_time_of_day_is_told_or_refused(
    zone: str, day: str, minute: int
) -> None:
    kind, hour = SWITCHES[zone, day]
    place, at = ZoneInfo(zone), time(minute // 60, minute % 60)
    opened = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=place) - 2 * DAY
    for rule in (TimeRule(4, at, 1), TimeRule(4, at, 2), TimeRule(2, at)):  # a step, or the end, on that day
        if at.hour == hour:
            with pytest.raises(RuleError) as refused:
                expand(rule, opened, place, 20)
            assert refused.value.code == f"time.{kind}"
            assert f"{day} {at.isoformat()}" in english(refused.value.text)
            assert zone in english(refused.value.text)
        else:
            found = [instant.astimezone(place) for instant in expand(rule, opened, place, 20)]
            assert {instant.time() for instant in found} == {at}
            assert [instant.date() for instant in found] == sorted({instant.date() for instant in found})
