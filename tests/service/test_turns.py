"""Lanes take turns, and the places are shared between them."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.service.turns import Turns

FLOOD, CALM = 1, 2


def flooded(places: int) -> Turns[str]:
    """Make a queue into which one lane pressed as much as it could."""
    turns: Turns[str] = Turns(places)
    while turns.put(FLOOD, "flood"):
        pass
    return turns


def test_one_lane_is_taken_in_order() -> None:
    turns: Turns[int] = Turns(100)
    assert all(turns.put(FLOOD, n) for n in range(10))
    assert (turns.take(4), turns.take(100), len(turns)) == ([0, 1, 2, 3], [4, 5, 6, 7, 8, 9], 0)
    assert turns.take(4) == []


def test_a_flooded_lane_leaves_the_others_room() -> None:
    turns = flooded(100)
    assert len(turns) == 50
    assert [turns.put(CALM, "calm") for _ in range(26)] == [True] * 25 + [False]
    assert not turns.put(FLOOD, "flood")


def test_a_flooded_lane_delays_no_other() -> None:
    turns = flooded(1000)
    for _ in range(3):
        turns.put(CALM, "calm")
    assert Counter(turns.take(10)) == {"flood": 7, "calm": 3}
    for _ in range(50):
        turns.put(CALM, "calm")
    assert Counter(turns.take(10)) == {"flood": 5, "calm": 5}


def test_a_batch_smaller_than_the_lanes_are_many_goes_round() -> None:
    turns: Turns[int] = Turns(100)
    for lane in range(4):
        turns.put(lane, lane)
        turns.put(lane, lane)
    assert [turns.take(3), turns.take(3), turns.take(3)] == [[0, 1, 2], [3, 0, 1], [2, 3]]


@given(puts=st.lists(st.integers(0, 3), max_size=60), places=st.integers(1, 40), most=st.integers(1, 20))
def test_nothing_is_lost_doubled_or_out_of_order(puts: list[int], places: int, most: int) -> None:
    turns: Turns[tuple[int, int]] = Turns(places)
    put = [(lane, n) for n, lane in enumerate(puts) if turns.put(lane, (lane, n))]
    assert len(put) == len(turns) <= places
    taken: list[tuple[int, int]] = []
    while batch := turns.take(most):
        assert len(batch) <= most
        taken += batch
    assert sorted(taken) == sorted(put)
    for lane in range(4):
        own = [n for other, n in taken if other == lane]
        assert own == sorted(own)
