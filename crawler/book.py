"""What a run writes about itself: its row, its leases, its heartbeat, and each source's return."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from crawler.due import Pass, next_due
from crawler.options import RunOptions
from crawler.result import SourceResult, remember
from spiders.items import Plan
from spiders.sources import Source
from storage.archive import Archive
from storage.types import SourceState

#: Outlives several missed heartbeats, and a dead process by little.
LEASE = timedelta(seconds=90)
#: Articles looked at again in one pass, besides the new ones.
MAX_RECHECKS = 500


class Book:
    """Keeps the row of one run."""

    def __init__(
        self,
        archive: Archive,
        options: RunOptions,
        owner: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._archive = archive
        self._options = options
        self._owner = owner
        self._clock = clock
        self.run_id = 0

    def open(self, source_ids: Collection[str]) -> tuple[SourceState, ...]:
        """Lease *source_ids*, begin the run, and return those that were free."""
        now = self._clock()
        with self._archive.begin() as tx:
            states = tx.claim_sources(list(source_ids), self._owner, now=now, lease=LEASE)
            self.run_id = tx.start_run(
                self._options.trigger,
                [state.source_id for state in states],
                now=now,
                pid=os.getpid(),
                config_hash=self._options.config_hash,
            )
        return states

    def plan(self, source: Source) -> Plan:
        """Return what the archive knows before a pass over *source*."""
        now = self._clock()
        with self._archive.begin() as tx:
            rechecks = tx.due_rechecks(source.id, now=now, limit=MAX_RECHECKS)
        return Plan(started_at=now, rechecks=rechecks)

    def beat(self, counts: Mapping[str, Any]) -> None:
        """Keep the run and its leases alive."""
        now = self._clock()
        with self._archive.begin() as tx:
            tx.renew_leases(self._owner, now=now, lease=LEASE)
            tx.beat_run(self.run_id, now, counts)

    def release(
        self, source: Source, state: SourceState, result: SourceResult, *, pause_s: float
    ) -> None:
        """Give *source* back, with when it is due again if this run keeps the schedule."""
        now = self._clock()
        memory = remember(state, result)
        due = next_due(
            source,
            Pass(
                ok=result.ok,
                new=result.counts.get("new", 0),
                left=result.counts.get("left", 0),
                interrupted=result.interrupted,
                pause=timedelta(seconds=pause_s),
            ),
            now=now,
            failures=0 if result.ok else state.failures + 1,
            quiet=memory["quiet"],
        )
        with self._archive.begin() as tx:
            tx.release_source(
                source.id,
                self._owner,
                now=now,
                next_due_at=due if self._options.reschedule else None,
                ok=result.ok,
                new=result.counts.get("new", 0),
                error=result.error,
                memory=memory,
            )

    def close(
        self, outcome: str, results: Mapping[str, SourceResult], *, error: str | None
    ) -> None:
        """End the run."""
        counts = {key: result.as_json() for key, result in results.items()}
        with self._archive.begin() as tx:
            tx.end_run(self.run_id, now=self._clock(), outcome=outcome, counts=counts, error=error)
