"""Which source is due, who works on it, and which articles to visit again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select, update

from storage.clean import clean, clean_json
from storage.models import ArticleRow, CaptureRow, RevisionRow, SourceRow, ValidatorRow
from storage.part import SOURCES_LOCK, Part
from storage.recheck import LONGEST_PAUSE
from storage.types import Recheck, SourceState, Validator

# A clock that was stepped back leaves times far ahead. Nothing we write ourselves lies further
# ahead than these, so what does is a wreck, and must not stop a source for years.
_MAX_LEASE = timedelta(days=1)
_MAX_AHEAD = timedelta(days=8)

#: New sources start this far apart, so that the first minute is not a stampede.
_STAGGER = timedelta(seconds=5)


class SchedulePart(Part):
    """Due times and leases: all truth is in the row, so a restart loses nothing."""

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

    def claim_due(
        self,
        owner: str,
        *,
        now: datetime,
        limit: int,
        lease: timedelta,
        only: Collection[str] | None = None,
        hosts: Mapping[str, str] | None = None,
    ) -> tuple[SourceState, ...]:
        """Lease the sources that are due, the longest waiting first, and return them as leased.

        A source is never given to two owners: the row is claimed by an UPDATE that says who may.

        Args:
            hosts: The host of each source. Of one host, only one source is at work at a time,
                whoever works: its limits on requests hold in each crawl process by itself.
        """
        due = or_(SourceRow.next_due_at <= now, SourceRow.next_due_at > now + _MAX_AHEAD)
        conditions: list[ColumnElement[bool]] = [due, _free(now)]
        if only is not None:
            conditions.append(SourceRow.id.in_(only))
        if hosts is not None:
            conditions.append(SourceRow.id.in_(self._apart(and_(*conditions), hosts, now)))
        return self._claim(owner, and_(*conditions), now=now, lease=lease, limit=limit)

    def _apart(
        self, wanted: ColumnElement[bool], hosts: Mapping[str, str], now: datetime
    ) -> list[str]:
        """Return the due sources, one of each host that nobody works on."""
        at_work = self._db.scalars(
            select(SourceRow.id).where(
                SourceRow.lease_until >= now, SourceRow.lease_until <= now + _MAX_LEASE
            )
        )
        busy = {hosts[source_id] for source_id in at_work if source_id in hosts}
        chosen = []
        for source_id in self._db.scalars(
            select(SourceRow.id).where(wanted).order_by(SourceRow.next_due_at, SourceRow.id)
        ):
            host = hosts.get(source_id, source_id)
            if host not in busy:
                busy.add(host)
                chosen.append(source_id)
        return chosen

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

    def claim_sources(
        self, ids: Collection[str], owner: str, *, now: datetime, lease: timedelta
    ) -> tuple[SourceState, ...]:
        """Lease *ids* whether due or not; those that somebody else holds are left out.

        A source never seen before is added, not scheduled: `sync_sources` does that.
        """
        for source_id in ids:
            self._insert_new(SourceRow, {"id": source_id})
        free = and_(SourceRow.id.in_(ids), _free(now, owner))
        return self._claim(owner, free, now=now, lease=lease, limit=len(ids))

    def renew_leases(self, owner: str, *, now: datetime, lease: timedelta) -> int:
        """Lengthen every lease *owner* holds; return how many there are."""
        held = update(SourceRow).where(SourceRow.lease_owner == owner)
        return self._db.execute(held.values(lease_until=now + lease)).rowcount

    def release_source(
        self,
        source_id: str,
        owner: str,
        *,
        now: datetime,
        next_due_at: datetime | None,
        ok: bool,
        new: int,
        error: str | None,
        memory: Mapping[str, Any],
        charge: float = 1.0,
    ) -> bool:
        """Give a source back with what came of it.

        Args:
            charge: Points of failure that a failed pass costs.

        Returns:
            False when *owner* no longer holds it: then nothing is written, because another pass
            has begun. *next_due_at* of None leaves the schedule as it is (a crawl by hand).
        """
        values: dict[str, Any] = {
            "lease_owner": None,
            "lease_until": None,
            "failures": 0.0 if ok else SourceRow.failures + charge,
            "last_error": None if error is None else clean(error)[:2000],
            "memory": clean_json(dict(memory)),
        }
        if next_due_at is not None:
            values["next_due_at"] = next_due_at
        if ok:
            values["last_ok_at"] = now
        if new:
            values["last_new_at"] = now
        mine = and_(SourceRow.id == source_id, SourceRow.lease_owner == owner)
        if not self._db.execute(update(SourceRow).where(mine).values(**values)).rowcount:
            return False
        if ok:
            first = and_(SourceRow.id == source_id, SourceRow.baseline_at.is_(None))
            self._db.execute(update(SourceRow).where(first).values(baseline_at=now))
        return True

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

    def postpone_rechecks(self, article_ids: Sequence[int], *, until: datetime) -> None:
        """Visit these again only at *until*: what failed must not be asked at every pass."""
        self._db.execute(
            update(ArticleRow).where(ArticleRow.id.in_(article_ids)).values(next_check_at=until)
        )

    def _claim(
        self,
        owner: str,
        wanted: ColumnElement[bool],
        *,
        now: datetime,
        lease: timedelta,
        limit: int,
    ) -> tuple[SourceState, ...]:
        ids = self._db.scalars(
            select(SourceRow.id)
            .where(wanted)
            .order_by(SourceRow.next_due_at.nulls_last(), SourceRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        claimed = []
        for source_id in ids:
            mine = update(SourceRow).where(SourceRow.id == source_id, wanted)
            values = {"lease_owner": owner, "lease_until": now + lease, "last_started_at": now}
            if self._db.execute(mine.values(**values)).rowcount:
                row = self._db.execute(select(SourceRow).where(SourceRow.id == source_id)).one()
                claimed.append(source_state(row))
        return tuple(claimed)

    def _set_source(self, source_id: str, **values: Any) -> None:
        self._db.execute(update(SourceRow).where(SourceRow.id == source_id).values(**values))


def _free(now: datetime, owner: str | None = None) -> ColumnElement[bool]:
    free = or_(
        SourceRow.lease_until.is_(None),
        SourceRow.lease_until < now,
        SourceRow.lease_until > now + _MAX_LEASE,
    )
    return free if owner is None else or_(free, SourceRow.lease_owner == owner)


def source_state(row: Row[Any]) -> SourceState:
    """Return a row of the source table as a value."""
    fields = dict(row._mapping)
    return SourceState(
        source_id=fields.pop("id"), interval=timedelta(seconds=fields.pop("interval_s")), **fields
    )


_VALIDATOR = tuple(column.key for column in ValidatorRow.__table__.c)


def _recheck(row: Row[Any]) -> Recheck:
    fields = dict(row._mapping)
    validator = {name: fields.pop(f"v_{name}") for name in _VALIDATOR}
    return Recheck(
        article_id=fields.pop("id"),
        validator=None if validator["url"] is None else Validator(**validator),
        **fields,
    )
