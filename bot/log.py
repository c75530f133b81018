"""One log for us and for the libraries: structured, and with nothing in it that is not for its readers.

Events are past-tense snake_case with facts as keywords: `log.info("round_closed", round_id=3)`. A person
appears only as a keyed hash; tokens, passwords and what people wrote do not appear at all.
"""

import hashlib
import hmac
import logging
import re
import secrets
import sys
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from pathlib import PurePath
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

PERSONS = frozenset({"person", "actor", "account", "account_id", "fan", "fan_id", "voter", "owner_id"})
"""Facts that say who: their values are hashed by `person`."""

HIDDEN = frozenset(
    {
        "authorization",
        "body",
        "bodies",
        "cookie",
        "csrf",
        "key",
        "password",
        "secret",
        "text",
        "token",
        "tokens",
    }
)
"""Facts with one of these words in their name are left out: `reply_text`, `bot_token`."""

# Busy libraries: httpx writes URLs with Telegram's token at INFO, python-telegram-bot and aiosqlite what they
# are given at DEBUG, Alembic its dialect at each look.
_QUIET = (
    "aiosqlite",
    "alembic",
    "asyncio",
    "httpcore",
    "httpx",
    "PIL",
    "sqlalchemy",
    "discord",
    "telegram",
    "uvicorn.access",
)

_key = bytearray(secrets.token_bytes(32))  # until `configure`: a log is one per process, as Python's is


def configure(*, level: str, shape: str, secret: str, stream: TextIO | None = None) -> None:
    """Set up the log of this process; `shape` is auto, json or text, and auto is text on a terminal only.

    Start uvicorn with `log_config=None`, or it sets up its own.
    """
    _key[:] = hashlib.sha256(b"log\0" + secret.encode()).digest()
    out = stream or sys.stderr
    text = shape == "text" or (shape == "auto" and out.isatty())
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *_shared()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(text, out)],
        )
    )
    weight = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(handlers=[handler], level=weight, force=True)
    logging.captureWarnings(True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(weight, logging.WARNING))
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(weight),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,  # loggers made at import follow a later configure
    )


def person(identity: int | str) -> str:
    """Hash who somebody is: the same within one installation, and nobody else can tell who it was."""
    return hmac.new(_key, str(identity).encode(), hashlib.sha256).hexdigest()[:12]


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        clean,
    ]


def _renderer(text: bool, out: TextIO) -> Processor:
    if text:
        return structlog.dev.ConsoleRenderer(colors=out.isatty(), timestamp_key="at", pad_event_to=0)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


# ------------------------------------------------------------------ what may be read


def clean(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Leave out what is hidden, hash who, mask addresses, and reduce objects to words."""
    kept = {name: value for name, value in event.items() if name.startswith("_")}  # structlog's own
    return {**_cleaned({name: value for name, value in event.items() if name not in kept}), **kept}


def _cleaned(facts: Mapping[Any, Any]) -> dict[str, Any]:
    named = {str(name): value for name, value in facts.items()}
    return {
        name: person(value) if name in PERSONS and isinstance(value, int | str) else _plain(value)
        for name, value in named.items()
        if HIDDEN.isdisjoint(name.lower().split("_"))
    }


def _plain(value: Any) -> Any:
    """Keep plain values; of any other object say only its type, since its repr may hold what people wrote."""
    match value:
        case Enum():
            return _plain(value.value)
        case None | bool() | int() | float():
            return value
        case str():
            return masked(value)
        case datetime():
            return value.isoformat()
        case PurePath():
            return str(value)
        case Mapping():
            return _cleaned(value)
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value]
    return type(value).__name__


_MASKS = (
    (re.compile(r"(\w+://)[^\s/@\"']+@"), r"\1…@"),  # user:password@
    (re.compile(r"(/bot)\d+:[\w-]+"), r"\1…"),  # Telegram's token, part of the path
    (re.compile(r"\b\d{6,}:[\w-]{30,}"), "…"),  # or by itself, as its library prints a bot
    (re.compile(r"(/[^\s?\"'<>]*)\?[^\s\"'<>]+"), r"\1?…"),  # a query, of a whole URL or of a path
)


def masked(words: str) -> str:
    """Hide who and what an address carries: its user and password, its query, Telegram's token."""
    for pattern, instead in _MASKS:
        words = pattern.sub(instead, words)
    return words
