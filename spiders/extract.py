"""Bytes, headers and URL of a response -> an Article. Pure; never raises on any bytes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit

from lxml import html

from spiders.authors import read_authors
from spiders.blocks import Block, read_blocks
from spiders.body import read_body, read_given, shown
from spiders.bound import missing_from, unbind
from spiders.byline import attribution, wire
from spiders.chrome import is_caption
from spiders.dates import in_utc
from spiders.facts import document_facts
from spiders.joined import join
from spiders.language import detect
from spiders.learned import Learned
from spiders.linklists import mark_lists
from spiders.page import read_page
from spiders.pagetype import Clues, judge
from spiders.parts import first_part, next_part
from spiders.pointed import select, texts
from spiders.published import Times, read_times
from spiders.reading import Reading, canonical, refused
from spiders.settle import Body
from spiders.sources import Hints
from spiders.structured import Structured, names, read_structured
from spiders.title import read_title
from spiders.zones import day_first, zone_for
from storage.types import Article, Capture, Entry

logger = logging.getLogger(__name__)

#: A source nobody described.
NO_HINTS = Hints()
#: Larger bodies are not news; libxml2 and the readers are linear, but not free.
MAX_BYTES = 16 * 1024 * 1024

_NOT_TEXT = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip",
             "application/octet-stream", "application/msword", "application/vnd.")  # fmt: skip


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
    pages = unbind(capture)
    readings = [
        _read_page(page, source_id, hints, zone, language, entry, learned) for page in pages
    ]
    if len(pages) == 1 and readings[0].article.is_article:
        return _alone(readings[0], capture)
    return join(readings, missing=missing_from(capture))


def _alone(reading: Reading, capture: Capture) -> Reading:
    """Return the *reading* of a page that came without others: whether it is only a part is said."""
    url = capture.final_url
    kind = capture.header("content-type")
    if (home := first_part(capture.body, content_type=kind, url=url)) is not None:
        return Reading(
            article=refused(capture, reading.article.source_id, f"a later page of {home}")
        )
    following = next_part(capture.body, content_type=kind, first=url, read=[url])
    missing = missing_from(capture) or (f"{following}: not asked for" if following else None)
    return join([reading], missing=missing)


def _read_page(
    capture: Capture,
    source_id: str,
    hints: Hints,
    zone: str | None,
    language: str | None,
    entry: Entry | None,
    learned: Learned | None,
) -> Reading:
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
        for element in [found for css in hints.drop for found in select(tree, css)]:
            if element.getparent() is not None:
                element.drop_tree()
    said = read_structured(tree, url=url)
    title, title_from = read_title(tree, said, hinted=texts(tree, hints.title))
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
        day_first=day_first(host, said.lang, spoken),
        hinted=texts(tree, hints.published),
        feed=entry.published_at if entry is not None else None,
    )
    notes = tuple(_notes(blocks, body))
    taken_from = attribution(notes)
    stated = wire(
        body.lines, hints=(*notes, taken_from.source, title, *names(said.article.get("author")))
    )
    authors = read_authors(
        said,
        host=host,
        hinted=texts(tree, hints.authors),
        notes=notes,
        dateline=stated.dateline,
        taken_from=taken_from,
    )
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
        canonical_url=canonical(url, said),
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
        article=article,
        lines=tuple(blocks[i].text for i in shown(blocks)),
        removed=body.removed,
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
        roots = select(tree, css)
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


def _facts(
    times: Times, title_from: str, encoding: str, title: str, body: Body, blocks: Sequence[Block]
) -> dict[str, Any]:
    facts: dict[str, Any] = {"title_from": title_from, "encoding": encoding}
    if times.published is not None:
        # As printed, with its zone: the day that people call it by may be another than UTC's.
        facts["published_local"] = times.published.at.isoformat()
        facts["zone_from"] = times.published.zone_from
    if site_lines := tuple(line for line, why in body.removed if why == "learned"):
        # An older revision may hold them; without this their going would look like an edit.
        facts["site_lines"] = site_lines
    facts |= document_facts(title, [block.text for block in blocks], body.text)
    return facts


def _warnings(times: Times, body: Body, title: str) -> Iterator[str]:
    yield from times.warnings
    if not title:
        yield "no title"
    if body.confidence is not None and body.confidence < 0.5:
        yield "extractors disagree on the text"
