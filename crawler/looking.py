"""First looks over HTTP: documents of many sources, asked for without a crawler for each.

The way out is that of every crawl (crawler/netguard.py, with the same limits, headers and proxy);
what a crawler adds (retries, redirects, robots.txt, items) is left to it: here only an answer that
nothing has changed ends a pass.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import scrapy
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.defaultheaders import DefaultHeadersMiddleware
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.downloadermiddlewares.useragent import UserAgentMiddleware
from scrapy.http import Response
from scrapy.statscollectors import MemoryStatsCollector

from crawler.netguard import GuardedHandler
from crawler.options import FetchOptions
from crawler.settings import shared
from spiders.asking import answer_of, document_request, found_in
from spiders.discovery import Reading
from spiders.firstlook import Document, Held
from spiders.gate import Refused, policy_for
from spiders.items import Failed, Found, conditions
from spiders.sources import Source
from storage.failpoints import failpoint

#: Requests under way at once, each to another host.
PARALLEL = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a first look came to."""

    #: Every document was unchanged: this is what a pass would have found. None: it must be made.
    found: tuple[Found, ...] | None = None
    #: The answers that came, by URL, for the crawler that makes the pass.
    in_hand: Mapping[str, Held] = field(default_factory=dict)
    #: When the last request was made, by the monotonic clock; None when none was.
    asked_at: float | None = None


class Looker:
    """Makes first looks. Needs a running reactor; close it."""

    def __init__(self, fetch: FetchOptions) -> None:
        self._fetch = fetch
        self._settings = shared(fetch)
        crawler = self._crawler(verify=True)
        # As in a crawl, in the same order: servers choose their answer, and its ETag, by them.
        self._before: tuple[Any, ...] = (
            DefaultHeadersMiddleware.from_crawler(crawler),
            UserAgentMiddleware.from_crawler(crawler),
            HttpCompressionMiddleware.from_crawler(crawler),
            HttpProxyMiddleware.from_crawler(crawler),
        )
        self._unpack = self._before[2]
        #: By whether certificates are verified.
        self._handlers = {True: GuardedHandler(crawler)}
        self._places = asyncio.Semaphore(PARALLEL)
        self._under_way: set[asyncio.Task[Response]] = set()
        self._stopped = False

    async def look(
        self, source: Source, documents: tuple[Document, ...], *, pause_s: float, now: datetime
    ) -> Looked:
        """Ask for *documents*, one after another, until one is not unchanged; never raises.

        Args:
            pause_s: Seconds between two of them.
        """
        found: list[Found] = []
        in_hand: dict[str, Held] = {}
        asked_at: float | None = None
        for document in documents:
            sent = conditions(document.held, now=now)
            if asked_at is not None:
                await asyncio.sleep(max(asked_at + pause_s - time.monotonic(), 0.0))
            try:
                gate = policy_for(source, self._fetch.allow_private_networks)
                request = document_request(source, document.url, sent, gate=gate)
            except Refused:
                return Looked(in_hand=in_hand, asked_at=asked_at)
            async with self._places:
                if self._stopped:
                    return Looked(in_hand=in_hand, asked_at=asked_at)
                asked_at = time.monotonic()
                held = await self._ask(source, request, sent)
            if held is None:
                return Looked(in_hand=in_hand, asked_at=asked_at)
            in_hand[request.url] = held
            unchanged = held.response and self._unchanged(source, document, held)
            if not unchanged:
                return Looked(in_hand=in_hand, asked_at=asked_at)
            found.append(unchanged)
        return Looked(found=tuple(found), asked_at=asked_at)

    def stop(self) -> None:
        """Break off what is under way, and begin nothing more."""
        self._stopped = True
        for task in self._under_way:
            task.cancel()

    async def close(self) -> None:
        """Close the connections."""
        for handler in self._handlers.values():
            await handler.close()

    async def _ask(
        self, source: Source, request: scrapy.Request, sent: Mapping[str, str]
    ) -> Held | None:
        """Return what came of *request*; None when it was broken off."""
        polite, fetch = source.politeness, self._fetch
        limit = min(polite.max_bytes, fetch.max_bytes)
        request.meta["download_maxsize"] = min(request.meta.get("download_maxsize", limit), limit)
        request.meta["download_timeout"] = min(polite.timeout_s, fetch.timeout_s)
        # Set, None too: environment variables must not choose a route.
        request.meta["proxy"] = fetch.proxy
        for step in self._before:
            step.process_request(request)
        handler = self._handler(verify=polite.verify_tls and fetch.verify_tls)
        task = asyncio.ensure_future(handler.download_request(request))
        self._under_way.add(task)
        try:
            response = self._unpack.process_response(request, await task)
            assert isinstance(response, Response)
            failpoint("fetch.response_received")
            return Held(sent=sent, response=response)
        except asyncio.CancelledError:
            if self._stopped:
                return None
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, a crawler will make of it what it makes of it
            return Held(sent=sent, error=error)
        finally:
            self._under_way.discard(task)

    def _unchanged(self, source: Source, document: Document, held: Held) -> Found | None:
        assert held.response is not None
        answer = answer_of(
            held.response, source.id, document.url, sent=held.sent, held=document.held
        )
        if isinstance(answer, Failed) or not answer.unchanged:
            return None
        reading = Reading(url=document.url, kind=document.kind, answer=answer, whole=True)
        return found_in(source.id, reading, answer)

    def _handler(self, *, verify: bool) -> GuardedHandler:
        if verify not in self._handlers:
            self._handlers[verify] = GuardedHandler(self._crawler(verify=verify))
        return self._handlers[verify]

    def _crawler(self, *, verify: bool) -> Crawler:
        """Return what a handler asks for settings and signals; it never crawls."""
        settings = self._settings.copy()
        settings.set("DOWNLOAD_VERIFY_CERTIFICATES", verify, priority="spider")
        crawler = Crawler(scrapy.Spider, settings)
        crawler.stats = MemoryStatsCollector(crawler)
        crawler.spider = scrapy.Spider(name="first look")
        return crawler
