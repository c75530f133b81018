"""The presale's state machine: one table, and anything absent from it is illegal.

    draft → open ⇄ paused → deciding → collecting | failed

A function here takes a presale and the time and returns the presale as it is afterwards; it stores nothing.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import RuleError
from bot.presale.model import Presale, PresaleState
from bot.text import Text, When, t

LONGEST = timedelta(days=90)
"""How long a presale may be open, extensions included: nobody waits longer to hear whether it is made."""


class Event(StrEnum):
    OPEN = "open"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    CLOSE = "close"
    DECIDE = "decide"


S, E = PresaleState, Event
TABLE: dict[tuple[PresaleState, Event], frozenset[PresaleState]] = {
    (S.DRAFT, E.OPEN): frozenset({S.OPEN}),
    (S.OPEN, E.PAUSE): frozenset({S.PAUSED}),
    (S.PAUSED, E.RESUME): frozenset({S.OPEN}),
    (S.OPEN, E.EXTEND): frozenset({S.OPEN}),
    (S.PAUSED, E.EXTEND): frozenset({S.PAUSED}),
    (S.OPEN, E.CLOSE): frozenset({S.DECIDING}),
    (S.PAUSED, E.CLOSE): frozenset({S.DECIDING}),
    (S.DECIDING, E.DECIDE): frozenset({S.COLLECTING, S.FAILED}),
}

RUNNING = frozenset({S.OPEN, S.PAUSED})


def named(state: PresaleState) -> Text:
    """Say a state in words a person reads."""
    return {
        S.DRAFT: t("not open yet"),
        S.OPEN: t("open for orders"),
        S.PAUSED: t("paused"),
        S.DECIDING: t("closed, being counted"),
        S.COLLECTING: t("closed, minimum reached"),
        S.FAILED: t("closed, minimum missed"),
    }[state]


def _after(presale: Presale, event: Event, wanted: PresaleState | None = None) -> PresaleState:
    possible = TABLE.get((presale.state, event), frozenset())
    if wanted is None and len(possible) == 1:
        return next(iter(possible))
    if wanted in possible:
        return wanted
    raise RuleError(
        f"presale.cannot_{event}",
        t("This presale is {state}, so this cannot be done now.", state=named(presale.state)),
    )


def event_time(presale: Presale, now: datetime) -> datetime:
    """Read the clock for an event: never earlier than the event before it, whatever the clock did."""
    return max(now, presale.last_at)


def check_not_over(presale: Presale, now: datetime) -> None:
    """Raise RuleError for a presale that has run out and only waits for the clock to close it."""
    if presale.state in RUNNING and event_time(presale, now) >= presale.closes_at:
        raise RuleError(
            "presale.over", t("This presale has reached its end {at}.", at=When(presale.closes_at))
        )


def pause(presale: Presale, now: datetime) -> Presale:
    """Take no orders for a while. The printed instants stay: price steps and the end come all the same."""
    state = _after(presale, E.PAUSE)
    check_not_over(presale, now)
    return replace(presale, state=state, last_at=event_time(presale, now))


def resume(presale: Presale, now: datetime) -> Presale:
    state = _after(presale, E.RESUME)
    check_not_over(presale, now)
    return replace(presale, state=state, last_at=event_time(presale, now))


def extend(presale: Presale, by: timedelta, now: datetime) -> Presale:
    """Move the end later, to at most 90 days after the opening; the ladder stays as it is."""
    state = _after(presale, E.EXTEND)
    check_not_over(presale, now)
    closes_at = presale.closes_at + by
    if by <= timedelta() or closes_at > presale.opened_at + LONGEST:
        raise RuleError(
            "presale.extension",
            t("Extend to a later end, at most {at}.", at=When(presale.opened_at + LONGEST)),
        )
    return replace(presale, state=state, closes_at=closes_at, last_at=event_time(presale, now))


def close(presale: Presale, now: datetime) -> Presale:
    """Take no more orders. Closing before the time makes now the end."""
    state, at = _after(presale, E.CLOSE), event_time(presale, now)
    return replace(presale, state=state, closed_at=at, closes_at=min(presale.closes_at, at), last_at=at)


def decide(presale: Presale, now: datetime) -> Presale:
    """Compare each colour's units with its minimum: what is reached is made, the rest is not."""
    counted = tuple(replace(c, counted=c.units) for c in presale.colours)
    wanted = S.COLLECTING if any(c.units >= presale.moq for c in counted) else S.FAILED
    state, at = _after(presale, E.DECIDE, wanted), event_time(presale, now)
    return replace(presale, state=state, colours=counted, decided_at=at, last_at=at)


def due(presale: Presale, now: datetime) -> Event | None:
    """Say what time demands of the presale now: CLOSE, DECIDE or nothing."""
    if presale.state in RUNNING and now >= presale.closes_at:
        return E.CLOSE
    return E.DECIDE if presale.state is S.DECIDING else None


def check_orderable(presale: Presale, now: datetime) -> None:
    """Raise RuleError unless an order counts at `now`; the closing instant itself is too late."""
    if presale.state in RUNNING and now < presale.closes_at:
        if presale.state is S.OPEN:
            return
        raise RuleError("order.paused", t("Orders are paused by the shop. What you ordered stays yours."))
    if presale.state is S.DRAFT:
        raise RuleError("order.early", t("This presale has not opened yet."))
    raise RuleError("order.late", _closed(presale))


def _closed(presale: Presale) -> Text:
    at = When(presale.closes_at)
    if presale.state is S.COLLECTING:
        return t("This presale closed {at}. Enough were ordered: it will be made.", at=at)
    if presale.state is S.FAILED:
        return t("This presale closed {at}. Too few were ordered: it is not made, and nobody pays.", at=at)
    return t("This presale closed {at}. What was ordered before counts.", at=at)


def reading_time(presale: Presale, now: datetime) -> datetime:
    """Say at which time its price is read: now, and once it has closed the moment it did."""
    return presale.closed_at or event_time(presale, now)
