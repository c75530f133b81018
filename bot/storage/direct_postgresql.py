"""PostgreSQL past SQLAlchemy, for the one connection on which votes are stored.

Taking a connection from the pool, beginning and committing there take half a millisecond of processor time,
which is more than the statements of a small batch; and each statement takes as much again as asyncpg alone.
"""

from collections.abc import Sequence
from typing import Any

import asyncpg

ERRORS: tuple[type[Exception], ...] = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # when the server ended the connection between two statements
)
"""What asyncpg raises, and SQLAlchemy wraps in its own."""


class Connection:
    """What `inline_sqlite.Connection` is there, as far as a batch needs it."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    @property
    def closed(self) -> bool:
        return bool(self._raw.is_closed())

    async def begin(self) -> None:
        await self._raw.execute("BEGIN")

    async def commit(self) -> None:
        """Commit. PostgreSQL answers that of a transaction that failed with a rollback, and no error."""
        if (done := await self._raw.execute("COMMIT")) != "COMMIT":
            raise asyncpg.InterfaceError(f"a commit ended as {done}")

    async def rollback(self) -> None:
        """Undo what was not committed; a connection that cannot is closed, which undoes it as well."""
        try:
            await self._raw.execute("ROLLBACK")
        except BaseException as error:
            self._raw.terminate()
            if not isinstance(error, Exception):  # cancelled for the second time
                raise

    async def fetch(self, statement: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        found: Sequence[Sequence[Any]] = await self._raw.fetch(statement, *parameters)
        return found
