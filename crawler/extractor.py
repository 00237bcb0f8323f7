"""How a crawl reads pages: in worker processes, or here when asked for none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from crawler.intake import Extractor
from crawler.options import RunOptions
from spiders.house import of_house
from spiders.items import Page
from spiders.sources import Source
from storage.types import Article

if TYPE_CHECKING:
    from crawler.extract_pool import ExtractPool


class InProcess:
    """Extracts in this process, one page at a time, without a deadline: for tests and dry runs."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def extract(self, page: Page, source: Source) -> Article:
        """Return what *page* says."""
        from spiders.extract import extract

        async with self._turn:
            article = await asyncio.to_thread(
                extract, page.capture, source_id=source.id, **_options(page, source)
            )
        return of_house(article, source)


class InWorkers:
    """Extracts in processes that are killed when a page takes too long or too much."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._pool: ExtractPool | None = None

    async def extract(self, page: Page, source: Source) -> Article:
        """Return what *page* says; an article refused with the reason when its worker died."""
        if self._pool is None:
            # Its imports cost half a second and 60 MB, which a pass without news need not pay.
            from crawler.extract_pool import ExtractPool

            self._pool = ExtractPool(size=self._size)
        article = await self._pool.extract_async(
            page.capture, source_id=source.id, **_options(page, source)
        )
        return of_house(article, source)

    async def close(self) -> None:
        """End the workers, if any were started."""
        if self._pool is not None:
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


def _options(page: Page, source: Source) -> dict[str, Any]:
    return {
        "hints": source.hints,
        "zone": source.zone,
        "language": source.language,
        "entry": page.entry,
    }
