"""Sitemaps to entries: urlset, index, Google News, gzip, plain text. Pure; nothing is fetched.

Format: sitemaps.org protocol 0.9 and Google's news extension. Limits: reference 5.9 no. 36.
"""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin

from lxml import etree

from spiders.deadline import READING_S, within
from spiders.feeds import MAX_TITLE, clean
from storage.types import Discovery, Entry

MAX_URLS = 50_000
MAX_DEPTH = 3
#: The protocol allows 50 MB; a news sitemap has 1,000 URLs in well under one.
MAX_BYTES = 32 * 1024 * 1024

_DATE = re.compile(r"^(\d{4})-(\d\d)(?:-(\d\d))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A sitemap named by an index."""

    url: str
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What one sitemap document says."""

    entries: tuple[Entry, ...] = ()
    children: tuple[Child, ...] = ()
    #: False for anything that is no sitemap at all.
    readable: bool = True
    #: False when cut or ill formed: validators must not advance.
    whole: bool = True
    warnings: tuple[str, ...] = ()


def read_sitemap(body: bytes, *, url: str) -> Sitemap:
    """Return what sitemap *body*, served at *url*, lists. Never raises on any bytes."""
    return within(READING_S, lambda: _read(body, url), _too_long)


def _too_long() -> Sitemap:
    reason = f"reading it took more than {READING_S:g} s"
    return Sitemap(readable=False, whole=False, warnings=(reason,))


def _read(body: bytes, url: str) -> Sitemap:
    data, whole = _gunzip(body)
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        return Sitemap(readable=False, whole=False, warnings=("the body is empty",))
    if not head.startswith(b"<"):
        return _read_text(data, url, whole=whole)
    return _read_xml(data, url, whole=whole)


def _gunzip(body: bytes) -> tuple[bytes, bool]:
    """Return *body* uncompressed up to MAX_BYTES, and whether that was all of it."""
    if not body.startswith(b"\x1f\x8b"):
        return body[:MAX_BYTES], len(body) <= MAX_BYTES
    unpacker = zlib.decompressobj(wbits=31)
    try:
        data = unpacker.decompress(body, MAX_BYTES)
    except zlib.error:
        return b"", False
    return data, unpacker.eof


def _read_text(data: bytes, url: str, *, whole: bool) -> Sitemap:
    lines = data[:MAX_BYTES].decode("utf-8", "replace").split()
    urls = [line for line in lines[: MAX_URLS + 1] if line.startswith(("http://", "https://"))]
    if not urls:
        return Sitemap(readable=False, whole=False, warnings=("not a sitemap",))
    entries = tuple(
        Entry(url=found, found_by=Discovery.SITEMAP, found_in=url) for found in urls[:MAX_URLS]
    )
    return Sitemap(entries=entries, whole=whole and len(urls) <= MAX_URLS)


def _read_xml(data: bytes, url: str, *, whole: bool) -> Sitemap:
    entries: list[Entry] = []
    children: list[Child] = []
    warnings: list[str] = []
    root: str | None = None
    walk = etree.iterparse(
        io.BytesIO(data),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for event, element in walk:
            name = _name(element)
            if event == "start":
                root = root or name
                if root not in {"urlset", "sitemapindex"}:
                    reason = f"not a sitemap: the document is <{root[:40]}>"
                    return Sitemap(readable=False, whole=False, warnings=(reason,))
                continue
            if name == "url":
                if (entry := _entry(element, url)) is not None:
                    entries.append(entry)
            elif name == "sitemap":
                if (child := _child(element, url)) is not None:
                    children.append(child)
            else:
                continue
            _forget(element)
            if len(entries) + len(children) >= MAX_URLS:
                warnings.append(f"kept the first {MAX_URLS} URLs")
                break
    except (etree.XMLSyntaxError, ValueError):
        whole = False
    if root is None:
        return Sitemap(readable=False, whole=False, warnings=("not a sitemap",))
    if walk.error_log:
        whole = False
        warnings.append("not well formed")
    return Sitemap(
        entries=tuple(entries),
        children=tuple(children),
        whole=whole and not warnings,
        warnings=tuple(warnings),
    )


def _forget(element: etree._Element) -> None:
    """Free what has been read, so that 50,000 URLs cost the memory of one."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _texts(element: etree._Element) -> dict[str, str]:
    """Return the text of each descendant by name; the first of a name counts."""
    found: dict[str, str] = {}
    for child in element.iterdescendants():
        if child.text and child.text.strip():
            found.setdefault(_name(child), child.text.strip())
    return found


def _entry(element: etree._Element, base: str) -> Entry | None:
    texts = _texts(element)
    url = _absolute(texts.get("loc"), base)
    if url is None:
        return None
    return Entry(
        url=url,
        found_by=Discovery.SITEMAP,
        found_in=base,
        title=clean(texts.get("title"), MAX_TITLE),
        # The news extension's; `lastmod` moves with every edit of the page.
        published_at=w3c_date(texts.get("publication_date")),
        changed_at=w3c_date(texts.get("lastmod")),
    )


def _child(element: etree._Element, base: str) -> Child | None:
    texts = _texts(element)
    url = _absolute(texts.get("loc"), base)
    return None if url is None else Child(url=url, changed_at=w3c_date(texts.get("lastmod")))


def _absolute(location: str | None, base: str) -> str | None:
    if not location:
        return None
    try:
        return urljoin(base, location)
    except ValueError:
        return None


def w3c_date(text: str | None) -> datetime | None:
    """Return a W3C date (day, or instant with zone) as aware UTC; None for anything else."""
    if not text:
        return None
    text = text.strip()
    if found := _DATE.match(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3] or 1)
        try:
            moment = datetime(year, month, day, tzinfo=UTC)
        except ValueError:
            return None
    else:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC) if 1990 <= moment.year <= 2100 else None
