"""How often a source brings something, and when in the week. Pure; learnt from its passes.

The pace fades over two weeks, so that a source may change its habits; their shape over eight. The hour of the day and the
day of the week each have a share; both start even and take shape as articles come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp
from typing import Any

_MEMORY = timedelta(days=14)
#: Longer, or the day of the week that lies farthest back would seem the quietest.
_SHAPE = timedelta(days=56)
#: A burst (breaking news) is expected to go on for about so long.
_BURST = timedelta(hours=2)
_BURST_S = _BURST.total_seconds()
#: Before anything is known: an article every two hours, with the weight of half a day.
_PRIOR_COUNT = 6.0
_PRIOR_S = 12 * 3600.0
#: Articles after which the hours (the days) weigh as much as evenness does.
_EVEN_HOURS = 24.0
_EVEN_DAYS = 14.0
#: At its deadest hour a source is still given a tenth of its mean: news breaks at night, too.
_LEAST = 0.1
_HOUR = timedelta(hours=1)
#: A gap longer than this says nothing of hours and days.
_LONGEST_SPREAD = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Faded counts of what came when."""

    #: Up to when it has been counted; None before the first pass.
    at: datetime | None = None
    #: Time looked at, in seconds, and articles in it.
    seen_s: float = 0.0
    count: float = 0.0
    #: The same articles by hour of the day, and by day of the week (Monday first), in UTC.
    hours: tuple[float, ...] = (0.0,) * 24
    days: tuple[float, ...] = (0.0,) * 7
    #: Articles of the last hours.
    burst: float = 0.0

    def observe(self, new: int, *, now: datetime) -> Rhythm:
        """Return what is known after a good pass at *now* that brought *new* articles.

        The first pass sets the start: what it finds came at any time.
        """
        if self.at is None or now <= self.at:
            return replace(self, at=now)
        gap = now - self.at
        kept = exp(-(gap / _MEMORY))
        shape = exp(-(gap / _SHAPE))
        hours = [held * shape for held in self.hours]
        days = [held * shape for held in self.days]
        if new and gap <= _LONGEST_SPREAD:
            for moment, share in _slices(self.at, now):
                hours[moment.hour] += new * share
                days[moment.weekday()] += new * share
        return Rhythm(
            at=now,
            seen_s=self.seen_s * kept + gap.total_seconds(),
            count=self.count * kept + new,
            hours=tuple(hours),
            days=tuple(days),
            burst=self.burst * exp(-(gap / _BURST)) + new,
        )

    def rate(self, moment: datetime) -> float:
        """Return how many articles a second are expected at *moment*."""
        return self.forecast(moment)(0.0)

    def forecast(self, start: datetime) -> Callable[[float], float]:
        """Return `rate` so many seconds after *start*, for many moments.

        Every poll asks it some thirty times, so that here are no dates, only numbers.
        """
        mean = (self.count + _PRIOR_COUNT) / (self.seen_s + _PRIOR_S)
        hours = _shares(self.hours, _EVEN_HOURS)
        days = _shares(self.days, _EVEN_DAYS)
        burst = self.burst / _BURST_S
        since_burst = (start - self.at).total_seconds() if self.at and self.burst >= 1.0 else None
        second = start.hour * 3600 + start.minute * 60 + start.second + start.microsecond / 1e6
        weekday = start.weekday()

        def rate(ahead: float) -> float:
            hour = int((second + ahead) // 3600)
            share = hours[hour % 24] * days[(weekday + hour // 24) % 7]
            usual = mean * max(_LEAST, share)
            if since_burst is None:
                return usual
            return max(usual, burst * exp(-max(since_burst + ahead, 0.0) / _BURST_S))

        return rate

    def hour_share(self, hour: int) -> float:
        """Return how lively an hour of the day is; 1.0 is the mean."""
        return _shares(self.hours, _EVEN_HOURS)[hour]

    def as_json(self) -> dict[str, Any]:
        """Return it as kept in a source's memory."""
        return {
            "at": None if self.at is None else self.at.isoformat(),
            "seen_s": round(self.seen_s),
            "count": round(self.count, 3),
            "hours": [round(number, 3) for number in self.hours],
            "days": [round(number, 3) for number in self.days],
            "burst": round(self.burst, 3),
        }


def rhythm_of(memory: Mapping[str, Any]) -> Rhythm:
    """Return the rhythm in a source's *memory*; a fresh one when there is none that can be read."""
    held = memory.get("rhythm")
    try:
        assert isinstance(held, Mapping)
        hours = tuple(float(number) for number in held["hours"])
        days = tuple(float(number) for number in held["days"])
        assert (len(hours), len(days)) == (24, 7)
        return Rhythm(
            at=None if held["at"] is None else datetime.fromisoformat(held["at"]),
            seen_s=float(held["seen_s"]),
            count=float(held["count"]),
            hours=hours,
            days=days,
            burst=float(held["burst"]),
        )
    except (AssertionError, KeyError, TypeError, ValueError):
        return Rhythm()


def _shares(counts: Sequence[float], even: float) -> list[float]:
    """Return how lively each of *counts* is; 1.0 is the mean, and *even* counts speak for it."""
    scale = 1.0 / (sum(counts) + even)
    parts = len(counts)
    return [(parts * count + even) * scale for count in counts]


def _slices(start: datetime, end: datetime) -> Iterator[tuple[datetime, float]]:
    """Yield each hour that begins in or holds *start* to *end*, with its share of the time."""
    whole = (end - start).total_seconds()
    moment = start
    while moment < end:
        after = min(moment.replace(minute=0, second=0, microsecond=0) + _HOUR, end)
        yield moment, (after - moment).total_seconds() / whole
        moment = after
