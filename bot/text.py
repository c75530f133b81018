"""Text that is not rendered yet: what to say, with holes, before the reader's language is known.

`t("{fan} wrote")` and `tn("{n} pick", "{n} picks", n)` are also the words Babel extracts from.
A hole holds a value and never its formatting: numbers, instants and counts of a campaign's things
are formatted by `i18n.render` for the person who reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.money import Money


@dataclass(frozen=True, slots=True)
class When:
    """An instant, shown in the reader's zone: `Fri 27 Nov, 20:00 (Berlin)`."""

    at: datetime
    kind: Literal["when"] = "when"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in seconds, shown in its largest unit: `2 hours`."""

    seconds: float
    kind: Literal["span"] = "span"


@dataclass(frozen=True, slots=True)
class Share:
    """A share of one, shown as a whole percentage: 0.86 is `86 %`."""

    value: float
    kind: Literal["share"] = "share"


@dataclass(frozen=True, slots=True)
class Noun:
    """What a campaign calls its designs: per language the plural forms in that language's order.

    English and French have two forms (`look`, `looks`), Chinese one (`款`). A language that is
    missing falls back to English.
    """

    forms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Count:
    """A number of a campaign's things, with their noun in the right plural: `200 looks`."""

    n: int
    noun: Noun
    kind: Literal["count"] = "count"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Design numbers, shown as `#061, #067`."""

    values: tuple[int, ...]
    kind: Literal["numbers"] = "numbers"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in the source language with its holes, waiting for a reader."""

    msgid: str
    holes: Mapping[str, "Hole"] = field(default_factory=dict)
    plural: str | None = None
    n: int | None = None
    kind: Literal["text"] = "text"


Hole = str | int | float | When | Span | Share | Count | Numbers | Money | Text


def t(msgid: str, /, **holes: Hole) -> Text:
    """Say `msgid`, its `{holes}` filled for the reader."""
    return Text(msgid, holes)


def tn(one: str, many: str, n: int, /, **holes: Hole) -> Text:
    """Say `one` or `many` by the reader's plural rule for `n`; the hole `{n}` is the number itself."""
    return Text(one, {"n": n, **holes}, many, n)


def tells_time(text: Text) -> bool:
    """Say whether a text names an instant, which its reader wants by a clock of theirs."""
    return any(
        isinstance(hole, When) or (isinstance(hole, Text) and tells_time(hole))
        for hole in text.holes.values()
    )


def verbatim(words: str, /) -> Text:
    """Pass on what a person or file said, untranslated."""
    return Text("{words}", {"words": words})
