"""What a fan sees of a ballot: sheets, cards, duels, and everything they answered."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from bot.text import Noun, Text


@dataclass(frozen=True, slots=True)
class Tile:
    """One version as a fan sees it. `press` is the action that picks it, or takes the pick back.

    On sheets `toggle` turns it to its other state, for platforms whose buttons are redrawn late.
    """

    number: int
    version: int
    title: str
    photo: str
    alt: Text
    picked: bool
    press: str
    toggle: str = ""


class Strip(Struct, frozen=True, gc=False):
    """The sticky line: which round, until when, how far this fan is.

    `ballot` is the round's shape ("sheets", "cards", "duels"); `seen`, `total` and `picks` count designs on
    sheets, cards on cards, and duels on duels, where a pick is a duel that somebody won.
    """

    round_number: int
    rounds: int
    state: str
    closes_at: datetime
    now: datetime
    seen: int
    total: int
    picks: int
    noun: Noun
    ballot: str = "sheets"
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a sheet ballot. `finish` marks the page seen and turns it; `undo` is None when there
    is nothing to take back; `closed` says why no vote is taken now (paused, late, not allowed)."""

    strip: Strip
    title: str
    page: int
    pages: tuple[bool, ...]  # one a page: finished or not
    tiles: tuple[Tile, ...]
    finish: str
    undo: str | None
    closed: Text | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """A reason beside a card's answer; `press` puts it on or takes it off again."""

    key: str
    label: Text
    chosen: bool
    press: str


@dataclass(frozen=True, slots=True)
class Before:
    """The version that this one replaces: what changed since, and how many fans had asked for it."""

    photo: str
    alt: Text
    version: int
    note: str
    asked: int


@dataclass(frozen=True, slots=True)
class CardPage:
    """One design of a card ballot. `answer` is "love", "like", "pass" or None; answering finishes the page.

    `love`, `like` and `passed` are the three actions. `chips` can be pressed once there is an answer.
    `undo` and `closed` are a sheet's.
    """

    strip: Strip
    title: str
    page: int
    pages: tuple[bool, ...]
    tile: Tile
    before: Before | None
    answer: str | None
    love: str
    like: str
    passed: str
    chips: tuple[Chip, ...]
    undo: str | None
    closed: Text | None = None


@dataclass(frozen=True, slots=True)
class DuelPage:
    """Two designs side by side. A tile's press prefers it, `even` is "can't choose"; each finishes the page.

    A tile's `picked` and `evened` say how it was answered.
    """

    strip: Strip
    title: str
    page: int
    pages: tuple[bool, ...]
    left: Tile
    right: Tile
    even: str
    evened: bool
    undo: str | None
    closed: Text | None = None


@dataclass(frozen=True, slots=True)
class BallotView:
    """What this fan answered in the running round; `picks` are picked, liked or loved, or won a duel.

    In a round of cards those loved, whose numbers are `loved`, come first.
    """

    strip: Strip
    picks: tuple[Tile, ...]
    pages: tuple[bool, ...]
    undo: str | None
    closed: Text | None = None
    loved: frozenset[int] = frozenset()
