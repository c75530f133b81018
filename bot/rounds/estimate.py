"""How good each version is, how sure that is, and where that puts it at the cut.

The model: a fan picks a version with the log odds `quality + leniency`. Fans differ more than designs
do, so a version that met generous fans must not gain by it. Both terms are shrunk by a normal prior: a
version few fans saw stays near the mean, a fan who picks everything stays finite.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, ndtr

from bot.errors import RuleError
from bot.rounds.model import Standing, Verdict
from bot.text import t

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

TIE = 1e-9
"""Qualities closer than this are equal. Summing the same answers in another order moves a quality by
about 1e-14 and one answer in two million by more than 1e-7, so this lies well between the two."""

Z90 = 1.645
"""Standard deviations on either side of the middle that hold 90 % of a normal."""

QUALITY_VARIANCE, LENIENCY_VARIANCE, PRIOR_WEIGHT = 0.64, 1.0, 5.0
"""What the two variances are before any answer, worth five versions and five fans: agree rates in open
Polis conversations spread by 0.14 to 0.20, which is 0.6 to 0.9 in log odds, and people by more."""

TOLERANCE, SWEEPS, LONGEST_STEP = 1e-4, 100, 2.0
"""A fit rests when no quality moves by `TOLERANCE`: with two million answers an interval is still 700 times
as wide. Fans who saw mixed pages need about 10 sweeps, pages that share no fan up to 50."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Counted votes as three equal-length arrays: fan from 0, version from 0, picked (or seen and not).

    At most one row for a fan and a version.
    """

    fan: Ints
    version: Ints
    picked: Bools

    def __post_init__(self) -> None:
        if not self.fan.shape == self.version.shape == self.picked.shape == (self.fan.size,):
            raise ValueError("fan, version and picked must be flat and equally long")

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, bool]]) -> "Answers":
        """Take (fan id, version position, picked) rows; fan ids may be any integers."""
        table = np.array([(fan, version, bool(picked)) for fan, version, picked in rows], dtype=np.int64)
        table = table.reshape(-1, 3)
        return cls.of_arrays(table[:, 0], table[:, 1], table[:, 2])

    @classmethod
    def of_arrays(cls, fan_ids: ArrayLike, versions: ArrayLike, picked: ArrayLike) -> "Answers":
        """Take the same as three columns; for many rows several times faster than `of`."""
        fan = np.unique(np.asarray(fan_ids, dtype=np.int64), return_inverse=True)[1]
        version, pick = np.asarray(versions, dtype=np.intp), np.asarray(picked, dtype=np.bool_)
        return cls(fan.astype(np.intp), version, pick)


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Arrays of length V: quality in log odds (the mean is 0), its standard deviation, seen and picks."""

    quality: Floats
    sd: Floats
    seen: Ints
    picks: Ints


def estimate(answers: Answers, versions: int) -> Estimate:
    """Estimate every version's quality; one nobody saw gets the mean, 0, and the prior's width.

    A variational normal approximation with both variances learnt from the answers (empirical Bayes).
    It knows a version only by its answers: permuting versions, fans or rows permutes the result.
    """
    fit = _Fit(answers, versions)
    if answers.fan.size:
        for _ in range(SWEEPS):
            fit.move_fans()
            if fit.move_versions() < TOLERANCE:
                break
    return Estimate(fit.quality, np.sqrt(fit.quality_var), fit.seen, fit.picks)


class _Fit:
    """One fit under way: alternating Newton steps for fans and versions, until the versions rest.

    Each side predicts with the other's uncertainty averaged in, E[logistic(x)] for a normal x being about
    logistic(mean / √(1 + π variance / 8)) (MacKay 1992). Plugging in the most likely values instead makes
    qualities about 10 % too small and 90 % intervals hold about 85 % when fans give few answers.
    """

    def __init__(self, answers: Answers, versions: int) -> None:
        self.fan, self.version = answers.fan, answers.version
        if self.version.size and not 0 <= self.version.min() <= self.version.max() < versions:
            raise ValueError(f"an answer is about a version outside 0 to {versions - 1}")
        fans = int(self.fan.max()) + 1 if self.fan.size else 0
        picked = answers.picked.astype(np.float64)
        self.seen = np.bincount(self.version, minlength=versions).astype(np.intp)
        self.fan_picks = _sums(self.fan, picked, fans)
        self.version_picks = _sums(self.version, picked, versions)
        self.picks = np.rint(self.version_picks).astype(np.intp)
        self.quality_prior, self.leniency_prior, self.level = QUALITY_VARIANCE, LENIENCY_VARIANCE, 0.0
        self.quality, self.leniency = np.zeros(versions), np.zeros(fans)
        self.quality_var = np.full(versions, self.quality_prior)
        self.leniency_var = np.full(fans, self.leniency_prior)

    def _predict(self) -> tuple[Floats, Floats]:
        """Return each answer's chance of being a pick, and its slope in quality and leniency."""
        spread = self.leniency_var[self.fan] + self.quality_var[self.version]
        damping = 1.0 / np.sqrt(1.0 + math.pi / 8.0 * spread)
        chance = expit(damping * (self.leniency[self.fan] + self.quality[self.version]))
        return chance, damping * chance * (1.0 - chance)

    def move_fans(self) -> None:
        """Take one step in every leniency, then in their mean and variance."""
        fans = self.leniency.size
        chance, slope = self._predict()
        precision = _sums(self.fan, slope, fans) + 1.0 / self.leniency_prior
        shrink = (self.leniency - self.level) / self.leniency_prior
        pull = self.fan_picks - _sums(self.fan, chance, fans) - shrink
        self.leniency = self.leniency + np.clip(pull / precision, -LONGEST_STEP, LONGEST_STEP)
        self.leniency_var = 1.0 / precision
        self.level = float(self.leniency.mean())
        apart = self.leniency - self.level
        self.leniency_prior = _variance(apart, self.leniency_var, self.leniency_prior, LENIENCY_VARIANCE)

    def move_versions(self) -> float:
        """Take one step in every quality, then in their variance; return the longest step."""
        versions, before = self.quality.size, self.quality
        chance, slope = self._predict()
        precision = _sums(self.version, slope, versions) + 1.0 / self.quality_prior
        pull = self.version_picks - _sums(self.version, chance, versions) - before / self.quality_prior
        quality = before + np.clip(pull / precision, -LONGEST_STEP, LONGEST_STEP)
        self._centre(quality)
        unsure_fans = _sums(self.version, slope**2 * self.leniency_var[self.fan], versions)
        self.quality_var = 1.0 / (precision - unsure_fans)
        self.quality_prior = _variance(quality, self.quality_var, self.quality_prior, QUALITY_VARIANCE)
        return float(np.abs(self.quality - before).max())

    def _centre(self, quality: Floats) -> None:
        """Keep the seen versions' mean at 0 and give what it was to the fans: no prediction changes."""
        shown = self.seen > 0
        mean = float(quality[shown].mean())
        self.quality = np.where(shown, quality - mean, 0.0)
        self.leniency = self.leniency + mean
        self.level += mean


def _sums(index: Ints, weights: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(index, weights, size), dtype=np.float64)


def _variance(values: Floats, variances: Floats, before: float, start: float) -> float:
    """Learn a prior's variance: squares over how many the answers determined (MacKay 1992), plus `start`."""
    determined = float((1.0 - variances / before).sum())
    return (float(values @ values) + PRIOR_WEIGHT * start) / (max(determined, 0.0) + PRIOR_WEIGHT)


def levels(quality: ArrayLike) -> Ints:
    """Number the distinct qualities, 0 for the best; equal numbers are a tie. Everybody decides ties here.

    A new level starts where the next lower quality is more than `TIE` away, so that rounding can never
    put two equal ones on either side of a boundary.
    """
    values = np.asarray(quality, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    result = np.empty(values.size, dtype=np.intp)
    result[order] = np.concatenate(([0], np.cumsum(-np.diff(values[order]) > TIE)))[: values.size]
    return result


def lot(seed: str, position: int) -> bytes:
    """Draw a version's lot; the smaller one comes first.

    SHA-256 of the round's seed and the position: anyone can check it, and over seeds every position is
    first equally often. It favours no number as long as the seed is drawn after the positions are set.
    """
    return sha256(f"lot:{seed}:{position}".encode()).digest()


def standings(estimate: Estimate, keep: int, seed: str) -> tuple[Standing, ...]:
    """Say for every version, by position, where it stands at a cut that keeps `keep`.

    The cut line lies midway between the keep-th and the next quality. A version whose 90 % interval
    reaches the line is on the edge, one above is safe, one below is out; all are safe if all are kept.
    Tied versions have exactly the same quality and take places by `lot`.
    """
    check_keep(keep)
    level = levels(estimate.quality)
    best = np.full(level.size, -np.inf)
    np.maximum.at(best, level, estimate.quality)
    quality = best[level]
    ranked = sorted(range(level.size), key=lambda position: (level[position], lot(seed, position)))
    places = {position: place for place, position in enumerate(ranked, 1)}
    kept_all = keep >= level.size
    line = -math.inf if kept_all else float(quality[ranked[keep - 1]] + quality[ranked[keep]]) / 2
    chance = chances(quality, estimate.sd, keep)
    return tuple(
        _standing(estimate, p, float(quality[p]), line, float(chance[p]), places[p])
        for p in range(level.size)
    )


def check_keep(keep: int) -> None:
    """Refuse a cut that keeps nothing."""
    if keep < 1:
        raise RuleError("cut.keep", t("A cut has to keep at least 1. Please choose a larger number."))


def _standing(
    estimate: Estimate, position: int, quality: float, line: float, chance: float, place: int
) -> Standing:
    reach = Z90 * float(estimate.sd[position])
    low, high = quality - reach, quality + reach
    return Standing(
        position=position,
        quality=quality,
        low=low,
        high=high,
        chance=chance,
        place=place,
        verdict=Verdict.SAFE if low > line else Verdict.OUT if high < line else Verdict.EDGE,
        seen=int(estimate.seen[position]),
        picks=int(estimate.picks[position]),
    )


def chances(quality: Floats, sd: Floats, keep: int) -> Floats:
    """Return each version's probability of being among the best `keep`, qualities as independent normals.

    Were a version's true quality x, it belongs if fewer than `keep` others lie above x; that is counted
    exactly and averaged over x. No random draws, so equal versions get equal chances. Between the two
    bounds below lies everything but the last 5 standard deviations' worth of doubt.
    """
    if keep >= quality.size:
        return np.ones(quality.size)
    lowest = np.sort(quality - 5 * sd)[-keep - 1]
    highest = np.sort(quality + 5 * sd)[-keep]
    x = np.concatenate(([-np.inf], np.linspace(lowest, highest, 257), [np.inf]))
    below = ndtr((x - quality[:, None]) / sd[:, None])
    belongs = _fewer_others(1.0 - below, keep)
    chance = (np.diff(below, axis=1) * (belongs[:, 1:] + belongs[:, :-1]) / 2).sum(1)
    return np.asarray(np.clip(chance, 0.0, 1.0), dtype=np.float64)


def _fewer_others(above: Floats, keep: int) -> Floats:
    """Return, for each version (row) and x (column), the chance that fewer than `keep` others lie above x.

    `above` is each one's own chance to. The distribution of how many of all do is built up one version at
    a time; one version is then taken out again: with T for all and S for the others, counting at most k,
    T(k) = (1 - a) S(k) + a S(k-1), solved upwards for a ≤ ½ and downwards otherwise, which never amplifies
    an error.
    """
    versions, points = above.shape
    exactly = np.zeros((versions + 1, points))
    exactly[0] = 1.0
    for a in above:
        exactly[1:] += a * (exactly[:-1] - exactly[1:])
        exactly[0] *= 1.0 - a
    at_most = exactly.cumsum(0)
    rare, often = np.minimum(above, 0.5), np.maximum(above, 0.5)
    up, down = np.zeros_like(above), np.ones_like(above)
    for k in range(keep):
        up = (at_most[k] - rare * up) / (1.0 - rare)
    for k in range(versions - 1, keep - 1, -1):
        down = (at_most[k] - (1.0 - often) * down) / often
    return np.clip(np.where(above <= 0.5, up, down), 0.0, 1.0)
