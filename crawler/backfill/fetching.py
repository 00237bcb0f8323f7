"""Asking: the publisher by its own pace, others' archives in turn with every process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from scrapy.http import Response

from crawler.backfill.services import EVERY, PAUSE, RETRIES
from crawler.backfill.spider import BackfillSpider
from crawler.backfill.tally import SourceTally
from crawler.intake import Workshop
from crawler.middlewares import retry_after
from spiders.discovery import Answer
from spiders.items import Failed

T = TypeVar("T")


class Stopped(Exception):
    """Somebody asked to stop, or the units were cancelled."""


def check(stopping: asyncio.Event) -> None:
    """Go on, unless somebody asked to stop.

    Raises:
        Stopped: somebody did.
    """
    if stopping.is_set():
        raise Stopped("asked to stop")


async def in_thread(executor: Executor, work: Callable[[], T]) -> T:
    """Return what *work* returns, done in *executor*."""
    return await asyncio.get_running_loop().run_in_executor(executor, work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Asks for one source."""

    spider: BackfillSpider
    shop: Workshop
    tally: SourceTally
    stopping: asyncio.Event

    async def document(self, url: str, **options: Any) -> Answer | Failed:
        """Return the document at *url*; anything but 200 (206 for a part) is a failure."""
        return self.spider.answer_of(url, await self.get(url, **options))

    async def get(
        self, url: str, *, service: str | None = None, **options: Any
    ) -> Response | Failed:
        """Fetch *url*; from somebody else's archive in turn with all other processes."""
        if service is None:
            return await self.spider.fetch(url, **options)
        for attempt in range(RETRIES + 1):
            await self._turn(service)
            response = await self.spider.fetch(url, service=True, **options)
            if isinstance(response, Failed) or response.status not in (429, 503):
                return response
            if attempt < RETRIES:
                await self._hush(service, response)
        return response

    async def _turn(self, service: str) -> None:
        """Wait until it is our turn to ask *service*.

        Raises:
            Stopped: asked to stop meanwhile.
        """

        def take() -> timedelta:
            now = self.shop.clock()
            with self.shop.archive.begin() as tx:
                return tx.take_turn(service, every=EVERY[service], now=now) - now

        while True:
            check(self.stopping)
            wait = (await in_thread(self.shop.database, take)).total_seconds()
            if wait <= 0:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), wait)

    async def _hush(self, service: str, response: Response) -> None:
        """Let nobody ask the archive of *service* for as long as it says."""
        now = self.shop.clock()
        stated = response.headers.get("Retry-After")
        pause = retry_after(stated.decode("latin-1"), now=now) if stated else None
        until = now + (PAUSE if pause is None else timedelta(seconds=pause))
        self.tally.note(f"{service} asked for a pause until {until:%H:%M:%S} UTC")
        # Its search and its captures are one house.
        names = [name for name in EVERY if name.partition("-")[0] == service.partition("-")[0]]

        def keep() -> None:
            with self.shop.archive.begin() as tx:
                for name in names:
                    tx.pause_turns(name, until=until)

        await in_thread(self.shop.database, keep)
