"""Recorded real pages, by their true URLs, through real spiders into SQLite and to Slack."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from paths import DATA, needs_data
from world_fakes import get

from crawler.world.recorded import Replayed, replay
from crawler.world.replay import FEED, Recording, ReplayWorld, key, load, select

PAGES, HOSTS = 200, 30


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    chosen = select(load(DATA), pages=PAGES + 5, small=True)
    return replay(chosen, tmp_path_factory.mktemp("replay"))


@needs_data
@pytest.mark.timeout(600)
def test_every_recorded_page_is_stored_or_refused_with_a_reason(replayed: Replayed) -> None:
    assert replayed.served >= PAGES
    assert replayed.hosts >= HOSTS
    assert replayed.lost == []
    assert all(replayed.refused)
    assert replayed.stored + replayed.refused.total() == replayed.pages


@needs_data
@pytest.mark.timeout(600)
def test_nothing_crashes_on_recorded_pages(replayed: Replayed) -> None:
    assert replayed.finished is not None
    assert "Traceback" not in replayed.finished.stderr
    assert replayed.finished.code == 0, replayed.finished.stderr[-2000:]


@needs_data
@pytest.mark.timeout(600)
def test_recorded_pages_that_match_are_told(replayed: Replayed) -> None:
    assert replayed.matches >= 5
    assert 5 <= replayed.messages <= replayed.matches
    assert replayed.waiting == 0


@pytest.fixture
def recordings(tmp_path: Path) -> list[Recording]:
    """Three pages made for the test, as the data's index lists them."""
    rows = []
    for number, url in enumerate(
        (
            "https://www.one.example/a?id=1&amp;b=2#top",
            "http://two.example/%E6%94%BF",
            "https://www.one.example/c",
        )
    ):
        (tmp_path / f"{number}.html.gz").write_bytes(gzip.compress(b"<p>page %d</p>" % number))
        rows.append({"id": f"made/{number}", "url": url, "file": f"{number}.html.gz"})
    lines = "\n".join(map(json.dumps, rows))
    (tmp_path / "pages.jsonl").write_text(lines, encoding="utf-8")
    return list(load(tmp_path))


def test_pages_answer_under_their_true_urls_http_and_https(recordings: list[Recording]) -> None:
    with ReplayWorld(recordings) as world:
        assert get(world, "https://www.one.example/a?id=1&b=2").text == "<p>page 0</p>"
        assert get(world, "http://two.example/%E6%94%BF").text == "<p>page 1</p>"
        assert get(world, "https://www.one.example/other").status == 404


def test_each_host_has_a_document_that_names_its_pages(recordings: list[Recording]) -> None:
    with ReplayWorld(recordings) as world:
        assert world.hosts == ("two.example", "www.one.example")
        assert world.channel("two.example") == ("feed", f"http://two.example{FEED}")
        for host in world.hosts:
            _, url = world.channel(host)
            named = get(world, url).text
            ours = [r.url.replace("&", "&amp;") for r in recordings if r.host == host]
            assert all(one in named for one in ours)


def test_a_url_is_looked_up_whatever_its_scheme_and_escapes() -> None:
    assert key("http://A.example/%7Ex?q=%20") == key("https://a.example/~x?q= ")


def test_selection_takes_turns_between_sets_and_keeps_to_its_size() -> None:
    made = [
        Recording(id=f"s{n % 2}/{n}", url=f"https://h{n % 5}.example/{n}", file=Path("x"),
                  page_type="article")
        for n in range(40)
    ]  # fmt: skip
    chosen = select(made, pages=12, per_host=3)
    assert 12 <= len(chosen) <= 14
    assert {recording.set for recording in chosen} == {"s0", "s1"}
