"""What becomes of a spider's items: extraction, the transaction, counts, validators.

Order matters. A page is extracted in a worker, filed in one transaction, and only then may the
validators of the document it was found in advance: a 304 for a feed whose articles were lost on
the way would lose them for good.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from crawler import validators
from crawler.busy import waiting_on
from crawler.ingest import Desk, ingest
from crawler.rereading import reread
from crawler.result import BROKEN, Tally
from spiders.gate import without_secrets
from spiders.items import Failed, Found, Item, Page, Searched, Unchanged
from spiders.sources import Source
from storage.archive import Archive
from storage.errors import StorageError
from storage.types import Article, Known, Recheck, Recorded, SourceState, Validator
from storage.urls import same_site

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Unchanged articles noted in one transaction; a crash before it only means asking again.
BATCH = 50
#: Transactions that failed one after another before the pass over a source is given up.
PATIENCE = 3
#: A refused page is tried again after this, ever longer; feeds run ahead of their pages.
RETRY_REFUSED = timedelta(hours=6)
RETRY_REFUSED_MAX = timedelta(days=30)
#: Outcomes of an answer that is not the article's.
_AWAY = frozenset({"missing", "withdrawn", "unknown"})
#: A recheck that failed, or met a wall, is not repeated at every pass.
RETRY_RECHECK = timedelta(hours=1)


class Extractor(Protocol):
    """Reads a page: in this process, or in a worker that can be killed."""

    async def extract(self, page: Page, source: Source) -> Article:
        """Return what *page* says; never raises for anything in it."""
        ...

    def expect(self) -> None:
        """Be ready: pages are about to be fetched."""

    def recall(self, source_id: str, learned: Mapping[str, Any]) -> None:
        """Begin a pass over a source with what earlier ones learned of its pages."""

    def kept(self, source_id: str) -> dict[str, Any] | None:
        """End the pass; return what to keep of its pages until the next, None when nothing new."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What the sources of a run share."""

    archive: Archive
    desk: Desk
    extractor: Extractor
    #: One thread: SQLite has one writer, and order is easier to think about.
    database: Executor
    run_id: int
    clock: Callable[[], datetime]


@dataclass(slots=True, kw_only=True)
class Intake:
    """Takes the items of one source in one pass."""

    source: Source
    state: SourceState
    shop: Workshop
    rechecks: dict[str, Recheck]
    #: First crawl: stored and matched, not alerted (DESIGN 4.10).
    baseline: bool
    tally: Tally
    _found: list[Found] = field(default_factory=list)
    #: Entries whose fate is in the database.
    _settled: set[str] = field(default_factory=set)
    _touched: list[Unchanged] = field(default_factory=list)
    _validators: list[Validator] = field(default_factory=list)
    _postponed: list[int] = field(default_factory=list)
    _store_failures: int = 0

    async def known(self, urls: Collection[str]) -> Collection[str]:
        """Return those of *urls* that need not be fetched."""
        held = await self._in_database(lambda: self._known(urls))
        if len(held) < len(set(urls)):
            self.shop.extractor.expect()
        return held

    def _known(self, urls: Collection[str]) -> set[str]:
        now = self.shop.clock()
        with self.shop.archive.begin() as tx:
            held = tx.known(urls, now=now)
        return {url for url, known in held.items() if not _try_again(known, now)}

    async def held(self, url: str) -> Validator | None:
        """Return the validator of discovery document *url*."""
        return await self._in_database(lambda: self._held(url))

    def _held(self, url: str) -> Validator | None:
        with self.shop.archive.begin() as tx:
            return tx.validator(url)

    async def take(self, item: Item) -> None:
        """Do what *item* asks for. Never raises: one bad page never stops the crawl."""
        try:
            if isinstance(item, Page):
                await self._page(item)
            elif isinstance(item, Unchanged):
                await self._unchanged(item)
            elif isinstance(item, Found):
                self._document(item)
            elif isinstance(item, Searched):
                self.tally.search(item)
            else:
                await self._failed(item)
            self._store_failures = 0
        except StorageError as error:
            self._store_failures += 1
            self.tally.lost_pages += isinstance(item, Page)
            self.tally.fail("store", str(error))
            logger.error("%s: could not store: %s", self.source.id, error)
            if self._store_failures >= PATIENCE:
                self.tally.broken = f"the database refused {PATIENCE} times: {error}"
        except Exception as error:
            self.tally.lost_pages += isinstance(item, Page)
            where = without_secrets(getattr(item, "url", None) or _page_url(item))
            self.tally.fail("parse", f"{type(error).__name__} at {where}")
            logger.exception("%s: a bug, met at %s", self.source.id, where)

    @property
    def hopeless(self) -> bool:
        """True when going on cannot store anything."""
        return self.tally.broken is not None

    async def finish(self) -> None:
        """Save what waits: touches, and the validators of documents whose entries are all stored."""
        try:
            await self._flush(everything=True)
        except StorageError as error:
            self.tally.broken = f"the last results could not be stored: {error}"
            logger.error("%s: %s", self.source.id, self.tally.broken)

    async def _page(self, page: Page) -> None:
        self.tally.counts["fetched"] += 1
        article = await self.shop.extractor.extract(page, self.source)
        # Its parsers broke: that is our fault, and on every page no good pass.
        self.tally.lost_pages += (article.refusal or "").startswith(BROKEN)
        if not page.recheck:
            self.tally.judge(article)
        now = self.shop.clock()
        if page.recheck:
            await reread(
                self.shop.archive,
                page,
                article,
                extract=lambda one: self.shop.extractor.extract(one, self.source),
                in_database=self._in_database,
                now=now,
            )
        recorded = await self._in_database(lambda: self._ingest(page, article, now))
        self.tally.counts[recorded.outcome] += 1
        self._settled.add(page.entry.url)
        if recorded.outcome == "refused":
            self.tally.note(f"refused: {recorded.reason}")
            self._postpone(page.entry.url)
            return
        # A page that says "not found" with 200 is not to be asked for by its own validators: it
        # would answer "unchanged", and pass for the article.
        if page.capture.status == 200 and recorded.outcome not in _AWAY:
            self._validators.append(validators.of_article(page, article, self.source.id, now))
        await self._flush()

    def _ingest(self, page: Page, article: Article, now: datetime) -> Recorded:
        return ingest(
            self.shop.archive,
            page,
            article,
            desk=self.shop.desk,
            now=now,
            run_id=self.shop.run_id,
            baseline=self.baseline and self._old(page),
        )

    def _old(self, page: Page) -> bool:
        """Tell whether *page* stood there before the baseline pass, as far as is known."""
        begun, published = self.state.baseline_at, page.entry.not_after
        return begun is None or (published is not None and published < begun)

    async def _unchanged(self, item: Unchanged) -> None:
        self.tally.counts["unchanged"] += 1
        self._settled.add(item.url)
        self._touched.append(item)
        await self._flush()

    def _document(self, item: Found) -> None:
        self.tally.see(item)
        if item.final_url and not self._own(item.final_url):
            self.tally.moved_to = urlsplit(item.final_url).hostname
        self._found.append(item)

    async def _failed(self, item: Failed) -> None:
        shown = without_secrets(item.url)
        logger.info("%s: %s: %s: %s", self.source.id, item.error_class, shown, item.detail)
        self.tally.fail(item.error_class, f"{shown}: {item.detail}")
        if item.entry is None:
            self.tally.lost_documents += 1
            self.tally.lost.append(shown)
            return
        self.tally.lost_entries += item.url not in self.rechecks
        if item.url in self.rechecks:
            self._postpone(item.url)
        elif item.final:
            await self._in_database(lambda: self._remember_refusal(item))
            self._settled.add(item.url)

    def _own(self, url: str) -> bool:
        """Tell whether *url* is on the source's own site, or on a host that is named as its own."""
        if (urlsplit(url).hostname or "") in self.source.hosts:
            return True
        places = (self.source.home, *(channel.url for channel in self.source.channels))
        return any(same_site(url, place) for place in places)

    def _remember_refusal(self, item: Failed) -> None:
        with self.shop.archive.begin() as tx:
            tx.record_refusal(
                item.url,
                source_id=self.source.id,
                reason=f"{item.error_class}: {item.detail}",
                capture_id=None,
                now=self.shop.clock(),
            )

    def _postpone(self, url: str) -> None:
        if (recheck := self.rechecks.get(url)) is not None:
            self._postponed.append(recheck.article_id)

    async def _flush(self, *, everything: bool = False) -> None:
        waiting = len(self._touched) + len(self._validators) + len(self._postponed)
        if everything or waiting >= BATCH:
            await self._in_database(lambda: self._save(everything))

    def _save(self, everything: bool) -> None:
        now = self.shop.clock()
        documents = [found for found in self._found if everything and self._complete(found)]
        if not (self._touched or self._validators or self._postponed or documents):
            return
        with self.shop.archive.begin() as tx:
            for item in self._touched:
                tx.touch(item.url, now=now)
                held = self.rechecks[item.url].validator if item.url in self.rechecks else None
                tx.save_validator(validators.renewed(item, held, self.source.id, now))
            for validator in self._validators:
                tx.save_validator(validator)
            if self._postponed:
                tx.postpone_rechecks(self._postponed, until=now + RETRY_RECHECK)
            for found in documents:
                tx.save_validator(validators.of_document(found, tx.validator(found.url), now))
        self._touched.clear()
        self._validators.clear()
        self._postponed.clear()

    def _complete(self, found: Found) -> bool:
        return found.whole and not found.left and self._settled.issuperset(found.wanted)

    async def _in_database(self, work: Callable[[], T]) -> T:
        # What a page says now may be gone at the next pass. When waiting has been in vain once,
        # something holds the database for good: then the others need not wait as long.
        tries = 1 if self._store_failures else PATIENCE
        return await waiting_on(self.shop.database, work, tries=tries)


def _try_again(known: Known, now: datetime) -> bool:
    if known.refused is None:
        return False
    wait: timedelta = RETRY_REFUSED * 4 ** min(max(known.refusals - 1, 0), 10)
    return now - known.last_seen_at >= min(wait, RETRY_REFUSED_MAX)


def _page_url(item: object) -> str:
    return item.entry.url if isinstance(item, Page) else ""
