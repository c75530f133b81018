"""Runs of presales' posts share a shelf; whatever else is in the feed stays where it is."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.web.shelves import Shelf, shelved
from bot.port import Card, FeedPost
from bot.text import t
from tests.clock import START

KINDS = ("presale", "price", "presale_result", "round")


def posts(*kinds: str, minutes: int = 1) -> list[FeedPost]:
    return [
        FeedPost(i, START + timedelta(minutes=minutes * i), Card(kind, t("{n}", n=i)))
        for i, kind in enumerate(kinds, 1)
    ]


@pytest.mark.parametrize("kind", KINDS[:3])
def test_three_of_a_kind_share_a_shelf(kind: str) -> None:
    run = posts(kind, kind, kind)
    assert shelved(run) == [Shelf(1, START + timedelta(minutes=1), kind, tuple(run))]
    assert shelved(run[:2]) == run[:2]


def test_other_posts_and_other_kinds_part_a_run() -> None:
    for between in ("round", "price"):
        run = posts("presale", "presale", between, "presale")
        assert shelved(run) == run
    assert shelved(posts("round", "round", "round")) == posts("round", "round", "round")


def test_what_came_hours_later_has_a_place_of_its_own() -> None:
    run = posts("price", "price", "price", "price", minutes=25)
    assert [isinstance(item, Shelf) for item in shelved(run)] == [True, False]


@given(st.lists(st.sampled_from(KINDS), max_size=30), st.integers(1, 40))
def test_every_post_is_shown_once_and_in_order(kinds: list[str], minutes: int) -> None:
    run = posts(*kinds, minutes=minutes)
    shown: list[FeedPost] = []
    for item in shelved(run):
        shown += item.posts if isinstance(item, Shelf) else [item]
    assert shown == run
