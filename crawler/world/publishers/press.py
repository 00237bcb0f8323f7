"""What the fixture publishers share: a story, its publisher, and the lists that name it. Pure.

A story's page is written from the same value that says what must be read from it, so that no
expectation can drift from its page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit

from crawler.world.prose import compose
from crawler.world.site import Site
from storage.types import Attribution, Precision, Wire

#: The moment at which the fixtures are read; every story is some hours older.
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

BEIJING = timezone(timedelta(hours=8))
SEOUL = timezone(timedelta(hours=9))


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article: what is printed, and what must come out."""

    title: str
    #: Without datelines, captions, notes.
    paragraphs: tuple[str, ...]
    #: In the publisher's own zone, as precise as it is printed.
    at: datetime
    url: str = ""
    precision: Precision = Precision.MINUTE
    language: str = "en"
    #: The number in its address.
    number: int = 0
    #: Printed before the first paragraph: "BEIJING, Nov. 18 (Xinhua) -- ".
    lead: str = ""
    wire: Wire = field(default_factory=Wire)
    attribution: Attribution = field(default_factory=Attribution)
    authors: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    kind: str = "news"

    @property
    def published_at(self) -> datetime:
        """The time that must come out, UTC: a day alone is its midnight in UTC."""
        if self.precision is Precision.DAY:
            return self.at.replace(tzinfo=UTC)
        return self.at.astimezone(UTC)

    @property
    def first(self) -> str:
        """The first paragraph as printed."""
        return self.lead + self.paragraphs[0]

    def html(self, *, indent: str = "", tag: str = "p") -> str:
        """Return the text as HTML paragraphs, each opened by *indent*."""
        told = (self.first, *self.paragraphs[1:])
        return "\n".join(f"<{tag}>{indent}{escape(text)}</{tag}>" for text in told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A built-in source's publisher: every document and page of it, by URL."""

    source_id: str
    stories: tuple[Story, ...]
    #: (content type, body) by URL.
    documents: Mapping[str, tuple[str, bytes]]
    #: Words of its chrome, which no text may contain.
    never: tuple[str, ...]
    #: Pages that look like articles and must be refused, by URL.
    refused: tuple[str, ...] = ()


Row = Callable[[Story], str]


def told(seed: int, count: int = 3, *, language: str = "en", zone: timezone = BEIJING,
         topic: str | None = None) -> tuple[Story, ...]:  # fmt: skip
    """Return *count* made-up stories, newest first, 7 hours apart."""
    found = []
    for i in range(count):
        title, text = compose(seed * 100 + i, language, topic=topic)
        at = (NOW - timedelta(hours=3 + 7 * i, minutes=seed % 50)).astimezone(zone)
        story = Story(
            title=title,
            paragraphs=tuple(text.split("\n\n")),
            at=at.replace(second=0, microsecond=0),
            number=seed * 100 + i,
            language={"zh": "zh-hans"}.get(language, language),
        )
        found.append(story)
    return tuple(found)


def placed(stories: Iterable[Story], address: Callable[[Story], str]) -> tuple[Story, ...]:
    """Return *stories* with the URLs that *address* gives them."""
    return tuple(replace(story, url=address(story)) for story in stories)


def hexadecimal(story: Story, digits: int) -> str:
    """Return a number of that many hexadecimal digits that depends on the story only."""
    return f"{story.number * 0x9E3779B97F4A7C15 + 0xABCDEF0123456789ABCDEF:0{digits}x}"[-digits:]


def page(text: str, charset: str = "utf-8") -> tuple[str, bytes]:
    """Return an HTML document as it is sent."""
    return f"text/html; charset={charset}", text.encode(charset, "xmlcharrefreplace")


def bare_page(text: str, charset: str) -> tuple[str, bytes]:
    """Return an HTML document whose charset the header does not say."""
    return "text/html", text.encode(charset, "xmlcharrefreplace")


def feed(
    name: str, home: str, stories: Sequence[Story], *, dated: bool = True
) -> tuple[str, bytes]:
    """Return an RSS 2.0 feed."""
    items = "".join(
        f"<item><title><![CDATA[{s.title}]]></title><link>{escape(s.url)}</link>"
        + (f"<pubDate>{format_datetime(s.at.astimezone(UTC))}</pubDate>" if dated else "")
        + f"<description><![CDATA[{s.paragraphs[0][:120]}]]></description></item>\n"
        for s in stories
    )
    text = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>{escape(name)}'
        f"</title><link>{escape(home)}</link><description></description>{items}</channel></rss>"
    )
    return "text/xml; charset=utf-8", text.encode()


def news_sitemap(name: str, language: str, stories: Sequence[Story]) -> tuple[str, bytes]:
    """Return a sitemap with the news extension."""
    rows = "".join(
        f"<url><loc>{escape(s.url)}</loc><news:news><news:publication><news:name>{escape(name)}"
        f"</news:name><news:language>{language}</news:language></news:publication>"
        f"<news:publication_date>{s.at.isoformat()}</news:publication_date>"
        f"<news:title>{escape(s.title)}</news:title></news:news></url>\n"
        for s in stories
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>'
    )
    return "application/xml", text.encode()


def sitemap(stories: Sequence[Story]) -> tuple[str, bytes]:
    """Return a plain sitemap."""
    rows = "".join(
        f"<url><loc>{escape(s.url)}</loc><lastmod>{s.at.isoformat()}</lastmod></url>\n"
        for s in stories
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    )
    return "application/xml", text.encode()


def sites(presses: Iterable[Press]) -> tuple[Site, ...]:
    """Return the hosts of *presses* as sites for a FakeWorld: both schemes, true names."""
    hosts: dict[str, dict[str, tuple[str, bytes]]] = {}
    for press in presses:
        for url, document in press.documents.items():
            parts = urlsplit(url)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            hosts.setdefault(parts.hostname or "", {})[target] = document
    return tuple(
        Site(
            host=host,
            name=host,
            offers=frozenset(),
            extra=tuple((target, kind, body) for target, (kind, body) in documents.items()),
        )
        for host, documents in hosts.items()
    )
