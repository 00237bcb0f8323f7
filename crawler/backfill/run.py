"""A backfill run: plan, claim, work on several sources at once, and say what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.backfill.fetching import Stopped
from crawler.backfill.lease import SourceLease, owner_name
from crawler.backfill.ledger import LEASE
from crawler.backfill.plan import chosen
from crawler.backfill.spider import Unwelcome
from crawler.backfill.tally import SourceTally
from crawler.backfill.visit import Visit
from crawler.backfill.wish import Result, Wish, write_plan
from crawler.clock import utcnow
from crawler.extractor import open_extractor
from crawler.ingest import Desk
from crawler.intake import Workshop
from crawler.options import FetchOptions, RunOptions
from crawler.settings import for_process
from spiders.sources import Source
from storage.archive import Archive
from storage.errors import StorageError

logger = logging.getLogger(__name__)

BEAT_S = 10.0
PARALLEL = 8


def run_backfill(
    archive: Archive,
    sources: Mapping[str, Source],
    wish: Wish,
    *,
    desk: Desk,
    fetch: FetchOptions = FetchOptions(),  # noqa: B008 - frozen
    run: RunOptions = RunOptions(trigger="backfill", deadline_s=0),  # noqa: B008 - frozen
    clock: Callable[[], datetime] = utcnow,
    tell: Callable[[Mapping[str, SourceTally]], None] = lambda _: None,
    tell_every_s: float = 30.0,
    note: Callable[[str], None] = lambda _: None,
) -> Result:
    """Bring in what *wish* asks for; the same again continues where this ended.

    SIGINT or SIGTERM once: the pages under way are finished; twice: at once. Call it from the
    main thread, once a process (a process has one reactor).

    Args:
        tell: called with how far each source is, every *tell_every_s* seconds.
        note: called with one line that a person should see now.

    Raises:
        StorageError: the database cannot be opened or written at the start.
    """
    write_plan(archive, sources, wish, now=clock())
    return _Backfill(archive, sources, wish, desk, fetch, run, clock, note).work(tell, tell_every_s)


class _Backfill:
    def __init__(
        self,
        archive: Archive,
        sources: Mapping[str, Source],
        wish: Wish,
        desk: Desk,
        fetch: FetchOptions,
        run: RunOptions,
        clock: Callable[[], datetime],
        note: Callable[[str], None],
    ) -> None:
        self._archive = archive
        # Everything is old here; the ways decide by publication time.
        self._sources = {key: replace(source, max_age=None) for key, source in sources.items()}
        self._wish = wish
        self._desk = replace(desk, sources={**sources, **desk.sources})
        self._fetch = fetch
        self._run = run
        self._clock = clock
        self._note = note
        self._owner = owner_name()
        self._tallies = {key: SourceTally(key) for key in sources}
        self._error: str | None = None
        self._stopping: asyncio.Event
        self._run_id = 0

    def work(self, tell: Callable[[Mapping[str, SourceTally]], None], every_s: float) -> Result:
        with self._archive.begin() as tx:
            self._run_id = tx.start_run(
                "backfill",
                list(self._sources),
                now=self._clock(),
                pid=os.getpid(),
                config_hash=self._run.config_hash,
            )
            for key, tally in self._tallies.items():
                units = tx.units([key])
                ways = chosen(self._sources[key], self._wish.via)
                tally.units_total = sum(
                    unit.way in ways and unit.state in ("pending", "leased") for unit in units
                )
        process = AsyncCrawlerProcess(Settings(for_process(self._fetch)))
        logging.getLogger("scrapy").setLevel(logging.WARNING)
        loop = asyncio.get_event_loop()
        self._stopping = asyncio.Event()
        stopped = False

        def signalled() -> None:
            nonlocal stopped
            if stopped:
                self._note("stopping at once")
                _stop_reactor()
                return
            stopped = True
            self._note("finishing the pages under way; again to stop at once")
            self._stopping.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, signalled)
        try:
            loop.call_soon(lambda: loop.create_task(self._main(process, tell, every_s)))
            process.start(stop_after_crawl=False, install_signal_handlers=False)
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
        outcome = "interrupted" if stopped else "failed" if self._error else "finished"
        with self._archive.begin() as tx:
            for key in self._sources:
                tx.hand_back_source(key, self._owner)
            tx.end_run(
                self._run_id,
                now=self._clock(),
                outcome=outcome,
                counts=self._counts(),
                error=self._error,
            )
        return Result(
            run_id=self._run_id, outcome=outcome, tallies=self._tallies, error=self._error
        )

    async def _main(
        self,
        process: AsyncCrawlerProcess,
        tell: Callable[[Mapping[str, SourceTally]], None],
        every_s: float,
    ) -> None:
        database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        heart = asyncio.create_task(self._beat(database))
        voice = asyncio.create_task(self._tell(tell, every_s))
        try:
            async with open_extractor(self._run) as extractor:
                shop = Workshop(
                    archive=self._archive,
                    desk=self._desk,
                    extractor=extractor,
                    database=database,
                    run_id=self._run_id,
                    clock=self._clock,
                )
                places = asyncio.Semaphore(PARALLEL)
                await asyncio.gather(
                    *(self._one(process, key, shop, places) for key in self._sources)
                )
        except Exception as error:
            self._error = f"{type(error).__name__}: {error}"
            logger.exception("the backfill broke")
        finally:
            heart.cancel()
            voice.cancel()
            database.shutdown(wait=True)
            tell(self._tallies)
            _stop_reactor()

    async def _one(
        self, process: AsyncCrawlerProcess, key: str, shop: Workshop, places: asyncio.Semaphore
    ) -> None:
        """Work on one source, and give it back whatever happens."""
        source, tally = self._sources[key], self._tallies[key]
        async with places:
            lease = SourceLease(self._archive, key, self._owner, self._clock, self._stopping)
            failure: BaseException | None = None
            try:
                await lease.take(self._note)
                visit = Visit(
                    process=process,
                    source=source,
                    shop=shop,
                    tally=tally,
                    lease=lease,
                    wish=self._wish,
                    fetch=self._fetch,
                    run=self._run,
                    owner=self._owner,
                    stopping=self._stopping,
                )
                failure = await visit.pay()
            except (Stopped, StorageError) as stop:
                failure = stop
            finally:
                with contextlib.suppress(StorageError):
                    await asyncio.to_thread(lease.give_back)
        if failure is None:
            return
        tally.stopped = str(failure)
        if isinstance(failure, Stopped):
            return
        logger.error("%s: %s", key, failure)
        if not isinstance(failure, Unwelcome):
            self._error = f"{key}: {failure}"

    async def _beat(self, database: ThreadPoolExecutor) -> None:
        """Keep the run and its leases alive."""
        while True:
            await asyncio.sleep(BEAT_S)
            with contextlib.suppress(StorageError):
                await asyncio.get_running_loop().run_in_executor(database, self._renew)

    def _renew(self) -> None:
        now = self._clock()
        with self._archive.begin() as tx:
            tx.renew_leases(self._owner, now=now, lease=LEASE)
            tx.renew_units(self._owner, now=now, lease=LEASE)
            tx.beat_run(self._run_id, now, self._counts())

    async def _tell(
        self, tell: Callable[[Mapping[str, SourceTally]], None], every_s: float
    ) -> None:
        while True:
            tell(self._tallies)
            await asyncio.sleep(every_s)

    def _counts(self) -> dict[str, Any]:
        return {
            key: {**tally.counts, "units": tally.units_done, "units_failed": tally.units_failed}
            for key, tally in self._tallies.items()
        }


def _stop_reactor() -> None:
    # Importing it installs one, so not before the process has chosen which.
    from twisted.internet import reactor

    installed: Any = reactor
    if installed.running:
        installed.stop()
