"""A closed round in one minute: a title and five lines, the same on every surface. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.rounds.model import TO_COME, Round, RoundState, Standing
from bot.rounds.select import top
from bot.text import Count, Noun, Numbers, Share, Text, When, t, tn, verbatim


@dataclass(frozen=True, slots=True)
class Integrity:
    """Ballots set aside, and how many designs the cut would exchange if they counted."""

    aside: int
    moved: int


def compared(
    aside: int, counted: Sequence[Standing], everyones: Sequence[Standing], round_: Round
) -> Integrity:
    """Compare the cut of the counted ballots with that of all of them."""
    plan = round_.plan
    one, other = (
        frozenset(top(found, plan.keep, plan.tie_rule, round_.seed).kept) for found in (counted, everyones)
    )
    return Integrity(aside, max(len(one - other), len(other - one)))


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said while the round ran: comments in all, then (design number, comments) and (reason, times
    asked), the most first."""

    comments: int
    designs: tuple[tuple[int, int], ...] = ()
    reasons: tuple[tuple[Text, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Next:
    """What the next step depends on. `to_answer`: designs that go on with comments nobody answered yet;
    `presold`: whether a presale has opened, None where the campaign is to have none."""

    state: RoundState
    quorum: int
    quorum_met: bool
    to_answer: int
    following: RoundState | None
    opens_at: datetime | None
    presold: bool | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A closed round in numbers, each one the standings' and the desk's own.

    `platforms` are (platform, fans), the largest first. `median_seen` is None where too few took part.
    """

    number: int
    noun: Noun
    looks: int
    fans: int
    platforms: tuple[tuple[str, int], ...]
    median_seen: int | None
    safe: int
    edge: int
    out: int
    keep: int
    integrity: Integrity
    talk: Talk
    next: Next


def title(s: Summary) -> Text:
    return t("Round {number} in one minute", number=s.number)


def lines(s: Summary) -> tuple[Text, ...]:
    """Sum a round up for the people who run the shop: who voted, the cut, its integrity, the talk, what is
    next."""
    return (_turnout(s), _cut(s), _integrity(s), _talk(s.talk), _next(s))


def listed(parts: Sequence[Text]) -> Text:
    """Say several things in a row, as the reader's language separates them."""
    first, *rest = parts
    return t("{first}, {rest}", first=first, rest=listed(rest)) if rest else first


def _clauses(parts: Sequence[Text]) -> Text:
    first, *rest = parts
    return t("{first}; {rest}", first=first, rest=_clauses(rest)) if rest else first


_PLATFORMS = {
    "room": t("room"), "telegram": verbatim("Telegram"), "discord": verbatim("Discord"),
}  # fmt: skip


def _turnout(s: Summary) -> Text:
    looks, fans = Count(s.looks, s.noun), tn("{n} voter", "{n} voters", s.fans)
    if not s.platforms:
        return t("{looks}, {fans}", looks=looks, fans=fans)
    by = listed([t("{what} {n}", what=_PLATFORMS.get(name, verbatim(name)), n=n) for name, n in s.platforms])
    if s.median_seen is None:
        return t("{looks}, {fans} ({by})", looks=looks, fans=fans, by=by)
    seen = Count(s.median_seen, s.noun)
    return t("{looks}, {fans} ({by}), median {seen} seen", looks=looks, fans=fans, by=by, seen=seen)


def _cut(s: Summary) -> Text:
    return t(
        "{safe} in, {edge} on the edge, {out} out at the cut of {keep} "
        "(edge: the {share} interval crosses the cut)",
        safe=s.safe, edge=s.edge, out=s.out, keep=s.keep, share=Share(0.9),
    )  # fmt: skip


def _integrity(s: Summary) -> Text:
    aside, moved = s.integrity.aside, s.integrity.moved
    if not aside:
        return t("Integrity: no ballot is set aside")
    if not moved:
        return tn(
            "Integrity: {n} ballot set aside; the cut is the same with or without it",
            "Integrity: {n} ballots set aside; the cut is the same with or without them",
            aside,
        )
    return tn(
        "Integrity: {n} ballot set aside; the cut changes by {looks} with or without it",
        "Integrity: {n} ballots set aside; the cut changes by {looks} with or without them",
        aside,
        looks=Count(moved, s.noun),
    )


def _talk(talk: Talk) -> Text:
    if not talk.comments and not talk.reasons:
        return t("Comments: none")
    parts = [t("Comments: {n}", n=talk.comments)]
    if talk.designs:
        most = [t("{number} ({n})", number=Numbers((number,)), n=n) for number, n in talk.designs]
        parts.append(t("most about {designs}", designs=listed(most)))
    if talk.reasons:
        asked = [t("{what} ({n})", what=what, n=n) for what, n in talk.reasons]
        parts.append(t("asked most: {reasons}", reasons=listed(asked)))
    return _clauses(parts)


def _next(s: Summary) -> Text:
    n, following = s.next, s.number + 1
    if n.state is RoundState.CLOSED and not n.quorum_met:
        return t(
            "Next: {fans} voted and {quorum} were needed, so sign the cut all the same or call the round off",
            fans=tn("{n} fan", "{n} fans", s.fans), quorum=n.quorum,
        )  # fmt: skip
    if n.following is None:
        if n.state is RoundState.CLOSED:
            return t("Next: sign the shortlist")
        return _after_the_last(n.presold)
    if n.following not in (*TO_COME, RoundState.VOID):
        return t("Next: round {number} decides", number=following)
    steps = [t("sign the cut")] if n.state is RoundState.CLOSED else []
    if n.to_answer:
        steps.append(
            tn("answer the comments on {looks}", "answer the comments on {looks}", n.to_answer,
               looks=Count(n.to_answer, s.noun))
        )  # fmt: skip
    if n.following is RoundState.VOID:
        steps.append(t("run round {number} again", number=following))
    elif n.following is RoundState.SCHEDULED and n.opens_at:
        steps.append(t("round {number} opens {at}", number=following, at=When(n.opens_at)))
    else:
        steps.append(t("open round {number}", number=following))
    return t("Next: {steps}", steps=listed(steps))


def _after_the_last(presold: bool | None) -> Text:
    if presold is None:
        return t("Next: the shortlist is signed, and nothing is left to decide")
    return t("Next: the presales decide what is made") if presold else t("Next: open the presales")
