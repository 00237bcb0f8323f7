"""What a source's passes have been like: the figures its health is judged by. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

#: Days of counts that are kept.
KEPT_DAYS = 42
#: Pages after which what was before weighs half, for "of late" and for "as ever".
_SHORT, _LONG = 8.0, 150.0
#: The longest gap is forgotten slowly: half of its lead in a month.
_GAP_FADES = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one pass showed, as far as health cares."""

    ok: bool
    #: The first good pass is under way: what stands there came at any time.
    baseline: bool = False
    new: int = 0
    #: Pages of new entries that came, and those of them that are articles.
    pages: int = 0
    articles: int = 0
    #: Of the articles: those with a date, and the characters of all texts.
    dated: int = 0
    chars: int = 0
    #: Another site on which a discovery document now lives.
    moved_to: str | None = None
    #: Discovery documents that could not be read while others could.
    lost: tuple[str, ...] = ()
    error: str | None = None
    #: The class of the error (spiders.failures) that was met most.
    error_class: str | None = None
    outage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Faded means over pages."""

    weight: float = 0.0
    #: Share of pages that are articles, of articles with a date; mean length of their text.
    articles: float = 0.0
    dated: float = 0.0
    chars: float = 0.0

    def add(self, seen: Outcome, half_life: float) -> Quality:
        """Return the means with the pages of one pass in them."""
        if not seen.pages:
            return self
        kept = self.weight * 0.5 ** (seen.pages / half_life)
        weight = kept + seen.pages
        articles = (self.articles * kept + seen.articles) / weight
        if not seen.articles:
            return replace(self, weight=weight, articles=articles)
        of_articles = kept + seen.articles
        return Quality(
            weight=weight,
            articles=articles,
            dated=(self.dated * kept + seen.dated) / of_articles,
            chars=(self.chars * kept + seen.chars) / of_articles,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The figures of one source."""

    #: The day from which `days` counts; days without a number in it brought nothing.
    since: date | None = None
    days: Mapping[str, int] = field(default_factory=dict)
    last_new_at: datetime | None = None
    #: The longest time without anything new, and how many such times there were in all.
    longest_gap_s: float = 0.0
    gaps: int = 0
    of_late: Quality = Quality()
    as_ever: Quality = Quality()
    #: Failed passes in a row, and since when.
    failed: int = 0
    failing_since: datetime | None = None
    error: str | None = None
    error_class: str | None = None
    moved_to: str | None = None
    #: Discovery documents lost pass after pass, with how often in a row.
    lost: Mapping[str, int] = field(default_factory=dict)

    def observe(self, seen: Outcome, *, now: datetime, learn: bool = True) -> Record:
        """Return the figures after one more pass.

        Args:
            learn: False while the source is degraded: what is wrong must not become the measure.
        """
        if seen.outage:
            return self
        if not seen.ok:
            return replace(
                self,
                failed=self.failed + 1,
                failing_since=self.failing_since or now,
                error=seen.error,
                error_class=seen.error_class,
            )
        after = replace(
            self,
            failed=0,
            failing_since=None,
            error=None,
            error_class=None,
            moved_to=seen.moved_to,
            lost={url: self.lost.get(url, 0) + 1 for url in seen.lost[:20]},
            of_late=self.of_late.add(seen, _SHORT),
            as_ever=self.as_ever.add(seen, _LONG) if learn else self.as_ever,
        )
        return after._counted(0 if seen.baseline else seen.new, now)

    def _counted(self, new: int, now: datetime) -> Record:
        today = now.astimezone(UTC).date()
        since = self.since or today
        if not new:
            return replace(self, since=since, last_new_at=self.last_new_at or now)
        oldest = max(since, today - timedelta(days=KEPT_DAYS))
        days = {day: count for day, count in self.days.items() if day >= oldest.isoformat()}
        days[today.isoformat()] = days.get(today.isoformat(), 0) + new
        gap = (now - self.last_new_at).total_seconds() if self.last_new_at else 0.0
        faded = self.longest_gap_s * 0.5 ** (timedelta(seconds=gap) / _GAP_FADES)
        return replace(
            self,
            since=oldest,
            days=days,
            last_new_at=now,
            longest_gap_s=max(gap, faded),
            gaps=self.gaps + 1,
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as kept in a source's memory."""
        return {
            "since": self.since and self.since.isoformat(),
            "days": dict(self.days),
            "last_new_at": self.last_new_at and self.last_new_at.isoformat(),
            "longest_gap_s": round(self.longest_gap_s),
            "gaps": self.gaps,
            "of_late": _quality_json(self.of_late),
            "as_ever": _quality_json(self.as_ever),
            "failed": self.failed,
            "failing_since": self.failing_since and self.failing_since.isoformat(),
            "error": self.error and self.error[:500],
            "error_class": self.error_class,
            "moved_to": self.moved_to,
            "lost": dict(self.lost),
        }


def record_of(memory: Mapping[str, Any]) -> Record:
    """Return the record in a source's *memory*; an empty one when there is none to be read."""
    held = memory.get("record")
    try:
        assert isinstance(held, Mapping)
        return Record(
            since=held["since"] and date.fromisoformat(held["since"]),
            days={str(day): int(count) for day, count in held["days"].items()},
            last_new_at=_moment(held["last_new_at"]),
            longest_gap_s=float(held["longest_gap_s"]),
            gaps=int(held["gaps"]),
            of_late=Quality(**held["of_late"]),
            as_ever=Quality(**held["as_ever"]),
            failed=int(held["failed"]),
            failing_since=_moment(held["failing_since"]),
            error=held["error"],
            error_class=held["error_class"],
            moved_to=held["moved_to"],
            lost={str(url): int(count) for url, count in held["lost"].items()},
        )
    except (AssertionError, AttributeError, KeyError, TypeError, ValueError):
        return Record()


def _quality_json(quality: Quality) -> dict[str, float]:
    return {
        "weight": round(quality.weight, 2),
        "articles": round(quality.articles, 4),
        "dated": round(quality.dated, 4),
        "chars": round(quality.chars, 1),
    }


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
