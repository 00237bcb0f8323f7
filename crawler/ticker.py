"""At each tick: what is due is leased and handed to a crawl process. The truth is in the table."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Callable
from datetime import datetime, timedelta

from crawler.book import note_health
from crawler.children import CrawlChild, Ended
from crawler.claiming import LEASE, Claims
from crawler.config import Config
from crawler.gaps import gap_of, judged
from crawler.nursery import Nursery
from crawler.record import Outcome, record_of
from crawler.rhythm import rhythm_of
from storage.archive import Archive, Transaction
from storage.errors import StorageError

logger = logging.getLogger(__name__)

#: A source whose crawl process died waits this long, times its failures.
_AFTER_DEATH = timedelta(minutes=5)
_MOST_DEATHS = 12


def new_owner() -> str:
    """Return a name for a lease that no other process, here or elsewhere, uses."""
    return f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"


class Ticker:
    """Claims due sources and keeps one crawl process for each batch."""

    def __init__(
        self,
        archive: Archive,
        config: Callable[[], Config],
        now: Callable[[], datetime],
        nursery: Nursery,
    ) -> None:
        self._archive = archive
        self._config = config
        self._now = now
        self._nursery = nursery
        self._children: dict[str, CrawlChild] = {}
        #: Whose leases are in our care: of processes at work, and of those still to be forked.
        self._owners: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._hurried = False
        self._claims: Claims | None = None
        #: Held from claiming to having a task that looks after what was claimed.
        self._claiming = asyncio.Lock()

    @property
    def at_work(self) -> int:
        """How many crawl processes there are."""
        return len(self._children)

    async def tick(self) -> int:
        """Start a crawl process for each batch of due sources there is room for; return how many."""
        started = 0
        async with self._claiming:
            while not self._stopping and len(self._tasks) < self._config().service.crawlers:
                config = self._config()
                owner = new_owner()
                ids = await asyncio.to_thread(self._claim, config, owner)
                if not ids:
                    break
                task = asyncio.create_task(self._look_after(config, ids, owner))
                self._tasks.add(task)
                task.add_done_callback(self._done)
                started += 1
        return started

    async def beat(self) -> None:
        """Renew the leases of the crawl processes at work."""
        if self._owners:
            await asyncio.to_thread(self._renew)

    async def drain(self, patience_s: float) -> None:
        """Start nothing more; let the crawls under way finish, for *patience_s*, then end them."""
        self._stopping = True
        # What was being claimed when the end came is in somebody's care now.
        async with self._claiming:
            for child in self._children.values():
                child.ask_to_stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience_s)
        await self.kill()

    async def kill(self) -> None:
        """End every crawl process at once."""
        self._stopping = self._hurried = True
        for child in tuple(self._children.values()):
            await child.end(at_once=True)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its leases run out by themselves; the service goes on.
            logger.error("a crawl could not be looked after", exc_info=error)

    def _claim(self, config: Config, owner: str) -> tuple[str, ...]:
        if self._claims is None or self._claims.config is not config:
            self._claims = Claims(config)
        now = self._now()
        with self._archive.begin() as tx:
            # Where the clock was moved on (a machine that slept), all leases seem to have run out;
            # those in our care have not.
            self._renew_in(tx, now)
            claimed = self._claims.claim(tx, owner, now=now, with_memory=False)
        return tuple(state.source_id for state in claimed)

    def _renew(self) -> None:
        with self._archive.begin() as tx:
            self._renew_in(tx, self._now())

    def _renew_in(self, tx: Transaction, now: datetime) -> None:
        for owner in tuple(self._owners):
            tx.renew_leases(owner, now=now, lease=LEASE)

    async def _look_after(self, config: Config, ids: tuple[str, ...], owner: str) -> None:
        self._owners.add(owner)
        try:
            await self._crawl(config, ids, owner)
        finally:
            self._owners.discard(owner)

    async def _crawl(self, config: Config, ids: tuple[str, ...], owner: str) -> None:
        if self._stopping:
            # Claimed in the moment the end came: given back, not left to run out.
            await self._tidy(Ended(sources=ids, owner=owner, pid=0, code=0))
            return
        logger.info("crawling %d sources: %s", len(ids), ", ".join(ids))
        try:
            child = await CrawlChild.start(self._nursery, config, ids, owner)
        except OSError as error:
            # Ours, not theirs: they are as due as they were, and the next tick tries again.
            logger.warning("%s (sources: %s)", error, ", ".join(ids))
            await asyncio.to_thread(self._give_back, ids, owner)
            return
        self._children[owner] = child
        # The end may have come while it was forked.
        if self._stopping:
            child.ask_to_stop()
        if self._hurried:
            await child.end(at_once=True)
        try:
            ended = await child.wait(config.service.crawl_deadline_s)
        finally:
            del self._children[owner]
        if ended.code not in (0, 1):
            logger.warning("%s (sources: %s)", ended.reason, ", ".join(ids))
        await self._tidy(ended)

    def _give_back(self, ids: tuple[str, ...], owner: str) -> None:
        try:
            with self._archive.begin() as tx:
                tx.give_back(ids, owner)
        except StorageError as error:
            logger.warning("leases run out by themselves: %s", error)

    async def _tidy(self, ended: Ended) -> None:
        try:
            await asyncio.to_thread(self._clean_up, ended)
        except StorageError as error:
            # The leases run out by themselves, and the run is closed at the next start.
            logger.warning("could not note the end of a crawl: %s", error)

    def _clean_up(self, ended: Ended) -> None:
        """Give back what a process that did not end well still holds, and close its run."""
        now = self._now()
        stopped = self._stopping and not ended.overdue
        with self._archive.begin() as tx:
            for run in tx.runs(limit=200):
                if run.pid == ended.pid and run.ended_at is None:
                    outcome = "interrupted" if stopped else "killed"
                    tx.end_run(
                        run.id, now=now, outcome=outcome, counts=run.counts, error=ended.reason
                    )
            # Those it was given, and those it went on with.
            for state in tx.leased_by(ended.owner):
                source_id = state.source_id
                deaths = min(state.failures + 1.0, _MOST_DEATHS)
                record = record_of(state.memory)
                if not stopped:
                    record = record.observe(Outcome(ok=False, error=ended.reason), now=now)
                tx.release_source(
                    source_id,
                    ended.owner,
                    now=now,
                    next_due_at=now if stopped else now + _AFTER_DEATH * deaths,
                    ok=False,
                    new=0,
                    error=state.last_error if stopped else ended.reason,
                    memory={**state.memory, "record": record.as_json()},
                    charge=0.0 if stopped else 1.0,
                )
                source = self._config().sources.get(source_id)
                if source is not None and not stopped:
                    health = judged(
                        source_id,
                        record,
                        rhythm_of(state.memory),
                        gap_of(state.memory),
                        before=state.health,
                        now=now,
                    )
                    operator = self._config().operator.destination
                    note_health(tx, source, state, health, operator, now=now)
