"""Button text and actions: there and back, small enough for every platform, and never trusted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import actions
from bot.actions import Action, CancelOrder, Deal, Finish, Order, Pick, Prefer, Rate, Reason, Undo
from bot.errors import RuleError
from bot.port import ACTION_BYTES, REASONS
from tests.rendered import english

round_ids = st.integers(1, 10**15 - 1)
numbers = st.integers(1, 9999)
tags = st.one_of(st.just(""), st.text("0123456789abcdef", min_size=8, max_size=8))
places = st.integers(1, 99)
versions = st.text("0123456789abcdef", min_size=8, max_size=8)
written: st.SearchStrategy[Action | Deal] = st.one_of(
    st.builds(Pick, round_ids, numbers.map(lambda n: (n,)), st.sampled_from([True, False, None])),
    st.builds(Finish, round_ids, st.integers(1, 999), tags),
    st.builds(Rate, round_ids, numbers.map(lambda n: (n,)), st.integers(0, 2)),
    st.builds(Reason, round_ids, numbers, st.sampled_from(REASONS), st.booleans()),
    st.builds(Prefer, round_ids, numbers, numbers, st.integers(0, 2)),
    st.builds(Undo, round_ids),
    st.builds(Order, round_ids, numbers, places, places, round_ids, versions),
    st.builds(CancelOrder, round_ids),
)
every_character = st.characters(exclude_categories=())


@given(written)
def test_an_action_comes_back_as_it_was_written(action: Action | Deal) -> None:
    text = actions.encode(action)
    assert actions.decode(text) == action
    assert 1 <= len(text.encode()) <= ACTION_BYTES


def read(text: str) -> Action | Deal | RuleError:
    try:
        return actions.decode(text)
    except RuleError as refused:
        return refused


@given(st.text(every_character, max_size=200))
def test_whatever_comes_in_is_read_or_refused_with_a_sentence(text: str) -> None:
    action = read(text)
    if isinstance(action, RuleError):
        assert action.code == "action.unknown"
        assert "Open your ballot again" in english(action.text)
    else:
        assert actions.decode(actions.encode(action)) == action


@given(written, st.data())
def test_a_garbled_action_is_read_or_refused(action: Action | Deal, data: st.DataObject) -> None:
    text = actions.encode(action)
    at = data.draw(st.integers(0, len(text)))
    garbled = text[:at] + data.draw(every_character) + text[at + data.draw(st.integers(0, 1)) :]
    again = read(garbled)
    if isinstance(again, RuleError):
        assert again.code == "action.unknown"
    else:
        assert actions.decode(actions.encode(again)) == again


@pytest.mark.parametrize(
    "text",
    [
        "", "p", "p:1", "p:1:2", "p:1:2:2", "p:1:2:1:", " p:1:2:1", "p:1:2:1\n", "P:1:2:1", "p:-1:2:1",
        "p:1:99999:1", "t:1", "t:1:2:1", "f:1", "f:1:1:zzzzzzzz", "f:1:1:abc", "f:1:1000", "u", "u:", "u:1:2",
        "c:1:2", "c:1:2:3", "c:1:2:-1", "c:1:2:2:2", "r:1:2:colour", "r:1:2:price:1", "r:1:2::1",
        "r:1:2:colour:2", "d:1:2:3", "d:1:2:3:3", "d:1:2:3:1:1", "d:1:2::1", f"u:{10**15}", "p:\u0661:2:1",
        "u:1\x00", "u:\ud800", "x" * 65, "u:" + "1" * 10_000,
    ],
)  # fmt: skip
def test_what_we_never_wrote_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match=r"action\.unknown"):
        actions.decode(text)


def test_several_numbers_fit_no_button() -> None:
    with pytest.raises(ValueError, match="one design"):
        actions.encode(Pick(1, (1, 2)))
    with pytest.raises(ValueError, match="one design"):
        actions.encode(Rate(1, (1, 2), 2))
