"""What a run writes about itself: its row, its leases, its heartbeat, and each source's return."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alerts.operator import ALONE_WITHIN, alarm
from crawler.claiming import LEASE, Claims
from crawler.gaps import gap_of, looked_at, spared
from crawler.health import Health
from crawler.indexing import follow
from crawler.lesson import learn, line_failed, witnesses
from crawler.options import RunOptions
from crawler.result import SourceResult, baseline_open
from crawler.rhythm import rhythm_of
from crawler.validators import of_document
from spiders.firstlook import Document, documents, first_urls
from spiders.items import Found, Plan
from spiders.sources import Source
from storage.archive import Archive, Transaction
from storage.claim_tx import Return
from storage.errors import StorageError
from storage.types import SourceState, Validator

logger = logging.getLogger(__name__)

#: Articles looked at again in one pass, besides the new ones.
MAX_RECHECKS = 500
#: Texts put into the search index after one run.
MAX_INDEXED = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """A pass that ended with its first look."""

    source: Source
    state: SourceState
    result: SourceResult
    #: Each document, with what was held of it before.
    documents: tuple[tuple[Found, Validator], ...]


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

    def go_on(self, claims: Claims) -> tuple[SourceState, ...]:
        """Lease more that is due, for the same run, and return it."""
        with self._archive.begin() as tx:
            states = claims.claim(tx, self._owner, now=self._clock())
            if states:
                tx.went_on(self.run_id, [state.source_id for state in states])
        return states

    def plan(self, source: Source, state: SourceState) -> tuple[Plan, dict[str, Any]]:
        """Return what the archive knows before a pass over *source*, and what its pages taught."""
        now = self._clock()
        gap = gap_of(state.memory)
        last_good = None if baseline_open(state) else rhythm_of(state.memory).at
        with self._archive.begin() as tx:
            rechecks = tx.due_rechecks(source.id, now=now, limit=MAX_RECHECKS)
            learned = tx.site_lines(source.id)
        plan = Plan(
            started_at=now,
            rechecks=rechecks,
            looked_at=looked_at(gap, last_good),
            spare=spared(gap, now=now),
        )
        return plan, learned

    def first_looks(
        self, sources: Mapping[str, Source], states: Collection[SourceState]
    ) -> dict[str, tuple[Document, ...]]:
        """Return what first looks ask for, of those *sources* whose pass may begin with one."""
        now = self._clock()
        urls = {url for state in states for url, _ in first_urls(sources[state.source_id])}
        with self._archive.begin() as tx:
            held = tx.validators(urls)
            awaiting = tx.awaiting_recheck([state.source_id for state in states], now=now)
        found = {}
        for state in states:
            first = documents(
                sources[state.source_id],
                state,
                held,
                awaiting=awaiting,
                baseline=baseline_open(state),
                now=now,
            )
            if first is not None:
                found[state.source_id] = first
        return found

    def give_back(self, source_ids: Collection[str]) -> None:
        """Let go of sources that were not visited: they are as due as they were."""
        with self._archive.begin() as tx:
            tx.give_back(source_ids, self._owner)

    def beat(self, counts: Mapping[str, Any]) -> None:
        """Keep the run and its leases alive."""
        now = self._clock()
        with self._archive.begin() as tx:
            tx.renew_leases(self._owner, now=now, lease=LEASE)
            tx.beat_run(self.run_id, now, counts)

    def release(
        self,
        source: Source,
        state: SourceState,
        result: SourceResult,
        *,
        pause_s: float,
        learned: Mapping[str, Any] | None = None,
    ) -> None:
        """Give *source* back, with when it is due again if this run keeps the schedule.

        Args:
            learned: What its pages have taught by now; None when that is as it was.
        """
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
            if held and learned is not None:
                tx.keep_site_lines(source.id, learned)
            if held:
                note_health(tx, source, state, lesson.health, self._options.operator, now=now)
        if lesson.outage:
            logger.warning("%s: our own line seems to be down; not charged to it", source.id)

    def release_unchanged(self, passes: Collection[Unchanged]) -> None:
        """Give back sources whose documents were all unchanged, in one transaction."""
        now = self._clock()
        lessons = {
            one.source.id: learn(
                one.source, one.state, one.result, others={}, pause=timedelta(), now=now
            )
            for one in passes
        }
        returns = [
            Return(
                source_id=id_,
                next_due_at=lesson.next_due_at if self._options.reschedule else None,
                memory=lesson.memory,
            )
            for id_, lesson in lessons.items()
        ]
        with self._archive.begin() as tx:
            tx.save_validators(
                of_document(found, held, now) for one in passes for found, held in one.documents
            )
            ours = tx.release_unchanged(returns, self._owner, now=now)
            for one in passes:
                health = lessons[one.source.id].health
                same = health.state == one.state.health and health.text == one.state.health_reason
                if one.source.id in ours and not same:
                    operator = self._options.operator
                    note_health(tx, one.source, one.state, health, operator, now=now)

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
        lately=tx.alerts_since("operator", now - ALONE_WITHIN),
    )
    tx.enqueue(draft, now=now)
