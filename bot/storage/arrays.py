"""Many rows through one parameter: `unnest` on PostgreSQL, `json_each` on SQLite.

One statement for a whole batch is what makes group commit pay, and it is compiled once whatever the
batch's size.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import FromClause, bindparam, column, func, literal_column, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.expression import Insert, Select
from sqlalchemy.types import TypeEngine

from bot.storage.store import Tx

Columns = dict[str, tuple[TypeEngine[Any], Sequence[Any]]]


def rows(tx: Tx, columns: Columns, name: str = "given") -> FromClause:
    """Make a FROM clause of equally long columns of values."""
    if tx.sqlite:
        listed = [
            [_plain(v) for v in line]
            for line in zip(*(values for _, values in columns.values()), strict=True)
        ]
        each = func.json_each(bindparam(None, json.dumps(listed))).table_valued("value", name=f"{name}_json")
        picked = [
            func.json_extract(each.c.value, literal_column(f"'$[{i}]'"), type_=kind).label(key)
            for i, (key, (kind, _)) in enumerate(columns.items())
        ]
        return select(*picked).subquery(name)
    arrays = [bindparam(None, list(values), type_=ARRAY(kind)) for kind, values in columns.values()]
    shape = [column(key, kind) for key, (kind, _) in columns.items()]
    return func.unnest(*arrays).table_valued(*shape, name=name).render_derived()


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def insert_from(tx: Tx, table: Any, columns: Columns, **same: Any) -> Any:
    """Insert rows given as columns; `same` are values every row shares. Returns a dialect insert that
    takes `on_conflict_do_update` and `on_conflict_do_nothing`."""
    given = rows(tx, columns)
    shared = [bindparam(None, value, type_=table.c[key].type).label(key) for key, value in same.items()]
    source: Select[Any] = select(*[given.c[key] for key in columns], *shared).where(true())
    make: Insert = sqlite.insert(table) if tx.sqlite else postgresql.insert(table)
    return make.from_select([*columns, *same], source)
