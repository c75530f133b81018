"""The geometry that patterns and seams rely on."""

from itertools import pairwise
from math import hypot

import pytest

from bot.demo.curves import Patch, Point, join, line, mirror, plus, profile, sample, through


def at(curve: tuple[Point, ...], y: float) -> float:
    """Find the x of a seam at a height."""
    return min(sample(curve, 400), key=lambda p: abs(p[1] - y))[0]


def test_a_seam_passes_through_its_knots_and_is_nowhere_narrower_than_the_waist() -> None:
    knots = [(19.0, 21.0), (15.0, 39.0), (21.0, 60.0), (24.0, 100.0)]
    seam = profile(*knots)
    assert seam[::3] == tuple(knots)
    xs = [x for x, _ in sample(seam, 300)]
    assert min(xs) == pytest.approx(15.0, abs=0.02)
    assert max(xs) == pytest.approx(24.0)


def test_a_smooth_curve_passes_through_every_point() -> None:
    points = [(0.0, 0.0), (3.0, 1.0), (5.0, -2.0), (9.0, 0.0)]
    assert through(points)[::3] == tuple(points)


def test_samples_stand_at_equal_distances() -> None:
    samples = sample(line((0, 0), (3, 4), (3, 14)), 16)
    steps = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(samples)]
    assert samples[0] == (0, 0)
    assert samples[-1] == pytest.approx((3, 14))
    assert steps == pytest.approx([1.0] * 15, abs=0.06)


def test_joining_bridges_gaps_and_mirroring_twice_changes_nothing() -> None:
    half = join(line((0, 0), (4, 0)), line((4, 8), (0, 8)))
    assert (4, 8) in half
    assert (-4, 8) in mirror(half)
    assert mirror(mirror(half)) == half


def test_cloth_spans_its_edges_sags_in_the_middle_and_ends_on_the_rippling_hem() -> None:
    patch = Patch(line((-10, 0), (-20, 40)), line((10, 0), (20, 40)), (0.0, 2.0), lambda u: 3 * u)
    assert patch.point(-1, 0) == pytest.approx((-10, 0))
    assert patch.point(1, 0.5)[0] == pytest.approx(15)
    assert patch.point(0, 1) == pytest.approx((0, 42))
    assert patch.point(0.5, 1) == pytest.approx((10, 40 + 2 * 0.75 + 1.5))
    assert patch.width(0.5) == pytest.approx(30)
    assert patch.lean == pytest.approx(0)


def test_a_mirrored_sleeve_leans_the_other_way() -> None:
    sleeve = Patch(line((10, 0), (30, 40)), line((20, 0), (40, 40)))
    assert sleeve.mirrored().lean == pytest.approx(-sleeve.lean)
    assert sleeve.lean < -20
    assert sleeve.mirrored().point(-1, 1) == pytest.approx((-40, 40))


def test_walking_adds_up_its_steps() -> None:
    assert plus((1, 1), ((0, 1), 4), ((1, 0), -2)) == (-1, 5)
