"""Section pages to entries: by CSS selector, or by finding the repeated link blocks. Pure.

Without a selector, links are grouped by the path of tags and classes they hang on; a group is a
list of articles when most of its links look like articles: a date beside them, or an address and
a text as articles have. Menus, tag clouds and "most read" numbers fail that test.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml import etree, html
from lxml.cssselect import CSSSelector, SelectorError

from spiders.deadline import READING_S, within
from spiders.feeds import MAX_TITLE, clean
from storage.types import Discovery, Entry

MAX_LINKS = 2000
#: A list of fewer is more often a menu of three sections.
MIN_GROUP = 3

_CHROME = frozenset({"nav", "footer", "form", "select", "script", "style", "noscript"})
#: Headings and pictures around a link are the same list as a bare link.
_WRAPPERS = frozenset(
    {"h1", "h2", "h3", "h4", "h5", "h6", "p", "span", "b", "strong", "em", "i", "figure", "picture"}
)
_ROWS = frozenset({"li", "tr", "dd", "dt", "td"})
_DATE = re.compile(r"(?<!\d)(20\d\d)\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ENGLISH = re.compile(
    r"\b(?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s+(?P<d>\d{1,2}),?\s+"
    r"(?P<y>20\d\d)\b|\b(?P<d2>\d{1,2})\s+(?P<m2>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"[a-z]{0,6}\.?,?\s+(?P<y2>20\d\d)\b",
    re.IGNORECASE,
)
#: /2025/01/27/, /202501/27/, /2025-01/27/, /20250127/, t20250127_: the ways Chinese portals date.
_URL_DATE = re.compile(r"[/_t](20\d\d)[-/]?([01]\d)[-/]?([0-3]\d)(?=[/_.-]|\w{0,2}$|[a-z])")
_ARTICLE_URL = re.compile(r"\d{5,}|/20\d\d[-/]?[01]\d|[a-z0-9]+(?:-[a-z0-9]+){3,}", re.IGNORECASE)
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: /a/a/a/: an endless path that a broken relative link makes.
_ENDLESS = re.compile(r"(/[^/]+)\1\1(?:/|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one section page lists."""

    entries: tuple[Entry, ...] = ()
    #: The next page, when there is one.
    next_url: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Link:
    url: str
    text: str
    published_at: datetime | None
    group: str


def read_listing(
    body: bytes,
    *,
    url: str,
    encoding: str | None = None,
    links: str | None = None,
    next_page: str | None = None,
    zone: str | None = None,
) -> Listing:
    """Return the article links of section page *body*. Never raises on any bytes.

    Args:
        encoding: The charset settled from headers and page; None lets the parser look.
        links: CSS selector of the links, or of blocks that contain one; None finds them.
        next_page: CSS selector of the link to the next page; None follows rel="next" only.
        zone: IANA zone of dates printed beside links.
    """
    return within(READING_S, lambda: _read(body, url, encoding, links, next_page, zone), _too_long)


def _too_long() -> Listing:
    return Listing(warnings=(f"reading it took more than {READING_S:g} s",))


def _read(
    body: bytes,
    url: str,
    encoding: str | None,
    links: str | None,
    next_page: str | None,
    zone: str | None,
) -> Listing:
    root = _parse(body, encoding)
    if root is None:
        return Listing(warnings=("not readable as HTML",))
    base = _base(root, url)
    warnings: list[str] = []
    if links is not None:
        anchors = _selected(root, links)
        if not anchors:
            warnings.append(f"the selector {links!r} finds nothing: looking for links instead")
    else:
        anchors = []
    chosen = _distinct(_links(anchors, base, zone))
    if not chosen:
        chosen = _repeated(_distinct(_links(root.iter("a"), base, zone)))
    return Listing(
        entries=tuple(
            Entry(
                url=link.url,
                found_by=Discovery.LISTING,
                found_in=url,
                title=link.text or None,
                published_at=link.published_at,
            )
            for link in chosen
        ),
        next_url=_next(root, base, url, next_page),
        warnings=tuple(warnings),
    )


def endless(url: str) -> bool:
    """Tell whether *url* is of the kind a trap makes: one path segment three times in a row."""
    return _ENDLESS.search(urlsplit(url).path) is not None


def date_in_url(url: str, zone: str | None = None) -> datetime | None:
    """Return the day an address states, as its first instant in *zone*; None when it has none."""
    found = _URL_DATE.search(urlsplit(url).path)
    return _day(found[1], found[2], found[3], zone) if found else None


def _parse(body: bytes, encoding: str | None) -> html.HtmlElement | None:
    # A NUL ends a document for libxml2; a name it does not know makes it raise.
    try:
        parser = html.HTMLParser(encoding=encoding, huge_tree=False, no_network=True)
    except LookupError:
        parser = html.HTMLParser(huge_tree=False, no_network=True)
    try:
        root = html.document_fromstring(body.replace(b"\x00", b""), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return root if isinstance(root, html.HtmlElement) else None


def _base(root: html.HtmlElement, url: str) -> str:
    declared = root.find(".//base[@href]")
    if declared is None:
        return url
    try:
        return urljoin(url, declared.get("href", "").strip())
    except ValueError:
        return url


def _selected(root: html.HtmlElement, selector: str) -> list[html.HtmlElement]:
    try:
        found = CSSSelector(selector, translator="html")(root)
    except (SelectorError, etree.XPathError):
        return []
    anchors = []
    for element in found:
        anchor = element if element.tag == "a" else element.find(".//a[@href]")
        if anchor is not None:
            anchors.append(anchor)
    return anchors


def _links(anchors: Iterable[html.HtmlElement], base: str, zone: str | None) -> list[_Link]:
    links = []
    for anchor in anchors:
        href = (anchor.get("href") or "").strip()
        if not href or href.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
            continue
        try:
            url = urljoin(base, href).partition("#")[0]
        except ValueError:
            continue
        if not url.startswith(("http://", "https://")) or endless(url):
            continue
        path = _path(anchor)
        if path is None:
            continue
        text = clean(anchor.text_content() or anchor.get("title") or "", MAX_TITLE) or ""
        links.append(_Link(url, text, _date_beside(anchor, zone) or date_in_url(url, zone), path))
        if len(links) >= MAX_LINKS:
            break
    return links


def _path(anchor: html.HtmlElement) -> str | None:
    """Return what *anchor* hangs on, four steps up; None inside a page's chrome."""
    steps: list[str] = []
    for depth, element in enumerate(anchor.iterancestors()):
        if element.tag in _CHROME or depth > 40:
            return None
        if len(steps) < 4 and element.tag not in _WRAPPERS:
            # Rows are told apart by classes ("odd", "last", "top"); lists are not.
            named = "" if element.tag in _ROWS else element.get("class") or ""
            steps.append(f"{element.tag!s}.{' '.join(sorted(named.split()))}")
    return ">".join(steps)


def _date_beside(anchor: html.HtmlElement, zone: str | None) -> datetime | None:
    """Return the date printed in the block that *anchor* stands in, if the block has one link."""
    target = anchor.get("href")
    block = anchor
    for element in anchor.iterancestors():
        if any(a.get("href") not in {target, None} for a in element.iter("a")):
            break
        block = element
        if element.tag in {"li", "tr", "article", "dl"}:
            break
    for stamp in block.iter("time"):
        if found := _from_text(stamp.get("datetime") or "", zone):
            return found
    return _from_text(block.text_content()[:2000], zone)


def _from_text(text: str, zone: str | None) -> datetime | None:
    if found := _DATE.search(text):
        return _day(found[1], found[2], found[3], zone)
    if found := _ENGLISH.search(text):
        month = (found["m"] or found["m2"])[:3].lower()
        number = str(_MONTHS.index(month) + 1)
        return _day(found["y"] or found["y2"], number, found["d"] or found["d2"], zone)
    return None


def _day(year: str, month: str, day: str, zone: str | None) -> datetime | None:
    try:
        local = ZoneInfo(zone) if zone else UTC
        return datetime(int(year), int(month), int(day), tzinfo=local).astimezone(UTC)
    except (ValueError, ZoneInfoNotFoundError):
        return None


def _distinct(links: Iterable[_Link]) -> list[_Link]:
    """Return one link per URL, at its first place, with the longest text any of them has."""
    best: dict[str, _Link] = {}
    for link in links:
        held = best.get(link.url)
        if held is None:
            best[link.url] = link
        elif len(link.text) > len(held.text):
            best[link.url] = _Link(
                link.url, link.text, held.published_at or link.published_at, link.group
            )
    return list(best.values())


def _repeated(links: Sequence[_Link]) -> list[_Link]:
    groups: defaultdict[str, list[_Link]] = defaultdict(list)
    for link in links:
        groups[link.group].append(link)
    good = {name for name, group in groups.items() if _is_list(group)}
    return [link for link in links if link.group in good]


def _is_list(group: Sequence[_Link]) -> bool:
    titled = [link for link in group if _headline(link.text)]
    if len(titled) < MIN_GROUP or len(titled) < 0.6 * len(group):
        return False
    articles = sum(1 for link in titled if link.published_at or _ARTICLE_URL.search(link.url))
    return articles >= 0.6 * len(titled)


def _headline(text: str) -> bool:
    wide = len(_WIDE.findall(text))
    return wide >= 7 or (wide < 2 and len(text) >= 18 and text.count(" ") >= 2)


def _next(root: html.HtmlElement, base: str, url: str, selector: str | None) -> str | None:
    if selector is not None:
        found = _selected(root, selector)
    else:
        found = root.xpath("//link[@rel='next'][@href] | //a[@rel='next'][@href]")
    for element in found:
        try:
            target = urljoin(base, (element.get("href") or "").strip()).partition("#")[0]
        except ValueError:
            continue
        if target.startswith(("http://", "https://")) and target != url and not endless(target):
            return target
    return None
