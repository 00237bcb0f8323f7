"""Runs: one crawl of some sources, from its start to its outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select, update

from storage.clean import clean, clean_json
from storage.models import RunRow
from storage.part import SOURCES_LOCK, Part

#: The trigger of the nightly work.
NIGHTLY = "nightly"


class RunPart(Part):
    """The log of runs."""

    def start_run(
        self,
        trigger: str,
        sources: Sequence[str],
        *,
        now: datetime,
        pid: int | None,
        config_hash: str | None,
    ) -> int:
        """Note that a run has begun, and return its id.

        Args:
            trigger: crawl, service, backfill, import, demo.
        """
        return self._insert(
            RunRow,
            {
                "trigger": trigger,
                "sources": list(sources),
                "pid": pid,
                "config_hash": config_hash,
                "started_at": now,
                "heartbeat_at": now,
                "counts": {},
            },
        )

    def start_nightly(self, *, now: datetime, pid: int, every: timedelta) -> int | None:
        """Note that the nightly work begins; None when it was begun less than *every* ago.

        Of two services on one database, one does it.
        """
        self._serialise(SOURCES_LOCK)
        last = self.last_nightly()
        if last is not None and timedelta() <= now - last < every:
            return None
        return self.start_run(NIGHTLY, (), now=now, pid=pid, config_hash=None)

    def last_nightly(self) -> datetime | None:
        """Return when the nightly work was last begun and not broken off; None when never."""
        counts = and_(RunRow.trigger == NIGHTLY, RunRow.outcome.is_distinct_from("interrupted"))
        return self._db.scalar(select(func.max(RunRow.started_at)).where(counts))

    def beat_run(self, run_id: int, now: datetime, counts: Mapping[str, Any]) -> None:
        """Note that a run is alive, and what it has done so far."""
        self._db.execute(
            update(RunRow)
            .where(RunRow.id == run_id, RunRow.ended_at.is_(None))
            .values(heartbeat_at=now, counts=clean_json(dict(counts)))
        )

    def went_on(self, run_id: int, sources: Sequence[str]) -> None:
        """Note that a run has taken more sources."""
        held = self._db.scalar(select(RunRow.sources).where(RunRow.id == run_id)) or []
        both = [*held, *sources]
        self._db.execute(update(RunRow).where(RunRow.id == run_id).values(sources=both))

    def end_run(
        self,
        run_id: int,
        *,
        now: datetime,
        outcome: str,
        counts: Mapping[str, Any],
        error: str | None,
    ) -> None:
        """Note how a run ended: finished, failed, interrupted, killed. The first outcome stays."""
        self._db.execute(
            update(RunRow)
            .where(RunRow.id == run_id, RunRow.ended_at.is_(None))
            .values(
                heartbeat_at=now,
                ended_at=now,
                outcome=outcome,
                counts=clean_json(dict(counts)),
                error=None if error is None else clean(error)[:4000],
            )
        )

    def close_abandoned(self, now: datetime, older_than: timedelta) -> int:
        """End the runs whose heart stopped more than *older_than* ago; return how many."""
        return self._db.execute(
            update(RunRow)
            .where(RunRow.ended_at.is_(None), RunRow.heartbeat_at < now - older_than)
            .values(ended_at=now, outcome="abandoned")
        ).rowcount
