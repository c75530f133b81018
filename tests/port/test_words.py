"""What pages of ballots are called, and which comes next."""

import pytest

from bot.port.words import near, onward

YES, NO = True, False


@pytest.mark.parametrize(
    ("pages", "page", "leafing", "found"),
    [
        ((YES, NO, YES, NO), 1, NO, 2),
        ((YES, NO, YES, NO), 2, NO, 4),
        ((YES, NO, YES, NO), 4, NO, 2),
        ((YES, NO, YES), 2, NO, None),
        ((YES, YES, YES), 2, YES, 3),
        ((YES, YES, YES), 3, YES, None),
        ((NO, NO), 9, NO, 1),
        ((), 0, NO, None),
    ],
    ids=["next", "not itself", "skipped", "last left", "leafing", "leafing ends", "no such page", "no pages"],
)
def test_the_page_after_one(pages: tuple[bool, ...], page: int, leafing: bool, found: int | None) -> None:
    assert onward(pages, page, leafing) == found


def test_few_pages_are_all_linked() -> None:
    assert near((NO,) * 20, 3) == [*range(1, 21)]


@pytest.mark.parametrize(
    ("current", "found"),
    [
        (1, [1, 2, None, 80]),
        (3, [1, 2, 3, 4, None, 80]),
        (40, [1, None, 39, 40, 41, None, 80]),
        (80, [1, None, 79, 80]),
    ],
)
def test_of_many_pages_both_ends_and_those_around_are_linked(current: int, found: list[int | None]) -> None:
    assert near((NO,) * 80, current) == found
