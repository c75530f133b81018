"""Installations to start: empty ones, and ones with a campaign loaded, on both stores."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from tests.e2e import made
from tests.e2e.fan import Fan
from tests.e2e.process import SECRET, Catwalk
from tests.postgres import Server

WORDS = "longer velvet sleeves"
NAME = "Persimmon"
"""What fans say and how they are called: neither may be found in a log."""

NewFan = Callable[[str], Awaitable[Fan]]
_USUAL = {
    "CATWALK_SECRET": SECRET,
    "CATWALK_ROOM__PORT": "0",
    "CATWALK_RELAY__DRAIN_S": "0.1",
    "CATWALK_RELAY__TICK_S": "0.1",
    "CATWALK_RELAY__RECONCILE_S": "1",
    "CATWALK_RELAY__LEASE_S": "1",
    "CATWALK_LIMITS__PRESSES": "100000",
    "CATWALK_LIMITS__ENTRIES": "10000",
}


@pytest.fixture(scope="session")
def bytecode(request: pytest.FixtureRequest) -> Path:
    """Where our processes keep compiled modules: a start is then three times as fast."""
    assert request.config.cache is not None
    return request.config.cache.mkdir("bytecode")


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a campaign."""
    return made.campaign(tmp_path_factory.mktemp("campaign") / "spring")


@pytest.fixture
def bare(tmp_path: Path, bytecode: Path, database_url: str) -> Iterator[Catwalk]:
    """An installation that was only just set up: no tables. On SQLite each process starts from nothing."""
    alone = database_url.startswith("sqlite")
    yield from installed(tmp_path, bytecode, database_url, tmp_path / "var" / "photos", alone=alone)


def installed(
    home: Path, bytecode: Path, url: str, photos: Path, *, alone: bool = False
) -> Iterator[Catwalk]:
    settings = {**_USUAL, "CATWALK_DATABASE__URL": url, "CATWALK_PHOTOS__FOLDER": str(photos)}
    catwalk = Catwalk(home, settings, bytecode, alone)
    try:
        yield catwalk
    finally:
        catwalk.close()
    for secret in (SECRET, WORDS, NAME, *catwalk.codes, "parameters: (", "parameters: {"):
        assert secret not in catwalk.log
    untold = "unexpected connection_lost() call"  # asyncpg's, of a connection that PostgreSQL's end cut off
    broken = [line for line in catwalk.log.splitlines() if "Traceback" in line and untold not in line]
    assert not broken, "\n".join(broken)


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("photos")


@pytest.fixture(scope="session")
def loaded_file(tmp_path_factory: pytest.TempPathFactory, source: Path, photos: Path) -> Path:
    """A SQLite file with the campaign, to be copied."""
    path = tmp_path_factory.mktemp("loaded") / "catwalk.db"
    made.fill(f"sqlite+aiosqlite:///{path}", source, photos)
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def catwalk(
    request: pytest.FixtureRequest, tmp_path: Path, bytecode: Path, source: Path, photos: Path
) -> Iterator[Catwalk]:
    """An installation with the campaign loaded and its first round a draft."""
    if request.param == "sqlite":
        path = tmp_path / "catwalk.db"
        shutil.copy(request.getfixturevalue("loaded_file"), path)
        yield from installed(tmp_path, bytecode, f"sqlite+aiosqlite:///{path}", photos)
        return
    server: Server = request.getfixturevalue("postgresql")
    template = server.template("spring looks", lambda url: made.fill(url, source, photos))
    with server.fresh_database(template) as url:
        yield from installed(tmp_path, bytecode, url, photos)


@pytest.fixture
async def new_fan() -> AsyncIterator[NewFan]:
    """Open browsers on an address, each with cookies of its own."""
    async with AsyncExitStack() as opened:

        async def new(url: str) -> Fan:
            client = httpx.AsyncClient(base_url=url, headers={"Accept-Language": "en"}, timeout=20)
            return Fan(f"{NAME} {id(client)}", await opened.enter_async_context(client))

        yield new
