"""Cards, duels and what earlier rounds knew move the one quality that picks move, and are honest about it."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rounds.estimate import TIE, Estimate, estimate, levels, standings
from bot.rounds.evidence import (
    CHANGE_VARIANCE,
    Answers,
    Duels,
    Earlier,
    Floats,
    Ints,
    Kind,
    Prior,
    Ratings,
    carried,
)

GAP, MARGIN = 1.8, 0.5
"""The thresholds of the made-up fans, away from where the fit starts."""


def centred(seed: int, versions: int = 60) -> Floats:
    quality = np.random.default_rng(seed).normal(0, 0.8, versions)
    return np.asarray(quality - quality.mean())


def shown(rng: np.random.Generator, versions: int, fans: int, mean: float) -> tuple[Ints, Ints]:
    """Let fans see a geometric number of versions."""
    seen = [rng.permutation(versions)[: 2 + rng.geometric(1 / mean)] for _ in range(fans)]
    return np.repeat(np.arange(fans), [len(s) for s in seen]), np.concatenate(seen)


def sheets(quality: Floats, fans: int, seed: int, mean: float = 15) -> Answers:
    rng = np.random.default_rng(seed)
    fan, version = shown(rng, quality.size, fans, mean)
    feels = quality[version] + rng.normal(-1, 1, fans)[fan] + rng.logistic(size=fan.size)
    return Answers.of_arrays(fan, version, feels > 0)


def cards(quality: Floats, fans: int, seed: int, mean: float = 15) -> Ratings:
    rng = np.random.default_rng(seed)
    fan, version = shown(rng, quality.size, fans, mean)
    feels = quality[version] + rng.normal(-0.5, 1, fans)[fan] + rng.logistic(size=fan.size)
    return Ratings.of_arrays(fan, version, (feels > 0).astype(int) + (feels > GAP))


def duels(quality: Floats, fans: int, seed: int, mean: float = 15, known: Floats | None = None) -> Duels:
    """Draw partners within 10 places by what is `known`, as a round of duels does; else anybody.

    Partners near in truth would be a sign of it that no estimate can know of.
    """
    rng = np.random.default_rng(seed)
    rows = int(fans * mean)
    first = rng.integers(0, quality.size, rows)
    second = rng.integers(0, quality.size, rows)
    if known is not None:
        ranked = np.argsort(-known)
        steps = rng.integers(1, 11, rows) * rng.choice([-1, 1], rows)
        second = ranked[np.clip(np.argsort(ranked)[first] + steps, 0, quality.size - 1)]
    first, second = first[first != second], second[first != second]
    feels = quality[first] - quality[second] + rng.logistic(size=first.size)
    choice = np.where(feels > MARGIN, 1, np.where(feels < -MARGIN, 2, 0))
    return Duels.of_arrays(first, second, choice)


def honest(truth: Floats, results: Floats, sd: Floats) -> None:
    """90 % intervals hold 85 to 95 %, errors are as large as they say, and the truth rises by 1 where the
    estimate does."""
    assert 0.85 <= np.mean(np.abs(truth - results) < 1.645 * sd) <= 0.95
    assert np.sqrt(np.mean(((truth - results) / sd) ** 2)) == pytest.approx(1, abs=0.08)
    assert truth @ results / (results @ results) == pytest.approx(1, abs=0.08)


def together(results: list[Estimate]) -> tuple[Floats, Floats]:
    return np.concatenate([r.quality for r in results]), np.concatenate([r.sd for r in results])


# ------------------------------------------------------------------ each kind by itself


@pytest.mark.parametrize("make", [cards, duels])
@pytest.mark.parametrize("fans", [40, 200])
def test_every_kind_is_as_large_and_as_sure_as_it_says(make: Callable[..., Kind], fans: int) -> None:
    truths = [centred(seed) for seed in range(12)]
    results = [estimate(make(truth, fans, 100 + i), truth.size) for i, truth in enumerate(truths)]
    honest(np.concatenate(truths), *together(results))


def test_three_answers_say_more_than_two() -> None:
    """The same fans, cards against the same cards with every love taken for a like."""
    errors = {"all": 0.0, "two": 0.0}
    for seed in range(8):
        truth = centred(seed)
        rated = cards(truth, 120, seed)
        likes = Answers(rated.fan, rated.version, rated.answer > 0)
        errors["all"] += float(((estimate(rated, 60).quality - truth) ** 2).sum())
        errors["two"] += float(((estimate(likes, 60).quality - truth) ** 2).sum())
    assert errors["all"] < 0.93 * errors["two"]


def test_cards_without_a_love_are_sheets() -> None:
    """With the upper threshold out of everybody's reach, only like and pass are left to learn from."""
    fan, version = shown(np.random.default_rng(1), 20, 4000, 15)
    picked = (fan + version) % 3 == 0
    rated = estimate(Ratings.of_arrays(fan, version, picked.astype(int)), 20)
    ticked = estimate(Answers.of_arrays(fan, version, picked), 20)
    np.testing.assert_allclose(rated.quality, ticked.quality, atol=0.01)
    np.testing.assert_allclose(rated.sd, ticked.sd, rtol=0.05)


def test_a_love_counts_for_more_than_a_like() -> None:
    fans = range(40)
    rows = [(f, v, 2 if v == 0 else 1 if v == 1 else (f + v) % 2) for f in fans for v in range(8)]
    result = estimate(Ratings.of_arrays(*zip(*rows, strict=True)), 8)
    assert result.quality[0] > result.quality[1] + 0.3 > result.quality[2:].max() + 0.6
    assert result.picks[:2].tolist() == [40, 40]


def test_generous_fans_do_not_lift_the_cards_they_happened_to_see() -> None:
    others = range(2, 12)
    strict = [(fan, v, int((fan + v) % 10 == 0)) for fan in range(20) for v in others]
    generous = [(fan, v, 2 - int((fan + v) % 10 == 0)) for fan in range(20, 40) for v in others]
    rows = [(f, 0, int(f < 12)) for f in range(20)] + [(f, 1, int(f < 34)) for f in range(20, 40)]
    result = estimate(Ratings.of_arrays(*zip(*strict, *generous, *rows, strict=True)), 12)
    assert result.quality[0] > result.quality[1] + 1


def test_who_wins_more_duels_stands_higher_and_who_fought_none_is_average() -> None:
    rows = [(a, b, 1 if n < 7 else 2) for a in range(4) for b in range(a + 1, 4) for n in range(10)]
    result = estimate(Duels.of_arrays(*zip(*rows, strict=True)), 5)
    assert np.all(np.diff(result.quality[:4]) < -0.2)
    assert result.quality[4] == 0
    assert (result.seen.tolist(), result.picks.tolist()) == ([30] * 4 + [0], [21, 17, 13, 9, 0])


def test_duels_nobody_could_decide_pull_two_versions_together() -> None:
    rest = [(a, b, 1) for a in (0, 1) for b in (2, 3) for _ in range(4)]
    apart = [(0, 1, 1)] * 6 + [(0, 1, 2)] * 2
    evens = [(0, 1, 0)] * 40
    before = estimate(Duels.of_arrays(*zip(*rest, *apart, strict=True)), 4)
    after = estimate(Duels.of_arrays(*zip(*rest, *apart, *evens, strict=True)), 4)
    assert 0 < after.quality[0] - after.quality[1] < 0.5 * (before.quality[0] - before.quality[1])


@given(st.integers(0, 2**32))
def test_sides_numbers_and_orders_carry_no_merit(seed: int) -> None:
    given_, rng = duels(centred(seed, 12), 8, seed), np.random.default_rng(seed)
    rated = cards(centred(seed, 12), 8, seed)
    versions, rows, turned = rng.permutation(12), rng.permutation(given_.first.size), rng.random() < 0.5
    one, other = versions[given_.first[rows]], versions[given_.second[rows]]
    choice = given_.choice[rows]
    if turned:
        one, other, choice = other, one, np.array([0, 2, 1])[choice]
    before = estimate([given_, rated], 12)
    mixed = Ratings(rated.fan, versions[rated.version], rated.answer)
    after = estimate([Duels.of_arrays(one, other, choice), mixed], 12)
    np.testing.assert_allclose(after.quality[versions], before.quality, atol=TIE / 10)
    np.testing.assert_allclose(after.sd[versions], before.sd, atol=TIE / 10)
    np.testing.assert_array_equal(levels(after.quality)[versions], levels(before.quality))


@pytest.mark.parametrize("answer", [0, 1, 2])
@pytest.mark.parametrize("fans", [1, 300])
def test_fans_who_answer_every_card_alike_say_nothing_and_break_nothing(answer: int, fans: int) -> None:
    fan, version = np.divmod(np.arange(fans * 10), 10)
    result = estimate(Ratings.of_arrays(fan, version, np.full(fan.size, answer)), 10)
    assert np.all(np.isfinite(result.sd) & (result.sd > 0))
    assert np.abs(result.quality).max() < 1e-9


def test_one_who_wins_everything_and_duels_without_a_winner_stay_finite() -> None:
    wins = estimate(Duels.of_arrays([0] * 500, np.arange(500) % 4 + 1, [1] * 500), 5)
    evens = estimate(Duels.of_arrays([0] * 500, np.arange(500) % 4 + 1, [0] * 500), 5)
    assert 1 < wins.quality[0] < 20
    assert np.abs(evens.quality).max() < 1e-9
    assert np.all(np.isfinite(wins.sd) & (evens.sd > 0))


@pytest.mark.parametrize(
    "make",
    ids=[
        "no card's answer",
        "ragged cards",
        "no duel's answer",
        "itself",
        "ragged duels",
        "no card",
        "no foe",
    ],
    argvalues=[
        lambda: Ratings.of_arrays([1], [0], [3]),
        lambda: Ratings.of_arrays([1], [0, 1], [1]),
        lambda: Duels.of_arrays([0], [1], [3]),
        lambda: Duels.of_arrays([0], [0], [1]),
        lambda: Duels.of_arrays([0], [1, 2], [1]),
        lambda: estimate(Ratings.of_arrays([1], [2], [1]), 2),
        lambda: estimate(Duels.of_arrays([0], [2], [1]), 2),
    ],
)
def test_what_cannot_be_an_answer_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"answered with|equally long|itself|outside"):
        make()


# ------------------------------------------------------------------ from round to round


def test_all_kinds_feed_one_estimate_that_stays_honest_over_a_season() -> None:
    """Sheets for 80, cards for the best 48, duels for the best 30: what is kept is chosen by the estimate
    itself, and each round starts where the one before ended."""
    truths, results, alone = [], [], []
    for seed in range(16):
        truth = centred(seed, 80)
        kept = np.arange(80)
        result = by_itself = estimate(sheets(truth, 60, seed), 80)
        for keep in (48, 30):
            best = np.sort(np.argsort(-result.quality)[:keep])
            kept = kept[best]
            prior = Prior(result.quality[best], result.sd[best])
            given_ = (
                cards(truth[kept], 30, seed)
                if keep == 48
                else duels(truth[kept], 30, seed, known=result.quality[best])
            )
            result = estimate(given_, kept.size, prior)
            by_itself = estimate(given_, kept.size)
        truths.append(truth[kept])
        results.append(result)
        alone.append(np.corrcoef(by_itself.quality, truth[kept])[0, 1])
    quality, sd = together(results)
    truth = np.concatenate(truths)
    assert 0.85 <= np.mean(np.abs(truth - quality) < 1.645 * sd) <= 0.95
    assert np.sqrt(np.mean(((truth - quality) / sd) ** 2)) == pytest.approx(1, abs=0.1)
    both = [np.corrcoef(r.quality, t)[0, 1] for r, t in zip(results, truths, strict=True)]
    assert np.mean(both) > np.mean(alone) + 0.05


def test_several_kinds_at_once_are_surer_than_each() -> None:
    truth = centred(1)
    kinds = (sheets(truth, 100, 1), cards(truth, 100, 2), duels(truth, 100, 3))
    whole = estimate(kinds, 60)
    for kind in kinds:
        assert np.all(whole.sd < estimate(kind, 60).sd)


def test_a_version_starts_where_it_stood_and_a_changed_one_less_sure() -> None:
    rounds = standings(estimate(sheets(centred(1, 5), 80, 1), 5), 2, "s")
    prior = carried([Earlier(rounds[0], False), Earlier(rounds[1], True), None])
    assert prior is not None
    before = [(s.high - s.low) / (2 * 1.645) for s in rounds]
    assert prior.mean.tolist() == [rounds[0].quality, rounds[1].quality, 0.0]
    assert prior.sd.tolist() == pytest.approx(
        [before[0], np.sqrt(before[1] ** 2 + CHANGE_VARIANCE), 0.8], abs=1e-12
    )
    unanswered = estimate(Answers.of([]), 3, prior)
    assert unanswered.quality.tolist() == prior.mean.tolist()
    assert unanswered.sd.tolist() == pytest.approx(prior.sd.tolist())


def test_nothing_earlier_is_no_prior() -> None:
    assert carried([None, None]) is None


def test_a_changed_version_moves_further_for_the_same_answers() -> None:
    rounds = standings(estimate(sheets(centred(1, 6), 80, 1), 6), 2, "s")
    answers = Answers.of((f, v, v < 2 or (f + v) % 3 == 0) for f in range(30) for v in range(6))
    moved = {}
    for changed in (False, True):
        prior = carried([Earlier(s, changed and s.position == 0) for s in rounds])
        moved[changed] = estimate(answers, 6, prior).quality[0] - rounds[0].quality
    assert moved[True] > 1.3 * moved[False] > 0


def test_generosity_of_a_round_moves_nobody() -> None:
    """Fans of a later round who like nearly everything tell of the versions' differences only."""
    prior = Prior(np.array([0.6, 0.2, -0.2, -0.6]), np.full(4, 0.2))
    generous = Answers.of((f, v, (f + v) % 12 != 0) for f in range(120) for v in range(4))
    assert estimate(generous, 4, prior).quality.mean() == pytest.approx(0, abs=0.01)


def test_what_is_not_asked_again_stays_where_it_was() -> None:
    prior = Prior(np.array([1.0, 0.1, -0.1, -1.0]), np.array([0.3, 0.3, 0.3, 0.25]))
    result = estimate(Duels.of_arrays([1] * 20, [2] * 20, [1] * 20), 4, prior)
    assert (result.quality[0], result.quality[3]) == (1.0, -1.0)
    assert result.sd[[0, 3]].tolist() == pytest.approx([0.3, 0.25])
    assert result.quality[1] > 0.2
    assert result.quality[2] < -0.2
