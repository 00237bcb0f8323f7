"""From any address of a site to a source: where its articles are announced, and what they give.

A walk with a `get`, like discovery: it never touches the network itself, asks for at most
`MAX_REQUESTS` documents, and settles for what it has found then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from spiders.addresses import learn_allow, likely_sections, matching
from spiders.announced import Announced, read_announced, robots_sitemaps
from spiders.discovery import Answer, Get
from spiders.extract import extract
from spiders.feeds import FeedState, read_feed
from spiders.items import Failed
from spiders.sitemaps import read_sitemap
from spiders.sources import Channel, ChannelKind, Source
from spiders.trial import SAMPLES, Sample, Way, capture, read_sample, to_read, try_channel
from spiders.zones import zone_for

#: Documents asked for in one look, articles included.
MAX_REQUESTS = 40
#: Where feeds and sitemaps stand when nobody says so, the likeliest first.
USUAL_FEEDS = ("/feed/", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/index.xml")
#: Sections looked into when the home page lists nothing itself.
SECTIONS = 5
USUAL_SITEMAPS = ("/news-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml", "/sitemap-news.xml")
#: Of each kind, in the order of trust, how many a definition needs.
_KEPT = {
    ChannelKind.FEED: 3,
    ChannelKind.WORDPRESS: 1,
    ChannelKind.SITEMAP: 1,
    ChannelKind.LISTING: 2,
}
#: What they list are articles and nothing else.
_TRUSTED = frozenset({ChannelKind.FEED, ChannelKind.WORDPRESS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What a look at a site found."""

    url: str
    #: page, article, feed, sitemap: what *url* itself is.
    role: str
    #: The definition that the look amounts to; its channels are those that work.
    source: Source
    #: Everything tried, of use or not.
    ways: tuple[Way, ...] = ()
    samples: tuple[Sample, ...] = ()
    requests: int = 0
    #: Why the site could not be looked at; None when it could.
    problem: str | None = None

    @property
    def kept(self) -> tuple[Way, ...]:
        """The ways that the definition uses."""
        return tuple(way for way in self.ways if way.channel in self.source.channels)


class _Asking:
    """`get` with a limit and a memory: one document is asked for once."""

    def __init__(self, get: Get, limit: int) -> None:
        self._get = get
        self._limit = limit
        self._held: dict[str, Answer | Failed] = {}

    @property
    def count(self) -> int:
        return len(self._held)

    async def __call__(self, url: str) -> Answer | Failed:
        if url not in self._held:
            if len(self._held) >= self._limit:
                detail = f"not asked for: {self._limit} documents are enough for a look"
                return Failed(source_id="look", url=url, error_class="budget", detail=detail)
            self._held[url] = await self._get(url)
        return self._held[url]


async def detect(
    url: str, *, get: Get, now: datetime, source_id: str = "look", limit: int = MAX_REQUESTS
) -> Detection:
    """Return what the site at *url* (its home, a section, a feed, a sitemap, an article) offers."""
    ask = _Asking(get, limit)
    first = await ask(url)
    nothing = Source(id=source_id, name=source_id, home=_root(url), channels=(), max_age=None)
    if isinstance(first, Failed):
        return Detection(
            url=url, role="page", source=nothing, problem=first.detail or first.error_class
        )
    role, article = _role(first, now)
    source = replace(nothing, home=_home(first, role))
    # Feeds and articles say little of their site; its home says the rest.
    page = first if role == "page" else await ask(source.home)
    said = _announced(page)
    ways = [way async for way in _ways(first, role, page, said, source, ask, now)]
    source = replace(source, allow=_learned(ways, said))
    ways = [_sifted(way, source.allow) for way in ways]
    source = replace(source, channels=_chosen(ways, source.allow))
    kept = [way for way in ways if way.channel in source.channels]
    samples = [] if article is None else [article]
    for entry in to_read(kept):
        if len(samples) < SAMPLES and entry.url != url:
            samples.append(await read_sample(entry, source=source, now=now, get=ask))
    source = replace(
        source,
        name=said.name or urlsplit(source.home).hostname or source_id,
        language=_language(samples, said),
    )
    return Detection(
        url=url,
        role=role,
        # For times printed without a zone: that of the host's country, or of the language's.
        source=replace(
            source, zone=zone_for(urlsplit(source.home).hostname or "", source.language)
        ),
        ways=tuple(ways),
        samples=tuple(samples),
        requests=ask.count,
    )


def _root(url: str) -> str:
    return urljoin(url, "/")


def _home(first: Answer, role: str) -> str:
    """Return the site's root; a feed or sitemap may stand on another host than its articles."""
    own = _root(first.final_url)
    if role in ("feed", "sitemap"):
        read = read_feed if role == "feed" else read_sitemap
        roots = Counter(_root(e.url) for e in read(first.body, url=first.final_url).entries)
        if roots and own not in roots:
            return roots.most_common(1)[0][0]
    return own


def _role(first: Answer, now: datetime) -> tuple[str, Sample | None]:
    """Return what the given document is; an article comes with what was read."""
    kind = first.headers.get("content-type")
    feed = read_feed(first.body, url=first.final_url, content_type=kind)
    if feed.state is not FeedState.NOT_A_FEED and feed.entries:
        return "feed", None
    sitemap = read_sitemap(first.body, url=first.final_url)
    if sitemap.readable and (sitemap.entries or sitemap.children):
        return "sitemap", None
    if urlsplit(first.final_url).path.strip("/"):
        article = extract(capture(first, now), source_id="look")
        if article.is_article and article.published_at is not None and len(article.text) > 300:
            return "article", Sample(url=first.url, article=article)
    return "page", None


def _announced(page: Answer | Failed) -> Announced:
    if isinstance(page, Failed):
        return Announced()
    kind = page.headers.get("content-type")
    return read_announced(page.body, url=page.final_url, content_type=kind)


async def _ways(
    first: Answer,
    role: str,
    page: Answer | Failed,
    said: Announced,
    source: Source,
    ask: _Asking,
    now: datetime,
) -> AsyncIterator[Way]:
    """Yield every channel worth trying, tried; documents met twice are told once."""
    seen: set[str] = set()
    working: Counter[ChannelKind] = Counter()
    given = [(ChannelKind(role), first.url, "given")] if role in ("feed", "sitemap") else []

    async def tried(kind: ChannelKind, url: str, why: str) -> Way | None:
        way = await try_channel(
            Channel(kind=kind, url=url), source=source, now=now, get=ask, why=why
        )
        if way.final_url in seen:
            return None
        if way.final_url is not None:
            seen.add(way.final_url)
        working[kind] += bool(way.entries)
        return way

    announced = [(ChannelKind.FEED, feed, "announced by the page") for feed in said.feeds]
    if said.wordpress:
        announced.append((ChannelKind.WORDPRESS, said.wordpress, "the site runs WordPress"))
        plain = urljoin(source.home, "/?rest_route=/wp/v2/posts")
        announced.append((ChannelKind.WORDPRESS, plain, "WordPress without pretty links"))
    for kind, url, why in (*given, *announced):
        if kind is ChannelKind.WORDPRESS and working[kind]:
            continue
        if way := await tried(kind, url, why):
            yield way
    for path in USUAL_FEEDS:
        if working[ChannelKind.FEED]:
            break
        if way := await tried(ChannelKind.FEED, urljoin(source.home, path), "a usual place"):
            yield way
    robots = await ask(urljoin(source.home, "/robots.txt"))
    named = () if isinstance(robots, Failed) else robots_sitemaps(robots.body)
    for url in named:
        if way := await tried(ChannelKind.SITEMAP, url, "robots.txt"):
            yield way
    for path in USUAL_SITEMAPS:
        if working[ChannelKind.SITEMAP]:
            break
        if way := await tried(ChannelKind.SITEMAP, urljoin(source.home, path), "a usual place"):
            yield way
    if not isinstance(page, Failed):
        pages = dict.fromkeys((page.url, source.home))
        for url in pages:
            if working[ChannelKind.LISTING]:
                break
            if way := await tried(ChannelKind.LISTING, url, "links in the page"):
                yield way
    # A home page of pictures and menus: the lists stand a click away.
    for url in likely_sections(said.anchors)[:SECTIONS]:
        if (
            any(working[kind] for kind in _TRUSTED)
            or working[ChannelKind.LISTING] >= _KEPT[ChannelKind.LISTING]
        ):
            break
        if way := await tried(ChannelKind.LISTING, url, "a section that the page links to"):
            yield way


def _learned(ways: Sequence[Way], said: Announced) -> tuple[str, ...]:
    """Return the pattern of the articles' addresses: by feeds where there are any."""
    trusted = [e.url for w in ways if w.channel.kind in _TRUSTED for e in w.entries]
    every = [e.url for w in ways for e in w.entries]
    taught = trusted if len(set(trusted)) >= 5 else every
    others = set(said.anchors) - set(every)
    return learn_allow(taught, others)


def _sifted(way: Way, allow: Sequence[str]) -> Way:
    entries = tuple(entry for entry in way.entries if matching(allow, entry.url))
    if way.entries and not entries:
        return replace(way, entries=(), problem="its links are not of the articles' kind")
    return replace(way, entries=entries)


def _chosen(ways: Sequence[Way], allow: Sequence[str]) -> tuple[Channel, ...]:
    """Return the channels of the definition: several ways, but no list of unknown links beside a feed."""
    room = dict(_KEPT)
    chosen: list[Channel] = []
    for kind in _KEPT:
        for way in ways:
            if way.channel.kind is not kind or not way.entries or not room[kind]:
                continue
            if kind not in _TRUSTED and not allow and chosen:
                continue
            room[kind] -= 1
            chosen.append(way.channel)
    return tuple(chosen)


def _language(samples: Sequence[Sample], said: Announced) -> str | None:
    spoken = Counter(s.article.language for s in samples if s.article and s.article.language)
    return spoken.most_common(1)[0][0] if spoken else said.language


def missing(detection: Detection) -> Iterator[str]:
    """Yield, in words, what a site lacks that no source could be made of."""
    kinds = Counter(way.channel.kind for way in detection.ways)
    working = Counter(way.channel.kind for way in detection.ways if way.entries)
    if not working[ChannelKind.FEED]:
        asked = kinds[ChannelKind.FEED]
        yield f"no feed: none is announced by the page, none of {asked} addresses tried is one"
    if not working[ChannelKind.SITEMAP]:
        yield "no sitemap: robots.txt names none that lists articles, and none is at the usual places"
    if not working[ChannelKind.WORDPRESS]:
        yield "no WordPress API"
    if not working[ChannelKind.LISTING]:
        yield (
            "no list: the page's HTML holds no three links that look like articles "
            "(lists that a script builds cannot be seen)"
        )
