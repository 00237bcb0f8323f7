"""The JSON of the commands that programs call: keys and their order are a contract. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from storage.types import Article, Difference, Match

if TYPE_CHECKING:
    from spiders.reading import Reading

#: The host of pages that were given without a URL: extraction needs one, nobody is shown it.
NOWHERE = "https://unknown.invalid/"


def extract_answer(file: str, url: str | None, article: Article) -> dict[str, Any]:
    """Return what `extract` prints for one page; null means unknown."""
    canonical = article.canonical_url
    warnings = list(article.warnings)
    if not article.is_article and article.refusal:
        warnings.insert(0, f"not an article: {article.refusal}")
    return {
        "file": file,
        "url": url,
        "canonical_url": None if canonical.startswith(NOWHERE) else canonical or None,
        "title": article.title or None,
        "text": article.text or None,
        "published_at": _time(article.published_at),
        "updated_at": _time(article.updated_at),
        "authors": list(article.authors),
        "language": article.language,
        "site": article.site,
        "wire": {"agency": article.wire.agency, "dateline": article.wire.dateline},
        "attribution": {
            "source": article.attribution.source,
            "author": article.attribution.author,
        },
        "is_article": article.is_article,
        "warnings": warnings,
    }


def explained(answer: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """Return *answer* with where its values come from and the lines taken out of the text, with why."""
    article = reading.article
    return {
        **answer,
        "title_from": article.facts.get("title_from"),
        "published_from": article.published_from,
        "zone_from": article.facts.get("zone_from"),
        "encoding": article.facts.get("encoding"),
        "confidence": article.confidence,
        "captions": list(article.captions),
        "removed": [{"line": line, "why": why} for line, why in reading.removed],
    }


def unreadable_answer(file: str, url: str | None, reason: str) -> dict[str, Any]:
    """Return what `extract` prints for an input that could not be read at all."""
    return {
        "file": file,
        "url": url,
        "canonical_url": None,
        "title": None,
        "text": None,
        "published_at": None,
        "updated_at": None,
        "authors": [],
        "language": None,
        "site": None,
        "wire": {"agency": None, "dateline": None},
        "attribution": {"source": None, "author": None},
        "is_article": False,
        "warnings": [reason],
    }


def themes_answer(id_: Any, matches: Sequence[Match]) -> dict[str, Any]:
    """Return what `themes test` prints for one text; spans are code points of the given fields."""
    return {
        "id": id_,
        "matches": [
            {
                "theme": match.theme,
                "score": _number(match.score),
                "spans": [
                    {"field": s.field, "start": s.start, "end": s.end, "term": s.term}
                    for s in match.spans
                ],
            }
            for match in matches
        ],
    }


def story_answer(id_: Any, story: Any, kind: str, of: Any, score: float) -> dict[str, Any]:
    """Return what `stories cluster` prints for one text; `of` is null for an origin."""
    return {"id": id_, "story": story, "kind": kind, "of": of, "score": _number(score)}


def diff_answer(difference: Difference) -> dict[str, Any]:
    """Return what `diff` prints for one pair."""
    return {
        "class": difference.change_class.value,
        "score": _number(difference.score),
        "reasons": list(difference.reasons),
        "segments": [
            {"op": segment.op, "old": segment.old, "new": segment.new}
            for segment in difference.segments
        ],
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _number(value: float) -> float:
    return round(float(value), 6)
