"""Bytes, headers and URL of a response -> an Article. Pure; never raises on any bytes."""

from __future__ import annotations

import logging
from urllib.parse import urljoin, urlsplit

from spiders.blocks import read_blocks
from spiders.body import read_body
from spiders.dates import in_utc, parse_date, possible, url_day, zone_for
from spiders.language import code, detect
from spiders.page import read_page
from spiders.sources import Hints
from spiders.structured import Structured, names, read_structured
from spiders.title import read_title
from storage.types import Article, Capture, Entry
from storage.urls import adopt

logger = logging.getLogger(__name__)

#: A source nobody described.
NO_HINTS = Hints()


def extract(
    capture: Capture,
    *,
    source_id: str,
    hints: Hints = NO_HINTS,
    zone: str | None = None,
    language: str | None = None,
    entry: Entry | None = None,
    learned: object | None = None,
) -> Article:
    """Return what *capture* says; `is_article` and `refusal` tell when it is no article."""
    try:
        return _extract(capture, source_id, hints, zone, language, entry)
    except Exception as error:  # noqa: BLE001 - a page that breaks a parser is refused, not fatal
        logger.warning("extraction of %s failed: %r", capture.final_url, error)
        return _refused(capture, source_id, f"extraction failed: {type(error).__name__}")


def _extract(
    capture: Capture,
    source_id: str,
    hints: Hints,
    zone: str | None,
    language: str | None,
    entry: Entry | None,
) -> Article:
    page = read_page(capture.body, content_type=capture.header("content-type"), hint=hints.encoding)
    if page.tree is None:
        return _refused(capture, source_id, "empty")
    url = capture.final_url
    said = read_structured(page.tree, url=url)
    title, _ = read_title(page.tree, said)
    blocks = read_blocks(page.tree)
    body = read_body(page.tree, blocks)
    spoken = detect(body.text, declared=said.lang, site=language)
    zone = zone or zone_for(urlsplit(url).hostname or "", spoken or code(said.lang))
    candidates = [
        ("jsonld", said.text("datePublished")),
        ("meta", said.first("article:published_time", "datepublished", "pubdate", "publishdate")),
    ]
    published, signal = None, None
    for signal, raw in candidates:  # noqa: B007 - the last one tried is the one found
        if raw and (published := possible(parse_date(raw, zone=zone), now=capture.fetched_at)):
            break
    if published is None and (published := possible(url_day(url), now=capture.fetched_at)):
        signal = "url"
    return Article(
        source_id=source_id,
        url=url,
        canonical_url=_canonical(url, said),
        title=title,
        text=body.text,
        fetched_at=capture.fetched_at,
        published_at=in_utc(published) if published else None,
        published_precision=published.precision if published else None,
        published_from=signal if published else None,
        authors=names(said.article.get("author")),
        language=spoken,
        site=said.site,
        is_article=bool(title and body.text),
        refusal=None if title and body.text else "empty",
        confidence=body.confidence,
    )


def _canonical(url: str, said: Structured) -> str:
    declared = said.canonical or said.first("og:url")
    try:
        return adopt(url, urljoin(url, declared) if declared else url)
    except ValueError:
        return url


def _refused(capture: Capture, source_id: str, reason: str) -> Article:
    return Article(
        source_id=source_id,
        url=capture.final_url,
        canonical_url=capture.final_url,
        title="",
        text="",
        fetched_at=capture.fetched_at,
        is_article=False,
        refusal=reason,
    )
