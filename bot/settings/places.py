"""Where settings are written: variables, `.env` and the TOML file, and on which line."""

import os
import re
from pathlib import Path

from dotenv import dotenv_values

PREFIX = "CATWALK_"

CONFIG = "CATWALK_CONFIG"
"""Names the TOML file; without it `catwalk.toml` in the working folder is read when it is there."""

DOTENV = Path(".env")


def variable(path: tuple[str, ...]) -> str:
    """Name the variable that sets a key: `CATWALK_ROOM__PORT`."""
    return PREFIX + "__".join(path).upper()


def config_file() -> Path:
    """Find the TOML file to read, whether or not it is there."""
    return Path(variables().get(CONFIG) or dotenv().get(CONFIG) or "catwalk.toml")


def variables() -> dict[str, str]:
    """Read our variables of the environment, by upper-case name; an empty one is as good as none."""
    return _ours(dict(os.environ))


def dotenv() -> dict[str, str]:
    """Read our variables of `.env`; raises OSError or UnicodeDecodeError where it cannot be read."""
    return _ours(dotenv_values(DOTENV, encoding="utf-8"))


def _ours(values: dict[str, str] | dict[str, str | None]) -> dict[str, str]:
    named = {name.upper(): value for name, value in values.items() if value}
    return {name: value for name, value in named.items() if name.startswith(PREFIX)}


def dotenv_line(name: str) -> int | None:
    """Find the line (from 1) where `.env` sets the variable `name`."""
    pattern = re.compile(rf"\s*(export\s+)?{name}\s*=", re.IGNORECASE)
    lines = DOTENV.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), None)


def toml_line(text: str, path: tuple[str, ...]) -> int | None:
    """Find the line (from 1) where TOML sets the key `path`; else its table's line; else None."""
    table: tuple[str, ...] = ()
    nearest = None
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line)
        key = re.match(r"\s*([\w.\"' -]+?)\s*=", line)
        if header:
            table = _parts(header[1])
        here = (*table, *_parts(key[1])) if key else table
        if here == path:
            return number
        if nearest is None and here and here == path[: len(here)]:
            nearest = number
    return nearest


def _parts(words: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in words.split("."))
