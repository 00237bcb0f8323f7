"""What a site offers to a crawler: its feeds, sitemaps and listings, and what its pages give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from crawler.clock import utcnow
from crawler.probe import Look
from spiders.discovery import Answer, discover
from spiders.extract import extract
from spiders.feeds import FeedState, read_feed
from spiders.items import Failed
from spiders.page import read_page
from spiders.sitemaps import read_sitemap
from spiders.sources import Channel, ChannelKind, Source
from storage.types import Capture, Entry

#: Channels tried, documents read of each, and articles fetched: a look, not a crawl.
_CHANNELS = 8
_DOCUMENTS = 3
_SAMPLES = 3

_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json"}
_ROBOTS_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
#: Where feeds and sitemaps stand when nobody says so.
_USUAL = (
    (ChannelKind.SITEMAP, "/sitemap.xml"),
    (ChannelKind.FEED, "/feed"),
    (ChannelKind.FEED, "/rss.xml"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    """One channel, tried."""

    kind: ChannelKind
    url: str
    entries: int = 0
    newest_at: datetime | None = None
    #: Why it is of no use; None when it is.
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleView:
    """What extraction makes of one article."""

    url: str
    title: str | None = None
    published_at: datetime | None = None
    language: str | None = None
    #: Characters of text.
    length: int = 0
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """What a look at a site found."""

    url: str
    name: str | None = None
    language: str | None = None
    #: Why the site could not be looked at; None when it could.
    problem: str | None = None
    channels: tuple[ChannelView, ...] = ()
    samples: tuple[SampleView, ...] = ()

    @property
    def useful(self) -> tuple[ChannelView, ...]:
        """The channels that brought entries."""
        return tuple(channel for channel in self.channels if channel.entries)


async def view_site(look: Look, url: str) -> SiteView:
    """Return what the site at *url* offers; *url* may be its home, a feed, a sitemap, an article."""
    first = await look(url)
    if first.good is None:
        return SiteView(url=url, problem=first.failure)
    home = urljoin(first.good.final_url, "/")
    source = Source(id="look", name="look", home=home, channels=())
    channels: list[ChannelView] = []
    entries: dict[str, Entry] = {}
    for channel in await _candidates(look, first.good):
        view, brought = await _try(look, channel, source)
        channels.append(view)
        entries |= {entry.url: entry for entry in brought if _same_host(entry.url, home)}
    newest = sorted(entries.values(), key=lambda e: str(e.published_at or ""), reverse=True)
    samples = [await _sample(look, entry) for entry in newest[:_SAMPLES]]
    about = extract(first.good, source_id="look")
    language = next((s.language for s in samples if s.language), about.language)
    return SiteView(
        url=url,
        name=about.site or urlsplit(home).hostname,
        language=language,
        channels=tuple(channels),
        samples=tuple(samples),
    )


async def _candidates(look: Look, page: Capture) -> list[Channel]:
    """Return the channels that the page, robots.txt and habit point to."""
    url = page.final_url
    kind = _kind_of(page)
    if kind is not None:
        return [Channel(kind=kind, url=url)]
    found = list(_linked(page))
    robots = await look(urljoin(url, "/robots.txt"))
    if robots.good is not None:
        text = robots.good.body[: 512 * 1024].decode("utf-8", "replace")
        found += [Channel(kind=ChannelKind.SITEMAP, url=s) for s in _ROBOTS_SITEMAP.findall(text)]
    if not found:
        found = [Channel(kind=kind, url=urljoin(url, path)) for kind, path in _USUAL]
    found.append(Channel(kind=ChannelKind.LISTING, url=url))
    distinct = {channel.url: channel for channel in found}
    return list(distinct.values())[:_CHANNELS]


def _kind_of(page: Capture) -> ChannelKind | None:
    """Return what the document itself is, when it is a channel and no web page."""
    feed = read_feed(page.body, url=page.final_url, content_type=page.header("content-type"))
    if feed.entries and feed.state is not FeedState.NOT_A_FEED:
        return ChannelKind.FEED
    head = page.body[:2048].lower()
    if b"<urlset" in head or b"<sitemapindex" in head or page.body[:2] == b"\x1f\x8b":
        sitemap = read_sitemap(page.body, url=page.final_url)
        if sitemap.readable and (sitemap.entries or sitemap.children):
            return ChannelKind.SITEMAP
    return None


def _linked(page: Capture) -> Iterator[Channel]:
    """Yield the channels that a page's `<link>` elements declare."""
    tree = read_page(page.body, content_type=page.header("content-type")).tree
    for link in tree.iter("link") if tree is not None else ():
        href, rel = link.get("href"), (link.get("rel") or "").lower().split()
        if not href:
            continue
        target = urljoin(page.final_url, href.strip())
        if "alternate" in rel and (link.get("type") or "").lower() in _FEED_TYPES:
            yield Channel(kind=ChannelKind.FEED, url=target)
        elif "https://api.w.org/" in rel:
            posts = urljoin(target, "wp/v2/posts")
            yield Channel(kind=ChannelKind.WORDPRESS, url=posts)


async def _try(
    look: Look, channel: Channel, source: Source
) -> tuple[ChannelView, tuple[Entry, ...]]:
    """Return how *channel* does, and the entries it brought."""

    async def get(url: str) -> Answer | Failed:
        looked = await look(url)
        if looked.good is None:
            return Failed(source_id=source.id, url=url, error_class="look", detail=looked.failure)
        capture = looked.good
        return Answer(
            url=url,
            final_url=capture.final_url,
            status=capture.status,
            headers=dict(capture.headers),
            body=capture.body,
        )

    entries: list[Entry] = []
    problem = None
    documents = 0
    async for reading in discover(channel, source=source, now=utcnow(), get=get):
        entries += reading.entries
        if reading.failure is not None and problem is None:
            problem = reading.failure.detail
        documents += 1
        if documents >= _DOCUMENTS:
            break
    dated = [entry.published_at for entry in entries if entry.published_at is not None]
    view = ChannelView(
        kind=channel.kind,
        url=channel.url,
        entries=len(entries),
        newest_at=max(dated, default=None),
        problem=None if entries else problem or "no entries",
    )
    return view, tuple(entries)


async def _sample(look: Look, entry: Entry) -> SampleView:
    looked = await look(entry.url)
    if looked.good is None:
        return SampleView(url=entry.url, problem=looked.failure)
    article = extract(looked.good, source_id="look", entry=entry)
    return SampleView(
        url=entry.url,
        title=article.title or None,
        published_at=article.published_at,
        language=article.language,
        length=len(article.text),
        problem=None if article.is_article else article.refusal or "not an article",
    )


def _same_host(url: str, home: str) -> bool:
    own = (urlsplit(home).hostname or "").removeprefix("www.")
    host = urlsplit(url).hostname or ""
    return host == own or host.endswith(f".{own}")
