"""Full-text search: the words people look for, in the languages they read, on both back ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storage_articles import NOW, article, record, url

from storage.archive import Archive
from storage.searching import MAX_TERMS, QueryProblem, excerpt, indexed, read_query

ZH = (
    "国务院办公厅印发关于推动新能源汽车产业减税降费的通知。\n\n工信部负责人表示，今年将新建换电站。"
)
KO = "정부는 배터리를 만드는 기업에 세금을 줄이기로 했다."
EN = "The ministry said that battery-swapping stations, such as Nio's, will get a tax cut in 2026."


def _catch_up(archive: Archive) -> int:
    total = 0
    while True:
        with archive.begin() as tx:
            done = tx.index_pending(2)
        total += done
        if not done:
            return total


def _found(archive: Archive, query: str, **options: object) -> list[int]:
    with archive.read() as reader:
        return [hit.article_id for hit in reader.search(query, **options)]


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("减税", "zh"),  # two characters
        ("换电", "zh"),
        ("新能源汽车", "zh"),
        ("新能源 减税", "zh"),
        ("税", "zh"),  # one, in the middle of a run
        ("站", "zh"),  # one, at the end of a run
        ("通知", "zh"),  # the last pair of a sentence
        ("减稅", "zh"),  # written in the traditional way
        ("能汽", ""),  # never side by side
        ("知工", ""),  # over the end of a sentence
        ("배터리", "ko"),  # with its ending glued on
        ("세금", "ko"),
        ("battery", "en"),
        ("BATTERY-swapping", "en"),
        ('"tax cut"', "en"),
        ('"cut tax"', ""),
        ("stat*", "en"),
        ("stat", ""),
        ("2026 -nio", ""),
        ("ministry -harbour", "en"),
        ("tax 减税", ""),
        ("'; DROP TABLE article; --", ""),
        ('nio AND "stations"', ""),  # AND is a word like any other
        ("(tax) OR", ""),
        ("nio's", "en"),
    ],
)
def test_what_is_found(archive: Archive, query: str, finds: str) -> None:
    texts = {"zh": ZH, "ko": KO, "en": EN}
    ids = {}
    for number, (language, text) in enumerate(texts.items(), start=1):
        one = article(number, title=f"Title {language}", text=text, language=language)
        ids[record(archive, one).article_id] = language
    assert _catch_up(archive) == 3
    assert [ids[found] for found in _found(archive, query)] == ([finds] if finds else [])


def test_the_index_follows_revisions_and_says_which(archive: Archive) -> None:
    record(archive, article(text=ZH))
    _catch_up(archive)
    later = NOW + timedelta(hours=2)
    record(archive, article(text=ZH.replace("减税降费", "加征关税"), fetched_at=later))
    assert _found(archive, "关税") == []  # not yet
    assert _catch_up(archive) == 1
    assert _found(archive, "关税") == [1]
    assert _found(archive, "减税") == []
    with archive.read() as reader:
        (hit,) = reader.search("减税", older=True)
    assert (hit.revision, hit.revisions, hit.url) == (1, 2, url(1))
    assert "减税降费" in hit.excerpt
    assert _catch_up(archive) == 0


def test_filters_and_order(archive: Archive) -> None:
    for number, source in enumerate(("a", "b", "b"), start=1):
        dated = NOW - timedelta(days=number)
        record(archive, article(number, text=EN, source_id=source, published_at=dated))
    _catch_up(archive)
    assert _found(archive, "ministry") == [1, 2, 3]
    assert _found(archive, "ministry", source="b") == [2, 3]
    assert _found(archive, "ministry", until=NOW - timedelta(days=1)) == [2, 3]
    assert _found(archive, "ministry", since=NOW - timedelta(days=2)) == [1, 2]
    assert _found(archive, "ministry", limit=1) == [1]
    assert _found(archive, "ministry", theme="none") == []
    assert _found(archive, "ministry", language="zh") == []


def test_without_an_index_nothing_is_found_and_nothing_breaks(archive: Archive) -> None:
    assert _found(archive, "unheard") == []


@pytest.mark.parametrize("query", ["", " ", '""', "-tax", "!?", "-"])
def test_a_query_without_words_is_refused(query: str) -> None:
    with pytest.raises(QueryProblem, match="nothing to look for"):
        read_query(query)


def test_a_pasted_text_is_refused() -> None:
    with pytest.raises(QueryProblem, match="more than"):
        read_query("word " * (MAX_TERMS + 1))


@given(st.text())
def test_any_text_can_be_indexed_and_asked_for(text: str) -> None:
    made = indexed(text)
    assert all(token.isalnum() for token in made.split(" ") if token) or not made.isascii()
    try:
        terms = read_query(text)
    except QueryProblem:
        return
    assert len(excerpt(text, terms)) <= 162


@given(st.text(alphabet="税减新能源ab ", min_size=2, max_size=20))
def test_every_part_of_a_run_is_found(text: str) -> None:
    """What stands in the text is a run of its tokens."""
    known = f" {indexed(text)} "
    for run in text.split():
        if not all(char in "税减新能源" for char in run):
            continue
        for size in (2, 3):
            for at in range(len(run) - size + 1):
                (term,) = read_query(run[at : at + size])
                assert f" {' '.join(term.tokens)} " in known
