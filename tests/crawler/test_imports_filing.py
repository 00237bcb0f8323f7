"""Filing what was read: a batch that breaks, digests of the past, the index; whose a URL is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from alerts_fakes import Recorder, Skipping

import crawler.imports.run as module
from alerts.delivery import Dispatcher
from alerts.match import Matcher
from alerts.watchlist import load_watchlists
from crawler.backfill.ringing import Ringing, listening
from crawler.imports.html import own_url
from crawler.imports.run import run_import
from crawler.imports.things import FoundArticle
from crawler.imports.whose import Owners
from crawler.ingest import Desk
from spiders.sources import Source
from storage.archive import Archive
from storage.types import AlertKind, Article

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SILENT = Desk(matcher=Matcher(()), watchlists=())


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(f"sqlite:///{tmp_path / 'windcatch.db'}") as made:
        made.create()
        yield made


def things(*numbers: int) -> list[FoundArticle]:
    """Return one article a number, each about something else."""
    return [
        FoundArticle(
            where=f"x:{n}",
            article=Article(
                source_id="a",
                url=f"https://a.example/{n}",
                canonical_url=f"https://a.example/{n}",
                title=f"Title {n}",
                text=f"Text {n} of plan{n} on matter{n} by office{n}.",
                fetched_at=NOW - timedelta(days=n),
            ),
        )
        for n in numbers
    ]


def test_one_article_that_breaks_does_not_cost_the_batch(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = module.ingest_read

    def brittle(tx, article, **options):
        if article.title == "Title 3":
            raise RuntimeError("a bug")
        return filed(tx, article, **options)

    monkeypatch.setattr(module, "ingest_read", brittle)
    owners = Owners((), now=NOW)
    report = run_import(archive, things(*range(6)), desk=SILENT, owners=owners, batch=4)
    assert report.counts == {"new": 5, "problems": 1}
    assert report.problems == ["x:3: RuntimeError: a bug"]


def test_search_finds_the_last_article_without_indexing_anything(archive: Archive) -> None:
    run_import(archive, things(*range(7)), desk=SILENT, owners=Owners((), now=NOW), batch=3)
    with archive.read() as reader:
        (hit,) = reader.search("matter6")
    assert hit.title == "Title 6"
    with archive.begin() as tx:
        assert tx.index_pending() == 0


WATCHLIST = """
name = "Desk"
destination = "desk"
[delivery]
zone = "Europe/Berlin"
at = "08:00"
[[themes]]
id = "all"
name = "All"
query = "text"
"""


def test_an_import_over_breakfast_is_one_digest_of_each_morning(archive: Archive) -> None:
    """What is filed before eight is told at eight, the rest the next day; nothing in between."""
    berlin = ZoneInfo("Europe/Berlin")
    moments = [datetime(2026, 11, 21, 7, 30, tzinfo=berlin)] * 4
    moments += [datetime(2026, 11, 21, 8, 10, tzinfo=berlin)] * 9
    told = iter(moments)
    watchlists = listening(load_watchlists({"desk.toml": WATCHLIST}), Ringing.DIGEST)
    desk = Desk(matcher=Matcher(watchlists), watchlists=watchlists)
    report = run_import(
        archive,
        things(*range(9)),
        desk=desk,
        owners=Owners((), now=NOW),
        clock=lambda: next(told).astimezone(UTC),
        baseline=False,
        batch=2,
    )
    assert report.counts == {"new": 9}
    sender = Recorder()
    timer = Skipping(moments[0].astimezone(UTC))
    out = Dispatcher(archive, {"desk": sender}, clock=timer.now, timer=timer)
    sent = []
    for _ in range(30):
        out.deliver_once(budget=timedelta(days=30))
        sent += [timer.now().astimezone(berlin)] * (len(sender.took) - len(sent))
        timer.wait(3600.0)
    assert [(row.kind, message.plain.count("Title")) for row, message in sender.took] == [
        (AlertKind.DIGEST, 6),
        (AlertKind.DIGEST, 3),
    ]
    assert [f"{at:%d %H}" for at in sent] == ["21 08", "22 08"]


def test_whose_a_url_is() -> None:
    def source(id_: str, home: str, *allow: str) -> Source:
        return Source(id=id_, name=id_, home=home, channels=(), allow=allow)

    owners = Owners(
        [
            source("en", "https://cm.example.com/ENG/", "/ENG/"),
            source("ko", "https://cm.example.com/", "/article/"),
            source("www", "https://www.example.org/"),
        ],
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert owners.id_of("https://cm.example.com/article/20260101") == "ko"
    assert owners.id_of("https://cm.example.com/ENG/20260101") == "en"
    assert owners.id_of("https://m.example.org/1") == "www"
    assert owners.id_of("https://www.elsewhere.example/1") == "elsewhere.example"


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (
            '<link rel="canonical" href="https://a.example/1?x=1&amp;y=2">',
            "https://a.example/1?x=1&y=2",
        ),
        ("<LINK HREF='https://a.example/1' REL=canonical>", "https://a.example/1"),
        ('<meta property="og:url" content="https://a.example/2">', "https://a.example/2"),
        (
            '<link rel="canonical" href="/1"><meta property="og:url" content="https://a.example/2">',
            "https://a.example/2",
        ),
        ('<link rel="alternate" href="https://a.example/1">', None),
        ("", None),
    ],
)
def test_the_url_a_page_states(head: str, url: str | None) -> None:
    assert own_url(f"<html><head>{head}</head></html>".encode()) == url
