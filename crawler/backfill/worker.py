"""The work on one source: unit by unit, document by document, every page stored before the cursor moves."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from crawler.backfill.dates import Reach, of_article, of_entry
from crawler.backfill.fetching import Fetcher, Stopped, in_thread
from crawler.backfill.ledger import Ledger
from crawler.backfill.plan import WayName, channel_of
from crawler.backfill.span import Span
from crawler.backfill.spider import BackfillSpider
from crawler.backfill.steps import Job, Step, Wanted, Way, WayFailed
from crawler.backfill.tally import LASTING, MAX_UNDATED, SourceTally, counted, settled
from crawler.backfill.ways import (
    commoncrawl,
    dated,
    feed,
    section,
    sitemap,
    wayback,
    wordpress,
)
from crawler.ingest import ingest
from crawler.intake import Workshop
from crawler.result import BROKEN
from spiders.gate import without_secrets
from spiders.items import Failed, Page
from spiders.listings import date_in_url
from spiders.responses import capture_of
from storage.errors import StorageError
from storage.failpoints import failpoint
from storage.types import Capture, Discovery, Entry, Recorded
from storage.units import Unit
from storage.urls import canonical_url

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Dead links of the past: remembered, and not asked for again.
_GONE = frozenset({404, 410, 451})

#: Documents read to know a plan: more would be a backfill of its own.
MAX_PEEKS = 60

WAYS: dict[WayName, Way] = {
    WayName.ARCHIVE: dated.work,
    WayName.SITEMAP: sitemap.work,
    WayName.WORDPRESS: wordpress.work,
    WayName.FEED: feed.work,
    WayName.SECTION: section.work,
    WayName.WAYBACK: wayback.work,
    WayName.COMMONCRAWL: commoncrawl.work,
}


@dataclass(slots=True, kw_only=True)
class Worker:
    """Works on the units of one source, whose lease its owner holds."""

    spider: BackfillSpider
    shop: Workshop
    fetcher: Fetcher
    ledger: Ledger
    tally: SourceTally
    #: Publication times wanted of the source, over all its units.
    whole: Span
    ways: tuple[WayName, ...]
    baseline: bool
    stopping: asyncio.Event
    #: Called between documents: gives the source to live polling when that is due.
    breathe: Callable[[], Awaitable[None]]
    services: Mapping[str, str] = field(default_factory=dict)
    #: Read indexes only, to know the plan.
    plan_only: bool = False
    #: The counts of the unit under way, as of its last checkpoint.
    _saved: Counter[str] = field(default_factory=Counter, init=False)

    async def run(self) -> None:
        """Work until no unit is left.

        Raises:
            Unwelcome: the site does not want to be asked any more.
            Stopped: it was asked to.
            StorageError: the database refused.
        """
        wanted = [WayName.SITEMAP] if self.plan_only else self.ways
        ways = [way.value for way in wanted]
        peeked = 0
        while peeked < MAX_PEEKS:
            self._check()
            unit = await self._database(lambda: self.ledger.next(ways))
            if unit is None:
                return
            await self._unit(unit)
            peeked += self.plan_only

    async def _unit(self, unit: Unit) -> None:
        self.tally.at = f"{unit.way} {unit.key}"
        counts = counted(unit)
        self._saved = Counter(counts)
        state, error = "done", None
        if unit.cursor.get("over"):
            # Everything was stored before the process died; only the last word is missing.
            await self._end(unit, "done", counts, None)
            return
        missing = counts["failed"]
        try:
            async for step in WAYS[WayName(unit.way)](self._job(unit)):
                if self.plan_only:
                    await self._peek(unit, step)
                    state = "planned"
                    break
                await self._step(unit, step, counts)
                self._check()
                await self.breathe()
        except WayFailed as failure:
            state, error = "failed", str(failure)
        except BaseException:
            counts = settled(counts, self._saved)
            # Stopped, unwelcome, killed softly: the cursor stands, the unit is anybody's.
            await self._end(unit, "pending", counts, None, quietly=True)
            raise
        if state == "done" and (lost := counts["failed"] - missing):
            state, error = "failed", f"{lost} pages did not come; the same command tries them again"
            # From the start: what is known costs nothing.
            start = {key: unit.cursor[key] for key in LASTING & unit.cursor.keys()}
            await self._database(lambda: self.ledger.checkpoint(unit, start, counts, None))
        await self._end(unit, state, counts, error)

    def _job(self, unit: Unit) -> Job:
        return Job(
            unit=unit,
            source=self.spider.source,
            get=self.fetcher.document,
            owns=self.spider.selector.owns,
            now=self.shop.clock(),
            channel=channel_of(self.spider.source, unit),
            services=self.services,
        )

    async def _peek(self, unit: Unit, step: Step) -> None:
        """Note what a document promises, and fetch nothing of it."""
        for note in step.notes:
            self.tally.note(f"{unit.way}: {without_secrets(note)}")
        if step.units:
            await self._database(lambda: self.ledger.plan(step.units))
        await self._database(
            lambda: self.ledger.checkpoint(unit, unit.cursor, Counter(), step.expected)
        )

    async def _step(self, unit: Unit, step: Step, counts: Counter[str]) -> None:
        """Store all that one document brought, then move the cursor."""
        for note in step.notes:
            self.tally.note(f"{unit.way}: {without_secrets(note)}")
        if step.units:
            opened = await self._database(lambda: self.ledger.plan(step.units))
            self.tally.units_total += opened
        self._count(counts, "outside", step.outside)
        found = [self._page_of(capture) for capture in step.captures]
        allowed = self._allowed(page.entry for page in found)
        for page in found:
            if self._canonical(page.entry) in allowed:
                await self._page(page, counts)
        fresh = await self._fresh(step.wanted, counts)
        await self._fetch_all(fresh, counts)
        failpoint("backfill.checkpoint")
        kept = await self._database(
            lambda: self.ledger.checkpoint(
                unit, {**unit.cursor, **step.cursor}, counts, step.expected
            )
        )
        if not kept:
            raise Stopped("the units were cancelled")
        self._saved = Counter(counts)

    async def _end(
        self,
        unit: Unit,
        state: str,
        counts: Counter[str],
        error: str | None,
        *,
        quietly: bool = False,
    ) -> None:
        def end() -> None:
            self.ledger.end(unit, state, counts, error)

        if quietly:
            try:
                await asyncio.shield(self._database(end))
            except StorageError as failure:
                # Its lease runs out by itself.
                logger.warning("%s: %s", unit.source_id, failure)
            return
        await self._database(end)
        if error is not None:
            self.tally.units_failed += 1
            self.tally.note(f"{unit.way} {without_secrets(unit.key)}: {error}")
        else:
            self.tally.units_done += 1

    async def _fresh(
        self, wanted: tuple[Wanted, ...], counts: Counter[str]
    ) -> list[tuple[Wanted, str | None]]:
        """Return the wanted pages that belong to the source and are not known."""
        if not wanted:
            return []
        chosen = self.spider.selector.select(
            [one.entry for one in wanted if one.captured_at is None], now=self.shop.clock()
        )
        for reason, number in chosen.refused.items():
            self._count(counts, f"left out: {reason}", number)
        ours: list[tuple[Wanted, str | None]] = [
            (Wanted(entry=entry), self._month(entry)) for entry in chosen.entries
        ]
        urls = [one.entry.url for one, _ in ours]
        known = await self._database(lambda: self.ledger.known(urls)) if urls else frozenset()
        for one, month in ours:
            self._promise(counts, month, held=one.entry.url in known)
        self._count(counts, "known", len(known))
        archived = [one for one in wanted if one.captured_at is not None]
        allowed = self._allowed(one.entry for one in archived)
        archived = [one for one in archived if self._canonical(one.entry) in allowed]
        return [
            *((one, month) for one, month in ours if one.entry.url not in known),
            *((one, None) for one in archived),
        ]

    def _allowed(self, entries: Iterable[Entry]) -> frozenset[str]:
        """Return the canonical URLs of those *entries* that belong to the source and the time."""
        chosen = self.spider.selector.select(entries, now=self.shop.clock())
        zone = self.spider.source.zone
        return frozenset(
            self._canonical(entry)
            for entry in chosen.entries
            if of_entry(replace(entry, published_at=None), self.whole, zone=zone, trusted=False)
            in (Reach.WITHIN, Reach.UNKNOWN)
        )

    @staticmethod
    def _canonical(entry: Entry) -> str:
        try:
            return canonical_url(entry.url)
        except ValueError:
            return ""

    def _month(self, entry: Entry) -> str | None:
        moment = date_in_url(entry.url, self.spider.source.zone)
        if moment is None and entry.found_by is not Discovery.SITEMAP:
            moment = entry.published_at
        return None if moment is None else moment.strftime("%Y-%m")

    @staticmethod
    def _promise(counts: Counter[str], month: str | None, *, held: bool) -> None:
        if month is not None:
            counts[f"promised {month}"] += 1
            counts[f"held {month}"] += held

    async def _fetch_all(
        self, fresh: list[tuple[Wanted, str | None]], counts: Counter[str]
    ) -> None:
        """Fetch and store *fresh*, a few at once; the downloader keeps the pace."""
        # Captures of one page one after another: its text counts from the first of them.
        pages: dict[str, list[tuple[Wanted, str | None]]] = {}
        for one, month in fresh:
            pages.setdefault(self._canonical(one.entry), []).append((one, month))
        waiting = iter(pages.values())

        async def lane() -> None:
            for page in waiting:
                for one, month in page:
                    self._check()
                    self._fulfil(counts, month, await self._one(one, counts))

        # One more than may be asked at once: while it is fetched, another is read and stored.
        lanes = min(self.spider.source.politeness.concurrency + 1, len(pages))
        tasks = [asyncio.ensure_future(lane()) for _ in range(lanes)]
        try:
            await asyncio.gather(*tasks)
        finally:
            # The page under way in another lane is finished, never torn.
            await asyncio.gather(*tasks, return_exceptions=True)

    @staticmethod
    def _fulfil(counts: Counter[str], month: str | None, outcome: Reach | None) -> None:
        if month is not None and outcome is not None:
            # A page that turned out to be of another time was never promised.
            name, number = ("held", 1) if outcome is Reach.WITHIN else ("promised", -1)
            counts[f"{name} {month}"] += number

    async def _one(self, one: Wanted, counts: Counter[str]) -> Reach | None:
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
        entry = replace(one.entry, found_by=Discovery.BACKFILL)
        page = Page(source_id=self.spider.source.id, entry=entry, capture=capture)
        return await self._page(page, counts, history=one.captured_at is not None)

    async def _lost(
        self, one: Wanted, word: str, detail: str, final: bool, counts: Counter[str]
    ) -> None:
        url = one.entry.url
        logger.info("%s: %s: %s: %s", self.spider.source.id, word, without_secrets(url), detail)
        if not final:
            self._count(counts, "failed")
            self.tally.note(f"{without_secrets(url)}: {detail or word}")
            return
        self._count(counts, "gone")
        if one.captured_at is not None:
            return

        await self._database(lambda: self.ledger.refuse(url, f"{word}: {detail}"))

    def _page_of(self, capture: Capture) -> Page:
        entry = Entry(url=capture.url, found_by=Discovery.BACKFILL)
        return Page(source_id=self.spider.source.id, entry=entry, capture=capture)

    async def _page(
        self, page: Page, counts: Counter[str], *, history: bool = True
    ) -> Reach | None:
        article = await self.shop.extractor.extract(page, self.spider.source)
        if (article.refusal or "").startswith(BROKEN):
            # Our fault, not the page's: it is asked for again another time.
            self._count(counts, "failed")
            self.tally.note(f"{without_secrets(page.entry.url)}: {article.refusal}")
            return None
        reach = of_article(article, self.whole)
        if article.is_article and reach in (Reach.BEFORE, Reach.AFTER):
            self._count(counts, "outside")
            return reach

        def file() -> Recorded:
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

        recorded = await self._database(file)
        self._count(counts, recorded.outcome)
        if recorded.outcome == "refused":
            self.tally.note(f"refused: {recorded.reason}")
            return None
        if article.published_at is None:
            self._count(counts, "undated")
            if len(self.tally.undated) < MAX_UNDATED:
                self.tally.undated.append(article.canonical_url)
        return Reach.WITHIN

    def _count(self, counts: Counter[str], name: str, number: int = 1) -> None:
        if number:
            counts[name] += number
            self.tally.counts[name] += number

    def _check(self) -> None:
        if self.stopping.is_set():
            raise Stopped("asked to stop")

    async def _database(self, work: Callable[[], T]) -> T:
        return await in_thread(self.shop.database, work)
