"""Alembic's entrance: the connection is given, and with it the transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage.failpoints import failpoint
from storage.models import Base, UtcDateTime


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own types as what they are in the database: a migration outlives our code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    return False


def _applied(*_: Any, **__: Any) -> None:
    failpoint("migrate.mid")


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_item=_render,
    render_as_batch=connection.dialect.name == "sqlite",
    # SQLite can undo a DDL statement; the whole upgrade is one transaction, begun by our caller.
    transactional_ddl=True,
    on_version_apply=_applied,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
