"""What is shown on Discord: words, pictures, and what can be pressed. Nothing here sends anything."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Any

from bot.adapters.discord.words import LABEL_LETTERS, cut
from bot.i18n import Reader, render
from bot.port.pictures import Drawn, Shot
from bot.port.places import Place, data, fits
from bot.text import Text

MOST_PARTS, MOST_PICTURES, ROW_KEYS, MOST_OPTIONS = 40, 10, 5, 25
"""Components in a message, pictures in a gallery, buttons in a row and options in a menu: Discord's API."""

ID_LETTERS, ALT_LETTERS, OPTION_LETTERS, HINT_LETTERS = 100, 1024, 100, 150

ROSE, PETROL = 0xB3123F, 0x0F5C63
"""The two accents: what one votes on, and what has a price."""

Part = dict[str, Any]


class Look(IntEnum):
    """How a button looks: Discord's styles."""

    MAIN = 1
    PLAIN = 2
    PICKED = 3
    GRAVE = 4


@dataclass(frozen=True, slots=True)
class Key:
    """A button. `carries` comes back when it is pressed; an `url` opens instead."""

    label: str
    carries: str = ""
    look: Look = Look.PLAIN
    url: str | None = None

    def part(self) -> Part:
        label = cut(self.label, LABEL_LETTERS)
        if self.url:
            return {"type": 2, "style": 5, "label": label, "url": self.url}
        return {"type": 2, "style": int(self.look), "label": label, "custom_id": self.carries}


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a menu."""

    label: str
    value: str
    chosen: bool = False

    def part(self) -> Part:
        return {"label": cut(self.label, OPTION_LETTERS), "value": self.value, "default": self.chosen}


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu of which any number of options can be chosen, none included; or just one, if `single`.

    Where an option's value is written like what a button carries, choosing it is like pressing that.
    """

    hint: str
    carries: str
    options: tuple[Option, ...]
    single: bool = False

    def part(self) -> Part:
        return {
            "type": 3,
            "custom_id": self.carries,
            "placeholder": cut(self.hint, HINT_LETTERS),
            "options": [option.part() for option in self.options],
            "min_values": int(self.single),
            "max_values": 1 if self.single else len(self.options),
        }


@dataclass(frozen=True, slots=True)
class Pictured:
    """A picture with the words for who cannot see it."""

    shot: Shot
    alt: str

    @property
    def name(self) -> str:
        """Name the picture's file by its content: what a message shows already is not sent again."""
        ending = "png" if isinstance(self.shot, Drawn) else "jpg"
        return f"{hashlib.sha256(self.shot.key.encode()).hexdigest()[:24]}.{ending}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A message: markdown, pictures, then rows of buttons or a menu each, and `below` them what is printed
    small."""

    words: str
    pictures: tuple[Pictured, ...] = ()
    rows: tuple[tuple[Key, ...] | Menu, ...] = ()
    accent: int = ROSE
    below: str = ""

    def parts(self, addresses: Mapping[str, str] = MappingProxyType({})) -> list[Part]:
        """Lay the message out as components, pictures by the names of their files or by their addresses."""
        inside: list[Part] = [{"type": 10, "content": self.words}]
        if self.pictures:
            items = [
                {
                    "media": {"url": addresses.get(one.name, f"attachment://{one.name}")},
                    "description": cut(one.alt, ALT_LETTERS),
                }
                for one in self.pictures
            ]
            inside.append({"type": 12, "items": items})
        for row in self.rows:
            pressed = [row] if isinstance(row, Menu) else row
            inside.append({"type": 1, "components": [one.part() for one in pressed]})
        if self.below:
            inside.append({"type": 10, "content": self.below})
        return [{"type": 17, "accent_color": self.accent, "components": inside}]


def key(label: str, place: Place | None = None, action: str = "", look: Look = Look.PLAIN) -> Key:
    """Make a button that does something, leads somewhere, or both."""
    return Key(label, data(action, place, ID_LETTERS), look)


def link(label: str, url: str) -> Key:
    return Key(label, url=url)


def holds(place: Place) -> bool:
    """Say whether a button has room for a place."""
    return fits(place, ID_LETTERS)


def rows(*given: Iterable[Key] | Menu) -> tuple[tuple[Key, ...] | Menu, ...]:
    """Keep the rows in which there is something to press."""
    found = (row if isinstance(row, Menu) else tuple(row) for row in given)
    return tuple(row for row in found if row)


def wrapped(keys: Sequence[Key], width: int = ROW_KEYS) -> list[Sequence[Key]]:
    """Break buttons into rows."""
    return [keys[i : i + width] for i in range(0, len(keys), width)]


def alt(texts: Iterable[Text], reader: Reader) -> str:
    """Describe a picture by what is on it."""
    return cut("; ".join(render(text, reader) for text in texts), ALT_LETTERS)
