"""The error tree. What a person caused is a RuleError; what a platform caused is a DeliveryError.

BotError
├── RuleError        a person asked for what the rules refuse: shown to them, never logged as an error
├── DeliveryError ─ RetryLater(after_s) | Gone | Refused | NotHeld
├── ConfigError      bad settings or campaign files: exit code 2 with file, place and reason
└── StateError       the machine has no such edge: a bug
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.text import Hole, Text


class BotError(Exception):
    """Base of everything Catwalk raises on purpose."""


class RuleError(BotError):
    """Refuse what a person asked for, with a sentence that says why and what to do.

    `code` is stable and for machines (`vote.late`); `text` is for the person; its holes are the facts.
    `zone` is the one by whose clock its times are told, where it tells any.
    """

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.zone: str | None = None

    @property
    def facts(self) -> dict[str, Hole]:
        return dict(self.text.holes)


class DeliveryError(BotError):
    """A post could not be delivered to a platform."""


class RetryLater(DeliveryError):
    """The platform asks to wait `after_s` seconds before this chat is tried again."""

    def __init__(self, after_s: float) -> None:
        super().__init__(f"retry after {after_s} s")
        self.after_s = after_s


class Gone(DeliveryError):
    """The chat no longer exists for us: blocked, removed or deleted."""


class Refused(DeliveryError):
    """The platform will never accept this post; the reason is in the message."""


class NotHeld(DeliveryError):
    """Another process may speak as this platform account by now, so nothing was sent."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file a person wrote: where it is and what to do about it."""

    file: str
    text: Text
    line: int | None = None

    @property
    def place(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


class ConfigError(BotError):
    """Bad settings or campaign files; carries every problem found in one run."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.place}: {p.text.msgid}" for p in problems))
        self.problems = tuple(problems)


class StateError(BotError):
    """The state machine has no such edge. Reaching this is a bug, never a person's mistake."""
