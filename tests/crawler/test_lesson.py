"""What a pass teaches, and that a bug on every page is no good pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.lesson import learn, line_failed, witnesses
from crawler.result import BROKEN, SourceResult, Tally, close
from spiders.sources import Channel, ChannelKind, Source
from storage.types import Capture, SourceState

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCE = Source(
    id="s",
    name="S",
    home="https://news.example/",
    channels=(Channel(kind=ChannelKind.FEED, url="https://news.example/feed"),),
)
STATE = SourceState(source_id="s", interval=HOUR, next_due_at=NOW, baseline_at=NOW - 9 * HOUR)


def result(*failed: str, documents: int = 1, **counts: int) -> SourceResult:
    tally = Tally("s", documents=documents)
    tally.counts.update(counts)
    for word in failed:
        tally.fail(word, "https://news.example/feed")
    return close(tally, channels=1, interrupted=False)


def taught(state: SourceState, seen: SourceResult, **others: bool) -> SourceState:
    lesson = learn(SOURCE, state, seen, others=others, pause=timedelta(), now=NOW)
    points = 0.0 if seen.ok else state.failures + lesson.charge
    return replace(state, memory=dict(lesson.memory), failures=points, health=lesson.health.state)


def test_the_baseline_stays_open_while_entries_are_left() -> None:
    state = replace(STATE, baseline_at=None)
    begun = taught(state, result(new=3, left=7))
    assert begun.memory["baseline_open"]
    assert not taught(begun, result(new=7)).memory["baseline_open"]


def test_what_stood_there_before_is_no_rhythm() -> None:
    state = taught(replace(STATE, baseline_at=None), result(new=200, found=200))
    assert state.memory["rhythm"]["count"] == 0
    assert state.memory["record"]["days"] == {}


def test_our_own_line_is_charged_to_nobody() -> None:
    seen = result("dns", documents=0)
    assert line_failed(seen)
    assert taught(STATE, seen).failures == 0.5
    assert taught(STATE, seen, a=True, b=True).failures == 0.0
    assert taught(STATE, seen, a=True, b=False).failures == 0.5
    assert taught(STATE, seen, a=True, b=True).memory["record"]["failed"] == 0
    assert not line_failed(result("dns", "http_4xx", documents=0))


def test_witnesses_are_fresh_and_legible() -> None:
    def seen(id_: str, memory: dict[str, object]) -> SourceState:
        return replace(STATE, source_id=id_, memory=memory)

    states = [
        seen("a", {"seen": {"at": NOW.isoformat(), "line": True}}),
        seen("old", {"seen": {"at": (NOW - HOUR).isoformat(), "line": True}}),
        seen("odd", {"seen": {"at": "yesterday"}}),
        seen("new", {}),
    ]
    assert witnesses(states, now=NOW) == {"a": True}


def test_a_page_that_breaks_a_parser_is_known_by_its_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from spiders import extract

    def broken(*_: object) -> None:
        raise ImportError("lxml.html.clean is gone")

    monkeypatch.setattr(extract, "_read", broken)
    capture = Capture(
        url="https://news.example/1",
        final_url="https://news.example/1",
        status=200,
        body=b"<p>text",
        headers=(("content-type", "text/html"),),
        fetched_at=NOW,
    )
    refusal = extract.extract(capture, source_id="s").refusal
    assert refusal is not None
    assert refusal.startswith(BROKEN)


def test_a_pass_that_was_cut_short_says_nothing() -> None:
    cut = replace(result(documents=0), ok=False, interrupted=True, error="stopped")
    assert taught(STATE, cut).memory["record"]["failed"] == 0


@pytest.mark.parametrize(
    ("fetched", "lost", "entries", "error"),
    [
        (3, 3, 0, "every page that came was lost"),
        (3, 2, 0, None),
        (0, 0, 3, "none of 3 new pages could be fetched"),
        (0, 0, 2, None),
        (1, 0, 9, None),
    ],
)
def test_a_pass_that_kept_nothing_is_not_ok(
    fetched: int, lost: int, entries: int, error: str | None
) -> None:
    tally = Tally("s", documents=1, lost_pages=lost, lost_entries=entries)
    tally.counts["fetched"] = fetched
    for _ in range(lost or entries):
        tally.fail("parse", "ImportError at https://news.example/1")
    closed = close(tally, channels=1, interrupted=False)
    assert closed.ok is (error is None)
    assert error is None or (closed.error or "").startswith(error)
