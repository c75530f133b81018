"""The database and its unit of work: one transaction per use case, on SQLite or PostgreSQL.

Voters and a close meet on a round's lock: voters share it, the closer excludes them. PostgreSQL uses one
advisory lock per round; on SQLite every write is `BEGIN IMMEDIATE`, which admits one writer at a time.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import ConfigError, Problem, StateError
from bot.text import t

DATABASE_ERRORS = (SQLAlchemyError, OSError)
"""What a database that is down, wrong or full raises."""

_ROUND_LOCK = 0x43415457  # the namespace ("CATW") of our advisory locks
_BUSY_MS = 10_000
_SLOTS = 16

_inside: ContextVar[bool] = ContextVar("unit_of_work", default=False)


@dataclass(frozen=True, slots=True)
class Tx:
    """One unit of work. `now` is read once, after the locks: use `start` to take locks and the time."""

    conn: AsyncConnection
    store: "Store"

    @property
    def sqlite(self) -> bool:
        return self.store.sqlite

    async def now(self) -> datetime:
        """Read the clock. PostgreSQL's own serves several workers, and is read after waiting for a lock."""
        return self.store.clock() if self.store.clock is not None else await database_now(self)

    async def share_rounds(self, round_ids: Iterable[int]) -> None:
        """Wait until nobody closes these rounds and keep them from being closed until the commit."""
        if not self.sqlite:
            for round_id in sorted(set(round_ids)):
                await self.conn.execute(
                    select(func.pg_advisory_xact_lock_shared(_ROUND_LOCK, round_id % 2**31))
                )

    async def exclude_rounds(self, round_ids: Iterable[int]) -> None:
        """Wait for every vote under way in these rounds and keep new ones waiting until the commit."""
        if not self.sqlite:
            for round_id in sorted(set(round_ids)):
                await self.conn.execute(select(func.pg_advisory_xact_lock(_ROUND_LOCK, round_id % 2**31)))


class Store:
    """A database by its URL. `clock` replaces the wall clock in tests and on the demo's fast clock."""

    def __init__(self, url: str, *, pool_size: int = 5, clock: Callable[[], datetime] | None = None) -> None:
        self.clock = clock
        self.slot = secrets.randbelow(_SLOTS)
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise ConfigError(
                [
                    Problem(
                        "CATWALK_DATABASE__URL",
                        t("This is not a database URL. Use sqlite+aiosqlite:///… or postgresql+asyncpg://…"),
                    )
                ]
            ) from None
        self.sqlite = parsed.get_backend_name() == "sqlite"
        if self.sqlite and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine: AsyncEngine = create_async_engine(parsed, pool_size=pool_size, max_overflow=pool_size)
        if self.sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
        self._writer = asyncio.Lock()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """Open a unit of work that writes. A second one inside it is a bug and is refused."""
        _refuse_nesting()
        token = _inside.set(True)
        try:
            if self.sqlite:
                async with self._writer, self.engine.connect() as conn:
                    await conn.execution_options(catwalk_writes=True)
                    async with conn.begin():
                        yield Tx(conn, self)
            else:
                async with self.engine.begin() as conn:
                    yield Tx(conn, self)
        finally:
            _inside.reset(token)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """Open a unit of work that only reads, from one snapshot on SQLite."""
        async with self.engine.connect() as conn:
            yield Tx(conn, self)

    async def close(self) -> None:
        """Give back every connection."""
        await self.engine.dispose()


def _refuse_nesting() -> None:
    if _inside.get():
        raise StateError("a unit of work was opened inside another")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "page_size = 2048",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {_BUSY_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(conn: Connection) -> None:
    writes = conn.get_execution_options().get("catwalk_writes", False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


async def database_now(tx: Tx) -> datetime:
    """Read the database's own clock; SQLite has this machine's."""
    if tx.sqlite:
        return datetime.now(UTC)
    at: datetime = (await tx.conn.execute(select(func.clock_timestamp()))).scalar_one()
    return at.astimezone(UTC)
