"""When a source is visited next, and what that rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.due import Pass, charge, line_down, next_due
from crawler.rhythm import Rhythm, rhythm_of
from spiders.sources import Channel, ChannelKind, Source

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCE = Source(
    id="s",
    name="S",
    home="https://news.example/",
    channels=(Channel(kind=ChannelKind.FEED, url="https://news.example/feed"),),
    max_interval=timedelta(hours=6),
)


def steady(per_hour: float, *, days: int = 28, hours: range = range(24)) -> Rhythm:
    """The rhythm of a source that brings so many an hour, in these hours of the day, until NOW."""
    rhythm = Rhythm().observe(0, now=NOW - timedelta(days=days))
    left = 0.0
    for hour in range(1, days * 24 + 1):
        now = NOW - timedelta(days=days) + hour * HOUR
        left += per_hour * ((now - HOUR).hour in hours)
        rhythm = rhythm.observe(int(left), now=now)
        left -= int(left)
    return replace(rhythm, burst=0.0)


OVERLAP = Pass(ok=True, found=20, known=20, gap=HOUR)


@pytest.mark.parametrize(
    ("result", "rhythm", "failures", "least", "most"),
    [
        pytest.param(OVERLAP, steady(2), 0, 27, 31, id="one an interval: the interval"),
        pytest.param(OVERLAP, steady(8), 0, 13, 17, id="four times as many: half of it"),
        pytest.param(OVERLAP, steady(60), 0, 9, 10, id="never below the least"),
        pytest.param(OVERLAP, steady(1 / 23), 0, 120, 240, id="one a day: a few hours"),
        pytest.param(
            Pass(ok=True, found=20, known=2, gap=timedelta(minutes=24)),
            steady(2), 0, 10, 12, id="hardly any overlap: half of the time",
        ),
        pytest.param(
            Pass(ok=True, found=20, known=10, gap=timedelta(minutes=20)),
            steady(2), 0, 18, 20, id="some overlap: no later than this time",
        ),
        pytest.param(
            Pass(ok=True, found=4, known=4, gap=HOUR),
            steady(8), 0, 13, 16, id="a short document must not roll over",
        ),
        pytest.param(replace(OVERLAP, left=9), steady(2), 0, 9, 10, id="some were left"),
        pytest.param(replace(OVERLAP, interrupted=True), steady(2), 0, 9, 10, id="cut short"),
        pytest.param(
            replace(OVERLAP, hint=timedelta(minutes=20)), steady(60), 0, 18, 20, id="its ttl"
        ),
        pytest.param(
            replace(OVERLAP, hint=HOUR), steady(60), 0, 27, 30, id="a ttl, up to the interval"
        ),
        pytest.param(Pass(ok=False), Rhythm(), 1, 27, 30, id="failed once"),
        pytest.param(Pass(ok=False), Rhythm(), 3, 81, 90, id="linear, not exponential"),
        pytest.param(Pass(ok=False), Rhythm(), 1000, 324, 360, id="never dead"),
        pytest.param(Pass(ok=False, outage=True), Rhythm(), 9, 9, 10, id="not its fault"),
        pytest.param(replace(OVERLAP, pause=HOUR), steady(60), 0, 60, 60, id="Retry-After"),
        pytest.param(
            replace(OVERLAP, pause=timedelta(days=400)), steady(2), 0, 1440, 1440, id="a day at most"
        ),
    ],
)  # fmt: skip
def test_next_due(result: Pass, rhythm: Rhythm, failures: float, least: float, most: float) -> None:
    wait = next_due(SOURCE, result, now=NOW, failures=failures, rhythm=rhythm) - NOW
    assert timedelta(minutes=least) <= wait <= timedelta(minutes=most)


def test_a_source_that_sleeps_is_asked_less_at_night_and_again_in_the_morning() -> None:
    rhythm = steady(6, hours=range(8, 18))
    noon, night = NOW.replace(hour=12), NOW.replace(hour=23)
    waits = [
        next_due(SOURCE, OVERLAP, now=now, failures=0, rhythm=rhythm) - now for now in (noon, night)
    ]
    assert waits[1] > 2 * waits[0]
    early = NOW.replace(hour=6)
    wake = next_due(SOURCE, OVERLAP, now=early, failures=0, rhythm=rhythm)
    assert early + HOUR < wake < NOW.replace(hour=9)


def test_a_burst_is_followed() -> None:
    rhythm = steady(1 / 12)
    quiet = next_due(SOURCE, OVERLAP, now=NOW, failures=0, rhythm=rhythm)
    lively = rhythm.observe(6, now=NOW + HOUR)
    burst = next_due(SOURCE, OVERLAP, now=NOW + HOUR, failures=0, rhythm=lively) - HOUR
    assert burst - NOW < (quiet - NOW) / 2


@given(
    ok=st.booleans(),
    found=st.integers(0, 500),
    known=st.integers(0, 500),
    left=st.integers(0, 99),
    failures=st.floats(0, 1e6),
    gap=st.one_of(st.none(), st.timedeltas(timedelta(), timedelta(days=900))),
    hint=st.timedeltas(timedelta(), timedelta(days=900)),
    bursts=st.lists(st.tuples(st.integers(0, 500), st.floats(-9, 900)), max_size=12),
)
def test_next_due_is_always_ahead_and_never_for_good(
    ok: bool,
    found: int,
    known: int,
    left: int,
    failures: float,
    gap: timedelta | None,
    hint: timedelta,
    bursts: list[tuple[int, float]],
) -> None:
    """Under any walk of the clock, backwards too."""
    now, rhythm = NOW, Rhythm()
    for new, hours in bursts:
        now += timedelta(hours=hours)
        rhythm = rhythm.observe(new, now=now)
    result = Pass(ok=ok, found=found, known=min(known, found), left=left, gap=gap, hint=hint)
    wait = next_due(SOURCE, result, now=now, failures=failures, rhythm=rhythm) - now
    assert timedelta(minutes=8) < wait <= SOURCE.max_interval
    assert rhythm_of({"rhythm": rhythm.as_json()}).at == rhythm.at


@given(st.one_of(st.none(), st.dictionaries(st.text(max_size=6), st.integers() | st.text())))
def test_a_rhythm_that_cannot_be_read_begins_anew(held: object) -> None:
    assert rhythm_of({"rhythm": held}) == Rhythm()


@pytest.mark.parametrize(
    ("errors", "points"),
    [
        ({}, 1.0),
        ({"not_a_feed": 1}, 1.0),
        ({"http_5xx": 3}, 0.5),
        ({"timeout": 1, "tls_error": 1}, 1.0),
        ({"store": 9}, 0.0),
    ],
)
def test_what_a_failure_costs(errors: dict[str, int], points: float) -> None:
    assert charge(errors) == points
    assert charge(errors, outage=True) == 0.0


@pytest.mark.parametrize(
    ("others", "down"),
    [
        ({"a": True, "b": True}, True),
        ({"a": True, "b": True, "c": False}, False),
        ({"a": True}, False),
        ({"a": True, "s": True}, False),
        ({}, False),
    ],
)
def test_our_own_line(others: dict[str, bool], down: bool) -> None:
    assert line_down(others, "s") is down
