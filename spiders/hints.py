"""How long a discovery document says it stays as it is. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: A day; longer claims are leftovers of a template.
MAX_HINT_S = 86_400.0

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_FORBIDS = re.compile(r"no-cache|no-store", re.IGNORECASE)
#: RSS 1.0 syndication module: https://web.resource.org/rss/1.0/modules/syndication/
_PERIODS = {
    "hourly": 3600.0,
    "daily": 86_400.0,
    "weekly": 7 * 86_400.0,
    "monthly": 30 * 86_400.0,
    "yearly": 365 * 86_400.0,
}


def max_age_s(headers: Mapping[str, str]) -> float:
    """Return how long a cache may hold the answer (RFC 9111, 5.2.2.1), less its Age; 0 for none."""
    control = headers.get("cache-control", "")
    found = _MAX_AGE.search(control)
    if found is None or _FORBIDS.search(control):
        return 0.0
    age = headers.get("age", "").strip()
    seconds = float(found[1]) - (float(age) if age.isdecimal() and len(age) < 10 else 0.0)
    return min(max(seconds, 0.0), MAX_HINT_S)


def feed_ttl_s(feed: Mapping[str, Any]) -> float:
    """Return what an RSS feed says in `ttl` (minutes) or `sy:updatePeriod`; 0 for nothing."""
    ttl = str(feed.get("ttl", "")).strip()
    if ttl.isdecimal() and len(ttl) < 7:
        return min(float(ttl) * 60, MAX_HINT_S)
    period = _PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower())
    if period is None:
        return 0.0
    times = str(feed.get("sy_updatefrequency", "1")).strip()
    often = int(times) if times.isdecimal() and len(times) < 6 else 1
    return min(period / max(often, 1), MAX_HINT_S)
