"""What designers work from: the designs that are still in, what fans ask of each, what is in already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import cards
from bot.errors import RuleError
from bot.port import Actor, Role
from bot.rounds.model import Campaign, Candidate, Round, RoundState, Verdict
from bot.rounds.revise import between
from bot.service.revisions import survivors
from bot.service.shop import Shop, check_role, known, language_for
from bot.service.wire import load_text
from bot.storage import campaigns, revisions, rounds, wishes
from bot.storage.people import Person
from bot.storage.revisions import VersionRow
from bot.storage.store import Tx
from bot.storage.wishes import WishRow
from bot.text import Numbers, Text, t


@dataclass(frozen=True, slots=True)
class Seat:
    """Who looks: everybody who helps may look, designers and owners may act."""

    language: str
    owner: bool
    designs: bool


@dataclass(frozen=True, slots=True)
class Result:
    """How a design came through the last signed cut, and why, as fans read it."""

    round: int
    place: int
    of: int
    verdict: Verdict
    reason: Text


@dataclass(frozen=True, slots=True)
class DesignLine:
    """A design that is still in: how much was said, how much of it waits, and a version that does."""

    design: Candidate
    alt: Text
    said: int
    waiting: int
    draft: bool
    result: Result | None


@dataclass(frozen=True, slots=True)
class Workroom:
    """Designs that are still in, those with the most open wishes first.

    `following` is the round that new versions go into; None while `closed` says why there are none now.
    """

    seat: Seat
    campaign: Campaign
    lines: tuple[DesignLine, ...]
    following: Round | None
    closed: Text | None


@dataclass(frozen=True, slots=True)
class DesignPage:
    """One design with all its versions and everything that was said about it, newest first."""

    seat: Seat
    now: datetime
    campaign: Campaign
    design: Candidate
    alt: Text
    versions: tuple[VersionRow, ...]
    draft: VersionRow | None
    wishes: tuple[WishRow, ...]
    result: Result | None
    following: Round | None
    closed: Text | None

    @property
    def shown(self) -> tuple[VersionRow, ...]:
        """The versions to compare: the newest fans see and the draft, else the last two."""
        return self.versions[-2:]

    @property
    def authors(self) -> int:
        """How many fans the draft answers."""
        if self.draft is None:
            return 0
        return len({w.fan_id for w in self.wishes if w.answered == self.draft.number})


async def workroom(shop: Shop, actor: Actor, campaign_id: int) -> Workroom:
    """Show what a campaign's designers have before them."""
    async with shop.store.read() as tx:
        seat, campaign = await _seat(tx, actor), await _campaign(tx, campaign_id)
        siblings = await rounds.rounds_of(tx, campaign_id)
        following, closed = _window(siblings)
        results = await _results(tx, siblings)
        counts = await wishes.open_counts(tx, campaign_id)
        waiting = {d.design_id for d in await revisions.drafts(tx, campaign_id)}
        lines = [
            DesignLine(
                c, cards.alt(c), *counts.get(c.design_id, (0, 0)), c.design_id in waiting,
                results.get(c.design_id),
            )
            for c in await _still_in(tx, campaign_id, siblings)
        ]  # fmt: skip
        lines.sort(key=lambda x: (-x.waiting, -x.said, x.result.place if x.result else x.design.number))
        return Workroom(seat, campaign, tuple(lines), following, closed)


async def design_page(shop: Shop, actor: Actor, campaign_id: int, number: int) -> DesignPage:
    """Show one design to who works on it."""
    async with shop.store.read() as tx:
        seat, campaign = await _seat(tx, actor), await _campaign(tx, campaign_id)
        siblings = await rounds.rounds_of(tx, campaign_id)
        everyone = await campaigns.competitors(tx, campaign_id)
        design = next((c for c in everyone if c.number == number), None)
        if design is None:
            raise RuleError(
                "design.unknown", t("There is no design {number} here.", number=Numbers((number,)))
            )
        following, closed = _window(siblings)
        versions = await revisions.versions_of(tx, design.design_id)
        results = await _results(tx, siblings)
        if closed is None and design.design_id not in {
            c.design_id for c in await _still_in(tx, campaign_id, siblings)
        }:
            following, closed = None, t("It is not in the next round.")
        return DesignPage(
            seat, await tx.now(), campaign, design, cards.alt(design), tuple(versions),
            next((v for v in versions if v.published_at is None), None),
            tuple(await wishes.wishes_of(tx, design.design_id)),
            results.get(design.design_id), following, closed,
        )  # fmt: skip


async def _seat(tx: Tx, actor: Actor) -> Seat:
    person: Person = await known(tx, actor)
    check_role(person, Role.DESIGNER, Role.MODERATOR)
    return Seat(language_for(person, actor), person.may(Role.OWNER), person.may(Role.DESIGNER))


async def _campaign(tx: Tx, campaign_id: int) -> Campaign:
    found = next((c for c in await campaigns.all_campaigns(tx) if c.id == campaign_id), None)
    if found is None:
        raise RuleError("campaign.unknown", t("There is no such campaign."))
    return found


def _window(siblings: Sequence[Round]) -> tuple[Round | None, Text | None]:
    """Say which round new versions go into, or why there are none now."""
    try:
        return between(siblings)[1], None
    except RuleError as refused:
        return None, refused.text


def _signed(siblings: Sequence[Round]) -> Round | None:
    return next((r for r in reversed(siblings) if r.state is RoundState.SIGNED_OFF), None)


async def _still_in(tx: Tx, campaign_id: int, siblings: Sequence[Round]) -> list[Candidate]:
    everyone = await campaigns.competitors(tx, campaign_id)
    signed = _signed(siblings)
    if signed is None:
        return everyone
    kept = await survivors(tx, signed)
    return [c for c in everyone if c.design_id in kept]


async def _results(tx: Tx, siblings: Sequence[Round]) -> Mapping[int, Result]:
    """Read how every design came through the last signed cut."""
    signed = _signed(siblings)
    if signed is None:
        return {}
    candidates = await rounds.candidates(tx, signed.id)
    verdicts = {candidates[s.position].design_id: s.verdict for s in await rounds.standings(tx, signed.id)}
    return {
        line.design_id: Result(
            signed.number, line.place, len(candidates), verdicts[line.design_id], load_text(line.reason)
        )
        for line in await rounds.signed_cut(tx, signed.id)
    }
