"""The work on one source: unit by unit, document by document, every page stored before the cursor moves."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from crawler.backfill.choosing import Choice, filed_under
from crawler.backfill.fetching import Fetcher, Stopped, check, in_thread
from crawler.backfill.ledger import Ledger
from crawler.backfill.pages import Pages
from crawler.backfill.plan import WayName, channel_of
from crawler.backfill.spider import BackfillSpider
from crawler.backfill.steps import Job, Step, Way, WayFailed
from crawler.backfill.tally import LASTING, SourceTally, UnitCounts, counted, settled
from crawler.backfill.ways import (
    commoncrawl,
    dated,
    feed,
    section,
    sitemap,
    wayback,
    wordpress,
)
from crawler.intake import Workshop
from spiders.gate import without_secrets
from spiders.items import Page
from storage.errors import StorageError
from storage.failpoints import failpoint
from storage.types import Capture, Discovery, Entry
from storage.units import Unit

logger = logging.getLogger(__name__)

T = TypeVar("T")

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
    choice: Choice
    pages: Pages
    ways: tuple[WayName, ...]
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
            check(self.stopping)
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
                check(self.stopping)
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
            await self._database(lambda: self.ledger.plan(step.units))
            left = await self._database(lambda: self.ledger.left(self.ways))
            self.tally.units_total = self.tally.units_done + self.tally.units_failed + left
        counting = UnitCounts(counts, self.tally)
        counting.add("outside", step.outside)
        found = [_page(self.spider.source.id, capture) for capture in step.captures]
        allowed = self.choice.allowed(page.entry for page in found)
        for page in found:
            if filed_under(page.entry) in allowed:
                await self.pages.file(page, counting)
        fresh = await self.choice.fresh(step.wanted, counting)
        await self.pages.bring(fresh, counting)
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

    async def _database(self, work: Callable[[], T]) -> T:
        return await in_thread(self.shop.database, work)


def _page(source_id: str, capture: Capture) -> Page:
    entry = Entry(url=capture.url, found_by=Discovery.BACKFILL)
    return Page(source_id=source_id, entry=entry, capture=capture)
