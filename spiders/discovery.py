"""From a channel to the documents it consists of and the entries in them.

The walk asks for documents through `get` and never touches the network itself, so that it is
tested without one, and so that `sources test` and a crawl walk alike.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from spiders.feeds import FeedState, read_feed
from spiders.items import Failed
from spiders.listings import read_listing
from spiders.sitemaps import MAX_DEPTH, MAX_URLS, read_sitemap
from spiders.sources import Channel, ChannelKind, Source
from spiders.wordpress import posts_url, read_posts
from storage.types import Discovery, Entry

#: Sitemaps read in one pass of one channel; an index lists the newest first or says when each changed.
MAX_SITEMAPS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A discovery document as it came: 200, or 304 when conditions were sent."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    encoding: str | None = None
    #: True when no conditions were sent.
    full: bool = True
    #: The bytes are the ones we hold.
    same: bool = False
    #: It was read before, whole, and all in it was stored.
    seen: bool = False

    @property
    def unchanged(self) -> bool:
        """True for a 304, or for the bytes we hold."""
        return self.status == 304 or self.same


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One document, read. `answer` is None when it did not come."""

    url: str
    kind: Discovery
    answer: Answer | None = None
    entries: tuple[Entry, ...] = ()
    #: Its validators may be saved.
    whole: bool = False
    warnings: tuple[str, ...] = ()
    failure: Failed | None = None
    #: How long it says it stays as it is, in seconds; 0 when it does not say.
    ttl_s: float = 0.0


#: Fetches one document, with conditions where something is held.
Get = Callable[[str], Awaitable[Answer | Failed]]


def discover(
    channel: Channel, *, source: Source, now: datetime, get: Get
) -> AsyncIterator[Reading]:
    """Yield each document of *channel*, read. Bounded in documents and URLs; never raises."""
    if channel.kind is ChannelKind.FEED:
        return _feed(channel, source, get)
    if channel.kind is ChannelKind.SITEMAP:
        return _sitemaps(channel, source, now, get)
    if channel.kind is ChannelKind.LISTING:
        return _listing(channel, source, get)
    if channel.kind is ChannelKind.WORDPRESS:
        return _wordpress(channel, source, get)
    return _nothing()


def first_document(channel: Channel) -> tuple[str, Discovery] | None:
    """Return the document that the walk of *channel* asks for first; None for an archive.

    When it is unchanged, the walk asks for no other.
    """
    if channel.kind is ChannelKind.FEED:
        return channel.url, Discovery.FEED
    if channel.kind is ChannelKind.SITEMAP:
        return channel.url, Discovery.SITEMAP
    if channel.kind is ChannelKind.LISTING:
        return channel.url.replace("{page}", "1"), Discovery.LISTING
    if channel.kind is ChannelKind.WORDPRESS:
        return posts_url(channel.url, page=1), Discovery.WORDPRESS
    return None


async def _nothing() -> AsyncIterator[Reading]:
    """Yield nothing: archives are for backfill only."""
    nothing: tuple[Reading, ...] = ()
    for reading in nothing:
        yield reading


def _failed(source: Source, url: str, kind: Discovery, word: str, detail: str) -> Reading:
    failure = Failed(source_id=source.id, url=url, error_class=word, detail=detail[:200])
    return Reading(url=url, kind=kind, failure=failure)


async def _feed(channel: Channel, source: Source, get: Get) -> AsyncIterator[Reading]:
    url, kind = channel.url, Discovery.FEED
    answer = await get(url)
    if isinstance(answer, Failed):
        yield Reading(url=url, kind=kind, failure=answer)
        return
    if answer.unchanged:
        yield Reading(url=url, kind=kind, answer=answer, whole=True)
        return
    feed = read_feed(
        answer.body, url=answer.final_url, content_type=answer.headers.get("content-type")
    )
    words = {
        FeedState.NOT_A_FEED: "not_a_feed",
        FeedState.EMPTY: "empty_feed",
        FeedState.TRUNCATED: "truncated",
    }
    failure = None
    if word := words.get(feed.state):
        detail = "; ".join(feed.warnings) or f"the feed is {feed.state.value.replace('_', ' ')}"
        failure = Failed(source_id=source.id, url=url, error_class=word, detail=detail[:200])
    yield Reading(
        url=url,
        kind=kind,
        answer=answer,
        entries=feed.entries,
        whole=feed.whole,
        warnings=feed.warnings,
        failure=failure,
        ttl_s=feed.ttl_s,
    )


async def _sitemaps(
    channel: Channel, source: Source, now: datetime, get: Get
) -> AsyncIterator[Reading]:
    kind = Discovery.SITEMAP
    waiting: list[tuple[str, int]] = [(channel.url, 1)]
    seen = {channel.url}
    documents = urls = 0
    while waiting and documents < MAX_SITEMAPS and urls < MAX_URLS:
        url, depth = waiting.pop(0)
        documents += 1
        answer = await get(url)
        if isinstance(answer, Failed):
            yield Reading(url=url, kind=kind, failure=answer)
            continue
        if answer.unchanged:
            yield Reading(url=url, kind=kind, answer=answer, whole=True)
            continue
        found = read_sitemap(answer.body, url=answer.final_url)
        if not found.readable:
            yield _failed(source, url, kind, "not_a_feed", "; ".join(found.warnings))
            continue
        urls += len(found.entries)
        warnings = list(found.warnings)
        children = [child for child in found.children if child.url not in seen]
        oldest = now - source.max_age if source.max_age is not None else None
        if oldest is not None:
            children = [c for c in children if c.changed_at is None or c.changed_at >= oldest]
        children.sort(key=lambda child: child.changed_at or now, reverse=True)
        if children and depth >= MAX_DEPTH:
            warnings.append(f"indexes nested deeper than {MAX_DEPTH} are not followed")
            children = []
        for child in children[:MAX_SITEMAPS]:
            if child.url not in seen:
                seen.add(child.url)
                waiting.append((child.url, depth + 1))
        yield Reading(
            url=url,
            kind=kind,
            answer=answer,
            entries=found.entries,
            # A 304 for an index would hide its children, which change on their own.
            whole=found.whole and not found.children,
            warnings=tuple(warnings),
        )


async def _listing(channel: Channel, source: Source, get: Get) -> AsyncIterator[Reading]:
    kind = Discovery.LISTING
    numbered = "{page}" in channel.url
    url: str | None = channel.url.replace("{page}", "1")
    asked: set[str] = set()
    seen: set[str] = set()
    while url is not None and url not in asked and len(asked) < max(1, channel.max_pages):
        asked.add(url)
        answer = await get(url)
        if isinstance(answer, Failed):
            yield Reading(url=url, kind=kind, failure=answer)
            return
        if answer.unchanged:
            yield Reading(url=url, kind=kind, answer=answer, whole=True)
            return
        page = read_listing(
            answer.body,
            url=answer.final_url,
            encoding=source.hints.encoding or answer.encoding,
            links=channel.links,
            next_page=channel.next_page,
            zone=source.zone,
        )
        fresh = {entry.url for entry in page.entries} - seen
        seen |= fresh
        if not page.entries and len(asked) == 1:
            detail = "; ".join((*page.warnings, "no list of article links on the page"))
            yield _failed(source, url, kind, "parse", detail)
            return
        yield Reading(
            url=url,
            kind=kind,
            answer=answer,
            entries=page.entries,
            whole=bool(page.entries),
            warnings=page.warnings,
        )
        if not fresh:
            # The page after the last one is often the first or the last again.
            return
        url = channel.url.replace("{page}", str(len(asked) + 1)) if numbered else page.next_url


async def _wordpress(channel: Channel, source: Source, get: Get) -> AsyncIterator[Reading]:
    kind = Discovery.WORDPRESS
    for number in range(1, max(1, channel.max_pages) + 1):
        url = posts_url(channel.url, page=number)
        answer = await get(url)
        if isinstance(answer, Failed):
            # The API answers 400 after the last page.
            if number == 1 or answer.error_class != "http_4xx":
                yield Reading(url=url, kind=kind, failure=answer)
            return
        if answer.unchanged:
            yield Reading(url=url, kind=kind, answer=answer, whole=True)
            return
        posts = read_posts(answer.body, url=answer.final_url)
        if not posts.readable:
            yield _failed(source, url, kind, "not_a_feed", "; ".join(posts.warnings))
            return
        yield Reading(url=url, kind=kind, answer=answer, entries=posts.entries, whole=True)
        if not posts.entries:
            return
