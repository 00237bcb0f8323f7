"""Which source is due, who works on it, and which articles to visit again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, select, update

from storage.claim_tx import ClaimPart, source_state
from storage.clean import clean
from storage.models import ArticleRow, CaptureRow, RevisionRow, SourceRow, ValidatorRow
from storage.part import SOURCES_LOCK
from storage.recheck import LONGEST_PAUSE
from storage.types import Recheck, SourceState, Validator

#: New sources start this far apart, so that the first minute is not a stampede.
_STAGGER = timedelta(seconds=5)


class SchedulePart(ClaimPart):
    """Due times, health, rechecks."""

    def sync_sources(self, intervals: Mapping[str, timedelta], *, now: datetime) -> None:
        """Make the table follow the configuration.

        New sources are due at once, a little apart. A source that is no longer configured keeps
        its memory and is not due; a shorter interval counts from now.
        """
        self._serialise(SOURCES_LOCK)
        held = {
            row.id: row
            for row in self._db.execute(
                select(SourceRow.id, SourceRow.interval_s, SourceRow.next_due_at)
            )
        }
        for place, (source_id, interval) in enumerate(intervals.items()):
            start = now + min(_STAGGER, interval / max(len(intervals), 1)) * place
            row = held.get(source_id)
            if row is None:
                values = {"id": source_id, "interval_s": interval.total_seconds()}
                self._insert_new(SourceRow, {**values, "next_due_at": start})
            elif row.next_due_at is None or row.interval_s != interval.total_seconds():
                due = start if row.next_due_at is None else min(row.next_due_at, now + interval)
                self._set_source(source_id, interval_s=interval.total_seconds(), next_due_at=due)
        for source_id in held.keys() - intervals.keys():
            if held[source_id].next_due_at is not None:
                self._set_source(source_id, next_due_at=None)

    def clock_stepped_back(self, *, now: datetime, lease: timedelta) -> int:
        """Bring what the old clock set for later into reach of the new one.

        Nothing lies further ahead than an interval, a lease, a recheck's longest pause. Doing it
        twice (two services on one database) does no more than doing it once.

        Returns:
            How many sources had to be moved.
        """
        moved = 0
        rows = self._db.execute(
            select(SourceRow.id, SourceRow.interval_s).where(SourceRow.next_due_at > now)
        ).all()
        for row in rows:
            latest = now + timedelta(seconds=row.interval_s)
            late = and_(SourceRow.id == row.id, SourceRow.next_due_at > latest)
            moved += self._db.execute(
                update(SourceRow).where(late).values(next_due_at=latest)
            ).rowcount
        self._db.execute(
            update(SourceRow)
            .where(SourceRow.lease_until > now + lease)
            .values(lease_until=now + lease)
        )
        self._db.execute(
            update(ArticleRow)
            .where(ArticleRow.next_check_at > now + LONGEST_PAUSE)
            .values(next_check_at=now + LONGEST_PAUSE)
        )
        return moved

    def set_health(self, source_id: str, *, health: str, reason: str | None, now: datetime) -> bool:
        """Note how a source fares; return whether that is a change (then an alarm may ring)."""
        other = and_(SourceRow.id == source_id, SourceRow.health != health)
        changed = self._db.execute(
            update(SourceRow).where(other).values(health=health, health_since=now)
        ).rowcount
        self._set_source(source_id, health_reason=None if reason is None else clean(reason)[:2000])
        return changed > 0

    def source_state(self, source_id: str) -> SourceState | None:
        """Return what we know of one source."""
        row = self._db.execute(select(SourceRow).where(SourceRow.id == source_id)).first()
        return None if row is None else source_state(row)

    def due_rechecks(self, source_id: str, *, now: datetime, limit: int) -> tuple[Recheck, ...]:
        """Return the articles of a source that are due to be visited again, longest due first."""
        rows = self._db.execute(
            select(ArticleRow, ValidatorRow)
            .join(ValidatorRow, ValidatorRow.url == ArticleRow.url, isouter=True)
            .join(
                RevisionRow,
                and_(
                    RevisionRow.article_id == ArticleRow.id,
                    RevisionRow.number == ArticleRow.revision,
                ),
                isouter=True,
            )
            .join(CaptureRow, CaptureRow.id == RevisionRow.capture_id, isouter=True)
            .where(ArticleRow.source_id == source_id, ArticleRow.next_check_at <= now)
            .order_by(ArticleRow.next_check_at)
            .limit(limit)
            .with_only_columns(
                ArticleRow.id,
                ArticleRow.source_id,
                ArticleRow.url,
                ArticleRow.title,
                ArticleRow.status,
                ArticleRow.last_seen_at,
                CaptureRow.final_url.label("served_at"),
                *(column.label(f"v_{column.name}") for column in ValidatorRow.__table__.c),
            )
        )
        return tuple(_recheck(row) for row in rows)

    def awaiting_recheck(self, source_ids: Collection[str], *, now: datetime) -> frozenset[str]:
        """Return those of *source_ids* of which an article is due to be visited again."""
        due = select(ArticleRow.source_id).where(ArticleRow.next_check_at <= now).distinct()
        return frozenset(source_ids).intersection(self._db.scalars(due))

    def postpone_rechecks(self, article_ids: Sequence[int], *, until: datetime) -> None:
        """Visit these again only at *until*: what failed must not be asked at every pass."""
        self._db.execute(
            update(ArticleRow).where(ArticleRow.id.in_(article_ids)).values(next_check_at=until)
        )

    def _set_source(self, source_id: str, **values: Any) -> None:
        self._db.execute(update(SourceRow).where(SourceRow.id == source_id).values(**values))


_VALIDATOR = tuple(column.key for column in ValidatorRow.__table__.c)


def _recheck(row: Row[Any]) -> Recheck:
    fields = dict(row._mapping)
    validator = {name: fields.pop(f"v_{name}") for name in _VALIDATOR}
    return Recheck(
        article_id=fields.pop("id"),
        validator=None if validator["url"] is None else Validator(**validator),
        **fields,
    )
