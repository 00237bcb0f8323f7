"""Articles in JSON Lines, as `articles export` writes them, to articles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from crawler.imports.stated import Unusable, moment_of, object_of, text_of, texts_of, url_of
from crawler.imports.things import FoundArticle, Problem, Skipped, Thing
from crawler.inputs import Line
from storage.types import Article, Attribution, Precision, Wire
from storage.urls import canonical_url

_SOURCE_ID = re.compile(r"[\w.-]{1,64}")


def from_line(
    name: str, line: Line, *, changed_at: datetime, source_of: Callable[[str], str]
) -> Iterator[Thing]:
    """Yield the article of one *line*.

    Args:
        changed_at: when it was seen, for lines without `captured_at`.
        source_of: the id of the source a URL belongs to, for lines without `source`.
    """
    where = f"{name}:{line.number}"
    if line.data.get("is_article") is False:
        yield Skipped(where=where, reason="not an article")
        return
    try:
        yield FoundArticle(where=where, article=_article(line, changed_at, source_of))
    except Unusable as error:
        yield Problem(where=where, reason=str(error))


def _article(line: Line, changed_at: datetime, source_of: Callable[[str], str]) -> Article:
    data = line.data
    url = url_of(data, "url") or url_of(data, "canonical_url")
    if url is None:
        raise Unusable('"url": missing')
    title, text = text_of(data, "title") or "", text_of(data, "text") or ""
    if not title.strip() and not text.strip():
        raise Unusable('neither "title" nor "text"')
    source = text_of(data, "source") or source_of(url)
    if not _SOURCE_ID.fullmatch(source):
        raise Unusable('"source": not an id: letters, digits, dots and dashes, at most 64')
    precision = text_of(data, "published_precision")
    if precision not in (None, *Precision):
        raise Unusable('"published_precision": day or minute')
    wire, attribution = object_of(data, "wire"), object_of(data, "attribution")
    return Article(
        source_id=source,
        url=url,
        canonical_url=canonical_url(url),
        title=title,
        text=text,
        fetched_at=moment_of(data, "captured_at") or changed_at,
        published_at=moment_of(data, "published_at"),
        published_precision=Precision(precision) if precision else None,
        published_from=text_of(data, "published_from"),
        updated_at=moment_of(data, "updated_at"),
        authors=texts_of(data, "authors"),
        language=text_of(data, "language"),
        site=text_of(data, "site"),
        kind=text_of(data, "kind") or "news",
        wire=Wire(agency=text_of(wire, "agency"), dateline=text_of(wire, "dateline")),
        attribution=Attribution(
            source=text_of(attribution, "source"),
            author=text_of(attribution, "author"),
            editor=text_of(attribution, "editor"),
        ),
        facts=object_of(data, "facts"),
        captions=texts_of(data, "captions"),
    )
