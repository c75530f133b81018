"""HTML as the Bot API reads it: a few tags, nothing unclosed, offsets in UTF-16 units."""

import re
from dataclasses import dataclass
from typing import Any

from tests.telegram.botapi.failures import bad

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_PIECE = re.compile(
    r"""<(?P<end>/?)(?P<tag>[^\s<>/]*)(?P<attrs>(?:\s+[\w-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+))?)*)\s*>"""
    r"""|&(?:\#(?P<code>x[0-9a-fA-F]+|[0-9]+)|(?P<named>lt|gt|amp|quot));?""",
)
_ATTR = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?""")


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    kind: str
    start: int
    extra: dict[str, Any]


def parse(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Give a message's plain text and its entities; raises what the server says of bad HTML."""
    reader = _Reader()
    at = 0
    for piece in _PIECE.finditer(source):
        _check_plain(source, at, piece.start())
        reader.say(source[at : piece.start()])
        reader.take(piece, len(source[: piece.start()].encode()))
        at = piece.end()
    _check_plain(source, at, len(source))
    reader.say(source[at:])
    return reader.end()


def _check_plain(source: str, start: int, end: int) -> None:
    at = source.find("<", start, end)
    if at >= 0:
        raise _cannot(f"Unclosed start tag at byte offset {len(source[:at].encode())}")


class _Reader:
    def __init__(self) -> None:
        self._text: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[dict[str, Any]] = []

    def say(self, words: str) -> None:
        self._text.append(words)
        self._length += utf16(words)

    def take(self, piece: re.Match[str], offset: int) -> None:
        if piece["tag"] is None:
            code = piece["code"]
            self.say(_NAMED[piece["named"]] if code is None else _character(code))
        elif piece["end"]:
            self._close(piece["tag"].lower(), offset)
        else:
            self._begin(piece["tag"].lower(), piece["attrs"], offset)

    def _begin(self, tag: str, attrs: str, offset: int) -> None:
        given = {name.lower(): a or b or c for name, a, b, c in _ATTR.findall(attrs)}
        if tag not in _TAGS or (tag == "span" and given.get("class") != "tg-spoiler"):
            raise _cannot(f'Unsupported start tag "{tag}" at byte offset {offset}')
        kind, extra = _TAGS[tag], {}
        if tag == "a":
            extra = {"url": given.get("href", "")}
        elif tag == "blockquote" and "expandable" in given:
            kind = "expandable_blockquote"
        self._open.append(_Open(tag, kind, self._length, extra))

    def _close(self, tag: str, offset: int) -> None:
        if not self._open:
            raise _cannot(f"Unexpected end tag at byte offset {offset}")
        last = self._open.pop()
        if tag and tag != last.tag:
            found = f'expected "</{last.tag}>", found "</{tag}>"'
            raise _cannot(f"Unmatched end tag at byte offset {offset}, {found}")
        if self._length > last.start and last.extra.get("url") != "":
            at = {"type": last.kind, "offset": last.start, "length": self._length - last.start}
            self._entities.append(at | last.extra)

    def end(self) -> tuple[str, list[dict[str, Any]]]:
        if self._open:
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        return trimmed("".join(self._text), self._entities)


def trimmed(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Cut white space off both ends, as the server does, and what entities lose by it."""
    kept = text.strip()
    first = utf16(text[: len(text) - len(text.lstrip())])
    last = utf16(kept)
    moved = []
    for entity in entities:
        start = max(entity["offset"] - first, 0)
        end = min(entity["offset"] + entity["length"] - first, last)
        if end > start:
            moved.append(entity | {"offset": start, "length": end - start})
    return kept, sorted(moved, key=lambda e: (e["offset"], -e["length"]))


def utf16(words: str) -> int:
    """Count UTF-16 units, which is how the Bot API measures texts."""
    return len(words.encode("utf-16-le")) // 2


def _character(code: str) -> str:
    value = int(code[1:], 16) if code.startswith("x") else int(code)
    return chr(value) if 0 < value < 0x110000 and not 0xD800 <= value < 0xE000 else ""


def _cannot(why: str) -> Exception:
    return bad(f"can't parse entities: {why}")
