"""Lengths of time as people type them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import RuleError
from bot.rounds.durations import take_duration
from tests.rendered import english


@pytest.mark.parametrize(
    ("words", "length", "rest"),
    [
        ("24h", timedelta(hours=24), ""),
        ("90m", timedelta(minutes=90), ""),
        ("90 min", timedelta(minutes=90), ""),
        ("24 hours", timedelta(hours=24), ""),
        ("2 jours", timedelta(days=2), ""),
        ("24小时人太少", timedelta(hours=24), "人太少"),
        ("2d", timedelta(days=2), ""),
        ("1w", timedelta(weeks=1), ""),
        ("1d 12h", timedelta(hours=36), ""),
        ("1d12h", timedelta(hours=36), ""),
        ("24H: too few voted", timedelta(hours=24), "too few voted"),
        ("24h too few", timedelta(hours=24), "too few"),
        ("2j, trop peu de votes", timedelta(days=2), "trop peu de votes"),
        ("2天", timedelta(days=2), ""),
        ("24小时，人太少", timedelta(hours=24), "人太少"),
        ("1h 200 fans are missing", timedelta(hours=1), "200 fans are missing"),
        ("0h", timedelta(), ""),
    ],
)
def test_a_length_of_time_and_the_words_after_it(words: str, length: timedelta, rest: str) -> None:
    assert take_duration(words) == (length, rest)


@pytest.mark.parametrize("words", ["", "24", "h", "a day", "-2h", "24 hats", "2x", "h24", "1.5h", "123456h"])
def test_anything_else_is_refused_with_how_to_say_it(words: str) -> None:
    with pytest.raises(RuleError) as refused:
        take_duration(words)
    assert refused.value.code == "duration.shape"
    assert "24h" in english(refused.value.text)


@given(st.integers(0, 99999), st.integers(0, 99999))
def test_parts_add_up(hours: int, minutes: int) -> None:
    assert take_duration(f"{hours}h {minutes}m")[0] == timedelta(hours=hours, minutes=minutes)


@given(st.text(max_size=40))
def test_no_words_break_it(words: str) -> None:
    try:
        length, rest = take_duration(words)
    except RuleError:
        return
    assert length >= timedelta()
    assert rest in words
