"""The action log in sentences."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.rounds.model import Round
from bot.storage import journal, moderation
from bot.storage.journal import Entry
from bot.storage.store import Tx
from bot.text import Numbers, Text, When, t, verbatim


@dataclass(frozen=True, slots=True)
class Deed:
    """One logged action; `who` is None for the clock and the command line, `number` the round's if any.

    `id` is its number in the log, `undone` says that it was taken back; `facts` come with the fan's name.
    """

    at: datetime
    who: str | None
    action: str
    number: int | None
    facts: Mapping[str, Any]
    reason: str
    id: int = 0
    undone: bool = False


@dataclass(frozen=True, slots=True)
class LogLine:
    """A deed in sentences; `id` is its number in the log."""

    at: datetime
    who: Text
    what: Text
    why: Text | None
    id: int = 0


async def deeds(tx: Tx, rounds: Sequence[Round], most: int) -> tuple[Deed, ...]:
    """Read what was done in the campaign of these rounds, newest first."""
    numbers = {r.id: r.number for r in rounds}
    found = await journal.entries(tx, rounds[0].campaign_id, most) if rounds else []
    fans = [int(e.facts["fan"]) for e in found if "fan" in e.facts]
    now_are = {fan: await moderation.became(tx, fan) for fan in set(fans)}
    names = await moderation.names_of(tx, list(now_are.values())) if fans else {}

    def deed(e: Entry) -> Deed:
        name = names.get(now_are.get(int(e.facts.get("fan", 0)), 0), "")
        facts = {**e.facts, "name": name} if "fan" in e.facts else e.facts
        number = numbers.get(e.round_id or 0)
        return Deed(e.at, e.who, e.action, number, facts, e.reason, e.id, e.undone_at is not None)

    return tuple(deed(e) for e in found)


def lines(deeds: Iterable[Deed]) -> list[LogLine]:
    """Say each deed."""
    return [LogLine(d.at, _who(d), _marked(d), _why(d), d.id) for d in deeds]


def _marked(deed: Deed) -> Text:
    return t("{what} (taken back)", what=_what(deed)) if deed.undone else _what(deed)


def _who(deed: Deed) -> Text:
    return verbatim(deed.who) if deed.who else t("Catwalk")


def _what(deed: Deed) -> Text:
    number = deed.number or 0
    if deed.action == "round_close" and deed.facts.get("state") == "open":
        return t("extended round {number}: too few fans had voted", number=number)
    say = _SAID.get(deed.action)
    return say(number, deed.facts) if say else verbatim(deed.action.replace("_", " "))


def _design(facts: Mapping[str, Any]) -> Numbers:
    return Numbers((int(facts.get("number", 0)),))


def _extended(number: int, facts: Mapping[str, Any]) -> Text:
    at = When(datetime.fromisoformat(facts["closes_at"]))
    return t("extended round {number}: it closes {at}", number=number, at=at)


def _comment(facts: Mapping[str, Any]) -> str:
    return f"c{facts.get('comment', 0)}"


def _aside(number: int, facts: Mapping[str, Any]) -> Text:
    name = str(facts.get("name", "")) or t("somebody who left")
    return t("set aside the ballot of {fan} in round {number}", fan=name, number=number)


def _undid(number: int, facts: Mapping[str, Any]) -> Text:
    if facts.get("did") == "mod_aside":
        name = str(facts.get("name", "")) or t("somebody who left")
        return t("let the ballot of {fan} count again in round {number}", fan=name, number=number)
    return t("showed comment {comment} again", comment=_comment(facts))


_SAID: Mapping[str, Callable[[int, Mapping[str, Any]], Text]] = {
    "round_schedule": lambda n, f: t("scheduled round {number}", number=n),
    "round_unschedule": lambda n, f: t("took round {number} off the schedule", number=n),
    "round_open": lambda n, f: t("opened round {number}", number=n),
    "round_pause": lambda n, f: t("paused round {number}", number=n),
    "round_resume": lambda n, f: t("resumed round {number}", number=n),
    "round_extend": _extended,
    "round_close": lambda n, f: t("closed round {number}", number=n),
    "round_sign": lambda n, f: t("signed the cut of round {number}", number=n),
    "round_unsign": lambda n, f: t("undid the signature of round {number}", number=n),
    "round_void": lambda n, f: t("called off round {number}", number=n),
    "round_again": lambda n, f: t("drafted round {number} anew", number=n),
    "mark_keep": lambda n, f: t("marked {design} to keep", design=_design(f)),
    "mark_veto": lambda n, f: t("marked {design} to leave", design=_design(f)),
    "mark_removed": lambda n, f: t("took the mark off {design}", design=_design(f)),
    "mod_hide": lambda n, f: t("hid comment {comment}", comment=_comment(f)),
    "mod_aside": _aside,
    "mod_undo": _undid,
    "presale_open": lambda n, f: t("opened the presale of {design}", design=_design(f)),
    "presale_pause": lambda n, f: t("paused the presale of {design}", design=_design(f)),
    "presale_resume": lambda n, f: t("resumed the presale of {design}", design=_design(f)),
    "presale_extend": lambda n, f: t(
        "extended the presale of {design}: it ends {at}",
        design=_design(f),
        at=When(datetime.fromisoformat(f["closes_at"])),
    ),
    "presale_close": lambda n, f: t("closed the presale of {design}", design=_design(f)),
    "presale_decide": lambda n, f: t("counted the presale of {design}", design=_design(f)),
    "presale_price": lambda n, f: t("told the new price of {design}", design=_design(f)),
    "version_uploaded": lambda n, f: t(
        "uploaded version {version} of {design}", version=int(f.get("version", 0)), design=_design(f)
    ),
    "version_withdrawn": lambda n, f: t(
        "took version {version} of {design} back", version=int(f.get("version", 0)), design=_design(f)
    ),
    "comment_grouped": lambda n, f: t("grouped a comment on {design}", design=_design(f)),
    "comment_declined": lambda n, f: t("declined a comment on {design}", design=_design(f)),
    "comment_new": lambda n, f: t("opened a comment on {design} again", design=_design(f)),
    "campaign_loaded": lambda n, f: t("loaded the campaign"),
    "designs_added": lambda n, f: t("added {designs}", designs=Numbers(tuple(f.get("numbers", ())))),
    "group_invited": lambda n, f: t("made a code for a group to join"),
    "group_joined": lambda n, f: t("let {group} join", group=str(f.get("group", ""))),
}

_CLOCK_SAYS: Mapping[str, Text] = {
    "round.too_few": t("Too few designs take part: there is nothing to decide."),
    "round.earlier_open": t("The cut of the round before is not signed yet."),
    "command line": t("On the command line"),
}
"""Reasons that Catwalk itself writes down, by their code."""


def _why(deed: Deed) -> Text | None:
    if not deed.reason:
        return None
    return (None if deed.who else _CLOCK_SAYS.get(deed.reason)) or verbatim(deed.reason)
