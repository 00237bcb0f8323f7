"""Small rules of fetching: Retry-After, robots.txt, what an error is called."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError, IgnoreRequest

from crawler.middlewares import retry_after
from crawler.result import Tally, close
from crawler.robots import MAX_BYTES, trimmed
from spiders.failures import CLASSES, Dropped, classify

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


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
