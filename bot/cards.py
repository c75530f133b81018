"""What a post says, computed from the state alone: equal state, equal card. Pure.

A round takes at most three posts in a group: the round itself (live), one reminder, and the result
(live until it is signed off). Platforms that need an album beside the text split the first in two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.port import Button, Card, Picture
from bot.rounds.model import BallotShape, Campaign, Candidate, Round, RoundState, Standing, TieRule, Verdict
from bot.text import Count, Hole, Share, Span, Text, When, t, tn

ROUND, REMINDER, RESULT = "round", "reminder", "result"
"""The kinds of posts, as the outbox and the posts name them; each is about one round."""


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many took part, and nothing about what they chose."""

    fans: int
    answers: int
    enough: float  # share of versions with ENOUGH answers, 0…1


@dataclass(frozen=True, slots=True)
class Decision:
    """A design's way through a signed cut."""

    kept: bool
    place: int
    reason: Text


def alt(candidate: Candidate) -> Text:
    """Describe a photo for who cannot see it: number, title and what is known of it."""
    facts = ", ".join(v for v in candidate.attributes.values() if v)
    if not candidate.title:
        facts = facts or candidate.category
        return (
            t("Number {number}: {title}", number=candidate.number, title=facts)
            if facts
            else t("Number {number}", number=candidate.number)
        )
    if facts:
        return t(
            "Number {number}: {title}. {facts}", number=candidate.number, title=candidate.title, facts=facts
        )
    return t("Number {number}: {title}", number=candidate.number, title=candidate.title)


def _picture(candidate: Candidate) -> Picture:
    return Picture(candidate.number, candidate.version, candidate.photo, alt(candidate))


def _goal(campaign: Campaign, round_: Round, candidates: int) -> Text:
    looks = Count(candidates, campaign.noun)
    holes: dict[str, Hole] = {
        "number": round_.number, "rounds": campaign.rounds, "looks": looks, "keep": round_.plan.keep,
    }  # fmt: skip
    if round_.plan.tie_rule is TieRule.LOT:
        return t("Round {number} of {rounds}: {looks}, {keep} go on", **holes)
    return t("Round {number} of {rounds}: {looks}, about {keep} go on", **holes)


def tie_sentence(rule: TieRule) -> Text:
    """Print the tie rule, as promised before the round opens."""
    return {
        TieRule.ALL: t("If several are equal at the cut, all of them go on."),
        TieRule.NONE: t("If several are equal at the cut, none of them goes on."),
        TieRule.LOT: t("If several are equal at the cut, a draw fixed before the round decides."),
    }[rule]


def signing_sentence(following: int | None) -> Text:
    """Say what a signature brings about; `following` is the next round's number, None after the last."""
    if following is None:
        return t("It becomes the shortlist, and every group is told.")
    return t(
        "It decides who takes part in round {next}, and every group is told. "
        "You can undo it until round {next} opens.",
        next=following,
    )


def turnout_line(turnout: Turnout) -> Text:
    return t(
        "{fans}, {answers}, {enough} seen enough",
        fans=tn("{n} fan", "{n} fans", turnout.fans),
        answers=tn("{n} opinion", "{n} opinions", turnout.answers),
        enough=Share(turnout.enough),
    )


def round_card(
    campaign: Campaign, round_: Round, candidates: Sequence[Candidate], turnout: Turnout, changed: int = 0
) -> Card:
    """Say what is voted on and until when: the post that stays true while the round runs.

    `changed` counts the designs that come back as a new version.
    """
    state = {
        RoundState.OPEN: t("Closes {at}.", at=When(round_.closes_at)),
        RoundState.PAUSED: t("Voting is paused by the moderators. Your picks are safe."),
        RoundState.VOID: t("This round was called off. Its votes do not count."),
    }.get(round_.state, t("This round has closed."))
    lines = [state]
    if round_.state is RoundState.OPEN:
        lines.insert(0, _how(round_.plan.ballot))
        if round_.quorum_extended:
            lines.append(
                t("Extended once, because fewer than {quorum} fans had voted.", quorum=round_.plan.quorum)
            )
    if changed:
        lines.append(tn("{n} comes back changed.", "{n} come back changed.", changed))
    lines.append(turnout_line(turnout))
    talk = None
    if round_.state in (RoundState.OPEN, RoundState.PAUSED):
        lines += [
            t("Your picks are private. Totals appear at closing."),
            tie_sentence(round_.plan.tie_rule),
        ]
        talk = t("Talk about one: write its number, like #067 longer sleeves please.")
    running = round_.state is RoundState.OPEN
    buttons = (Button(t("Vote"), "vote"), Button(t("My ballot"), "ballot")) if running else ()
    return Card(
        ROUND,
        _goal(campaign, round_, len(candidates)),
        tuple(lines),
        tuple(_picture(c) for c in candidates),
        buttons,
        t("{looks} in this round.", looks=Count(len(candidates), campaign.noun)),
        talk=talk,
    )


def _how(ballot: BallotShape) -> Text:
    """Say in a line how a round is answered."""
    return {
        BallotShape.SHEETS: t("Tap everything you would love to have. No ranking, no wrong answers."),
        BallotShape.CARDS: t("One at a time: love it, like it or pass. Say why with a tap, if you wish."),
        BallotShape.DUELS: t("Two at a time: tap the one you would rather have. You need not choose."),
    }[ballot]


def _counts(ballot: BallotShape) -> Text:
    """Say why the last hours are worth it."""
    return {
        BallotShape.SHEETS: t("Every page you finish counts, also the last one you had no time for yet."),
        BallotShape.CARDS: t("Every card you answer counts, and you can change your mind until the close."),
        BallotShape.DUELS: t("Every pair you answer counts, and you can change your mind until the close."),
    }[ballot]


def reminder_card(campaign: Campaign, round_: Round, remind_at: datetime, candidates: int) -> Card:
    """Remind once; `remind_at` is when the reminder was due, so the card does not change with the clock."""
    left = (round_.closes_at - remind_at).total_seconds()
    return Card(
        REMINDER,
        t("Round {number} closes in {left}", number=round_.number, left=Span(left)),
        (
            _counts(round_.plan.ballot),
            t("Closes {at}.", at=When(round_.closes_at)),
        ),
        (),
        (Button(t("Vote"), "vote"),),
        t("{looks} in this round.", looks=Count(candidates, campaign.noun)),
    )


def remind_at(round_: Round) -> datetime:
    """Say when to remind: a day before the close, or at four fifths of a round shorter than five days."""
    opened_at = round_.opened_at or round_.plan.opens_at
    return round_.closes_at - min(timedelta(days=1), (round_.closes_at - opened_at) / 5)


def result_card(
    campaign: Campaign,
    round_: Round,
    candidates: Sequence[Candidate],
    standings: Sequence[Standing],
    turnout: Turnout,
    cut: Mapping[int, Decision],
    comments: int,
) -> Card:
    """Show how the round ended: by its standings, and once signed by the cut (by design id)."""
    if round_.state is RoundState.VOID:
        called_off = t("Round {number} was called off", number=round_.number)
        return Card(RESULT, called_off, (turnout_line(turnout), t("Its votes do not count.")))
    ordered = sorted(standings, key=lambda s: s.place)
    title, lines = (
        _signed_lines(campaign, round_, cut) if cut else _closed_lines(campaign, round_, standings, turnout)
    )
    if comments:
        thanks = tn("{n} comment was written. Thank you.", "{n} comments were written. Thank you.", comments)
        lines.append(thanks)
    bottom = min((s.low for s in standings), default=0.0)
    width = max((s.high for s in standings), default=1.0) - bottom or 1.0
    return Card(
        RESULT,
        title,
        tuple(lines),
        tuple(_placed(round_, candidates[s.position], s, cut, bottom, width) for s in ordered),
        (Button(t("See all results"), "results"),),
        t("Photos in order of their standing, with how sure each place is."),
    )


def _closed_lines(
    campaign: Campaign, round_: Round, standings: Sequence[Standing], turnout: Turnout
) -> tuple[Text, list[Text]]:
    count = {v: sum(s.verdict is v for s in standings) for v in Verdict}
    lines = [
        turnout_line(turnout),
        t("{looks} safely in.", looks=Count(count[Verdict.SAFE], campaign.noun)),
        t("{looks} on the edge of the cut.", looks=Count(count[Verdict.EDGE], campaign.noun)),
        t("{looks} out.", looks=Count(count[Verdict.OUT], campaign.noun)),
    ]
    if round_.quorum_met:
        lines.append(t("The shop looks at the cut now and signs it."))
    else:
        lines.append(
            t(
                "Fewer than {quorum} fans voted, so the shop decides whether this counts.",
                quorum=round_.plan.quorum,
            )
        )
    return t("Round {number} closed", number=round_.number), lines


def _signed_lines(campaign: Campaign, round_: Round, cut: Mapping[int, Decision]) -> tuple[Text, list[Text]]:
    kept = sum(d.kept for d in cut.values())
    stay, leave = Count(kept, campaign.noun), Count(len(cut) - kept, campaign.noun)
    lines = [
        t("{looks} leave. Thank you to everyone who spoke up.", looks=leave),
        tie_sentence(round_.plan.tie_rule),
    ]
    if round_.number == campaign.rounds:
        return t("The shortlist: {looks}", looks=stay), lines
    return t("{looks} go on to round {next}", looks=stay, next=round_.number + 1), lines


def _placed(
    round_: Round,
    candidate: Candidate,
    standing: Standing,
    cut: Mapping[int, Decision],
    bottom: float,
    width: float,
) -> Picture:
    decision = cut.get(candidate.design_id)
    if decision is None:
        verdict, note = standing.verdict.value, verdict_note(standing, round_.plan.ballot)
    else:
        agrees = (standing.verdict is Verdict.OUT) != decision.kept or standing.verdict is Verdict.EDGE
        verdict = standing.verdict.value if agrees else ("safe" if decision.kept else "out")
        note = decision.reason
    return Picture(
        candidate.number, candidate.version, candidate.photo, alt(candidate), verdict, note,
        *((at - bottom) / width for at in (standing.low, standing.quality, standing.high)),
    )  # fmt: skip


def _votes(standing: Standing, ballot: BallotShape) -> Text:
    counts: dict[str, Hole] = {"picks": standing.picks, "seen": standing.seen}
    if ballot is not BallotShape.SHEETS and standing.seen == 0:
        return t("not asked about this time")
    return {
        BallotShape.SHEETS: t("{picks} of {seen} who saw it picked it", **counts),
        BallotShape.CARDS: t("{picks} of {seen} who saw it liked it", **counts),
        BallotShape.DUELS: t("it won {picks} of {seen} duels", **counts),
    }[ballot]


def verdict_note(standing: Standing, ballot: BallotShape = BallotShape.SHEETS) -> Text:
    """Say in a sentence where a version stands and on how much that rests."""
    votes = _votes(standing, ballot)
    chance = Share(standing.chance)
    return {
        Verdict.SAFE: t("Place {place}: {votes}. Safely in.", place=standing.place, votes=votes),
        Verdict.EDGE: t(
            "Place {place}: {votes}. On the edge, with a chance of {chance} to belong.",
            place=standing.place, votes=votes, chance=chance,
        ),
        Verdict.OUT: t("Place {place}: {votes}. Out.", place=standing.place, votes=votes),
    }[standing.verdict]  # fmt: skip
