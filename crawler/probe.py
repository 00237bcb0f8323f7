"""A look at a site without storing anything: fetching as a crawl does, for `sources test` and `doctor`.

A process can do this once, as with a crawl: the reactor cannot be started twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings

from crawler.clock import utcnow
from crawler.options import FetchOptions
from crawler.settings import for_process
from spiders.failures import classify
from spiders.gate import PORTS, GatePolicy, Refused, check_url, networks
from storage.types import Capture

#: Seconds for a whole look, whatever the site does.
_PATIENCE_S = 90.0
#: Seconds for one document of it: forty must fit.
_ONE_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one URL answered."""

    url: str
    #: None when there was no answer; `problem` says why.
    capture: Capture | None = None
    problem: str | None = None

    @property
    def good(self) -> Capture | None:
        """The answer, when it is a 200."""
        return self.capture if self.capture is not None and self.capture.status == 200 else None

    @property
    def failure(self) -> str:
        """Why it is not good, in words."""
        return self.problem or f"status {self.capture.status if self.capture else 'unknown'}"


#: Fetches one URL; never raises.
Look = Callable[[str], Awaitable[Looked]]


class _Probe(scrapy.Spider):
    """Does one piece of work inside a running crawler; makes no items."""

    name = "probe"

    def __init__(
        self,
        *,
        work: Callable[[Look], Awaitable[None]],
        gate: GatePolicy,
        proxy: str | None,
        headers: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._work = work
        self._headers = dict(headers)
        #: Read by the middlewares, as with a source's spider.
        self.gate = gate
        self.proxy = proxy
        self.asked_pause_s = 0.0

    async def start(self) -> Any:
        """Do the work; yield nothing."""
        await self._work(self._look)
        return
        yield

    async def _look(self, url: str) -> Looked:
        try:
            request = scrapy.Request(
                check_url(url, policy=self.gate), headers=self._headers, dont_filter=True
            )
            assert self.crawler.engine is not None
            response = await self.crawler.engine.download_async(request)
        except Refused as error:
            return Looked(url=url, problem=str(error))
        except Exception as error:  # noqa: BLE001 - whatever it was, it is told as a class and a line
            word, detail = classify(error)
            return Looked(url=url, problem=f"{word}: {detail}" if detail else word)
        return Looked(url=url, capture=_capture(url, response))


def _capture(url: str, response: Response) -> Capture:
    headers = tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
    return Capture(
        url=url,
        final_url=response.url,
        status=response.status,
        headers=headers,
        body=response.body,
        fetched_at=utcnow(),
    )


def look_around(
    work: Callable[[Look], Awaitable[None]],
    options: FetchOptions,
    *,
    named: Iterable[str],
    headers: Mapping[str, str] = MappingProxyType({}),
    robots: bool = True,
) -> None:
    """Run *work* with a function that fetches as a crawl would: gate, limits, robots, proxy.

    Args:
        named: URLs that a person wrote; the ports they name are allowed.
        headers: sent with every request.
        robots: obey robots.txt.

    Raises:
        TimeoutError: it took longer than 90 s.
    """
    failure: list[BaseException] = []

    async def guarded(look: Look) -> None:
        try:
            await asyncio.wait_for(work(look), _PATIENCE_S)
        except Exception as error:  # noqa: BLE001 - raised again outside the reactor, which would log it
            failure.append(error)

    settings = Settings(
        for_process(options)
        | {
            "ITEM_PIPELINES": {},
            "DOWNLOAD_DELAY": 0.2,
            "ROBOTSTXT_OBEY": robots,
            "DOWNLOAD_TIMEOUT": min(options.timeout_s, _ONE_S),
            "DOWNLOAD_VERIFY_CERTIFICATES": options.verify_tls,
        }
    )
    process = AsyncCrawlerProcess(settings)
    # Scrapy has just set its own level to DEBUG.
    logging.getLogger("scrapy").setLevel(logging.WARNING)
    gate = GatePolicy(
        private_networks=networks(options.allow_private_networks),
        ports=PORTS | {port for url in named if (port := urlsplit(url).port)},
    )
    process.crawl(_Probe, work=guarded, gate=gate, proxy=options.proxy, headers=headers)
    process.start()
    if failure:
        raise failure[0]


def fetch_all(urls: Sequence[str], options: FetchOptions) -> tuple[Looked, ...]:
    """Return what each of *urls* answers, in order, each asked once."""
    found: dict[str, Looked] = {}

    async def work(look: Look) -> None:
        async def one(url: str) -> None:
            found[url] = await look(url)

        async with asyncio.TaskGroup() as group:
            for url in urls:
                group.create_task(one(url))

    look_around(work, options, named=urls)
    return tuple(found[url] for url in urls)
