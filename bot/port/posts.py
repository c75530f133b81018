"""What a group is told: cards that know no platform, and posts on their way."""

from dataclasses import dataclass

from bot.i18n import Reader
from bot.text import Text


@dataclass(frozen=True, slots=True)
class Picture:
    """A design's photo in a post. `verdict` (safe, edge, out) marks it where a cut is shown."""

    number: int
    version: int
    photo: str
    alt: Text
    verdict: str | None = None
    note: Text | None = None
    low: float | None = None
    middle: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn picture of a closed round. `key` names its content for `main` to draw it, in any language."""

    key: str
    alt: Text


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a post: `go` names a place (`vote`, `ballot`, `results`, `help`, `presales`, or
    `presale:67`, that of one design), or a page of the desk (`desk:round:1:summary`)."""

    label: Text
    go: str


@dataclass(frozen=True, slots=True)
class Meter:
    """How full something is, from 0 to 1, with the words that say it alone."""

    label: Text
    share: float


@dataclass(frozen=True, slots=True)
class Card:
    """What to show, free of any platform. A `Picture.low…high` is a 90 % interval scaled to 0…1.

    `talk` says how one talks about it where what is written in a group can be read; `told` has it with the
    lines.
    """

    kind: str
    title: Text
    lines: tuple[Text, ...] = ()
    pictures: tuple[Picture, ...] = ()
    buttons: tuple[Button, ...] = ()
    alt: Text | None = None
    meters: tuple[Meter, ...] = ()
    chart: Chart | None = None
    talk: Text | None = None

    @property
    def told(self) -> tuple[Text, ...]:
        return self.lines if self.talk is None else (*self.lines, self.talk)


@dataclass(frozen=True, slots=True)
class Post:
    """A card on its way to one group. `key` is the outbox row's id: the same key twice is one post."""

    group: str
    key: str
    card: Card
    reader: Reader


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform bears: how often a live post may be edited, in seconds."""

    edit_every_s: float = 60.0
