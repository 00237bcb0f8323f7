"""One source of a backfill: the spider runs, its worker does the units."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scrapy.crawler import AsyncCrawlerProcess, Crawler

from crawler.backfill.choosing import Choice
from crawler.backfill.fetching import Fetcher, Stopped
from crawler.backfill.lease import SourceLease
from crawler.backfill.ledger import Ledger
from crawler.backfill.pages import Pages
from crawler.backfill.plan import chosen
from crawler.backfill.services import ports
from crawler.backfill.span import Span
from crawler.backfill.spider import BackfillSpider, Unwelcome
from crawler.backfill.tally import SourceTally
from crawler.backfill.wish import Wish
from crawler.backfill.worker import Worker
from crawler.intake import Workshop
from crawler.options import FetchOptions, RunOptions
from crawler.settings import for_source, shared
from spiders.gate import policy_for
from spiders.items import Plan
from spiders.sources import Source
from storage.errors import StorageError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The work on one source whose lease is held."""

    process: AsyncCrawlerProcess
    source: Source
    shop: Workshop
    tally: SourceTally
    lease: SourceLease
    wish: Wish
    fetch: FetchOptions
    run: RunOptions
    #: Who holds the lease.
    owner: str
    stopping: asyncio.Event

    async def pay(self) -> BaseException | None:
        """Run the spider until no unit is left; return what ended it early."""
        ended: list[BaseException] = []

        async def work(spider: BackfillSpider) -> None:
            fetcher = Fetcher(
                spider=spider, shop=self.shop, tally=self.tally, stopping=self.stopping
            )
            ledger = Ledger(self.shop, self.source.id, self.owner)
            whole = await asyncio.to_thread(self._whole)
            worker = Worker(
                spider=spider,
                shop=self.shop,
                fetcher=fetcher,
                ledger=ledger,
                tally=self.tally,
                choice=Choice(spider=spider, shop=self.shop, ledger=ledger, whole=whole),
                pages=Pages(
                    spider=spider,
                    shop=self.shop,
                    fetcher=fetcher,
                    ledger=ledger,
                    tally=self.tally,
                    whole=whole,
                    baseline=self.wish.baseline,
                    stopping=self.stopping,
                ),
                ways=chosen(self.source, self.wish.via),
                stopping=self.stopping,
                breathe=self.lease.breathe,
                services=self.wish.services,
                plan_only=self.wish.plan_only,
            )
            try:
                await worker.run()
            except Exception as error:
                if not isinstance(error, (Stopped, Unwelcome, StorageError)):
                    logger.exception("%s: a bug", self.source.id)
                ended.append(error)

        gate = policy_for(self.source, self.fetch.allow_private_networks)
        gate = replace(gate, ports=gate.ports | ports(self.wish.services))
        settings = for_source(shared(self.fetch), self.source, self.fetch, self.run)
        await self.process.crawl(
            Crawler(BackfillSpider, settings),
            work=work,
            source=self.source,
            plan=Plan(started_at=self.shop.clock()),
            memory=_NoItems(),
            gate=gate,
            proxy=self.fetch.proxy,
            clock=self.shop.clock,
        )
        return ended[0] if ended else None

    def _whole(self) -> Span:
        """Return the publication times wanted of a source: now, and by what is still unfinished."""
        with self.shop.archive.read() as reader:
            units = [u for u in reader.units([self.source.id]) if u.state in ("pending", "leased")]
        return Span(
            min((u.begins_at for u in units), default=self.wish.span.begin),
            max((u.ends_at for u in units), default=self.wish.span.end),
        )


class _NoItems:
    """The intake of a spider that yields no items; the worker stores its pages itself."""

    hopeless = False

    async def finish(self) -> None:
        """Nothing waits."""

    async def known(self, urls: Sequence[str]) -> Sequence[str]:
        """Nothing is asked."""
        return ()

    async def held(self, url: str) -> None:
        """Nothing is asked."""
