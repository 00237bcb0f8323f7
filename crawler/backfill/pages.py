"""The pages of one source: fetched a few at once, read, each stored in a transaction of its own."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace

from crawler.backfill.choosing import Due, filed_under
from crawler.backfill.dates import Reach, of_article
from crawler.backfill.fetching import Fetcher, check, in_thread
from crawler.backfill.ledger import Ledger
from crawler.backfill.span import Span
from crawler.backfill.spider import BackfillSpider
from crawler.backfill.steps import Wanted
from crawler.backfill.tally import MAX_UNDATED, SourceTally, UnitCounts
from crawler.backfill.whole import whole
from crawler.ingest import ingest
from crawler.intake import Workshop
from crawler.result import BROKEN
from spiders.gate import without_secrets
from spiders.items import Failed, Page
from spiders.responses import capture_of
from storage.types import Discovery, Recorded

logger = logging.getLogger(__name__)

#: Dead links of the past: remembered, and not asked for again.
_GONE = frozenset({404, 410, 451})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Brings in pages of one source, whose lease its owner holds."""

    spider: BackfillSpider
    shop: Workshop
    fetcher: Fetcher
    ledger: Ledger
    tally: SourceTally
    #: Publication times wanted of the source, over all its units.
    whole: Span
    #: Nobody is told.
    baseline: bool
    stopping: asyncio.Event

    async def bring(self, fresh: list[Due], counts: UnitCounts) -> None:
        """Fetch and store *fresh*, a few at once; the downloader keeps the pace.

        Raises:
            Stopped: it was asked to; the pages under way were finished.
            Unwelcome: the site does not want to be asked any more.
            StorageError: the database refused.
        """
        # Captures of one page one after another: its text counts from the first of them.
        pages: dict[str, list[Due]] = {}
        for one, month in fresh:
            pages.setdefault(filed_under(one.entry), []).append((one, month))
        waiting = iter(pages.values())

        async def lane() -> None:
            for page in waiting:
                for one, month in page:
                    check(self.stopping)
                    reach = await self._one(one, counts)
                    if reach is not None:
                        counts.fulfil(month, within=reach is Reach.WITHIN)

        # One more than may be asked at once: while it is fetched, another is read and stored.
        lanes = min(self.spider.source.politeness.concurrency + 1, len(pages))
        tasks = [asyncio.ensure_future(lane()) for _ in range(lanes)]
        try:
            await asyncio.gather(*tasks)
        finally:
            # The page under way in another lane is finished, never torn.
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _one(self, one: Wanted, counts: UnitCounts) -> Reach | None:
        """Fetch and store one page; return where its article lies, None when there is none."""
        url = one.ask or one.entry.url
        response = await self.fetcher.get(url, own=one.ask is None, service=one.service)
        if isinstance(response, Failed):
            await self._lost(one, response.error_class, response.detail, response.final, counts)
            return None
        if response.status != 200:
            final = response.status in _GONE
            await self._lost(one, "gone", f"HTTP {response.status}", final, counts)
            return None
        now = self.shop.clock()
        capture = capture_of(response, one.entry.url, now=now)
        if one.captured_at is not None:
            # The original is the evidence: its address, the moment of its capture.
            url = one.entry.url
            capture = replace(
                capture, url=url, final_url=url, redirects=(), fetched_at=one.captured_at
            )
        else:
            owns = self.spider.selector.owns
            read = await whole(capture, fetcher=self.fetcher, owns=owns, clock=self.shop.clock)
            if isinstance(read, Failed):
                await self._lost(one, read.error_class, read.detail, False, counts)
                return None
            capture = read
        entry = replace(one.entry, found_by=Discovery.BACKFILL)
        page = Page(source_id=self.spider.source.id, entry=entry, capture=capture)
        return await self.file(page, counts, history=one.captured_at is not None)

    async def _lost(
        self, one: Wanted, word: str, detail: str, final: bool, counts: UnitCounts
    ) -> None:
        url = one.entry.url
        logger.info("%s: %s: %s: %s", self.spider.source.id, word, without_secrets(url), detail)
        if not final:
            counts.add("failed")
            self.tally.note(f"{without_secrets(url)}: {detail or word}")
            return
        counts.add("gone")
        if one.captured_at is not None:
            return

        await in_thread(self.shop.database, lambda: self.ledger.refuse(url, f"{word}: {detail}"))

    async def file(self, page: Page, counts: UnitCounts, *, history: bool = True) -> Reach | None:
        """Read *page* and store it; return where its article lies, None when there is none."""
        article = await self.shop.extractor.extract(page, self.spider.source)
        if (article.refusal or "").startswith(BROKEN):
            # Our fault, not the page's: it is asked for again another time.
            counts.add("failed")
            self.tally.note(f"{without_secrets(page.entry.url)}: {article.refusal}")
            return None
        reach = of_article(article, self.whole)
        if article.is_article and reach in (Reach.BEFORE, Reach.AFTER):
            counts.add("outside")
            return reach

        def store() -> Recorded:
            return ingest(
                self.shop.archive,
                page,
                article,
                desk=self.shop.desk,
                now=self.shop.clock(),
                run_id=self.shop.run_id,
                baseline=self.baseline,
                history=history,
            )

        recorded = await in_thread(self.shop.database, store)
        counts.add(recorded.outcome)
        if recorded.outcome == "refused":
            self.tally.note(f"refused: {recorded.reason}")
            return None
        if article.published_at is None:
            counts.add("undated")
            if len(self.tally.undated) < MAX_UNDATED:
                self.tally.undated.append(article.canonical_url)
        return Reach.WITHIN
