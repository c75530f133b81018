"""Answers in groups leave room for what a group is told."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram.budget import GROUP_MOST, PERSON_MOST, SPAN_S, Budget, Once
from bot.adapters.telegram.schedule import GROUP_MOST as BORNE

ALBUM, CARD = 10, 1


def test_a_person_is_answered_so_often_in_a_minute() -> None:
    budget = Budget()
    assert [budget.spend(-1, 7, float(s)) for s in range(PERSON_MOST + 1)] == [True] * PERSON_MOST + [False]
    assert budget.spend(-1, 8, 10.0), "somebody else still is"
    assert budget.spend(-2, 7, 10.0), "and so are they in another group"
    assert not budget.spend(-1, 7, SPAN_S - 0.01)
    assert budget.spend(-1, 7, SPAN_S)


def test_many_people_together_leave_room_for_a_rounds_album_and_card() -> None:
    budget = Budget()
    assert sum(budget.spend(-1, person, 0.0) for person in range(100)) == GROUP_MOST
    assert GROUP_MOST + ALBUM + CARD <= BORNE


def test_a_refusal_costs_nothing() -> None:
    budget = Budget()
    tried = count()
    while budget.spend(-1, 7, float(next(tried))):
        pass
    assert not any(budget.spend(-1, 7, s / 10) for s in range(40, int(SPAN_S) * 10))
    assert budget.spend(-1, 7, SPAN_S)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 9), st.floats(0, 50)), max_size=200))
def test_what_is_kept_is_a_minute_of_budget(said: list[tuple[int, int, float]]) -> None:
    budget, now = Budget(), 0.0
    for group, person, after in said:
        now += after
        if budget.spend(group, person, now):
            for kept in budget.spent.values():
                assert kept[-1][0] > now - SPAN_S, "a group that was silent for a minute is forgotten"
                assert len(kept) <= GROUP_MOST


def test_of_more_than_can_be_kept_the_oldest_is_forgotten() -> None:
    told = Once[str](most=2)
    for name in ("Ada", "Bea", "Cem"):
        assert name not in told
        told.add(name)
    assert ("Ada" in told, "Bea" in told, "Cem" in told) == (False, True, True)
