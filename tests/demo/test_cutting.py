"""Prints end where the cloth does."""

import pytest

from bot.demo.curves import line
from bot.demo.cutting import Cutter

SQUARE = Cutter(line((0, 0), (10, 0), (10, 10), (0, 10), (0, 0)))
NOTCHED = Cutter(line((0, 0), (4, 0), (4, 6), (6, 6), (6, 0), (10, 0), (10, 10), (0, 10), (0, 0)))


def test_depth_is_the_distance_to_the_edge_and_negative_outside() -> None:
    assert list(SQUARE.depth([(5, 5), (9, 5), (12, 5), (5, -3)])) == pytest.approx([5, 1, -2, -3])
    assert list(SQUARE.depth([])) == []


def test_a_shape_that_sticks_out_is_laid_along_the_edge() -> None:
    (kept, cut) = SQUARE.shapes([[(2, 2), (4, 2), (3, 4)], [(8, 4), (13, 5), (8, 6)]])
    assert kept == ((2, 2), (4, 2), (3, 4))
    assert cut[0] == (8, 4)
    assert cut[1] == pytest.approx((10, 5))


def test_a_shape_that_reaches_over_a_gap_is_left_out() -> None:
    (kept,) = NOTCHED.shapes([[(3, 2), (7, 2), (5, 3)], [(1, 2), (2, 2), (1.5, 3)]])
    assert kept == ((1, 2), (2, 2), (1.5, 3))


def test_a_band_over_a_notch_falls_into_two_parts_that_end_at_it() -> None:
    xs = [k * 0.25 - 1 for k in range(49)]
    parts = NOTCHED.strip([(x, 2.0) for x in xs], [(x, 3.0) for x in xs])
    spans = [(min(x for x, _ in p), max(x for x, _ in p)) for p in parts]
    assert spans == [pytest.approx((0, 4), abs=0.01), pytest.approx((6, 10), abs=0.01)]


def test_a_band_below_the_notch_stays_whole() -> None:
    xs = [k * 0.25 - 1 for k in range(49)]
    assert len(NOTCHED.strip([(x, 8.0) for x in xs], [(x, 9.0) for x in xs])) == 1


def test_a_thin_line_keeps_only_its_inner_runs() -> None:
    runs = NOTCHED.runs([(k * 0.5 + 0.1, 2.0) for k in range(-4, 26)])
    assert [(run[0][0], run[-1][0]) for run in runs] == [pytest.approx((0.1, 3.6)), pytest.approx((6.1, 9.6))]
    assert all(y == 2.0 for run in runs for _, y in run)


def test_points_just_outside_are_close_and_far_ones_are_not() -> None:
    assert SQUARE.close([(5, 5), (10.5, 5), (12, 5)], 1.0) == [(5, 5), (10.5, 5)]
    assert SQUARE.close([], 1.0) == []
