"""How good each version is, how sure that is, and where that puts it at the cut.

Every answer is about one quality per version on the scale of log odds (see `likelihood`), with a leniency
per fan. Fans differ more than designs do, so a version that met generous fans must not gain by it. Both
terms are shrunk by a normal prior: a version few fans saw stays near the mean, a fan who picks everything
stays finite.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from bot.errors import RuleError
from bot.rounds.evidence import QUALITY_VARIANCE, Z90, Duels, Floats, Ints, Kind, Prior
from bot.rounds.likelihood import Pairs, Scores, sums
from bot.rounds.model import Standing, Verdict
from bot.text import t

TIE = 1e-9
"""Qualities closer than this are equal. Summing the same answers in another order moves a quality by
about 1e-14 and one answer in two million by more than 1e-7, so this lies well between the two."""

LENIENCY_VARIANCE, PRIOR_WEIGHT = 1.0, 5.0
"""What the variance of leniency is before any answer (that of quality is `QUALITY_VARIANCE`), and that both
are worth five fans and five versions: agree rates in open Polis conversations spread by 0.14 to 0.20, which
is 0.6 to 0.9 in log odds, and people by more."""

TOLERANCE, SWEEPS, LONGEST_STEP = 1e-4, 100, 2.0
"""A fit rests when no quality moves by `TOLERANCE`: with two million answers an interval is still 700 times
as wide. Fans who saw mixed pages need about 10 sweeps, pages that share no fan up to 50."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Arrays of length V: quality in log odds (the mean is 0 where nothing was known before), its standard
    deviation, how often it was answered, and how often picked, liked or loved, or preferred."""

    quality: Floats
    sd: Floats
    seen: Ints
    picks: Ints


def estimate(answers: Kind | Iterable[Kind], versions: int, prior: Prior | None = None) -> Estimate:
    """Estimate every version's quality from one or several kinds of answers.

    A variational normal approximation. Without a `prior` both variances are learnt from the answers
    (empirical Bayes), and a version nobody saw gets the mean, 0, and the prior's width; with one, each
    version starts where earlier rounds left it. It knows a version only by its answers and its prior:
    permuting versions, fans or rows permutes the result.
    """
    kinds = (answers,) if isinstance(answers, Kind) else tuple(answers)
    fit = _Fit(kinds, versions, prior)
    if fit.seen.any():
        for _ in range(SWEEPS):
            fit.move_fans()
            if fit.move_versions() < TOLERANCE:
                break
    return Estimate(fit.quality, np.sqrt(fit.quality_var), fit.seen, fit.picks)


class _Fit:
    """One fit under way: alternating Newton steps for fans and versions, until the versions rest.

    Each side predicts with the other's uncertainty averaged in.
    """

    def __init__(self, kinds: tuple[Kind, ...], versions: int, prior: Prior | None) -> None:
        self.scores = [Scores(kind) for kind in kinds if not isinstance(kind, Duels)]
        self.duels = [Pairs(kind) for kind in kinds if isinstance(kind, Duels) and kind.first.size]
        _check_versions(kinds, versions)
        fans = max((int(score.fan.max()) + 1 for score in self.scores if score.fan.size), default=0)
        self.fan_level = [sums(score.fan, score.level, fans) for score in self.scores]
        self.version_level = [sums(score.version, score.level, versions) for score in self.scores]
        self.seen, self.picks = self._counts(versions)
        self.learns = prior is None
        self.mean = np.zeros(versions) if prior is None else prior.mean
        self.quality_prior = np.full(versions, QUALITY_VARIANCE) if prior is None else prior.sd**2
        self.leniency_prior, self.level = LENIENCY_VARIANCE, 0.0
        self.quality, self.leniency = self.mean.copy(), np.zeros(fans)
        self.quality_var = self.quality_prior.copy()
        self.between: Floats = np.diag(self.quality_var) if self.duels else np.empty((0, 0))
        self.leniency_var = np.full(fans, self.leniency_prior)

    def _counts(self, versions: int) -> tuple[Ints, Ints]:
        seen = np.zeros(versions)
        picks = np.zeros(versions)
        for score, level in zip(self.scores, self.version_level, strict=True):
            seen += np.bincount(score.version, minlength=versions)
            picks += level
        for duel in self.duels:
            seen += np.bincount(duel.first, minlength=versions) + np.bincount(duel.second, minlength=versions)
            picks += sums(duel.first, duel.won, versions) + sums(
                duel.second, 1.0 - duel.at_least_even, versions
            )
        return seen.astype(np.intp), np.rint(picks).astype(np.intp)

    def _predict(self, score: Scores) -> tuple[Floats, Floats]:
        spread = self.leniency_var[score.fan] + self.quality_var[score.version]
        return score.predict(self.leniency[score.fan] + self.quality[score.version], spread)

    def move_fans(self) -> None:
        """Take one step in every leniency, then in their mean and variance."""
        fans = self.leniency.size
        if not fans:
            return
        precision = np.full(fans, 1.0 / self.leniency_prior)
        pull = -(self.leniency - self.level) / self.leniency_prior
        for score, level in zip(self.scores, self.fan_level, strict=True):
            expected, slope = self._predict(score)
            precision += sums(score.fan, slope, fans)
            pull += level - sums(score.fan, expected, fans)
        self.leniency = self.leniency + np.clip(pull / precision, -LONGEST_STEP, LONGEST_STEP)
        self.leniency_var = 1.0 / precision
        self.level = float(self.leniency.mean())
        apart = self.leniency - self.level
        before = np.full(fans, self.leniency_prior)
        self.leniency_prior = _variance(apart, self.leniency_var, before, LENIENCY_VARIANCE)

    def move_versions(self) -> float:
        """Take one step in every quality, then in their variance; return the longest step."""
        versions, before = self.quality.size, self.quality
        precision = 1.0 / self.quality_prior
        pull = -(before - self.mean) / self.quality_prior
        unsure_fans = np.zeros(versions)
        for score, level in zip(self.scores, self.version_level, strict=True):
            expected, slope = self._predict(score)
            precision = precision + sums(score.version, slope, versions)
            pull += level - sums(score.version, expected, versions)
            unsure_fans += sums(score.version, slope**2 * self.leniency_var[score.fan], versions)
        step = self._step_with_duels(precision, pull, unsure_fans) if self.duels else pull / precision
        quality = before + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        self._centre(quality)
        if not self.duels:
            self.quality_var = 1.0 / (precision - unsure_fans)
        if self.learns:
            learnt = _variance(quality, self.quality_var, self.quality_prior, QUALITY_VARIANCE)
            self.quality_prior = np.full(versions, learnt)
        return float(np.abs(self.quality - before).max())

    def _step_with_duels(self, precision: Floats, pull: Floats, unsure_fans: Floats) -> Floats:
        """Return Newton's step where duels tie versions together, and take their joint uncertainty."""
        versions = self.quality.size
        ties = np.zeros((versions, versions))
        own = np.diag(self.between)
        for duel in self.duels:
            one, other = duel.first, duel.second
            spread = own[one] + own[other] - 2.0 * self.between[one, other]
            slope, known = duel.predict(self.quality[one] - self.quality[other], spread)
            pull += sums(one, slope, versions) - sums(other, slope, versions)
            ties += duel.laplacian(known, versions)
        self.between = np.asarray(np.linalg.inv(np.diag(precision - unsure_fans) + ties), dtype=np.float64)
        self.quality_var = np.diag(self._apart(self.between)).copy()
        return np.asarray(np.linalg.solve(np.diag(precision) + ties, pull), dtype=np.float64)

    def _apart(self, between: Floats) -> Floats:
        """Take out of a joint uncertainty what all that is seen shares: without a prior of its own only
        differences mean anything."""
        if not self.learns:
            return between
        shown = (self.seen > 0) / (self.seen > 0).sum()
        away = np.eye(shown.size) - np.outer(self.seen > 0, shown)
        return np.asarray(away @ between @ away.T, dtype=np.float64)

    def _centre(self, quality: Floats) -> None:
        """Shift all that is seen to where the prior is happiest, and give the shift to the fans: no
        prediction changes. Without a prior of its own that is a mean of 0."""
        shown = self.seen > 0
        weight = 1.0 / self.quality_prior[shown]
        apart = quality[shown] - self.mean[shown]
        shift = float(weight @ apart / weight.sum()) if self.leniency.size else 0.0
        self.quality = np.where(shown, quality - shift, self.mean)
        self.leniency = self.leniency + shift
        self.level += shift


def _check_versions(kinds: Iterable[Kind], versions: int) -> None:
    for kind in kinds:
        for about in (kind.first, kind.second) if isinstance(kind, Duels) else (kind.version,):
            if about.size and not 0 <= about.min() <= about.max() < versions:
                raise ValueError(f"an answer is about a version outside 0 to {versions - 1}")


def _variance(values: Floats, variances: Floats, before: Floats, start: float) -> float:
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
