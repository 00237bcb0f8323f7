"""The commands that programs call: keys, their order, nulls, and the order of lines are a contract."""

from __future__ import annotations

import gzip
import json

import pytest
from cli_runs import Cli

PAGE = """<!doctype html><html lang="en"><head><title>Swap stations for eleven cities</title>
<meta property="article:published_time" content="2026-02-17T08:00:00+08:00">
<link rel="canonical" href="https://news.example/a/1"></head><body><article>
<h1>Swap stations for eleven cities</h1>
<p>BEIJING, Feb. 17 (Xinhua) -- The ministry said on Tuesday that eleven cities would build two
thousand battery swap stations for trucks before the end of the year, with money from the state.</p>
<p>Officials said that subsidies would fall by a fifth in 2028, and that the stations must take
packs of every maker. Two provinces have already begun to test them on their coal routes.</p>
</article></body></html>"""

EXTRACT_KEYS = [
    "file", "url", "canonical_url", "title", "text", "published_at", "updated_at", "authors",
    "language", "site", "wire", "attribution", "is_article", "warnings",
]  # fmt: skip

TEXTS = [
    {"id": 7, "title": "Battery swapping grows", "text": "China will build 2,000 battery swap stations.",
     "language": "en", "url": "https://a.example/1", "published_at": "2026-02-17T08:00:00+08:00"},
    {"id": "b", "title": "Football", "text": "Nobody scored.", "language": None, "url": None},
    {"id": None, "title": None, "text": "换电站将增加一倍。"},
]  # fmt: skip
WATCHLIST = """
name = "Desk"
[[themes]]
id = "swap"
name = "Battery swapping"
query = '"battery swap*" OR 换电'
"""


def lines(*rows: object) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_extract_reads_an_index_in_order(cli: Cli) -> None:
    cli.write("pages/one.html", PAGE)
    cli.write("pages/two.html.gz", gzip.compress(PAGE.encode()))
    index = lines(
        {"file": "two.html.gz", "url": "https://news.example/a/1?utm_source=x"},
        {"file": "missing.html", "url": "https://news.example/a/2"},
        {"file": "one.html", "url": None},
    )
    cli.write("pages/index.jsonl", index)
    result = cli("extract", "pages/index.jsonl")
    assert result.code == 1
    assert "1 of 3 inputs could not be read" in result.err
    two, missing, one = result.rows
    for row in result.rows:
        assert list(row) == EXTRACT_KEYS
        assert list(row["wire"]) == ["agency", "dateline"]
        assert list(row["attribution"]) == ["source", "author"]
    assert two["file"] == "two.html.gz"
    assert two["url"] == "https://news.example/a/1?utm_source=x"
    assert two["canonical_url"] == "https://news.example/a/1"
    assert two["published_at"] == "2026-02-17T00:00:00+00:00"
    assert two["is_article"] is True
    assert two["text"].count("\n\n") == 1
    assert (missing["is_article"], missing["text"]) == (False, None)
    assert "no such file" in missing["warnings"][0]
    assert one["url"] is None
    assert one["text"] == two["text"]


def test_extract_shows_a_page_to_people(cli: Cli, monkeypatch) -> None:
    cli.write("page.html", PAGE)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    result = cli("extract", "page.html", "--url", "https://news.example/a/1")
    assert result.code == 0
    assert "title: Swap stations for eleven cities" in result.out
    assert "two provinces" in " ".join(result.out.lower().split())


@pytest.mark.parametrize(
    ("index", "said"),
    [
        ('{"file": "a"', "index.jsonl:1: not JSON"),
        ("[]", "index.jsonl:1: expected a JSON object"),
        ('{"url": "x"}', 'index.jsonl:1: "file": missing'),
        ('{"file": 3}', 'index.jsonl:1: "file": expected text'),
        ('{"file": "a.html"}\n\n\x00', "index.jsonl:3: not JSON"),
        (b'{"file": "\xff"}', "index.jsonl:1: not text in UTF-8"),
        ("[" * 100_000, "index.jsonl:1: not JSON: nested too deeply"),
    ],
)
def test_a_bad_index_is_refused_with_its_line(cli: Cli, index: str | bytes, said: str) -> None:
    cli.write("index.jsonl", index)
    result = cli("extract", "index.jsonl")
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_themes_test_prints_matches_with_spans_into_the_given_text(cli: Cli) -> None:
    cli.write("in.jsonl", lines(*TEXTS))
    cli.write("desk.toml", WATCHLIST)
    result = cli("themes", "test", "--watchlist", "desk.toml", "in.jsonl")
    assert result.code == 0, result.err
    assert [row["id"] for row in result.rows] == [7, "b", None]
    assert all(list(row) == ["id", "matches"] for row in result.rows)
    first, second, third = (row["matches"] for row in result.rows)
    assert second == []
    assert [list(match) for match in first] == [["theme", "score", "spans"]]
    for row, matches in ((TEXTS[0], first), (TEXTS[2], third)):
        for span in matches[0]["spans"]:
            assert list(span) == ["field", "start", "end", "term"]
            found = row[span["field"]][span["start"] : span["end"]]
            assert found.lower().startswith(("battery swap", "换电"))


def test_stories_cluster_names_the_origin(cli: Cli) -> None:
    text = (
        "BEIJING, Feb. 17 (Xinhua) -- China will build 2,000 battery swap stations in 2026, the "
        "Ministry of Industry said on Tuesday. The plan covers eleven cities and heavy trucks. "
        "Officials said that subsidies of 300 million yuan would end in 2028."
    )
    late = {"id": "late", "title": "Swap stations", "text": text, "published_at": "2026-02-18"}
    early = {**late, "id": "early", "published_at": "2026-02-17T10:00:00Z"}
    cli.write("in.jsonl", lines(late, early, TEXTS[1]))
    rows = cli("stories", "cluster", "in.jsonl").rows
    assert rows == [
        {"id": "late", "story": "early", "kind": "exact", "of": "early", "score": 1.0},
        {"id": "early", "story": "early", "kind": "origin", "of": None, "score": 1.0},
        {"id": "b", "story": "b", "kind": "origin", "of": None, "score": 1.0},
    ]
    assert list(rows[0]) == ["id", "story", "kind", "of", "score"]


def test_diff_of_pairs_and_of_files_agree(cli: Cli) -> None:
    old, new = "Prices rose 25 percent on Monday.", "Prices rose 45 percent on Monday."
    pair = {"id": "x", "old": {"title": "", "text": old}, "new": {"title": "", "text": new}}
    cli.write("pairs.jsonl", lines(pair))
    cli.write("old.txt", old)
    cli.write("new.txt", new)
    (row,) = cli("diff", "pairs.jsonl").rows
    assert list(row) == ["id", "class", "score", "reasons", "segments"]
    (plain,) = cli("diff", "old.txt", "new.txt", "--json").rows
    assert list(plain) == ["class", "score", "reasons", "segments"]
    assert {**plain, "id": "x"} == row
    assert row["class"] == "substantive"
    assert all(list(segment) == ["op", "old", "new"] for segment in row["segments"])
    people = cli("diff", "old.txt", "new.txt")
    assert people.out.startswith("substantive (score ")
    assert "[-25" in people.out.replace("\n", " ")


def test_diff_of_pages_sees_only_what_a_reader_sees(cli: Cli) -> None:
    cli.write("old.html", PAGE)
    cli.write("new.html", PAGE.replace("<article>", '<nav>menu 17</nav><article class="x">'))
    (row,) = cli("diff", "old.html", "new.html", "--json").rows
    assert row["class"] == "cosmetic"


@pytest.mark.parametrize(
    "row", ['{"id": 1}', '{"id": 1, "old": "x", "new": {}}', '{"old": {"text": 3}, "new": {}}']
)
def test_a_bad_pair_is_refused_with_its_line(cli: Cli, row: str) -> None:
    cli.write("pairs.jsonl", row)
    result = cli("diff", "pairs.jsonl")
    assert result.code == 2
    assert "pairs.jsonl:1: " in result.err
