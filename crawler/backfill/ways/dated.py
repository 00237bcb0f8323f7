"""Dated archive pages: one address a day or a month, `{year}`, `{month}`, `{day}` in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from crawler.backfill.dates import Reach, of_entry
from crawler.backfill.span import DAY, Span
from crawler.backfill.steps import Job, Step, Wanted
from spiders.older import address, read_any
from storage.types import Entry

#: Pages of one day or month: a site that leads on and on is a trap.
MAX_PAGES = 50


async def work(job: Job) -> AsyncIterator[Step]:
    """Yield the pages of one day's or month's archive.

    Raises:
        WayFailed: a page of it did not come.
    """
    assert job.channel is not None
    period, cursor = job.unit.key.rpartition(" ")[2], dict(job.unit.cursor)
    url: str | None = cursor.get("url") or address(job.channel.url, period)
    asked: set[str] = set()
    seen: set[str] = set()
    while url is not None and url not in asked and len(asked) < MAX_PAGES:
        asked.add(url)
        answer = await job.document(url)
        entries, following = read_any(answer, source=job.source, channel=job.channel)
        fresh = [entry for entry in entries if entry.url not in seen]
        seen.update(entry.url for entry in fresh)
        wanted = [entry for entry in fresh if _belongs(entry, job)]
        url = following if fresh else None
        yield Step(
            wanted=tuple(Wanted(entry=entry) for entry in wanted),
            outside=len(fresh) - len(wanted),
            cursor={"url": url} if url else {"over": True},
        )


def _belongs(entry: Entry, job: Job) -> bool:
    # The unit's own day or month, as printed: the archive's pages carry links to other days too.
    wide = Span(job.span.begin - DAY, job.span.end + DAY)
    reach = of_entry(entry, wide, zone=job.source.zone, trusted=False)
    return reach in (Reach.WITHIN, Reach.UNKNOWN)
