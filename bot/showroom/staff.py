"""The demo shop's own people: they sign the cuts, revise what fans ask to be changed, and open the presales.

They look at what there is to do now and then and do it through the same use cases as anybody, so a visitor
who owns the shop may be faster, and a demo that was stopped goes on where it was.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.demo.clock import FastClock
from bot.demo.designer import Revision, revise
from bot.demo.draw import svg
from bot.demo.raster import jpeg
from bot.demo.wardrobe import Wardrobe
from bot.errors import RuleError
from bot.main import Installation
from bot.port import Actor, Command, Role, Upload, at_hand
from bot.rounds.engine import counting
from bot.rounds.model import TO_COME, Candidate, Round, RoundState
from bot.service import people, presales, revisions, rounds, wishes
from bot.service.rounds import By
from bot.storage import campaigns as stored_campaigns
from bot.storage import people as stored_people
from bot.storage import presales as stored_presales
from bot.storage import revisions as stored_revisions
from bot.storage import rounds as stored_rounds
from bot.storage import wishes as stored_wishes
from bot.storage.store import Tx

log = structlog.get_logger()

_SIGNS_AFTER = timedelta(hours=6)
_SELLS_AFTER = timedelta(hours=12)
_LOOKS_EVERY = timedelta(minutes=30)
_LEAST_WAIT_S = 0.2
_MOST_REVISIONS = 17
"""How many designs come back changed after a round (chat.md's example of a closing)."""

_OWNER = Actor("room", "demo-owner", "Olga from the shop", "en")
_DESIGNER = Actor("room", "demo-designer", "Noor, designer", "en")


@dataclass(frozen=True, slots=True)
class _Plan:
    """A design to revise, how, and the comments on it: those it answers and those it cannot."""

    design: Candidate
    revision: Revision
    answers: tuple[int, ...]
    others: tuple[int, ...]


class Staff:
    """An owner and a designer of the demo's one campaign."""

    def __init__(self, installation: Installation, campaign_id: int, wardrobe: Wardrobe, clock: FastClock):
        self._inbox = installation.catwalk
        self._shop = installation.shop
        self._store = installation.store
        self._campaign_id = campaign_id
        self._wardrobe = wardrobe
        self._clock = clock
        self._by = By()

    async def work(self) -> None:
        """Do what is to be done until cancelled; what is refused was done by somebody else, or waits."""
        self._by = By((await self._come_in(Role.OWNER, _OWNER)).account_id, "as planned")
        await self._come_in(Role.DESIGNER, _DESIGNER)
        await self._remember()
        while True:
            try:
                await self._look_around()
            except RuleError as refused:
                log.info("demo_step_refused", code=refused.code)
            pause = self._clock.wait_s(self._clock() + _LOOKS_EVERY)
            await asyncio.sleep(max(pause, _LEAST_WAIT_S))

    async def _come_in(self, role: Role, actor: Actor) -> stored_people.Person:
        """Let one of the staff in, once, by a code as anybody gets it."""
        async with self._store.read() as tx:
            person = await stored_people.find_person(tx, actor.platform, actor.remote_id)
        if person is None:
            issued = await people.invite_role(self._shop, role, None)
            await self._inbox.command(Command(actor, f"claim-{role}", "claim", issued.code))
            async with self._store.read() as tx:
                person = await stored_people.find_person(tx, actor.platform, actor.remote_id)
        assert person is not None
        return person

    async def _remember(self) -> None:
        """Learn from a kept demo what was changed in it before."""
        async with self._store.read() as tx:
            for design in await stored_campaigns.competitors(tx, self._campaign_id):
                for version in await stored_revisions.versions_of(tx, design.design_id):
                    if version.number > 1:
                        self._wardrobe.revised(design.number, version.number, version.note)

    # -------------------------------------------------------------- what is to be done

    async def _look_around(self) -> None:
        async with self._store.read() as tx:
            now = await tx.now()
            found = await stored_rounds.rounds_of(tx, self._campaign_id)
            uncounted = {r.id for r in await stored_rounds.uncounted_rounds(tx)}
            selling = await stored_presales.has_opened(tx, self._campaign_id)
        numbers = sorted({r.number for r in found})
        current = [round_ for n in numbers if (round_ := counting(found, n))]
        for round_, following in zip(current, [*current[1:], None], strict=True):
            if round_.state is RoundState.CLOSED and round_.id not in uncounted:
                await self._sign(round_, now)
            elif round_.state is RoundState.SIGNED_OFF and following is not None:
                await self._prepare(following, now)
        last = current[-1] if current else None
        signed_at = last.signed_at if last and last.number == numbers[-1] else None
        if signed_at and not selling and now >= signed_at + _SELLS_AFTER:
            await presales.open_presales(self._store, self._campaign_id, self._by)

    async def _sign(self, round_: Round, now: datetime) -> None:
        """Sign some hours after the close; the demo takes a missed quorum as it is."""
        if round_.closed_at is not None and now >= round_.closed_at + _SIGNS_AFTER:
            await rounds.sign(self._store, round_.id, self._by, accept_quorum=True)

    async def _prepare(self, following: Round, now: datetime) -> None:
        """Revise before the next round, and open it if its printed time passed while nobody signed."""
        if following.state in TO_COME:
            if self._wardrobe.drawn:
                await self._revise(now)
            if following.state is RoundState.DRAFT and now >= following.plan.opens_at:
                await rounds.open_round(self._store, following.id, self._by)

    # -------------------------------------------------------------- revisions

    async def _revise(self, now: datetime) -> None:
        async with self._store.read() as tx:
            drafts = await stored_revisions.drafts(tx, self._campaign_id)
            if drafts:
                return  # done, by us or by a visitor
            plans = await self._plans(tx)
        for plan in plans:
            await self._upload(plan)

    async def _plans(self, tx: Tx) -> list[_Plan]:
        """Choose the designs most fans ask the same of, with what is to be done."""
        signed = [
            r for r in await stored_rounds.rounds_of(tx, self._campaign_id)
            if r.state is RoundState.SIGNED_OFF
        ]  # fmt: skip
        still_in = await revisions.survivors(tx, signed[-1])
        found = [
            plan
            for design in await stored_campaigns.competitors(tx, self._campaign_id)
            if design.design_id in still_in and (plan := await self._plan(tx, design))
        ]
        return sorted(found, key=lambda plan: -len(plan.answers))[:_MOST_REVISIONS]

    async def _plan(self, tx: Tx, design: Candidate) -> _Plan | None:
        said = [w for w in await stored_wishes.wishes_of(tx, design.design_id) if w.status == "new"]
        garment = self._wardrobe.garment(design.number, design.version)
        revision = revise(garment, [w.body for w in said])
        if revision is None:
            return None
        answers, others = (tuple(said[i].id for i in which) for which in (revision.answers, revision.others))
        return _Plan(design, revision, answers, others)

    async def _upload(self, plan: _Plan) -> None:
        """Draw the next version and send it in; say why of the wishes it cannot follow."""
        number, version = plan.design.number, plan.design.version + 1
        photo = await asyncio.to_thread(lambda: jpeg(svg(plan.revision.garment)))
        event = f"demo-version-{number}-{version}"
        note = plan.revision.note
        await self._inbox.upload(
            Upload(_DESIGNER, event, number, at_hand(photo), note, plan.answers, self._campaign_id)
        )
        self._wardrobe.revised(number, version, note)
        if plan.others:
            why = f"Most of you asked for something else: {note[0].lower()}{note[1:]}."
            await wishes.settle(
                self._shop, _DESIGNER, self._campaign_id, number, plan.others, wishes.DECLINED, why
            )
