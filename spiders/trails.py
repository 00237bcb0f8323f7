"""The ways back from a source's newest documents to what they no longer show.

Each trail yields documents that lie ever further back; who follows one stops when it meets what
is known. The document's own older pages come first, then what covers the whole site.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from spiders.announced import robots_sitemaps
from spiders.discovery import Answer, Get, Reading, discover
from spiders.feeds import FeedState, read_feed
from spiders.items import Failed
from spiders.older import address, older_document, paged, read_any
from spiders.sources import Channel, ChannelKind, Source
from storage.types import Discovery, Entry

#: Documents of one trail: at 20 entries a page, 400 articles.
MAX_STEPS = 20
#: Sitemaps that robots.txt names, of those the first.
_SITEMAPS = 2
_DAY = timedelta(days=1)
_PAGED = frozenset({ChannelKind.LISTING, ChannelKind.WORDPRESS})


def trails(
    source: Source, rolled: Collection[str], *, since: datetime, now: datetime, get: Get
) -> Iterator[AsyncIterator[Reading]]:
    """Yield the trails of *source* into the time after *since*, the likeliest first.

    Args:
        rolled: URLs of the channels in which nothing was known any more.
    """
    for channel in sorted(source.channels, key=lambda channel: channel.url not in rolled):
        if channel.kind is ChannelKind.FEED and channel.url in rolled:
            yield _feed(channel, get)
        elif channel.kind in _PAGED:
            deep = replace(channel, max_pages=channel.max_pages + MAX_STEPS)
            yield discover(deep, source=source, now=now, get=get)
    kinds = {channel.kind for channel in source.channels}
    for channel in source.channels:
        if channel.kind is ChannelKind.ARCHIVE:
            yield _archive(channel, source, since, now, get)
    if ChannelKind.SITEMAP not in kinds:
        yield _announced(source, since, now, get)


async def _feed(channel: Channel, get: Get) -> AsyncIterator[Reading]:
    url: str | None = channel.url
    asked: set[str] = set()
    while url is not None and url not in asked and len(asked) <= MAX_STEPS:
        asked.add(url)
        answer = await get(url)
        if isinstance(answer, Failed):
            return
        kind = answer.headers.get("content-type")
        feed = read_feed(answer.body, url=answer.final_url, content_type=kind)
        if feed.state is FeedState.NOT_A_FEED or not feed.entries:
            return
        yield Reading(url=url, kind=Discovery.FEED, answer=answer, entries=feed.entries)
        url = older_document(answer.body, answer.final_url) or paged(answer.body, url)


async def _archive(
    channel: Channel, source: Source, since: datetime, now: datetime, get: Get
) -> AsyncIterator[Reading]:
    keys = dict.fromkeys(
        address(channel.url, day) for day in _days(since, now, source.zone)[:MAX_STEPS]
    )
    for url in keys:
        answer = await get(url)
        if isinstance(answer, Failed):
            # A day without news has no page on many sites.
            continue
        entries, _ = read_any(answer, source=source, channel=channel)
        yield Reading(url=url, kind=Discovery.LISTING, answer=answer, entries=entries)


def _days(since: datetime, now: datetime, zone: str | None) -> list[str]:
    """Return the days from *now* back to *since* as the publisher counts them."""
    at = ZoneInfo(zone) if zone else now.tzinfo
    first, day = since.astimezone(at).date(), now.astimezone(at).date()
    found = []
    while day >= first:
        found.append(day.isoformat())
        day -= _DAY
    return found


async def _announced(
    source: Source, since: datetime, now: datetime, get: Get
) -> AsyncIterator[Reading]:
    robots = await get(urljoin(source.home, "/robots.txt"))
    if not isinstance(robots, Answer):
        return
    # Children of an index that did not change since are not asked for.
    late = replace(source, max_age=now - since + _DAY)
    for url in robots_sitemaps(robots.body)[:_SITEMAPS]:
        channel = Channel(kind=ChannelKind.SITEMAP, url=url)
        async for reading in discover(channel, source=late, now=now, get=get):
            # Nobody chose this sitemap: what it does not date may be the site's whole past.
            yield replace(reading, entries=_dated(reading.entries))


def _dated(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.not_after is not None)
