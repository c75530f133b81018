"""What fans answered, as arrays: the three kinds of evidence about a version's quality, and what was
known before. Fan numbers mean the same fan in every kind; versions are positions from 0."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bot.rounds.model import Standing

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

Z90 = 1.645
"""Standard deviations on either side of the middle that hold 90 % of a normal."""

QUALITY_VARIANCE = 0.64
"""How far designs lie apart before anything is known: see `estimate`."""

CHANGE_VARIANCE = QUALITY_VARIANCE / 2
"""How far a new version may lie from the one it replaces: half of what lies between two designs."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Sheets: three equal-length arrays, fan from 0, version from 0, picked (or seen and passed on).

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
        version, pick = np.asarray(versions, dtype=np.intp), np.asarray(picked, dtype=np.bool_)
        return cls(_dense(fan_ids), version, pick)


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """Cards: fan and version as in `Answers`, and the answer: 2 love, 1 like, 0 pass."""

    fan: Ints
    version: Ints
    answer: Ints

    def __post_init__(self) -> None:
        if not self.fan.shape == self.version.shape == self.answer.shape == (self.fan.size,):
            raise ValueError("fan, version and answer must be flat and equally long")
        if self.answer.size and not 0 <= self.answer.min() <= self.answer.max() <= 2:
            raise ValueError("a card is answered with 0, 1 or 2")

    @classmethod
    def of_arrays(cls, fan_ids: ArrayLike, versions: ArrayLike, answers: ArrayLike) -> "Ratings":
        """Take three columns; fan ids may be any integers."""
        version, answer = np.asarray(versions, dtype=np.intp), np.asarray(answers, dtype=np.intp)
        return cls(_dense(fan_ids), version, answer)


@dataclass(frozen=True, slots=True, eq=False)
class Duels:
    """Duels: which two versions, and the choice: 1 the first, 2 the second, 0 neither.

    Who chose does not matter: a fan's leniency is the same for both.
    """

    first: Ints
    second: Ints
    choice: Ints

    def __post_init__(self) -> None:
        if not self.first.shape == self.second.shape == self.choice.shape == (self.first.size,):
            raise ValueError("first, second and choice must be flat and equally long")
        if self.choice.size and not 0 <= self.choice.min() <= self.choice.max() <= 2:
            raise ValueError("a duel is answered with 0, 1 or 2")
        if (self.first == self.second).any():
            raise ValueError("a version fights no duel with itself")

    @classmethod
    def of_arrays(cls, first: ArrayLike, second: ArrayLike, choice: ArrayLike) -> "Duels":
        one, other, which = (np.asarray(column, dtype=np.intp) for column in (first, second, choice))
        return cls(one, other, which)


Kind = Answers | Ratings | Duels


def _dense(fan_ids: ArrayLike) -> Ints:
    fan = np.unique(np.asarray(fan_ids, dtype=np.int64), return_inverse=True)[1]
    return fan.astype(np.intp)


# ------------------------------------------------------------------ what was known before


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What earlier rounds say of each version: arrays of mean and standard deviation of its quality."""

    mean: Floats
    sd: Floats


@dataclass(frozen=True, slots=True)
class Earlier:
    """A design's last standing. `changed`: a newer version competes now."""

    standing: Standing
    changed: bool


def carried(earlier: Sequence[Earlier | None]) -> Prior | None:
    """Carry earlier standings over, by position; None when there are none at all.

    An unchanged version starts where it stood, exactly as sure. A changed one starts at the old version's
    estimate, widened by `CHANGE_VARIANCE`. What never stood is average, and as unsure as before any answer.
    """
    if not any(earlier):
        return None
    mean = [e.standing.quality if e else 0.0 for e in earlier]
    variance = [_variance(e) if e else QUALITY_VARIANCE for e in earlier]
    return Prior(np.array(mean), np.sqrt(np.array(variance)))


def _variance(earlier: Earlier) -> float:
    sd = (earlier.standing.high - earlier.standing.low) / (2 * Z90)
    return sd**2 + CHANGE_VARIANCE * earlier.changed
