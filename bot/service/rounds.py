"""What owners, moderators and the clock do to a round: every step one transaction, logged, told."""

import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import cards
from bot.errors import RuleError
from bot.rounds import engine
from bot.rounds.engine import Event
from bot.rounds.model import Candidate, Mark, MarkKind, Round, RoundState
from bot.service import revisions, summary
from bot.service.counting import counted
from bot.service.cuts import CutPreview, preview
from bot.service.ticking import Steps
from bot.service.wire import dump_text
from bot.storage import campaigns, journal, outbox, people, presales, rounds, summaries, tallies
from bot.storage.partitions import make_partitions
from bot.storage.rounds import CutLine
from bot.storage.store import Store, Tx
from bot.text import Text, t


@dataclass(frozen=True, slots=True)
class By:
    """Who does it: an account, or None for the clock and the command line; and why.

    `event_id` names what asked for it: the same again is not done again.
    """

    account_id: int | None = None
    reason: str = ""
    event_id: str | None = None


CLOCK = By()


class _AlreadyDone(Exception):
    """What was asked for is so already: the same request came before."""

    def __init__(self, round_: Round) -> None:
        super().__init__()
        self.round = round_


Step = Callable[[Tx, Round, datetime], Awaitable[Round]]


async def _step(store: Store, round_id: int, event: str, by: By, step: Step) -> Round:
    """Take one step of a round under its lock; raises RuleError when it is not possible now."""
    async with store.begin() as tx:
        await tx.exclude_rounds([0, round_id] if event == Event.OPEN else [round_id])
        before = await rounds.round_by_id(tx, round_id)
        if before is None:
            raise RuleError("round.unknown", t("There is no such round."))
        if await journal.entry_of_event(tx, by.account_id, by.event_id):
            return before
        now = await tx.now()
        try:
            after = await step(tx, before, now)
        except _AlreadyDone as done:
            return done.round
        if not await rounds.move(tx, before, after):
            raise RuleError("round.moved", t("Somebody else was faster. Look again and decide anew."))
        await journal.record(
            tx, f"round_{event}", now, account_id=by.account_id, campaign_id=after.campaign_id,
            round_id=round_id, reason=by.reason, event_id=by.event_id, state=after.state.value,
            closes_at=after.closes_at.isoformat(),
        )  # fmt: skip
        await _touch(tx, after.campaign_id)
        return after


async def _touch(tx: Tx, campaign_id: int) -> list[int]:
    ids = [g.id for g in await people.groups_of(tx, campaign_id)]
    if ids:
        await people.touch_groups(tx, ids)
    return ids


# ------------------------------------------------------------------ before and while a round runs


async def schedule(store: Store, round_id: int, by: By) -> Round:
    """Promise a round for its printed opening time."""

    async def step(_tx: Tx, round_: Round, now: datetime) -> Round:
        return engine.schedule(round_, now)

    return await _step(store, round_id, Event.SCHEDULE, by, step)


async def unschedule(store: Store, round_id: int, by: By) -> Round:
    """Take the promise back."""

    async def step(_tx: Tx, round_: Round, _now: datetime) -> Round:
        return engine.unschedule(round_)

    return await _step(store, round_id, Event.UNSCHEDULE, by, step)


async def open_round(store: Store, round_id: int, by: By) -> Round:
    """Open for votes: the candidates are frozen and every group is told, in the same transaction."""

    async def step(tx: Tx, round_: Round, now: datetime) -> Round:
        campaign = await campaigns.campaign_by_id(tx, round_.campaign_id)
        competing = await _competing(tx, round_)
        if await revisions.publish(tx, round_, {c.design_id for c in competing}, now):
            competing = await _competing(tx, round_)
        after = engine.open_(round_, now, len(competing), campaign.noun)
        await rounds.freeze(
            tx, round_id, [competing[i].version_id for i in engine.drawn(round_.seed, len(competing))]
        )
        await make_partitions(tx, round_id)
        groups = [g.id for g in await people.groups_of(tx, round_.campaign_id)]
        await outbox.tell(tx, groups, cards.ROUND, round_id, now)
        return after

    return await _step(store, round_id, Event.OPEN, by, step)


async def _competing(tx: Tx, round_: Round) -> list[Candidate]:
    """List who takes part: everyone in round 1, then the survivors, each by its newest version."""
    everyone = await campaigns.competitors(tx, round_.campaign_id)
    if round_.number == 1:
        return everyone
    earlier = engine.counting(await rounds.rounds_of(tx, round_.campaign_id), round_.number - 1)
    if earlier is None or earlier.state is not RoundState.SIGNED_OFF:
        raise RuleError(
            "round.earlier_open",
            t("Sign the cut of round {earlier} first: it decides who takes part.", earlier=round_.number - 1),
        )
    survivors = {line.design_id for line in await rounds.signed_cut(tx, earlier.id) if line.kept}
    return [c for c in everyone if c.design_id in survivors]


async def pause(store: Store, round_id: int, by: By) -> Round:
    """Stop votes and the round's clock."""

    async def step(_tx: Tx, round_: Round, now: datetime) -> Round:
        return engine.pause(round_, now)

    return await _step(store, round_id, Event.PAUSE, by, step)


async def resume(store: Store, round_id: int, by: By) -> Round:
    """Take votes again, with the time of the pause added to the end."""

    async def step(_tx: Tx, round_: Round, now: datetime) -> Round:
        return engine.resume(round_, now)

    return await _step(store, round_id, Event.RESUME, by, step)


async def extend(
    store: Store, round_id: int, by_time: timedelta, by: By, seen: datetime | None = None
) -> Round:
    """Move the closing later; `seen` is the closing time it was asked with, where one was shown.

    Asked again with the same `seen` the round is as it was asked for, and nothing more is done.
    """

    async def step(_tx: Tx, round_: Round, now: datetime) -> Round:
        engine.check_not_over(round_, now)
        if seen is not None and round_.closes_at == seen + by_time:
            raise _AlreadyDone(round_)
        if seen is not None and round_.closes_at != seen:
            raise RuleError(
                "round.moved", t("The closing time was changed meanwhile. Look again and decide anew.")
            )
        return engine.extend(round_, by_time)

    return await _step(store, round_id, Event.EXTEND, by, step)


async def close(store: Store, round_id: int, by: By) -> Round:
    """Close exactly once: whatever was acknowledged is in, whatever comes later is refused."""

    async def step(tx: Tx, round_: Round, now: datetime) -> Round:
        return engine.close(round_, now, await tallies.turnout(tx, round_id))

    return await _step(store, round_id, Event.CLOSE, by, step)


async def void(store: Store, round_id: int, by: By) -> Round:
    """Declare that a round does not count."""

    async def step(_tx: Tx, round_: Round, _now: datetime) -> Round:
        return engine.void(round_)

    return await _step(store, round_id, Event.VOID, by, step)


async def run_again(store: Store, round_id: int, by: By) -> Round:
    """Draft a round anew that was called off: the same rules and number, a seed and votes of its own.

    Asked twice it is drafted once. Its dates are those that were printed; past ones do not bind (see
    `engine.open_`).
    """
    async with store.begin() as tx:
        called_off = await rounds.round_by_id(tx, round_id)
        if called_off is None or called_off.state is not RoundState.VOID:
            raise RuleError("round.not_void", t("Only a round that was called off can be run again."))
        await tx.exclude_rounds([0, round_id])
        siblings = await rounds.rounds_of(tx, called_off.campaign_id)
        if again := engine.counting(siblings, called_off.number):
            return again
        now = await tx.now()
        drafted = await rounds.add_round(tx, called_off.campaign_id, called_off.plan, new_seed())
        await journal.record(
            tx, "round_again", now, account_id=by.account_id, campaign_id=called_off.campaign_id,
            round_id=drafted, reason=by.reason, number=called_off.number,
        )  # fmt: skip
        await _touch(tx, called_off.campaign_id)
        found = await rounds.round_by_id(tx, drafted)
        assert found is not None
        return found


# ------------------------------------------------------------------ the clock


async def tick(store: Store) -> int:
    """Do what time demands. Any number of workers may: each step is taken once, in the database.

    Returns how many steps this call took.
    """
    async with store.read() as tx:
        now = await tx.now()
        due = await rounds.due_rounds(tx, now)
        running = await rounds.running_rounds(tx)
        reminders = [
            r for r in running
            if r.state is RoundState.OPEN and cards.remind_at(r) <= now < r.closes_at
            and not await outbox.was_told(tx, cards.REMINDER, r.id)
        ]  # fmt: skip
    steps = Steps()
    for round_ in due:
        await steps.take(_do_due(store, round_))
    for round_ in reminders:
        await steps.take(_remind(store, round_))
    async with store.read() as tx:
        uncounted = await rounds.uncounted_rounds(tx)
    for round_ in uncounted:
        await steps.take(count(store, round_))
    return steps.end()


async def _do_due(store: Store, round_: Round) -> bool:
    try:
        if round_.state is RoundState.SCHEDULED:
            await open_round(store, round_.id, CLOCK)
        else:
            await _close_or_extend(store, round_)
    except RuleError as refused:
        if refused.code in ("round.too_few", "round.earlier_open"):
            with suppress(RuleError):
                await unschedule(store, round_.id, By(reason=refused.code))
        return False  # another worker did it, or a person changed it meanwhile
    return True


async def _close_or_extend(store: Store, round_: Round) -> Round:
    async def step(tx: Tx, now_is: Round, now: datetime) -> Round:
        turnout = await tallies.turnout(tx, now_is.id)
        match engine.due(now_is, now, turnout):
            case Event.EXTEND:
                return engine.extend_for_quorum(now_is, now)
            case Event.CLOSE:
                return engine.close(now_is, now, turnout)
            case _:
                raise RuleError("round.moved", t("Somebody else was faster. Look again and decide anew."))

    return await _step(store, round_.id, Event.CLOSE, CLOCK, step)


async def _remind(store: Store, round_: Round) -> bool:
    async with store.begin() as tx:
        groups = [g.id for g in await people.groups_of(tx, round_.campaign_id)]
        return await outbox.tell(tx, groups, cards.REMINDER, round_.id, await tx.now()) > 0


async def count(store: Store, round_: Round) -> bool:
    """Keep a closed round's standings and tell the result, once; False when another worker did.

    The votes of a closed round do not change, so they are read and estimated outside the write. Only a
    ballot set aside (or taken back in) changes what counts: then this count is dropped and another is due.
    """
    found = await counted(store, round_)
    async with store.begin() as tx:
        now = await tx.now()
        if not await rounds.take_count(tx, round_.id, found.recounts, now):
            return False
        await rounds.put_standings(tx, round_.id, found.standings)
        await summaries.put_integrity(tx, round_.id, found.integrity)
        groups = await _touch(tx, round_.campaign_id)
        await outbox.tell(tx, groups, cards.RESULT, round_.id, now)
        await summary.tell_owners(tx, round_, now)
    return True


# ------------------------------------------------------------------ the cut


async def mark(store: Store, round_id: int, number: int, kind: MarkKind | None, by: By) -> None:
    """Set (or with None remove) an owner's keep or veto on a design; a mark needs a reason."""
    if kind is not None and not by.reason.strip():
        raise RuleError("mark.reason", t("Say why in a few words: the reason is shown beside the decision."))
    async with store.begin() as tx:
        await tx.exclude_rounds([round_id])
        round_ = await rounds.round_by_id(tx, round_id)
        if round_ is None or round_.state is not RoundState.CLOSED:
            raise RuleError(
                "mark.not_closed", t("Marks are set between the close of a round and its signature.")
            )
        candidates = await rounds.candidates(tx, round_id)
        design = next((c.design_id for c in candidates if c.number == number), None)
        if design is None:
            raise RuleError("mark.unknown", t("Number {number} is not in this round.", number=number))
        now = await tx.now()
        if kind is None:
            await rounds.drop_mark(tx, round_id, design)
        else:
            assert by.account_id is not None
            await rounds.put_mark(tx, round_id, Mark(design, kind, by.reason.strip()), by.account_id, now)
            await preview(tx, round_)  # refuses marks that leave no valid cut, before they are kept
        await journal.record(
            tx, f"mark_{kind or 'removed'}", now, account_id=by.account_id, campaign_id=round_.campaign_id,
            round_id=round_id, reason=by.reason, number=number,
        )  # fmt: skip


async def sign(
    store: Store, round_id: int, by: By, accept_quorum: bool = False, seen_digest: str | None = None
) -> Round:
    """Sign the cut as previewed: it is kept with its reasons, and the next round gets its date.

    `seen_digest` names the decision that was on the screen, where one was: another is not signed.
    """

    async def step(tx: Tx, round_: Round, now: datetime) -> Round:
        after = engine.sign(round_, now, accept_quorum)
        seen = await preview(tx, round_)
        if seen is None:
            raise RuleError("round.uncounted", t("The votes are still being counted. Try again in a moment."))
        if seen_digest is not None and seen_digest != seen.digest:
            raise RuleError(
                "cut.changed", t("The cut changed while you looked at it. Look again, then sign.")
            )
        await rounds.put_cut(tx, round_id, _cut_lines(seen))
        following = await _next(tx, round_)
        if following and following.state is RoundState.DRAFT and following.plan.opens_at > now:
            await rounds.move(tx, following, engine.schedule(following, now))
        return after

    return await _step(store, round_id, Event.SIGN, by, step)


def _cut_lines(seen: CutPreview) -> list[CutLine]:
    by_place = {s.position: s.place for s in seen.standings}
    order = [*seen.cut.kept, *sorted(seen.cut.left, key=lambda p: by_place[p])]
    kept = set(seen.cut.kept)
    wishes = {m.design_id: m.reason for m in seen.marks}

    def why(position: int) -> Text:
        wish = wishes.get(seen.candidates[position].design_id)
        reason = seen.cut.reasons[position]
        return t("{reason} The shop says: {wish}", reason=reason, wish=wish) if wish else reason

    return [
        CutLine(seen.candidates[p].design_id, p in kept, place, dump_text(why(p)))
        for place, p in enumerate(order, 1)
    ]


async def unsign(store: Store, round_id: int, by: By) -> Round:
    """Take a signature back while the next round has not opened; the marks stay."""

    async def step(tx: Tx, round_: Round, _now: datetime) -> Round:
        following = await _next(tx, round_)
        after = engine.unsign(round_, following.state if following else None)
        if following is None and await presales.has_opened(tx, round_.campaign_id):
            raise RuleError(
                "round.presale_opened",
                t(
                    "A presale of this shortlist has opened, so the cut of round {number} stands.",
                    number=round_.number,
                ),
            )
        if following and following.state is RoundState.SCHEDULED:
            await rounds.move(tx, following, engine.unschedule(following))
        await rounds.drop_cut(tx, round_id)
        await outbox.revive(tx, cards.RESULT, round_id)
        return after

    return await _step(store, round_id, Event.UNSIGN, by, step)


async def _next(tx: Tx, round_: Round) -> Round | None:
    return engine.counting(await rounds.rounds_of(tx, round_.campaign_id), round_.number + 1)


def new_seed() -> str:
    """Draw a round's seed when its campaign is loaded, long before anyone can know the votes."""
    return secrets.token_hex(16)
