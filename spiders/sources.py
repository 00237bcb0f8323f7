"""A source: one publisher's channel as configured. Pure values; read from TOML by crawler/config.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class ChannelKind(StrEnum):
    """How a discovery document is read."""

    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"
    WORDPRESS = "wordpress"
    #: A URL with {year}, {month}, {day}: backfill only.
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One document (or family of documents) in which new articles are found."""

    kind: ChannelKind
    url: str
    #: CSS selector of article links on a listing; None lets the listing reader find them.
    links: str | None = None
    #: CSS selector of the "next page" link; None means {page} in the URL or no pagination.
    next_page: str | None = None
    #: Pages to follow in one pass.
    max_pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Politeness:
    """Limits a source's host may expect of us."""

    robots: bool = True
    #: Seconds between two requests to one host; robots' Crawl-delay raises it, up to 60.
    delay_s: float = 1.0
    concurrency: int = 1
    timeout_s: float = 30.0
    max_bytes: int = 16 * 1024 * 1024
    verify_tls: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a person knows of a publisher's pages that generic extraction may not find."""

    #: CSS selectors, tried in order; each empty tuple leaves the field to generic extraction.
    body: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    #: CSS selectors of elements removed before extraction.
    drop: tuple[str, ...] = ()
    #: Charset for pages that declare a wrong one or none.
    encoding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One publisher's channel."""

    #: Short, lower-case, stable: it is a key in the database.
    id: str
    name: str
    home: str
    channels: tuple[Channel, ...]
    #: ISO 639-1 of most articles; None when mixed.
    language: str | None = None
    #: IANA zone for times printed without one.
    zone: str | None = None
    #: Regular expressions (RE2) an article URL must match one of; empty allows all of the site.
    allow: tuple[str, ...] = ()
    #: Regular expressions (RE2) that refuse a URL.
    deny: tuple[str, ...] = ()
    #: Further hosts that belong to the publisher.
    hosts: tuple[str, ...] = ()
    interval: timedelta = timedelta(minutes=30)
    min_interval: timedelta = timedelta(minutes=10)
    max_interval: timedelta = timedelta(hours=24)
    #: Article pages fetched in one pass, newest first; the rest wait for the next pass.
    max_articles: int = 200
    politeness: Politeness = Politeness()
    hints: Hints = Hints()
    #: Agency whose texts this site prints, or the site itself when it is one.
    agency: str | None = None
    #: Entries older than this are not fetched on a live pass.
    max_age: timedelta | None = timedelta(days=30)
    #: Sent with every request, e.g. {"Accept-Language": "zh-CN"}.
    headers: dict[str, str] = field(default_factory=dict)
    #: When a person last checked the definition, and against what.
    checked: str | None = None
    note: str | None = None
    enabled: bool = True
