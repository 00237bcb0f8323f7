"""The whole way from bytes to an Article, on written pages and on the seeds rebuilt as pages."""

from __future__ import annotations

from datetime import UTC, datetime

import extract_seeds as seeds
import pytest
from extract_pages import PARAGRAPHS, article_page, capture, paragraphs_of
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import needs_seeds

from spiders.extract import extract, read
from spiders.learned import ENOUGH, Learned
from spiders.sources import Hints
from storage.types import Attribution, Precision, Wire


def test_a_plain_article_comes_out_whole_and_alone():
    article = extract(capture(article_page()), source_id="x", zone="Asia/Shanghai")
    assert article.is_article, article.refusal
    assert article.title == "New rules for battery swapping take effect in spring"
    assert paragraphs_of(article.text) == list(PARAGRAPHS)
    assert article.published_at == datetime(2025, 1, 27, 9, 28, tzinfo=UTC)
    assert article.published_precision is Precision.MINUTE
    assert article.authors == ("Jane Doe",)
    assert article.language == "en"


def test_same_page_reads_the_same_twice():
    page = capture(article_page())
    assert extract(page, source_id="x") == extract(page, source_id="x")


def test_lists_tables_and_headings_survive_as_lines():
    extra = (
        "<h2>What operators must do</h2><ul><li>Publish the price of every swap in advance.</li>"
        "<li>Keep the records of every battery for ten years.</li></ul>"
        "<table><tr><th>City</th><th>Stations</th></tr><tr><td>Hefei</td><td>120</td></tr></table>"
    )
    page = article_page().replace("<p>Analysts", extra + "<p>Analysts")
    text = extract(capture(page), source_id="x").text
    assert "What operators must do" in text
    assert "Publish the price of every swap in advance.\nKeep the records" in text
    assert "City | Stations\nHefei | 120" in text


def test_learned_lines_leave_the_text_and_are_told():
    note = "Our readers support this newsroom with their subscriptions and with their letters."
    learned = Learned()
    for n in range(ENOUGH):
        learned = learned.observe(f"Title {n}", [note])
    page = capture(article_page(paragraphs=(*PARAGRAPHS[:3], note, *PARAGRAPHS[3:])))
    assert note in extract(page, source_id="x").text
    reading = read(page, source_id="x", learned=learned)
    assert note not in reading.article.text
    assert (note, "learned") in reading.removed


def test_hints_of_a_person_win():
    hints = Hints(body=("#Content",), title=(".info .date",), drop=("#Content p:nth-child(2)",))
    article = extract(capture(article_page()), source_id="x", hints=hints)
    assert article.title.startswith("By Jane Doe")
    assert paragraphs_of(article.text) == [PARAGRAPHS[0], *PARAGRAPHS[2:]]


def test_a_bad_selector_is_ignored():
    hints = Hints(body=("p[",), published=(":nope(",))
    assert extract(capture(article_page()), source_id="x", hints=hints).is_article


@pytest.mark.parametrize(
    ("head", "filed"),
    [
        ('<link rel="canonical" href="https://evil.example/x">', "www.example.com"),
        ('<link rel="canonical" href="https://www.example.com/">', "swap-rules"),
        ('<link rel="canonical" href="::::">', "swap-rules"),
    ],
)
def test_declared_url_is_guarded(head, filed):
    assert filed in extract(capture(article_page(head=head)), source_id="x").canonical_url


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"%PDF-1.7 ...", "not a page"),
        (b"\x00\xff\xfe\x00" * 50, ""),
        (b"<" * 5000, ""),
        (b"<div>" * 5000 + b"deep", ""),
        (b"<html><body>" + b"<table><tr><td>" * 500, ""),
    ],
)
def test_what_is_no_page_is_refused_with_a_reason(body, refusal):
    article = extract(capture(body), source_id="x")
    assert not article.is_article
    assert article.refusal is not None
    assert article.refusal.startswith(refusal)


@given(st.binary(max_size=2_000))
@settings(max_examples=60, deadline=None)
def test_no_bytes_raise(body):
    article = extract(capture(body), source_id="x")
    assert article.is_article or article.refusal


@given(st.integers(0, 3_000), st.integers(0, 255))
@settings(max_examples=30, deadline=None)
def test_damaged_pages_do_not_raise(at, byte):
    page = bytearray(article_page().encode())
    page[at % len(page)] = byte
    extract(capture(bytes(page[: len(page) - at // 3])), source_id="x")


SEEDS = [
    (
        seeds.china_daily,
        datetime(2025, 1, 27, 9, 28, tzinfo=UTC),
        Wire(agency="Xinhua", dateline="BEIJING"),
        Attribution(),
    ),
    (seeds.technode, datetime(2022, 10, 18, 9, 42, 10, tzinfo=UTC), Wire(), Attribution()),
    (
        seeds.aggregator,
        None,
        Wire(),
        Attribution(source="甲子光年", author="Liu Jingfeng", editor="Yang Yang"),
    ),
    (
        seeds.xinhua_copy,
        datetime(2022, 2, 17, 8, 11, tzinfo=UTC),
        Wire(agency="Xinhua", dateline="TAIYUAN, Feb. 17 (Xinhua)"),
        Attribution(),
    ),
    (
        seeds.asia_business,
        datetime(2020, 5, 25, 2, 8, 16, tzinfo=UTC),
        Wire(dateline="Asia Economy Beijing=Special Correspondent Sunmi Park"),
        Attribution(),
    ),
]


@needs_seeds
@pytest.mark.parametrize(
    ("make", "published", "wire", "attribution"), SEEDS, ids=[s[0].__name__ for s in SEEDS]
)
def test_the_seeds_come_out_right(make, published, wire, attribution):
    seed = make()
    article = extract(seed.capture, source_id="x")
    lines = [line for line in article.text.split("\n") if line]
    assert article.is_article, article.refusal
    assert article.title == seed.title
    assert (lines[0], lines[-1]) == (seed.first, seed.last)
    for chrome in seed.never:
        assert not [line for line in lines if chrome in line]
    assert article.published_at == published
    assert article.wire == wire
    assert article.attribution == attribution
    assert article.language == "en"
