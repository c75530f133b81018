import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import RuleError
from bot.rounds.estimate import TIE, Estimate, chances, estimate, levels, lot, standings
from bot.rounds.evidence import Answers, Floats, Ints
from bot.rounds.expose import order
from bot.rounds.model import Verdict


def made_up(
    quality: Floats, *, fans: int, mean: float, spread: float, seed: int, level: float = -1.0
) -> Answers:
    """Let fans see a geometric number of versions in a random order and answer by the model."""
    rng = np.random.default_rng(seed)
    shown = [rng.permutation(quality.size)[: 2 + rng.geometric(1 / mean)] for _ in range(fans)]
    fan = np.repeat(np.arange(fans), [len(s) for s in shown])
    version = np.concatenate(shown)
    return answered(quality, rng.normal(level, spread, fans), fan, version, rng)


def answered(
    quality: Floats, leniency: Floats, fan: Ints, version: Ints, rng: np.random.Generator
) -> Answers:
    chance = 1 / (1 + np.exp(-quality[version] - leniency[fan]))
    return Answers.of_arrays(fan, version, rng.random(fan.size) < chance)


def centred(seed: int, versions: int = 120, sd: float = 0.8) -> Floats:
    quality = np.random.default_rng(seed).normal(0, sd, versions)
    return np.asarray(quality - quality.mean())


def an_estimate(quality: list[float], sd: float | list[float] = 0.3) -> Estimate:
    n = len(quality)
    zeros = np.zeros(n, dtype=np.intp)
    return Estimate(np.array(quality), np.broadcast_to(np.array(sd), n).astype(float), zeros, zeros)


# ------------------------------------------------------------------ answers


def test_answers_map_any_fan_ids_to_dense_indices() -> None:
    answers = Answers.of([(900, 2, True), (-4, 0, False), (900, 1, False)])
    assert answers.fan.tolist() == [1, 0, 1]
    assert answers.version.tolist() == [2, 0, 1]
    assert answers.picked.tolist() == [True, False, False]


def test_answers_of_nothing_are_empty() -> None:
    answers = Answers.of([])
    assert answers.fan.size == answers.version.size == answers.picked.size == 0


def test_answers_from_columns_are_the_same_as_from_rows() -> None:
    rows = [(7, 1, True), (3, 0, False), (7, 0, True)]
    one, other = Answers.of(rows), Answers.of_arrays(*zip(*rows, strict=True))
    assert one.fan.tolist() == other.fan.tolist()
    assert one.picked.tolist() == other.picked.tolist()


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        Answers.of_arrays([1, 2], [0, 1], [True])


def test_an_answer_about_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match="outside 0 to 1"):
        estimate(Answers.of([(1, 2, True)]), 2)


# ------------------------------------------------------------------ the estimate


def test_counts_are_the_answers() -> None:
    result = estimate(Answers.of([(1, 0, True), (2, 0, False), (3, 0, True), (1, 2, False)]), 4)
    assert result.seen.tolist() == [3, 0, 1, 0]
    assert result.picks.tolist() == [2, 0, 0, 0]


def test_without_answers_everything_is_average_and_unsure() -> None:
    result = estimate(Answers.of([]), 3)
    assert result.quality.tolist() == [0, 0, 0]
    assert result.sd.tolist() == pytest.approx([0.8] * 3)
    assert estimate(Answers.of([]), 0).quality.size == 0


def test_a_version_nobody_saw_is_average_and_the_least_sure() -> None:
    answers = made_up(centred(1, 20), fans=60, mean=8, spread=1, seed=2)
    result = estimate(answers, 21)
    assert result.quality[20] == 0
    assert result.sd[20] > result.sd[:20].max()
    assert result.quality[:20].mean() == pytest.approx(0, abs=1e-9)


def test_more_answers_make_a_version_surer() -> None:
    quality = centred(3, 40)
    few = estimate(made_up(quality, fans=60, mean=10, spread=1, seed=4), 40)
    many = estimate(made_up(quality, fans=960, mean=10, spread=1, seed=4), 40)
    assert np.all(many.sd < 0.6 * few.sd)


def test_generous_fans_do_not_lift_what_they_happened_to_see() -> None:
    """Version 0 was picked by 12 of 20 strict fans, version 1 by 14 of 20 who pick nearly everything."""
    others = range(2, 12)
    strict = [(fan, v, (fan + v) % 10 == 0) for fan in range(20) for v in others]
    generous = [(fan, v, (fan + v) % 10 != 0) for fan in range(20, 40) for v in others]
    shown = [(fan, 0, fan < 12) for fan in range(20)] + [(fan, 1, fan < 34) for fan in range(20, 40)]
    result = estimate(Answers.of(strict + generous + shown), 12)
    assert result.picks[1] > result.picks[0]
    assert result.quality[0] > result.quality[1] + 1


@pytest.mark.parametrize(
    "picks",
    [lambda fan, version: True, lambda fan, version: False, lambda fan, version: fan % 2 == 0],
    ids=["all yes", "all no", "each fan one or the other"],
)
@pytest.mark.parametrize("fans", [1, 2, 300])
def test_fans_who_do_not_choose_say_nothing_and_break_nothing(
    picks: Callable[[int, int], bool], fans: int
) -> None:
    result = estimate(Answers.of((f, v, picks(f, v)) for f in range(fans) for v in range(10)), 10)
    assert np.all(np.isfinite(result.sd))
    assert np.all(result.sd > 0)
    assert len(set(levels(result.quality).tolist())) == 1
    assert np.abs(result.quality).max() < 1e-9


def test_one_version_picked_by_all_stays_finite() -> None:
    result = estimate(Answers.of((f, v, v == 0) for f in range(500) for v in range(5)), 5)
    assert 1 < result.quality[0] < 20
    assert len(set(levels(result.quality[1:]).tolist())) == 1


@given(st.integers(0, 2**32))
def test_numbers_and_orders_carry_no_merit(seed: int) -> None:
    answers = made_up(centred(seed, 15), fans=30, mean=5, spread=1, seed=seed)
    rng = np.random.default_rng(seed)
    versions, rows = rng.permutation(15), rng.permutation(answers.fan.size)
    fans = rng.permutation(1000)
    before = estimate(answers, 15)
    after = estimate(
        Answers.of_arrays(fans[answers.fan[rows]], versions[answers.version[rows]], answers.picked[rows]), 15
    )
    np.testing.assert_allclose(after.quality[versions], before.quality, atol=TIE / 100)
    np.testing.assert_allclose(after.sd[versions], before.sd, atol=TIE / 100)
    np.testing.assert_array_equal(levels(after.quality)[versions], levels(before.quality))


@given(st.integers(0, 1000))
def test_equal_answers_from_exchangeable_fans_are_a_tie(seed: int) -> None:
    """Versions 8 and 9 have mirrored fans: f + 20 saw and answered 9 as f did 8, and the rest alike."""
    rng = np.random.default_rng(seed)
    picked, shown = rng.random((20, 10)) < 0.4, rng.random((20, 10)) < 0.6
    mirror = [*range(8), 9, 8]
    seen = [(f, v) for f in range(20) for v in range(10) if shown[f, v]]
    rows = [(f, v, bool(picked[f, v])) for f, v in seen]
    rows += [(f + 20, mirror[v], bool(picked[f, v])) for f, v in seen]
    result = estimate(Answers.of([rows[i] for i in rng.permutation(len(rows))]), 10)
    level = levels(result.quality)
    assert level[8] == level[9]
    ordered = standings(result, 3, "seed")
    assert ordered[8].quality == ordered[9].quality
    assert max(level) >= 5


@pytest.mark.parametrize(
    ("fans", "mean", "spread"),
    [(100, 15, 1.0), (400, 15, 1.0), (400, 5, 1.5), (800, 1, 1.5), (300, 40, 1.5), (300, 15, 0.5)],
)
def test_qualities_are_as_large_and_as_sure_as_they_say(fans: int, mean: float, spread: float) -> None:
    """Over 8 made-up rounds, 90 % intervals hold 85 to 95 %; errors are as large as the standard deviations
    say, and the truth rises by 1 where the quality does, both to 7 %."""
    truths = [centred(seed) for seed in range(8)]
    results = [
        estimate(made_up(truth, fans=fans, mean=mean, spread=spread, seed=100 + seed), truth.size)
        for seed, truth in enumerate(truths)
    ]
    truth = np.concatenate(truths)
    quality, sd = (np.concatenate([getattr(r, name) for r in results]) for name in ("quality", "sd"))
    assert 0.85 <= np.mean(np.abs(truth - quality) < 1.645 * sd) <= 0.95
    assert np.sqrt(np.mean(((truth - quality) / sd) ** 2)) == pytest.approx(1, abs=0.07)
    assert truth @ quality / (quality @ quality) == pytest.approx(1, abs=0.07)


def test_intervals_and_chances_hold_when_the_least_seen_come_first() -> None:
    versions, keep = 120, 48
    held: list[float] = []
    told: list[Floats] = []
    belongs: list[Floats] = []
    for seed in range(8):
        truth, result = _least_seen_first(seed, versions)
        held.append(float((np.abs(truth - result.quality) < 1.645 * result.sd).mean()))
        told.append(np.array([s.chance for s in standings(result, keep, "s")]))
        belongs.append((np.argsort(np.argsort(-truth)) < keep).astype(float))
    assert 0.85 <= np.mean(held) <= 0.95
    chance, did = np.concatenate(told), np.concatenate(belongs)
    for low in np.arange(0, 1, 0.2):
        inside = (chance >= low) & (chance <= low + 0.2)
        assert chance[inside].mean() == pytest.approx(did[inside].mean(), abs=0.08)


def _least_seen_first(seed: int, versions: int) -> tuple[Floats, Estimate]:
    truth, rng = centred(seed, versions), np.random.default_rng(1000 + seed)
    seen = np.zeros(versions, dtype=int)
    shown: list[Ints] = []
    for reader in range(250):
        shown.append(np.array(order(str(seed), reader, seen.tolist(), 20)[: 2 + rng.geometric(1 / 15)]))
        seen[shown[-1]] += 1
    fan = np.repeat(np.arange(250), [s.size for s in shown])
    answers = answered(truth, rng.normal(-1, 1, 250), fan, np.concatenate(shown), rng)
    return truth, estimate(answers, versions)


# ------------------------------------------------------------------ ties and lots


def test_levels_number_distinct_qualities_from_the_best() -> None:
    assert levels([0.5, 2.0, 0.5 + TIE / 10, -1.0]).tolist() == [1, 0, 1, 2]
    assert levels([]).tolist() == []
    assert levels([1.0, 1.0 + 3 * TIE]).tolist() == [1, 0]


def test_a_lot_favours_no_position() -> None:
    first = [min(range(5), key=partial(lot, f"seed {seed}")) for seed in range(2000)]
    assert all(340 < first.count(position) < 460 for position in range(5))


# ------------------------------------------------------------------ standings


def test_standings_hold_the_interval_the_place_and_the_counts() -> None:
    answers = made_up(centred(5, 12), fans=50, mean=6, spread=1, seed=6)
    result = estimate(answers, 12)
    for position, s in enumerate(standings(result, 5, "seed")):
        assert s.position == position
        assert s.quality == result.quality[position]
        assert (s.high - s.low) / 2 == pytest.approx(1.645 * result.sd[position])
        assert (s.low + s.high) / 2 == pytest.approx(s.quality)
        assert s.place == 1 + (result.quality > s.quality).sum()
        assert (s.seen, s.picks) == (result.seen[position], result.picks[position])


def test_the_line_is_midway_and_edge_is_an_interval_that_reaches_it() -> None:
    sd = 1 / 1.645  # so that every interval reaches 1 to either side; the line is at 1.0
    result = standings(an_estimate([3.5, 1.5, 0.5, -0.5, 2.1, -0.1, 1.9], sd), 4, "s")
    assert [s.verdict for s in result] == [
        Verdict.SAFE,
        Verdict.EDGE,
        Verdict.EDGE,
        Verdict.OUT,
        Verdict.SAFE,
        Verdict.OUT,
        Verdict.EDGE,
    ]


@pytest.mark.parametrize("keep", [3, 4, 100])
def test_keeping_all_is_safe_for_all(keep: int) -> None:
    for s in standings(an_estimate([1.0, -5.0, 0.2]), keep, "s"):
        assert (s.verdict, s.chance) == (Verdict.SAFE, 1.0)


def test_no_versions_have_no_standings() -> None:
    assert standings(an_estimate([]), 3, "s") == ()


def test_a_cut_that_keeps_nothing_is_refused() -> None:
    with pytest.raises(RuleError) as refused:
        standings(an_estimate([1.0]), 0, "s")
    assert refused.value.code == "cut.keep"


def test_equal_versions_take_places_by_lot_and_have_one_quality() -> None:
    tied = an_estimate([0.0, 1.0, 1.0 + TIE / 10, -1.0, 1.0])
    firsts = set()
    for seed in map(str, range(40)):
        result = standings(tied, 2, seed)
        by_place = sorted(result, key=lambda s: s.place)
        assert result == standings(tied, 2, seed)
        assert sorted(s.place for s in result) == [1, 2, 3, 4, 5]
        assert (result[0].place, result[3].place) == (4, 5)
        assert result[1].quality == result[2].quality == result[4].quality
        assert sorted([1, 2, 4], key=partial(lot, seed)) == [s.position for s in by_place[:3]]
        firsts.add(by_place[0].position)
    assert firsts == {1, 2, 4}


# ------------------------------------------------------------------ chances


def test_of_two_the_chance_is_that_their_difference_is_positive() -> None:
    chance = chances(np.array([0.4, -0.1]), np.array([0.5, 0.3]), 1)
    exact = 0.5 * (1 + math.erf(0.5 / math.sqrt(0.5**2 + 0.3**2) / math.sqrt(2)))
    assert chance.tolist() == pytest.approx([exact, 1 - exact], abs=1e-3)


@pytest.mark.parametrize(("versions", "keep"), [(3, 2), (12, 1), (12, 11), (60, 24)])
def test_chances_are_those_of_drawing_every_quality(versions: int, keep: int) -> None:
    rng = np.random.default_rng(versions)
    quality, sd = rng.normal(0, 0.8, versions), rng.uniform(0.05, 0.9, versions)
    drawn = quality + sd * rng.standard_normal((40_000, versions))
    line = np.sort(drawn, axis=1)[:, -keep]
    chance = chances(quality, sd, keep)
    np.testing.assert_allclose(chance, (drawn >= line[:, None]).mean(0), atol=0.012)
    assert chance.sum() == pytest.approx(keep, rel=1e-3)


@given(
    st.lists(st.tuples(st.floats(-4, 4), st.floats(0.01, 2)), min_size=2, max_size=30),
    st.integers(1, 30),
    st.integers(0, 2**32),
)
def test_chances_are_probabilities_that_know_no_position(
    versions: list[tuple[float, float]], keep: int, seed: int
) -> None:
    mixed = [versions[i] for i in np.random.default_rng(seed).permutation(len(versions))]
    before, after = (
        chances(np.array([v[0] for v in vs]), np.array([v[1] for v in vs]), keep) for vs in (versions, mixed)
    )
    assert np.all((before >= 0) & (before <= 1))
    told = {version: float(chance) for version, chance in zip(versions, before, strict=True)}
    assert after.tolist() == pytest.approx([told[version] for version in mixed], abs=1e-9)
    assert before.sum() == pytest.approx(min(keep, len(versions)), abs=0.02 * len(versions))


def test_far_apart_versions_are_certain() -> None:
    chance = chances(np.linspace(0, 4.5, 10), np.full(10, 0.01), 4)
    assert chance.tolist() == pytest.approx([0] * 6 + [1] * 4, abs=1e-9)
