"""What the desk shows: one read a page, and in it only what this person's role may see.

While a round runs nothing here says what was chosen, neither per design nor per fan: not even an owner
can learn who leads. Standings exist in a view from the close on.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median_low

from bot import cards
from bot.errors import RuleError
from bot.port import Actor, Role
from bot.rounds import engine
from bot.rounds.engine import Event
from bot.rounds.model import Campaign, Candidate, Mark, MarkKind, Round, RoundState, Standing, Verdict
from bot.service import bulletin
from bot.service.logbook import Deed, deeds
from bot.service.rounds import preview
from bot.service.shop import Shop, check_role, known, language_for
from bot.service.wire import load_text
from bot.storage import campaigns, comments, people, rounds, votes
from bot.storage.people import GroupRow, Holder, Person
from bot.storage.store import Tx
from bot.text import Text, t

MARK = "mark"
"""The one thing to do with a round that is no step of its state machine."""

FEW_FANS = 5
"""Below this many fans a median says something about one of them, so it is not shown."""

_BAND, _ROUND_LOG, _LOG = 12, 6, 300
_STAFF = (Role.OWNER, Role.MODERATOR, Role.DESIGNER)
_RUNNERS = (Role.OWNER, Role.MODERATOR)
_MODERATORS_MAY = frozenset({Event.OPEN, Event.PAUSE, Event.RESUME, Event.EXTEND, Event.CLOSE})
_NOT_OPENED = (None, RoundState.DRAFT, RoundState.SCHEDULED)


# ------------------------------------------------------------------ who sits at the desk


@dataclass(frozen=True, slots=True)
class Staff:
    """Who looks: an owner sees and does everything, a moderator runs rounds, a designer sees cuts."""

    account_id: int
    name: str
    language: str
    owner: bool
    runs: bool


def _staff(person: Person, actor: Actor) -> Staff:
    return Staff(
        person.account_id, person.name, language_for(person, actor),
        person.may(Role.OWNER), person.may(*_RUNNERS),
    )  # fmt: skip


async def _seat(tx: Tx, actor: Actor, roles: Sequence[Role] = _STAFF) -> Staff:
    person = await known(tx, actor)
    check_role(person, *roles)
    return _staff(person, actor)


async def check(shop: Shop, actor: Actor, act: str | None = None) -> Staff:
    """Say who acts; raises RuleError (`role.missing`) unless they may do `act` (None: owners only)."""
    async with shop.store.read() as tx:
        return await _seat(tx, actor, _RUNNERS if act in _MODERATORS_MAY else (Role.OWNER,))


# ------------------------------------------------------------------ all campaigns


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round in a list. `looks` take part, None until the round before is signed.

    `fans` is None for who may not see turnout; `kept` and `left` are None until the votes are counted.
    """

    round: Round
    looks: int | None
    acts: frozenset[str]
    fans: int | None
    kept: int | None
    left: int | None


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign with a few of the designs that are still in it."""

    campaign: Campaign
    designs: int
    groups: tuple[str, ...]
    rounds: tuple[RoundLine, ...]
    band: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    staff: Staff
    now: datetime
    campaigns: tuple[CampaignLine, ...]


async def overview(shop: Shop, actor: Actor) -> Overview:
    """Show every campaign with its rounds, the newest campaign first."""
    async with shop.store.read() as tx:
        staff, now = await _seat(tx, actor), await tx.now()
        found = [await _campaign_line(tx, staff, now, c) for c in await campaigns.all_campaigns(tx)]
        return Overview(staff, now, tuple(reversed(found)))


async def _campaign_line(tx: Tx, staff: Staff, now: datetime, campaign: Campaign) -> CampaignLine:
    everyone = await campaigns.competitors(tx, campaign.id)
    found = await rounds.rounds_of(tx, campaign.id)
    lines = [await _round_line(tx, staff, now, r, found, everyone) for r in found]
    groups = tuple(g.title for g in await people.groups_of(tx, campaign.id))
    still_in = everyone
    for round_ in found:
        if round_.state is RoundState.SIGNED_OFF:
            still_in = await _survivors(tx, round_, everyone)
    return CampaignLine(campaign, len(everyone), groups, tuple(lines), tuple(still_in[:_BAND]))


async def _round_line(
    tx: Tx, staff: Staff, now: datetime, round_: Round, siblings: Sequence[Round], everyone: list[Candidate]
) -> RoundLine:
    part = await _taking_part(tx, round_, siblings, everyone)
    shows_turnout = staff.runs and round_.opened_at is not None
    decided = await _decided(tx, round_)
    return RoundLine(
        round_,
        None if part is None else len(part),
        _acts(staff, round_, siblings, now, decided is not None),
        await votes.turnout(tx, round_.id) if shows_turnout else None,
        len(decided.kept) if decided else None,
        len(decided.standings) - len(decided.kept) if decided else None,
    )


# ------------------------------------------------------------------ one round


@dataclass(frozen=True, slots=True)
class GroupTurnout:
    title: str
    platform: str
    fans: int


@dataclass(frozen=True, slots=True)
class TurnoutView:
    """How many took part. `median_seen` is None while too few have; `enough` is a share of designs."""

    fans: int
    opinions: int
    groups: tuple[GroupTurnout, ...]
    median_seen: int | None
    enough: float
    comments: int

    @property
    def platforms(self) -> dict[str, int]:
        """Sum the groups' fans by platform, the largest first."""
        found: dict[str, int] = {}
        for group in self.groups:
            found[group.platform] = found.get(group.platform, 0) + group.fans
        return dict(sorted(found.items(), key=lambda item: -item[1]))


@dataclass(frozen=True, slots=True)
class CutRow:
    """One design at the cut. `low`, `middle` and `high` are its interval, scaled to 0…1 over the round."""

    candidate: Candidate
    standing: Standing
    alt: Text
    kept: bool
    tied: bool
    reason: Text
    mark: Mark | None
    comments: int
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class CutView:
    """A round's cut, best place first: as it would be signed now, or as it was signed.

    `line` is where the cut falls on the rows' scale; `digest` names exactly this decision.
    """

    rows: tuple[CutRow, ...]
    line: float
    digest: str

    @property
    def kept(self) -> tuple[CutRow, ...]:
        return tuple(r for r in self.rows if r.kept)

    @property
    def left(self) -> tuple[CutRow, ...]:
        return tuple(r for r in self.rows if not r.kept)

    @property
    def tied(self) -> tuple[CutRow, ...]:
        return tuple(r for r in self.rows if r.tied)

    @property
    def marked(self) -> tuple[CutRow, ...]:
        return tuple(r for r in self.rows if r.mark)

    def count(self, verdict: str) -> int:
        return sum(r.standing.verdict == verdict for r in self.rows)


@dataclass(frozen=True, slots=True)
class RoundPage:
    """Everything one person may see of a round. `acts` are the steps they could take now."""

    staff: Staff
    now: datetime
    campaign: Campaign
    round: Round
    earlier: Round | None
    following: Round | None
    groups: tuple[str, ...]
    looks: int | None
    band: tuple[Candidate, ...]
    acts: frozenset[str]
    turnout: TurnoutView | None
    cut: CutView | None
    log: tuple[Deed, ...]

    @property
    def tie(self) -> Text:
        """Print the tie rule as promised before the opening."""
        return cards.tie_sentence(self.round.plan.tie_rule)

    @property
    def time_left_s(self) -> float:
        """Seconds until the close; a pause stops the clock."""
        since = self.round.paused_at or self.now
        return max(0.0, (self.round.closes_at - since).total_seconds())


async def round_page(shop: Shop, actor: Actor, round_id: int) -> RoundPage:
    """Show one round; raises RuleError for who may not, and for a round there is not."""
    async with shop.store.read() as tx:
        staff, now = await _seat(tx, actor), await tx.now()
        round_ = await rounds.round_by_id(tx, round_id)
        if round_ is None:
            raise RuleError("round.unknown", t("There is no such round."))
        campaign = await campaigns.campaign_by_id(tx, round_.campaign_id)
        siblings = await rounds.rounds_of(tx, campaign.id)
        groups = await people.groups_of(tx, campaign.id)
        part = await _taking_part(tx, round_, siblings, await campaigns.competitors(tx, campaign.id))
        cut = await _cut(tx, round_)
        closed = round_.state in (RoundState.CLOSED, RoundState.SIGNED_OFF)
        sees_turnout = round_.opened_at is not None and (staff.runs or closed)
        log = await deeds(tx, siblings, _LOG) if staff.runs else ()
        return RoundPage(
            staff, now, campaign, round_,
            _numbered(siblings, round_.number - 1), _numbered(siblings, round_.number + 1),
            tuple(g.title for g in groups),
            None if part is None else len(part),
            _band(part or (), cut),
            _acts(staff, round_, siblings, now, cut is not None),
            await _turnout(tx, round_, groups, len(part or ())) if sees_turnout else None,
            cut,
            tuple(d for d in log if d.number == round_.number)[:_ROUND_LOG],
        )  # fmt: skip


def _band(part: Sequence[Candidate], cut: CutView | None) -> tuple[Candidate, ...]:
    """Choose a few designs to show: by number while standings are hidden, the best after the close."""
    if cut is not None:
        return tuple(row.candidate for row in cut.kept[:_BAND])
    return tuple(sorted(part, key=lambda c: c.number)[:_BAND])


def _numbered(siblings: Sequence[Round], number: int) -> Round | None:
    return next((r for r in siblings if r.number == number), None)


def _acts(
    staff: Staff, round_: Round, siblings: Sequence[Round], now: datetime, counted: bool
) -> frozenset[str]:
    """List what this person could do with a round now; the use cases check it all again."""
    earlier, following = _numbered(siblings, round_.number - 1), _numbered(siblings, round_.number + 1)
    may_start = earlier is None or earlier.state is RoundState.SIGNED_OFF
    over = round_.state is RoundState.OPEN and now >= round_.closes_at
    possible = {
        Event.SCHEDULE: may_start and round_.plan.opens_at > now,
        Event.OPEN: may_start,
        Event.PAUSE: not over,
        Event.EXTEND: not over,
        Event.SIGN: counted,
        Event.UNSIGN: (following.state if following else None) in _NOT_OPENED,
    }
    acts: set[str] = {
        event.value
        for event in Event
        if (round_.state, event) in engine.TABLE
        and possible.get(event, True)
        and (staff.owner or (staff.runs and event in _MODERATORS_MAY))
    }
    if staff.owner and counted and round_.state is RoundState.CLOSED:
        acts.add(MARK)
    return frozenset(acts)


async def _taking_part(
    tx: Tx, round_: Round, siblings: Sequence[Round], everyone: list[Candidate]
) -> Sequence[Candidate] | None:
    """List who takes part: frozen once opened, before that whoever would; None while nobody knows."""
    if round_.opened_at is not None:
        return await rounds.candidates(tx, round_.id)
    earlier = _numbered(siblings, round_.number - 1)
    if earlier is None:
        return everyone
    if earlier.state is not RoundState.SIGNED_OFF:
        return None
    return await _survivors(tx, earlier, everyone)


async def _survivors(tx: Tx, signed: Round, everyone: list[Candidate]) -> list[Candidate]:
    kept = {line.design_id for line in await rounds.signed_cut(tx, signed.id) if line.kept}
    return [c for c in everyone if c.design_id in kept]


async def _turnout(tx: Tx, round_: Round, groups: Sequence[GroupRow], versions: int) -> TurnoutView:
    by_group = await votes.turnout_by_group(tx, round_.id)
    known_ids = {g.id for g in groups}
    parted = await people.groups_by_id(tx, [i for i in by_group if i not in known_ids])
    total = await bulletin.turnout(tx, round_, versions)
    seen = await votes.answers_per_ballot(tx, round_.id)
    return TurnoutView(
        total.fans,
        total.answers,
        tuple(GroupTurnout(g.title, g.platform, by_group.get(g.id, 0)) for g in (*groups, *parted)),
        median_low(seen) if len(seen) >= FEW_FANS else None,
        total.enough,
        await comments.count_between(tx, round_.campaign_id, round_.opened_at, round_.closed_at),
    )


# ------------------------------------------------------------------ the cut


@dataclass(frozen=True, slots=True)
class _Decided:
    """A closed round's cut by position, previewed or signed."""

    candidates: tuple[Candidate, ...]
    standings: tuple[Standing, ...]
    marks: tuple[Mark, ...]
    kept: frozenset[int]
    tied: frozenset[int]
    reasons: Mapping[int, Text]


async def _decided(tx: Tx, round_: Round) -> _Decided | None:
    """Read the cut of a closed round; None for every other state and while the votes are counted."""
    if round_.state is RoundState.CLOSED:
        seen = await preview(tx, round_)
        if seen is None:
            return None
        cut = seen.cut
        return _Decided(
            seen.candidates, seen.standings, seen.marks, frozenset(cut.kept), frozenset(cut.tied), cut.reasons
        )
    if round_.state is RoundState.SIGNED_OFF:
        lines = {line.design_id: line for line in await rounds.signed_cut(tx, round_.id)}
        candidates = await rounds.candidates(tx, round_.id)
        return _Decided(
            candidates,
            await rounds.standings(tx, round_.id),
            await rounds.marks(tx, round_.id),
            frozenset(c.position for c in candidates if lines[c.design_id].kept),
            frozenset(),
            {c.position: load_text(lines[c.design_id].reason) for c in candidates},
        )
    return None


async def _cut(tx: Tx, round_: Round) -> CutView | None:
    decided = await _decided(tx, round_)
    if decided is None:
        return None
    said = await comments.comment_counts(tx, round_.campaign_id)
    return _view(decided, said, round_.plan.keep)


def _view(decided: _Decided, said: Mapping[int, int], keep: int) -> CutView:
    marks = {m.design_id: m for m in decided.marks}
    bottom = min(s.low for s in decided.standings)
    width = max(s.high for s in decided.standings) - bottom or 1.0
    ranked = sorted(decided.standings, key=lambda s: s.place)

    def row(s: Standing) -> CutRow:
        candidate = decided.candidates[s.position]
        return CutRow(
            candidate, s, cards.alt(candidate),
            s.position in decided.kept, s.position in decided.tied, decided.reasons[s.position],
            marks.get(candidate.design_id), said.get(candidate.design_id, 0),
            (s.low - bottom) / width, (s.quality - bottom) / width, (s.high - bottom) / width,
        )  # fmt: skip

    line = sum(s.quality for s in ranked[keep - 1 : keep + 1]) / len(ranked[keep - 1 : keep + 1])
    return CutView(tuple(row(s) for s in ranked), (line - bottom) / width, _digest(decided))


def _digest(decided: _Decided) -> str:
    """Name a decision: what goes on, and the marks with their reasons."""
    kept = sorted(decided.candidates[p].design_id for p in decided.kept)
    marks = [(m.design_id, m.kind.value, m.reason) for m in decided.marks]
    return hashlib.sha256(repr((kept, marks)).encode()).hexdigest()[:20]


def mark_kind(word: str) -> MarkKind | None:
    """Read what an owner wishes for a design; None takes the mark away."""
    return MarkKind(word) if word in set(MarkKind) else None


VERDICTS = tuple(v.value for v in Verdict)


# ------------------------------------------------------------------ log and people


@dataclass(frozen=True, slots=True)
class LogPage:
    staff: Staff
    campaign: Campaign
    deeds: tuple[Deed, ...]


async def log_page(shop: Shop, actor: Actor, campaign_id: int) -> LogPage:
    """Show what was done in a campaign, newest first, to who runs the rounds."""
    async with shop.store.read() as tx:
        staff = await _seat(tx, actor, _RUNNERS)
        campaign = next((c for c in await campaigns.all_campaigns(tx) if c.id == campaign_id), None)
        if campaign is None:
            raise RuleError("campaign.unknown", t("There is no such campaign."))
        return LogPage(staff, campaign, await deeds(tx, await rounds.rounds_of(tx, campaign_id), _LOG))


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Who can be let in where. `campaigns` come with the titles of the groups that vote in them."""

    staff: Staff
    rooms: tuple[GroupRow, ...]
    campaigns: tuple[tuple[Campaign, tuple[str, ...]], ...]
    holders: tuple[Holder, ...]


async def people_page(shop: Shop, actor: Actor) -> PeoplePage:
    """Show owners who runs the shop, and the groups and campaigns they can invite to."""
    async with shop.store.read() as tx:
        staff = await _seat(tx, actor, (Role.OWNER,))
        rooms = tuple(await people.groups_on(tx, "room"))
        found = [
            (c, tuple(g.title for g in await people.groups_of(tx, c.id)))
            for c in await campaigns.all_campaigns(tx)
        ]
        return PeoplePage(staff, rooms, tuple(found), tuple(await people.role_holders(tx)))
