"""Dated archive pages: one address a day or a month, `{year}`, `{month}`, `{day}` in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from crawler.backfill.dates import Reach, of_entry
from crawler.backfill.span import DAY, Span
from crawler.backfill.steps import Job, Step, Wanted
from spiders.discovery import Answer
from spiders.feeds import FeedState, read_feed
from spiders.listings import date_in_url, read_listing
from spiders.sitemaps import read_sitemap
from spiders.sources import Channel, Source
from storage.types import Entry

#: Pages of one day or month: a site that leads on and on is a trap.
MAX_PAGES = 50


def address(template: str, key: str) -> str:
    """Return the address of a month ("2021-03") or a day ("2021-03-05")."""
    year, month, day = (*key.split("-"), "01")[:3]
    return template.replace("{year}", year).replace("{month}", month).replace("{day}", day)


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


def read_any(
    answer: Answer, *, source: Source, channel: Channel
) -> tuple[tuple[Entry, ...], str | None]:
    """Return the entries of a document of unknown kind, and the page after it."""
    head = answer.body[:300].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<urlset" in answer.body[:2000] or answer.body[:2] == b"\x1f\x8b":
        return read_sitemap(answer.body, url=answer.final_url).entries, None
    if head.startswith((b"<?xml", b"<rss", b"<feed", b"{")):
        kind = answer.headers.get("content-type")
        feed = read_feed(answer.body, url=answer.final_url, content_type=kind)
        if feed.state is not FeedState.NOT_A_FEED:
            return feed.entries, None
    page = read_listing(
        answer.body,
        url=answer.final_url,
        encoding=source.hints.encoding or answer.encoding,
        links=channel.links,
        next_page=channel.next_page,
        zone=source.zone,
    )
    if page.entries:
        return page.entries, page.next_url
    # A day with two articles has no list to recognise; their addresses state the day all the same.
    links = read_listing(answer.body, url=answer.final_url, links="a[href]", zone=source.zone)
    dated = [e for e in links.entries if date_in_url(e.url, source.zone) is not None]
    return tuple(dated), page.next_url
