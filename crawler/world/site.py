"""Scripted sites as values: what a publisher has on line, and what it answers. Pure.

A `Site` never changes; publishing, editing and removing return the next one. `respond` is the whole
publisher: a function of the site, the request and a counter that stands for the world moving on.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from enum import StrEnum

from crawler.world import documents, templates
from crawler.world.pieces import Fate, Piece
from crawler.world.reply import Reply, Request, html, redirect
from crawler.world.tls import Certificate


class Declared(StrEnum):
    """Where a site says which charset it uses."""

    BOTH = "both"
    HEADER = "header"
    META = "meta"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One publisher."""

    host: str
    name: str
    scheme: str = "https"
    #: One of `templates.STYLES`.
    style: str = "wordpress"
    language: str = "en"
    #: Hours east of UTC of the times it prints.
    zone_h: int = 8
    pieces: tuple[Piece, ...] = ()
    #: The discovery documents it has: rss, atom, json, sitemap, news_sitemap, listing, wordpress.
    offers: frozenset[str] = frozenset({"rss", "sitemap", "listing"})
    #: The text of robots.txt; None answers 404.
    robots: str | None = "User-agent: *\nAllow: /\n"
    #: Pieces on one listing page, items in a feed, URLs in one sitemap.
    page_size: int = 20
    feed_size: int = 50
    sitemap_size: int = 1000
    #: Send ETag and Last-Modified, and answer 304.
    validators: bool = True
    #: Counters, hot lists and ads that change with every request; implies no ETag on pages.
    noisy: bool = False
    charset: str = "utf-8"
    declared: Declared = Declared.BOTH
    #: Pack bodies for clients that accept gzip.
    packed: bool = False
    certificate: Certificate = Certificate.GOOD
    #: Further pages by target: (target, content type, body).
    extra: tuple[tuple[str, str, bytes], ...] = ()
    #: Redirects by target.
    redirects: dict[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The site's origin, e.g. `https://host`."""
        return f"{self.scheme}://{self.host}"

    def url(self, path: str) -> str:
        """Return the absolute URL of *path*."""
        return self.base + path

    def piece(self, path: str) -> Piece:
        """Return the piece at *path*.

        Raises:
            KeyError: there is none.
        """
        found = next((piece for piece in self.pieces if piece.path == path), None)
        if found is None:
            raise KeyError(f"{self.host} has no piece at {path}")
        return found

    def listed(self) -> tuple[Piece, ...]:
        """Return the pieces its lists name, newest first."""
        shown = (p for p in self.pieces if p.listed and p.fate is Fate.LIVE)
        return tuple(sorted(shown, key=lambda p: (p.published_at, p.path), reverse=True))

    def with_piece(self, piece: Piece) -> Site:
        """Return the site with *piece* in place of the one at its path, or added."""
        others = tuple(p for p in self.pieces if p.path != piece.path)
        return replace(self, pieces=(*others, piece))


def respond(site: Site, request: Request, tick: int) -> Reply:
    """Return what *site* answers; *tick* is a number that grows with every request."""
    if request.method not in ("GET", "HEAD"):
        return Reply(status=405, headers=(("Allow", "GET, HEAD"),))
    reply = _find(site, request, tick)
    if site.packed and reply.body and "gzip" in (request.header("accept-encoding") or ""):
        headers = (*reply.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
        reply = replace(reply, headers=headers, body=gzip.compress(reply.body, 1))
    return _conditional(request, reply)


def _find(site: Site, request: Request, tick: int) -> Reply:
    target = request.target
    if target in site.redirects:
        return redirect(site.redirects[target], status=301)
    for known, content_type, body in site.extra:
        if known == target:
            return Reply(headers=(("Content-Type", content_type),), body=body)
    if target == "/robots.txt":
        if site.robots is None:
            return Reply(status=404, headers=(("Content-Type", "text/plain"),))
        return Reply(headers=(("Content-Type", "text/plain"),), body=site.robots.encode())
    # Tracking parameters do not keep a real site from answering: the path alone will do.
    pieces = {p.path: p for p in site.pieces}
    piece = pieces.get(target) or pieces.get(request.path)
    if piece is not None:
        return _page(site, piece, tick)
    document = documents.find(site, request)
    if document is not None:
        return _document(site, document)
    return _html(site, templates.missing(site), status=404)


def _page(site: Site, piece: Piece, tick: int) -> Reply:
    match piece.fate:
        case Fate.NOT_FOUND:
            return _html(site, templates.missing(site), status=404)
        case Fate.GONE:
            return _html(site, templates.missing(site), status=410)
        case Fate.SOFT_GONE:
            return _html(site, templates.missing(site), status=200)
        case Fate.HOME:
            return redirect(site.url("/"))
        case Fate.BLOCKED:
            return html(templates.wall(site))
        case Fate.EMPTIED:
            page = templates.article(site, replace(piece, text="", captions=()), tick)
            return _html(site, page, status=200)
        case Fate.MOVED:
            return redirect(piece.moved_to or "/", status=301)
        case Fate.LIVE:
            page = templates.article(site, piece, tick if site.noisy else 0)
            reply = _html(site, page, status=200, changed_at=piece.changed_at)
            return replace(reply, piece=piece.path, revision=piece.revision)


def _html(site: Site, page: str, *, status: int, changed_at: datetime | None = None) -> Reply:
    declared = site.declared in (Declared.BOTH, Declared.HEADER)
    content_type = f"text/html; charset={site.charset}" if declared else "text/html"
    body = page.encode(site.charset, "xmlcharrefreplace")
    headers = [("Content-Type", content_type)]
    if changed_at is not None and site.validators and not site.noisy:
        headers += _validators(body, changed_at)
    return Reply(status=status, headers=tuple(headers), body=body)


def _document(site: Site, document: documents.Document) -> Reply:
    headers = [("Content-Type", document.content_type), *document.headers]
    if site.validators and document.status == 200:
        newest = max((p.changed_at for p in site.pieces), default=None)
        headers += _validators(document.body, newest)
    return Reply(status=document.status, headers=tuple(headers), body=document.body)


def _validators(body: bytes, changed_at: datetime | None) -> list[tuple[str, str]]:
    tag = hashlib.sha256(body).hexdigest()[:20]
    found = [("ETag", f'"{tag}"')]
    if changed_at is not None:
        # A second late, as servers are that write the file after the change.
        at = changed_at.astimezone(UTC) + timedelta(seconds=1)
        found.append(("Last-Modified", format_datetime(at, usegmt=True)))
    return found


def _conditional(request: Request, reply: Reply) -> Reply:
    """Return *reply* or 304, by RFC 9110 13.2.2: If-None-Match first, the date only without it."""
    if reply.status != 200:
        return reply
    tag = reply.header("etag")
    asked = request.header("if-none-match")
    if asked is not None:
        tags = {part.strip().removeprefix("W/") for part in asked.split(",")}
        fresh = tag is not None and (tag in tags or "*" in tags)
    else:
        since, changed = request.header("if-modified-since"), reply.header("last-modified")
        fresh = bool(since and changed) and _not_after(changed or "", since or "")
    if not fresh:
        return reply
    kept = tuple(pair for pair in reply.headers if pair[0] in ("ETag", "Last-Modified", "Vary"))
    return replace(reply, status=304, headers=kept, body=b"")


def _not_after(changed: str, since: str) -> bool:
    try:
        return parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
