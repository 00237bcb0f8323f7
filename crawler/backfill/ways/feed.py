"""Feeds with archives (RFC 5005): `prev-archive`, or the pages of a paged feed (`next`)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from crawler.backfill.dates import Reach, Run, of_entry
from crawler.backfill.steps import Job, Step, Wanted, WayFailed
from spiders.feeds import FeedState, read_feed
from spiders.older import older_document

ENOUGH = 20
MAX_DOCUMENTS = 2000


async def work(job: Job) -> AsyncIterator[Step]:
    """Yield the documents of a feed and its archives, the newest first.

    Raises:
        WayFailed: one did not come, or is no feed.
    """
    assert job.channel is not None
    cursor = dict(job.unit.cursor)
    url: str | None = cursor.get("url") or job.channel.url
    row = Run(ENOUGH, int(cursor.get("older", 0)))
    asked: set[str] = set()
    while url is not None and url not in asked:
        if len(asked) >= MAX_DOCUMENTS:
            raise WayFailed(f"more than {MAX_DOCUMENTS} documents")
        asked.add(url)
        answer = await job.document(url)
        kind = answer.headers.get("content-type")
        feed = read_feed(answer.body, url=answer.final_url, content_type=kind)
        if feed.state is FeedState.NOT_A_FEED:
            raise WayFailed(f"{url[:200]}: not a feed")
        wanted = []
        for entry in feed.entries:
            reach = of_entry(entry, job.span, zone=job.source.zone, trusted=True)
            row.take(reach)
            if reach in (Reach.WITHIN, Reach.UNKNOWN):
                wanted.append(Wanted(entry=entry))
        url = None if row.over else older_document(answer.body, answer.final_url)
        yield Step(
            wanted=tuple(wanted),
            outside=len(feed.entries) - len(wanted),
            cursor={"older": row.count} | ({"url": url} if url else {"over": True}),
        )
