"""Letting go of what nobody will ask for: in small bites, so that no crawl waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from storage.crawl_models import RefusalRow, RunRow
from storage.models import BlobRow, CaptureRow, ChangeRow, OutboxRecord, RevisionRow
from storage.part import Part
from storage.types import OutboxOp, OutboxState

#: Rows of each kind that one transaction lets go.
BITE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """For how long what is kept."""

    #: The content of messages that were sent, but for those that later ones update. The rows
    #: themselves stay: they are what keeps anything from being told twice.
    messages: timedelta = timedelta(days=90)
    #: Runs that no capture refers to.
    runs: timedelta = timedelta(days=90)
    refusals: timedelta = timedelta(days=90)
    #: Captures that belong to no article.
    captures: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How many of each were let go."""

    messages: int = 0
    runs: int = 0
    refusals: int = 0
    captures: int = 0
    bodies: int = 0

    @property
    def more(self) -> bool:
        """Whether there may be more."""
        return BITE in (self.messages, self.runs, self.refusals, self.captures)


class PrunePart(Part):
    """Deleting, the only place that does."""

    def prune(self, retention: Retention, *, now: datetime) -> Pruned:
        """Let go of one bite of what is older than *retention* allows; return what it was.

        Articles, revisions, their captures, changes, matches and alerts are never touched.
        """
        captures, bodies = self._empty_captures(now - retention.captures)
        return Pruned(
            messages=self._messages(now - retention.messages),
            refusals=self._refusals(now - retention.refusals),
            captures=captures,
            bodies=bodies,
            runs=self._runs(now - retention.runs),
        )

    def _messages(self, before: datetime) -> int:
        kept = OutboxRecord.op == OutboxOp.POST
        ids = self._db.scalars(
            select(OutboxRecord.id)
            .where(
                OutboxRecord.state.in_([OutboxState.SENT, OutboxState.FOLDED]),
                OutboxRecord.created_at < before,
                ~kept | OutboxRecord.story_id.is_(None),
                OutboxRecord.error.is_distinct_from(_EMPTIED),
            )
            .limit(BITE)
        ).all()
        if ids:
            self._db.execute(
                update(OutboxRecord)
                .where(OutboxRecord.id.in_(ids))
                .values(payload={}, error=_EMPTIED)
            )
        return len(ids)

    def _refusals(self, before: datetime) -> int:
        urls = self._db.scalars(
            select(RefusalRow.url).where(RefusalRow.last_at < before).limit(BITE)
        ).all()
        self._db.execute(delete(RefusalRow).where(RefusalRow.url.in_(urls)))
        return len(urls)

    def _empty_captures(self, before: datetime) -> tuple[int, int]:
        revision = select(RevisionRow.id).where(RevisionRow.capture_id == CaptureRow.id)
        refusal = select(RefusalRow.url).where(RefusalRow.capture_id == CaptureRow.id)
        rows = self._db.execute(
            select(CaptureRow.id, CaptureRow.body_hash)
            .where(CaptureRow.article_id.is_(None), CaptureRow.fetched_at < before)
            .where(~revision.exists(), ~refusal.exists())
            .limit(BITE)
        ).all()
        self._db.execute(delete(CaptureRow).where(CaptureRow.id.in_([row.id for row in rows])))
        hashes = {row.body_hash for row in rows if row.body_hash is not None}
        held = set(
            self._db.scalars(
                select(CaptureRow.body_hash).where(CaptureRow.body_hash.in_(hashes)).distinct()
            )
        )
        self._db.execute(delete(BlobRow).where(BlobRow.hash.in_(hashes - held)))
        return len(rows), len(hashes - held)

    def _runs(self, before: datetime) -> int:
        capture = select(CaptureRow.id).where(CaptureRow.run_id == RunRow.id)
        change = select(ChangeRow.id).where(ChangeRow.run_id == RunRow.id)
        ids = self._db.scalars(
            select(RunRow.id)
            .where(RunRow.ended_at < before)
            .where(~capture.exists(), ~change.exists())
            .limit(BITE)
        ).all()
        self._db.execute(delete(RunRow).where(RunRow.id.in_(ids)))
        return len(ids)


_EMPTIED = "its content was let go"
