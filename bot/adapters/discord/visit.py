"""One interaction, and how it is asked for at the Inbox."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bot.adapters.discord.window import Window
from bot.errors import RuleError
from bot.port import Actor, Command, Comment, Inbox, Look, Press, Reply, Seen
from bot.port.readers import STRANGERS
from bot.text import Text, t

Asked = TypeVar("Asked", Look, Press, Command, Comment)


@dataclass(frozen=True, slots=True)
class Visit:
    """One interaction: who acts, in which group, by which event, and how they are answered."""

    actor: Actor
    group: str | None
    event: str
    joined_at: datetime | None
    window: Window

    @property
    def seen(self) -> Seen | None:
        """Say what an interaction proves: who acts in a channel is in it."""
        return Seen(self.actor, self.group, joined_at=self.joined_at) if self.group else None


async def ask(inbox: Inbox, visit: Visit, call: Callable[[Asked], Awaitable[Reply]], what: Asked) -> Reply:
    """Ask something for somebody: as one of this channel, else as one of the group they were last in.

    Who is not known in the channel yet is let in: that they act there proves that they may.
    """
    try:
        return await call(what)
    except RuleError as refused:
        if refused.code not in STRANGERS or visit.seen is None:
            raise
    await inbox.hear(visit.seen)
    try:
        return await call(what)
    except RuleError as refused:
        if refused.code not in STRANGERS:
            raise
    return await call(replace(what, group=None))


def refusal(refused: RuleError) -> Text:
    """Say why not; who is a stranger is told how to come in."""
    if refused.code in STRANGERS:
        return t(
            "Open your fans’ channel here on Discord and press Vote there: then I know which ballot is yours."
        )
    return refused.text
