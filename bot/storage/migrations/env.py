"""Alembic's entry: migrates over the connection it is handed, inside the caller's transaction."""

from typing import Any, Literal

from alembic import context

from bot.storage.partitions import is_partition
from bot.storage.presale_tables import Presale
from bot.storage.tables import UtcDateTime


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types in plain SQLAlchemy, so that old migrations never import today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out the rounds' partitions, which come with the rounds."""
    return not (kind == "table" and name and is_partition(name))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Presale.metadata,
    compare_type=True,
    compare_server_default=False,
    render_item=render_item,
    include_name=include_name,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,
)
context.run_migrations()
