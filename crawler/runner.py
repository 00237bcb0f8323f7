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
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from crawler.book import Book
from crawler.clock import utcnow
from crawler.extractor import open_extractor
from crawler.ingest import Desk
from crawler.intake import Intake, Workshop
from crawler.options import FetchOptions, RunOptions
from crawler.result import RunResult, SourceResult, Tally, baseline_open, close
from crawler.settings import for_process, for_source, shared
from spiders.gate import policy_for
from spiders.source_spider import SourceSpider
from spiders.sources import ChannelKind, Source
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
) -> RunResult:
    """Crawl *sources* once and return what came of it.

    SIGTERM and SIGINT let requests under way finish. Call it from the main thread, once.

    Args:
        owner: Whose leases these are; given by a parent that has claimed the sources already.

    Raises:
        StorageError: the database cannot be opened or written at the start.
    """
    owner = owner or f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"
    with Archive(archive_url) as archive:
        return _Run(archive, sources, desk, fetch, run, owner, clock).work()


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
    ) -> None:
        self._archive = archive
        self._sources = sources
        self._desk = replace(desk, sources={**sources, **desk.sources})
        self._fetch = fetch
        self._options = run
        self._clock = clock
        self._results: dict[str, SourceResult] = {}
        self._tallies: dict[str, Tally] = {}
        self._running: dict[Crawler, asyncio.Event] = {}
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
            skipped=tuple(sorted(self._sources.keys() - claimed.keys())),
        )

    def _crawl(self, claimed: Mapping[str, SourceState]) -> bool:
        """Crawl the *claimed* sources; return whether a signal ended it early."""
        settings = Settings(for_process(self._fetch))
        self._common = shared(self._fetch)
        process = AsyncCrawlerProcess(settings)
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
                places = asyncio.Semaphore(self._options.parallel)
                await asyncio.gather(
                    *(self._one(process, state, shop, places) for state in claimed.values())
                )
        except Exception as error:
            self._error = f"{type(error).__name__}: {error}"
            logger.exception("the run broke")
        finally:
            heart.cancel()
            watch.cancel()
            database.shutdown(wait=True)
            _stop_reactor()

    async def _one(
        self,
        process: AsyncCrawlerProcess,
        state: SourceState,
        shop: Workshop,
        places: asyncio.Semaphore,
    ) -> None:
        """Crawl one source and give it back, whatever happens to it."""
        source = self._sources[state.source_id]
        tally = self._tallies[source.id] = Tally(source.id)
        pause_s = 0.0
        async with places:
            if not self._stopping.is_set():
                shop.extractor.recall(source.id, state.memory)
                try:
                    pause_s = await self._crawl_source(process, source, state, shop, tally)
                except Exception as error:
                    tally.broken = f"{type(error).__name__}: {error}"
                    logger.exception("%s: the crawl broke", source.id)
        live = sum(channel.kind is not ChannelKind.ARCHIVE for channel in source.channels)
        interrupted = self._stopping.is_set() and tally.closed != "finished"
        result = close(tally, channels=live, interrupted=interrupted)
        self._results[source.id] = result
        state = replace(state, memory={**state.memory, **shop.extractor.kept(source.id)})
        with contextlib.suppress(StorageError):
            await asyncio.get_running_loop().run_in_executor(
                shop.database, lambda: self._book.release(source, state, result, pause_s=pause_s)
            )

    async def _crawl_source(
        self,
        process: AsyncCrawlerProcess,
        source: Source,
        state: SourceState,
        shop: Workshop,
        tally: Tally,
    ) -> float:
        """Run the spider; return the longest pause a host asked for, in seconds."""
        plan = await asyncio.get_running_loop().run_in_executor(
            shop.database, lambda: self._book.plan(source, state)
        )
        intake = Intake(
            source=source,
            state=state,
            shop=shop,
            rechecks={recheck.url: recheck for recheck in plan.rechecks},
            baseline=baseline_open(state) and not self._options.alert_baseline,
            tally=tally,
        )
        settings = for_source(self._common, source, self._fetch, self._options)
        crawler = Crawler(SourceSpider, settings)
        started = self._running[crawler] = asyncio.Event()
        from scrapy import signals

        crawler.signals.connect(started.set, signal=signals.engine_started, weak=False)
        try:
            await process.crawl(
                crawler,
                source=source,
                plan=plan,
                memory=intake,
                gate=policy_for(source, self._fetch.allow_private_networks),
                proxy=self._fetch.proxy,
                clock=self._clock,
            )
        finally:
            del self._running[crawler]
        tally.closed = str(crawler.stats.get_value("finish_reason") or "")
        if tally.closed == "start_error" and tally.broken is None:
            tally.broken = "a bug ended discovery: the log has the traceback"
        spider: Any = crawler.spider
        return float(spider.asked_pause_s) if spider is not None else 0.0

    async def _beat(self) -> None:
        """Keep the run and its leases alive while it works."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(BEAT_S)
            with contextlib.suppress(StorageError):
                await loop.run_in_executor(None, self._book.beat, self._counts())

    def _counts(self) -> dict[str, dict[str, int]]:
        return {key: dict(tally.counts) for key, tally in self._tallies.items()}

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
        for crawler, started in list(self._running.items()):
            # Stopping a crawl that is still starting hangs it for ever (scrapy#6916).
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(started.wait(), 5.0)
                await asyncio.wait_for(asyncio.shield(crawler.stop_async()), self._options.drain_s)


def _stop_reactor() -> None:
    # Importing it installs one, so not before the process has chosen which.
    from twisted.internet import reactor

    installed: Any = reactor
    installed.stop()
