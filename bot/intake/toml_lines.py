"""Find the line on which each key of a TOML file stands; tomllib does not say."""

import tomllib
from collections.abc import Iterator
from typing import Any

KeyPath = tuple[str | int, ...]


def lines_of(source: str) -> dict[KeyPath, int]:
    """Map every key path of a valid TOML document to its first line, from 1.

    TOML is a sequence of statements that end at a line's end, and every statement is a document of
    its own, while a part of one (an open array or string) never is. So lines are gathered until they
    parse: that is one statement, and its own small document names its keys. The members of an array
    of tables carry their index: `("rounds", 0, "keep")`.
    """
    finder = _Finder()
    for line, first, statement in _statements(source):
        if statement:
            finder.add(statement, line, first.lstrip().startswith("["))
    return finder.lines


def unfinished_line(source: str) -> int:
    """Find where the statement begins that is still open at the end of a broken document."""
    return [line for line, _, _ in _statements(source)][-1]


def _statements(source: str) -> Iterator[tuple[int, str, dict[str, Any] | None]]:
    """Yield each statement's line, its first line's text and its values; None for one never finished."""
    pending: list[str] = []
    number = 0
    for number, line in enumerate(source.replace("\r\n", "\n").split("\n"), start=1):
        pending.append(line)
        try:
            statement = tomllib.loads("\n".join(pending))
        except tomllib.TOMLDecodeError:
            continue
        yield number - len(pending) + 1, pending[0], statement
        pending.clear()
    if pending:
        yield number - len(pending) + 1, pending[0], None


class _Finder:
    def __init__(self) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._table: KeyPath = ()
        self._sizes: dict[KeyPath, int] = {}

    def add(self, statement: dict[str, Any], line: int, header: bool) -> None:
        if header:
            self._open(statement, line)
        else:
            self._assign(self._table, statement, line)

    def _open(self, statement: dict[str, Any], line: int) -> None:
        path: KeyPath = ()
        inside: Any = statement
        while isinstance(inside, dict) and inside:
            name, inside = next(iter(inside.items()))
            path += (name,)
            if isinstance(inside, list):
                self._sizes[path] = self._sizes.get(path, 0) + 1
            self.lines.setdefault(path, line)
            if path in self._sizes:
                path += (self._sizes[path] - 1,)
                self.lines.setdefault(path, line)
        self._table = path

    def _assign(self, path: KeyPath, value: Any, line: int) -> None:
        for name, inside in value.items():
            self.lines.setdefault((*path, name), line)
            if isinstance(inside, dict):
                self._assign((*path, name), inside, line)
