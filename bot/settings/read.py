"""Read the settings, and say everything that is wrong with them at once."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from bot.errors import ConfigError, Problem
from bot.settings.entries import Entry, entries
from bot.settings.model import Refusal, Settings
from bot.settings.places import (
    CONFIG,
    DOTENV,
    config_file,
    dotenv,
    dotenv_line,
    toml_line,
    variable,
    variables,
)
from bot.text import Text, t


def load() -> Settings:
    """Read the settings of the working folder; raise ConfigError with every problem at once."""
    sources = _read_sources()
    problems = [*sources.unreadable, *_unknown_names(sources), *_secrets_in_toml(sources)]
    settings = None
    try:
        settings = None if sources.unreadable else Settings()
    except ValidationError as error:
        for details in error.errors():  # a value that fits no choice is refused once for each choice
            problems += [problem for problem in _explain(details, sources) if problem not in problems]
    except SettingsError:
        settings = None  # a group set as one variable (CATWALK_ROOM) is among the unknown names
    if problems or settings is None:
        raise ConfigError(problems)
    return settings


@dataclass(frozen=True, slots=True)
class _Sources:
    """What was written where."""

    environ: Mapping[str, str]
    dotenv: Mapping[str, str] = field(default_factory=dict)
    toml: Path = Path()
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    unreadable: tuple[Problem, ...] = ()

    def place(self, path: tuple[str, ...]) -> tuple[str, int | None, str]:
        """Find who set a key: the variable or file, the line, and the key as it is written there."""
        name = variable(path)
        if name in self.environ:
            return name, None, name
        if name in self.dotenv:
            return str(DOTENV), dotenv_line(name), name
        return str(self.toml), toml_line(self.text, path), ".".join(path)


def _read_sources() -> _Sources:
    environ = variables()
    try:
        named = dotenv()
    except (OSError, UnicodeDecodeError):
        return _Sources(environ, unreadable=(_unreadable(DOTENV),))
    toml = config_file()
    if not toml.exists():
        wanted = CONFIG in environ or CONFIG in named
        gone = Problem(CONFIG, t("There is no file {path}.", path=str(toml)))
        return _Sources(environ, named, toml, unreadable=(gone,) if wanted else ())
    try:
        text = toml.read_text(encoding="utf-8")
        return _Sources(environ, named, toml, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        words = t("This line is not valid TOML. Compare it with config/default.toml.")
        broken = Problem(str(toml), words, int(line[1]) if line else None)
    except (OSError, UnicodeDecodeError):
        broken = _unreadable(toml)
    return _Sources(environ, named, toml, unreadable=(broken,))


def _unreadable(path: Path) -> Problem:
    return Problem(str(path), t("This file cannot be read. Check its rights, and that it is UTF-8 text."))


def _unknown_names(sources: _Sources) -> Iterator[Problem]:
    known = [CONFIG, *(entry.variable for entry in entries())]
    for name in sources.environ:
        if name not in known:
            yield Problem(name, _unknown(name, known))
    for name in sources.dotenv:
        if name not in known:
            yield Problem(str(DOTENV), _unknown(name, known), dotenv_line(name))
    for path in _unknown_paths(sources.data):
        text = _unknown(".".join(path), [entry.key for entry in entries()])
        yield Problem(str(sources.toml), text, toml_line(sources.text, path))


def _unknown_paths(table: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        path = (*above, key)
        below = [entry for entry in entries() if entry.path[: len(path)] == path]
        if not below:
            yield path
        elif isinstance(value, dict) and below[0].path != path:
            yield from _unknown_paths(value, path)


def _unknown(name: str, known: list[str]) -> Text:
    close = get_close_matches(name, known, n=1)
    if close:
        return t("There is no setting {name}. Did you mean {close}?", name=name, close=close[0])
    return t("There is no setting {name}. All of them are in config/default.toml.", name=name)


def _secrets_in_toml(sources: _Sources) -> Iterator[Problem]:
    for entry in entries():
        value: Any = sources.data
        for part in entry.path:
            value = value.get(part) if isinstance(value, dict) else None
        password = entry.key == "database.url" and isinstance(value, str) and _has_password(value)
        if password or (entry.secret and value is not None):
            text = t(
                "Secrets do not belong in this file, which is easily shared. Write {name} into .env instead.",
                name=entry.variable,
            )
            yield Problem(str(sources.toml), text, toml_line(sources.text, entry.path))


def _has_password(url: str) -> bool:
    try:
        return bool(urlsplit(url).password)
    except ValueError:
        return False


def _explain(details: ErrorDetails, sources: _Sources) -> Iterator[Problem]:
    if details["type"] != "extra_forbidden":  # those are among the unknown names
        path = tuple(str(part) for part in details["loc"])
        entry = next((e for e in entries() if path[: len(e.path)] == e.path), None)
        file, line, key = sources.place(entry.path if entry else path)
        if entry or file == str(sources.toml):  # so is a variable that would set a whole group
            yield Problem(file, _reason(details, key, entry), line)


def _reason(details: ErrorDetails, key: str, entry: Entry | None) -> Text:
    refusal = details.get("ctx", {}).get("error")
    if isinstance(refusal, Refusal):
        return refusal.text
    if entry is None:
        return t("{key} is a table of settings; write it as [{key}].", key=key)
    if entry.range is not None:
        low, high = entry.range
        if entry.whole:
            return t("{key} takes a whole number from {low} to {high}.", key=key, low=low, high=high)
        return t("{key} takes a number from {low} to {high}.", key=key, low=low, high=high)
    if entry.words:
        return t("{key} takes one of these words: {words}.", key=key, words=", ".join(entry.words))
    return t("{key} takes words in quotes, as shown in config/default.toml.", key=key)
