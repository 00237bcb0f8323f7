"""Who works on which source: leases in the table, taken by an UPDATE that says who may."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, or_, select, update

from storage.clean import clean, clean_json
from storage.models import SourceRow
from storage.part import SOURCES_LOCK, Part
from storage.types import SourceState

# A clock that was stepped back leaves times far ahead. Nothing we write ourselves lies further
# ahead than these, so what does is a wreck, and must not stop a source for years.
_MAX_LEASE = timedelta(days=1)
_MAX_AHEAD = timedelta(days=8)


_GOOD = (
    update(SourceRow.__table__)  # type: ignore[arg-type]  # typed as any selectable; ours is a table
    .where(SourceRow.id == bindparam("at_id"))
    .values(
        lease_owner=None,
        lease_until=None,
        failures=0.0,
        last_error=None,
        memory=bindparam("memory"),
        last_ok_at=bindparam("ok_at"),
    )
)
_UNCHANGED = _GOOD.values(next_due_at=bindparam("due_at"))
_UNCHANGED_BY_HAND = _GOOD


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What is written of a source that had nothing new."""

    source_id: str
    #: None leaves the schedule as it is (a crawl by hand).
    next_due_at: datetime | None
    memory: Mapping[str, Any]


class ClaimPart(Part):
    """Leases: all truth is in the row, so a restart loses nothing."""

    def claim_due(
        self,
        owner: str,
        *,
        now: datetime,
        limit: int,
        lease: timedelta,
        only: Collection[str] | None = None,
        hosts: Mapping[str, str] | None = None,
        troubled: int | None = None,
        with_memory: bool = True,
    ) -> tuple[SourceState, ...]:
        """Lease the sources that are due, the longest waiting first, and return them as leased.

        A source is never given to two owners: the row is claimed by an UPDATE that says who may.

        Args:
            only: Sources that may be claimed; None: all.
            hosts: The host of each source. Of one host, only one source is at work at a time,
                whoever works: its limits on requests hold in each crawl process by itself.
            troubled: Sources with failures are claimed apart from those without, at most so many
                at once: one that ends its crawl process takes only such as itself along.
            with_memory: False leaves the memory out of what is returned, for who needs ids alone.
        """
        # Two that choose at once would choose the same, or two sources of one host.
        self._serialise(SOURCES_LOCK)
        due = or_(SourceRow.next_due_at <= now, SourceRow.next_due_at > now + _MAX_AHEAD)
        wanted = and_(due, _free(now))
        ids = self._apart(wanted, only, hosts, limit, troubled, now)
        return self._claim(owner, ids, wanted, now=now, lease=lease, with_memory=with_memory)

    def leased_by(self, owner: str) -> tuple[SourceState, ...]:
        """Return the sources that *owner* holds."""
        rows = self._db.execute(select(SourceRow).where(SourceRow.lease_owner == owner))
        return tuple(source_state(row) for row in rows)

    def give_back(self, source_ids: Collection[str], owner: str) -> None:
        """Let go of sources that were not visited: they are as due as they were."""
        mine = and_(SourceRow.id.in_(source_ids), SourceRow.lease_owner == owner)
        self._db.execute(update(SourceRow).where(mine).values(lease_owner=None, lease_until=None))

    def release_unchanged(
        self, returns: Sequence[Return], owner: str, *, now: datetime
    ) -> set[str]:
        """Give back sources that had nothing new, as `release_source` does one that was good.

        Returns:
            Those that *owner* still held; nothing is written of the others.
        """
        ids = [one.source_id for one in returns]
        mine = and_(SourceRow.id.in_(ids), SourceRow.lease_owner == owner)
        held = set(self._db.scalars(select(SourceRow.id).where(mine).with_for_update()))
        rows = [
            {"at_id": one.source_id, "memory": clean_json(one.memory), "ok_at": now}
            | ({} if one.next_due_at is None else {"due_at": one.next_due_at})
            for one in returns
            if one.source_id in held
        ]
        for statement, due in ((_UNCHANGED, True), (_UNCHANGED_BY_HAND, False)):
            if some := [row for row in rows if ("due_at" in row) is due]:
                self._db.execute(statement, some)
        return held

    def _apart(
        self,
        wanted: ColumnElement[bool],
        only: Collection[str] | None,
        hosts: Mapping[str, str] | None,
        limit: int,
        troubled: int | None,
        now: datetime,
    ) -> list[str]:
        """Return the due sources to claim: one of each host that nobody works on, of one kind."""
        busy: set[str] = set()
        if hosts is not None:
            at_work = self._db.scalars(
                select(SourceRow.id).where(
                    SourceRow.lease_until >= now, SourceRow.lease_until <= now + _MAX_LEASE
                )
            )
            busy = {hosts[source_id] for source_id in at_work if source_id in hosts}
        # Thousands are asked about far faster as one set here than as so many parameters there.
        allowed = None if only is None else frozenset(only)
        chosen: list[str] = []
        kind: bool | None = None
        for source_id, failures in self._db.execute(
            select(SourceRow.id, SourceRow.failures)
            .where(wanted)
            .order_by(SourceRow.next_due_at, SourceRow.id)
        ):
            host = source_id if hosts is None else hosts.get(source_id, source_id)
            if host in busy or (allowed is not None and source_id not in allowed):
                continue
            if troubled is not None:
                if kind is None:
                    kind = failures > 0
                    limit = min(limit, troubled) if kind else limit
                if (failures > 0) is not kind:
                    continue
            busy.add(host)
            chosen.append(source_id)
            if len(chosen) >= limit:
                break
        return chosen

    def claim_sources(
        self, ids: Collection[str], owner: str, *, now: datetime, lease: timedelta
    ) -> tuple[SourceState, ...]:
        """Lease *ids* whether due or not; those that somebody else holds are left out.

        A source never seen before is added, not scheduled: `sync_sources` does that.
        """
        self._insert_all(SourceRow, [{"id": source_id} for source_id in ids])
        return self._claim(owner, ids, _free(now, owner), now=now, lease=lease)

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

    def _claim(
        self,
        owner: str,
        ids: Collection[str],
        wanted: ColumnElement[bool],
        *,
        now: datetime,
        lease: timedelta,
        with_memory: bool = True,
    ) -> tuple[SourceState, ...]:
        """Lease those of *ids* for which *wanted* still holds, the longest due first."""
        if not ids:
            return ()
        named = and_(SourceRow.id.in_(ids), wanted)
        free = self._db.scalars(select(SourceRow.id).where(named).with_for_update(skip_locked=True))
        mine = SourceRow.id.in_(free.all())
        values = {"lease_owner": owner, "lease_until": now + lease, "last_started_at": now}
        self._db.execute(update(SourceRow).where(mine).values(**values))
        columns = [c for c in SourceRow.__table__.c if with_memory or c.name != "memory"]
        rows = self._db.execute(
            select(*columns).where(mine).order_by(SourceRow.next_due_at.nulls_last(), SourceRow.id)
        )
        return tuple(source_state(row) for row in rows)


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
