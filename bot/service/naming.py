"""How people are named by typing: by one of their comments, by name, or from a list of who it could be."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.errors import RuleError
from bot.port import Choice
from bot.storage import moderation
from bot.storage.moderation import NamedRow
from bot.storage.store import Tx
from bot.text import Span, Text, t, verbatim

MOST = 8
"""How many people a list to choose from shows."""

_LONGEST_NAME = 40
_COMMENT = re.compile(r"#?c([0-9]{1,15})", re.IGNORECASE)
_FAN = re.compile(r"f([0-9]{1,15})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Somebody:
    """The member meant, and the words that followed their name."""

    row: NamedRow
    rest: str


@dataclass(frozen=True, slots=True)
class Several:
    """Who could be meant, and the words that followed."""

    rows: tuple[NamedRow, ...]
    rest: str


def comment_in(words: str) -> tuple[int, str] | None:
    """Read the comment that words begin with, `c12` or `12`, and the rest of them; None for others."""
    first, _, rest = words.strip().partition(" ")
    match = _COMMENT.fullmatch(first) or re.fullmatch(r"([0-9]{1,15})", first)
    return (int(match[1]), rest.strip()) if match else None


async def somebody(tx: Tx, group_ids: Sequence[int], words: str) -> Somebody | Several:
    """Find the member of these groups whom words begin with: `c12`, `f7` (as lists name them) or a name.

    A name may have several words; the longest that somebody bears is meant. Raises RuleError for nobody.
    """
    words = " ".join(words.split()).removeprefix("@")
    first, _, rest = words.partition(" ")
    if match := _COMMENT.fullmatch(first):
        return Somebody(await _author(tx, group_ids, int(match[1])), rest)
    if (match := _FAN.fullmatch(first)) and (row := await moderation.member_of(tx, group_ids, int(match[1]))):
        return Somebody(row, rest)
    beginnings = _beginnings(words)
    found = await moderation.members_named(tx, group_ids, list(beginnings)) if beginnings else []
    if found:
        longest = max(len(row.name) for row in found)
        rows = _by_fan([row for row in found if len(row.name) == longest])
        rest = words[longest:].strip(" ,;:")
        return Somebody(rows[0], rest) if len(rows) == 1 else Several(rows, rest)
    like = _by_fan(await moderation.members_like(tx, group_ids, first, 2 * MOST)) if first else ()
    if not like:
        raise RuleError(
            "who.nobody",
            t(
                "Nobody here is called {name}. You can also name them by one of their comments, like c12.",
                name=first[:_LONGEST_NAME] or "…",
            ),
        )
    return Several(like, rest)


async def _author(tx: Tx, group_ids: Sequence[int], comment_id: int) -> NamedRow:
    said = await moderation.said(tx, comment_id)
    if said is None or said.group_id not in group_ids:
        raise RuleError("mod.comment", t("There is no comment {comment} here.", comment=f"c{comment_id}"))
    return NamedRow(said.fan_id, said.account_id, said.author, None)


def _beginnings(words: str) -> list[str]:
    """List what a name at the beginning of these words could be, the longest first."""
    ends = [i for i, c in enumerate(words) if c == " "] + [len(words)]
    found = (words[:end].rstrip(",;:") for end in reversed(ends))
    return [name for name in found if 0 < len(name) <= _LONGEST_NAME]


def _by_fan(rows: Sequence[NamedRow]) -> tuple[NamedRow, ...]:
    """Take each fan once, though several of their accounts bear the name."""
    return tuple({row.fan_id: row for row in reversed(rows)}.values())[::-1]


async def choices(tx: Tx, group_ids: Sequence[int], several: Several, say: str) -> tuple[Choice, ...]:
    """Offer each who could be meant, with what tells them apart; `say` is the command up to the name."""
    found, now = [], await tx.now()
    for row in several.rows[:MOST]:
        words = f"{say} f{row.fan_id} {several.rest}".strip()
        found.append(Choice(await _label(tx, group_ids, row, now), words))
    return tuple(found)


async def _label(tx: Tx, group_ids: Sequence[int], row: NamedRow, now: datetime) -> Text:
    last = await moderation.said_by(tx, group_ids, [row.fan_id], 1)
    if last:
        return t("{name}, who said c{comment}", name=row.name, comment=str(last[0].id))
    if row.joined_at is not None:
        here_for = Span((now - row.joined_at).total_seconds())
        return t("{name}, here for {span}", name=row.name, span=here_for)
    return verbatim(row.name)
