"""What reading a page gives: an article and how it was come by. Light to import, for the crawler."""

from __future__ import annotations

from dataclasses import dataclass

from spiders.structured import Structured
from storage.types import Article, Capture
from storage.urls import adopt


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An article and how it was come by."""

    article: Article
    #: The page's lines in no list of links, for `Learned.observe`.
    lines: tuple[str, ...] = ()
    #: Lines taken out of the text, with why.
    removed: tuple[tuple[str, str], ...] = ()


def refused(capture: Capture, source_id: str, reason: str) -> Article:
    """Return the Article that says why *capture* gave none."""
    return Article(
        source_id=source_id,
        url=capture.final_url,
        canonical_url=canonical(capture.final_url, None),
        title="",
        text="",
        fetched_at=capture.fetched_at,
        is_article=False,
        refusal=reason,
    )


def canonical(url: str, said: Structured | None) -> str:
    """Return the URL to file the page at *url* under, by its own word where that may be believed."""
    declared = (said.canonical or said.first("og:url")) if said is not None else None
    try:
        return adopt(url, declared or url)
    except ValueError:
        return url
