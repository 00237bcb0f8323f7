"""What a source's pages have taught of the site's own lines moves into a table of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SOURCES = sa.table("source", sa.column("id", sa.String()), sa.column("memory", sa.JSON()))


def upgrade() -> None:
    """Make the table, and move there what each source's memory holds under "learned"."""
    lines = op.create_table(
        "site_lines",
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("learned", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name="pk_site_lines"),
    )
    database = op.get_bind()
    for source_id in database.scalars(sa.select(_SOURCES.c.id)).all():
        row = _SOURCES.c.id == source_id
        memory = database.scalar(sa.select(_SOURCES.c.memory).where(row)) or {}
        if "learned" in memory:
            learned = memory.pop("learned")
            database.execute(lines.insert(), {"source_id": source_id, "learned": learned})
            database.execute(sa.update(_SOURCES).where(row).values(memory=memory))
