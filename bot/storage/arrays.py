"""Many rows through one parameter: `unnest` on PostgreSQL, `json_each` on SQLite.

One statement for a whole batch is what makes group commit pay. Statements are built once per store and
take their rows when they are executed, since building one costs more than running it.
"""

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import FromClause, bindparam, column, func, literal_column, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.expression import Select
from sqlalchemy.types import TypeEngine

from bot.storage.store import Tx

_SQLITE = sqlite.dialect()


class Rows:
    """Equally long columns of values, named and typed; `name` keeps two of them in one statement apart."""

    def __init__(self, name: str = "given", **columns: TypeEngine[Any]) -> None:
        self._name = name
        self._columns = columns
        self._written = [_written(kind) for kind in columns.values()]
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
        arrays = [bindparam(f"{self._name}_{key}", type_=ARRAY(kind)) for key, kind in self._columns.items()]
        shape = [column(key, kind) for key, kind in self._columns.items()]
        return func.unnest(*arrays).table_valued(*shape, name=self._name).render_derived()

    def values(self, tx: Tx, *columns: Sequence[Any]) -> dict[str, Any]:
        """Make the parameters of a statement that reads from `source`: one sequence a column, in order."""
        if len({len(one) for one in columns}) > 1:
            raise ValueError("columns of a batch are equally long")
        if not tx.sqlite:
            return {f"{self._name}_{key}": one for key, one in zip(self._columns, columns, strict=True)}
        plain = [
            one if write is None else [write(value) for value in one]
            for write, one in zip(self._written, columns, strict=True)
        ]
        batch = json.dumps(list(zip(*plain, strict=True)))
        if "\\u0000" in batch and any("\0" in v for one in columns for v in one if isinstance(v, str)):
            raise ValueError("a NUL, which no database of ours stores, would end a text early")
        return {self._name: batch}

    def insert_into(self, on_sqlite: bool, table: Any, *same: str) -> Any:
        """Insert the rows; `same` are columns whose one value, a parameter of that name, every row shares.

        Returns a dialect insert that takes `on_conflict_do_update` and `on_conflict_do_nothing`.
        """
        given = self.source(on_sqlite)
        shared = [bindparam(key, type_=table.c[key].type).label(key) for key in same]
        rows: Select[Any] = select(*[given.c[key] for key in self._columns], *shared).where(true())
        insert = sqlite.insert(table) if on_sqlite else postgresql.insert(table)
        return insert.from_select([*self._columns, *same], rows)


def _written(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """Find how SQLite's driver would write a value of this type, since inside JSON nobody else does."""
    return kind.dialect_impl(_SQLITE).bind_processor(_SQLITE)
