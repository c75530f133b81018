"""What a chart shows, as values: equal values, equal picture."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Row:
    """One version: its 90 % interval from 0 to 1 over the round, its verdict, and where its photo lies."""

    number: int
    verdict: str
    low: float
    middle: float
    high: float
    photo: str


@dataclass(frozen=True, slots=True)
class Words:
    """Everything a chart says, rendered for its reader. `safe`, `edge` and `out` stand at their rows."""

    kicker: str
    title: str
    safe: str
    edge: str
    out: str
    cut: str
    less: str
    more: str
    note: str


@dataclass(frozen=True, slots=True)
class CutChart:
    """A closed round, best place first. `line` is where the cut falls on the rows' scale, `keep` how many
    rows lie above it. `plain` is `words` in the source language, for letters no font at hand has."""

    rows: tuple[Row, ...]
    line: float
    keep: int
    words: Words
    plain: Words
    dark: bool = False

    @property
    def facts(self) -> str:
        """Name what is shown, whoever reads it: a new count has other facts, another language has not."""
        shown = replace(self, words=_NOTHING, plain=_NOTHING, dark=False)
        return hashlib.sha256(_HAND + _CHART.dump_json(shown)).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Order:
    """A chart to draw, and the files of its photos."""

    chart: CutChart
    photos: Mapping[str, str]

    def dump(self) -> bytes:
        return _ORDER.dump_json(self)


def take(dumped: bytes) -> Order:
    return _ORDER.validate_json(dumped)


_HAND = b"1:"
"""How charts are drawn: counted up when that changes, since a picture is kept for good under its name."""

_CHART: TypeAdapter[CutChart] = TypeAdapter(CutChart)
_ORDER: TypeAdapter[Order] = TypeAdapter(Order)
_NOTHING = Words("", "", "", "", "", "", "", "", "")
