"""The settings as a list: for documents, for suggestions and for `catwalk doctor`."""

import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from bot.settings.model import Group, Settings
from bot.settings.places import variable


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting as a person may write it."""

    path: tuple[str, ...]
    field: FieldInfo

    @property
    def key(self) -> str:
        return ".".join(self.path)

    @property
    def variable(self) -> str:
        return variable(self.path)

    @property
    def secret(self) -> bool:
        return SecretStr in get_args(self.field.annotation)

    @property
    def whole(self) -> bool:
        return self.field.annotation is int

    @property
    def unit(self) -> str:
        extra = self.field.json_schema_extra
        return str(extra.get("unit", "")) if isinstance(extra, dict) else ""

    @property
    def range(self) -> tuple[float, float] | None:
        """The lowest and the highest value, for a number."""
        bounds: dict[str, float] = {}
        for rule in self.field.metadata:
            bounds |= {name: getattr(rule, name) for name in ("ge", "le") if hasattr(rule, name)}
        return (bounds["ge"], bounds["le"]) if len(bounds) == 2 else None

    @property
    def words(self) -> tuple[str, ...]:
        """The only words it takes, or none when it takes others."""
        return tuple(_words(self.field.annotation))


def _words(annotation: Any) -> Iterator[str]:
    if annotation is bool:
        yield from ("true", "false")
    elif isinstance(annotation, str):
        yield annotation
    else:
        for part in get_args(annotation):
            yield from _words(part)


def entries(model: type[BaseModel] = Settings, path: tuple[str, ...] = ()) -> Iterator[Entry]:
    """List every setting, in the order they are declared."""
    for name, field in model.model_fields.items():
        if isinstance(field.default, Group):
            yield from entries(type(field.default), (*path, name))
        else:
            yield Entry((*path, name), field)


_HEAD = """\
Every setting, with its default. Copy the lines you change to catwalk.toml in the folder Catwalk runs in
(or any file that CATWALK_CONFIG names). A variable wins over the file: room.port is CATWALK_ROOM__PORT,
in the environment or in .env. This file is written by `make settings` and read by nobody but you.
"""


def as_toml() -> str:
    """Write `config/default.toml`: each setting with its meaning, unit, range and default."""
    parts = [_comment(_HEAD)]
    table: tuple[str, ...] = ()
    for entry in entries():
        if entry.path[:-1] != table:
            table = entry.path[:-1]
            group = Settings.model_fields[table[0]].default
            parts.append(f"\n# {'-' * 98}\n{_comment(type(group).__doc__ or '')}[{'.'.join(table)}]\n")
        parts.append("\n" + _comment(_meaning(entry)) + _line(entry))
    return "".join(parts)


def _meaning(entry: Entry) -> str:
    facts = [entry.unit] if entry.unit else []
    if entry.range:
        facts.append(" to ".join(map(_number, entry.range)))
    if entry.words:
        facts.append(", ".join(entry.words))
    what = entry.field.description or ""
    return f"{what} ({'; '.join(facts)})" if facts else what


def _line(entry: Entry) -> str:
    if entry.secret:
        return f"# Never here: {entry.variable} in .env\n"
    default = entry.field.default
    if default is None:
        return f"# {entry.path[-1]} = {json.dumps((entry.field.examples or [''])[0])}\n"
    if entry.range:
        return f"{entry.path[-1]} = {_number(default)}\n"
    value = json.dumps(str(default) if isinstance(default, Path) else default)
    return f"{entry.path[-1]} = {value}\n"


def _number(value: float) -> str:
    return format(value, "_" if value >= 10_000 else "")


def _comment(words: str) -> str:
    return "".join(f"# {line}\n" for line in textwrap.wrap(" ".join(words.split()), 100))
