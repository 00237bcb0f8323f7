"""A document that takes too long costs seconds, not the service."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable

import pytest

from spiders import feeds, listings, sitemaps
from spiders.deadline import within


def spin() -> str:
    while True:
        pass


def swallow() -> str:
    while True:
        try:
            spin()
        except Exception:  # noqa: BLE001 - what parsers do
            continue


def swallow_all() -> str:
    for _ in range(2):
        try:
            spin()
        except BaseException:  # noqa: BLE001 - what careless code does
            continue
    return "came through"


def backtrack() -> str:
    return str(re.match(r"(a+)+$", "a" * 60 + "b"))


@pytest.mark.parametrize(
    ("read", "answer"),
    [
        (lambda: "done", "done"),
        (spin, "late"),
        (swallow, "late"),
        (backtrack, "late"),
        # Nobody can help it twice; but it ends.
        (swallow_all, "came through"),
    ],
)
def test_within(read: Callable[[], str], answer: str) -> None:
    assert within(0.1, read, lambda: "late") == answer


def test_an_error_of_the_reader_is_the_readers() -> None:
    with pytest.raises(ZeroDivisionError):
        within(1.0, lambda: 1 // 0, lambda: 0)


def test_nothing_rings_afterwards() -> None:
    within(0.05, lambda: None, lambda: None)
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass


def test_other_threads_have_no_limit() -> None:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(within(0.1, lambda: "done", spin)))
    thread.start()
    thread.join(5)
    assert found == ["done"]


def test_each_reader_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "READING_S", 0.1)
    monkeypatch.setattr(feeds.feedparser, "parse", lambda *_, **__: spin())
    feed = feeds.read_feed(b"<rss><channel/></rss>", url="https://one.example/feed")
    assert (feed.state, feed.whole) == (feeds.FeedState.NOT_A_FEED, False)
    assert feed.warnings == ("reading it took more than 0.1 s",)

    monkeypatch.setattr(sitemaps, "READING_S", 0.1)
    monkeypatch.setattr(sitemaps, "_texts", lambda _: spin())
    found = sitemaps.read_sitemap(b"<urlset><url/></urlset>", url="https://one.example/s.xml")
    assert (found.readable, found.whole) == (False, False)

    monkeypatch.setattr(listings, "READING_S", 0.1)
    monkeypatch.setattr(listings, "_base", lambda *_: spin())
    page = listings.read_listing(b"<html><body><a href=/a>a</a>", url="https://one.example/")
    assert (page.entries, len(page.warnings)) == ((), 1)
