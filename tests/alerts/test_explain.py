"""alerts/explain.py, alerts/backtest.py and alerts/score.py: why, and how often."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.backtest import Count, Tried, backtest, chart, every_month
from alerts.explain import explain, in_words
from alerts.match import Matcher, Subject
from alerts.score import PLACE_POINTS, TermScore, explained, points, score
from alerts.snippets import snippet_of
from alerts.watchlist import load_watchlists

FILE = """
id = "w"
[[themes]]
id = "swap"
query = 'title:(换电站 OR "battery swap") AND (subsidy NEAR/3 car OR NOT chip) AND NOT potato'
[[themes]]
id = "long"
query = "chip OR a1 OR b1 OR c1 OR d1 OR e1 OR f1 OR g1 OR h1 OR i1 OR j1"
min_score = 0.9
languages = ["en"]
"""
LISTS = load_watchlists({"w.toml": FILE})
MATCHER = Matcher(LISTS)


def test_which_part_held_and_which_failed() -> None:
    told = explain(MATCHER, "w", "swap", Subject(title="Battery swaps", text="A chip. No potato."))
    assert told is not None
    assert not told.held
    assert in_words(told) == [
        '- title:(换电站 OR "battery swap") AND (subsidy NEAR/3 car OR NOT chip) AND NOT potato',
        '  + title:(换电站 OR "battery swap")',
        '    + 换电站 OR "battery swap"',
        "      - 换电站",
        '      + "battery swap": title 0-13',
        "  - subsidy NEAR/3 car OR NOT chip",
        "    - subsidy NEAR/3 car",
        "      - subsidy",
        "      - car",
        "    - NOT chip",
        "      + chip: text 2-6",
        "  - NOT potato",
        "    + potato: text 11-17",
    ]


def test_a_long_list_is_cut_and_a_low_score_told() -> None:
    told = explain(MATCHER, "w", "long", Subject(title="", text="chip", language="en"))
    assert told is not None
    assert not told.held
    lines = in_words(told)
    assert lines[0] == "+ any of 11"
    assert len(lines) == 1 + 1 + 8 + 1 + 1
    assert lines[-2] == "  - 2 more that do not occur"
    assert lines[-1] == "the score 0.4 is under the theme's 0.9"
    other = explain(MATCHER, "w", "long", Subject(title="", text="chip", language="zh"))
    assert other is not None
    assert other.refused == "its languages are en; the article is zh"


def test_an_unknown_theme_is_none() -> None:
    assert explain(MATCHER, "w", "nope", Subject(title="", text="")) is None


@given(st.integers(1, 10_000), st.sampled_from(sorted(PLACE_POINTS)))
def test_more_is_never_less(count: int, place: str) -> None:
    assert points(count + 1, place) > points(count, place)
    assert 0 < score(points(count, place)) < 1
    assert points(count, "title") > points(count, "lead") > points(count, "body")


def test_the_score_in_words() -> None:
    parts = [
        TermScore(term="a1", count=1, place="body", weight=1, points=1),
        TermScore(term="b1", count=3, place="title", weight=2, points=14.3),
    ]
    assert explained(parts) == (
        "b1: 3 times, title, weight 2, 14.3 points; a1: once, body, 1.0 points"
    )


def test_a_backtest_counts_months_overlaps_and_silent_terms() -> None:
    file = """
id = "w"
[[themes]]
id = "chips"
query = "chip OR 芯片 OR wafer NOT potato"
[[themes]]
id = "export"
query = "export"
"""
    articles = [
        Tried(
            article_id=number,
            subject=Subject(
                title=f"Story {number}",
                text="First words. A chip export rule came. Last words." if number % 2 else "芯片",
                published_at=datetime(2024, 1 + number % 3, 5, tzinfo=UTC) if number else None,
            ),
        )
        for number in range(250)
    ]
    told: list[int] = []
    report = backtest(load_watchlists({"w.toml": file}), iter(articles), progress=told.append)
    assert (report.articles, report.matched, told) == (250, 250, [100, 200])
    chips, export = report.themes
    assert chips.hits == 250
    assert dict(chips.months) == {"": 1, "2024-01": 83, "2024-02": 83, "2024-03": 83}
    assert chips.silent_terms == ("wafer",)
    assert chips.overlaps == (("export", 125),)
    assert export.hits == 125
    latest = export.latest[0]
    assert (latest.article_id, latest.day) == (245, "2024-03-05")
    assert [hit.article_id for hit in export.latest[:3]] == [245, 239, 233]
    assert latest.snippet == "A chip export rule came."
    assert [latest.snippet[a:b] for a, b in latest.marks] == ["export"]


def some_articles() -> list[Tried]:
    return [
        Tried(
            article_id=number,
            subject=Subject(title="", text="chip" if number % 3 else "chip export"),
            seen_at=datetime(2024, 1 + number % 12, 1 + number % 28, tzinfo=UTC),
        )
        for number in range(200)
    ]


def test_counts_of_pieces_add_up_to_that_of_the_whole() -> None:
    lists = load_watchlists(
        {"w.toml": '[[themes]]\nid="a"\nquery="chip"\n[[themes]]\nid="b"\nquery="export"'}
    )
    matcher = Matcher(lists)
    articles = some_articles()
    whole = backtest(lists, articles, sample=5)
    pieces = Count(sample=5)
    for start in (100, 0, 150, 50):
        piece = Count(sample=5)
        for tried in articles[start : start + 50]:
            piece.add(tried, matcher.match(tried.subject))
        pieces.merge(piece)
    assert pieces.report(lists, matcher) == whole
    assert [len(theme.sample) for theme in whole.themes] == [5, 5]
    other = backtest(lists, articles, sample=5, seed="x")
    assert {hit.article_id for hit in other.themes[0].sample} != {
        hit.article_id for hit in whole.themes[0].sample
    }


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ((), ()),
        ((("", 3),), ()),
        (
            (("", 1), ("2023-11", 2), ("2024-02", 5)),
            (("2023-11", 2), ("2023-12", 0), ("2024-01", 0), ("2024-02", 5)),
        ),
    ],
)
def test_a_chart_has_a_place_for_every_month(months: tuple, expected: tuple) -> None:
    assert every_month(months) == expected


def test_a_long_sentence_is_cut_around_its_first_term() -> None:
    subject = Subject(title="", text="word " * 200 + "chip " + "word " * 200)
    match = Matcher(load_watchlists({"w.toml": '[[themes]]\nid="a"\nquery="chip"'})).match(subject)
    text, marks = snippet_of(subject, match[0])
    assert len(text) <= 240
    assert [text[a:b] for a, b in marks] == ["chip"]


@pytest.mark.parametrize(
    ("counts", "bars"), [((), ""), ((0, 0), "  "), ((1, 4, 8), "▁▄█"), ((1, 1000), "▁█")]
)
def test_the_chart(counts: tuple[int, ...], bars: str) -> None:
    assert chart((str(n), count) for n, count in enumerate(counts)) == bars
