"""What is fuzzed, and what must hold for every input. An AssertionError is a finding, as any other."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from fuzz_seeds import CONFIGS, FEEDS, LISTINGS, PAGES, SITEMAPS, URLS, WATCHLISTS, WORDS

from alerts.watchlist import WatchlistError, load_watchlists
from crawler.config import ConfigError, parse
from spiders.extract import extract
from spiders.feedgate import MAX_ITEMS
from spiders.feeds import MAX_SUMMARY, MAX_TITLE, read_feed
from spiders.gate import PORTS, Refused, blocked, check_url
from spiders.listings import read_listing
from spiders.older import older_document, paged
from spiders.sitemaps import MAX_URLS, read_sitemap
from storage.types import Capture, Entry

HERE = "https://one.example/news/"
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_ADDRESS = re.compile(r"[\d.]+|\[.*\]")
_PATH = Path("/nowhere/windcatch.toml")


@dataclass(frozen=True, slots=True)
class Target:
    """One reader."""

    #: Reads an input and returns what kind of outcome it was: new kinds are worth following.
    run: Callable[[bytes], str]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...]
    #: Processor seconds one input may take.
    limit_s: float = 8.0


def _entries(entries: tuple[Entry, ...]) -> None:
    for entry in entries:
        assert entry.url
        assert len(entry.title or "") <= MAX_TITLE
        assert len(entry.summary or "") <= MAX_SUMMARY
        assert not _LINE.search(f"{entry.title}{entry.summary}")
        moment = entry.published_at
        assert moment is None or (moment.tzinfo is not None and 1990 <= moment.year <= 2101)


def feed(data: bytes) -> str:
    """Return what kind of feed it was taken for."""
    read = read_feed(data, url=HERE, content_type="application/xml")
    _entries(read.entries)
    assert len(read.entries) <= MAX_ITEMS
    assert 0 <= read.ttl_s <= 86_400
    assert not (read.whole and read.warnings)
    older_document(data, HERE)
    paged(data, HERE)
    return f"{read.state} {min(len(read.entries), 9)} {sorted(_words(read.warnings))}"


def sitemap(data: bytes) -> str:
    """Return what kind of sitemap it was taken for."""
    read = read_sitemap(data, url=HERE)
    _entries(read.entries)
    assert len(read.entries) + len(read.children) <= MAX_URLS
    assert read.readable or not read.whole
    shown = (min(len(read.entries), 9), min(len(read.children), 9))
    return f"{read.readable} {read.whole} {shown} {sorted(_words(read.warnings))}"


def listing(data: bytes) -> str:
    """Return how many links were found."""
    read = read_listing(data, url=HERE, zone="Asia/Shanghai")
    _entries(read.entries)
    return f"{min(len(read.entries), 20)} {read.next_url is None} {sorted(_words(read.warnings))}"


def gate(data: bytes) -> str:
    """Return why the URL was refused; what passes is the same to every parser, and no inner address."""
    url = data.decode("utf-8", "replace")
    try:
        passed = check_url(url)
    except Refused as error:
        return error.reason
    assert check_url(passed) == passed, "not idempotent"
    parts = urlsplit(passed)
    assert parts.scheme in ("http", "https")
    assert parts.username is None
    assert parts.password is None
    assert (parts.port or {"http": 80, "https": 443}[parts.scheme]) in PORTS
    host = parts.hostname or ""
    assert passed.isprintable()
    assert "\\" not in passed
    if _ADDRESS.fullmatch(parts.netloc.rpartition("@")[2].rsplit(":", 1)[0]):
        assert not blocked(host), host
    assert host != "localhost"
    return f"passed {parts.scheme} {host.isascii()} {bool(parts.query)}"


def page(data: bytes) -> str:
    """Return what the page was taken for."""
    capture = Capture(
        url=HERE + "a.html",
        final_url=HERE + "a.html",
        status=200,
        headers=(("content-type", "text/html"),),
        body=data,
        fetched_at=NOW,
    )
    article = extract(capture, source_id="one")
    assert "\x00" not in article.text + article.title
    assert not (article.refusal or "").startswith("extraction failed"), article.refusal
    assert urlsplit(article.canonical_url).scheme in ("http", "https")
    size = len(article.text).bit_length()
    dated = article.published_at is not None
    return f"{article.is_article} {article.refusal} {size} {dated} {len(article.authors)}"


def config(data: bytes) -> str:
    """Return which problems were named; nothing else may be raised."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "not UTF-8"
    try:
        found = parse(text, path=_PATH, name="windcatch.toml", environ={}, watchlist_texts={})
    except ConfigError as error:
        told = [str(problem) for problem in error.problems]
        assert told, "no problem named"
        assert all("\n" not in line and "\x1b" not in line for line in told), told
        return " ".join(sorted({re.sub(r"[^a-z ]+", "#", line)[-40:] for line in told}))[:200]
    return f"sound {len(found.sources)}"


def watchlist(data: bytes) -> str:
    """Return which problems were named; nothing else may be raised."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "not UTF-8"
    try:
        (found,) = load_watchlists({"w.toml": text})
    except WatchlistError as error:
        told = str(error).splitlines()
        assert told, "no problem named"
        assert not any(_LINE.search(line) for line in told), told
        return " ".join(sorted({re.sub(r"[^a-z ]+", "#", line)[-40:] for line in told}))[:200]
    return f"sound {len(found.themes)}"


def _words(warnings: tuple[str, ...]) -> set[str]:
    return {re.sub(r"\d+", "#", warning)[:30] for warning in warnings}


TARGETS = {
    "feed": Target(feed, FEEDS, WORDS["xml"]),
    "sitemap": Target(sitemap, SITEMAPS, WORDS["xml"]),
    "listing": Target(listing, LISTINGS, WORDS["html"]),
    "gate": Target(gate, URLS, WORDS["url"], 0.5),
    "page": Target(page, PAGES, WORDS["html"], 20.0),
    "config": Target(config, CONFIGS, WORDS["toml"], 2.0),
    "watchlist": Target(watchlist, WATCHLISTS, WORDS["query"], 2.0),
}
