"""After a backup was put back: what was told since it was made must not be told again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from storage.alert_types import OutboxState
from storage.crawl_models import SourceRow
from storage.models import OutboxRecord
from storage.part import Part

_ON_ITS_WAY = (OutboxState.PENDING.value, OutboxState.SENDING.value)


class RestorePart(Part):
    """Part of `Transaction`."""

    def after_restore(self, *, now: datetime) -> tuple[int, int]:
        """Take what was published before *now* for old news, and every message for perhaps sent.

        The next pass over each source is a baseline again: what it finds that was published before
        *now* is stored, and nobody is told. A message that waited when the copy was made may have
        gone out since: it is looked for before it is sent.

        Returns:
            How many sources, and how many messages.
        """
        rows = self._db.execute(
            select(SourceRow.id, SourceRow.memory).where(SourceRow.baseline_at.is_not(None))
        ).all()
        for source_id, memory in rows:
            self._db.execute(
                update(SourceRow)
                .where(SourceRow.id == source_id)
                .values(baseline_at=now, memory={**(memory or {}), "baseline_open": True})
            )
        doubted = self._db.execute(
            update(OutboxRecord)
            .where(OutboxRecord.state.in_(_ON_ITS_WAY))
            .values(
                state=OutboxState.CHECK.value, uncertain=True, lease_owner=None, lease_until=None
            )
        ).rowcount
        return len(rows), doubted
