"""`import` and `articles export`, `search`: there and back, twice, and with what people mistake."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_runs import Cli, Said
from paths import DATA, needs_data
from warc_files import article, packed, page, record, response

from storage.archive import Archive

CONFIG = """
watchlists = ["watchlists/*.toml"]
[database]
url = "sqlite:///windcatch.db"
[destinations.desk]
type = "console"
[sources.mine]
name = "Mine"
home = "https://news.example.com/"
language = "en"
channels = [{kind = "feed", url = "https://news.example.com/feed"}]
"""
WATCHLIST = """
name = "Desk"
destination = "desk"
[[themes]]
id = "plans"
name = "Plans"
query = 'plan AND ministry'
"""


@pytest.fixture
def desk(cli: Cli) -> Cli:
    cli.write("windcatch.toml", CONFIG)
    cli.write("watchlists/desk.toml", WATCHLIST)
    return cli


def _import(cli: Cli, *paths: str | Path) -> Said:
    said = cli("import", *paths, "--json", "--workers", "1")
    assert said.code in (0, 1), said.err
    return said


def _rows(cli: Cli) -> dict[str, int]:
    with Archive(f"sqlite:///{cli.folder / 'windcatch.db'}") as archive, archive.read() as reader:
        rows = dict(reader.stats().rows)
    rows.pop("run", None)
    return rows


def test_a_warc_there_and_back_and_twice(desk: Cli) -> None:
    edited = page(2).replace(b"would cost 16 billion", b"would cost 99 billion")
    assert edited != page(2)
    later = record(
        "https://news.example.com/a/2.html", response(edited), date="2024-03-09T10:00:00Z"
    )
    junk = record("https://news.example.com/x.png", response(b"x", Content_Type="image/png"))
    # The newer capture first: revisions stand in the order of capture all the same.
    file = desk.write("in.warc.gz", packed(article(1), later, junk, article(2)))
    (told,) = _import(desk, file).rows
    assert (told["new"], told["older"], told["skipped"], told["problems"]) == (2, 1, 1, 0)
    before = _rows(desk)
    assert before["alert"] == 0  # nobody is told
    assert before["match"] >= 2
    (told,) = _import(desk, file).rows
    assert told["new"] == told["revised"] == 0
    assert _rows(desk) == before

    listed = desk("articles", "list", "--json").rows
    assert {row["source_id"] for row in listed} == {"mine"}
    assert {row["found_by"] for row in listed} == {"import"}
    changes = desk("articles", "history", "https://news.example.com/a/2.html", "--json").rows
    assert [row["seen_at"][:10] for row in changes] == ["2024-03-05", "2024-03-09"]
    assert [row["class"] for row in changes] == ["new", "substantive"]

    out = desk.folder / "out.warc.gz"
    assert desk("articles", "export", "-f", "warc", "-o", out).code == 0
    first = desk("articles", "export", "--revisions").rows
    (desk.folder / "windcatch.db").rename(desk.folder / "first.db")
    (told,) = _import(desk, out).rows
    assert (told["new"], told["revised"]) == (2, 1)
    assert _same(desk("articles", "export", "--revisions").rows) == _same(first)


def _same(rows: list[dict]) -> list[tuple]:
    kept = ("url", "source", "title", "text", "captured_at", "published_at", "revision", "language")
    return sorted(tuple(row[key] for key in kept) for row in rows)


def test_json_lines_there_and_back(desk: Cli) -> None:
    lines = [
        {
            "url": f"https://www.other.example/{n}",
            "title": f"新能源汽车 {n}",
            "text": f"减税 {n}。" * 40,
        }
        | {"published_at": f"2021-0{n}-01T00:00:00+08:00", "captured_at": f"2021-0{n}-02"}
        | {"authors": ["=cmd|' /C calc'!A0"], "language": "zh", "facts": {"document_number": "7"}}
        for n in range(1, 4)
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    bad = ['{"url": "ftp://x/"}', "not json", '{"title": 3, "url": "https://a.example/"}', "[]"]
    desk.write("in.jsonl", text + "\n" + "\n".join(bad) + "\n")
    said = _import(desk, "in.jsonl")
    assert said.code == 1  # something could not be used
    assert (said.rows[0]["new"], said.rows[0]["problems"]) == (3, 4)
    assert said.rows[0]["told"][1] == "in.jsonl:5: not JSON: Expecting value"

    out = desk.folder / "out.jsonl"
    assert desk("articles", "export", "-o", out).err == f"3 articles in {out}\n"
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["captured_at"][:10] for row in rows] == ["2021-01-02", "2021-02-02", "2021-03-02"]
    assert rows[0]["source"] == "other.example"
    assert rows[0]["facts"] == {"document_number": "7"}
    assert desk("articles", "export", "--since", "2021-02-15", "--language", "zh").rows == rows[2:]
    assert desk("articles", "export", "--source", "mine").rows == []

    (desk.folder / "windcatch.db").rename(desk.folder / "first.db")
    desk.write("packed.jsonl.gz", gzip.compress(out.read_bytes()))
    assert _import(desk, "packed.jsonl.gz").rows[0]["new"] == 3
    again = desk("articles", "export").rows
    changing = {"id", "story", "last_seen_at"}
    assert [{k: v for k, v in row.items() if k not in changing} for row in again] == [
        {k: v for k, v in row.items() if k not in changing} for row in rows
    ]

    found = desk("articles", "search", "减税", "--json").rows
    assert [hit["url"][-1] for hit in found] == ["3", "2", "1"]
    assert desk("articles", "search", "汽车 3").out.startswith("新能源汽车 3")
    assert desk("articles", "search", "稅", "--limit", "1", "--json").rows[0]["revision"] == 1
    assert desk("articles", "search", "-x").code == 2
    assert desk("articles", "search", "unheard").err == "nothing found\n"

    table = desk("articles", "export", "-f", "csv").out
    cells = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))
    assert cells[0]["authors"] == "'=cmd|' /C calc'!A0"
    assert cells[0]["title"] == "新能源汽车 1"


def test_parquet_or_what_to_do(desk: Cli) -> None:
    desk.write("in.jsonl", '{"url": "https://a.example/1", "title": "T", "text": "x"}')
    _import(desk, "in.jsonl")
    said = desk("articles", "export", "-f", "parquet", "-o", "out.parquet")
    try:
        from pyarrow import parquet
    except ImportError:
        assert said.code == 2
        assert "pip install 'windcatch[parquet]'" in said.err
        assert not (desk.folder / "out.parquet").exists()
        return
    assert said.code == 0
    (row,) = parquet.read_table("out.parquet").to_pylist()
    assert (row["url"], row["published_at"], row["authors"]) == ("https://a.example/1", None, [])


def test_html_files_alone_and_by_index(desk: Cli) -> None:
    named = page(1).replace(
        b"<title>", b'<link href="https://news.example.com/a/1.html" rel="canonical"><title>'
    )
    desk.write("pages/one.html", named)
    desk.write("pages/two.html.gz", gzip.compress(page(2)))
    desk.write("pages/nameless.html", page(3))
    desk.write("pages/.hidden.html", page(4))
    desk.write("pages/logo.png", b"\x89PNG")
    index = {"file": "two.html.gz", "url": "https://news.example.com/a/2.html"}
    lines = [index | {"captured_at": "2024-05-01"}, {"file": "none.html", "url": index["url"]}]
    desk.write("pages/index.jsonl", "\n".join(map(json.dumps, lines)))
    stamp = datetime(2023, 7, 1, tzinfo=UTC).timestamp()
    os.utime(desk.folder / "pages/one.html", (stamp, stamp))
    (told,) = _import(desk, "pages").rows
    assert (told["new"], told["problems"], told["skipped"]) == (2, 2, 1)
    assert "states no URL of its own" in " ".join(told["told"])
    rows = {row["url"][-6:]: row for row in desk("articles", "export").rows}
    assert rows["1.html"]["captured_at"] == "2023-07-01T00:00:00+00:00"
    assert rows["2.html"]["captured_at"] == "2024-05-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("import", "nowhere.warc"), "nowhere.warc: no such file"),
        (("import", "windcatch.toml", "--alerts", "loud"), '--alerts "loud": none, digest or all'),
        (("import", "windcatch.toml", "--alerts", "all"), "add --yes"),
        (("articles", "export", "-f", "xml"), 'no format "xml"'),
        (("articles", "search", '""'), "nothing to look for"),
        (("articles", "export", "--since", "when?"), "not a time"),
    ],
)
def test_mistakes(desk: Cli, arguments: tuple[str, ...], told: str) -> None:
    said = desk(*arguments)
    assert said.code == 2
    assert told in said.err


def test_all_rings_when_that_is_meant(desk: Cli) -> None:
    desk.write("in.warc", article(1))
    assert desk("import", "in.warc", "--alerts", "all", "--yes", "--workers", "1").code == 0
    assert _rows(desk)["alert"] == 1
    desk.write("more.warc", article(2))
    assert desk("import", "more.warc", "--alerts", "digest", "--workers", "1").code == 0
    waiting = desk("alerts", "list", "--json").rows
    assert len(waiting) == 2


@needs_data
def test_real_pages_as_html_and_as_warc_are_the_same(desk: Cli, tmp_path: Path) -> None:
    """A sample; `benchmarks/bench_import.py --pages` compares all of them."""
    from crawler.exports.warc import response_record
    from storage.types import Capture

    at = datetime(2025, 1, 1, tzinfo=UTC)
    lines, records = [], []
    with (DATA / "pages.jsonl").open() as listed:
        for number, text in enumerate(listed):
            given = json.loads(text)
            if number % 120 or not given.get("url"):
                continue
            file = DATA / given["file"]
            lines.append({"file": str(file), "url": given["url"], "captured_at": at.isoformat()})
            body = gzip.decompress(file.read_bytes())
            one = Capture(
                url=given["url"], final_url=given["url"], status=200, body=body, fetched_at=at
            )
            records.append(response_record(one, source_id="x", packed=True))
    assert len(records) > 5
    desk.write("index.jsonl", "\n".join(map(json.dumps, lines)))
    (told,) = _import(desk, "index.jsonl").rows
    html = _same(desk("articles", "export").rows)
    assert len(html) == told["new"] > 3
    (desk.folder / "windcatch.db").rename(desk.folder / "first.db")
    desk.write("all.warc.gz", b"".join(records))
    (warc,) = _import(desk, "all.warc.gz").rows
    assert warc["new"] == told["new"]
    assert _same(desk("articles", "export").rows) == html
