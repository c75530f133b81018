"""What every test may ask for: a clock, a database of its own, a real PostgreSQL, a browser."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage import store
from tests.clock import Clock
from tests.needs import Need, find_chromium, find_postgresql, missing, summary
from tests.postgres import Server, running

# The same examples everywhere, so that a red run is red for everybody. To search further:
# HYPOTHESIS_PROFILE=explore .venv/bin/pytest tests/rounds
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("explore", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


LONG = ("browser", "e2e", "faults", "machine")
"""Folders whose modules take longest."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, by turns from each folder, since some wait while others compute.

    Short modules then fill up all workers to the end.
    """
    turns: dict[str, dict[Path, int]] = {folder: {} for folder in LONG}
    for item in items:
        if (modules := turns.get(item.path.parent.name)) is not None:
            modules.setdefault(item.path, len(modules))
    last = len(items)
    items.sort(key=lambda item: turns.get(item.path.parent.name, {}).get(item.path, last))


class Compiled(dict[Any, Any]):
    """Statements as SQLAlchemy compiled them, for every engine of a kind: its own cache knows one engine."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_a_kind(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_of_a_kind(key), value)


def _of_a_kind(key: tuple[Dialect, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return dialect.name, *rest


@pytest.fixture(scope="session", autouse=True)
def statements_stay_compiled() -> Iterator[None]:
    """Compile each statement once a process: a fifth of what a test of the store takes is compiling."""
    create = partial(create_async_engine, execution_options={"compiled_cache": Compiled()})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "create_async_engine", create)
        yield


@pytest.fixture
def clock() -> Clock:
    """A settable clock: `clock()`, `clock.advance(hours=2)`, `clock.set(at)`."""
    return Clock()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """The PostgreSQL server of this test process; tests that need one are skipped where there is none."""
    programs = find_postgresql()
    if programs is None:
        missing(Need.POSTGRESQL)
    with running(programs) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of the test's own, once on each of the two we promise."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'catwalk.db'}"
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser to drive with Playwright (`executable_path`)."""
    found = find_chromium()
    if found is None:
        missing(Need.CHROMIUM)
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in plain sight which tests this machine could not run."""
    reasons = [str(report.longrepr) for report in terminalreporter.getreports("skipped")]
    for line in summary(reasons):
        terminalreporter.write_line(line, yellow=True, bold=True)
