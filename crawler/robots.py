"""robots.txt: fetched once per host and pass, read within limits, obeyed (RFC 9309)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured, StopDownload
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from spiders.failures import Dropped, classify
from spiders.responses import status_failure

logger = logging.getLogger(__name__)

#: RFC 9309, 2.5 asks for at least 500 KiB; what lies beyond is cut, not a reason to ignore all.
MAX_BYTES = 512 * 1024
#: Protego needs 8.5 s for 100,000 rules (measured), on the event loop.
MAX_LINES = 5000
MAX_LINE = 2000
#: Seconds. Sites that state more mean "go away"; a source's own delay can say so.
MAX_CRAWL_DELAY = 60.0

_CUT = "windcatch_cut"


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a robots.txt could not be read, in the words of spiders/failures.py."""

    error_class: str
    detail: str


def trimmed(body: bytes) -> str:
    """Return *body* within the limits, as text; cut at the end of a line."""
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES].rpartition(b"\n")[0]
    lines = body.decode("utf-8", "replace").replace("\x00", "").splitlines()[:MAX_LINES]
    return "\n".join(line for line in lines if len(line) <= MAX_LINE)


class Robots:
    """Asks robots.txt before the first request to a host.

    4xx: everything is allowed. 5xx, time-outs and everything else: nothing is, for this pass.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self.crawler = crawler
        self._agent: str = crawler.settings["USER_AGENT"]
        self._rules: dict[str, asyncio.Future[Protego | Unread | None]] = {}
        crawler.signals.connect(self._received, signal=signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Robots:
        """Build it; absent when the source's politeness says `robots = false`."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let *request* pass.

        Raises:
            Dropped: robots.txt forbids it, or could not be read.
        """
        if request.meta.get(_CUT) is not None:
            return
        key = _site(request.url)
        rules = self._rules.get(key)
        if rules is None:
            rules = self._rules[key] = asyncio.get_running_loop().create_future()
            rules.set_result(await self._fetch(key))
        found = await asyncio.shield(rules)
        if isinstance(found, Unread):
            # Named as what it is: of a line that is down, robots.txt is the first to tell.
            raise Dropped(found.error_class, f"robots.txt could not be read: {found.detail}")
        if found is not None and not found.can_fetch(request.url, self._agent):
            # Final, so that it is remembered as a refusal (and tried again ever more rarely): one
            # forbidden entry would otherwise keep its feed from ever being answered with 304.
            raise Dropped("robots", "forbidden by robots.txt", final=True)
        if found is not None:
            self._slow_down(request, found)

    def said(self, urls: Collection[str]) -> tuple[frozenset[str], float] | None:
        """Return which of *urls* may be asked for, and the longest pause wanted, in seconds.

        None when robots.txt of one of their sites was not read in this pass.
        """
        allowed, delay = set(), 0.0
        for url in urls:
            rules = self._rules.get(_site(url))
            if rules is None or not rules.done():
                return None
            found = rules.result()
            if found is None:
                allowed.add(url)
            elif not isinstance(found, Unread) and found.can_fetch(url, self._agent):
                allowed.add(url)
                delay = max(delay, min(float(found.crawl_delay(self._agent) or 0), MAX_CRAWL_DELAY))
        return frozenset(allowed), delay

    async def _fetch(self, site: str) -> Protego | Unread | None:
        """Return the rules, None for "no rules", or why nothing is allowed for now."""
        request = Request(
            f"{site}/robots.txt",
            priority=1000,
            callback=NO_CALLBACK,
            dont_filter=True,
            meta={_CUT: 0, "max_retry_times": 1, "handle_httpstatus_all": True},
        )
        assert self.crawler.engine is not None
        try:
            response: Response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - any failure means "unreachable" (RFC 9309, 2.3.1.4)
            word, detail = classify(error)
            return Unread(word, detail) if word != "redirect_loop" else None
        if response.status == 429:
            return Unread("retry_later", "HTTP 429")
        if 400 <= response.status < 500:
            return None
        if not 200 <= response.status < 300:
            return Unread(*status_failure(response))
        try:
            return Protego.parse(trimmed(response.body))
        except Exception as error:  # noqa: BLE001 - a third party's parser on a stranger's text
            logger.warning("robots.txt of %s could not be parsed: %s", site, error)
            return None

    def _slow_down(self, request: Request, rules: Protego) -> None:
        stated = rules.crawl_delay(self._agent)
        if stated is None or self.crawler.engine is None:
            return
        downloader: Any = self.crawler.engine.downloader
        delay = min(float(stated), MAX_CRAWL_DELAY)
        if not delay > self.crawler.settings.getfloat("DOWNLOAD_DELAY"):
            return
        key = downloader.get_slot_key(request)
        # Idle slots are dropped after a minute and rebuilt from these settings.
        settings = downloader.per_slot_settings.setdefault(key, {})
        if settings.get("delay") != delay:
            settings |= {"delay": delay, "concurrency": 1}
            if float(stated) > MAX_CRAWL_DELAY:
                logger.warning("%s: Crawl-delay %s clamped to %s s", key, stated, delay)
        if key in downloader.slots:
            downloader.slots[key].delay = delay

    def _received(self, data: bytes, request: Request) -> None:
        """Stop a robots.txt that is too long; what has come is used."""
        if (so_far := request.meta.get(_CUT)) is None:
            return
        request.meta[_CUT] = so_far + len(data)
        if request.meta[_CUT] > MAX_BYTES:
            raise StopDownload(fail=False)


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
