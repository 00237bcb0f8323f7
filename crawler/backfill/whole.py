"""The further pages of an article of the past, fetched before it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from crawler.backfill.fetching import Fetcher
from spiders.bound import bind
from spiders.gate import without_secrets
from spiders.items import Failed
from spiders.page_turner import GONE, following, shown_again
from spiders.responses import capture_of, status_failure
from storage.types import Capture


async def whole(
    first: Capture, *, fetcher: Fetcher, owns: Callable[[str], bool], clock: Callable[[], datetime]
) -> Capture | Failed:
    """Return the article that begins on *first* as one capture of all its pages.

    A page that is gone for good is left out, with a warning; one that may come another time makes
    the article a failure, to be asked for again: half a text, once stored, looks like a cut.
    """
    pages: tuple[Capture, ...] = (first,)
    while True:
        url, missing = following(pages, owns)
        if url is None:
            return bind(pages, missing=missing)
        response = await fetcher.get(url, own=True)
        if isinstance(response, Failed):
            failed = response
        elif response.status != 200:
            word, detail = status_failure(response)
            failed = Failed(
                source_id=fetcher.spider.source.id,
                url=url,
                error_class=word,
                detail=detail,
                final=response.status in GONE,
            )
        else:
            page = capture_of(response, response.url, now=clock())
            if shown_again(page, pages):
                return bind(pages)
            pages = (*pages, page)
            continue
        lacking = f"{without_secrets(url)}: {failed.detail}"
        if failed.final:
            return bind(pages, missing=lacking)
        return replace(failed, detail=f"page {len(pages) + 1} did not come: {lacking}")
