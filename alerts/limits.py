"""How fast, how often and how long to wait before the next try. Pure: time is an argument."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

#: Slack allows one message a second to a channel; it tolerates short bursts, without a promise to
#: show what is in them (rate-limit page).
SLACK_RATE = 1.0
SLACK_BURST = 1

#: Retry-After outside these bounds is a mistake or an attack (table 5.9, no. 34).
RETRY_AFTER_MIN = 1.0
RETRY_AFTER_MAX = 3600.0
#: When a 429 carries no readable Retry-After; Slack's own answers are mostly 1 to 60.
RETRY_AFTER_DEFAULT = 30.0

BACKOFF_BASE = 2.0
BACKOFF_CAP = 900.0

#: How long an open circuit waits before one message probes the channel again.
PROBE_FIRST = timedelta(minutes=1)
PROBE_CAP = timedelta(hours=1)


def retry_after(value: str | None) -> float:
    """Return the seconds a Retry-After header asks for, within [1, 3600].

    Decimals are honoured although RFC 9110 allows only whole seconds (gateways send them).
    An HTTP-date, a negative number or rubbish gives the default of 30.
    """
    try:
        seconds = float((value or "").strip())
    except ValueError:
        return RETRY_AFTER_DEFAULT
    if not 0 <= seconds < float("inf"):
        return RETRY_AFTER_DEFAULT
    return min(max(seconds, RETRY_AFTER_MIN), RETRY_AFTER_MAX)


def backoff(attempts: int, *, jitter: Callable[[], float], floor: float = 0.0) -> timedelta:
    """Return the wait before try number *attempts* + 1: full jitter over a doubling window.

    *jitter* gives a number in [0, 1). *floor* (a Retry-After, or the 5 s that a message
    store needs to show what it took) is a minimum, to which at most a tenth is added so that
    many waiters do not come back in the same instant.
    """
    window = min(BACKOFF_CAP, BACKOFF_BASE * 2 ** min(max(attempts, 0), 20))
    drawn = jitter()
    return timedelta(seconds=max(window * drawn, floor * (1 + drawn / 10)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A token bucket: *burst* at once, *rate* a second after that."""

    rate: float
    burst: float
    tokens: float
    #: Seconds on a monotonic clock.
    at: float

    @classmethod
    def full(cls, *, rate: float, burst: float, at: float) -> Bucket:
        """Return a bucket that has not been used."""
        return cls(rate=rate, burst=burst, tokens=burst, at=at)

    def take(self, at: float) -> tuple[Bucket, float]:
        """Return the bucket after taking one token, and the seconds to wait before acting."""
        # A clock that steps back gives nothing and takes nothing.
        tokens = min(self.burst, self.tokens + max(0.0, at - self.at) * self.rate) - 1
        wait = max(0.0, -tokens / self.rate)
        return replace(self, tokens=tokens, at=max(at, self.at)), wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """Whether a channel (or token) is believed to work."""

    #: None while closed.
    opened_at: datetime | None = None
    #: When one message may try again.
    probe_at: datetime | None = None
    code: str | None = None
    probes: int = 0

    @property
    def is_open(self) -> bool:
        """True while nothing but a probe may be sent."""
        return self.opened_at is not None

    def allows(self, now: datetime) -> bool:
        """Return True when a message may be tried at *now*."""
        return self.probe_at is None or now >= self.probe_at

    def failed(self, now: datetime, code: str) -> Circuit:
        """Return the circuit after a permanent refusal: open, probing ever more rarely."""
        wait = min(PROBE_CAP, PROBE_FIRST * 2 ** min(self.probes, 10))
        return Circuit(
            opened_at=self.opened_at or now,
            probe_at=now + wait,
            code=code,
            probes=self.probes + 1,
        )

    def worked(self) -> Circuit:
        """Return the circuit after a success: closed, with no memory of the trouble."""
        return Circuit()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """At most *limit* events in any period of *span*."""

    limit: int
    span: timedelta
    taken: tuple[datetime, ...] = ()

    def allows(self, now: datetime) -> bool:
        """Return True when one more event at *now* stays within the limit."""
        return len(self._recent(now)) < self.limit

    def took(self, now: datetime) -> Window:
        """Return the window after one event at *now*."""
        return replace(self, taken=(*self._recent(now), now))

    def _recent(self, now: datetime) -> tuple[datetime, ...]:
        return tuple(at for at in self.taken if now - self.span < at <= now)
