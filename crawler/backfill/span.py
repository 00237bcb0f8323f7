"""Spans of publication time, cut into months and days; months that names state. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

#: sitemap-2021-03.xml, post-sitemap_202103.xml, /sitemaps/2021/03/, news-2021.xml.
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/.]?(0[1-9]|1[0-2])(?:[-_/.]?([0-3]\d))?(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From *begin* (included) to *end* (excluded), aware UTC."""

    begin: datetime
    end: datetime

    def touches(self, other: Span, *, slack: timedelta = DAY) -> bool:
        """Tell whether *other* comes within *slack* of this span: printed days have no zone."""
        return other.begin < self.end + slack and other.end > self.begin - slack

    def cut(self, other: Span) -> Span:
        """Return the part of *other* that lies in this span."""
        return Span(max(self.begin, other.begin), min(self.end, other.end))


def month(year: int, number: int) -> Span:
    """Return one calendar month in UTC."""
    begin = datetime(year, number, 1, tzinfo=UTC)
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    return Span(begin, end)


def months(span: Span) -> Iterator[tuple[str, Span]]:
    """Yield the months that *span* has a part of, with that part, the newest first."""
    last = span.end - timedelta(microseconds=1)
    year, number = last.year, last.month
    while (whole := month(year, number)).end > span.begin:
        yield f"{year}-{number:02}", span.cut(whole)
        year, number = (year, number - 1) if number > 1 else (year - 1, 12)


def days(span: Span) -> Iterator[tuple[str, Span]]:
    """Yield the days that *span* has a part of, with that part, the newest first."""
    day = (span.end - timedelta(microseconds=1)).date()
    while (whole := _day(day)).end > span.begin:
        yield day.isoformat(), span.cut(whole)
        day -= DAY


def _day(day: date) -> Span:
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Span(begin, begin + DAY)


def stated(name: str) -> Span | None:
    """Return the month, day or year that the name of a file states; None when it states none."""
    path = name.partition("://")[2].partition("/")[2] or name
    if found := _MONTH.search(path):
        whole = month(int(found[1]), int(found[2]))
        if found[3]:
            try:
                return _day(date(int(found[1]), int(found[2]), int(found[3])))
            except ValueError:
                return whole
        return whole
    if found := _YEAR.search(path):
        year = int(found[1])
        return Span(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))
    return None
