"""The child process of fetch tests: crawls as told, sends back one value."""

from __future__ import annotations

import logging
import os
import re
import resource
import sys
import time
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import alerts.match  # noqa: F401 - imported once, before any fork
from crawler import runner
from crawler.ingest import Desk
from storage.archive import Archive


class PlainExtractor:
    """Reads the pages of tests/fetch_fakes.py: real extraction has tests of its own."""

    def expect(self) -> None:
        """Need nothing."""

    def recall(self, source_id: str, learned: Any) -> None:
        """Remember nothing."""

    def kept(self, source_id: str) -> None:
        """Remember nothing."""

    async def extract(self, page: Any, source: Any) -> Any:
        """Return heading and paragraphs."""
        from storage.types import Article
        from storage.urls import canonical_url

        body = page.capture.body.decode("utf-8", "replace")
        if "no module for this" in body:
            raise ImportError("lxml.html.clean is gone")
        paragraphs = re.findall(r"<p>(.*?)</p>", body)
        title = re.search(r"<h1>(.*?)</h1>", body)
        return Article(
            source_id=source.id,
            url=page.capture.final_url,
            canonical_url=canonical_url(page.capture.final_url),
            title=title[1] if title else "",
            text="\n\n".join(paragraphs),
            fetched_at=page.capture.fetched_at,
            is_article=bool(paragraphs),
            refusal=None if paragraphs else "empty",
        )


@asynccontextmanager
async def plain(_: Any) -> AsyncIterator[PlainExtractor]:
    """Yield the plain extractor, whatever the options say."""
    yield PlainExtractor()


def crawl(payload: dict[str, Any]) -> dict[str, Any]:
    """Run sources; report counts, errors, memory and CPU."""
    from alerts.match import Matcher

    Archive(payload["db"]).create()
    begun, cpu = time.monotonic(), time.process_time()
    runner.open_extractor = plain
    result = runner.run_sources(
        payload["db"],
        payload["sources"],
        desk=Desk(matcher=Matcher(()), watchlists=()),
        fetch=payload["fetch"],
        run=payload["run"],
        claims=_claims(payload["due"]) if "due" in payload else None,
    )
    return {
        "outcome": result.outcome,
        "ok": result.ok,
        "skipped": result.skipped,
        "sources": {
            key: {**value.as_json(), "error": value.error, "interrupted": value.interrupted}
            for key, value in result.sources.items()
        },
        "seconds": time.monotonic() - begun,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _claims(sources: dict[str, Any]) -> Any:
    """Return what claims those of *sources* that are due, as the service's crawl processes do."""
    from pathlib import Path

    from crawler.claiming import Claims
    from crawler.config import Config

    return Claims(Config(path=Path("/windcatch.toml"), sources=sources))


def bare(payload: dict[str, Any]) -> dict[str, Any]:
    """Ask for URLs past the gate, so that only the resolver stands in the way."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from crawler.settings import for_process
    from spiders.failures import classify

    settings = for_process(payload["fetch"]) | {
        "DOWNLOADER_MIDDLEWARES": {},
        "ITEM_PIPELINES": {},
        "ROBOTSTXT_OBEY": False,
        "RETRY_ENABLED": False,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_TIMEOUT": 5,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    }
    seen: dict[str, str] = {}

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self) -> Any:
            for url in payload["urls"]:
                try:
                    yield scrapy.Request(
                        url,
                        callback=self.got,
                        errback=self.lost,
                        cb_kwargs={"asked": url},
                        dont_filter=True,
                        meta={"handle_httpstatus_all": True},
                    )
                except ValueError as error:
                    seen[url] = f"invalid: {error}"

        def got(self, response: Any, asked: str) -> None:
            seen[asked] = f"read {response.status}"

        def lost(self, failure: Any) -> None:
            seen[failure.request.cb_kwargs["asked"]] = classify(failure.value)[0]

    process = AsyncCrawlerProcess(Settings(settings))
    process.crawl(Bare)
    process.start()
    return seen


def main(mode: str, payload: dict[str, Any], pipe: Any, log: str) -> None:
    """Do the work of a child, log to the file *log*, send the result and die."""
    warnings.simplefilter("ignore")
    sys.stderr = open(log, "w", encoding="utf-8", buffering=1)  # noqa: PTH123, SIM115 - until the end
    root = logging.getLogger()
    root.handlers[:] = [logging.StreamHandler(sys.stderr)]
    root.handlers[0].setFormatter(logging.Formatter("%(name)s: %(message)s"))
    root.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    code = 0
    try:
        pipe.send({"crawl": crawl, "bare": bare}[mode](payload))
    except BaseException:  # noqa: BLE001 - reported to the parent, whatever it was
        root.exception("the child broke")
        code = 1
    pipe.close()
    sys.stderr.flush()
    # Threads of a stuck resolver must not keep the test waiting.
    os._exit(code)
