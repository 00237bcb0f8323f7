"""When a source is visited next. Pure.

Intervals follow what a pass brought, between the source's own bounds; failures stretch them
linearly ("exponential backoff is extreme" with hour-long bases: Media Cloud's rss-fetcher) and
never stop a source for good, since feeds come back from what looks like death.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from spiders.sources import Source

#: After so many failures the stretch does not grow further.
MAX_STRETCH = 12
#: Longer pauses that a server asks for are taken to be mistakes.
MAX_PAUSE = timedelta(days=1)
#: Share of the interval by which visits are spread, so that sources do not beat together.
JITTER = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass over a source came to, as far as the schedule cares."""

    ok: bool
    #: Articles that were new.
    new: int = 0
    #: New entries left for the next pass by `max_articles`.
    left: int = 0
    #: Ended before its work was done (SIGTERM, deadline).
    interrupted: bool = False
    #: The longest Retry-After.
    pause: timedelta = timedelta()


def next_due(
    source: Source, result: Pass, *, now: datetime, failures: float, quiet: int = 0
) -> datetime:
    """Return when to visit *source* again.

    Args:
        failures: Passes that failed in a row, this one included.
        quiet: Good passes in a row that brought nothing new, this one included.
    """
    wait = source.interval
    if not result.ok:
        wait *= min(max(failures, 1.0), MAX_STRETCH)
    elif result.interrupted or result.left:
        wait = source.min_interval
    elif result.new:
        wait = max(source.min_interval, wait * 0.8)
    elif quiet > 2:
        # A site that sleeps at night is asked half as often by the morning, not a tenth.
        wait *= min(2.0, 1.0 + 0.1 * (quiet - 2))
    wait = min(max(wait, source.min_interval), source.max_interval)
    # What the server asks for outweighs our own bounds.
    wait = max(wait * _spread(source.id), min(result.pause, MAX_PAUSE))
    return now + wait


def _spread(source_id: str) -> float:
    """Return 1 - JITTER to 1, the same for one source always."""
    return 1.0 - JITTER * (zlib.crc32(source_id.encode()) % 1000) / 1000
