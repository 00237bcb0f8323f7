"""Indexes on what points at runs, captures and bodies, without which letting go reads it all."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the indexes; no row changes."""
    op.create_index("ix_capture_run_id", "capture", ["run_id"])
    op.create_index("ix_capture_body_hash", "capture", ["body_hash"])
    op.create_index("ix_change_run_id", "change", ["run_id"])
    op.create_index("ix_revision_capture_id", "revision", ["capture_id"])
    op.create_index("ix_refusal_capture_id", "refusal", ["capture_id"])
