"""What a chat is shown: words, buttons, and the picture wanted above them. Nothing here sends anything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.port.pictures import Shot
from bot.port.places import Place, data

MOST_BUTTONS, ROW_BUTTONS = 100, 8
"""How many buttons a keyboard and a row of it may have: Bot API."""

Key = InlineKeyboardButton
Rows = list[list[Key]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A message: HTML, a picture where there is one (then the words are its caption), rows of buttons."""

    words: str
    shot: Shot | None = None
    keys: tuple[tuple[Key, ...], ...] = ()

    @property
    def keyboard(self) -> InlineKeyboardMarkup | None:
        return InlineKeyboardMarkup(self.keys) if self.keys else None


def key(label: str, place: Place | None = None, action: str = "") -> Key:
    """Make a button that does something, leads somewhere, or both."""
    return InlineKeyboardButton(label, callback_data=data(action, place))


def link(label: str, url: str) -> Key:
    return InlineKeyboardButton(label, url=url)


def rows(*given: Iterable[Key]) -> tuple[tuple[Key, ...], ...]:
    """Keep the rows that have buttons."""
    return tuple(row for row in map(tuple, given) if row)


def wrapped(keys: Sequence[Key], width: int) -> list[Sequence[Key]]:
    """Break buttons into rows."""
    return [keys[i : i + width] for i in range(0, len(keys), width)]
