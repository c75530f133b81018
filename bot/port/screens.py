"""What the Inbox answers with: screens, and the reply that carries them."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from bot.port.asks import Role
from bot.port.ballots import BallotView, Before, CardPage, DuelPage, Sheet, Strip, Tile
from bot.port.posts import Button, Card
from bot.port.sales import OrdersView, PresalesView, PresaleView
from bot.text import Text


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment as its group sees it. Its author sees its `status` too, and may change it if `editable`;
    a moderator may hide it if `hideable`, and names it by its id, as c12."""

    id: int
    at: datetime
    author: str
    mine: bool
    body: str
    number: int | None
    version: int | None
    photo: str | None
    status: Text | None
    edited: bool = False
    editable: bool = False
    hideable: bool = False


@dataclass(frozen=True, slots=True)
class FeedPost:
    """The bot's post as it was last shown; `id` is the post's, stable over edits."""

    id: int
    at: datetime
    card: "Card"


@dataclass(frozen=True, slots=True)
class Notice:
    """What this fan alone is told: what became of their words, their order, their ballot.

    `go` names where more of it is, as a button's does.
    """

    id: int
    at: datetime
    text: Text
    seen: bool = True
    go: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A group's view. `cursor` changes whenever anything in it does; `older` pages back.

    `presales` is how many designs can be ordered now, `unseen` the notices this fan has not looked at.
    """

    group: str
    title: str
    zone: str
    items: tuple[FeedPost | Remark | Notice, ...]
    strip: Strip | None
    cursor: int
    older: datetime | None = None
    groups: tuple[tuple[str, str], ...] = ()
    presales: int = 0
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What one fan said in one group and what they were told, both newest first."""

    group: str
    remarks: tuple[Remark, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class DesignView:
    """One design large. `tile.press` is empty and `closed` says why when it cannot be voted on.

    In a round of cards `love`, `like` and `passed` answer it and `answer` says how it is answered; they are
    empty elsewhere. `page` is the fan's page it is on, None when it is on none of them; `presale` says
    that there is one of it.
    """

    tile: Tile
    facts: tuple[Text, ...]
    remarks: tuple[Remark, ...]
    strip: Strip | None
    page: int | None
    closed: Text | None = None
    answer: str | None = None
    love: str = ""
    like: str = ""
    passed: str = ""
    before: Before | None = None
    presale: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """Designs by number and title, in order of their numbers."""

    designs: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Me:
    """What we keep about the person, for the person."""

    name: str
    language: str
    accounts: tuple[tuple[str, str], ...]  # platform, name
    roles: tuple[Role, ...]
    groups: tuple[tuple[str, str], ...]  # remote id, title


@dataclass(frozen=True, slots=True)
class Takeout:
    """A file for who asked: their own data as JSON, a round's standings as CSV. `words` is its content, and
    `go` names where the room has the same file, if it does, as a button's does."""

    name: str
    words: str
    go: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A command that one tap says, and what it is called."""

    label: Text
    say: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found, for nobody but who asked: lines, commands to go on with, places to go."""

    title: Text
    lines: tuple[Text, ...] = ()
    choices: tuple[Choice, ...] = ()
    buttons: tuple["Button", ...] = ()


Screen = (
    Sheet
    | CardPage
    | DuelPage
    | Feed
    | Said
    | Remark
    | DesignView
    | Index
    | BallotView
    | Me
    | Takeout
    | Answer
    | PresaleView
    | PresalesView
    | OrdersView
)


class Reply(Struct, frozen=True, gc=False):
    """The answer to anything: a sentence, and a screen where one was asked for.

    `language` is the language the person chose, for the adapter to render in, and `zone` the one by whose
    clock its times are told; None where it has none, or its `strip` says it. A press answers with the
    `strip` as it is after the commit and with `picked`, the design numbers it changed and whether each
    is picked now: enough to update a page in place.
    """

    text: Text | None = None
    screen: Screen | None = None
    strip: Strip | None = None
    picked: tuple[tuple[int, bool], ...] = ()
    language: str = "en"
    zone: str | None = None
