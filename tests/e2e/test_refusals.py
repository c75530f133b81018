"""What keeps Catwalk from starting is said in one line, with exit code 2 and without a traceback."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.e2e.conftest import installed
from tests.e2e.process import Catwalk, Died, Done, free_port


@pytest.fixture
def shop(tmp_path: Path, bytecode: Path) -> Iterator[Catwalk]:
    """An installation on SQLite without tables."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}"
    yield from installed(tmp_path, bytecode, url, tmp_path / "photos")


def refused(shop: Catwalk, **changed: str) -> str:
    """Start where that must fail; return the one line that says why."""
    with pytest.raises(Died) as died:
        shop.start(**changed)
    return line(died.value.done)


def line(done: Done) -> str:
    assert done.code == 2, done
    assert done.err.count("\n") == 1, done.err
    return done.err


def test_an_empty_database(shop: Catwalk) -> None:
    assert "The database is empty. Run: catwalk migrate" in refused(shop)


def test_a_database_of_another_release(shop: Catwalk) -> None:
    assert shop.run("migrate").code == 0
    with sqlite3.connect(shop.home / "shop.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    assert "revision 9999, which this release does not know" in refused(shop)
    assert "revision 9999, which this release does not know" in line(shop.run("migrate"))


def test_an_unknown_variable(shop: Catwalk) -> None:
    said = refused(shop, CATWALK_ROOM__PROT="8000")
    assert "There is no setting CATWALK_ROOM__PROT. Did you mean CATWALK_ROOM__PORT?" in said


def test_no_secret(shop: Catwalk) -> None:
    said = refused(shop, CATWALK_SECRET="")
    assert "Catwalk signs links and cookies with a secret, and has none yet." in said


def test_a_database_that_is_down(shop: Catwalk) -> None:
    nobody = f"postgresql://catwalk@127.0.0.1:{free_port(Random(5))}/catwalk"
    assert "The database does not answer" in refused(shop, CATWALK_DATABASE__URL=nobody)


def test_a_port_that_is_taken(shop: Catwalk) -> None:
    assert shop.run("migrate").code == 0
    port = shop.start().url.rsplit(":", 1)[1]
    said = refused(shop, CATWALK_ROOM__PORT=port)
    assert f"Cannot listen on 127.0.0.1:{port}" in said
    assert "choose another port" in said
