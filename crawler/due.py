"""When a source is visited next. Pure.

A source is asked again when the articles that are expected to wait for us have together waited
long enough: at a steady pace the interval goes with one over the square root of the pace, which
for a given number of requests makes the mean delay least. On top of that comes Media Cloud's
rule: polls overlap, so that nothing rolls out of a feed unseen. Failures stretch the interval
linearly ("exponential backoff is extreme" with hour-long bases: Media Cloud's rss-fetcher) and
never stop a source for good, since feeds come back from what looks like death.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.rhythm import Rhythm
from spiders.sources import Source

#: After so many failures the stretch does not grow further.
MAX_STRETCH = 12.0
#: Longer pauses that a server asks for are taken to be mistakes.
MAX_PAUSE = timedelta(days=1)
#: Share of the interval by which visits are spread, so that sources do not beat together.
JITTER = 0.1
#: Less than this share of known entries, and the next poll comes in half the time; less than the
#: other, and it comes no later than this one did (Media Cloud: dup% < 33, 33..67).
SPARSE = 1 / 3
DENSE = 2 / 3
#: Expected new entries may fill no more than this share of a document.
_MOST_OF_DOCUMENT = 0.5
#: The way ahead is looked at in steps of so many seconds, or of a tenth of the wait when that is more.
_STEP_S = 60.0

#: What failed by the network or by load weighs half (it passes), by our own database nothing.
_CHARGES = {
    "timeout": 0.5, "dns": 0.5, "connection": 0.5, "refused_connection": 0.5, "truncated": 0.5,
    "retry_later": 0.5, "http_4xx": 0.5, "http_5xx": 0.5, "store": 0.0,
}  # fmt: skip
#: What our own broken line looks like, for every source alike.
LINE = frozenset({"timeout", "dns", "connection", "refused_connection"})
#: So many sources must have failed, and all of them, before we blame our own line.
_WITNESSES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass over a source came to, as far as the schedule cares."""

    ok: bool
    #: Entries in the discovery documents, and those among them that were known before.
    found: int = 0
    known: int = 0
    #: New entries left for the next pass by `max_articles`.
    left: int = 0
    #: Ended before its work was done (SIGTERM, deadline).
    interrupted: bool = False
    #: The longest Retry-After.
    pause: timedelta = timedelta()
    #: How long the documents themselves say they stay as they are (ttl, sy:, max-age).
    hint: timedelta = timedelta()
    #: Since the last good pass; None for the first.
    gap: timedelta | None = None
    #: It failed because our own line is down.
    outage: bool = False


def next_due(
    source: Source, result: Pass, *, now: datetime, failures: float, rhythm: Rhythm
) -> datetime:
    """Return when to visit *source* again.

    Args:
        failures: Points of failure in a row, this pass included.
        rhythm: What its passes brought, this one included.
    """
    if result.outage or (result.ok and (result.interrupted or result.left)):
        wait = source.min_interval
    elif not result.ok:
        wait = source.interval * min(max(failures, 1.0), MAX_STRETCH)
    else:
        wait = _wait(source, result, now=now, rhythm=rhythm)
        # A hint may slow us down to the pace that was configured, no further: every WordPress
        # says "hourly", whatever it does.
        wait = max(wait, min(result.hint, source.interval))
    wait = min(max(wait, source.min_interval), source.max_interval)
    # What the server asks for outweighs our own bounds.
    wait = max(wait * _spread(source.id), min(result.pause, MAX_PAUSE))
    return now + wait


def charge(errors: Mapping[str, int], *, outage: bool = False) -> float:
    """Return how many points of failure a failed pass with these *errors* (by class) costs."""
    if outage:
        return 0.0
    return max((_CHARGES.get(word, 1.0) for word in errors), default=1.0)


def line_down(others: Mapping[str, bool], source_id: str) -> bool:
    """Tell whether our own line is down, when the line has just failed for *source_id*.

    Args:
        others: Of the sources whose last pass was of late: whether the line failed it.
    """
    rest = [failed for id_, failed in others.items() if id_ != source_id]
    return len(rest) + 1 >= _WITNESSES and all(rest)


def _wait(source: Source, result: Pass, *, now: datetime, rhythm: Rhythm) -> timedelta:
    wait = _patience(source, now, rhythm, result.found)
    if result.found and result.gap is not None:
        share = result.known / result.found
        if share < SPARSE:
            wait = min(wait, result.gap / 2)
        elif share < DENSE:
            wait = min(wait, result.gap)
    return wait


def _patience(source: Source, now: datetime, rhythm: Rhythm, listed: int) -> timedelta:
    """Return the time in which expected articles wait half an interval together.

    One article an interval then gives just the interval. *listed* entries in the documents (0
    when unknown) must not be half replaced meanwhile.
    """
    budget = source.interval.total_seconds() / 2
    room = listed * _MOST_OF_DOCUMENT if listed else float("inf")
    most = source.max_interval.total_seconds()
    waited = coming = wait = 0.0
    rate = rhythm.forecast(now)
    while wait < most and waited < budget and coming < room:
        step = max(_STEP_S, wait / 10)
        more = rate(wait) * step
        waited += (coming + more / 2) * step
        coming += more
        wait += step
    return timedelta(seconds=wait)


def _spread(source_id: str) -> float:
    """Return 1 - JITTER to 1, the same for one source always."""
    return 1.0 - JITTER * (zlib.crc32(source_id.encode()) % 1000) / 1000
