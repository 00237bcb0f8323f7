"""One look at an article, and what follows from it alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from storage.clean import MAX_URL, details_of
from storage.decide import Seen, Step
from storage.recheck import next_check
from storage.types import Article, Capture, Discovery

#: A capture this fresh that seems older than what we hold was not: our clock was stepped back.
_FRESH = timedelta(hours=1)

#: How many fingerprints of cosmetic variants, and flips, an article remembers.
_REMEMBERED = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at an article and its circumstances."""

    article: Article
    fingerprint: str
    seen_at: datetime
    #: The response it was read from, stored already, or to be stored if it proves something.
    capture_id: int | None
    capture: Capture | None
    found_by: Discovery
    now: datetime
    run_id: int | None
    baseline: bool


def refusal_of(article: Article) -> str | None:
    if not article.is_article:
        return article.refusal or "not an article"
    if not article.title and not article.text.strip():
        return "empty"
    if max(len(url.encode()) for url in (article.url, article.canonical_url)) > MAX_URL:
        return f"its URL is longer than {MAX_URL} bytes"
    return None


def seen_of(look: Look, *, twin: bool) -> Seen:
    return Seen(
        url=look.article.canonical_url,
        twin=twin,
        fingerprint=look.fingerprint,
        title=look.article.title,
        text=look.article.text,
        language=look.article.language,
        seen_at=look.seen_at,
    )


def in_order(look: Look, newest: datetime) -> Look:
    """Return *look*, not older than *newest*, the last known of its article, if only our clock says so."""
    stepped_back = look.seen_at < newest and look.now < newest
    if stepped_back and look.now - look.seen_at < _FRESH:
        return replace(look, seen_at=newest)
    return look


def is_past(look: Look, until: datetime) -> bool:
    """Return whether *look* is of the past: the article's state at *until*, later, is known.

    A page fetched within the hour is news even then: two that fetch at once end in any order.
    """
    return look.seen_at < until and look.now - look.seen_at >= _FRESH


def place_of(look: Look, prints: Sequence[Any]) -> int:
    """Return how many of the revisions *prints*, the first first, come before or are *look*."""
    for place, held in enumerate(prints, start=1):
        if held.seen_at == look.seen_at and held.fingerprint == look.fingerprint:
            # Two captures of one second: each is what it was when it comes again.
            return place
    return sum(held.seen_at <= look.seen_at for held in prints)


def columns_of(article: Article) -> dict[str, Any]:
    """Return the columns that follow the newest revision."""
    precision = article.published_precision
    return {
        "title": article.title,
        "published_at": article.published_at,
        "published_precision": None if precision is None else precision.value,
        "published_from": article.published_from,
        "updated_at": article.updated_at,
        "language": article.language,
        "site": article.site,
        "kind": article.kind,
        "details": details_of(article),
    }


def check_after(
    url: str,
    look: Look,
    first_seen_at: datetime,
    changed_at: datetime,
    published_at: datetime | None,
) -> datetime | None:
    return next_check(
        url=url,
        first_seen_at=first_seen_at,
        last_changed_at=changed_at,
        published_at=published_at,
        now=look.now,
    )


def memory_after(
    memory: dict[str, Any],
    look: Look,
    step: Step,
    *,
    volatile: frozenset[str],
    streak: list[int],
) -> dict[str, Any] | None:
    """Return what the article remembers after *step*; None when that is what it did before.

    Args:
        volatile: Lines that change by themselves, as learned by now.
        streak: What to remember of looks in a row that each brought a revision, this one included.
    """
    kept: dict[str, Any] = {"volatile": sorted(volatile)} if volatile else {}
    if step.number is not None:
        # What was a cosmetic variant of the last revision may be an edit of this one.
        flips = list(memory.get("flips", ()))
        if step.flips:
            flips = [*flips, look.seen_at.isoformat()][-_REMEMBERED:]
        return kept | {"streak": streak} | ({"flips": flips} if flips else {})
    if volatile - frozenset(memory.get("volatile", ())):
        return memory | kept
    if step.cosmetic:
        held = [*memory.get("cosmetic", ()), look.fingerprint]
        return {**memory, "cosmetic": held[-_REMEMBERED:]}
    return None
