"""Fetches the further pages of an article before it is handed on, bound as one capture."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import scrapy
from scrapy.http import Response
from twisted.python.failure import Failure

from spiders.bound import bind
from spiders.failures import classify
from spiders.gate import Refused, without_secrets
from spiders.items import Failed, Page
from spiders.parts import MOST, next_part
from spiders.responses import capture_of, status_failure
from storage.types import Capture, Discovery, Entry

logger = logging.getLogger(__name__)

#: Answers that say that a page will not come.
GONE = frozenset({404, 410, 451})
#: The pages of an article together; a chain that goes on is cut, which is said.
_MOST_BYTES = 24 * 1024 * 1024
#: Before new articles: half an article waits for it.
_PRIORITY = 20


def following(
    pages: Sequence[Capture], owns: Callable[[str], bool]
) -> tuple[str | None, str | None]:
    """Return the address of the page after *pages*, and why it is not asked for when there is one.

    *owns* says whether an address is the source's.
    """
    try:
        url = next_part(
            pages[-1].body,
            content_type=pages[-1].header("content-type"),
            first=pages[0].final_url,
            read=[page.final_url for page in pages],
        )
    except ValueError:
        return None, None
    if url is None or not owns(url):
        return None, None
    if len(pages) >= MOST or sum(len(page.body) for page in pages) > _MOST_BYTES:
        return None, f"{url}: cut after {len(pages)} pages"
    return url, None


def shown_again(page: Capture, pages: Sequence[Capture]) -> bool:
    """Say whether *page* is one of *pages*: past the end, sites show the last or the first again."""
    return any(page.final_url == one.final_url or page.body == one.body for one in pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTurner:
    """Follows the pages of one article after another for one spider.

    An article is handed on when its last page is there. When one does not come, an article that we
    hold is not compared at all: half a text would look like a cut. A new one is tried again, unless
    the page is gone for good; then the rest is stored, with a warning.
    """

    source_id: str
    #: The spider's own way to a request; raises Refused.
    request: Callable[..., scrapy.Request]
    #: Whether an address is the source's.
    owns: Callable[[str], bool]
    clock: Callable[[], datetime]

    def follow(
        self, entry: Entry, pages: tuple[Capture, ...]
    ) -> Iterator[Page | Failed | scrapy.Request]:
        """Yield the request for the page after *pages*, or all of them as one."""
        url, missing = following(pages, self.owns)
        if url is None:
            yield self._whole(entry, pages, missing=missing)
        else:
            try:
                yield self.request(
                    url,
                    {},
                    scope="own",
                    priority=_PRIORITY,
                    callback=self.received,
                    errback=self.lost,
                    cb_kwargs={"entry": entry, "pages": pages},
                )
            except Refused:
                yield self._whole(entry, pages)

    def received(
        self, response: Response, entry: Entry, pages: tuple[Capture, ...]
    ) -> Iterator[Page | Failed | scrapy.Request]:
        """Add a page that came; go on, or end."""
        if response.status != 200:
            word, detail = status_failure(response)
            yield self._lacking(entry, pages, response.url, word, detail, response.status in GONE)
            return
        page = capture_of(response, response.url, now=self.clock())
        if shown_again(page, pages):
            yield self._whole(entry, pages)
        else:
            yield from self.follow(entry, (*pages, page))

    def lost(self, failure: Failure) -> Iterator[Page | Failed]:
        """Say which page did not come."""
        request: Any = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        word, detail = classify(failure.value or RuntimeError("a failure without a cause"))
        entry, pages = request.cb_kwargs["entry"], request.cb_kwargs["pages"]
        yield self._lacking(entry, pages, request.url, word, detail, False)

    def _lacking(
        self, entry: Entry, pages: tuple[Capture, ...], url: str, word: str, why: str, gone: bool
    ) -> Page | Failed:
        missing = f"{without_secrets(url)}: {why}"
        logger.warning("%s: page %d of an article: %s", self.source_id, len(pages) + 1, missing)
        if gone and entry.found_by is not Discovery.RECHECK:
            return self._whole(entry, pages, missing=missing)
        detail = (
            f"page {len(pages) + 1} of the article did not come, nothing is compared: {missing}"
        )
        return Failed(
            source_id=self.source_id, url=entry.url, error_class=word, detail=detail, entry=entry
        )

    def _whole(
        self, entry: Entry, pages: tuple[Capture, ...], *, missing: str | None = None
    ) -> Page:
        return Page(source_id=self.source_id, entry=entry, capture=bind(pages, missing=missing))
