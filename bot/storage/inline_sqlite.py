"""SQLite for the event loop: statements run at once, where they are asked for; slow commits go to a thread.

A statement of ours takes some ten microseconds, less than handing it to a thread and back (what aiosqlite
does four times a statement). What waits for the disk, a commit, must not stop the loop for long; nor must a
database that another process is writing to: instead of SQLite's own waiting, we ask again in a moment, so
that two busy processes take turns. Speaks aiosqlite's protocol, as far as SQLAlchemy's dialect of that name
uses it.
"""

import asyncio
import math
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from contextvars import Context
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

from bot.storage.place import Place

T = TypeVar("T")

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY)
_ASK_AGAIN_S = 0.001
_SHORT_S, _LONG_S, _LATELY = 0.0005, 0.01, 8
"""A commit was quick if it took less than `_SHORT_S`, as giving it to a thread takes, or less than its
transaction had lasted before, up to `_LONG_S`. One is made here if the `_LATELY` last ones were quick."""
_HANDOVER_S = 0.001
LOG_BYTES = 64 * 2**20
"""When the log is full. Copying stops commits for a moment, so it is done seldom."""
_READERS_S = 0.05
"""How long commits wait for who still reads from a log that was copied; new readers read the file."""


class Cursor:
    """One statement and its rows."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._cursor = connection.raw.cursor()

    async def __aenter__(self) -> "Cursor":
        return self

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid

    @property
    def arraysize(self) -> int:
        return self._cursor.arraysize

    @arraysize.setter
    def arraysize(self, size: int) -> None:
        self._cursor.arraysize = size

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> "Cursor":
        await self._connection.do(lambda: self._cursor.execute(statement, parameters))
        return self

    async def executemany(self, statement: str, lines: Sequence[Sequence[Any]]) -> "Cursor":
        await self._connection.do(lambda: self._cursor.executemany(statement, lines))
        return self

    async def fetchone(self) -> Any:
        return await self._connection.do(self._cursor.fetchone)

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        return await self._connection.do(lambda: self._cursor.fetchmany(size or self.arraysize))

    async def fetchall(self) -> list[Any]:
        return await self._connection.do(self._cursor.fetchall)

    async def close(self) -> None:
        self._cursor.close()


class Connection:
    """A connection that stops the loop but for statements and quick commits; `patience_s` bounds its waiting.

    `heavy` sends statements to a thread as well: for reading what grows with the number of votes.
    """

    def __init__(self, path: str, patience_s: float, committing: ThreadPoolExecutor) -> None:
        # Statements run here and some commits in a thread, never both at once: SQLite itself allows for that.
        self.raw = sqlite3.connect(
            path, timeout=0, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        self.heavy = False
        self._patience_s = patience_s
        self._committing = committing
        self._begun = math.inf
        self._quick: deque[bool] = deque(maxlen=_LATELY)
        self._open = True

    @property
    def _connection(self) -> object:
        """Say, as SQLAlchemy asks, whether there is still something to commit to."""
        return self if self._open else None

    async def do(self, ask: Callable[[], T]) -> T:
        """Ask SQLite for something, again and again while another process has what it needs."""
        loop = asyncio.get_running_loop()
        until = None
        while True:
            try:
                return await _in_thread(None, ask) if self.heavy else ask()
            except sqlite3.OperationalError as error:
                if getattr(error, "sqlite_errorcode", None) not in _BUSY:
                    raise
                until = until or loop.time() + self._patience_s
                if loop.time() >= until:
                    raise
            await asyncio.sleep(_ASK_AGAIN_S)

    @property
    def closed(self) -> bool:
        return not self._open

    def cursor(self) -> Cursor:
        return Cursor(self)

    async def fetch(self, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Read all that a statement finds, past SQLAlchemy; raises the driver's own errors."""
        return await self.do(lambda: self.raw.execute(statement, parameters).fetchall())

    async def write(self, statement: str, lines: Sequence[Sequence[Any]]) -> None:
        """Execute a statement once a line, past SQLAlchemy; raises the driver's own errors."""
        await self.do(lambda: self.raw.executemany(statement, lines))

    async def create_function(self, name: str, arguments: int, function: Any, **how: bool) -> None:
        self.raw.create_function(name, arguments, function, **how)

    async def begin(self) -> None:
        """Take the writing place."""
        await self.do(lambda: self.raw.execute("BEGIN IMMEDIATE"))
        self._begun = time.perf_counter()

    async def commit(self) -> None:
        """Wait for the disk: here if commits were quick lately, else in a thread."""
        if not self.raw.in_transaction:
            return
        may_take = max(_SHORT_S, min(time.perf_counter() - self._begun, _LONG_S))
        here = all(self._quick)
        self._quick.append(False)  # as long as it has not been
        if here:
            self._quick[-1] = self._commit() < may_take
            await asyncio.sleep(0)  # else whoever commits again and again would be alone on the loop
        else:
            begun = Event()
            running = asyncio.get_running_loop().run_in_executor(self._committing, self._commit, begun)
            begun.wait(_HANDOVER_S)  # what runs on the loop now would not let it begin
            self._quick[-1] = await _ended(running) < may_take

    def _commit(self, begun: Event | None = None) -> float:
        """Commit; returns how many seconds it took."""
        if begun is not None:
            begun.set()
        since = time.perf_counter()
        self.raw.commit()
        return time.perf_counter() - since

    async def rollback(self) -> None:
        self.raw.rollback()

    async def close(self) -> None:
        self.stop()

    def stop(self) -> None:
        """Close at once; twice is once."""
        self._open = False
        self.raw.close()


class Checkpoints:
    """Moves what was committed from the log into the database's file, on a connection of its own.

    Left to SQLite, every thousandth page makes the commit it comes with wait for two more syncs. Afterwards
    the log is written again from its start, which is cheaper than growing a file; so what tells that it is
    full is that it grows past what it was.
    """

    def __init__(self, path: str, writer: Place) -> None:
        self._path = path
        self._log = Path(f"{path}-wal")
        self._full = LOG_BYTES
        self._writer = writer
        self._thread = ThreadPoolExecutor(1, "catwalk-checkpoint")
        self._task: asyncio.Task[None] | None = None

    def nudge(self) -> None:
        """Begin one when the log is full, unless one is under way."""
        if (self._task is None or self._task.done()) and self._size() > self._full:
            self._task = asyncio.create_task(self._run(), context=Context())

    async def _run(self) -> None:
        """Copy beside the writers, then hold them for the rest, so that the log begins anew."""
        await _in_thread(self._thread, lambda: self._copy("PASSIVE"))
        async with self._writer.taken():
            mode = "RESTART" if self._size() < 4 * LOG_BYTES else "TRUNCATE"
            anew = await _in_thread(self._thread, lambda: self._copy(mode))
        # Where somebody still reads from the log it grows on; then again after some more of it.
        self._full = max(LOG_BYTES, self._size() + (0 if anew else LOG_BYTES // 4))

    def _copy(self, mode: str) -> bool:
        """Copy what the mode allows; says whether all of it."""
        with suppress(sqlite3.Error), closing(sqlite3.connect(self._path, timeout=_READERS_S)) as other:
            (busy, _, _) = other.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
            return not busy
        return False

    def _size(self) -> int:
        try:
            return self._log.stat().st_size
        except FileNotFoundError:
            return 0

    async def close(self) -> None:
        if self._task is not None:
            await self._task
        self._thread.shutdown(wait=False)


async def _in_thread(pool: ThreadPoolExecutor | None, call: Callable[[], T]) -> T:
    return await _ended(asyncio.get_running_loop().run_in_executor(pool, call))


async def _ended(running: asyncio.Future[T]) -> T:
    """Wait for a thread; whoever is cancelled meanwhile waits for its end, since it uses their connection."""
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
