"""What an import reads from a file: pages, articles, and what could not be used. Pure values."""

from __future__ import annotations

from dataclasses import dataclass

from storage.types import Article, Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """A page with its capture, still to be read."""

    where: str
    capture: Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundArticle:
    """An article that was read before it was written down."""

    where: str
    article: Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that should have been a page or an article and cannot be used."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Something that is neither, in good order: a picture, a redirect, a request."""

    where: str
    #: A few words for counters: "status 404", "image/png".
    reason: str


Thing = FoundPage | FoundArticle | Problem | Skipped
