"""Reads the value of date: in a query. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from alerts.query.errors import QueryError
from alerts.query.tree import DateRange

_PART = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?$")
_SIGN = re.compile(r"(>=|<=|>|<)?(.*)$", re.DOTALL)


def date_range(value: str, at: int) -> DateRange:
    """Return the range *value* stands for: a year, month or day, >, <, >=, <=, or A..B.

    Raises:
        QueryError: at *at*.
    """
    if ".." in value:
        first, _, last = value.partition("..")
        since, until = _span(first, at)[0], _span(last, at)[1]
        if since >= until:
            raise QueryError(f"the range {value} ends before it begins", at)
        return DateRange(since, until, at)
    found = _SIGN.match(value)
    sign, rest = (found[1], found[2]) if found else (None, value)
    begin, end = _span(rest, at)
    match sign:
        case ">=":
            return DateRange(begin, None, at)
        case ">":
            return DateRange(end, None, at)
        case "<=":
            return DateRange(None, end, at)
        case "<":
            return DateRange(None, begin, at)
        case _:
            return DateRange(begin, end, at)


def _span(text: str, at: int) -> tuple[date, date]:
    found = _PART.match(text)
    try:
        if found:
            year = int(found[1])
            month = int(found[2]) if found[2] else None
            day = int(found[3]) if found[3] else None
            if month is None:
                return date(year, 1, 1), date(year + 1, 1, 1)
            if day is None:
                first = date(year, month, 1)
                return first, (first + timedelta(days=31)).replace(day=1)
            return date(year, month, day), date(year, month, day) + timedelta(days=1)
    except (ValueError, OverflowError):
        pass
    raise QueryError(f"{text[:40]!r} is no date: expected YYYY, YYYY-MM or YYYY-MM-DD", at)
