"""How a crawl reads pages: in worker processes, or here when asked for none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from crawler.intake import Extractor
from crawler.options import RunOptions
from spiders.extract import extract
from spiders.items import Page
from spiders.sources import Source
from storage.types import Article


class InProcess:
    """Extracts in a thread of this process: for tests and one-off looks, without a deadline."""

    async def extract(self, page: Page, source: Source) -> Article:
        """Return what *page* says."""
        return await asyncio.to_thread(
            extract,
            page.capture,
            source_id=source.id,
            hints=source.hints,
            zone=source.zone,
            language=source.language,
            entry=page.entry,
        )


@asynccontextmanager
async def open_extractor(run: RunOptions) -> AsyncIterator[Extractor]:
    """Yield the extractor that *run* asks for."""
    yield InProcess()
