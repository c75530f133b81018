"""The round's state machine: one table, and anything absent from it is illegal.

    draft ⇄ scheduled → open ⇄ paused → closed ⇄ signed off      (void from all but signed off)

A function here takes a round and the time and returns the round as it is afterwards; it stores nothing.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import RuleError, StateError
from bot.rounds.model import TO_COME, Round, RoundState
from bot.text import Count, Noun, Text, When, t

LONGEST_EXTENSION = timedelta(days=30)


class Event(StrEnum):
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    OPEN = "open"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    CLOSE = "close"
    SIGN = "sign"
    UNSIGN = "unsign"
    VOID = "void"


S, E = RoundState, Event
TABLE: dict[tuple[RoundState, Event], RoundState] = {
    (S.DRAFT, E.SCHEDULE): S.SCHEDULED,
    (S.SCHEDULED, E.UNSCHEDULE): S.DRAFT,
    (S.DRAFT, E.OPEN): S.OPEN,
    (S.SCHEDULED, E.OPEN): S.OPEN,
    (S.OPEN, E.PAUSE): S.PAUSED,
    (S.PAUSED, E.RESUME): S.OPEN,
    (S.OPEN, E.EXTEND): S.OPEN,
    (S.PAUSED, E.EXTEND): S.PAUSED,
    (S.OPEN, E.CLOSE): S.CLOSED,
    (S.PAUSED, E.CLOSE): S.CLOSED,
    (S.CLOSED, E.SIGN): S.SIGNED_OFF,
    (S.SIGNED_OFF, E.UNSIGN): S.CLOSED,
    (S.DRAFT, E.VOID): S.VOID,
    (S.SCHEDULED, E.VOID): S.VOID,
    (S.OPEN, E.VOID): S.VOID,
    (S.PAUSED, E.VOID): S.VOID,
    (S.CLOSED, E.VOID): S.VOID,
}

RUNNING = frozenset({S.OPEN, S.PAUSED})


def named(state: RoundState) -> Text:
    """Say a state in words a person reads."""
    return {
        S.DRAFT: t("a draft"),
        S.SCHEDULED: t("scheduled"),
        S.OPEN: t("open"),
        S.PAUSED: t("paused"),
        S.CLOSED: t("closed"),
        S.SIGNED_OFF: t("signed off"),
        S.VOID: t("called off"),
    }[state]


def _after(round_: Round, event: Event) -> RoundState:
    try:
        return TABLE[round_.state, event]
    except KeyError:
        raise RuleError(
            f"round.cannot_{event}",
            t(
                "Round {number} is {state}, so this cannot be done now.",
                number=round_.number,
                state=named(round_.state),
            ),
        ) from None


def schedule(round_: Round, now: datetime) -> Round:
    """Promise the round for its opening time, which must still lie ahead."""
    state = _after(round_, E.SCHEDULE)
    if round_.plan.opens_at <= now:
        raise RuleError(
            "round.opening_past",
            t(
                "Round {number} was to open {at}, which is past. Open it now instead.",
                number=round_.number,
                at=When(round_.plan.opens_at),
            ),
        )
    return replace(round_, state=state)


def unschedule(round_: Round) -> Round:
    return replace(round_, state=_after(round_, E.UNSCHEDULE))


def open_(round_: Round, now: datetime, candidates: int, noun: Noun) -> Round:
    """Open for votes. A round whose planned closing has passed keeps its planned length from now."""
    state = _after(round_, E.OPEN)
    if candidates <= round_.plan.keep:
        raise RuleError(
            "round.too_few",
            t(
                "Round {number} keeps {keep} but only {candidates} take part, so there is nothing to decide.",
                number=round_.number,
                keep=round_.plan.keep,
                candidates=Count(candidates, noun),
            ),
        )
    closes_at = round_.closes_at
    if closes_at <= now:
        closes_at = now + (round_.plan.closes_at - round_.plan.opens_at)
    return replace(round_, state=state, opened_at=now, closes_at=closes_at)


def check_not_over(round_: Round, now: datetime) -> None:
    """Raise RuleError for a round that has run out and only waits for the clock to close it.

    Whether that has happened yet must decide nothing, so nobody can pause or extend it any more.
    """
    if round_.state is S.OPEN and now >= round_.closes_at:
        raise RuleError(
            "round.over",
            t("Round {number} has reached its closing time: it is being closed.", number=round_.number),
        )


def pause(round_: Round, now: datetime) -> Round:
    """Stop the votes and the round's clock; every pick stays."""
    check_not_over(round_, now)
    return replace(round_, state=_after(round_, E.PAUSE), paused_at=now)


def resume(round_: Round, now: datetime) -> Round:
    """Take votes again; the closing moves by the length of the pause, so fans lose no time."""
    state = _after(round_, E.RESUME)
    if round_.paused_at is None:
        raise StateError(f"round {round_.id} is paused since never")
    lost = max(now - round_.paused_at, timedelta())
    return replace(round_, state=state, paused_at=None, closes_at=round_.closes_at + lost)


def extend(round_: Round, by: timedelta) -> Round:
    """Move the closing later by `by`, more than nothing and at most 30 days."""
    state = _after(round_, E.EXTEND)
    if not timedelta() < by <= LONGEST_EXTENSION:
        raise RuleError(
            "round.extension", t("Extend by at least a minute and at most 30 days, for example 24h.")
        )
    return replace(round_, state=state, closes_at=round_.closes_at + by)


def extend_for_quorum(round_: Round, now: datetime) -> Round:
    """Extend because the quorum was missed: once, then the owner decides.

    The printed time counts from now, so that fans have all of it even when the tick was late.
    """
    if round_.quorum_extended:
        raise StateError(f"round {round_.id} was extended for its quorum before")
    late = replace(round_, closes_at=max(round_.closes_at, now))
    return replace(extend(late, round_.plan.extend_by), quorum_extended=True)


def close(round_: Round, now: datetime, turnout: int) -> Round:
    """Take no more votes. Closing before the time makes now the closing time."""
    return replace(
        round_,
        state=_after(round_, E.CLOSE),
        paused_at=None,
        closed_at=now,
        closes_at=min(round_.closes_at, now),
        quorum_met=turnout >= round_.plan.quorum,
    )


def sign(round_: Round, now: datetime, accept_quorum: bool) -> Round:
    """Sign the cut; with the quorum missed only by an owner who says so."""
    state = _after(round_, E.SIGN)
    if not round_.quorum_met and not accept_quorum:
        raise RuleError(
            "round.quorum",
            t(
                "Fewer than {quorum} fans voted in round {number}. "
                "Confirm that you sign it all the same, or void the round.",
                quorum=round_.plan.quorum,
                number=round_.number,
            ),
        )
    return replace(round_, state=state, signed_at=now)


def unsign(round_: Round, next_state: RoundState | None) -> Round:
    """Take a signature back, until the next round has opened (`next_state` is that round's, if any)."""
    state = _after(round_, E.UNSIGN)
    if next_state not in (None, *TO_COME):
        raise RuleError(
            "round.next_opened",
            t("The next round has opened, so the cut of round {number} stands.", number=round_.number),
        )
    return replace(round_, state=state, signed_at=None)


def void(round_: Round) -> Round:
    """Declare that the round does not count. Its votes are kept and lead to nothing."""
    return replace(round_, state=_after(round_, E.VOID), paused_at=None)


def counting(siblings: Iterable[Round], number: int) -> Round | None:
    """Find a campaign's round of a number, past those that were called off and run again."""
    return next((r for r in siblings if r.number == number and r.state is not S.VOID), None)


def numbered(siblings: Sequence[Round], number: int) -> Round | None:
    """Find the round of a number: the one that counts, else the last that was called off."""
    called_off = [r for r in siblings if r.number == number]
    return counting(siblings, number) or (called_off[-1] if called_off else None)


def due(round_: Round, now: datetime, turnout: int) -> Event | None:
    """Say what time demands of the round now: OPEN, EXTEND (quorum missed, once), CLOSE or nothing."""
    if round_.state is S.SCHEDULED and now >= round_.plan.opens_at:
        return E.OPEN
    if round_.state is S.OPEN and now >= round_.closes_at:
        missed = turnout < round_.plan.quorum and not round_.quorum_extended
        return E.EXTEND if missed else E.CLOSE
    return None


def check_votable(round_: Round, now: datetime) -> None:
    """Raise RuleError unless a vote counts at `now`; the closing instant itself is too late."""
    if round_.state is S.OPEN and now < round_.closes_at:
        return
    if round_.state is S.PAUSED:
        raise RuleError("vote.paused", t("Voting is paused by the moderators. Your picks are safe."))
    if round_.state in TO_COME:
        raise RuleError(
            "vote.early",
            t(
                "Round {number} opens {at}. Come back then.",
                number=round_.number,
                at=When(round_.plan.opens_at),
            ),
        )
    if round_.state is S.VOID:
        raise RuleError(
            "vote.void", t("Round {number} was called off, so it takes no votes.", number=round_.number)
        )
    raise RuleError(
        "vote.late",
        t(
            "Round {number} closed {at}. Everything you tapped before counts.",
            number=round_.number,
            at=When(round_.closes_at),
        ),
    )


def drawn(seed: str, count: int) -> tuple[int, ...]:
    """Draw the order 0…count−1 from a round's seed, so that a candidate's position carries no merit."""
    return tuple(sorted(range(count), key=lambda i: hashlib.sha256(f"drawn:{seed}:{i}".encode()).digest()))
