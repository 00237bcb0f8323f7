"""Small rules of fetching: Retry-After, robots.txt, when next, what an error is called."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError, IgnoreRequest

from crawler.due import Pass, next_due
from crawler.middlewares import retry_after
from crawler.result import Tally, close, remember
from crawler.robots import MAX_BYTES, trimmed
from spiders.failures import CLASSES, Dropped, classify
from spiders.sources import Source
from storage.types import SourceState

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SOURCE = Source(id="s", name="S", home="https://news.example/", channels=())


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 1),
        ("5", 5),
        ("1.5", 1.5),
        ("-1", 1),
        ("99999", 3600),
        ("Sat, 21 Nov 2026 12:02:00 GMT", 120),
        ("Sat, 21 Nov 2020 12:02:00 GMT", 1),
        ("Sat, 21 Nov 2099 12:02:00 GMT", 3600),
        ("inf", 3600),
        ("nan", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(value, now=NOW) == seconds


@given(st.text(max_size=40))
def test_retry_after_is_in_bounds_whatever_it_says(value: str) -> None:
    pause = retry_after(value, now=NOW)
    assert pause is None or 1 <= pause <= 3600


@pytest.mark.parametrize(
    "body",
    [
        b"User-agent: *\n" + b"Disallow: /a/b*c$\n" * 100_000,
        b"x" * 20_000_000,
        b"User-agent: *\nDisallow: /" + b"y" * 600_000,
        bytes(range(256)) * 4000,
    ],
    ids=["100,000 rules", "20 MB", "one long line", "binary"],
)
def test_robots_is_read_in_a_moment(body: bytes) -> None:
    begun = time.process_time()
    text = trimmed(body)
    Protego.parse(text)
    assert len(text) <= MAX_BYTES
    assert time.process_time() - begun < 2


def test_robots_keeps_the_rules_before_the_cut() -> None:
    text = trimmed(b"User-agent: *\nDisallow: /private\n" + b"#" * 600_000)
    assert not Protego.parse(text).can_fetch("http://h/private", "windcatch")


@pytest.mark.parametrize(
    ("result", "failures", "quiet", "least", "most"),
    [
        (Pass(ok=True), 0, 1, 27, 30),
        (Pass(ok=True, new=5), 0, 0, 21, 24),
        (Pass(ok=True, new=5, left=9), 0, 0, 9, 10),
        (Pass(ok=True, interrupted=True), 0, 0, 9, 10),
        (Pass(ok=True), 0, 50, 54, 60),
        (Pass(ok=False), 1, 0, 27, 30),
        (Pass(ok=False), 3, 0, 81, 90),
        (Pass(ok=False), 1000, 0, 324, 360),
        (Pass(ok=True, pause=timedelta(hours=1)), 0, 0, 60, 60),
        (Pass(ok=True, pause=timedelta(days=400)), 0, 0, 1440, 1440),
    ],
)
def test_next_due(result: Pass, failures: float, quiet: int, least: float, most: float) -> None:
    wait = next_due(SOURCE, result, now=NOW, failures=failures, quiet=quiet) - NOW
    assert timedelta(minutes=least) <= wait <= timedelta(minutes=most)


@given(
    st.booleans(), st.integers(0, 99), st.integers(0, 99), st.integers(0, 500), st.integers(0, 500)
)
def test_next_due_is_always_ahead_and_never_for_good(
    ok: bool, new: int, left: int, failures: int, quiet: int
) -> None:
    result = Pass(ok=ok, new=new, left=left)
    wait = next_due(SOURCE, result, now=NOW, failures=failures, quiet=quiet) - NOW
    assert timedelta(minutes=8) < wait <= SOURCE.max_interval


def test_errors_have_classes() -> None:
    assert classify(DownloadTimeoutError("x"))[0] == "timeout"
    assert classify(Dropped("robots", "no"))[0] == "robots"
    assert classify(IgnoreRequest("... exceeded DOWNLOAD_MAXSIZE (1 B)"))[0] == "oversize"
    assert classify(DownloadFailedError("x"))[0] == "connection"
    assert classify(ValueError("x"))[0] == "parse"
    for error in (OSError("x"), RuntimeError("\n" * 999), KeyError("k")):
        word, detail = classify(error)
        assert word in CLASSES
        assert "\n" not in detail


def test_a_source_whose_documents_all_failed_is_not_ok() -> None:
    tally = Tally("s")
    tally.fail("http_4xx", "https://news.example/feed: HTTP 404")
    lost = close(tally, channels=2, interrupted=False)
    assert not lost.ok
    assert lost.error == "http_4xx: https://news.example/feed: HTTP 404"
    tally.documents = 1
    assert close(tally, channels=2, interrupted=False).ok


def test_the_baseline_stays_open_while_entries_are_left() -> None:
    state = SourceState(source_id="s", interval=timedelta(hours=1), next_due_at=None)
    tally = Tally("s", documents=1)
    tally.counts.update(new=3, left=7)
    memory = remember(state, close(tally, channels=1, interrupted=False))
    assert memory["baseline_open"]
    tally.counts["left"] = 0
    assert not remember(state, close(tally, channels=1, interrupted=False))["baseline_open"]
