"""Text a database can hold: publishers' bytes may carry what SQL text may not. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from storage.types import Article, Attribution, Wire

#: Longest title kept, in characters; the longest real one seen is under 300.
MAX_TITLE = 500
#: Longest text kept, in characters: ten times the longest law seen.
MAX_TEXT = 4_000_000
#: Lines of the site's own, taken out of a page, that are kept to be shown.
_MAX_SITE_LINES = 40
#: Longest URL filed, in bytes: PostgreSQL cannot index a key of more than 2704.
MAX_URL = 2000
#: What holds no text.
_PLAIN = frozenset({float, int, bool, type(None)})


def clean(text: str) -> str:
    """Return *text* without what SQL text cannot hold.

    PostgreSQL refuses NUL and SQLite's length() stops at it; neither can encode a lone surrogate.
    """
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()
    return text


def clip(text: str | None, limit: int) -> str | None:
    """Return *text* cleaned and at most *limit* characters long; None stays None."""
    return None if text is None else clean(text)[:limit]


def clean_json(value: Any) -> Any:
    """Return *value* with every text in it cleaned, at any depth."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, str):
        return clean(value)
    # Most of what is kept of a source is figures: asked for here, they need no call each.
    if isinstance(value, dict):
        return {
            clean(str(key)): item if type(item) in _PLAIN else clean_json(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [item if type(item) in _PLAIN else clean_json(item) for item in value]
    return value


def clean_article(article: Article) -> Article:
    """Return *article* as it can be stored: cleaned, and no field longer than its column."""
    title = " ".join(clean(article.title).split())
    if len(title) > MAX_TITLE:
        title = title[: MAX_TITLE - 1] + "…"
    return replace(
        article,
        url=clean(article.url),
        canonical_url=clean(article.canonical_url),
        title=title,
        text=clean(article.text)[:MAX_TEXT],
        language=clip(article.language, 16),
        published_from=clip(article.published_from, 16),
        kind=clean(article.kind)[:16],
        site=clip(article.site, MAX_TITLE),
        authors=tuple(clean(author)[:MAX_TITLE] for author in article.authors),
        captions=tuple(clean(caption) for caption in article.captions),
        warnings=tuple(clean(warning) for warning in article.warnings),
        wire=Wire(agency=clip(article.wire.agency, 100), dateline=clip(article.wire.dateline, 300)),
        attribution=Attribution(
            source=clip(article.attribution.source, 300),
            author=clip(article.attribution.author, 300),
            editor=clip(article.attribution.editor, 300),
        ),
        facts=clean_json(article.facts),
    )


def details_of(article: Article) -> dict[str, Any]:
    """Return what is stored of *article* beside its columns, JSON-able; empty fields left out."""
    facts = dict(article.facts)
    if site_lines := facts.get("site_lines"):
        facts["site_lines"] = [str(line)[:MAX_TITLE] for line in site_lines[:_MAX_SITE_LINES]]
    found = {
        "authors": list(article.authors),
        "wire": _stated(agency=article.wire.agency, dateline=article.wire.dateline),
        "attribution": _stated(
            source=article.attribution.source,
            author=article.attribution.author,
            editor=article.attribution.editor,
        ),
        "facts": facts,
        "captions": list(article.captions),
        "warnings": list(article.warnings),
        "confidence": article.confidence,
        "extractor": article.extractor,
    }
    return {key: value for key, value in found.items() if value not in (None, [], {})}


def _stated(**fields: str | None) -> dict[str, str]:
    return {key: value for key, value in fields.items() if value}
