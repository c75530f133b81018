"""Texts as Telegram takes them: HTML with everything escaped, within the lengths it bears."""

import re
from collections.abc import Iterable, Sequence
from html import escape, unescape

from bot.i18n import Reader, render
from bot.text import Text

TEXT_LETTERS, CAPTION_LETTERS, TOAST_LETTERS = 4096, 1024, 200
"""What a message, a caption (both after their tags) and a callback's answer may be long: Bot API."""

_TAG = re.compile(r"<[^>]*>")


def html(text: Text, reader: Reader) -> str:
    """Say a text to its reader; what people and files wrote into it stays words."""
    return escape(render(text, reader), quote=False)


def marked(icon: str, text: Text, reader: Reader) -> str:
    """Put an icon before a button's words."""
    return f"{icon} {render(text, reader)}"


def bold(text: Text, reader: Reader) -> str:
    return f"<b>{html(text, reader)}</b>"


def folded(lines: Sequence[str]) -> str:
    """Fold lines of HTML into a quote that opens with a tap."""
    return f"<blockquote expandable>{chr(10).join(lines)}</blockquote>" if lines else ""


def letters(marked: str) -> int:
    """Count what Telegram counts of HTML: UTF-16 units, without the tags."""
    return len(unescape(_TAG.sub("", marked)).encode("utf-16-le")) // 2


def fit(head: Iterable[str], details: Iterable[str] = (), most: int = TEXT_LETTERS) -> str:
    """Join lines of HTML, with as many of `details` folded below them as `most` letters have room for."""
    said = "\n".join(line for line in head if line)
    said = _cut(said, most) if letters(said) > most else said
    room, kept = most - letters(said) - 1, list[str]()
    for line in details:
        room -= letters(line) + 1
        if room < 1:
            kept.append("…")
            break
        kept.append(line)
    return "\n".join(part for part in (said, folded(kept)) if part)


def _cut(marked: str, most: int) -> str:
    """Shorten HTML that is too long to plain words."""
    units = unescape(_TAG.sub("", marked)).encode("utf-16-le")
    return escape(units[: 2 * (most - 1)].decode("utf-16-le", errors="ignore"), quote=False) + "…"


def toast(*parts: str) -> str:
    """Join what a callback is answered with."""
    said = " · ".join(part for part in parts if part)
    units = said.encode("utf-16-le")
    if len(units) <= 2 * TOAST_LETTERS:
        return said
    return units[: 2 * (TOAST_LETTERS - 1)].decode("utf-16-le", errors="ignore") + "…"
