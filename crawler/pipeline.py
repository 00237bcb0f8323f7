"""The place where Scrapy hands items over; what becomes of them is crawler/intake.py's business."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from scrapy.crawler import Crawler

from crawler.intake import Intake
from spiders.items import Item

logger = logging.getLogger(__name__)


class IngestPipeline:
    """Passes each item to the intake of its source, which is also the spider's memory."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> IngestPipeline:
        """Build it for *crawler*, whose spider was given its intake by crawler/runner.py."""
        return cls(crawler)

    @property
    def _intake(self) -> Intake:
        spider: Any = self._crawler.spider
        intake: Intake = spider.memory
        return intake

    async def process_item(self, item: Item) -> Item:
        """Settle *item*; close the spider when nothing can be stored any more."""
        intake = self._intake
        if not intake.hopeless:
            await intake.take(item)
        if intake.hopeless and self._closing is None and self._crawler.engine is not None:
            close = self._crawler.engine.close_spider_async(reason="store")
            self._closing = asyncio.ensure_future(close)
        return item

    async def close_spider(self) -> None:
        """Save what waits, before the run is counted."""
        await self._intake.finish()
