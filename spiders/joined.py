"""What several pages of one article say, as one reading. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spiders.reading import Reading

#: A line of a later page that stands on an earlier one too is a stand-first, an advertisement or a
#: note; shorter lines (a speaker's name, "Yes.") may well be said twice.
_REPEATED = 30


def join(readings: Sequence[Reading], *, missing: str | None = None) -> Reading:
    """Return *readings* of an article's pages, in order, as one; the first says all but the text.

    *missing* is noted as a warning.
    """
    first = readings[0]
    if len(readings) == 1 and missing is None:
        return first
    seen = {line for line in first.article.text.split("\n") if len(line) > _REPEATED}
    texts = [first.article.text]
    removed = list(first.removed)
    for reading in readings[1:]:
        paragraphs = []
        for paragraph in reading.article.text.split("\n\n"):
            lines = paragraph.split("\n")
            again = [line for line in lines if line in seen]
            removed += [(line, "repeated") for line in again]
            if kept := [line for line in lines if line not in seen]:
                paragraphs.append("\n".join(kept))
            seen |= {line for line in lines if len(line) > _REPEATED}
        removed += reading.removed
        texts += paragraphs
    agreed = [r.article.confidence for r in readings if r.article.confidence is not None]
    warnings = list(first.article.warnings)
    if missing is not None:
        warnings.append(f"a page of the article is missing: {missing}")
    article = replace(
        first.article,
        text="\n\n".join(filter(None, texts)),
        captions=tuple(dict.fromkeys(c for r in readings for c in r.article.captions)),
        confidence=min(agreed, default=None),
        warnings=tuple(warnings),
        facts={**first.article.facts, "pages": len(readings)},
    )
    return Reading(
        article=article,
        lines=tuple(line for reading in readings for line in reading.lines),
        removed=tuple(removed),
    )
