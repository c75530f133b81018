"""The log: one shape for everybody's events, and nothing in it that is not for its readers."""

import io
import json
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.log import configure, masked, person

SECRET = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """A JSON log in memory; Python's own logging is put back afterwards."""
    root = logging.getLogger()
    before = root.level, root.handlers[:]
    stream = io.StringIO()
    configure(level="info", shape="auto", secret=SECRET, stream=stream)
    yield stream
    logging.captureWarnings(False)
    structlog.reset_defaults()
    root.handlers[:] = before[1]
    root.setLevel(before[0])


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_event_is_one_line_of_json(out: io.StringIO) -> None:
    structlog.get_logger().info("round_closed", round_id=3, title="Été 2027", folder=Path("var"), ok=None)
    [line] = lines(out)
    at = datetime.fromisoformat(line.pop("at"))
    assert at.tzinfo == UTC
    expected = {"round_id": 3, "title": "Été 2027", "folder": "var", "ok": None}
    assert line == {"event": "round_closed", "level": "info", **expected}
    assert "Été" in out.getvalue()


def test_below_the_level_nothing_is_written(out: io.StringIO) -> None:
    structlog.get_logger().debug("page_shown")
    logging.getLogger("alembic").debug("page_shown")
    assert out.getvalue() == ""


def test_who_is_a_keyed_hash(out: io.StringIO) -> None:
    structlog.get_logger().info("votes_saved", fan_id=41, actor="telegram:7", round_id=41)
    [line] = lines(out)
    assert (line["fan_id"], line["actor"], line["round_id"]) == (person(41), person("telegram:7"), 41)
    assert len(person(41)) == 12
    assert person(41) != person(42)
    before = person(41)
    configure(level="info", shape="json", secret=SECRET[::-1], stream=out)
    assert person(41) != before


@dataclass
class Comment:
    text: str


def test_what_people_wrote_and_secrets_are_left_out(out: io.StringIO) -> None:
    wrote = "longer sleeves"
    structlog.get_logger().info(
        "comment_taken",
        text=wrote,
        reply_text=wrote,
        body=wrote,
        bot_token="123:ABC",
        PASSWORD="x",
        comment=Comment(wrote),
        error=ValueError(wrote),
        context={"text": wrote, "number": 67},
        comments=[Comment(wrote)],
    )
    [line] = lines(out)
    assert set(line) == {"at", "event", "level", "comment", "error", "context", "comments"}
    assert (line["comment"], line["error"], line["comments"]) == ("Comment", "ValueError", ["Comment"])
    assert line["context"] == {"number": 67}
    assert wrote not in out.getvalue()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("postgresql+asyncpg://me:hush@db/shop", "postgresql+asyncpg://…@db/shop"),
        ("GET https://x.example/enter?code=AB12&a=b now", "GET https://x.example/enter?… now"),
        ('"GET /claim?code=AB12 HTTP/1.1" 200', '"GET /claim?… HTTP/1.1" 200'),
        ("https://api.telegram.org/bot123:AAF-x_y/getUpdates", "https://api.telegram.org/bot…/getUpdates"),
        ("ExtBot[token=7700000001:AAF-x_yAAF-x_yAAF-x_yAAF-x_yAAF]", "ExtBot[token=…]"),
        ("what now? all of it", "what now? all of it"),
        ("fans@example.org wrote", "fans@example.org wrote"),
    ],
)
def test_addresses_are_masked(words: str, shown: str) -> None:
    assert masked(words) == shown


def test_an_exception_is_told_without_its_addresses(out: io.StringIO) -> None:
    try:
        raise OSError("cannot reach https://me:hush@x.example/a?token=AB12")
    except OSError:
        structlog.get_logger().exception("post_failed")
    [line] = lines(out)
    assert "OSError: cannot reach https://…@x.example/a?…" in line["exception"]
    assert "hush" not in out.getvalue()


def test_libraries_write_into_the_same_log(out: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info("Started on %s", "http://me:hush@127.0.0.1:8000")
    logging.getLogger("httpx").info("HTTP Request: POST https://api.telegram.org/bot1:A/getMe")
    logging.getLogger("alembic.runtime.migration").info("Context impl SQLiteImpl")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    first, second = lines(out)
    assert first["event"] == "Started on http://…@127.0.0.1:8000"
    assert (first["logger"], first["level"]) == ("uvicorn.error", "info")
    assert "DeprecationWarning: old" in second["event"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("shape", "stream"), [("auto", Terminal()), ("text", io.StringIO())])
def test_a_terminal_reads_text(out: io.StringIO, shape: str, stream: io.StringIO) -> None:
    configure(level="info", shape=shape, secret=SECRET, stream=stream)
    structlog.get_logger().info("round_opened", round_id=3, token="hush")
    said = stream.getvalue()
    assert "round_opened" in said
    assert "hush" not in said
    assert not said.startswith("{")
    assert ("\x1b[" in said) is stream.isatty()
