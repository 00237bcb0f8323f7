"""Healthy, quiet, degraded or failing: histories of passes, and what is said of them when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.health import HEALTHY, Health, by_weekday, judge, lower_bound
from crawler.record import Outcome, Record, record_of
from crawler.rhythm import Rhythm

START = datetime(2026, 9, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)

GOOD = Outcome(ok=True, new=1, pages=1, articles=1, dated=1, chars=2000)


@dataclass
class Life:
    """A source that is passed over every hour; remembers each change of its state."""

    now: datetime = START
    record: Record = field(default_factory=Record)
    rhythm: Rhythm = field(default_factory=Rhythm)
    health: Health = HEALTHY

    def __post_init__(self) -> None:
        self.changes: list[tuple[datetime, Health]] = []

    def passes(self, seen: Outcome) -> None:
        self.now += HOUR
        learn = self.health.state != "degraded"
        self.record = self.record.observe(seen, now=self.now, learn=learn)
        if seen.ok:
            self.rhythm = self.rhythm.observe(seen.new, now=self.now)
        before = self.health.state
        self.health = judge("s", self.record, self.rhythm, before=before, now=self.now)
        if self.health.state != before:
            self.changes.append((self.now, self.health))

    def live(self, hours: int, what: Callable[[datetime], Outcome]) -> Life:
        for _ in range(hours):
            self.passes(what(self.now))
        return self

    @property
    def states(self) -> list[str]:
        return [health.state for _, health in self.changes]


def articles(new: int, **other: int) -> Outcome:
    """A good pass with so many articles in it."""
    seen = Outcome(ok=True, new=new, pages=new, articles=new, dated=new, chars=new * 2000)
    return replace(seen, **other)  # type: ignore[arg-type]  # counts only


def office(random: Random, per_hour: float, weekend: float = 0.5) -> Callable[[datetime], Outcome]:
    """A source that writes from 8 to 18, and so much less at week-ends, by chance."""

    def what(now: datetime) -> Outcome:
        pace = per_hour * (8 <= now.hour < 18) * (weekend if now.weekday() > 4 else 1.0)
        new = sum(random.random() < pace / 20 for _ in range(20))
        return articles(new)

    return what


def silent(_: datetime) -> Outcome:
    return articles(0)


def failing(word: str) -> Callable[[datetime], Outcome]:
    return lambda _: Outcome(ok=False, error=f"{word}: it failed", error_class=word)


@pytest.mark.parametrize("seed", range(6))
def test_a_source_that_lives_rings_nobody(seed: int) -> None:
    life = Life().live(24 * 42, office(Random(seed), [0.15, 0.5, 1, 2, 5, 9][seed]))
    assert life.changes == []


def test_an_office_that_is_shut_at_weekends_rings_nobody() -> None:
    # The fourth weekend is the first that is judged by weekends alone.
    life = Life().live(24 * 42, office(Random(3), 2.5, weekend=0.01))
    assert life.changes == []


@pytest.mark.parametrize(("per_hour", "days"), [(9, 1.5), (2, 3), (0.5, 5), (0.15, 14)], ids=str)
def test_silence_is_noticed_the_sooner_the_livelier(per_hour: float, days: float) -> None:
    life = Life().live(24 * 28, office(Random(1), per_hour)).live(24 * 15, silent)
    assert life.states == ["quiet"]
    when, health = life.changes[0]
    assert when - START - timedelta(days=28) <= timedelta(days=days)
    assert health.reason is not None
    assert "nothing new for " in health.reason or "in the last 3 days" in health.reason
    assert health.advice is not None
    assert "windcatch sources test s" in health.advice
    life.live(24 * 4, office(Random(2), per_hour))
    assert life.states == ["quiet", "healthy"]


def test_a_weekly_source_may_be_late_and_is_missed_after_some_weeks() -> None:
    def weekly(now: datetime) -> Outcome:
        return articles(int(now.weekday() == 3 and now.hour == 9))

    life = Life().live(24 * 7 * 6, weekly).live(24 * 13, silent)
    assert life.changes == []
    life.live(24 * 12, silent)
    assert life.states == ["quiet"]


def test_a_trickle_is_noticed() -> None:
    life = (
        Life().live(24 * 28, office(Random(3), 6)).live(24 * 6, lambda now: articles(now.hour % 2))
    )
    assert life.states[:1] == ["quiet"]
    assert "in the last 3 days" in (life.changes[0][1].reason or "")


def test_a_hiccup_is_no_news_and_a_ban_is() -> None:
    what = office(Random(4), 2)
    life = Life().live(24 * 8, what).live(2, failing("timeout")).live(3, what)
    assert life.changes == []
    life.live(24, failing("http_4xx"))
    assert life.states == ["failing"]
    when, health = life.changes[0]
    assert when - START == timedelta(hours=24 * 8 + 5 + 3)
    assert health.reason is not None
    assert "http_4xx: it failed" in health.reason
    assert health.advice is not None
    assert "politeness.delay_s" in health.advice
    life.passes(articles(5))
    assert life.states == ["failing", "healthy"]


def test_our_own_outage_says_nothing_of_a_source() -> None:
    what = office(Random(5), 2)
    out = Outcome(ok=False, error="dns: x", error_class="dns", outage=True)
    life = Life().live(24 * 8, what).live(12, lambda _: out).live(24, what)
    assert life.changes == []


@pytest.mark.parametrize(
    ("broken", "word"),
    [
        (articles(1, articles=0, dated=0, chars=0), "of new pages are articles"),
        (articles(1, dated=0), "have a date"),
        (articles(1, chars=200), "characters of late"),
        (replace(articles(1), moved_to="new.example"), "served by new.example"),
        (replace(articles(1), lost=("https://s/feed2",)), "could not be read"),
    ],
)
def test_what_degrades_a_source(broken: Outcome, word: str) -> None:
    life = Life().live(24 * 7, lambda _: GOOD).live(48, lambda _: broken)
    assert life.states == ["degraded"]
    assert word in (life.health.reason or "")
    # However long it lasts, it does not become the measure.
    life.live(24 * 20, lambda _: broken)
    assert life.health.state == "degraded"
    life.live(48, lambda _: GOOD)
    assert life.states == ["degraded", "healthy"]


def test_what_is_expected_on_which_day() -> None:
    life = Life().live(24 * 28, office(Random(7), 2))
    days, spread = by_weekday(life.record)
    assert days[0] == pytest.approx(20, rel=0.25)
    assert days[6] == pytest.approx(11, rel=0.3)
    assert spread > 5
    assert 5 <= lower_bound(days[0], spread) < days[0]
    assert lower_bound(0, 1) == 0
    assert lower_bound(0.2, 1) == 0


OUTCOMES = st.builds(
    Outcome,
    ok=st.booleans(),
    baseline=st.booleans(),
    new=st.integers(0, 500),
    pages=st.integers(0, 500),
    articles=st.integers(0, 500),
    dated=st.integers(0, 500),
    chars=st.integers(0, 10**7),
    moved_to=st.one_of(st.none(), st.just("x.example")),
    lost=st.lists(st.text(max_size=9), max_size=3).map(tuple),
    error=st.one_of(st.none(), st.text(max_size=20)),
    error_class=st.one_of(st.none(), st.sampled_from(["dns", "store", "new_word"])),
    outage=st.booleans(),
)


@given(st.lists(st.tuples(OUTCOMES, st.floats(-200, 900)), max_size=30))
def test_any_history_has_a_verdict_and_survives_the_database(
    history: list[tuple[Outcome, float]],
) -> None:
    now, record, rhythm, state = START, Record(), Rhythm(), "healthy"
    for seen, hours in history:
        now += timedelta(hours=hours)
        record, rhythm = record.observe(seen, now=now), rhythm.observe(seen.new, now=now)
        health = judge("s", record, rhythm, before=state, now=now)
        state = health.state
        assert (health.reason is None) == (state == "healthy")
        assert len(record.days) <= 45
    again = record_of({"record": record.as_json()})
    assert again.days == record.days
    assert again.failed == record.failed
