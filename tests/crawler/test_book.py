"""What a run writes about its sources: leases, health, one alarm for each change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.delivery import Dispatcher
from alerts.jsonl import JsonLinesSender
from crawler.book import Book
from crawler.options import RunOptions
from crawler.result import SourceResult, Tally, close
from crawler.validators import of_document
from spiders.items import Found, conditions
from spiders.sources import Channel, ChannelKind, Source
from storage.archive import Archive
from storage.types import Article, Discovery, Validator

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
FEED = "https://news.example/feed"


def source(id_: str) -> Source:
    return Source(
        id=id_,
        name=id_.upper(),
        home=f"https://{id_}.example/",
        channels=(Channel(kind=ChannelKind.FEED, url=FEED),),
    )


class Desk:
    """Runs one after another, on a clock of our own."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.now = NOW

    def passes(self, id_: str, result: SourceResult, *, minutes: float = 40) -> None:
        self.now += timedelta(minutes=minutes)
        options = RunOptions(operator="policy", reschedule=True, trigger="service")
        book = Book(self.archive, options, f"owner-{self.now}", lambda: self.now)
        (state,) = book.open([id_])
        book.release(source(id_), state, result, pause_s=0)
        book.close("finished", {id_: result}, error=None)

    def alarms(self) -> list[tuple[str, str]]:
        with self.archive.read() as reader:
            held = reader.alerts(limit=99)
        return sorted((one.payload["subject"], one.payload["state"]) for one in held)

    def failures(self, id_: str) -> float:
        with self.archive.begin() as tx:
            state = tx.source_state(id_)
        assert state is not None
        return state.failures


def failed(word: str) -> SourceResult:
    tally = Tally("s")
    tally.fail(word, f"{FEED}: it failed")
    return close(tally, channels=1, interrupted=False)


def good(**counts: int) -> SourceResult:
    tally = Tally("s", documents=1)
    tally.counts.update(counts)
    return close(tally, channels=1, interrupted=False)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Archive(f"sqlite:///{tmp_path / 'w.db'}") as archive:
        archive.create()
        yield Desk(archive)


def test_one_alarm_for_each_change(desk: Desk) -> None:
    desk.passes("a", good(found=9, new=9))
    for _ in range(6):
        desk.passes("a", failed("http_4xx"))
    assert desk.alarms() == [("source:a", "failing")]
    desk.passes("a", good(found=9, new=1))
    desk.passes("a", good(found=9))
    assert desk.alarms() == [("source:a", "failing"), ("source:a", "healthy")]
    assert desk.failures("a") == 0


def test_our_own_line_alarms_nobody_and_is_forgiven(desk: Desk) -> None:
    for id_ in "abcd":
        desk.passes(id_, good(found=9, new=9), minutes=1)
    for _ in range(30):
        for id_ in "abcd":
            desk.passes(id_, failed("dns"), minutes=2)
    assert desk.alarms() == []
    # Those that failed before three had failed bear half a point, no more.
    assert max(desk.failures(id_) for id_ in "abcd") <= 0.5


def test_hundreds_of_alarms_are_told_together(desk: Desk, tmp_path: Path) -> None:
    """A proxy's password has run out: every source fails, each in its own name, in one message."""
    names = [f"s{n:02}" for n in range(30)]
    for id_ in names:
        desk.passes(id_, good(found=9, new=9), minutes=0.1)
    for _ in range(4):
        for id_ in names:
            desk.passes(id_, failed("http_4xx"), minutes=1)
    assert desk.alarms() == [(f"source:{id_}", "failing") for id_ in names]
    file = tmp_path / "told.jsonl"
    out = Dispatcher(desk.archive, {"policy": JsonLinesSender(file)}, clock=lambda: desk.now)
    for _ in range(5):
        out.deliver_once()
        desk.now += timedelta(minutes=15)
    told = [json.loads(line) for line in file.read_text().splitlines()]
    notices = [one for one in told if one["kind"] == "operator"]
    (first, *_) = digests = [one for one in told if one["kind"] == "digest"]
    assert len(notices) == 10
    assert [name for name in names if any(name.upper() in one["text"] for one in told)] == names
    assert first["text"].startswith("*Windcatch: ")
    assert "is it one thing, such as a proxy, a password or a certificate?" in first["text"]
    assert "S15 is failing (3 passes failed" in "".join(one["text"] for one in digests)
    assert len(digests) <= 3


def held(etag: str | None, last_modified: str | None, body: str | None) -> Validator:
    return Validator(
        url=FEED, source_id="s", etag=etag, last_modified=last_modified, body_hash=body,
        checked_at=NOW, full_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "etag", "body", "kept"),
    [
        pytest.param(None, "x", "1", "x", id="the first"),
        pytest.param(held("x", None, "1"), "y", "2", "y", id="changed with the bytes"),
        pytest.param(held("x", None, "1"), "x", "1", "x", id="neither changed"),
        pytest.param(held("x", None, "1"), "x", "2", "", id="stayed while the bytes changed"),
        pytest.param(held("", None, "1"), "y", "2", "", id="once a liar"),
        pytest.param(held("", None, "1"), "y", "1", "", id="once a liar, no news"),
        pytest.param(held("x", None, "1"), None, None, "x", id="a 304 without one"),
    ],
)
def test_a_validator_that_lies_is_not_used_again(
    before: Validator | None, etag: str | None, body: str | None, kept: str
) -> None:
    found = Found(
        source_id="s", url=FEED, kind=Discovery.FEED, unchanged=body is None, etag=etag,
        body_hash=body,
    )  # fmt: skip
    after = of_document(found, before, NOW)
    assert after.etag == kept
    assert ("If-None-Match" in conditions(after, now=NOW)) is bool(kept)


def test_search_follows_a_run(tmp_path: Path) -> None:
    with Archive(f"sqlite:///{tmp_path / 'a.db'}") as archive:
        archive.create()
        book = Book(archive, RunOptions(), "owner", lambda: NOW)
        book.open([])
        url = "https://a.example/1"
        one = Article(
            source_id="a", url=url, canonical_url=url, title="减税降费", text="x", fetched_at=NOW
        )
        with archive.begin() as tx:
            tx.record(one, found_by=Discovery.FEED, now=NOW)
        book.close("finished", {}, error=None)
        with archive.read() as reader:
            assert [hit.url for hit in reader.search("减税")] == [url]
