"""Whether a source is healthy, quiet, degraded or failing, why, and what to do. Pure.

Silence needs an alarm of its own: a crawl of a dead feed ends "finished" and HTTP 200. How long a
silence may last follows from the source's own days: counts by weekday with a negative binomial
spread around them (a Poisson one is too narrow for news), and its own longest gaps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import exp, lgamma, log
from statistics import fmean

from crawler.record import Record
from crawler.rhythm import Rhythm

#: A silence that is less likely than this rings. With 300 sources judged for a month, chance
#: alone then rings about once in a year.
UNLIKELY = 1e-5
#: However lively a source is, a silence of less rings nobody.
LEAST_SILENCE = timedelta(hours=8)
#: Days of counts before silence is judged at all.
LEAST_DAYS = 7
#: A trickle is judged over so many whole days.
_LATE_DAYS = 3
#: Failed passes in a row, and for how long, before it is called failing: a hiccup is no news.
FAILED_PASSES = 3
FAILING_AFTER = timedelta(hours=1)
#: Pages known of before quality is judged, and those seen of late.
LEAST_EVER, LEAST_LATE = 30.0, 8.0
#: A channel that is lost so often in a row, while others come, is worth a word.
LOST_PASSES = 6
#: The spread of a source's days is taken to be no narrower than this.
_MOST_EVEN = 20.0

_ADVICE = {
    "http_4xx": "the publisher refuses us or moved the page: open it in a browser; if it asks "
    "for less, raise politeness.delay_s; if it moved, run: windcatch sources test URL",
    "http_5xx": "the publisher's server fails: wait; if it lasts days, see whether the site moved",
    "retry_later": "the publisher asks for fewer requests: raise politeness.delay_s and interval",
    "dns": "the host name is gone: see whether the site moved, or whether DNS works here",
    "timeout": "the server does not answer in time: wait, or raise politeness.timeout_s",
    "refused_connection": "nothing answers there: wait, or see whether the site moved",
    "connection": "the connection breaks: wait, or see whether a proxy is needed",
    "tls_error": "its certificate is not accepted: open it in a browser; wait for its renewal",
    "robots": "robots.txt does not allow it: ask the publisher, or take the channel out",
    "not_a_feed": "the address no longer gives a feed: find the new one with "
    "windcatch sources test URL",
    "empty_feed": "the feed has no entries: find another channel with windcatch sources test URL",
    "blocked_address": "its name leads into a private network: look at its DNS entry",
    "store": "our own database refused: see windcatch doctor",
}  # fmt: skip
_LOOK = "see what it gives now: windcatch sources test "


@dataclass(frozen=True, slots=True)
class Health:
    """How a source fares."""

    #: healthy, quiet, degraded, failing.
    state: str
    reason: str | None = None
    advice: str | None = None

    @property
    def text(self) -> str | None:
        """Reason and advice in one line."""
        return "; ".join(part for part in (self.reason, self.advice) if part) or None


HEALTHY = Health("healthy")


def judge(source_id: str, record: Record, rhythm: Rhythm, *, before: str, now: datetime) -> Health:
    """Return how *source_id* fares at *now*, given the state it was in *before*."""
    return (
        _failing(record, before, now)
        or _degraded(source_id, record, before)
        or _quiet(source_id, record, rhythm, now)
        or HEALTHY
    )


def _failing(record: Record, before: str, now: datetime) -> Health | None:
    since = record.failing_since
    if since is None:
        return None
    if before != "failing" and (record.failed < FAILED_PASSES or now - since < FAILING_AFTER):
        return None
    reason = f"{record.failed} passes failed since {since:%Y-%m-%d %H:%M}Z: {record.error}"
    return Health("failing", reason, _ADVICE.get(record.error_class or "", "see the log"))


def _degraded(source_id: str, record: Record, before: str) -> Health | None:
    look = _LOOK + source_id
    if record.moved_to:
        return Health(
            "degraded",
            f"its documents are now served by {record.moved_to}",
            "if that is the same publisher, write the new address into the source",
        )
    for url, times in record.lost.items():
        if times >= LOST_PASSES:
            return Health("degraded", f"{url} could not be read {times} times in a row", look)
    late, ever = record.of_late, record.as_ever
    if ever.weight < LEAST_EVER or late.weight < LEAST_LATE:
        return None
    # What is degraded stays so until it is clearly better, or it would ring at every page.
    slack = 1.5 if before == "degraded" else 1.0
    if ever.articles > 0.6 and late.articles < 0.5 * ever.articles * slack:
        return Health(
            "degraded",
            f"of late {late.articles:.0%} of new pages are articles, {ever.articles:.0%} before",
            look,
        )
    if ever.dated > 0.6 and late.dated < 0.4 * ever.dated * slack:
        return Health(
            "degraded",
            f"of late {late.dated:.0%} of articles have a date, {ever.dated:.0%} before",
            look,
        )
    if late.chars < 0.3 * ever.chars * slack:
        return Health(
            "degraded",
            f"texts have {late.chars:,.0f} characters of late, {ever.chars:,.0f} before",
            look,
        )
    return None


def _quiet(source_id: str, record: Record, rhythm: Rhythm, now: datetime) -> Health | None:
    last, since = record.last_new_at, record.since
    if last is None or since is None:
        return None
    advice = "see whether the channel died or moved: windcatch sources test " + source_id
    if sparse := _sparse(record, now):
        return Health("quiet", sparse, advice)
    silence = now - last
    if silence < LEAST_SILENCE:
        return None
    if _days_until(record, last) >= LEAST_DAYS and _chance_of(record, rhythm, now) < UNLIKELY:
        mean = sum(record.days.values()) / _days_until(record, last)
        return Health(
            "quiet",
            f"nothing new for {_shown(silence)}; it used to bring {mean:.1f} articles a day",
            advice,
        )
    if record.gaps >= 3 and silence > _stretch(record) * max(
        timedelta(seconds=record.longest_gap_s), timedelta(days=2)
    ):
        longest = _shown(timedelta(seconds=record.longest_gap_s))
        return Health(
            "quiet", f"nothing new for {_shown(silence)}; its longest gap was {longest}", advice
        )
    return None


def _sparse(record: Record, now: datetime) -> str | None:
    """Return what to say of a source that still brings something, but far less than it did."""
    today = now.astimezone(UTC).date()
    late = [today - timedelta(days=back) for back in range(1, _LATE_DAYS + 1)]
    assert record.since is not None
    if (late[-1] - record.since).days < 2 * LEAST_DAYS:
        return None
    end = datetime(late[-1].year, late[-1].month, late[-1].day, tzinfo=UTC)
    days, spread = by_weekday(replace(record, last_new_at=end))
    expected = sum(days[day.weekday()] for day in late)
    came = sum(record.days.get(day.isoformat(), 0) for day in late)
    if came >= lower_bound(expected, spread * _LATE_DAYS, chance=UNLIKELY):
        return None
    return f"{came} articles in the last {_LATE_DAYS} days; {expected:.0f} were to be expected"


def _stretch(record: Record) -> float:
    """Return how many times its longest gap a silence may last.

    Were the gaps of chance (exponential), one in C(gaps + k, k) would last k times the longest
    of the gaps before it: 1 in 3,060 for 14 gaps and k = 4, 1 in 36,000 for 58 and k = 3. A
    source that keeps its day is missed sooner.
    """
    assert record.last_new_at is not None
    mean_s = timedelta(days=_days_until(record, record.last_new_at)).total_seconds() / record.gaps
    if record.longest_gap_s < 1.5 * mean_s:
        return 2.5
    return 5.0 if record.gaps < 14 else 4.0 if record.gaps < 40 else 3.0


def _chance_of(record: Record, rhythm: Rhythm, now: datetime) -> float:
    """Return how likely it is that nothing came from its last article until *now*."""
    assert record.last_new_at is not None
    days, spread = by_weekday(record)
    total, moment = 0.0, record.last_new_at
    while moment < now and total > log(UNLIKELY) * 2:
        midnight = datetime(moment.year, moment.month, moment.day, tzinfo=UTC) + timedelta(days=1)
        after = min(midnight, now)
        mean = days[moment.weekday()] * _share(rhythm, moment, after)
        total -= spread * log(1 + mean / spread)
        moment = after
    return exp(total)


def _share(rhythm: Rhythm, start: datetime, end: datetime) -> float:
    """Return the part of a day's articles that come between *start* and *end*, by the hour."""
    if end - start >= timedelta(days=1):
        return 1.0
    hours, moment = 0.0, start
    while moment < end:
        full = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        after = min(full, end)
        hours += rhythm.hour_share(moment.hour) * ((after - moment) / timedelta(hours=1))
        moment = after
    return hours / 24


def by_weekday(record: Record) -> tuple[tuple[float, ...], float]:
    """Return the expected articles of each day of the week, Monday first, and their spread k.

    A day's count is taken as negative binomial: mean m, variance m + m²/k. Only whole days up
    to the last article count, so that a silence does not lower what is expected.
    """
    assert record.last_new_at is not None
    assert record.since is not None
    counts: list[tuple[int, int]] = []
    day = record.since
    while day < record.last_new_at.date():
        counts.append((day.weekday(), record.days.get(day.isoformat(), 0)))
        day += timedelta(days=1)
    if not counts:
        return (0.0,) * 7, 1.0
    mean = fmean(count for _, count in counts)
    by_day = []
    squares = 0.0
    for weekday in range(7):
        own = [count for at, count in counts if at == weekday]
        # Two weeks' worth of evenness: one odd Sunday is no rule. But no more is expected of a
        # weekday than it ever brought, or weekends would ring; before three of a kind are known
        # it may be a day off: the worst day counts in place of the mean.
        even = min(mean, max(own)) if len(own) >= 3 else min(count for _, count in counts)
        by_day.append((sum(own) + 2 * even) / (len(own) + 2))
        middle = fmean(own) if len(own) >= 3 else mean
        squares += sum((count - middle) ** 2 for count in own)
    over = squares / max(len(counts) - 7, 1) - mean
    spread = min(mean**2 / over, _MOST_EVEN) if over > 0 and mean > 0 else _MOST_EVEN
    return tuple(by_day), max(spread, 0.3)


def expected_on(record: Record, now: datetime) -> tuple[float | None, int | None]:
    """Return the new articles to be expected on the day of *now*, and the least of them.

    None and None while fewer than `LEAST_DAYS` days are known.
    """
    if record.last_new_at is None or record.since is None:
        return None, None
    if _days_until(record, record.last_new_at) < LEAST_DAYS:
        return None, None
    days, spread = by_weekday(record)
    mean = days[now.astimezone(UTC).weekday()]
    return round(mean, 1), lower_bound(mean, spread)


def lower_bound(mean: float, spread: float, *, chance: float = 0.01) -> int:
    """Return the count that a day of *mean* falls below with less than *chance*."""
    if mean <= 0:
        return 0
    share, total, count = spread / (spread + mean), 0.0, 0
    while count < mean:
        ways = lgamma(count + spread) - lgamma(spread) - lgamma(count + 1)
        total += exp(ways + spread * log(share) + count * log(1 - share))
        if total >= chance:
            return count
        count += 1
    return count


def _days_until(record: Record, last: datetime) -> int:
    assert record.since is not None
    return (last.astimezone(UTC).date() - record.since).days


def _shown(time: timedelta) -> str:
    hours = time / timedelta(hours=1)
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
