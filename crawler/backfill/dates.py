"""Is it of the time that is wanted? Three levels, each asked before the next costs a request. Pure.

The day an address states, then the date a list prints, then the publication time the page itself
gives, which decides. When a page was captured or changed says nothing of when it was published,
but that it was not later: a page changed before the span began cannot be of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum

from crawler.backfill.span import DAY, Span
from spiders.listings import date_in_url
from storage.types import Article, Entry, Precision

#: Entries that must agree before a sitemap's `lastmod` is believed.
ENOUGH = 10


class Reach(Enum):
    """Where something lies."""

    BEFORE = "before"
    WITHIN = "within"
    AFTER = "after"
    UNKNOWN = "unknown"


def place(moment: datetime | None, span: Span, *, slack: timedelta = timedelta(0)) -> Reach:
    """Return where *moment* lies; within *slack* of the span counts as in it."""
    if moment is None:
        return Reach.UNKNOWN
    if moment < span.begin - slack:
        return Reach.BEFORE
    return Reach.AFTER if moment >= span.end + slack else Reach.WITHIN


def of_entry(entry: Entry, span: Span, *, zone: str | None, trusted: bool) -> Reach:
    """Return where a listed entry lies, as far as its address and its list tell.

    Args:
        trusted: the times of change in its list were proven true (see `proven`).
    """
    by_url = place(date_in_url(entry.url, zone), span, slack=DAY)
    if by_url is not Reach.UNKNOWN:
        return by_url
    if entry.published_at is not None:
        return place(entry.published_at, span, slack=DAY)
    if trusted and place(entry.changed_at, span, slack=DAY) is Reach.BEFORE:
        return Reach.BEFORE
    return Reach.UNKNOWN


def proven(entries: Iterable[Entry], *, zone: str | None) -> bool:
    """Tell whether a sitemap's `lastmod` can be believed: many, not all one, none before its page.

    Sites are known to print the time of the request, or one day, for every page.
    """
    seen: set[datetime] = set()
    checked = 0
    for entry in entries:
        stated = date_in_url(entry.url, zone)
        if entry.changed_at is None or stated is None:
            continue
        if entry.changed_at < stated - DAY:
            return False
        checked += 1
        seen.add(entry.changed_at)
    return checked >= ENOUGH and len(seen) > checked // 10


def of_article(article: Article, span: Span) -> Reach:
    """Return where an article lies by its own publication time: the level that decides."""
    stated_day = article.published_precision is Precision.DAY
    return place(article.published_at, span, slack=DAY if stated_day else timedelta(0))


class Run:
    """Counts entries in a row that lie before the span: a pinned one must not end a section."""

    def __init__(self, enough: int, so_far: int = 0) -> None:
        self._enough = enough
        self.count = so_far

    def take(self, reach: Reach) -> None:
        """Count one entry; an undated one neither counts nor breaks the row."""
        if reach is Reach.BEFORE:
            self.count += 1
        elif reach is not Reach.UNKNOWN:
            self.count = 0

    @property
    def over(self) -> bool:
        """True when enough came one after another."""
        return self.count >= self._enough
