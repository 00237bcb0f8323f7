"""Bytes, headers and URL of a response -> an Article. Pure; never raises on any bytes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html
from lxml.cssselect import CSSSelector, SelectorError

from spiders.blocks import Block, read_blocks
from spiders.body import Body, read_body, read_given
from spiders.byline import attribution, correspondent, named_in, people, wire
from spiders.chrome import is_caption
from spiders.dates import in_utc, zone_for
from spiders.facts import document_facts
from spiders.language import code, detect
from spiders.learned import Learned
from spiders.linklists import mark_lists
from spiders.page import read_page
from spiders.pagetype import Clues, judge
from spiders.published import Times, read_times
from spiders.sources import Hints
from spiders.structured import Structured, names, read_structured
from spiders.title import read_title
from storage.types import Article, Attribution, Capture, Entry
from storage.urls import adopt

logger = logging.getLogger(__name__)

#: A source nobody described.
NO_HINTS = Hints()
#: Larger bodies are not news; libxml2 and the readers are linear, but not free.
MAX_BYTES = 16 * 1024 * 1024

_NOT_TEXT = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip",
             "application/octet-stream", "application/msword", "application/vnd.")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An article and how it was come by."""

    article: Article
    #: Every line of the page, for `Learned.observe`.
    lines: tuple[str, ...] = ()
    #: Lines taken out of the text, with why.
    removed: tuple[tuple[str, str], ...] = ()


def extract(
    capture: Capture,
    *,
    source_id: str,
    hints: Hints = NO_HINTS,
    zone: str | None = None,
    language: str | None = None,
    entry: Entry | None = None,
    learned: Learned | None = None,
) -> Article:
    """Return what *capture* says; `is_article` and `refusal` tell when it is no article.

    *hints* are a person's selectors; *zone* (IANA) and *language* the source's, used where the
    page states none; *entry* what discovery knew; *learned* the source's recurring lines.
    """
    return read(
        capture,
        source_id=source_id,
        hints=hints,
        zone=zone,
        language=language,
        entry=entry,
        learned=learned,
    ).article


def read(
    capture: Capture,
    *,
    source_id: str,
    hints: Hints = NO_HINTS,
    zone: str | None = None,
    language: str | None = None,
    entry: Entry | None = None,
    learned: Learned | None = None,
) -> Reading:
    """Return what `extract` returns, with the page's lines and what was removed."""
    kind = (capture.header("content-type") or "").lower()
    if kind.startswith(_NOT_TEXT) or capture.body[:5] in (b"%PDF-", b"PK\x03\x04\x14"):
        return Reading(article=refused(capture, source_id, f"not a page: {kind or 'binary'}"))
    if len(capture.body) > MAX_BYTES:
        return Reading(article=refused(capture, source_id, "too large"))
    try:
        return _read(capture, source_id, hints, zone, language, entry, learned)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a page that breaks a parser is refused, not fatal
        logger.warning("extraction of %s failed: %r", capture.final_url, error)
        reason = f"extraction failed: {type(error).__name__}"
        return Reading(article=refused(capture, source_id, reason))


def refused(capture: Capture, source_id: str, reason: str) -> Article:
    """Return the Article that says why *capture* gave none."""
    return Article(
        source_id=source_id,
        url=capture.final_url,
        canonical_url=_canonical(capture.final_url, None),
        title="",
        text="",
        fetched_at=capture.fetched_at,
        is_article=False,
        refusal=reason,
    )


def _read(
    capture: Capture,
    source_id: str,
    hints: Hints,
    zone: str | None,
    language: str | None,
    entry: Entry | None,
    learned: Learned | None,
) -> Reading:
    page = read_page(capture.body, content_type=capture.header("content-type"), hint=hints.encoding)
    tree = page.tree
    if tree is None:
        return Reading(article=refused(capture, source_id, "empty"))
    url = capture.final_url
    if hints.drop:
        tree = deepcopy(tree)
        for element in [found for css in hints.drop for found in _select(tree, css)]:
            if element.getparent() is not None:
                element.drop_tree()
    said = read_structured(tree, url=url)
    title, title_from = read_title(tree, said, hinted=_texts(tree, hints.title))
    if not title and entry is not None and entry.title:
        title, title_from = entry.title, "feed"
    mark_lists(tree)
    blocks = read_blocks(tree)
    body = _body(tree, blocks, said, title, hints, learned)
    spoken = detect(f"{title}\n{body.text}", declared=said.lang, site=language)
    host = urlsplit(url).hostname or ""
    times = read_times(
        tree,
        said,
        blocks,
        body.chosen,
        url=url,
        now=capture.fetched_at.astimezone(UTC),
        zone=zone or zone_for(host, spoken),
        title=title,
        day_first=_day_first(host, said.lang, spoken),
        hinted=_texts(tree, hints.published),
        feed=entry.published_at if entry is not None else None,
    )
    notes = tuple(_notes(blocks, body))
    taken_from = attribution(notes)
    stated = wire(
        body.lines, hints=(*notes, taken_from.source, title, *names(said.article.get("author")))
    )
    authors = _authors(tree, said, hints, notes, stated.dateline, taken_from)
    page_type = judge(
        Clues(
            url=url,
            status=capture.status,
            title=title,
            text=body.text,
            blocks=blocks,
            chosen=body.chosen,
            said=said,
            dated=times.signal not in (None, "url", "feed"),
            authors=bool(authors),
        )
    )
    article = Article(
        source_id=source_id,
        url=url,
        canonical_url=_canonical(url, said),
        title=title,
        text=body.text,
        fetched_at=capture.fetched_at,
        published_at=in_utc(times.published) if times.published else None,
        published_precision=times.published.precision if times.published else None,
        published_from=times.signal,
        updated_at=in_utc(times.updated) if times.updated else None,
        authors=authors,
        language=spoken,
        site=said.site,
        wire=stated,
        attribution=taken_from,
        kind=page_type.kind,
        is_article=page_type.is_article,
        refusal=page_type.refusal,
        captions=body.captions,
        confidence=body.confidence,
        warnings=tuple(_warnings(times, body, title)),
        facts=_facts(times, title_from, page.encoding, title, body, blocks),
    )
    return Reading(
        article=article, lines=tuple(block.text for block in blocks), removed=body.removed
    )


def _body(
    tree: html.HtmlElement,
    blocks: Sequence[Block],
    said: Structured,
    title: str,
    hints: Hints,
    learned: Learned | None,
) -> Body:
    for css in hints.body:
        roots = _select(tree, css)
        if not roots:
            continue
        # The pointed-at lines are found again among the page's, so that dates and bylines beside
        # them keep their places.
        wanted = {block.text for root in roots for block in read_blocks(root)}
        indexes = [i for i, block in enumerate(blocks) if block.text in wanted]
        body = read_given(blocks, indexes, title=title, learned=learned)
        if len(body.text) >= 80:
            return body
    return read_body(
        tree,
        blocks,
        title=title,
        description=said.first("og:description", "description") or "",
        declared=said.text("articleBody") or "",
        learned=learned,
    )


def _notes(blocks: Sequence[Block], body: Body) -> Iterator[str]:
    """Yield the short lines round the text, where sources, editors and agencies are named."""
    yield from (line for line, why in body.removed if why == "chrome")
    if not body.chosen:
        return
    first, last = body.chosen[0], body.chosen[-1]
    taken = set(body.chosen)
    for i in range(max(0, first - 8), min(len(blocks), last + 6)):
        block = blocks[i]
        elsewhere = any(m in block.marks for m in ("related", "comment", "side", "hidden"))
        outside = i not in taken or i in (first, last)
        picture = "caption" in block.marks or is_caption(block.text)
        if outside and not elsewhere and not picture and len(block.text) <= 160:
            yield block.text


def _authors(
    tree: html.HtmlElement,
    said: Structured,
    hints: Hints,
    notes: Sequence[str],
    dateline: str | None,
    taken_from: Attribution,
) -> tuple[str, ...]:
    if hinted := people(_texts(tree, hints.authors)):
        return hinted
    reporter = correspondent(dateline)
    candidates = (
        names(said.article.get("author")),
        said.meta.get("author", ()) or said.meta.get("article:author", ()),
        said.meta.get("parsely-author", ()) or said.meta.get("dc.creator", ()),
        tuple(name for note in notes for name in named_in(note)),
        said.items.get("author", ())[:2],
        (reporter,) if reporter else (),
        (taken_from.author,) if taken_from.author else (),
    )
    for candidate in candidates:
        found = tuple(
            name for name in people(candidate) if name.casefold() != (said.site or "").casefold()
        )
        if found:
            return found
    return ()


def _facts(
    times: Times, title_from: str, encoding: str, title: str, body: Body, blocks: Sequence[Block]
) -> dict[str, Any]:
    facts: dict[str, Any] = {"title_from": title_from, "encoding": encoding}
    if times.published is not None:
        # As printed, with its zone: the day that people call it by may be another than UTC's.
        facts["published_local"] = times.published.at.isoformat()
        facts["zone_from"] = times.published.zone_from
    facts |= document_facts(title, [block.text for block in blocks], body.text)
    return facts


def _warnings(times: Times, body: Body, title: str) -> Iterator[str]:
    yield from times.warnings
    if not title:
        yield "no title"
    if body.confidence is not None and body.confidence < 0.5:
        yield "extractors disagree on the text"


def _day_first(host: str, declared: str | None, spoken: str | None) -> bool | None:
    """Say how 3/4/2025 is read here; None when nothing tells."""
    tag = (declared or "").lower().replace("_", "-")
    if tag == "en-us":
        return False
    if tag in ("en-gb", "en-au", "en-ie", "en-nz", "en-in", "en-za"):
        return True
    if host.endswith((".uk", ".au", ".ie", ".nz", ".in", ".za")):
        return True
    if spoken in (None, "en") or host.endswith((".ph", ".us")):
        return None
    return code(tag) == spoken or not tag or None


def _select(tree: html.HtmlElement, css: str) -> list[html.HtmlElement]:
    try:
        return [
            e for e in CSSSelector(css, translator="html")(tree) if isinstance(e, html.HtmlElement)
        ]
    except (SelectorError, etree.XPathError):
        return []


def _texts(tree: html.HtmlElement, selectors: Sequence[str]) -> tuple[str, ...]:
    """Return what *selectors* find: the first that finds anything speaks."""
    for css in selectors:
        found = []
        for element in _select(tree, css)[:10]:
            value = element.get("content") or element.get("datetime") or str(element.text_content())
            if text := " ".join(value.split()):
                found.append(text)
        if found:
            return tuple(found)
    return ()


def _canonical(url: str, said: Structured | None) -> str:
    declared = (said.canonical or said.first("og:url")) if said is not None else None
    try:
        return adopt(url, declared or url)
    except ValueError:
        return url
