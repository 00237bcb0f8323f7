"""Others' archives: the Wayback Machine and Common Crawl, as small doubles on loopback."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from backfill_runs import articles, backfill, history, rows, source, write_config
from warc_files import packed, record, response

from crawler.backfill.steps import WayFailed
from crawler.backfill.ways.commoncrawl import read_paths, whole_records
from crawler.backfill.ways.wayback import index_url, read_rows, read_stamp
from crawler.world.archive_site import ArchiveWorld
from crawler.world.reply import Reply, Request
from storage.archive import Archive

SITE = history(36, "old.example.com")
WAYBACK, CRAWL = "http://wayback.example.com", "http://crawl.example.com"
SINCE, UNTIL = "2021-03-01T00:00+00:00", "2021-05-01T00:00+00:00"
WANTED = [n for n in range(36) if SITE.at(n).strftime("%Y-%m") in ("2021-03", "2021-04")]

HEAD = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest"]


class Double:
    """Both archives; the first answers of the index say "too many"."""

    def __init__(self, *, busy: int = 0) -> None:
        self.busy = busy
        self.captures = sorted(
            (SITE.at(n) + timedelta(days=days), n, revision)
            for n in range(36)
            # The second text was captured first of all, and once again after the first.
            for days, revision in ((1, 1), (20, 2), (25, 2))
        )
        files = packed(
            *(
                record(
                    SITE.url(n) if n % 2 else f"https://other.example/{n}",
                    response(SITE.page(n)),
                    date=f"{SITE.at(n) + timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}",
                )
                for n in range(36)
            )
        )
        self.files = {"crawl-data/CC-NEWS/2021/03/a.warc.gz": files}

    def __call__(self, request: Request) -> Reply | None:
        if request.host == "wayback.example.com":
            return self._index(request) if "/cdx/" in request.path else self._capture(request)
        if request.host == "crawl.example.com":
            return self._file(request)
        return None

    def _index(self, request: Request) -> Reply:
        if self.busy:
            self.busy -= 1
            return Reply(status=429, headers=(("Retry-After", "1"),), body=b"slow down")
        asked = request.query
        found = [
            ["k", f"{at:%Y%m%d%H%M%S}", SITE.url(n), "text/html", "200", f"{n}{revision}"]
            for at, n, revision in self.captures
            if asked["from"] <= f"{at:%Y%m%d%H%M%S}" <= asked["to"]
        ]
        begin = int(asked.get("resumeKey", "0"))
        page: list[object] = [HEAD, *found[begin : begin + 5]]
        if begin + 5 < len(found):
            page += [[], [str(begin + 5)]]
        return Reply(
            headers=(("Content-Type", "application/json"),), body=json.dumps(page).encode()
        )

    def _capture(self, request: Request) -> Reply:
        stamp, _, original = request.path.removeprefix("/web/").partition("id_/")
        for at, n, revision in self.captures:
            if f"{at:%Y%m%d%H%M%S}" == stamp and original == SITE.url(n):
                html = (("Content-Type", "text/html"), ("X-Archive-Src", "x.warc.gz"))
                return Reply(headers=html, body=SITE.page(n, revision))
        return Reply(status=404, body=b"no capture")

    def _file(self, request: Request) -> Reply:
        path = request.path.lstrip("/")
        if path == "crawl-data/CC-NEWS/2021/03/warc.paths.gz":
            return Reply(body=gzip.compress("\n".join(self.files).encode()))
        if path.endswith("warc.paths.gz"):
            return Reply(body=gzip.compress(b""))
        if path not in self.files:
            return None
        data = self.files[path]
        first, last = (request.header("range") or "bytes=0-").removeprefix("bytes=").split("-")
        if int(first) >= len(data):
            return Reply(status=416)
        return Reply(status=206, body=data[int(first) : int(last) + 1])


def test_captures_become_revisions_in_the_order_of_capture(tmp_path: Path) -> None:
    double = Double(busy=2)
    with ArchiveWorld(SITE, trap=double) as world:
        write_config(tmp_path, world.proxy_url, source("old", SITE.host, "sitemap"))
        options = ("old", "--since", SINCE, "--until", UNTIL, "--via", "wayback")
        done = backfill(tmp_path, *options, WINDCATCH_WAYBACK_URL=WAYBACK)
        assert done.code == 0, done.err + done.out
        assert any("asked for a pause" in note for note in done.json["sources"]["old"]["notes"])
        found = {a.url: a for a in articles(tmp_path)}
        assert set(found) == {SITE.url(n) for n in WANTED}
        with Archive(f"sqlite:///{tmp_path / 'windcatch.db'}") as archive, archive.read() as reader:
            for n in WANTED:
                article = found[SITE.url(n)]
                one, two = reader.revisions(article.id)
                assert (one.seen_at, two.seen_at) == (
                    SITE.at(n) + timedelta(days=1),
                    SITE.at(n) + timedelta(days=20),
                )
                proof = reader.capture(two.capture_id, with_body=True)
                assert proof.url == proof.final_url == SITE.url(n)
                assert proof.capture.body == SITE.page(n, 2)
                assert article.published_at == SITE.at(n)
        before = rows(tmp_path)
        assert before["alert"] == 0
        # The publisher itself was left alone.
        assert not any(url.startswith(f"http://{SITE.host}/2") for url in world.asked)
        again = backfill(tmp_path, *options, WINDCATCH_WAYBACK_URL=WAYBACK)
        assert again.code == 0
        assert rows(tmp_path) == before


def test_news_of_one_host_out_of_warc_files(tmp_path: Path) -> None:
    with ArchiveWorld(SITE, trap=Double()) as world:
        write_config(tmp_path, world.proxy_url, source("old", SITE.host, "sitemap"))
        options = ("old", "--since", SINCE, "--until", UNTIL, "--via", "commoncrawl")
        done = backfill(tmp_path, *options, WINDCATCH_COMMONCRAWL_URL=CRAWL)
        assert done.code == 0, done.err + done.out
        assert {a.url for a in articles(tmp_path)} == {SITE.url(n) for n in WANTED if n % 2}
        asked = Counter(url.rpartition("/")[2] for url in world.asked)
        assert asked["a.warc.gz"] == 1


def test_pieces_end_with_whole_records() -> None:
    data = packed(*(record(f"https://a.example/{n}", b"x" * 500) for n in range(5)))
    size = len(data) // 5
    assert whole_records(data) == len(data)
    cut = whole_records(data[: 3 * size + size // 2])
    assert abs(cut - 3 * size) < 20
    assert whole_records(data[:20]) == 20  # a record larger than a piece is passed over
    assert whole_records(b"rubbish" * 9) == 63
    assert whole_records(b"") == 0


@pytest.mark.parametrize(
    ("body", "count", "resume"),
    [
        (b"[]", 0, None),
        (b"", 0, None),
        (json.dumps([HEAD]).encode(), 0, None),
        (
            json.dumps([HEAD, ["k", "20210301000000", "http://a/", "t", "200", "d"]]).encode(),
            1,
            None,
        ),
        (json.dumps([HEAD, ["k", "2021", "http://a/", "t", "200", "d"]]).encode(), 0, None),
        (json.dumps([HEAD, ["k", None, 3, "t"]]).encode(), 0, None),
        (json.dumps([HEAD, [], ["com,a)/ 2021"]]).encode(), 0, "com,a)/ 2021"),
    ],
)
def test_answers_of_the_index(body: bytes, count: int, resume: str | None) -> None:
    found, key = read_rows(body)
    assert (len(found), key) == (count, resume)


@pytest.mark.parametrize("body", [b"<html>busy", b'{"error": 1}', b"[" * 100_000])
def test_answers_that_are_none(body: bytes) -> None:
    with pytest.raises(WayFailed):
        read_rows(body)


def test_small_readers() -> None:
    assert read_stamp("20210301123000") == datetime(2021, 3, 1, 12, 30, tzinfo=UTC)
    assert read_stamp("20211301123000") is None
    assert read_stamp("00010101000000") is None
    assert "resumeKey=a%2Cb" in index_url("http://w", "a.example", "2021-02", "a,b")
    assert "to=20210228235957" in index_url("http://w", "a.example", "2021-02", None)
    assert read_paths(gzip.compress(b"crawl-data/a.warc.gz\n../x\n")) == ["crawl-data/a.warc.gz"]
    with pytest.raises(WayFailed):
        read_paths(b"no gzip")
