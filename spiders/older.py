"""Documents that lead further back than the newest: older feed pages, dated archives. Pure."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from spiders.discovery import Answer
from spiders.feeds import FeedState, read_feed
from spiders.listings import date_in_url, read_listing
from spiders.sitemaps import read_sitemap
from spiders.sources import Channel, Source
from storage.types import Entry

_LINK = re.compile(r"<(?:\w+:)?link\b[^>]{0,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(\w+)\s*=\s*(?:"([^"]{0,2000})"|'([^']{0,2000})')""")
_WORDPRESS = re.compile(rb"<generator[^>]{0,200}>https?://wordpress\.org/", re.IGNORECASE)


def older_document(body: bytes, base: str) -> str | None:
    """Return the address of the document before this one; None when the feed names none."""
    links: dict[str, str] = {}
    for found in _LINK.finditer(body[:200_000].decode("utf-8", "replace")):
        named = {m[1].lower(): unescape(m[2] or m[3] or "") for m in _ATTRIBUTE.finditer(found[0])}
        for relation in named.get("rel", "").lower().split():
            links.setdefault(relation, named.get("href", ""))
    # `next` of a paged feed leads to older entries (RFC 5005, section 3).
    for relation in ("prev-archive", "next"):
        if target := links.get(relation):
            try:
                return urljoin(base, target)
            except ValueError:
                return None
    return None


def paged(body: bytes, url: str) -> str | None:
    """Return the address of the page after this one of a WordPress feed; None for other feeds.

    WordPress answers `?paged=2` on every feed, and says in `generator` that it made it.
    """
    if not _WORDPRESS.search(body[:20_000]):
        return None
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    here = query.get("paged", "1")
    query["paged"] = str(int(here) + 1 if here.isdecimal() and len(here) < 6 else 2)
    return urlunsplit(parts._replace(query=urlencode(query)))


def address(template: str, key: str) -> str:
    """Return the address of a month ("2021-03") or a day ("2021-03-05")."""
    year, month, day = (*key.split("-"), "01")[:3]
    return template.replace("{year}", year).replace("{month}", month).replace("{day}", day)


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
