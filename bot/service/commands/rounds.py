"""/round: what moderators do to the round of their group, as the desk does it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot import cards
from bot.errors import RuleError
from bot.port import Choice, Command, Reply, Role
from bot.rounds import engine
from bot.rounds.durations import take_duration
from bot.rounds.engine import Event
from bot.rounds.model import TO_COME, Campaign, Round, RoundState
from bot.service import bulletin, rounds
from bot.service.commands.here import Here, here, leading_number
from bot.service.commands.row import Counter, Row
from bot.service.commands.standing import current, line
from bot.service.moderation import REASON_LETTERS
from bot.service.rounds import By
from bot.storage import moderation
from bot.storage import rounds as round_rows
from bot.storage.store import Store, Tx
from bot.text import Text, When, t, tn

_AGAIN = "again"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be done, in which round, and the words that came with it."""

    found: Here
    campaign: Campaign
    round: Round
    words: str
    event_id: str

    def by(self, reason: str) -> By:
        if len(reason) > REASON_LETTERS:
            raise RuleError(
                "mod.reason", t("Please keep the reason under {most} letters.", most=REASON_LETTERS)
            )
        return By(self.found.person.account_id, reason, self.event_id)


_Verb = Callable[[Store, _Asked], Awaitable[Text]]


def to_open(campaign: Campaign, following: Round) -> Choice:
    """Offer to open a round, by its number: pressed late, it opens no other."""
    label = t("Open round {number}", number=following.number)
    return Choice(label, f"/round open {campaign.key} {following.number}")


async def _round(at: Counter, c: Command) -> Reply:
    verb, _, rest = " ".join(c.args.split()).partition(" ")
    verb = verb.lower() or "status"
    if verb != "status" and verb not in _VERBS:
        raise RuleError(
            "round.verb", t("Say /round status, open, close, pause, resume, extend 24h or again.")
        )
    async with at.shop.store.read() as tx:
        found = await here(tx, c, Role.OWNER if verb == _AGAIN else Role.MODERATOR)
        campaign, words = found.campaign(f"/round {verb}", rest)
        siblings = await round_rows.rounds_of(tx, campaign.id)
        named, words = leading_number(words) if verb == Event.OPEN else (None, words)
        round_ = _meant(verb, siblings, named)
        if verb == "status":
            return await _status(tx, found, campaign, round_, siblings)
    title = await _VERBS[verb](at.shop.store, _Asked(found, campaign, round_, words, c.event_id))
    async with at.shop.store.read() as tx:
        siblings = await round_rows.rounds_of(tx, campaign.id)
        after = engine.counting(siblings, round_.number) or round_
        return found.reply(title, choices=_choices(found, campaign, after, siblings))


def _meant(verb: str, siblings: list[Round], named: int | None = None) -> Round:
    """Choose the round: to open the one named, else the first that has not been; to run again the one that
    was called off; else the one that runs or ran last."""
    if verb == _AGAIN:
        return _called_off(siblings)
    if named is not None:
        return _numbered(siblings, named)
    waiting = [r for r in siblings if r.state in TO_COME]
    if verb == Event.OPEN and waiting:
        return waiting[0]
    round_ = current(siblings)
    if round_ is None:
        raise RuleError("round.none", t("This campaign has no rounds."))
    return round_


def _numbered(siblings: list[Round], number: int) -> Round:
    found = engine.counting(siblings, number)
    if found is None:
        raise RuleError("round.unknown", t("There is no such round."))
    return found


def _called_off(siblings: list[Round]) -> Round:
    """Choose the round that was called off and not run again, else, for who asks twice, the last that was."""
    found = _missing(siblings) or [r for r in siblings if r.state is RoundState.VOID][-1:]
    if not found:
        raise RuleError("round.not_void", t("Only a round that was called off can be run again."))
    return found[0]


def _missing(siblings: list[Round]) -> list[Round]:
    """List the rounds that were called off and not run again."""
    return [r for r in siblings if engine.counting(siblings, r.number) is None]


# ------------------------------------------------------------------ what it is


async def _status(tx: Tx, found: Here, campaign: Campaign, round_: Round, siblings: list[Round]) -> Reply:
    title = t(
        "Round {number} of {rounds} is {state}",
        number=round_.number, rounds=campaign.rounds, state=engine.named(round_.state),
    )  # fmt: skip
    lines = [] if round_.state is RoundState.PAUSED else [await line(tx, campaign, round_)]
    if round_.state is RoundState.OPEN:
        lines = [t("Closes {at}.", at=When(round_.closes_at))]
    if round_.opened_at is not None:
        versions = len(await round_rows.candidates(tx, round_.id))
        turnout = await bulletin.turnout(tx, round_, versions)
        lines.append(cards.turnout_line(turnout))
        if turnout.fans < round_.plan.quorum:
            lines.append(_quorum(round_.plan.quorum - turnout.fans))
        if aside := await moderation.set_aside_count(tx, round_.id):
            lines.append(tn("{n} ballot is set aside.", "{n} ballots are set aside.", aside))
    if round_.state in engine.RUNNING:
        lines.append(t("To close it for good, say /round close and why."))
    return found.reply(title, lines, _choices(found, campaign, round_, siblings))


def _quorum(missing: int) -> Text:
    return tn("{n} more fan must vote for the quorum.", "{n} more fans must vote for the quorum.", missing)


def _choices(found: Here, campaign: Campaign, round_: Round, siblings: list[Round]) -> list[Choice]:
    """Offer what one tap may do to the round; closing it takes a reason and is typed."""
    offers = {
        Event.OPEN: (t("Open now"), "open"),
        Event.PAUSE: (t("Pause"), "pause"),
        Event.RESUME: (t("Resume"), "resume"),
        Event.EXTEND: (t("Extend 24 h"), "extend"),
    }
    offered = [words for event, words in offers.items() if (round_.state, event) in engine.TABLE]
    if found.person.may(Role.OWNER):
        offered += [(t("Run round {number} again", number=r.number), _AGAIN) for r in _missing(siblings)[:1]]
    ends = {"extend": " 24h"}
    return [Choice(label, f"/round {verb} {campaign.key}{ends.get(verb, '')}") for label, verb in offered]


# ------------------------------------------------------------------ what is done to it


async def _open(store: Store, asked: _Asked) -> Text:
    opened = await rounds.open_round(store, asked.round.id, asked.by(asked.words))
    return t(
        "Round {number} is open and closes {at}. The groups are being told.",
        number=opened.number, at=When(opened.closes_at),
    )  # fmt: skip


async def _pause(store: Store, asked: _Asked) -> Text:
    paused = await rounds.pause(store, asked.round.id, asked.by(asked.words))
    return t("Round {number} is paused. Every pick is safe.", number=paused.number)


async def _resume(store: Store, asked: _Asked) -> Text:
    again = await rounds.resume(store, asked.round.id, asked.by(asked.words))
    return t(
        "Round {number} goes on and closes {at}. Fans lost no time.",
        number=again.number, at=When(again.closes_at),
    )  # fmt: skip


async def _extend(store: Store, asked: _Asked) -> Text:
    by_time, reason = take_duration(asked.words)
    later = await rounds.extend(store, asked.round.id, by_time, asked.by(reason))
    return t("Extended: round {number} closes {at}.", number=later.number, at=When(later.closes_at))


async def _close(store: Store, asked: _Asked) -> Text:
    """Close for good. The reason is asked for, so that a slip of the thumb closes nothing."""
    if not asked.words:
        raise RuleError(
            "round.why",
            t(
                "Closing round {number} ends its votes for good. "
                "To do it, say why: /round close enough votes",
                number=asked.round.number,
            ),
        )
    closed = await rounds.close(store, asked.round.id, asked.by(asked.words))
    await rounds.count(store, closed)
    return t(
        "Round {number} is closed. The votes are counted, and the groups are told.", number=closed.number
    )


async def _again(store: Store, asked: _Asked) -> Text:
    again = await rounds.run_again(store, asked.round.id, asked.by(asked.words))
    if again.state is not RoundState.DRAFT:
        raise RuleError("round.not_void", t("Only a round that was called off can be run again."))
    return t("Round {number} is drafted anew, with the same rules and no votes.", number=again.number)


_VERBS: dict[str, _Verb] = {
    "open": _open,
    "close": _close,
    "pause": _pause,
    "resume": _resume,
    "extend": _extend,
    _AGAIN: _again,
}

ROWS = {
    "round": Row(
        _round,
        (
            t("/round status tells how the round goes."),
            t("/round open, pause, resume or extend 24h; /round close and why."),
            t("/round again drafts anew what was called off; that is for owners."),
        ),
        frozenset({Role.MODERATOR}),
    )
}
