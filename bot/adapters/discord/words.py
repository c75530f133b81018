"""Texts as Discord takes them: markdown with everything escaped, within the lengths it bears."""

import re
from collections.abc import Iterable

from discord.utils import escape_mentions

from bot.i18n import Reader, render
from bot.text import Text

TEXT_LETTERS, LABEL_LETTERS = 4000, 80
"""How long all words of a message together, and a button's label, may be: Discord's API."""


_MARK = re.compile(r"[\\*_~|`<\[\]]")
_BEGINNING = re.compile(r"(?m)^(\s*)(#{1,3}|-#|[-+]|>{1,3})(?=\s)")
"""What Discord takes for markup anywhere, and what at the beginning of a line."""

_BREAK = re.compile(r"\s*\n\s*")


def plain(text: Text, reader: Reader) -> str:
    """Say a text to its reader; what people and files wrote into it stays words."""
    marked = _MARK.sub(r"\\\g<0>", render(text, reader))
    return escape_mentions(_BEGINNING.sub(r"\g<1>\\\g<2>", marked))


def titled(text: Text, reader: Reader) -> str:
    """Say a title: one line, whatever is in it."""
    return f"### {_BREAK.sub(' ', plain(text, reader))}"


def bold(text: Text, reader: Reader) -> str:
    return f"**{plain(text, reader)}**"


def small(words: str) -> str:
    """Say something in passing."""
    return "\n".join(f"-# {line}" for line in words.split("\n") if line)


def fit(head: Iterable[str], details: Iterable[str] = (), most: int = TEXT_LETTERS) -> str:
    """Join lines, with as many of `details` below them as `most` letters have room for."""
    said = cut("\n".join(line for line in head if line), most)
    for line in details:
        longer = f"{said}\n{line}"
        if len(longer) > most - 2:
            return f"{said}\n…"
        said = longer
    return said


def cut(words: str, most: int) -> str:
    """Shorten words to `most` letters."""
    return words if len(words) <= most else words[: most - 1].rstrip("\\") + "…"
