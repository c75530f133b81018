"""Alembic's entry: migrates over the connection it is handed, inside the caller's transaction."""

from typing import Any, Literal

from alembic import context

from bot.storage.presale_tables import Presale
from bot.storage.tables import UtcDateTime


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types in plain SQLAlchemy, so that old migrations never import today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Presale.metadata,
    compare_type=True,
    compare_server_default=False,
    render_item=render_item,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,
)
context.run_migrations()
