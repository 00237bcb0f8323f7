"""Run some sources once, in this process: claim, crawl, count, give back.

One reactor lives in a process and cannot be started twice, so `run_sources` is called once a
process: by `crawl`, by a child of the service, by the demo's children.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess

from crawler.book import Book
from crawler.claiming import IN_ALL, Claims
from crawler.clock import utcnow
from crawler.extractor import open_extractor
from crawler.firstlooks import FirstLooks
from crawler.ingest import Desk
from crawler.intake import Workshop
from crawler.options import FetchOptions, RunOptions
from crawler.result import RunResult, SourceResult
from crawler.settings import of_process, shared
from crawler.visits import Equipment, Visits
from spiders.sources import Source
from storage.archive import Archive
from storage.errors import StorageError
from storage.failpoints import failpoint
from storage.types import SourceState

logger = logging.getLogger(__name__)

BEAT_S = 10.0


def run_sources(
    archive_url: str,
    sources: Mapping[str, Source],
    *,
    desk: Desk,
    fetch: FetchOptions = FetchOptions(),  # noqa: B008 - frozen
    run: RunOptions = RunOptions(),  # noqa: B008 - frozen
    owner: str | None = None,
    clock: Callable[[], datetime] = utcnow,
    claims: Claims | None = None,
) -> RunResult:
    """Crawl *sources* once and return what came of it.

    SIGTERM and SIGINT let requests under way finish. Call it from the main thread, once.

    Args:
        owner: Whose leases these are; given by a parent that has claimed the sources already.
        claims: What to go on with, while something is due; None: nothing else.

    Raises:
        StorageError: the database cannot be opened or written at the start.
    """
    owner = owner or f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"
    with Archive(archive_url) as archive:
        return _Run(archive, sources, desk, fetch, run, owner, clock, claims).work()


def run_source(archive_url: str, source: Source, *, desk: Desk, **options: Any) -> RunResult:
    """Crawl one source once: the unit that a worker on another machine would be given."""
    return run_sources(archive_url, {source.id: source}, desk=desk, **options)


class _Run:
    def __init__(
        self,
        archive: Archive,
        sources: Mapping[str, Source],
        desk: Desk,
        fetch: FetchOptions,
        run: RunOptions,
        owner: str,
        clock: Callable[[], datetime],
        claims: Claims | None,
    ) -> None:
        self._archive = archive
        self._sources = sources
        self._desk = replace(desk, sources={**sources, **desk.sources})
        self._fetch = fetch
        self._options = run
        self._clock = clock
        self._claims = claims
        self._results: dict[str, SourceResult] = {}
        self._visits: Visits | None = None
        self._stopping: asyncio.Event
        self._error: str | None = None
        self._book = Book(archive, run, owner, clock)

    def work(self) -> RunResult:
        states = self._book.open(self._sources)
        failpoint("lease.claimed")
        claimed = {state.source_id: state for state in states}
        stopped = self._crawl(claimed) if claimed else False
        outcome = "interrupted" if stopped else "failed" if self._error else "finished"
        self._book.close(outcome, self._results, error=self._error)
        return RunResult(
            run_id=self._book.run_id,
            outcome=outcome,
            sources=self._results,
            skipped=tuple(sorted(self._sources.keys() - self._results.keys())),
        )

    def _crawl(self, claimed: Mapping[str, SourceState]) -> bool:
        """Crawl the *claimed* sources; return whether a signal ended it early."""
        process = AsyncCrawlerProcess(of_process(self._fetch))
        # Scrapy has just set its own level to DEBUG, at which whole bodies are formatted.
        logging.getLogger("scrapy").setLevel(logging.WARNING)
        loop = asyncio.get_event_loop()
        self._stopping = asyncio.Event()
        signalled = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled, signalled)
        try:
            loop.call_soon(lambda: loop.create_task(self._main(process, claimed)))
            process.start(stop_after_crawl=False, install_signal_handlers=False)
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
        return signalled.is_set()

    def _signalled(self, signalled: asyncio.Event) -> None:
        logger.info("asked to stop: finishing what is under way")
        signalled.set()
        self._stopping.set()

    async def _main(self, process: AsyncCrawlerProcess, claimed: Mapping[str, SourceState]) -> None:
        """Everything that happens while the reactor runs; stops it at the end, whatever happens."""
        database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        heart = asyncio.create_task(self._beat())
        watch = asyncio.create_task(self._watch())
        try:
            async with open_extractor(self._options) as extractor:
                shop = Workshop(
                    archive=self._archive,
                    desk=self._desk,
                    extractor=extractor,
                    database=database,
                    run_id=self._book.run_id,
                    clock=self._clock,
                )
                async with self._first_looks(database) as looks:
                    kit = Equipment(
                        process=process,
                        common=shared(self._fetch),
                        fetch=self._fetch,
                        options=self._options,
                        book=self._book,
                        shop=shop,
                        looks=looks,
                        clock=self._clock,
                    )
                    self._visits = Visits(kit, self._stopping, self._results)
                    await self._visits.all(self._sources, claimed)
                    if self._claims is not None:
                        await self._go_on(self._claims, self._visits, database)
        except Exception as error:
            self._error = f"{type(error).__name__}: {error}"
            logger.exception("the run broke")
        finally:
            heart.cancel()
            watch.cancel()
            database.shutdown(wait=True)
            _stop_reactor()

    async def _go_on(self, claims: Claims, visits: Visits, database: Executor) -> None:
        """Visit what else is due: another process for it would cost more than the visits."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._options.deadline_s / 3
        while loop.time() < until and not (visits.full or self._stopping.is_set()):
            # What was looked at is given back first: nobody's fault can be charged to it now.
            await visits.kit.looks.write()
            if len(self._results) >= IN_ALL:
                return
            states = await loop.run_in_executor(database, lambda: self._book.go_on(claims))
            if not states:
                return
            await visits.all(claims.sources, {state.source_id: state for state in states})

    @contextlib.asynccontextmanager
    async def _first_looks(self, database: Executor) -> AsyncIterator[FirstLooks]:
        looks = FirstLooks(self._book, fetch=self._fetch, database=database, clock=self._clock)
        try:
            yield looks
        finally:
            await looks.close()

    async def _beat(self) -> None:
        """Keep the run and its leases alive while it works."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(BEAT_S)
            with contextlib.suppress(StorageError):
                await loop.run_in_executor(None, self._book.beat, self._counts())

    def _counts(self) -> dict[str, dict[str, int]]:
        return {} if self._visits is None else self._visits.counts()

    async def _watch(self) -> None:
        """Stop the spiders at the deadline, or when a signal comes; leave none behind."""
        # What is under way must be done when the deadline comes: the supervisor kills then.
        deadline = self._options.deadline_s
        patience = max(deadline - self._options.drain_s, 0.7 * deadline)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), patience)
        if not self._stopping.is_set():
            logger.warning("the run's deadline of %.0f s is near: stopping", deadline)
        self._stopping.set()
        if self._visits is not None:
            await self._visits.stop()


def _stop_reactor() -> None:
    # Importing it installs one, so not before the process has chosen which.
    from twisted.internet import reactor

    installed: Any = reactor
    installed.stop()
