"""The tables, as SQLAlchemy mapped classes. Statements are written in Core against `Table` objects.

Hot tables (ballot_order, ballot, vote, duel, press) carry the round first and the fan second in their primary
key: they are partitioned by round (see `partitions`) and can be distributed by fan. They have no other index.
"""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Key = BigInteger().with_variant(Integer, "sqlite")
"""Our keys: 64 bits; SQLite's rowid alias must be spelt INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant; a naive datetime raises before it reaches SQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Constraint names are fixed so that migrations can name them on every store."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        int: Key,
        str: Text(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


Base.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Small = SmallInteger()


def table(row: type[Base]) -> Table:
    """Give the Core table of a mapped class, which is what statements are written against."""
    return Base.metadata.tables[row.__tablename__]


def _flag(default: bool) -> Any:
    return mapped_column(server_default=text("true" if default else "false"))


_HOT = {"sqlite_with_rowid": False, "postgresql_partition_by": "LIST (round_id)"}


# ------------------------------------------------------------------ people


class Fan(Base):
    """A person. `waits_since`: ballots only in rounds that open after it (an account just unlinked)."""

    __tablename__ = "fan"
    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str | None]
    created_at: Mapped[datetime]
    waits_since: Mapped[datetime | None]
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("fan.id"))


class Account(Base):
    """A platform's user id. Roles hang on the account, so linking never adds one."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("platform", "remote_id"), Index(None, "fan_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    fan_id: Mapped[int] = mapped_column(ForeignKey("fan.id"))
    platform: Mapped[str]
    remote_id: Mapped[str]
    name: Mapped[str]
    first_seen_at: Mapped[datetime]


class RoleRow(Base):
    __tablename__ = "role"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Code(Base):
    """An invitation or one-time code, kept only as a keyed hash. `uses_left` None means any number."""

    __tablename__ = "code"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str]
    role: Mapped[str | None]
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("fan_group.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    uses_left: Mapped[int | None]


class Group(Base):
    """A fan group on one platform. `cursor` counts every change of what the group shows.

    `admits_late`: who joins after a round opened may vote in it (see docs/adr/0006).
    """

    __tablename__ = "fan_group"
    __table_args__ = (UniqueConstraint("platform", "remote_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    remote_id: Mapped[str]
    title: Mapped[str]
    language: Mapped[str]
    admits_late: Mapped[bool] = _flag(False)
    cursor: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]


class GroupCampaign(Base):
    __tablename__ = "group_campaign"
    group_id: Mapped[int] = mapped_column(ForeignKey("fan_group.id"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    joined_at: Mapped[datetime]


class Member(Base):
    """An account in a group; `joined_at` None where the platform does not tell. `seen_at` is when they were
    last seen there: what they say privately is about the group where that is latest."""

    __tablename__ = "member"
    group_id: Mapped[int] = mapped_column(ForeignKey("fan_group.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    joined_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]


# ------------------------------------------------------------------ designs


class Campaign(Base):
    """`presale` is the plan of its presales as printed in the campaign file, null when it has none."""

    __tablename__ = "campaign"
    __table_args__ = (UniqueConstraint("key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    title: Mapped[str]
    noun: Mapped[dict[str, Any]]
    zone: Mapped[str]
    language: Mapped[str]
    digest: Mapped[str]
    presale: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class Photo(Base):
    """A cleaned photo by the hash of its bytes; `source_hash` is that of the file it was made from."""

    __tablename__ = "photo"
    __table_args__ = (UniqueConstraint("source_hash"),)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    source_hash: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    phash: Mapped[str]


class Design(Base):
    __tablename__ = "design"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    title: Mapped[str]
    category: Mapped[str]
    attributes: Mapped[dict[str, Any]]


class Version(Base):
    """A design as it looks. One without `published_at` is a draft: nobody but designers sees it, and it
    competes from the opening of the next round on. `account_id` and `event_id` are of its upload."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("design_id", "number"), UniqueConstraint("account_id", "event_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    design_id: Mapped[int] = mapped_column(ForeignKey("design.id"))
    number: Mapped[int]
    photo: Mapped[str] = mapped_column(String(64), ForeignKey("photo.hash"))
    note: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    event_id: Mapped[str | None]


# ------------------------------------------------------------------ rounds


class Round(Base):
    """The plan as printed, then what became of it. `counted_at` is when its standings were kept.

    `recounts` numbers the counts: a ballot set aside after the close begins a new one. A round that was
    called off may be run again under its number: of each number one counts.
    """

    __tablename__ = "round"
    __table_args__ = (
        Index(
            "uq_round_counting",
            "campaign_id",
            "number",
            unique=True,
            sqlite_where=text("state != 'void'"),
            postgresql_where=text("state != 'void'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    ballot: Mapped[str]
    opens_at: Mapped[datetime]
    planned_closes_at: Mapped[datetime]
    keep: Mapped[int]
    quorum: Mapped[int]
    tie_rule: Mapped[str]
    extend_by_s: Mapped[int]
    page_size: Mapped[int]
    seed: Mapped[str]
    state: Mapped[str]
    closes_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    counted_at: Mapped[datetime | None]
    recounts: Mapped[int] = mapped_column(server_default=text("0"))
    signed_at: Mapped[datetime | None]
    quorum_extended: Mapped[bool] = _flag(False)
    quorum_met: Mapped[bool | None]


class Integrity(Base):
    """What the ballots set aside mean for a count: how many, and how many designs the cut would exchange."""

    __tablename__ = "integrity"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    aside: Mapped[int]
    moved: Mapped[int]


class Candidate(Base):
    """The versions of a round, frozen when it opens. `position` counts from 0 in drawn order."""

    __tablename__ = "candidate"
    __table_args__ = (UniqueConstraint("round_id", "version_id"),)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))


class BallotOrder(Base):
    """The order in which one fan sees a round's candidates: positions, fixed at their first look.

    In duels two by two: left, right, left, right.
    """

    __tablename__ = "ballot_order"
    __table_args__ = (_HOT,)
    round_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fan_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    positions: Mapped[list[Any]]


class Ballot(Base):
    """One fan's ballot in a round: the row its presses queue on. `presses` numbers them."""

    __tablename__ = "ballot"
    __table_args__ = (_HOT,)
    round_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fan_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    group_id: Mapped[int]
    answers: Mapped[int]
    picks: Mapped[int]
    presses: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    set_aside_at: Mapped[datetime | None]
    set_aside_reason: Mapped[str | None]


class Vote(Base):
    """One fan's current answer on one version: 1 picked (on cards liked, and 2 loved), 0 passed on, null
    none yet. `chips` are the reasons given: see `rounds.ballots.Cell`."""

    __tablename__ = "vote"
    __table_args__ = (_HOT,)
    round_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fan_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answer: Mapped[int | None] = mapped_column(Small)
    seen: Mapped[bool]
    chips: Mapped[int] = mapped_column(Small, server_default=text("0"))
    account_id: Mapped[int]
    at: Mapped[datetime]


class Duel(Base):
    """One fan's current answer on two versions: 1 the first, 2 the second, 0 neither, null none any more.

    The first is the one with the lower position in its round, whichever side it was shown on.
    """

    __tablename__ = "duel"
    __table_args__ = (_HOT,)
    round_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fan_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    second_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answer: Mapped[int | None] = mapped_column(Small)
    account_id: Mapped[int]
    at: Mapped[datetime]


class Press(Base):
    """The history: every accepted press once, what it changed and what it was answered.

    An event is named by the account it came through (which is on one platform), since a room's event ids
    are its fans' own: two accounts with the same one must still be able to become one person.

    `changes` is JSON: [version (of a duel: [first, second]), answer, seen and chips before, and the three
    after] per item. `answer` is JSON too: what fills the sentence it was answered with.
    """

    __tablename__ = "press"
    __table_args__ = (_HOT,)
    round_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fan_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    seq: Mapped[int]
    at: Mapped[datetime]
    changes: Mapped[str]
    answer: Mapped[str]
    undone: Mapped[bool] = _flag(False)


class Tally(Base):
    """Answers and picks per version, kept with every vote; a duel is an answer about each of its two.

    One row per worker `slot`, so that workers do not queue on each other; their sum is the tally."""

    __tablename__ = "tally"
    __table_args__ = ({"sqlite_with_rowid": False},)
    round_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(Small, primary_key=True, autoincrement=False)
    answers: Mapped[int]
    picks: Mapped[int]


class Standing(Base):
    __tablename__ = "standing"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    quality: Mapped[float] = mapped_column(Float)
    low: Mapped[float] = mapped_column(Float)
    high: Mapped[float] = mapped_column(Float)
    chance: Mapped[float] = mapped_column(Float)
    place: Mapped[int]
    verdict: Mapped[str]
    seen: Mapped[int]
    picks: Mapped[int]


class Mark(Base):
    """An owner's keep or veto on one design at one cut."""

    __tablename__ = "mark"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    design_id: Mapped[int] = mapped_column(ForeignKey("design.id"), primary_key=True)
    kind: Mapped[str]
    reason: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class Cut(Base):
    """The signed cut: who goes on, in which place, and the sentence why."""

    __tablename__ = "cut"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    design_id: Mapped[int] = mapped_column(ForeignKey("design.id"), primary_key=True)
    kept: Mapped[bool]
    place: Mapped[int]
    reason: Mapped[dict[str, Any]]


# ------------------------------------------------------------------ words and posts


class Comment(Base):
    """What somebody said. `status` is new, grouped, used, declined, hidden or withdrawn, `reason` why."""

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("group_id", "event_id"),
        Index(None, "group_id", "at"),
        Index(None, "design_id", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("fan_group.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    fan_id: Mapped[int] = mapped_column(ForeignKey("fan.id"))
    event_id: Mapped[str]
    design_id: Mapped[int | None] = mapped_column(ForeignKey("design.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    reply_to: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    body: Mapped[str]
    photo: Mapped[str | None] = mapped_column(String(64), ForeignKey("photo.hash"))
    status: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]
    edited_at: Mapped[datetime | None]


class Addition(Base):
    """A photo or zip that somebody sent to add designs, and what became of it: the `numbers` it made and what
    was `said` of it. `batch` holds together what was sent as one album."""

    __tablename__ = "addition"
    __table_args__ = (UniqueConstraint("account_id", "event_id"), Index(None, "account_id", "batch"))
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    event_id: Mapped[str]
    batch: Mapped[str]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    numbers: Mapped[list[int]] = mapped_column(JSON)
    said: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    at: Mapped[datetime]


class VersionAnswers(Base):
    """Which comments a version answers, as its designer says."""

    __tablename__ = "version_answers"
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True, index=True)


class Notice(Base):
    """What one person is told, written with the fact itself. `key` makes telling twice do nothing."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("fan_id", "key"), Index(None, "fan_id", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    fan_id: Mapped[int] = mapped_column(ForeignKey("fan.id"))
    at: Mapped[datetime]
    key: Mapped[str]
    text: Mapped[dict[str, Any]]
    go: Mapped[str | None]
    seen_at: Mapped[datetime | None]


class Letter(Base):
    """A notice on its way to the private chat of one of its fan's accounts; gone once it is there."""

    __tablename__ = "letter"
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    due_at: Mapped[datetime]


class Outbox(Base):
    """What a group must be told, written with the fact itself. `key` makes asking twice do nothing."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(
            "ix_outbox_waiting",
            "group_id",
            "id",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    group_id: Mapped[int] = mapped_column(ForeignKey("fan_group.id"))
    kind: Mapped[str]
    subject_id: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    settled_at: Mapped[datetime | None]
    failure: Mapped[str | None]


class Post(Base):
    """A card as it stands in one group, so that the relay can tell whether it still is true.

    Before `due_at` it is not edited.
    """

    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("outbox_id"), Index(None, "group_id", "posted_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("fan_group.id"))
    remote_id: Mapped[str]
    kind: Mapped[str]
    subject_id: Mapped[int]
    card: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    posted_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    live: Mapped[bool] = _flag(True)


class Lease(Base):
    """Who speaks as a platform account, until an instant of the database's clock."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]


class Memo(Base):
    """What an adapter must know again after a restart: a file's id on its platform, half of a post sent.

    With an `errand_id`, what was sent of that errand, known until it is settled.
    """

    __tablename__ = "memo"
    platform: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    at: Mapped[datetime]
    errand_id: Mapped[int | None]


class ActionLog(Base):
    """Who did what, when, to what and why; `account_id` null is the clock or the command line.

    `event_id` names what asked for it on its platform, once an account: a command that comes twice is done
    once. `undone_at` is when it was taken back, itself a line of the log.
    """

    __tablename__ = "action_log"
    __table_args__ = (Index(None, "campaign_id", "at"), UniqueConstraint("account_id", "event_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    action: Mapped[str]
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"))
    facts: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(server_default="")
    event_id: Mapped[str | None]
    undone_at: Mapped[datetime | None]


class Received(Base):
    """What a platform's `account` of ours was sent, kept before we acknowledged it.

    Handled, its content is emptied, and the line stays for a while to know it by.
    """

    __tablename__ = "received"
    account: Mapped[str] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[str]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
