"""What a page and robots.txt announce: feeds, sitemaps, WordPress, language, name. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import html

from spiders.page import read_page
from spiders.structured import read_structured
from storage.urls import same_site

FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_ROBOTS_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_FEED_PATH = re.compile(r"(?:^|[/._-])(?:rss|feed|atom)(?:[/._-]|$)|\.(?:rss|rdf)$", re.IGNORECASE)
#: Comments are no articles, and every page of WordPress announces its own.
_COMMENTS = re.compile(r"comments?|/replies/", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.IGNORECASE)
MAX_ANCHORS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What one HTML page says of its site."""

    feeds: tuple[str, ...] = ()
    #: `.../wp-json/wp/v2/posts` (or `?rest_route=/wp/v2/posts`), when the page says that WordPress made it.
    wordpress: str | None = None
    name: str | None = None
    #: ISO 639-1 of `<html lang>`.
    language: str | None = None
    #: Same-site links, in order, each once.
    anchors: tuple[str, ...] = ()


def read_announced(body: bytes, *, url: str, content_type: str | None = None) -> Announced:
    """Return what the page at *url* announces; nothing for what is no HTML. Never raises."""
    tree = read_page(body, content_type=content_type).tree
    if tree is None:
        return Announced()
    said = read_structured(tree, url=url)
    anchors = tuple(_anchors(tree, url))
    feeds = dict.fromkeys(_links(tree, url))
    # Lists of feeds are plain links on many sites, to addresses that say what they are.
    feeds |= dict.fromkeys(a for a in anchors if _FEED_PATH.search(urlsplit(a).path))
    language = _LANGUAGE.match(said.lang or "")
    return Announced(
        feeds=tuple(feed for feed in feeds if not _COMMENTS.search(feed))[:6],
        wordpress=_wordpress(tree, body, url),
        name=said.site or _name(tree),
        language=language.group().lower() if language else None,
        anchors=anchors,
    )


def robots_sitemaps(body: bytes) -> tuple[str, ...]:
    """Return the sitemaps that robots.txt names, those of news first, at most 5."""
    text = body[: 512 * 1024].decode("utf-8", "replace")
    found = [
        url for url in _ROBOTS_SITEMAP.findall(text) if url.startswith(("http://", "https://"))
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda url: "news" not in url.lower())[:5])


def _links(tree: html.HtmlElement, url: str) -> list[str]:
    found = []
    for link in tree.iter("link"):
        rel, kind = (link.get("rel") or "").lower().split(), (link.get("type") or "").lower()
        target = _absolute(url, link.get("href"))
        comments = _COMMENTS.search(link.get("title") or "")
        if target and "alternate" in rel and kind in FEED_TYPES and not comments:
            found.append(target)
    return found


def _wordpress(tree: html.HtmlElement, body: bytes, url: str) -> str | None:
    for link in tree.iter("link"):
        if "https://api.w.org/" in (link.get("rel") or "").lower().split():
            root = _absolute(url, link.get("href"))
            if root and "rest_route=" in root:
                # Where pretty links are off: /index.php?rest_route=/
                return root.rstrip("/") + "/wp/v2/posts"
            return urljoin(root, "wp/v2/posts") if root and "?" not in root else None
    generator = " ".join(
        (meta.get("content") or "") for meta in tree.iter("meta") if meta.get("name") == "generator"
    )
    if "wordpress" in generator.lower() or b"/wp-content/" in body:
        return urljoin(url, "/wp-json/wp/v2/posts")
    return None


def _anchors(tree: html.HtmlElement, url: str) -> list[str]:
    found: dict[str, None] = {}
    for anchor in tree.iter("a"):
        target = _absolute(url, anchor.get("href"))
        if target and len(found) < MAX_ANCHORS and _same(target, url):
            found.setdefault(target)
    return list(found)


def _name(tree: html.HtmlElement) -> str | None:
    title = tree.find(".//title")
    text = " ".join(str(title.text_content()).split()) if title is not None else ""
    # "Section - Publisher" and "Publisher | motto": nobody can tell; the short one is the name.
    pieces = [piece for piece in re.split(r"\s+[|·–—»_-]+\s+", text) if piece]
    return min(pieces, key=len)[:80] if pieces else None


def _absolute(base: str, href: str | None) -> str | None:
    if not href:
        return None
    try:
        target = urljoin(base, href.strip()).partition("#")[0]
    except ValueError:
        return None
    return target if target.startswith(("http://", "https://")) else None


def _same(target: str, url: str) -> bool:
    try:
        return same_site(target, url)
    except ValueError:
        return False
