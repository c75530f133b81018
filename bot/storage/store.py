"""The database and its unit of work: one transaction per use case, on SQLite or PostgreSQL.

Voters and a close meet on a round's lock: voters share it, the closer excludes them. PostgreSQL uses one
advisory lock per round; on SQLite every write is `BEGIN IMMEDIATE`, which admits one writer at a time.
"""

import secrets
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import ConfigError, Problem, StateError
from bot.storage import direct_postgresql
from bot.storage.direct_postgresql import Connection as DirectPostgresql
from bot.storage.inline_sqlite import Checkpoints
from bot.storage.inline_sqlite import Connection as InlineSqlite
from bot.storage.place import Place
from bot.storage.together import Together
from bot.text import t

T = TypeVar("T")
Driver = InlineSqlite | DirectPostgresql

DATABASE_ERRORS: tuple[type[Exception], ...] = (
    SQLAlchemyError,
    sqlite3.Error,
    *direct_postgresql.ERRORS,
    OSError,
)
"""What a database that is down, wrong or full raises."""

_ROUND_LOCK = 0x43415457  # the namespace ("CATW") of our advisory locks
_SHARE = f"SELECT pg_advisory_xact_lock_shared({_ROUND_LOCK}, $1)"  # as text: every vote waits for it
_EXCLUDE = select(func.pg_advisory_xact_lock(_ROUND_LOCK, bindparam("key")))
_NOW = select(func.clock_timestamp())
_DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")
_URGENT = 3  # connections to PostgreSQL that no crowd waits for: the votes', the small writes', the leases'
_PATIENCE_S = 10.0  # how long to wait for another process that writes to the same SQLite file
_SLOTS = 16
_SESSION = {
    "application_name": "catwalk",
    # Frees what a worker holds that hangs inside a transaction: a round's lock would keep its close waiting.
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "20s",  # longer, so that whoever waits for such a worker outlasts it
}
WRITER_CACHE = f"PRAGMA cache_size = -{16 * 1024}"
"""Who writes to SQLite keeps so many KiB of the file at hand: every vote is on other pages than the last."""
_POSTGRESQL = {"server_settings": _SESSION, "timeout": 10.0, "command_timeout": 60.0}
"""How we connect: seconds for a connection and for a statement, since a server that is gone never answers."""

_inside: ContextVar[bool] = ContextVar("unit_of_work", default=False)


@dataclass(frozen=True, slots=True)
class Tx:
    """One unit of work. One that writes on SQLite and a batch of votes know their driver's connection."""

    conn: AsyncConnection
    store: "Store"
    driver: Driver | None = None

    @property
    def sqlite(self) -> bool:
        return self.store.sqlite

    @property
    def inline(self) -> InlineSqlite:
        """The driver's own connection; on SQLite only."""
        if isinstance(self.driver, InlineSqlite):
            return self.driver
        assert self.conn.sync_connection is not None
        driver = self.conn.sync_connection.connection.driver_connection
        assert isinstance(driver, InlineSqlite)
        return driver

    async def now(self) -> datetime:
        """Read the clock. PostgreSQL's own serves several workers, and is read after waiting for a lock."""
        return self.store.clock() if self.store.clock is not None else await database_now(self)

    async def share_rounds(self, round_ids: Iterable[int]) -> None:
        """Wait until nobody closes these rounds and keep them from being closed until the commit."""
        if not self.sqlite:
            for key in _lock_keys(round_ids):
                await self.fetch(_SHARE, (key,))

    async def fetch(self, statement: str, parameters: tuple[Any, ...]) -> Sequence[Sequence[Any]]:
        """Read all that a statement finds, which is given to the driver as it is."""
        driver = self.inline if self.sqlite else self.driver
        if driver is not None:
            return await driver.fetch(statement, parameters)
        found = await self.conn.exec_driver_sql(statement, parameters)
        return found.all() if found.returns_rows else ()

    async def exclude_rounds(self, round_ids: Iterable[int]) -> None:
        """Wait for every vote under way in these rounds and keep new ones waiting until the commit."""
        if not self.sqlite:
            for key in _lock_keys(round_ids):
                await self.conn.execute(_EXCLUDE, {"key": key})


def _lock_keys(round_ids: Iterable[int]) -> list[int]:
    """Number the locks, in the one order in which everybody takes them."""
    return sorted({round_id % 2**31 for round_id in round_ids})


class Store:
    """A database by its URL. `clock` replaces the wall clock in tests and on the demo's fast clock."""

    def __init__(self, url: str, *, pool_size: int = 5, clock: Callable[[], datetime] | None = None) -> None:
        self.clock = clock
        self.slot = secrets.randbelow(_SLOTS)
        parsed, self.sqlite = _parsed(url)
        self._committing = ThreadPoolExecutor(1, "catwalk-commit")
        how = {"async_creator": self._connect_sqlite} if self.sqlite else {"connect_args": _POSTGRESQL}
        make = partial(create_async_engine, parsed, hide_parameters=True, **how)
        self.engine: AsyncEngine = make(pool_size=pool_size, max_overflow=pool_size)
        self._urgent = self.engine if self.sqlite else make(pool_size=_URGENT, max_overflow=0)
        if self.sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
        self._writer = Place()
        self._small = Together(partial(self.begin, urgent=True))
        self._kept: tuple[AsyncConnection, Driver] | None = None
        self._checkpoints = Checkpoints(str(parsed.database), self._writer)

    @property
    def engines(self) -> set[AsyncEngine]:
        return {self.engine, self._urgent}

    @asynccontextmanager
    async def begin(self, *, urgent: bool = False) -> AsyncIterator[Tx]:
        """Open a unit of work that writes. A second one inside it is a bug and is refused.

        Who is `urgent` goes before the others in this process who wait.
        """
        with _outermost():
            if self.sqlite:
                async with self._writer.taken(urgent=urgent), self._on_kept() as tx:
                    yield tx
            else:
                async with (self._urgent if urgent else self.engine).begin() as conn:
                    yield Tx(conn, self)

    @asynccontextmanager
    async def begin_batch(self) -> AsyncIterator[Tx]:
        """Open the unit of work of a batch of votes: one at a time, and before the others who wait."""
        with _outermost():
            async with self._writer.taken(urgent=True), self._on_kept() as tx:
                yield tx

    async def join(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Do something small in a transaction that it shares with others, and give its result once committed.

        Where one of them fails, each is done alone. They must not depend on one another, nor wait for locks.
        """
        refuse_nesting()
        return await self._small.do(work)

    @asynccontextmanager
    async def _on_kept(self) -> AsyncIterator[Tx]:
        """Hold the connection that is kept open for this, on SQLite the only one that writes.

        Its driver begins and ends its transactions: SQLAlchemy takes longer for that than a vote does.
        """
        if self._kept is not None and self._kept[1].closed:  # the database was away
            (lost, _), self._kept = self._kept, None
            await lost.invalidate()
            await lost.close()
        if self._kept is None:
            self._kept = await self._keep()
        conn, driver = self._kept
        try:
            await driver.begin()
            yield Tx(conn, self, driver)
            await driver.commit()
        except BaseException:
            await driver.rollback()
            raise
        if self.sqlite:
            self._checkpoints.nudge()

    async def _keep(self) -> tuple[AsyncConnection, Driver]:
        conn = await self._urgent.connect()
        if not self.sqlite:
            await conn.execution_options(isolation_level="AUTOCOMMIT")
            return conn, DirectPostgresql((await conn.get_raw_connection()).driver_connection)
        await conn.execution_options(catwalk_writes=True)
        await conn.begin()  # SQLAlchemy takes it to be in a transaction for good
        inline = Tx(conn, self).inline
        await inline.fetch(WRITER_CACHE, ())
        return conn, inline

    @asynccontextmanager
    async def read(self, *, heavy: bool = False) -> AsyncIterator[Tx]:
        """Open a unit of work that only reads, from one snapshot on SQLite.

        `heavy` says that it reads what grows with the number of votes, which then does not stop the loop.
        """
        async with self.engine.connect() as conn:
            driver = (await conn.get_raw_connection()).driver_connection if heavy and self.sqlite else None
            try:
                if isinstance(driver, InlineSqlite):
                    driver.heavy = True
                yield Tx(conn, self)
            finally:
                if isinstance(driver, InlineSqlite):
                    driver.heavy = False

    async def close(self) -> None:
        """Give back every connection."""
        if self._kept is not None:
            await self._kept[0].close()
        await self._checkpoints.close()
        for engine in self.engines:
            await engine.dispose()
        self._committing.shutdown(wait=False)

    async def _connect_sqlite(self) -> InlineSqlite:
        assert self.engine.url.database
        return InlineSqlite(self.engine.url.database, _PATIENCE_S, self._committing)


def _parsed(url: str) -> tuple[URL, bool]:
    """Read a database's URL and whether it is SQLite's, whose folder is made; raises ConfigError."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or parsed.drivername not in _DRIVERS or not parsed.database:
        raise ConfigError([Problem("CATWALK_DATABASE__URL", _NO_URL)])
    on_sqlite = parsed.drivername == _DRIVERS[0]
    if on_sqlite:
        if parsed.database == ":memory:":  # every connection would have a database of its own
            raise ConfigError([Problem("CATWALK_DATABASE__URL", _NO_URL)])
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    return parsed, on_sqlite


_NO_URL = t(
    "This is not a database we can use. "
    "Write sqlite+aiosqlite:///folder/file.db or postgresql+asyncpg://user@host/name."
)


@contextmanager
def _outermost() -> Iterator[None]:
    refuse_nesting()
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


def refuse_nesting() -> None:
    """Raise StateError inside a unit of work: whoever waits there for another may wait for ever."""
    if _inside.get():
        raise StateError("a unit of work was opened inside another")


def is_outage(error: Exception) -> bool:
    """Say whether the database itself failed, and not what it was given (SQLSTATE classes 22 and 23), nor
    one of two transactions in each other's way (class 40): then another try changes nothing."""
    if isinstance(error, (DataError, IntegrityError)):
        return False
    if isinstance(error, (DBAPIError, *direct_postgresql.ERRORS)):
        ours = error.orig if isinstance(error, DBAPIError) else error
        return str(getattr(ours, "sqlstate", ""))[:2] not in ("22", "23", "40")
    return isinstance(error, (OSError, PoolTimeout, sqlite3.OperationalError))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "page_size = 2048", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON",
        "wal_autocheckpoint = 0",  # see Checkpoints
    ):  # fmt: skip
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(conn: Connection) -> None:
    if not conn.get_execution_options().get("catwalk_writes", False):
        conn.exec_driver_sql("BEGIN")


async def database_now(tx: Tx) -> datetime:
    """Read the database's own clock; SQLite has this machine's."""
    if tx.sqlite:
        return datetime.now(UTC)
    at: datetime = (await tx.conn.execute(_NOW)).scalar_one()
    return at.astimezone(UTC)
