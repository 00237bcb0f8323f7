"""Where a moment lies against what is wanted: spans, printed days, lastmod."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.backfill.dates import Reach, Run, of_article, of_entry, place, proven
from crawler.backfill.span import Span, days, months, stated
from storage.types import Article, Discovery, Entry, Precision


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SPAN = Span(at("2021-03-10"), at("2021-06-01"))


def test_months_and_days_cover_the_span_and_no_more() -> None:
    assert [(key, part.begin, part.end) for key, part in months(SPAN)] == [
        ("2021-05", at("2021-05-01"), at("2021-06-01")),
        ("2021-04", at("2021-04-01"), at("2021-05-01")),
        ("2021-03", at("2021-03-10"), at("2021-04-01")),
    ]
    assert [key for key, _ in days(Span(at("2020-02-28T12:00"), at("2020-03-01T00:00")))] == [
        "2020-02-29",
        "2020-02-28",
    ]


@given(
    st.integers(0, 45 * 365 * 24),
    st.timedeltas(timedelta(1), timedelta(900)),
)
def test_the_parts_make_the_whole(hours: int, length: timedelta) -> None:
    begin = at("1995-01-01") + timedelta(hours=hours)
    whole = Span(begin, begin + length)
    for cut in (months, days):
        parts = [part for _, part in cut(whole)][::-1]
        assert parts[0].begin == whole.begin
        assert parts[-1].end == whole.end
        assert all(a.end == b.begin for a, b in itertools.pairwise(parts))


@pytest.mark.parametrize(
    ("name", "begin", "length"),
    [
        ("https://a.example/sitemap-2021-03.xml", "2021-03-01", 31),
        ("https://a.example/post-sitemap_202102.xml.gz", "2021-02-01", 28),
        ("https://a.example/sitemaps/2021/12/", "2021-12-01", 31),
        ("https://a.example/sitemap/2021-03-05.xml", "2021-03-05", 1),
        ("https://a.example/sitemap-20210305.xml", "2021-03-05", 1),
        ("https://a.example/sitemap-2021-02-31.xml", "2021-02-01", 28),  # no such day
        ("https://a.example/sitemap-news-2019.xml", "2019-01-01", 365),
        ("https://a2021-03.example/sitemap-7.xml", None, 0),  # the host says nothing
        ("https://a.example/sitemap-123456789.xml", None, 0),
        ("https://a.example/post-sitemap13.xml", None, 0),
    ],
)
def test_what_a_file_name_states(name: str, begin: str | None, length: int) -> None:
    found = stated(name)
    if begin is None:
        assert found is None
    else:
        assert found == Span(at(begin), at(begin) + timedelta(days=length))


def entry(url: str, dated: str | None = None, by: Discovery = Discovery.LISTING) -> Entry:
    moment = at(dated) if dated else None
    if by is Discovery.SITEMAP:
        return Entry(url=url, found_by=by, changed_at=moment)
    return Entry(url=url, found_by=by, published_at=moment)


@pytest.mark.parametrize(
    ("url", "dated", "by", "trusted", "reach"),
    [
        ("https://a.example/2021/04/05/x.html", "1999-01-01", "listing", True, "within"),
        ("https://a.example/2021/03/09/x.html", None, "listing", True, "within"),  # another zone
        ("https://a.example/2021/03/08/x.html", None, "listing", True, "before"),
        ("https://a.example/2021/06/03/x.html", None, "listing", True, "after"),
        ("https://a.example/x", "2021-04-05", "listing", True, "within"),
        ("https://a.example/x", "2020-04-05", "feed", True, "before"),
        ("https://a.example/x", "2022-04-05", "wordpress", True, "after"),
        ("https://a.example/x", None, "listing", True, "unknown"),
        # A page changed before the span cannot be of it; one changed after it can.
        ("https://a.example/x", "2020-04-05", "sitemap", True, "before"),
        ("https://a.example/x", "2020-04-05", "sitemap", False, "unknown"),
        ("https://a.example/x", "2022-04-05", "sitemap", True, "unknown"),
        ("https://a.example/x", "2021-04-05", "sitemap", True, "unknown"),
    ],
)
def test_where_an_entry_lies(
    url: str, dated: str | None, by: str, trusted: bool, reach: str
) -> None:
    one = entry(url, dated, Discovery(by))
    assert of_entry(one, SPAN, zone=None, trusted=trusted) is Reach(reach)


def test_a_news_sitemap_says_when_it_was_published() -> None:
    one = entry("https://a.example/x", "2010-01-01", Discovery.SITEMAP)
    stated = replace(one, published_at=at("2021-04-05"))
    assert of_entry(stated, SPAN, zone=None, trusted=True) is Reach.WITHIN
    assert (one.not_after, stated.not_after) == (at("2010-01-01"), at("2021-04-05"))


def test_the_page_decides_to_the_second_but_for_a_day() -> None:
    def article(moment: datetime | None, precision: Precision | None = None) -> Article:
        return Article(
            source_id="a", url="u", canonical_url="u", title="t", text="t", fetched_at=SPAN.end,
            published_at=moment, published_precision=precision,
        )  # fmt: skip

    second = timedelta(seconds=1)
    assert of_article(article(SPAN.begin), SPAN) is Reach.WITHIN
    assert of_article(article(SPAN.begin - second), SPAN) is Reach.BEFORE
    assert of_article(article(SPAN.begin - second, Precision.DAY), SPAN) is Reach.WITHIN
    assert of_article(article(SPAN.end), SPAN) is Reach.AFTER
    assert of_article(article(None), SPAN) is Reach.UNKNOWN
    assert place(None, SPAN) is Reach.UNKNOWN


def _listed(changed: list[str]) -> list[Entry]:
    return [
        entry(f"https://a.example/2021/03/{n + 1:02}/x.html", moment, Discovery.SITEMAP)
        for n, moment in enumerate(changed)
    ]


def test_lastmod_is_believed_when_it_proved_true() -> None:
    true = [f"2021-03-{n + 1:02}T05:00:00" for n in range(15)]
    assert proven(_listed(true), zone=None)
    assert not proven(_listed(true[:5]), zone=None)  # too few to tell
    assert not proven(_listed(["2024-01-01"] * 15), zone=None)  # all the same
    assert not proven(_listed([*true[:14], "2010-01-01"]), zone=None)  # before its own page
    undated = [entry(f"https://a.example/{n}", "2021-03-01") for n in range(15)]
    assert not proven(undated, zone=None)  # nothing to compare with


def test_pinned_entries_do_not_end_a_section() -> None:
    row = Run(3)
    for reach in ("before", "before", "within", "before", "unknown", "before"):
        row.take(Reach(reach))
        assert not row.over
    row.take(Reach.BEFORE)
    assert row.over
    assert Run(3, so_far=3).over  # as a cursor remembers it
