"""Take checked values out of a TOML table, noting every problem with its line."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from bot.errors import Problem
from bot.intake.toml_lines import KeyPath, lines_of, unfinished_line
from bot.intake.words import hidden_character
from bot.text import Text, t

MAX_FILE_BYTES = 64_000

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


class Source:
    """One TOML file being checked: its lines and the problems found so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._lines: dict[KeyPath, int] = {}

    def note(self, text: Text, line: int | None = None) -> None:
        self.problems.append(Problem(self.file, text, line))

    def line(self, path: KeyPath) -> int | None:
        """Find the line of a key, or of the nearest table around it."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path)

    def parse(self, data: bytes) -> "Table | None":
        """Parse the file's bytes; None when they are not TOML, which is then noted."""
        if len(data) > MAX_FILE_BYTES:
            self.note(t("This file is far too large for a campaign file; write only the campaign's rules."))
            return None
        try:
            source = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.note(t("This line is not UTF-8. Save the file with the encoding UTF-8."), line)
            return None
        try:
            values = tomllib.loads(source)
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
            self._note_syntax(str(error), source)
            return None
        self._lines = lines_of(source)
        return Table(self, (), values)

    def _note_syntax(self, reason: str, source: str) -> None:
        place = _AT_LINE.search(reason)
        line: int | None = None
        if place is not None:
            line = int(place[1]) if place[1] else unfinished_line(source)
        self.note(t("This is not valid TOML: {reason}.", reason=_AT_LINE.sub("", reason)), line)


class Table:
    """A table of the file. The `take_` methods return None where they noted a problem."""

    def __init__(self, source: Source, path: KeyPath, values: dict[str, Any]) -> None:
        self.source = source
        self.path = path
        self.values = values

    def note(self, key: str, text: Text) -> None:
        self.source.note(text, self.source.line((*self.path, key)))

    def check_keys(self, known: Iterable[str]) -> None:
        """Note every key that is not known, with the known one it resembles."""
        names = tuple(known)
        for key in self.values:
            if key in names:
                continue
            near = get_close_matches(key, names, 1)
            if near:
                self.note(key, t("“{key}” is not known here. Did you mean “{near}”?", key=key, near=near[0]))
            else:
                self.note(
                    key,
                    t("“{key}” is not known here. Known are: {names}.", key=key, names=", ".join(names)),
                )

    def take(self, key: str) -> Any:
        """Take a required value as TOML gave it."""
        if key not in self.values:
            self.note(key, t("“{key}” is missing.", key=key))
        return self.values.get(key)

    def take_words(self, key: str, most: int) -> str | None:
        """Take required text of 1 to `most` characters that can all be seen."""
        value = self.take(key)
        return None if value is None else self.check_words(key, value, most)

    def check_words(self, key: str, value: object, most: int) -> str | None:
        if not isinstance(value, str):
            self.note(key, t("“{key}” must be text in quotes.", key=key))
            return None
        words = unicodedata.normalize("NFC", value.strip())
        hidden = hidden_character(words)
        if not words:
            self.note(key, t("“{key}” is empty.", key=key))
        elif len(words) > most:
            self.note(
                key,
                t("“{key}” has {n} characters; at most {most} fit.", key=key, n=len(words), most=most),
            )
        elif hidden:
            self.note(
                key,
                t("“{key}” holds an invisible character ({code}). Type it again.", key=key, code=hidden),
            )
        else:
            return words
        return None

    def take_number(self, key: str, low: int, high: int, default: int | None = None) -> int | None:
        """Take a whole number from `low` to `high`."""
        if default is not None and key not in self.values:
            return default
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.note(
                key,
                t("“{key}” must be a whole number from {low} to {high}.", key=key, low=low, high=high),
            )
            return None
        return value

    def take_choice(self, key: str, choices: Iterable[str], default: str | None = None) -> str | None:
        """Take one of a few words."""
        if default is not None and key not in self.values:
            return default
        value = self.take(key)
        names = tuple(choices)
        if value is None:
            return None
        if isinstance(value, str) and value in names:
            return value
        listed = ", ".join(f'"{name}"' for name in names)
        self.note(key, t("“{key}” must be one of: {choices}.", key=key, choices=listed))
        return None
