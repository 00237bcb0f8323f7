"""RSS, Atom, RDF and JSON Feed to entries. Pure: bytes in, values out; nothing is fetched."""

from __future__ import annotations

import calendar
import html
import io
import json
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urljoin

import feedparser

from spiders.deadline import READING_S, within
from spiders.feedgate import MAX_BYTES, MAX_ITEMS, screen
from spiders.hints import feed_ttl_s
from spiders.page import decode
from storage.types import Discovery, Entry

MAX_TITLE = 500
MAX_SUMMARY = 1000

_MARKUP = re.compile(r"<[^<>]{0,2000}>")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: Directions and zero-width marks let one title pose as another (5.9 no. 18).
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
#: What it says of the encoding is no longer so.
_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]{0,1000}\?>")
_CLOSED = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_HTML = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html\b)", re.IGNORECASE | re.DOTALL
)


class FeedState(StrEnum):
    """How far a document can be trusted as the whole feed."""

    OK = "ok"
    #: Well formed, without a single entry.
    EMPTY = "empty"
    #: Ends in the middle.
    TRUNCATED = "truncated"
    #: Not well formed; entries were recovered.
    BOZO = "bozo"
    NOT_A_FEED = "not_a_feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What one feed document says."""

    state: FeedState
    entries: tuple[Entry, ...] = ()
    title: str | None = None
    warnings: tuple[str, ...] = ()
    #: How long the feed says it stays as it is, in seconds; 0 when it does not say.
    ttl_s: float = 0.0

    @property
    def whole(self) -> bool:
        """True when validators may advance: an unsound parse must be asked for again in full."""
        return self.state is FeedState.OK and not self.warnings


def read_feed(body: bytes, *, url: str, content_type: str | None = None) -> Feed:
    """Return the entries of feed *body* served at *url*. Never raises on any bytes.

    One that takes too long to read is no feed.
    """
    return within(READING_S, lambda: _read(body, url, content_type), _too_long)


def _too_long() -> Feed:
    reason = f"reading it took more than {READING_S:g} s"
    return Feed(state=FeedState.NOT_A_FEED, warnings=(reason,))


def _read(body: bytes, url: str, content_type: str | None) -> Feed:
    head = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        return Feed(state=FeedState.NOT_A_FEED, warnings=("the body is empty",))
    if head[:1] in b"{[":
        return _read_json(body, url)
    if _HTML.match(head):
        return Feed(state=FeedState.NOT_A_FEED, warnings=("a web page, not a feed",))
    return _read_xml(body, url, content_type)


def clean(text: object, limit: int) -> str | None:
    """Return *text* as one line without markup or control characters, or None when empty."""
    if not isinstance(text, str):
        return None
    text = text[: limit * 20]
    if "<" in text:
        text = _MARKUP.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    text = " ".join(_INVISIBLE.sub("", _CONTROLS.sub("", text)).split())
    return text[:limit].rstrip() or None


def _read_xml(body: bytes, url: str, content_type: str | None) -> Feed:
    # Both parsers must read the same bytes, so the encoding is settled before the screen; not by
    # feedparser, which asks chardet where the claims do not fit: 40 ms a kilobyte (fuzzing).
    text, _, _ = decode(body[: MAX_BYTES + 1], content_type=content_type)
    data = _DECLARATION.sub("", text, count=1).encode("utf-8", "ignore")
    screened = screen(data)
    if screened.hopeless:
        return Feed(state=FeedState.NOT_A_FEED, warnings=screened.warnings)
    try:
        parsed = feedparser.parse(
            io.BytesIO(screened.data),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            # Only titles and links are taken, and `clean` strips those.
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # noqa: BLE001 - feedparser's loose parser can fail anywhere
        reason = f"{type(error).__name__} while reading the feed"
        return Feed(state=FeedState.NOT_A_FEED, warnings=(*screened.warnings, reason))
    entries = tuple(
        entry for raw in parsed.entries[:MAX_ITEMS] if (entry := _entry(raw, url)) is not None
    )
    return Feed(
        state=_state(parsed, entries, data),
        entries=entries,
        title=clean(parsed.feed.get("title"), MAX_TITLE),
        warnings=screened.warnings,
        ttl_s=feed_ttl_s(parsed.feed),
    )


def _state(parsed: Any, entries: tuple[Entry, ...], data: bytes) -> FeedState:
    if not parsed.get("version") and not entries:
        return FeedState.NOT_A_FEED
    if parsed.bozo and not isinstance(
        parsed.get("bozo_exception"),
        (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType),
    ):
        closed = _CLOSED.search(data[-4096:])
        return FeedState.BOZO if closed else FeedState.TRUNCATED
    return FeedState.OK if entries else FeedState.EMPTY


def _entry(raw: dict[str, Any], base: str) -> Entry | None:
    link = raw.get("link") or (raw.get("id") if raw.get("guidislink") else None)
    if not isinstance(link, str) or not link.strip():
        return None
    return _make(
        link,
        base,
        title=raw.get("title"),
        summary=raw.get("summary"),
        # Past feedparser's own `get`, which warns where one is missing and the other is there.
        published=_from_struct(raw.get("published_parsed") or dict.get(raw, "updated_parsed")),
    )


def _make(
    link: str, base: str, *, title: object, summary: object, published: datetime | None
) -> Entry | None:
    try:
        url = urljoin(base, link.strip())
    except ValueError:
        return None
    return Entry(
        url=url,
        found_by=Discovery.FEED,
        found_in=base,
        title=clean(title, MAX_TITLE),
        summary=clean(summary, MAX_SUMMARY),
        published_at=published,
    )


def _from_struct(value: object) -> datetime | None:
    """Return feedparser's UTC struct_time as a datetime; None for dates no article has."""
    if not isinstance(value, time.struct_time):
        return None
    try:
        moment = datetime.fromtimestamp(calendar.timegm(value), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if 1990 <= moment.year <= 2100 else None


def _from_iso(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if moment.tzinfo is None or not 1990 <= moment.year <= 2100:
        return None
    return moment.astimezone(UTC)


def _read_json(body: bytes, url: str) -> Feed:
    try:
        data = json.loads(body[:MAX_BYTES].decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        state = FeedState.TRUNCATED if b"jsonfeed.org" in body[:4096] else FeedState.NOT_A_FEED
        return Feed(state=state, warnings=("not readable as JSON",))
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list) or not str(data.get("version", "")).startswith("http"):
        return Feed(state=FeedState.NOT_A_FEED, warnings=("JSON, but not a JSON Feed",))
    warnings = (f"kept the first {MAX_ITEMS} items",) if len(items) > MAX_ITEMS else ()
    entries = []
    for item in items[:MAX_ITEMS]:
        link = isinstance(item, dict) and (item.get("url") or item.get("external_url"))
        if not isinstance(link, str) or not link:
            continue
        entry = _make(
            link,
            url,
            title=item.get("title"),
            summary=item.get("summary") or item.get("content_text"),
            published=_from_iso(item.get("date_published") or item.get("date_modified")),
        )
        if entry is not None:
            entries.append(entry)
    return Feed(
        state=FeedState.OK if entries else FeedState.EMPTY,
        entries=tuple(entries),
        title=clean(data.get("title"), MAX_TITLE),
        warnings=warnings,
    )
