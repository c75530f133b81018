"""SQLite on the loop: it never stops the others for long, not for a commit and not for another process."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import func, insert, select, text

from bot.storage import inline_sqlite
from bot.storage import store as store_module
from bot.storage.inline_sqlite import Connection
from bot.storage.store import Store
from bot.storage.tables import Fan, table
from tests.clock import START

fan = table(Fan)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database file with a table `t` of numbers."""
    path = tmp_path / "numbers.db"
    with sqlite3.connect(path) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE t (n INTEGER)")
    made.close()
    return path


@pytest.fixture
def committing() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def connection(path: Path, committing: ThreadPoolExecutor) -> Iterator[Connection]:
    made = Connection(str(path), 10.0, committing)
    yield made
    made.stop()


async def run(connection: Connection, statement: str) -> list[tuple[object, ...]]:
    cursor = await connection.cursor().execute(statement)
    rows = await cursor.fetchall() if cursor.description else []
    await cursor.close()
    return rows


def count(path: Path) -> int:
    """Count what another process would see."""
    other = sqlite3.connect(path)
    (found,) = other.execute("SELECT count(*) FROM t").fetchone()
    other.close()
    return int(found)


async def test_what_is_committed_is_there_for_others_and_what_is_not_is_not(
    connection: Connection, path: Path
) -> None:
    await run(connection, "BEGIN IMMEDIATE")
    await connection.cursor().executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
    assert count(path) == 0
    await connection.commit()
    assert count(path) == 2
    await run(connection, "BEGIN IMMEDIATE")
    await run(connection, "DELETE FROM t")
    await connection.rollback()
    await connection.commit()  # there is nothing to commit, which is no error
    assert count(path) == 2


async def test_a_file_another_process_writes_to_is_waited_for_without_stopping_the_loop(
    connection: Connection, path: Path
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(run(connection, "BEGIN IMMEDIATE"))
    for _ in range(50):
        await asyncio.sleep(0)  # the loop goes round
    assert not waiting.done()
    other.execute("INSERT INTO t VALUES (1)")
    other.execute("COMMIT")
    other.close()
    await waiting
    assert await run(connection, "SELECT n FROM t") == [(1,)]


async def test_waiting_for_another_process_has_an_end(path: Path, committing: ThreadPoolExecutor) -> None:
    impatient = Connection(str(path), 0.02, committing)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await run(impatient, "BEGIN IMMEDIATE")
    other.close()
    impatient.stop()


async def test_what_is_wrong_is_not_asked_again(connection: Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await run(connection, "SELECT * FROM nowhere")


async def test_a_commit_does_not_stop_the_loop_and_outlives_who_asked_for_it(
    connection: Connection, path: Path, committing: ThreadPoolExecutor
) -> None:
    disk = threading.Event()
    committing.submit(disk.wait)  # a slow disk: the commit has to wait for it
    connection._quick.append(False)
    await run(connection, "BEGIN IMMEDIATE")
    await run(connection, "INSERT INTO t VALUES (1)")
    commit = asyncio.create_task(connection.commit())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not commit.done()
    commit.cancel()
    for _ in range(20):
        await asyncio.sleep(0)
    assert not commit.done()  # its connection is still at work
    disk.set()
    with pytest.raises(asyncio.CancelledError):
        await commit
    assert count(path) == 1
    assert await run(connection, "SELECT n FROM t") == [(1,)]


async def add(connection: Connection, lines: int) -> None:
    await connection.begin()
    await connection.write("INSERT INTO t VALUES (?)", [(1,)] * lines)


class Disk:
    """A disk that takes as long for each commit as it is told, by a clock of its own; `here` says which were
    made on the loop."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.takes_s = self.now = 0.0
        self.here: list[bool] = []
        commit = Connection._commit

        def timed(connection: Connection, begun: threading.Event | None = None) -> float:
            self.here.append(threading.current_thread() is threading.main_thread())
            commit(connection, begun)
            return self.takes_s

        monkeypatch.setattr(Connection, "_commit", timed)
        monkeypatch.setattr(inline_sqlite, "time", SimpleNamespace(perf_counter=lambda: self.now))

    async def made_here(self, connection: Connection, takes_s: float, after_s: float = 0.0) -> bool:
        """Commit a line, so long after it was begun, and say whether the loop waited for it."""
        await add(connection, 1)
        self.now += after_s
        self.takes_s = takes_s
        await connection.commit()
        return self.here[-1]


SHORT_S, LONG_S = inline_sqlite._SHORT_S, inline_sqlite._LONG_S


@pytest.mark.parametrize(
    ("takes_s", "after_s", "quick"),
    [
        (0.9 * SHORT_S, 0.0, True),
        (10 * SHORT_S, 0.0, False),
        (0.9 * LONG_S, LONG_S, True),
        (0.9 * LONG_S, 0.5 * LONG_S, False),
        (1.1 * LONG_S, 60.0, False),
    ],
)
async def test_a_commit_is_made_here_while_commits_are_short_or_shorter_than_what_came_before_them(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, takes_s: float, after_s: float, quick: bool
) -> None:
    disk = Disk(monkeypatch)
    assert await disk.made_here(connection, takes_s, after_s)
    assert await disk.made_here(connection, 0.0) is quick


async def test_after_a_slow_commit_the_next_ones_are_made_in_the_thread(
    connection: Connection, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    for takes_s in (0.0, 0.0, 5.0, *[0.0] * inline_sqlite._LATELY, 0.0, 0.0):
        await disk.made_here(connection, takes_s)
    assert disk.here == [True, True, True, *[False] * inline_sqlite._LATELY, True, True]
    assert count(path) == len(disk.here)


async def test_after_a_commit_that_failed_the_next_one_is_made_in_the_thread(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    timed = Connection._commit

    def fail(_: Connection, begun: threading.Event | None = None) -> float:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(Connection, "_commit", fail)
    with pytest.raises(sqlite3.OperationalError, match="I/O"):
        await disk.made_here(connection, 0.0)
    await connection.rollback()
    monkeypatch.setattr(Connection, "_commit", timed)
    assert not await disk.made_here(connection, 0.0)


async def test_who_commits_again_and_again_is_not_alone_on_the_loop(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inline_sqlite, "_SHORT_S", 60.0)  # every commit is quick
    seen: list[int] = []

    async def beat() -> None:
        while True:
            seen.append(len(seen))
            await asyncio.sleep(0)

    beating = asyncio.create_task(beat())
    for _ in range(10):
        await add(connection, 1)
        await connection.commit()
    beating.cancel()
    assert len(seen) >= 9


async def test_heavy_reading_happens_elsewhere(connection: Connection) -> None:
    await connection.create_function("thread", 0, threading.get_ident)
    assert await run(connection, "SELECT thread()") == [(threading.get_ident(),)]
    connection.heavy = True
    assert await run(connection, "SELECT thread()") != [(threading.get_ident(),)]


async def test_rows_come_one_by_one_too(connection: Connection) -> None:
    cursor = await connection.cursor().execute("SELECT 1 UNION SELECT 2 UNION SELECT 3")
    assert await cursor.fetchone() == (1,)
    assert await cursor.fetchmany(1) == [(2,)]
    cursor.arraysize = 7
    assert await cursor.fetchmany() == [(3,)]
    assert await cursor.fetchone() is None


async def test_closing_twice_is_closing_once(path: Path, committing: ThreadPoolExecutor) -> None:
    connection = Connection(str(path), 1.0, committing)
    await connection.close()
    await connection.close()
    assert connection._connection is None


async def test_who_writes_has_more_of_the_file_at_hand(shop_file: str) -> None:
    store = Store(shop_file)
    async with store.begin() as tx:
        assert (await tx.conn.exec_driver_sql("PRAGMA cache_size")).scalar() == -16384
    await store.close()


@pytest.fixture
def shop_file(migrated_file: Path, tmp_path: Path) -> str:
    path = tmp_path / "shop.db"
    path.write_bytes(migrated_file.read_bytes())
    return f"sqlite+aiosqlite:///{path}"


async def test_a_store_reads_heavily_and_lightly_over_the_same_connections(shop_file: str) -> None:
    store = Store(shop_file, pool_size=1)
    async with store.begin() as tx:
        for _ in range(3):
            await tx.conn.execute(insert(fan).values(created_at=START))
    for heavy in (True, False, True):
        async with store.read(heavy=heavy) as tx:
            driver = (await tx.conn.get_raw_connection()).driver_connection
            assert isinstance(driver, Connection)
            assert driver.heavy is heavy
            assert (await tx.conn.execute(select(func.count()).select_from(fan))).scalar_one() == 3
            async with tx.conn.stream(select(fan.c.id)) as found:
                assert [len(part) async for part in found.partitions(2)] == [2, 1]
    await store.close()


async def test_two_busy_workers_take_turns(shop_file: str) -> None:
    """Neither starves: while one writes on and on, the other gets in."""
    stores = [Store(shop_file) for _ in range(2)]
    done = asyncio.Event()

    async def write_on() -> int:
        written = 0
        while not done.is_set():
            async with stores[0].begin() as tx:
                await tx.conn.execute(insert(fan).values(created_at=START))
            written += 1
        return written

    busy = asyncio.create_task(write_on())
    for _ in range(10):
        async with stores[1].begin() as tx:
            await tx.conn.execute(insert(fan).values(created_at=START))
    done.set()
    assert await busy > 0
    for store in stores:
        await store.close()


async def test_a_store_is_told_when_waiting_was_in_vain(
    shop_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_PATIENCE_S", 0.02)
    store = Store(shop_file)
    other = sqlite3.connect(shop_file.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked") as waited:
        async with store.begin() as tx:
            await tx.conn.execute(text("SELECT 1"))
    assert store_module.is_outage(waited.value)
    other.close()
    async with store.begin() as tx:
        await tx.conn.execute(text("SELECT 1"))
    await store.close()


def size_of_log(path: str) -> int:
    return Path(f"{path}-wal").stat().st_size


def fans_without_log(path: str) -> int:
    """Count the fans that stand in the database's file itself."""
    alone = Path(f"{path}-alone")
    alone.write_bytes(Path(path).read_bytes())
    with closing(sqlite3.connect(alone)) as other:
        (found,) = other.execute("SELECT count(*) FROM fan").fetchone()
    return int(found)


async def test_a_full_log_is_copied_into_the_file_and_begins_anew(
    shop_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inline_sqlite, "LOG_BYTES", 50_000)
    store = Store(shop_file)
    copied, sizes = await filled(store, 300)
    assert 3 < len(copied) < 30  # each time it was full, and not at every commit after the first
    assert copied[-1] >= 250  # what is in the file itself
    assert max(sizes) < 2 * 50_000
    await store.close()


async def test_a_log_that_somebody_reads_from_grows_on_and_ends_after_them(
    shop_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inline_sqlite, "LOG_BYTES", 50_000)
    store = Store(shop_file)
    async with store.read() as tx:
        await tx.conn.execute(select(func.count()).select_from(fan))
        copied, sizes = await filled(store, 300)
        assert sizes[-1] > 4 * 50_000
        assert len(copied) < 100  # nor is it tried at every commit then
    copied, sizes = await filled(store, 30)
    assert copied
    assert sizes[-1] < 50_000
    await store.close()


async def test_a_copied_log_waits_for_its_last_reader_to_begin_anew(
    shop_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one reader follows on another there is always one; who comes later reads from the file."""
    monkeypatch.setattr(inline_sqlite, "LOG_BYTES", 50_000)
    monkeypatch.setattr(inline_sqlite, "_READERS_S", 30.0)
    store, loop, gone = Store(shop_file), asyncio.get_running_loop(), asyncio.Event()
    copy, anew = store._checkpoints._copy, list[bool]()

    def watched(mode: str) -> bool:
        if mode == "PASSIVE":
            return copy(mode)
        loop.call_soon_threadsafe(loop.call_later, 0.01, gone.set)
        anew.append(copy(mode))
        return anew[-1]

    monkeypatch.setattr(store._checkpoints, "_copy", watched)
    async with store.read() as tx:
        await tx.conn.execute(select(func.count()).select_from(fan))
        filling = asyncio.create_task(filled(store, 100))
        await gone.wait()
    await filling
    assert anew
    assert all(anew)
    await store.close()


async def filled(store: Store, fans: int) -> tuple[list[int], list[int]]:
    """Write so many fans; gives how many stood in the file after each checkpoint, and the log's sizes."""
    path = str(store.engine.url.database)
    copied, sizes, last = [], [], store._checkpoints._task
    for _ in range(fans):
        async with store.begin() as tx:
            await tx.conn.execute(insert(fan).values(created_at=START))
        if (task := store._checkpoints._task) is not None and task is not last:
            await task
            last = task
            copied.append(fans_without_log(path))
        sizes.append(size_of_log(path))
    return copied, sizes


async def test_a_log_that_is_short_stays(shop_file: str) -> None:
    store = Store(shop_file)
    async with store.begin() as tx:
        await tx.conn.execute(insert(fan).values(created_at=START))
    assert store._checkpoints._task is None
    await store.close()


async def test_a_commit_that_fails_leaves_nothing_behind(
    shop_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(shop_file)

    async def full(_connection: Connection) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    async def add() -> int:
        async with store.begin() as tx:
            await tx.conn.execute(insert(fan).values(created_at=START))
            return int((await tx.conn.execute(select(func.count()).select_from(fan))).scalar_one())

    with monkeypatch.context() as broken:
        broken.setattr(Connection, "commit", full)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            await add()
    assert await add() == 1
    await store.close()
