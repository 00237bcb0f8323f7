"""The visits of one run: a first look at each source, and a crawler of its own for those with news."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from crawler.book import Book
from crawler.firstlooks import FirstLooks
from crawler.intake import Intake, Workshop
from crawler.looking import Looked
from crawler.options import FetchOptions, RunOptions
from crawler.result import SourceResult, Tally, baseline_open, close
from crawler.robots import Robots
from crawler.settings import for_source
from spiders.firstlook import KEY, Rules, first_urls, pause_s
from spiders.gate import policy_for
from spiders.source_spider import SourceSpider
from spiders.sources import ChannelKind, Source
from storage.errors import StorageError
from storage.types import SourceState

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """What all visits of a run share."""

    process: AsyncCrawlerProcess
    #: The settings that all crawlers begin with.
    common: Settings
    fetch: FetchOptions
    options: RunOptions
    book: Book
    shop: Workshop
    looks: FirstLooks
    clock: Callable[[], datetime]


@dataclass(slots=True)
class Visits:
    """Visits sources, each once, several at a time; knows which crawlers are at work."""

    kit: Equipment
    #: Set when no new work may be begun.
    stopping: asyncio.Event
    results: dict[str, SourceResult] = field(default_factory=dict)
    _tallies: dict[str, Tally] = field(default_factory=dict)
    #: The crawlers at work, and whether each has started.
    _running: dict[Crawler, asyncio.Event] = field(default_factory=dict)
    #: Visits that needed a crawler: because no look was possible, and because of what one found.
    _taken: dict[bool, int] = field(default_factory=lambda: {False: 0, True: 0})

    async def all(self, sources: Mapping[str, Source], states: Mapping[str, SourceState]) -> None:
        """Visit those of *sources* that have a state."""
        await self.kit.looks.expect(sources, states.values())
        places = asyncio.Semaphore(self.kit.options.parallel)
        await asyncio.gather(
            *(self._one(sources[id_], state, places) for id_, state in states.items())
        )

    @property
    def full(self) -> bool:
        """True when as many crawlers have been at work as one run may have."""
        return max(self._taken.values()) >= self.kit.options.most

    def counts(self) -> dict[str, dict[str, int]]:
        """Return what the crawlers have counted so far, by source."""
        return {key: dict(tally.counts) for key, tally in self._tallies.items()}

    async def stop(self) -> None:
        """Let requests under way finish, and begin nothing more."""
        self.stopping.set()
        self.kit.looks.stop()
        for crawler, started in list(self._running.items()):
            # Stopping a crawl that is still starting hangs it for ever (scrapy#6916).
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(started.wait(), 5.0)
                stop = asyncio.shield(crawler.stop_async())
                await asyncio.wait_for(stop, self.kit.options.drain_s)

    async def _one(self, source: Source, state: SourceState, places: asyncio.Semaphore) -> None:
        """Visit one source and give it back, whatever happens to it."""
        kit = self.kit
        may_look = kit.looks.may_look(source.id)
        if self._taken[may_look] >= kit.options.most:
            kit.looks.give_back(source.id)
            return
        looked = await kit.looks.look(source, state)
        if looked.found is not None:
            self.results[source.id] = kit.looks.settle(source, state, looked.found)
            return
        self._taken[may_look] += 1
        if looked.asked_at is not None:
            await self._wait(looked.asked_at + pause_s(source, state.memory) - time.monotonic())
        tally = self._tallies[source.id] = Tally(source.id)
        live = sum(channel.kind is not ChannelKind.ARCHIVE for channel in source.channels)
        memory = dict(state.memory)
        pause = 0.0
        async with places:
            if self.stopping.is_set():
                self.results[source.id] = close(tally, channels=live, interrupted=True)
                kit.looks.give_back(source.id)
                return
            try:
                pause = await self._crawl(source, state, looked, tally, memory)
            except Exception as error:
                tally.broken = f"{type(error).__name__}: {error}"
                logger.exception("%s: the crawl broke", source.id)
        interrupted = self.stopping.is_set() and tally.closed != "finished"
        result = self.results[source.id] = close(tally, channels=live, interrupted=interrupted)
        state = replace(state, memory=memory)
        learned = kit.shop.extractor.kept(source.id)
        with contextlib.suppress(StorageError):
            await asyncio.get_running_loop().run_in_executor(
                kit.shop.database,
                lambda: kit.book.release(source, state, result, pause_s=pause, learned=learned),
            )

    async def _wait(self, seconds: float) -> None:
        """Wait so long, or until the run is to stop."""
        if seconds > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), seconds)

    async def _crawl(
        self,
        source: Source,
        state: SourceState,
        looked: Looked,
        tally: Tally,
        memory: dict[str, Any],
    ) -> float:
        """Run the spider; return the longest pause a host asked for, in seconds.

        What robots.txt said of the source's documents is put into *memory*.
        """
        kit = self.kit
        plan, learned = await asyncio.get_running_loop().run_in_executor(
            kit.shop.database, lambda: kit.book.plan(source, state)
        )
        kit.shop.extractor.recall(source.id, learned)
        intake = Intake(
            source=source,
            state=state,
            shop=kit.shop,
            rechecks={recheck.url: recheck for recheck in plan.rechecks},
            baseline=baseline_open(state) and not kit.options.alert_baseline,
            tally=tally,
        )
        crawler = Crawler(SourceSpider, for_source(kit.common, source, kit.fetch, kit.options))
        started = self._running[crawler] = asyncio.Event()
        from scrapy import signals

        crawler.signals.connect(started.set, signal=signals.engine_started, weak=False)
        try:
            await kit.process.crawl(
                crawler,
                source=source,
                plan=plan,
                memory=intake,
                gate=policy_for(source, kit.fetch.allow_private_networks),
                proxy=kit.fetch.proxy,
                clock=kit.clock,
                in_hand=looked.in_hand,
            )
        finally:
            del self._running[crawler]
        tally.closed = str(crawler.stats.get_value("finish_reason") or "")
        if tally.closed == "start_error" and tally.broken is None:
            tally.broken = "a bug ended discovery: the log has the traceback"
        if rules := _rules(crawler, source, plan.started_at):
            memory[KEY] = rules.as_json()
        spider: Any = crawler.spider
        return float(spider.asked_pause_s) if spider is not None else 0.0


def _rules(crawler: Crawler, source: Source, at: datetime) -> Rules | None:
    """Return what robots.txt said of the documents of *source*, if it was asked about all."""
    robots = crawler.get_downloader_middleware(Robots)
    if robots is None or (said := robots.said([url for url, _ in first_urls(source)])) is None:
        return None
    return Rules(at=at, allowed=said[0], delay_s=said[1])
