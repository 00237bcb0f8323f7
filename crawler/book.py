"""What a run writes about itself: its row, its leases, its heartbeat, and each source's return."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from alerts.operator import alarm
from crawler.gaps import gap_of, looked_at, spared
from crawler.health import Health
from crawler.indexing import follow
from crawler.lesson import learn, line_failed, witnesses
from crawler.options import RunOptions
from crawler.result import SourceResult, baseline_open
from crawler.rhythm import rhythm_of
from spiders.items import Plan
from spiders.sources import Source
from storage.archive import Archive, Transaction
from storage.errors import StorageError
from storage.types import SourceState

logger = logging.getLogger(__name__)

#: Outlives several missed heartbeats, and a dead process by little.
LEASE = timedelta(seconds=90)
#: Articles looked at again in one pass, besides the new ones.
MAX_RECHECKS = 500
#: Texts put into the search index after one run.
MAX_INDEXED = 2000


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

    def plan(self, source: Source, state: SourceState) -> Plan:
        """Return what the archive knows before a pass over *source*."""
        now = self._clock()
        gap = gap_of(state.memory)
        last_good = None if baseline_open(state) else rhythm_of(state.memory).at
        with self._archive.begin() as tx:
            rechecks = tx.due_rechecks(source.id, now=now, limit=MAX_RECHECKS)
        return Plan(
            started_at=now,
            rechecks=rechecks,
            looked_at=looked_at(gap, last_good),
            spare=spared(gap, now=now),
        )

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
        with self._archive.begin() as tx:
            others = witnesses(tx.sources(), now=now) if line_failed(result) else {}
            lesson = learn(
                source, state, result, others=others, pause=timedelta(seconds=pause_s), now=now
            )
            held = tx.release_source(
                source.id,
                self._owner,
                now=now,
                next_due_at=lesson.next_due_at if self._options.reschedule else None,
                ok=result.ok,
                new=result.counts.get("new", 0),
                error=result.error,
                memory=lesson.memory,
                charge=lesson.charge,
            )
            if held:
                note_health(tx, source, state, lesson.health, self._options.operator, now=now)
        if lesson.outage:
            logger.warning("%s: our own line seems to be down; not charged to it", source.id)

    def close(
        self, outcome: str, results: Mapping[str, SourceResult], *, error: str | None
    ) -> None:
        """End the run, and let full-text search follow what it brought."""
        counts = {key: result.as_json() for key, result in results.items()}
        with self._archive.begin() as tx:
            tx.end_run(self.run_id, now=self._clock(), outcome=outcome, counts=counts, error=error)
        try:
            # Bounded: an archive that never had an index would keep a crawl for minutes.
            follow(self._archive, at_most=MAX_INDEXED)
        except StorageError as problem:
            logger.warning("search follows at the next run: %s", problem)


def note_health(
    tx: Transaction,
    source: Source,
    state: SourceState,
    health: Health,
    operator: str | None,
    *,
    now: datetime,
) -> None:
    """Write down how *source* fares; a change is told to the *operator*, in the same commit."""
    if not tx.set_health(source.id, health=health.state, reason=health.text, now=now):
        return
    logger.warning("%s: %s -> %s: %s", source.id, state.health, health.state, health.text)
    if operator is None:
        return
    lines = [health.reason or "it works again", *([health.advice] if health.advice else [])]
    draft = alarm(
        subject=f"source:{source.id}",
        state=health.state,
        headline=f"{source.name} is {health.state}",
        lines=lines,
        destination=operator,
        since=now,
    )
    tx.enqueue(draft, now=now)
