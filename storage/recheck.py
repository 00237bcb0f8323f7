"""When an article is visited again: dense while young or lately changed, then ever rarer. Pure."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

from storage.types import WithdrawalPolicy

#: (age up to, time between two visits). Most corrections come on the first day; a silent
#: edit weeks later is rare, and a month is what we promise (DESIGN 4.5).
DECAY = (
    (timedelta(hours=6), timedelta(hours=1)),
    (timedelta(hours=24), timedelta(hours=3)),
    (timedelta(days=3), timedelta(hours=8)),
    (timedelta(days=7), timedelta(days=1)),
    (timedelta(days=32), timedelta(days=3)),
)
#: No visit lies further ahead, with the spread of `_jitter`.
LONGEST_PAUSE = max(pause for _, pause in DECAY) * 1.1


def next_check(
    *,
    url: str,
    first_seen_at: datetime,
    last_changed_at: datetime,
    published_at: datetime | None,
    now: datetime,
) -> datetime | None:
    """Return when to visit an article again after a visit at *now*; None when it has decayed.

    An article that was old when we found it (a backfill) counts from its publication, so that
    ten thousand of them are not visited every hour; a change makes it young again.
    """
    born = first_seen_at if published_at is None else min(first_seen_at, published_at)
    lively = last_changed_at if last_changed_at > first_seen_at else born
    age = now - lively
    for limit, pause in DECAY:
        if age < limit:
            return now + pause * _jitter(url)
    return None


def next_confirmation(*, url: str, now: datetime, policy: WithdrawalPolicy) -> datetime:
    """Return when to ask again for an article that seems to be gone."""
    return now + policy.spread / max(policy.confirmations - 1, 1) * (_jitter(url) + 0.1)


def _jitter(url: str) -> float:
    """Return 0.9 to 1.1, the same for one URL always: a hundred articles found at once part."""
    return 0.9 + 0.2 * (zlib.crc32(url.encode()) % 1000) / 1000
