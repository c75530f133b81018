"""The words of a campaign as frozen values: what storage returns and every rule takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.text import Noun


class RoundState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    SIGNED_OFF = "signed_off"
    VOID = "void"


TO_COME = (RoundState.DRAFT, RoundState.SCHEDULED)
"""The states of a round that has not opened yet."""


class BallotShape(StrEnum):
    """How fans answer in a round; a page of a ballot is a sheet of designs, one card, or one duel."""

    SHEETS = "sheets"  # pick, or see and pass on
    CARDS = "cards"  # love, like or pass
    DUELS = "duels"  # one of two, or neither


class TieRule(StrEnum):
    """What happens to designs of equal quality on both sides of the cut; printed before opening."""

    ALL = "all"  # every tied design goes on, so a few more than `keep` may
    NONE = "none"  # no tied design goes on, so a few fewer than `keep` may
    LOT = "lot"  # a draw from the round's published seed decides


class Verdict(StrEnum):
    """How sure the cut is about a version: see `estimate`."""

    SAFE = "safe"
    EDGE = "edge"
    OUT = "out"


class MarkKind(StrEnum):
    KEEP = "keep"
    VETO = "veto"


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """One round as a campaign file prints it, instants resolved to UTC."""

    number: int
    ballot: BallotShape
    opens_at: datetime
    closes_at: datetime
    keep: int
    quorum: int
    tie_rule: TieRule
    extend_by: timedelta = timedelta(hours=24)
    page_size: int = 20


@dataclass(frozen=True, slots=True)
class Campaign:
    id: int
    key: str
    title: str
    noun: Noun
    zone: ZoneInfo
    language: str
    rounds: int


@dataclass(frozen=True, slots=True)
class Round:
    id: int
    campaign_id: int
    plan: RoundPlan
    state: RoundState
    closes_at: datetime
    seed: str
    opened_at: datetime | None = None
    paused_at: datetime | None = None
    closed_at: datetime | None = None
    signed_at: datetime | None = None
    quorum_extended: bool = False
    quorum_met: bool | None = None

    @property
    def number(self) -> int:
        return self.plan.number


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version that competes in one round: the frozen set the ballots are made of.

    `position` is the index 0…n−1 in the round's arrays; it carries no merit.
    """

    position: int
    design_id: int
    version_id: int
    number: int
    version: int
    title: str
    category: str
    photo: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """A version's estimated quality on the logit scale with its 90 % interval.

    `chance` is its probability of belonging above the cut; `place` is 1 for the best.
    """

    position: int
    quality: float
    low: float
    high: float
    chance: float
    place: int
    verdict: Verdict
    seen: int
    picks: int


@dataclass(frozen=True, slots=True)
class Mark:
    """An owner's wish about one design at one cut, with the reason that is printed."""

    design_id: int
    kind: MarkKind
    reason: str
