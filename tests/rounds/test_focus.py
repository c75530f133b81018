"""What a round of cards or duels asks about, and whom it asks what."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rounds import ballots, focus
from bot.rounds.evidence import Earlier
from bot.rounds.focus import DECK, DUELS, ENOUGH, Focus
from bot.rounds.model import BallotShape, RoundPlan, Standing, TieRule, Verdict
from tests.clock import START

CARDS = RoundPlan(2, BallotShape.CARDS, START, START, 10, 0, TieRule.LOT)
PAIRS = replace(CARDS, ballot=BallotShape.DUELS)


def stood(quality: float, *, sure: float = 0.05, seen: int = 100, changed: bool = False) -> Earlier:
    low, high = quality - 1.645 * sure, quality + 1.645 * sure
    return Earlier(Standing(0, quality, low, high, 0.5, 1, Verdict.EDGE, seen, seen // 2), changed)


def ladder(count: int, **changes: Earlier) -> list[Earlier | None]:
    """Designs a fifth apart, the best first, each sure of its place but for `changes` (by position)."""
    return [changes.get(f"p{i}", stood((count / 2 - i) / 5)) for i in range(count)]


def test_without_an_earlier_round_everything_is_asked_about() -> None:
    assert focus.focus(CARDS, [None] * 30, "s").positions == tuple(range(30))


def test_cards_ask_about_the_edge_the_changed_and_the_little_seen() -> None:
    earlier = ladder(
        40,
        p0=stood(4, changed=True),
        p1=stood(3.8, seen=ENOUGH - 1),
        p20=stood(0.0, sure=2.0),
        p39=stood(-4, changed=True),
    )
    assert focus.focus(CARDS, earlier, "s").positions == (0, 1, 7, 8, 9, 10, 11, 12, 20, 39)


def test_duels_ask_about_the_edge_alone() -> None:
    earlier = ladder(40, p0=stood(4, seen=1), p20=stood(0.0, sure=2.0))
    assert focus.focus(PAIRS, earlier, "s").positions == (7, 8, 9, 10, 11, 12, 20)


def test_a_change_can_put_a_design_on_the_edge() -> None:
    earlier = ladder(40, p14=stood(1.2, changed=True))
    assert 14 in focus.focus(PAIRS, earlier, "s").positions


def a_focus(of: int, asked: int) -> Focus:
    return Focus(tuple(range(asked)), tuple(-i / 10 for i in range(of)))


@given(st.integers(2, 90), st.integers(0, 60), st.integers(1, 10**6), st.integers(0, 50))
def test_a_deck_holds_as_many_cards_as_were_promised_once_each(
    asked: int, others: int, fan: int, mean: int
) -> None:
    about = a_focus(asked + others, asked)
    seen = np.random.default_rng(fan).poisson(mean, asked + others).tolist()
    deck = focus.deck("s", fan, about, seen, {0, 1})
    assert len(deck) == len(set(deck)) == focus.asked(CARDS, about) <= DECK
    assert deck == focus.deck("s", fan, about, seen, [1, 0])


@given(st.integers(2, 40), st.integers(0, 40), st.integers(1, 10**6), st.integers(0, 50))
def test_a_fan_meets_as_many_pairs_as_were_promised_and_none_twice(
    asked: int, others: int, fan: int, mean: int
) -> None:
    about = a_focus(asked + others, asked)
    seen = np.random.default_rng(fan).poisson(mean, asked + others).tolist()
    drawn = focus.duels("s", fan, about, seen)
    met = [ballots.pair_of(*page) for page in ballots.pages(drawn, 2)]
    assert len(met) == len(set(met)) == focus.asked(PAIRS, about) <= DUELS
    assert all(pair.first < pair.second and pair.first in about.positions for pair in met)
    assert drawn == focus.duels("s", fan, about, seen)


def test_who_saw_the_rest_is_asked_first_about_what_they_never_saw() -> None:
    about = a_focus(30, 12)
    deck = focus.deck("s", 7, about, [0] * 30, set(range(9)))
    fresh = [position for position in deck if position >= 9]
    assert list(deck[: len(fresh)]) == fresh
    assert set(range(9, 12)) < set(fresh)


def test_a_share_of_every_deck_is_drawn_from_the_rest_and_differs() -> None:
    about = a_focus(60, 16)
    drawn = [frozenset(p for p in focus.deck("s", fan, about, [0] * 60, ()) if p >= 16) for fan in range(50)]
    assert {len(extra) for extra in drawn} == {4}
    assert len(set(drawn)) > 40
    assert len(frozenset().union(*drawn)) > 40


@pytest.mark.parametrize("fans", [40, 200])
def test_everything_in_focus_is_met_about_equally_often(fans: int) -> None:
    """Fans stop after a geometric number of pages (mean 8); views count once given."""
    about = a_focus(60, 30)
    rng = np.random.default_rng(1)
    for draw, size in ((focus.duels, 2), (lambda s, f, a, n: focus.deck(s, f, a, n, ()), 1)):
        seen = [0] * 60
        for fan in range(fans):
            for position in draw("s", fan, about, seen)[: size * rng.geometric(1 / 8)]:
                seen[position] += 1
        views = np.array(seen[:30])
        assert views.min() > 0.5 * views.mean()
        assert sum(seen[30:]) < 0.35 * sum(seen)


def test_duels_are_between_neighbours_and_sides_tell_nothing() -> None:
    about = a_focus(40, 40)
    left: Counter[bool] = Counter()
    apart = []
    for fan in range(60):
        for one, other in ballots.pages(focus.duels("s", fan, about, [0] * 40), 2):
            left[one < other] += 1
            apart.append(abs(one - other))
    assert abs(left[True] - left[False]) < 0.1 * left.total()
    assert np.mean(apart) < 9  # any two of 40 are 13.7 apart on average
