"""The PostgreSQL fixture gives real, separate databases, and leaves nothing behind."""

import os
from pathlib import Path

import pytest

from tests import needs
from tests.postgres import Server, running


def test_the_server_is_ours(postgresql: Server) -> None:
    assert Path(postgresql.execute("SHOW data_directory")) == postgresql.data
    assert postgresql.execute("SELECT 6 * 7") == 42


def test_every_database_is_new_and_goes_away(postgresql: Server) -> None:
    with postgresql.fresh_database() as first, postgresql.fresh_database() as second:
        assert first != second
        name = first.rpartition("/")[2]
        postgresql.execute("CREATE TABLE here (id int)", name)
        assert postgresql.execute("SELECT to_regclass('here')", second.rpartition("/")[2]) is None
    assert postgresql.execute(f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == 0


def test_a_template_is_filled_once_and_copied(postgresql: Server) -> None:
    filled = []

    def fill(url: str) -> None:
        filled.append(url)
        postgresql.execute("CREATE TABLE filled AS SELECT 7 AS n", url.rpartition("/")[2])

    for _ in range(2):
        with postgresql.fresh_database(postgresql.template("once", fill)) as url:
            assert postgresql.execute("SELECT n FROM filled", url.rpartition("/")[2]) == 7
    assert len(filled) == 1


def test_the_server_stops_and_its_folder_goes() -> None:
    programs = needs.find_postgresql()
    if programs is None:
        needs.missing(needs.Need.POSTGRESQL)
    with running(programs, durable=True) as server:
        assert server.execute("SHOW fsync") == "on"
    with pytest.raises(ProcessLookupError):
        os.kill(server.pid, 0)
    assert not server.data.parent.exists()


def test_both_databases_answer(database_url: str) -> None:
    assert database_url.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://catwalk@127.0.0.1:"))
