"""Units of backfill: planned, leased, checkpointed, done; and the turns their workers take."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select, update

from storage.clean import MAX_URL, clean, clean_json
from storage.models import BackfillUnitRow, SourceRow, ThrottleRow
from storage.part import SOURCES_LOCK, Part
from storage.units import Unit

_MAX_PAUSE = timedelta(hours=2)


class BackfillReadPart(Part):
    """What is planned, and how far it is."""

    def units(self, sources: Collection[str] | None = None) -> tuple[Unit, ...]:
        """Return the units of *sources* (None: of all), in the order of work."""
        query = select(BackfillUnitRow)
        if sources is not None:
            query = query.where(BackfillUnitRow.source_id.in_(sources))
        ordered = query.order_by(
            BackfillUnitRow.source_id, BackfillUnitRow.place, BackfillUnitRow.key.desc()
        )
        return tuple(_unit(row) for row in self._db.execute(ordered))


class BackfillPart(BackfillReadPart):
    """The table of units; every step is one transaction, so that a kill loses one page at most."""

    def plan_units(self, units: Sequence[Unit], *, now: datetime) -> int:
        """Write *units* down before work starts; return how many are to be worked on.

        One that is there keeps what it has done, unless more is wanted of it than it covered;
        failed and cancelled ones are tried again.
        """
        self._serialise(SOURCES_LOCK)
        opened = 0
        for unit in units:
            key = clean(unit.key).encode()[:MAX_URL].decode(errors="ignore")
            values = {
                "source_id": unit.source_id,
                "way": unit.way,
                "key": key,
                "place": unit.place,
                "begins_at": unit.begins_at,
                "ends_at": unit.ends_at,
                "expected": unit.expected,
                "cursor": clean_json(dict(unit.cursor)),
                "created_at": now,
                "updated_at": now,
            }
            if self._insert_new(BackfillUnitRow, values):
                opened += 1
                continue
            held = self._db.execute(
                select(BackfillUnitRow).where(
                    BackfillUnitRow.source_id == unit.source_id,
                    BackfillUnitRow.way == unit.way,
                    BackfillUnitRow.key == key,
                )
            ).one()
            opened += self._reopen(held, unit, now)
        return opened

    def _reopen(self, held: Row[Any], unit: Unit, now: datetime) -> bool:
        covered = held.begins_at <= unit.begins_at and held.ends_at >= unit.ends_at
        if held.state == "done" and covered:
            return False
        values: dict[str, Any] = {"updated_at": now, "place": unit.place}
        if unit.expected is not None:
            values["expected"] = unit.expected
        if held.state != "leased":
            values |= {"state": "pending", "error": None}
        if held.state == "cancelled":
            # Given up: what is wanted of it is what is asked for now, be it less.
            values |= {"begins_at": unit.begins_at, "ends_at": unit.ends_at}
        elif not covered:
            values |= {
                "begins_at": min(held.begins_at, unit.begins_at),
                "ends_at": max(held.ends_at, unit.ends_at),
            }
        if not covered:
            values["cursor"] = clean_json(dict(unit.cursor))
        self._set_unit(held.id, **values)
        return True

    def retry_units(
        self,
        source_id: str,
        ways: Collection[str],
        *,
        begins_at: datetime,
        ends_at: datetime,
        now: datetime,
    ) -> int:
        """Make failed and cancelled units of these *ways* pending that have a part of this time.

        Those that an index named are in no plan while the index itself is done. Returns how many.
        """
        given_up = and_(
            BackfillUnitRow.source_id == source_id,
            BackfillUnitRow.way.in_(ways),
            BackfillUnitRow.state.in_(("failed", "cancelled")),
            BackfillUnitRow.begins_at < ends_at,
            BackfillUnitRow.ends_at > begins_at,
        )
        rows = self._db.execute(select(BackfillUnitRow).where(given_up)).all()
        for row in rows:
            values: dict[str, Any] = {"state": "pending", "error": None, "updated_at": now}
            if row.state == "cancelled":
                values |= {
                    "begins_at": max(row.begins_at, begins_at),
                    "ends_at": min(row.ends_at, ends_at),
                }
            self._set_unit(row.id, **values)
        return len(rows)

    def next_unit(
        self,
        source_id: str,
        owner: str,
        *,
        now: datetime,
        lease: timedelta,
        ways: Collection[str] | None = None,
    ) -> Unit | None:
        """Lease the first unit of *source_id* that nobody works on; None when there is none."""
        free = or_(
            BackfillUnitRow.state == "pending",
            and_(BackfillUnitRow.state == "leased", BackfillUnitRow.lease_until <= now),
        )
        wanted = and_(BackfillUnitRow.source_id == source_id, free)
        if ways is not None:
            wanted = and_(wanted, BackfillUnitRow.way.in_(ways))
        found = self._db.scalar(
            select(BackfillUnitRow.id)
            .where(wanted)
            .order_by(BackfillUnitRow.place, BackfillUnitRow.key.desc())
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if found is None:
            return None
        self._set_unit(
            found,
            state="leased",
            lease_owner=owner,
            lease_until=now + lease,
            attempts=BackfillUnitRow.attempts + 1,
            updated_at=now,
        )
        row = self._db.execute(select(BackfillUnitRow).where(BackfillUnitRow.id == found)).one()
        return _unit(row)

    def free_units(self, source_id: str, *, now: datetime) -> int:
        """Make the leased units of *source_id* anybody's: for who has just leased the source."""
        left = and_(BackfillUnitRow.source_id == source_id, BackfillUnitRow.state == "leased")
        values = {"state": "pending", "lease_owner": None, "lease_until": None, "updated_at": now}
        return self._db.execute(update(BackfillUnitRow).where(left).values(**values)).rowcount

    def renew_units(self, owner: str, *, now: datetime, lease: timedelta) -> None:
        """Lengthen the leases *owner* holds on units."""
        mine = and_(BackfillUnitRow.lease_owner == owner, BackfillUnitRow.state == "leased")
        self._db.execute(update(BackfillUnitRow).where(mine).values(lease_until=now + lease))

    def checkpoint_unit(
        self,
        unit_id: int,
        owner: str,
        *,
        cursor: Mapping[str, Any],
        counts: Mapping[str, int],
        now: datetime,
        lease: timedelta,
        expected: int | None = None,
    ) -> bool:
        """Note how far a unit is; return False when *owner* no longer has it (cancelled, taken)."""
        values: dict[str, Any] = {
            "cursor": clean_json(dict(cursor)),
            "counts": dict(counts),
            "lease_until": now + lease,
            "updated_at": now,
        }
        if expected is not None:
            values["expected"] = expected
        return self._set_mine(unit_id, owner, **values)

    def end_unit(
        self,
        unit_id: int,
        owner: str,
        *,
        state: str,
        counts: Mapping[str, int],
        now: datetime,
        error: str | None = None,
    ) -> bool:
        """Set a unit to done, failed, or back to pending (its cursor stays); False when not held."""
        return self._set_mine(
            unit_id,
            owner,
            state=state,
            counts=dict(counts),
            error=None if error is None else clean(error)[:500],
            lease_owner=None,
            lease_until=None,
            updated_at=now,
        )

    def cancel_units(self, sources: Collection[str] | None = None, *, now: datetime) -> int:
        """Cancel what is not done of *sources* (None: of all); return how many units that were."""
        wanted: ColumnElement[bool] = BackfillUnitRow.state.in_(("pending", "leased", "failed"))
        if sources is not None:
            wanted = and_(wanted, BackfillUnitRow.source_id.in_(sources))
        values = {"state": "cancelled", "lease_owner": None, "lease_until": None, "updated_at": now}
        return self._db.execute(update(BackfillUnitRow).where(wanted).values(**values)).rowcount

    def hand_back_source(self, source_id: str, owner: str) -> None:
        """Give a source back as it was: a backfill is no pass, and says nothing of its health."""
        mine = and_(SourceRow.id == source_id, SourceRow.lease_owner == owner)
        self._db.execute(update(SourceRow).where(mine).values(lease_owner=None, lease_until=None))

    def take_turn(self, name: str, *, every: timedelta, now: datetime) -> datetime:
        """Take a turn to ask the service *name* if one is due; return when it is, or will be.

        Turns are *every* apart over all processes that share the database. One that lies ahead is
        not booked: ask again then, since somebody may have been told to pause meanwhile.
        """
        self._insert_new(ThrottleRow, {"name": name, "next_at": now})
        held = select(ThrottleRow.next_at).where(ThrottleRow.name == name).with_for_update()
        turn = self._db.scalar(held) or now
        # A clock that was stepped back leaves turns far ahead; no pause is longer than an hour.
        if turn <= now or turn > now + _MAX_PAUSE:
            mine = update(ThrottleRow).where(ThrottleRow.name == name)
            self._db.execute(mine.values(next_at=now + every))
            return now
        return turn

    def pause_turns(self, name: str, *, until: datetime) -> None:
        """Let nobody make a request to the service *name* before *until*."""
        self._insert_new(ThrottleRow, {"name": name, "next_at": until})
        later = and_(ThrottleRow.name == name, ThrottleRow.next_at < until)
        self._db.execute(update(ThrottleRow).where(later).values(next_at=until))

    def _set_unit(self, unit_id: int, **values: Any) -> None:
        self._db.execute(
            update(BackfillUnitRow).where(BackfillUnitRow.id == unit_id).values(**values)
        )

    def _set_mine(self, unit_id: int, owner: str, **values: Any) -> bool:
        mine = and_(
            BackfillUnitRow.id == unit_id,
            BackfillUnitRow.lease_owner == owner,
            BackfillUnitRow.state == "leased",
        )
        changed = self._db.execute(update(BackfillUnitRow).where(mine).values(**values))
        return changed.rowcount > 0


_FIELDS = (
    *("id", "source_id", "way", "key", "place", "begins_at", "ends_at", "expected", "state"),
    *("cursor", "counts", "error", "attempts", "updated_at"),
)


def _unit(row: Row[Any]) -> Unit:
    return Unit(**{name: getattr(row, name) for name in _FIELDS})
