"""What adapters hand in: who acts, and what they ask for or say."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

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


class Actor(Struct, frozen=True, gc=False):
    """Who acts, as their platform names them. `language` is what the platform reports, or None."""

    platform: str
    remote_id: str
    name: str
    language: str | None = None


class Press(Struct, frozen=True, gc=False):
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
class ShowDesigns:
    """The designs whose number begins like `words`, or whose title has them, to choose one while typing."""

    words: str = ""


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
    | ShowDesigns
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
    """A request to see something; changes no vote.

    Without a `group` it is about the one the person was last seen in.
    """

    actor: Actor
    wish: Wish
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that somebody sent; `name` is its own, where it has one.

    `fetch` brings its bytes, once it is known to be welcome; it raises RuleError where its platform does not
    hand it out.
    """

    fetch: Callable[[], Awaitable[bytes]] = field(repr=False)
    name: str = ""


def at_hand(data: bytes, name: str = "") -> Sent:
    """Hand in a file whose bytes are here."""

    async def fetch() -> bytes:
        return data

    return Sent(fetch, name)


@dataclass(frozen=True, slots=True)
class Comment:
    """Words said in a group. `number` is the design a form names; else `#067` in the text or the
    design of the comment replied to (`reply_to`, our comment id; `replies`, the event it was said by).

    `edits` is our id of the person's own comment that these words replace; `edited` says that they replace
    what was said by the same event, if anything was. Without a `group` the person
    speaks in the one they were last seen in. With a `photo`, which shows what is meant, it needs no words.
    """

    actor: Actor
    event_id: str
    group: str | None
    text: str
    number: int | None = None
    reply_to: int | None = None
    edits: int | None = None
    replies: str | None = None
    edited: bool = False
    photo: Sent | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """`/name args` on any surface. `title` is what the platform calls the group, `replies` the event by
    which the comment was said that this answers."""

    actor: Actor
    event_id: str
    name: str
    args: str = ""
    group: str | None = None
    title: str = ""
    replies: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A platform's word that a person is in a group, or with `here` False that they are not any more.

    `joined_at` is when they came, where the platform says so; None says nothing about when.
    """

    actor: Actor
    group: str
    here: bool = True
    joined_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A platform has given a group another remote id; what was posted under the old one is out of reach."""

    platform: str
    group: str
    to: str


@dataclass(frozen=True, slots=True)
class Back:
    """We are in a group again that we had been taken out of."""

    platform: str
    group: str


News = Seen | Moved | Back
"""What a platform tells by itself."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A designer's photo of the next version of design `number`, with what changed in one line.

    `answers` are our ids of the comments it answers, `campaign` our id; None is the newest campaign.
    """

    actor: Actor
    event_id: str
    number: int
    photo: Sent
    note: str
    answers: tuple[int, ...] = ()
    campaign: int | None = None


@dataclass(frozen=True, slots=True)
class NewDesigns:
    """A photo, or a zip of photos, that a designer adds to a campaign whose first round has not opened.

    `words` were written under it: the campaign's key where that must be said, and a single photo's title.
    `batch` holds together what was sent at once: each part is answered with what became of all so far.
    """

    actor: Actor
    event_id: str
    file: Sent
    words: str = ""
    batch: str | None = None
