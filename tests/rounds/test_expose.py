from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rounds.expose import order

VERSIONS, PAGE = 200, 20


@given(st.text(), st.integers(0, 2**63), st.lists(st.integers(0, 10_000), max_size=60), st.integers(1, 30))
def test_every_version_appears_once_and_the_order_is_stable(
    seed: str, fan_id: int, seen: list[int], page_size: int
) -> None:
    shown = order(seed, fan_id, seen, page_size)
    assert sorted(shown) == list(range(len(seen)))
    assert shown == order(seed, fan_id, tuple(seen), page_size)


def test_a_page_holds_something() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        order("s", 1, [0, 0], 0)


def test_fans_and_rounds_have_orders_of_their_own() -> None:
    orders = {order(seed, fan, [0] * 30, PAGE) for seed in ("one", "two") for fan in range(50)}
    assert len(orders) == 100


def test_no_position_is_favoured_when_all_are_equally_seen() -> None:
    """3,000 fans, 200 versions: each is expected 15 times in each of the 200 places and 300 on page 1."""
    orders = [order("seed", fan, [7] * VERSIONS, PAGE) for fan in range(3000)]
    first_pages = Counter(position for shown in orders for position in shown[:PAGE])
    assert all(230 < first_pages[position] < 370 for position in range(VERSIONS))
    places = np.mean([np.argsort(shown) for shown in orders], axis=0)
    assert np.abs(places - (VERSIONS - 1) / 2).max() < 5


def test_much_less_seen_versions_come_first() -> None:
    seen = [0 if position % 10 == 3 else 1000 for position in range(VERSIONS)]
    for fan in range(20):
        assert all(position % 10 == 3 for position in order("s", fan, seen, PAGE)[:PAGE])


def test_a_place_on_the_page_does_not_tell_how_often_something_was_seen() -> None:
    """The 10 versions never seen share page 1 with 10 others, and stand anywhere on it."""
    seen = [0 if position < 10 else 500 for position in range(VERSIONS)]
    places = [place for fan in range(400) for place, v in enumerate(order("s", fan, seen, PAGE)) if v < 10]
    assert max(places) == PAGE - 1
    assert np.mean(places) == pytest.approx((PAGE - 1) / 2, abs=0.5)


def exposure(fans: int, at_once: int, *, shuffled: bool) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Count views by fans who stop after a geometric number of pages (mean 2), `at_once` of them reading
    at any time: what a fan saw counts only when `at_once` more have begun."""
    rng = np.random.default_rng(5)
    seen = np.zeros(VERSIONS, dtype=np.int64)
    reading: list[list[int]] = []
    for fan in range(fans):
        if len(reading) == at_once:
            seen[reading.pop(0)] += 1
        counts = [0] * VERSIONS if shuffled else seen.tolist()
        reading.append(list(order("s", fan, counts, PAGE)[: PAGE * rng.geometric(0.5)]))
    for views in reading:
        seen[views] += 1
    return seen


@pytest.mark.parametrize(("fans", "at_once", "evener"), [(100, 1, 2.0), (400, 1, 2.5), (400, 30, 2.0)])
def test_views_are_much_evener_than_after_a_shuffle(fans: int, at_once: int, evener: float) -> None:
    ours, shuffled = (exposure(fans, at_once, shuffled=s) for s in (False, True))
    assert ours.sum() == shuffled.sum()
    assert ours.std() < shuffled.std() / evener
    assert ours.min() > shuffled.min()
    assert ours.min() > 0.6 * ours.mean()


def test_hundreds_of_fans_at_once_do_no_harm() -> None:
    ours, shuffled = (exposure(400, 150, shuffled=s) for s in (False, True))
    assert ours.min() > 0.6 * ours.mean()
    assert ours.std() < 1.5 * shuffled.std()
