"""What the desk shows of presales: before they open what opening brings, then what is ordered.

Nothing here names who ordered: the desk needs units by colour and size, the factory no more than that.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.errors import RuleError
from bot.money import Money
from bot.port import Actor, PresaleView
from bot.presale import engine
from bot.presale.engine import Event
from bot.presale.model import Presale, PresalePlan
from bot.rounds.model import Campaign, Candidate, Round, RoundState
from bot.service.desk import Staff, seat
from bot.service.logbook import Deed
from bot.service.presale_views import shelf_of, view_of
from bot.service.presales import last_of, terms_of
from bot.service.shop import Shop
from bot.storage import campaigns, cut_sheets, journal, people, presales, rounds
from bot.storage.cut_sheets import Cells, Sums
from bot.storage.store import Tx
from bot.text import Text, t

_LOG, _LATELY = 300, 8
_ACTS = (Event.PAUSE, Event.RESUME, Event.EXTEND, Event.CLOSE)


# ------------------------------------------------------------------ a campaign's presales


@dataclass(frozen=True, slots=True)
class Opening:
    """What opening now would bring: `sample` is one presale as it would stand, `refused` why it cannot be.

    `digest` names exactly these designs and terms, so that nothing else is opened than what was shown.
    """

    designs: tuple[Candidate, ...]
    sample: PresaleView | None
    refused: Text | None
    digest: str


@dataclass(frozen=True, slots=True)
class PresaleLine:
    """A presale in a list."""

    id: int
    view: PresaleView
    sums: Sums


@dataclass(frozen=True, slots=True)
class PresalesPage:
    """A campaign's presales. `unsigned` is the last round while its cut is not signed; `plan` is None when
    the campaign file names no presale; `opening` is None when nothing is left to open."""

    staff: Staff
    now: datetime
    campaign: Campaign
    groups: tuple[str, ...]
    unsigned: Round | None
    plan: PresalePlan | None
    opening: Opening | None
    lines: tuple[PresaleLine, ...]

    @property
    def units(self) -> int:
        return sum(line.view.units for line in self.lines)

    @property
    def orders(self) -> int:
        return sum(line.sums.orders for line in self.lines)


async def presales_page(shop: Shop, actor: Actor, campaign_id: int) -> PresalesPage:
    """Show a campaign's presales; raises RuleError for who may not, and for a campaign there is not."""
    async with shop.store.read() as tx:
        staff, now = await seat(tx, actor), await tx.now()
        campaign = await _campaign(tx, campaign_id)
        siblings = await rounds.rounds_of(tx, campaign_id)
        last = last_of(siblings) if siblings else None
        signed = last is not None and last.state is RoundState.SIGNED_OFF
        plan = await presales.plan_of(tx, campaign_id)
        found = await presales.presales_of(tx, campaign_id)
        opening = None
        if plan is not None and last is not None and signed:
            waiting = await _waiting(tx, last, {p.design_id for p in found})
            opening = await _opening(tx, plan, campaign, waiting, now) if waiting else None
        return PresalesPage(
            staff, now, campaign, tuple(g.title for g in await people.groups_of(tx, campaign_id)),
            None if signed else last, plan, opening, await _lines(tx, found, now),
        )  # fmt: skip


async def _campaign(tx: Tx, campaign_id: int) -> Campaign:
    found = next((c for c in await campaigns.all_campaigns(tx) if c.id == campaign_id), None)
    if found is None:
        raise RuleError("campaign.unknown", t("There is no such campaign."))
    return found


async def _waiting(tx: Tx, last: Round, opened: set[int]) -> tuple[Candidate, ...]:
    """List what is on the shortlist and has no presale yet, best place first."""
    kept = [line.design_id for line in await rounds.signed_cut(tx, last.id) if line.kept]
    everyone = {c.design_id: c for c in await campaigns.competitors(tx, last.campaign_id)}
    return tuple(everyone[i] for i in kept if i not in opened)


async def _opening(
    tx: Tx, plan: PresalePlan, campaign: Campaign, waiting: tuple[Candidate, ...], now: datetime
) -> Opening:
    said = (plan, [c.version_id for c in waiting])
    digest = hashlib.sha256(repr(said).encode()).hexdigest()[:20]
    try:
        terms = terms_of(plan, campaign, waiting[0], now)
    except RuleError as refused:  # an instant of the ladder falls where the clocks are changed
        return Opening(waiting, None, refused.text, digest)
    return Opening(waiting, view_of(await shelf_of(tx, [terms]), terms, now), None, digest)


async def _lines(tx: Tx, found: Sequence[Presale], now: datetime) -> tuple[PresaleLine, ...]:
    shelf = await shelf_of(tx, found)
    sums = await cut_sheets.sums_of(tx, [p.id for p in found])
    return tuple(PresaleLine(p.id, view_of(shelf, p, now), sums[p.id]) for p in found)


# ------------------------------------------------------------------ one presale


@dataclass(frozen=True, slots=True)
class CutSheet:
    """What would be cut of one design: live units by colour and size, both in the printed order."""

    number: int
    version: int
    title: str
    colours: tuple[str, ...]
    sizes: tuple[str, ...]
    units: tuple[tuple[int, ...], ...]

    @property
    def total(self) -> int:
        return sum(map(sum, self.units))

    @property
    def by_size(self) -> tuple[int, ...]:
        return tuple(map(sum, zip(*self.units, strict=True)))


@dataclass(frozen=True, slots=True)
class PresalePage:
    """Everything the desk may see of a presale. `acts` are the steps this person could take now;
    `pledged` is what the live orders come to, for owners."""

    staff: Staff
    now: datetime
    campaign: Campaign
    id: int
    view: PresaleView
    sheet: CutSheet
    sums: Sums
    pledged: Money | None
    acts: frozenset[str]
    log: tuple[Deed, ...]


async def presale_page(shop: Shop, actor: Actor, presale_id: int) -> PresalePage:
    """Show one presale; raises RuleError for who may not, and for a presale there is not."""
    async with shop.store.read() as tx:
        staff, now = await seat(tx, actor), await tx.now()
        presale = await presales.presale_by_id(tx, presale_id)
        if presale is None:
            raise RuleError("presale.unknown", t("There is no such presale."))
        campaign = await campaigns.campaign_by_id(tx, presale.campaign_id)
        shelf = await shelf_of(tx, [presale])
        sums = (await cut_sheets.sums_of(tx, [presale_id]))[presale_id]
        cells = (await cut_sheets.cells_of(tx, [presale_id]))[presale_id]
        return PresalePage(
            staff, now, campaign, presale_id, view_of(shelf, presale, now),
            _sheet(presale, shelf.designs[presale.version_id], cells), sums,
            Money(sums.minor, presale.currency) if staff.owner else None,
            _acts(staff, presale, now), await _deeds(tx, presale) if staff.runs else (),
        )  # fmt: skip


def _sheet(presale: Presale, design: Candidate, cells: Mapping[tuple[int, str], int]) -> CutSheet:
    return CutSheet(
        design.number, design.version, design.title,
        tuple(c.label for c in presale.colours), presale.sizes,
        tuple(tuple(cells.get((c.place, size), 0) for size in presale.sizes) for c in presale.colours),
    )  # fmt: skip


def _acts(staff: Staff, presale: Presale, now: datetime) -> frozenset[str]:
    """List what this person could do with a presale now; the use cases check it all again."""
    if not staff.owner or now >= presale.closes_at:
        return frozenset()
    acts: set[str] = {e.value for e in _ACTS if (presale.state, e) in engine.TABLE}
    if presale.closes_at >= presale.opened_at + engine.LONGEST:
        acts.discard(Event.EXTEND)
    return frozenset(acts)


async def _deeds(tx: Tx, presale: Presale) -> tuple[Deed, ...]:
    found = await journal.entries(tx, presale.campaign_id, _LOG)
    mine = [e for e in found if e.facts.get("presale") == presale.id]
    return tuple(Deed(e.at, e.who, e.action, None, e.facts, e.reason) for e in mine[:_LATELY])


# ------------------------------------------------------------------ cut sheets


async def cut_sheets_of(
    shop: Shop, actor: Actor, campaign_id: int
) -> tuple[Staff, Campaign, tuple[CutSheet, ...]]:
    """Read the cut sheets of all of a campaign's presales, by number."""
    async with shop.store.read() as tx:
        staff = await seat(tx, actor)
        campaign = await _campaign(tx, campaign_id)
        found = await presales.presales_of(tx, campaign_id)
        shelf = await shelf_of(tx, found)
        cells: Mapping[int, Cells] = await cut_sheets.cells_of(tx, [p.id for p in found])
        sheets = tuple(_sheet(p, shelf.designs[p.version_id], cells[p.id]) for p in found)
        return staff, campaign, sheets
