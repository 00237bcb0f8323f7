"""The documents in which a scripted site names its pieces: feeds, sitemaps, listings, WordPress API.

Pure. The shapes follow RSS 2.0, RFC 4287, JSON Feed 1.1, the sitemap protocol 0.9 and WordPress'
REST API v2 (`wp/v2/posts`).
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, Any
from zlib import crc32

from crawler.world import templates
from crawler.world.pieces import Piece
from crawler.world.reply import Request

if TYPE_CHECKING:
    from crawler.world.site import Site

RSS, ATOM, JSON = "/feed", "/atom.xml", "/feed.json"
SITEMAP, SITEMAP_INDEX, NEWS_SITEMAP = "/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml"
WORDPRESS = "/wp-json/wp/v2/posts"
_NS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


@dataclass(frozen=True, slots=True)
class Document:
    """A discovery document, ready to be sent."""

    content_type: str
    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def find(site: Site, request: Request) -> Document | None:
    """Return the document *request* names, or None."""
    path, pieces = request.path, site.listed()
    if path == "/" or (path == templates.style(site).listing and "listing" in site.offers):
        return _listing(site, pieces, request)
    if path == RSS and "rss" in site.offers:
        return Document("application/rss+xml; charset=utf-8", rss(site, pieces[: site.feed_size]))
    if path == ATOM and "atom" in site.offers:
        return Document("application/atom+xml; charset=utf-8", atom(site, pieces[: site.feed_size]))
    if path == JSON and "json" in site.offers:
        return Document("application/feed+json", json_feed(site, pieces[: site.feed_size]))
    if path == NEWS_SITEMAP and "news_sitemap" in site.offers:
        return Document("application/xml", sitemap(site, pieces[: site.sitemap_size], news=True))
    if "sitemap" in site.offers:
        found = _sitemap(site, pieces, path)
        if found is not None:
            return found
    if path == WORDPRESS and "wordpress" in site.offers:
        return _wordpress(site, pieces, request)
    return None


def _listing(site: Site, pieces: Sequence[Piece], request: Request) -> Document:
    size, asked = site.page_size, request.query.get("page", "1")
    pages = max(1, -(-len(pieces) // size))
    number = int(asked) if asked.isdigit() else 1
    shown = pieces[(number - 1) * size : number * size]
    page = templates.listing(site, shown, number, pages)
    body = page.encode(site.charset, "xmlcharrefreplace")
    return Document(f"text/html; charset={site.charset}", body)


def _sitemap(site: Site, pieces: Sequence[Piece], path: str) -> Document | None:
    if path == SITEMAP:
        return Document("application/xml", sitemap(site, pieces[: site.sitemap_size]))
    parts = [pieces[i : i + site.sitemap_size] for i in range(0, len(pieces), site.sitemap_size)]
    if path == SITEMAP_INDEX:
        names = (site.url(f"/sitemap-{n}.xml.gz") for n in range(1, len(parts) + 1))
        rows = "".join(f"<sitemap><loc>{escape(name)}</loc></sitemap>" for name in names)
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{_NS}">{rows}'
        return Document("application/xml", (text + "</sitemapindex>").encode())
    for number, part in enumerate(parts, 1):
        if path == f"/sitemap-{number}.xml.gz":
            # mtime=0: the same pieces give the same bytes, hence the same ETag.
            return Document("application/gzip", gzip.compress(sitemap(site, part), mtime=0))
    return None


def rss(site: Site, pieces: Sequence[Piece]) -> bytes:
    """Return an RSS 2.0 feed of *pieces*, as WordPress writes it."""
    items = "".join(
        f"<item><title>{escape(p.title)}</title><link>{escape(site.url(p.path))}</link>"
        f"<pubDate>{format_datetime(p.published_at.astimezone(UTC))}</pubDate>"
        f"{''.join(f'<dc:creator>{escape(name)}</dc:creator>' for name in p.authors)}"
        f"<category>{escape(p.section)}</category>"
        f'<guid isPermaLink="false">{escape(site.url("/?p="))}{number(p)}</guid>'
        f"<description>{escape(summary(p))}</description></item>\n"
        for p in pieces
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>{escape(site.name)}</title><link>{site.base}</link>"
        f"<description>{escape(site.name)}</description><language>{site.language}</language>\n"
        f"{items}</channel></rss>"
    ).encode()


def atom(site: Site, pieces: Sequence[Piece]) -> bytes:
    """Return an Atom feed of *pieces*."""
    newest = max((p.changed_at for p in pieces), default=datetime(2020, 1, 1, tzinfo=UTC))
    entries = "".join(
        f"<entry><title>{escape(p.title)}</title><id>tag:{site.host},2020:{number(p)}</id>"
        f'<link rel="alternate" type="text/html" href="{escape(site.url(p.path))}"/>'
        f"<published>{_iso(p.published_at)}</published><updated>{_iso(p.changed_at)}</updated>"
        f"<summary>{escape(summary(p))}</summary></entry>\n"
        for p in pieces
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(site.name)}</title><id>{site.base}/</id>"
        f"<updated>{_iso(newest)}</updated>\n{entries}</feed>"
    ).encode()


def json_feed(site: Site, pieces: Sequence[Piece]) -> bytes:
    """Return a JSON Feed of *pieces*."""
    items = [
        {
            "id": str(number(p)),
            "url": site.url(p.path),
            "title": p.title,
            "summary": summary(p),
            "date_published": _iso(p.published_at),
            "date_modified": _iso(p.changed_at),
        }
        for p in pieces
    ]
    top = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name,
        "home_page_url": site.url("/"),
        "items": items,
    }
    return json.dumps(top, ensure_ascii=False).encode()


def sitemap(site: Site, pieces: Sequence[Piece], *, news: bool = False) -> bytes:
    """Return a sitemap of *pieces*, with Google's news extension if *news*."""
    extra = f' xmlns:news="{_NEWS}"' if news else ""
    rows = []
    for p in pieces:
        told = (
            f"<news:news><news:publication><news:name>{escape(site.name)}</news:name>"
            f"<news:language>{site.language}</news:language></news:publication>"
            f"<news:publication_date>{_iso(p.published_at)}</news:publication_date>"
            f"<news:title>{escape(p.title)}</news:title></news:news>"
            if news
            else f"<lastmod>{_iso(p.changed_at)}</lastmod>"
        )
        rows.append(f"<url><loc>{escape(site.url(p.path))}</loc>{told}</url>\n")
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_NS}"{extra}>\n'
    return (head + "".join(rows) + "</urlset>").encode()


def _wordpress(site: Site, pieces: Sequence[Piece], request: Request) -> Document:
    asked = request.query
    size, page = asked.get("per_page", "10"), asked.get("page", "1")
    if not (size.isdigit() and page.isdigit() and 1 <= int(size) <= 100):
        return Document("application/json", b'{"code":"rest_invalid_param"}', 400)
    after = asked.get("after", "")
    kept = [p for p in pieces if _iso(p.published_at)[:19] > after[:19]]
    pages = -(-len(kept) // int(size))
    totals = (("X-WP-Total", str(len(kept))), ("X-WP-TotalPages", str(pages)))
    if int(page) > max(1, pages):
        return Document("application/json", b'{"code":"rest_post_invalid_page_number"}', 400)
    shown = kept[(int(page) - 1) * int(size) : int(page) * int(size)]
    body = json.dumps([_post(site, p) for p in shown], ensure_ascii=False).encode()
    return Document("application/json; charset=UTF-8", body, 200, totals)


def _post(site: Site, piece: Piece) -> dict[str, Any]:
    return {
        "id": number(piece),
        "date_gmt": _iso(piece.published_at)[:19],
        "modified_gmt": _iso(piece.changed_at)[:19],
        "link": site.url(piece.path),
        "status": "publish",
        "type": "post",
        "title": {"rendered": escape(piece.title)},
        "content": {"rendered": templates.paragraphs(piece), "protected": False},
        "excerpt": {"rendered": f"<p>{escape(summary(piece))}</p>\n"},
    }


def number(piece: Piece) -> int:
    """Return a post number that depends on the path only."""
    return crc32(piece.path.encode())


def summary(piece: Piece) -> str:
    """Return the first 160 characters of the text."""
    return " ".join(piece.text.split())[:160]


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
