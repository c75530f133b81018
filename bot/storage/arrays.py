"""Many rows through one statement: `unnest` on PostgreSQL; `json_each`, or to write `executemany`, on SQLite.

One statement for a whole batch is what makes group commit pay. Statements are built once per store and
take their rows when they are executed, since building one costs more than running it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    String,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import make_url
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement, Select
from sqlalchemy.types import TypeEngine

from bot.storage.store import Tx
from bot.storage.tables import UtcDateTime

_SQLITE = sqlite.dialect()
_POSTGRESQL = make_url("postgresql+asyncpg://").get_dialect()()
_AT = UtcDateTime()


class Rows:
    """Equally long columns of values, named and typed; `name` keeps two of them in one statement apart."""

    def __init__(self, name: str = "given", **columns: TypeEngine[Any]) -> None:
        self._name = name
        self._columns = columns
        written = [_written(kind) for kind in columns.values()]
        self._written = [(i, write) for i, write in enumerate(written) if write is not None]
        self._arrays = {key: _array(kind) for key, kind in columns.items()}
        self.source = cache(self._source)

    def _source(self, on_sqlite: bool) -> FromClause:
        """Make the FROM clause that `values` fills."""
        if on_sqlite:
            each = func.json_each(bindparam(self._name)).table_valued("value", name=f"{self._name}_json")
            picked = [
                func.json_extract(each.c.value, literal_column(f"'$[{i}]'"), type_=kind).label(key)
                for i, (key, kind) in enumerate(self._columns.items())
            ]
            return select(*picked).subquery(self._name)
        arrays = [
            cast(bindparam(f"{self._name}_{key}", type_=Text()), ARRAY(kind))
            for key, kind in self._columns.items()
        ]
        shape = [column(key, kind) for key, kind in self._columns.items()]
        return func.unnest(*arrays).table_valued(*shape, name=self._name).render_derived()

    def values(self, on_sqlite: bool, lines: Sequence[Sequence[Any]]) -> dict[str, Any]:
        """Make the parameters of a statement that reads from `source`."""
        if on_sqlite:
            batch = msgspec.json.encode(self.written(lines)).decode()
            if "\\u0000" in batch and any("\0" in v for line in lines for v in line if isinstance(v, str)):
                raise ValueError("a NUL, which no database of ours stores, would end a text early")
            return {self._name: batch}
        columns: Sequence[Sequence[Any]] = list(zip(*lines, strict=True)) or [()] * len(self._columns)
        given: dict[str, Any] = {
            f"{self._name}_{key}": write(one)
            for (key, write), one in zip(self._arrays.items(), columns, strict=True)
        }
        if lines and "round_id" in self._columns:
            rounds = set(columns[[*self._columns].index("round_id")])
            given |= {"first_round": min(rounds), "last_round": max(rounds)}
        return given

    def written(self, lines: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """Turn lines to what SQLite's driver takes."""
        if not self._written or not lines:
            return lines
        columns: list[Sequence[Any]] = list(zip(*lines, strict=True))
        for i, write in self._written:
            columns[i] = [write(value) for value in columns[i]]
        return list(zip(*columns, strict=True))

    def insert_into(self, on_sqlite: bool, table: Any) -> Any:
        """Insert the rows: a dialect insert that takes `on_conflict_do_update` and `on_conflict_do_nothing`.

        On SQLite it takes one row and is for `executemany`, which is a third of what `json_each` costs.
        """
        if on_sqlite:
            return sqlite.insert(table).values({key: bindparam(key) for key in self._columns})
        given = self.source(on_sqlite)
        rows: Select[Any] = select(*[given.c[key] for key in self._columns]).where(true())
        return postgresql.insert(table).from_select(list(self._columns), rows)


_ROUNDS = bindparam("first_round", type_=BigInteger()), bindparam("last_round", type_=BigInteger())


def among_given(hot: Table) -> ColumnElement[bool]:
    """Narrow to the given rows' rounds and those between, so that PostgreSQL opens no other partition.

    A range, since a list of rounds would make it misjudge its index.
    """
    return hot.c.round_id.between(*_ROUNDS)


def by_key(
    hot: Table, on_sqlite: bool, key: Mapping[str, ColumnElement[Any]]
) -> tuple[FromClause, ColumnElement[bool]]:
    """Join a hot table by its key: what to join, and on what.

    On PostgreSQL row by row, and of the named rounds only. Left to itself it reads the whole round while it
    has no statistics of a partition: in the first minutes of a round, when most is going on.
    """
    same = and_(*(hot.c[name] == value for name, value in key.items()))
    if on_sqlite:
        return hot, same
    row = select(hot).where(same, among_given(hot)).offset(literal_column("0"))
    return row.lateral(f"its_{hot.name}"), true()


class Statement:
    """A statement over many rows of one kind or several, compiled once per store and handed to the driver as
    text.

    What SQLAlchemy does around each execution takes longer than most of the hot path's statements. Values
    come back as the driver has them: on SQLite an instant is text (`instant` reads it) and a flag 0 or 1.
    """

    def __init__(self, given: Rows | tuple[Rows, ...], make: Callable[[bool], ClauseElement]) -> None:
        self.given = (given,) if isinstance(given, Rows) else given
        self._make = make
        self._made = cache(self._compiled)

    def _compiled(self, on_sqlite: bool) -> SQLCompiler:
        dialect = _SQLITE if on_sqlite else _POSTGRESQL
        return dialect.statement_compiler(dialect, self._make(on_sqlite))

    def text(self, on_sqlite: bool) -> str:
        """Say it as the driver is given it."""
        return self._made(on_sqlite).string

    async def rows(self, tx: Tx, *lines: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """Execute it over the lines of each kind and read what it returns."""
        return await tx.fetch(self.text(tx.sqlite), self.parameters(tx.sqlite, *lines))

    async def write(self, tx: Tx, lines: Sequence[Sequence[Any]]) -> None:
        """Insert the lines of its one kind."""
        if tx.sqlite:
            await tx.inline.write(self.text(True), self.given[0].written(lines))
        else:
            await tx.fetch(self.text(False), self.parameters(False, lines))

    def parameters(self, on_sqlite: bool, *lines: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
        """Make what its text takes, but for `executemany`."""
        values: dict[str, Any] = {}
        for kind, its in zip(self.given, lines, strict=True):
            values |= kind.values(on_sqlite, its)
        return tuple([values[name] for name in self._made(on_sqlite).positiontup or ()])


def as_given(tx: Tx, at: datetime) -> Any:
    """Write an instant as the driver takes it, once for all the lines it stands in."""
    write = _written(_AT) if tx.sqlite else None
    return write(at) if write else at


def instant(value: Any) -> datetime | None:
    """Read an instant as a driver has it."""
    if isinstance(value, str):
        return _read(value)
    return None if value is None else value.astimezone(UTC)


@lru_cache(maxsize=4096)
def _read(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@cache
def _written(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """Find how a value of this type is written for SQLite's driver, since here nobody else does it.

    The statements of a batch share their instants, so each is written once; a bool it takes as it is.
    """
    write = kind.dialect_impl(_SQLITE).bind_processor(_SQLITE)
    return None if write is None or isinstance(kind, Boolean) else lru_cache(maxsize=64)(write)


def _array(kind: TypeEngine[Any]) -> Callable[[Sequence[Any]], str]:
    """Find how an array of this type is written for PostgreSQL, as text.

    asyncpg asks of each value of an array, in Python, whether it is an array itself; PostgreSQL reads a text
    faster. Its rules: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
    """
    if isinstance(kind, String):
        return _texts
    if isinstance(kind, UtcDateTime):
        return lambda values: _braced([_instant(value) for value in values])
    if not isinstance(kind, Integer | Boolean):
        raise TypeError(f"nobody has said how an array of {kind!r} is written")
    return lambda values: f"{{{str([*values])[1:-1].replace('None', 'NULL')}}}"


def _braced(values: Sequence[str]) -> str:
    return f"{{{','.join(values)}}}"


def _texts(values: Sequence[str | None]) -> str:
    if None not in values:
        joined = '","'.join(values)  # type: ignore[arg-type]
        if joined.count('"') == 2 * (len(values) - 1) and "\\" not in joined:  # nothing to escape in any
            return f'{{"{joined}"}}'
    return _braced([_quoted(value) for value in values])


def _quoted(value: str | None) -> str:
    if value is None:
        return "NULL"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@lru_cache(maxsize=64)
def _instant(value: datetime | None) -> str:
    utc = _AT.process_bind_param(value, _POSTGRESQL)
    return "NULL" if utc is None else f'"{utc.isoformat()}"'
