"""How a crawl reads pages: in worker processes, or here when asked for none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from crawler.extract_pool import ExtractPool
from crawler.intake import Extractor
from crawler.options import RunOptions
from spiders.edition import edition
from spiders.house import of_house
from spiders.items import Page
from spiders.learned import Learned
from spiders.reading import Reading
from spiders.sources import Source
from storage.types import Article


def stamped(article: Article, source: Source) -> Article:
    """Return *article* filed under its house, with the name of the extractor that read it."""
    return replace(of_house(article, source), extractor=edition(source.hints))


class Memories:
    """What the sources of this run have learned of their own lines, by source.

    Only sources of which it was brought are observed, and only pages seen for the first time: the
    versions of one article, under three headlines, would make its own text look like chrome.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._held: dict[str, Learned] = {}
        self._brought: dict[str, Learned] = {}

    def recall(self, source_id: str, learned: Mapping[str, Any]) -> None:
        """Begin with what `kept` gave after an earlier pass."""
        self._held[source_id] = self._brought[source_id] = Learned.from_json(learned)

    def kept(self, source_id: str) -> dict[str, Any] | None:
        """Return what to keep of the source, JSON-able; None when it is as it was brought.

        The pass is over: nothing more is held of the source.
        """
        brought = self._brought.pop(source_id, None)
        held = self._held.pop(source_id, None)
        return None if held is None or held is brought else held.to_json()

    def recurring(self, source_id: str) -> Learned | None:
        """Return the part of the memory that takes lines out, small enough to send with a page."""
        held = self._held.get(source_id)
        return held.recurring() if held is not None else None

    def observe(self, page: Page, reading: Reading) -> Article:
        """Learn from what was read of *page*; return its article."""
        article = reading.article
        held = self._held.get(page.source_id)
        if held is not None and article.is_article and not page.recheck:
            self._held[page.source_id] = held.observe(article.title, reading.lines)
        return article

    def _options(self, page: Page, source: Source) -> dict[str, Any]:
        return {
            "hints": source.hints,
            "zone": source.zone,
            "language": source.language,
            "entry": page.entry,
            "learned": self.recurring(source.id),
        }


class InProcess(Memories):
    """Extracts in this process, one page at a time, without a deadline: for tests and dry runs."""

    def __init__(self) -> None:
        super().__init__()
        self._turn = asyncio.Lock()

    def expect(self) -> None:
        """Do nothing: here nothing need be started."""

    async def extract(self, page: Page, source: Source) -> Article:
        """Return what *page* says."""
        from spiders.extract import read

        async with self._turn:
            reading = await asyncio.to_thread(
                read, page.capture, source_id=source.id, **self._options(page, source)
            )
        return stamped(self.observe(page, reading), source)


class InWorkers(Memories):
    """Extracts in processes that are killed when a page takes too long or too much."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._pool = ExtractPool(size=size)

    def expect(self) -> None:
        """Start a worker while the first page is fetched; a pass without news starts none."""
        self._pool.expect()

    async def extract(self, page: Page, source: Source) -> Article:
        """Return what *page* says; an article refused with the reason when its worker died."""
        reading = await self._pool.read_async(
            page.capture, source_id=source.id, **self._options(page, source)
        )
        return stamped(self.observe(page, reading), source)

    async def close(self) -> None:
        """End the workers, if any were started."""
        await asyncio.to_thread(self._pool.close)


@asynccontextmanager
async def open_extractor(run: RunOptions) -> AsyncIterator[Extractor]:
    """Yield the extractor that *run* asks for, and end its workers."""
    if run.extractors < 1:
        yield InProcess()
        return
    workers = InWorkers(run.extractors)
    try:
        yield workers
    finally:
        await workers.close()
