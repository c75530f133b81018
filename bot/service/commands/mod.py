"""/mod: hide a comment, set a ballot aside, take it back, see who did what."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.errors import RuleError
from bot.port import Choice, Command, Reply, Role
from bot.rounds.engine import RUNNING
from bot.rounds.model import Campaign, Round, RoundState
from bot.service import logbook, moderation, naming
from bot.service.commands.here import Asks, Here, here
from bot.service.commands.row import Counter, Row
from bot.service.commands.standing import current
from bot.service.logbook import LogLine
from bot.service.moderation import SIGN, Done
from bot.service.naming import Several
from bot.storage import comments, rounds
from bot.storage import moderation as rows
from bot.storage.store import Tx
from bot.text import Span, Text, t

_LOG_LINES, _JUST_S = 8, 60


async def _mod(at: Counter, c: Command) -> Reply:
    verb, _, words = " ".join(c.args.split()).partition(" ")
    do = _VERBS.get(verb.lower())
    if do is None:
        raise RuleError(
            "mod.verb", t("Say /mod hide c12 and why, /mod aside a name and why, /mod undo or /mod log.")
        )
    return await do(at, c, words.strip())


def _done(found: Here, done: Done) -> Reply:
    return found.reply(done.text, choices=[Choice(t("Undo"), f"/mod undo {done.entry}")])


# ------------------------------------------------------------------ hide, aside


async def _hide(at: Counter, c: Command, words: str) -> Reply:
    named = naming.comment_in(words)
    if named is None:
        raise RuleError("mod.which", t("Say which comment and why: /mod hide c12 not about a look"))
    async with at.shop.store.read() as tx:
        found = await here(tx, c, Role.MODERATOR)
        said = await rows.said(tx, named[0])
        if said is None or said.group_id not in found.group_ids:
            raise RuleError("mod.comment", t("There is no comment {comment} here.", comment=f"c{named[0]}"))
    return _done(found, await moderation.hide(at.shop, c.actor, *named, c.event_id))


async def _hide_this(at: Counter, c: Command) -> Reply:
    """Hide the comment that this answers."""
    async with at.shop.store.read() as tx:
        found = await here(tx, c, Role.MODERATOR)
        said = [await comments.comment_of_event(tx, g, c.replies) for g in found.group_ids if c.replies]
    ids = [comment_id for comment_id in said if comment_id is not None]
    if not ids:
        raise RuleError("mod.answer", t("Answer a comment with /hide and why. Its author is told."))
    return await _hide(at, c, f"c{ids[0]} {c.args}")


async def _aside(at: Counter, c: Command, words: str) -> Reply:
    async with at.shop.store.read() as tx:
        found = await here(tx, c, Role.MODERATOR)
        campaign, words = found.campaign("/mod aside", words)
        round_ = await _counting(tx, campaign)
        who = await naming.somebody(tx, found.group_ids, words)
        if isinstance(who, Several):
            say = f"/mod aside {campaign.key}" if len(found.campaigns) > 1 else "/mod aside"
            choices = await naming.choices(tx, found.group_ids, who, say)
            raise Asks(found.reply(t("Whom do you mean?"), choices=choices))
    moderation.checked_reason(who.rest)
    done = await moderation.set_aside(at.shop, c.actor, round_.id, who.row.account_id, who.rest, c.event_id)
    return _done(found, done)


async def _counting(tx: Tx, campaign: Campaign) -> Round:
    """Find the round whose ballots can be set aside: the running one, or the one not signed yet."""
    siblings = await rounds.rounds_of(tx, campaign.id)
    states = RUNNING | {RoundState.CLOSED}
    round_ = next((r for r in reversed(siblings) if r.state in states), None) or current(siblings)
    if round_ is None:
        raise RuleError("round.none", t("This campaign has no rounds."))
    return round_


# ------------------------------------------------------------------ undo, log


async def _undo(at: Counter, c: Command, words: str) -> Reply:
    first, _, reason = words.partition(" ")
    number = int(first) if first.isascii() and first.isdecimal() and len(first) < 16 else None
    if number is None and words:
        raise RuleError("undo.which", t("Say /mod undo, or with a number that /mod log shows: /mod undo 12"))
    async with at.shop.store.read() as tx:
        found = await here(tx, c, Role.MODERATOR)
    campaign_ids = [campaign.id for campaign in found.campaigns]
    done = await moderation.undo(at.shop, c.actor, number, campaign_ids, reason, c.event_id)
    return found.reply(done.text)


async def _log(at: Counter, c: Command, words: str) -> Reply:
    async with at.shop.store.read() as tx:
        found = await here(tx, c, Role.MODERATOR)
        campaign, _ = found.campaign("/mod log", words)
        now = await tx.now()
        siblings = await rounds.rounds_of(tx, campaign.id)
        deeds = await logbook.deeds(tx, siblings, _LOG_LINES)
    can = moderation.undoable(deeds, siblings, now, found.person.may(Role.OWNER))
    lines = [
        _line(said, now - deed.at, deed.id if deed.id in can else None)
        for deed, said in zip(deeds, logbook.lines(deeds), strict=True)
    ]
    choices = [
        Choice(t("Undo {number}", number=str(d.id)), f"/mod undo {d.id}")
        for d in deeds if d.id in can and d.action != SIGN
    ]  # fmt: skip
    return found.reply(t("Who did what"), lines, choices)


def _line(said: LogLine, age: timedelta, number: int | None) -> Text:
    what = t("{who} {what}", who=said.who, what=said.what)
    if said.why:
        what = t("{what}: “{why}”", what=what, why=said.why)
    ago = t("Just now: {what}", what=what)
    if age.total_seconds() >= _JUST_S:
        ago = t("{span} ago: {what}", span=Span(age.total_seconds()), what=what)
    return t("{number}. {line}", number=str(number), line=ago) if number else ago


_VERBS: dict[str, Callable[[Counter, Command, str], Awaitable[Reply]]] = {
    "hide": _hide,
    "aside": _aside,
    "undo": _undo,
    "log": _log,
}

ROWS = {
    "mod": Row(
        _mod,
        (
            t("/mod hide c12 and why: the author is told."),
            t("/mod aside a name (or c12) and why: that ballot is not counted."),
            t("/mod undo takes your last one back, /mod log shows who did what."),
        ),
        frozenset({Role.MODERATOR}),
    ),
    "hide": Row(
        _hide_this,
        (t("/hide and why, in answer to a comment, does the same in a chat."),),
        frozenset({Role.MODERATOR}),
    ),
}
