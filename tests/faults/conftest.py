"""Houses to break: web processes, workers and a durable PostgreSQL that they share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import bytecode, new_fan
from tests.faults.house import Grounds, Guard, House, prepared
from tests.needs import Need, find_postgresql, missing

__all__ = ["bytecode", "new_fan"]


@pytest.fixture(scope="session")
def grounds(tmp_path_factory: pytest.TempPathFactory, bytecode: Path) -> Iterator[Grounds]:
    """A PostgreSQL that may be killed: it comes back for the next test."""
    programs = find_postgresql()
    if programs is None:
        missing(Need.POSTGRESQL)
    with prepared(programs, tmp_path_factory.mktemp("grounds"), bytecode) as grounds:
        yield grounds


@pytest.fixture
def without() -> Guard:
    """The guard a house is to lack: none, unless a test says otherwise."""
    return ""


@pytest.fixture
def house(grounds: Grounds, tmp_path: Path, without: Guard) -> Iterator[House]:
    """A house in which nothing runs yet."""
    with grounds.house(tmp_path, without) as built:
        yield built
