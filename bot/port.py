"""The neutral types between platforms and the service, and the two protocols they meet through.

An adapter translates its platform's events into `Press`, `Look`, `Comment` and `Command`, hands them to
the `Inbox`, and translates the `Reply` back. It knows no rule. What a group is told comes the other way:
the relay hands `Card`s to `ChatAdapter.post` and `edit`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.i18n import Reader
from bot.money import Money
from bot.text import Noun, Text

ACTION_BYTES = 64
"""Longest action text: Telegram's limit on callback data."""

REASONS = ("colour", "shape", "length", "details", "fabric", "occasion")
"""What a reason chip on a card can name; kept with the vote."""


class Role(StrEnum):
    """What an account may do; every fan is a fan, the rest is granted to one account by an invitation."""

    FAN = "fan"
    MODERATOR = "moderator"
    DESIGNER = "designer"
    OWNER = "owner"


# ------------------------------------------------------------------ what adapters hand in


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as their platform names them. `language` is what the platform reports, or None."""

    platform: str
    remote_id: str
    name: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed, or its text path. `action` is untrusted: anyone can send any bytes.

    `event_id` names this press on its platform; the same one again gets the first answer again.
    `group` is the remote id of the group the fan came from.
    """

    actor: Actor
    event_id: str
    action: str
    group: str | None = None


@dataclass(frozen=True, slots=True)
class ShowFeed:
    """The group's posts and comments, newest last; `before` pages back by an item's `at`."""

    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShowPage:
    """A page (from 1) of the fan's own ballot: a sheet, a card or a duel, by the round's shape.

    None resumes at the first page not finished.
    """

    page: int | None = None


@dataclass(frozen=True, slots=True)
class ShowDesign:
    """One design, large, with what this group said about it."""

    number: int


@dataclass(frozen=True, slots=True)
class ShowBallot:
    """My ballot: every pick, how much is seen, what is left."""


@dataclass(frozen=True, slots=True)
class ShowSaid:
    """What the person said in this group and what became of it, and what they alone were told."""


@dataclass(frozen=True, slots=True)
class ShowMe:
    """The person: accounts, language, groups, roles."""


@dataclass(frozen=True, slots=True)
class ShowTakeout:
    """Everything kept about the person, to take along."""


@dataclass(frozen=True, slots=True)
class ShowPresales:
    """What can be ordered here, what was, and how each of them went."""


@dataclass(frozen=True, slots=True)
class ShowPresale:
    """The presale of one design; with a `colour` (a cell's key) and a `size`, also what they would cost."""

    number: int
    quantity: int = 1
    colour: str | None = None
    size: str | None = None


@dataclass(frozen=True, slots=True)
class ShowOrders:
    """My orders: what I hold, at which price, and what became of it."""


@dataclass(frozen=True, slots=True)
class ShowRemark:
    """One comment, for a moderator who is about to hide it."""

    id: int


Wish = (
    ShowFeed
    | ShowPage
    | ShowDesign
    | ShowBallot
    | ShowSaid
    | ShowRemark
    | ShowMe
    | ShowTakeout
    | ShowPresales
    | ShowPresale
    | ShowOrders
)


@dataclass(frozen=True, slots=True)
class Look:
    """A request to see something; changes no vote."""

    actor: Actor
    wish: Wish
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """Words said in a group. `number` is the design a form names; else `#067` in the text or the
    design of the comment replied to (`reply_to`, our comment id).

    `edits` is our id of the person's own comment that these words replace.
    """

    actor: Actor
    event_id: str
    group: str
    text: str
    number: int | None = None
    reply_to: int | None = None
    edits: int | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """`/name args` on any surface."""

    actor: Actor
    event_id: str
    name: str
    args: str = ""
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A designer's photo of the next version of design `number`, with what changed in one line.

    `answers` are our ids of the comments it answers, `campaign` our id; None is the newest campaign.
    """

    actor: Actor
    event_id: str
    number: int
    photo: bytes = field(repr=False)
    note: str
    answers: tuple[int, ...] = ()
    campaign: int | None = None


# ------------------------------------------------------------------ what they get back


@dataclass(frozen=True, slots=True)
class Tile:
    """One version as a fan sees it. `press` is the action that picks it, or takes the pick back."""

    number: int
    version: int
    title: str
    photo: str
    alt: Text
    picked: bool
    press: str


@dataclass(frozen=True, slots=True)
class Strip:
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
    """A person's data as a file: `words` is its content, JSON."""

    name: str
    words: str


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


@dataclass(frozen=True, slots=True)
class PriceStep:
    """A rung of the ladder: its price and what brings it about, a serial or an instant, whichever is first.

    `reached` steps were or are the price; the last of them is where the price is now (`here`).
    """

    price: Money
    from_serial: int | None
    from_at: datetime | None
    reached: bool
    here: bool


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Units at one price. Serials are None in a quote: they are drawn when the order is confirmed."""

    units: int
    unit: Money
    serial_from: int | None = None
    serial_to: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One colour: units ordered so far, and how many its production needs."""

    key: str
    label: str
    units: int
    moq: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order would cost now: `text` is `3 × €100 + 4 × €110 = €740`, `confirm` orders just that."""

    quantity: int
    colour: str
    size: str
    lines: tuple[OrderLine, ...]
    total: Money
    text: Text
    confirm: str


@dataclass(frozen=True, slots=True)
class PresaleView:
    """A presale as a fan sees it.

    `units` is how many are ordered now, `units_to_step` how many more are sold at today's price;
    `next_price` is what follows it, at the latest at `next_step_at`. `mine` counts this fan's units of
    the `limit` one fan may hold. `closed` says why nothing can be ordered now.
    """

    number: int
    version: int
    title: str
    photo: str
    alt: Text
    state: str
    price: Money
    list_price: Money
    steps: tuple[PriceStep, ...]
    units: int
    cells: tuple[Cell, ...]
    units_to_step: int | None
    next_step_at: datetime | None
    next_price: Money | None
    opens_at: datetime
    closes_at: datetime
    now: datetime
    zone: str
    sizes: tuple[str, ...]
    limit: int
    mine: int
    terms: tuple[Text, ...]
    quote: Quote | None = None
    closed: Text | None = None


@dataclass(frozen=True, slots=True)
class PresalesView:
    """Every presale of the group's campaigns, open ones first."""

    items: tuple[PresaleView, ...]


@dataclass(frozen=True, slots=True)
class OrderView:
    """One of my orders. `cancel` is the action that gives it back, None once that is not possible."""

    id: int
    number: int
    title: str
    photo: str
    alt: Text
    colour: str
    size: str
    lines: tuple[OrderLine, ...]
    total: Money
    state: str
    at: datetime
    cancel: str | None
    note: Text | None


@dataclass(frozen=True, slots=True)
class OrdersView:
    """My orders, the newest first."""

    orders: tuple[OrderView, ...]


Screen = (
    Sheet
    | CardPage
    | DuelPage
    | Feed
    | Said
    | Remark
    | DesignView
    | BallotView
    | Me
    | Takeout
    | Answer
    | PresaleView
    | PresalesView
    | OrdersView
)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to anything: a sentence, and a screen where one was asked for.

    `language` is the language the person chose, for the adapter to render in. A press answers with the
    `strip` as it is after the commit and with `picked`, the design numbers it changed and whether each
    is picked now: enough to update a page in place.
    """

    text: Text | None = None
    screen: Screen | None = None
    strip: Strip | None = None
    picked: tuple[tuple[int, bool], ...] = ()
    language: str = "en"


# ------------------------------------------------------------------ what a group is told


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
    """What to show, free of any platform. A `Picture.low…high` is a 90 % interval scaled to 0…1."""

    kind: str
    title: Text
    lines: tuple[Text, ...] = ()
    pictures: tuple[Picture, ...] = ()
    buttons: tuple[Button, ...] = ()
    alt: Text | None = None
    meters: tuple[Meter, ...] = ()
    chart: Chart | None = None


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


@dataclass(frozen=True, slots=True)
class Served:
    """Where a listening adapter can be reached, once it is."""

    url: str
    notes: tuple[Text, ...] = field(default=())


class Inbox(Protocol):
    """What an adapter may ask of Catwalk. Every call raises RuleError with a sentence to show."""

    async def press(self, press: Press) -> Reply: ...
    async def look(self, look: Look) -> Reply: ...
    async def comment(self, comment: Comment) -> Reply: ...
    async def command(self, command: Command) -> Reply: ...
    async def upload(self, upload: Upload) -> Reply: ...


class ChatAdapter(Protocol):
    """What the relay and main ask of a platform. Raises DeliveryError only."""

    platform: str
    limits: Limits

    async def run(self, inbox: Inbox) -> None: ...
    async def post(self, post: Post) -> str: ...
    async def edit(self, post: Post, remote_id: str) -> None: ...
    async def retract(self, group: str, remote_id: str) -> None: ...
    async def direct(self, remote_id: str, text: Text, reader: Reader) -> None: ...
