"""alerts/match.py: equal to the plain matcher on random queries and texts; stories of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from themes_oracle import Plain
from themes_random import random_query, random_subject

from alerts.match import MAX_SPANS, Matcher, Subject
from alerts.query.lint import problems
from alerts.query.parser import parse
from alerts.query.printer import canonical
from alerts.query.tree import Node
from alerts.rules import Delivery
from alerts.theme import Theme, Watchlist


def watchlist(*queries: str | Node, **settings: object) -> Watchlist:
    themes = tuple(
        Theme(id=f"t{n}", name=f"T{n}", query=parse(q) if isinstance(q, str) else q, **settings)
        for n, q in enumerate(queries)
    )
    return Watchlist(id="w", name="W", destination="d", delivery=Delivery(), themes=themes)


def found(query: str, text: str, title: str = "", **facts: object) -> list[str] | None:
    """Return the words by which *query* holds, or None."""
    subject = Subject(title=title, text=text, **facts)
    matches = Matcher([watchlist(query)]).match(subject)
    if not matches:
        return None
    return [
        (subject.title if span.field == "title" else subject.text)[span.start : span.end]
        for span in matches[0].spans
    ]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        # Latin terms with borders, also inside Chinese; CJK terms without.
        ("AI", "he said AI芯片", ["AI"]),
        ("AI", "AIDS, said, Ai Weiwei, ai", None),
        ("ai", "Ai Weiwei", ["Ai"]),
        ("芯片", "国产芯片产业", ["芯片"]),
        ("AI芯片", "国产 AI 芯片；AI。芯片", ["AI 芯片", "AI。芯片"]),
        ("人工智能", "人工\n智能 人工、智能", ["人工\n智能"]),
        ("双碳目标", "“双碳”目标", ["双碳”目标"]),
        # Full width, case, traditional, accents.
        ("NEV", "ＮＥＶ", ["ＮＥＶ"]),
        ("換電站", "换电站", ["换电站"]),
        ("换电站", "換電站", ["換電站"]),
        ("vehicule", "Véhicule", ["Véhicule"]),
        ("véhicule", "vehicule VÉHICULE", ["VÉHICULE"]),
        ("cafe", "cafe\u0301s", ["cafe\u0301s"]),
        ("software", "soft\u00adware\u200b!", ["soft\u00adware"]),
        # Korean: particles stick to the word; exact forms do not take them.
        ("반도체", "반도체를 차세대반도체", ["반도체"]),
        ("=반도체", "반도체를", None),
        ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8", ["\u1112\u1161\u11ab\u1100\u116e\u11a8"]),
        ("정부", "中정부", ["정부"]),
        # Forms: plural, hyphen, joined, spelling.
        ('"new-energy vehicle"', "new energy vehicles", ["new energy vehicles"]),
        ('"e-commerce"', "ecommerce, e commerce", ["ecommerce", "e commerce"]),
        ('"data center"', "data centres, datacenter", ["data centres", "datacenter"]),
        ("digitalisation", "digitalization", ["digitalization"]),
        ("subsidy", "subsidies", ["subsidies"]),
        ("policy", "police", None),
        ("NEV", "NEVs nevs", ["NEVs"]),
        ("l'industrie", "l’industrie", ["l’industrie"]),
        # Exactness.
        ("=AI", "ai Ai AI AIs", ["AI"]),
        ('="Big Fund"', "the Big Fund, a big fund", ["Big Fund"]),
        ("=臺灣", "台湾 臺灣", ["臺灣"]),
        # Signs behind a term.
        ("AI+", "AI and the AI+ plan", ["AI"]),
        ('"人工智能+"', "人工智能，人工智能＋行动", ["人工智能"]),
        # Wildcards.
        ("electri*", "electric, Electricity; select", ["electric", "Electricity"]),
        ("*conductor", "superconductor conductor", ["superconductor", "conductor"]),
        ("te?m", "team term tem teem", ["team", "term", "teem"]),
        ('"new energ* vehic*"', "new energies vehicle", ["new energies vehicle"]),
        ("新*汽车", "新能源汽车，新的三十多种能源电动汽车", ["新能源汽车"]),
        # Hangul: the wildcard belongs to the word it touches.
        ('"배터리 교환*"', "배터리 교환식 화물차", ["배터리 교환식"]),
        ('"배터리 교환*"', "배터리 교환 방식", ["배터리 교환"]),
        ('"배터리 교환*"', "배터리교환식, 배터리 비교환", None),
        ("교환*", "교환식 화물차, 교환 방식, 비교환", ["교환식", "교환"]),
        ('"*교환 방식"', "배터리교환 방식으로", ["배터리교환 방식"]),
        ("교환?식", "교환방식으로", ["교환방식"]),
        ("배*리", "배터리를", ["배터리"]),
        ('"AI반도체*"', "AI 반도체용 장비", ["AI 반도체용"]),
        ('"배터리 * 방식"', "배터리 교환 방식", ["배터리 교환 방식"]),
        ('"배터리 * 방식"', "배터리\n\n방식", None),  # what stands between is a blank line, no word
        # Phrases do not cross a blank line; they do cross a comma.
        ('"carbon market"', "carbon\n\nmarket", None),
        ('"carbon market"', "carbon,\nmarket", ["carbon,\nmarket"]),
        # NEAR: at most n words between; two Han characters make a word.
        ("subsidy NEAR/2 cars", "cars need no subsidy", ["cars", "subsidy"]),
        ("subsidy NEAR/1 cars", "cars need no subsidy", None),
        ("subsidy ONEAR/2 cars", "cars need no subsidy", None),
        ("补贴 NEAR/2 汽车", "补贴四个汉字汽车", ["补贴", "汽车"]),
        ("补贴 NEAR/2 汽车", "补贴有五个汉字汽车", None),
        ("a1 NEAR/1 b1 NEAR/1 c1", "a1 x b1 x c1", ["a1", "b1", "c1"]),
        # Sentence and paragraph.
        ("chip SAMESENT export", "Chips. The U.S. export", None),
        ("chip SAMESENT export", "Chips of U.S. Export rules", ["Chips", "Export"]),
        ("芯片 SAMESENT 出口", "芯片。出口", None),
        ("chip SAMEPARA export", "Chips. An export.\n\nExport", ["Chips", "export"]),
        # Counting; overlapping occurrences count once.
        ("atleast2(chip)", "chip chips", ["chip", "chips"]),
        ('atleast2(chip OR "chip maker")', "chip maker", None),
        # More required parts than candidates are told by: all of them count.
        ("a1 b1 c1 d1 e1 f1", "a1 b1 c1 d1 e1", None),
        ("a1 b1 c1 d1 e1 f1", "f1 e1 d1 c1 b1", None),
        ("a1 b1 c1 d1 e1 f1", "f1 e1 d1 c1 b1 a1", ["f1", "e1", "d1", "c1", "b1", "a1"]),
        ("(a1 OR b1) (a1 OR c1) NOT d1", "a1 c1", ["a1", "c1"]),
        ("(a1 OR b1) (a1 OR c1) NOT d1", "a1 c1 d1", None),
        ("re:/[0-9]+ GWh/", "120 GWh", ["120 GWh"]),
        ("re:/gwh/i", "120 GWh 😀 GWH", ["GWh", "GWH"]),
    ],
)
def test_term_rules(query: str, text: str, expected: list[str] | None) -> None:
    assert found(query, text) == expected


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("title:chip", True),
        ("title:fund", False),
        ("lead:fund", True),
        ("lead:tail", False),
        ("body:tail", True),
        ("body:chip", False),
        ("chip AND source:xinhua", True),
        ("chip AND source:(a OR news.cn)", True),
        ("chip AND source:ews.cn", False),
        ("chip AND lang:zh", True),
        ("chip AND lang:en", False),
        ("chip AND agency:Xinhua", True),
        ("chip AND date:2024", True),
        ("chip AND date:>2024", False),
        ("chip AND date:2024-05..2024-06", True),
        ("source:xinhua", True),
    ],
)
def test_fields_and_facts(query: str, holds: bool) -> None:
    lead = "The fund " + "of many words and still more words " * 4
    result = found(
        query,
        f"{lead}\n\nmiddle\n\ntail",
        title="Chips",
        source_id="Xinhua",
        url="https://www.news.cn:443/a",
        language="zh-Hant",
        agency="Xinhua",
        published_at=datetime(2024, 5, 31, 23, tzinfo=UTC),
    )
    assert (result is not None) == holds


def test_an_article_of_unknown_language_is_looked_at() -> None:
    matcher = Matcher([watchlist("chip", languages=("zh",))])
    assert matcher.match(Subject(title="chip", text=""))
    assert not matcher.match(Subject(title="chip", text="", language="en"))


def test_the_minimum_score_and_the_weights() -> None:
    aside = Subject(title="", text="x " * 200 + "\n\n" + "chip")
    assert Matcher([watchlist("chip")]).match(aside)[0].score == 0.25
    assert not Matcher([watchlist("chip", min_score=0.3)]).match(aside)
    weighed = Matcher([watchlist("chip", min_score=0.3, weights=(("chip", 2.0),))])
    assert weighed.match(aside)[0].score == 0.4


def test_spans_are_bounded_and_in_order() -> None:
    subject = Subject(title="chip", text="chip fab " * 1000)
    match = Matcher([watchlist("chip OR fab")]).match(subject)[0]
    assert len(match.spans) == MAX_SPANS
    keys = [(span.field == "text", span.start) for span in match.spans]
    assert keys == sorted(keys)


def test_a_text_made_of_one_term_is_bounded_work() -> None:
    subject = Subject(title="", text="a1 b1 " * 60_000)
    matcher = Matcher([watchlist("a1 NEAR/50 b1", "a1 SAMESENT b1", "atleast100(a1)")])
    assert len(matcher.match(subject)) == 3


def test_a_pattern_made_to_backtrack_ends() -> None:
    """Python's own expressions would take longer than the world has stood."""
    assert found("re:/(a+)+b|(a|a)*c/", "a" * 20_000) is None


@pytest.mark.parametrize(
    "text", ["\ud800AI\udfff", "AI\x00", "\x03AI\x03", "\x02AI", "\U0010ffffAI"]
)
def test_odd_characters_never_hide_or_break(text: str) -> None:
    assert found("AI", text) == ["AI"]
    assert found("re:/AI/", text) == ["AI"]


def check_against_the_plain_matcher(rng: Random) -> int:
    """Match random queries against a random article both ways; return how many hold by a hit."""
    subject = random_subject(rng)
    nodes = [random_query(rng) for _ in range(6)]
    matches = {match.theme: match for match in Matcher([watchlist(*nodes)]).match(subject)}
    plain = Plain(subject)
    held = 0
    for number, node in enumerate(nodes):
        expected = plain.find(node)
        got = matches.get(f"t{number}")
        assert (got is not None) == (expected is not None), (canonical(node), subject)
        if got is None or expected is None:
            continue
        held += bool(expected)
        assert 0 <= got.score < 1
        if len(expected) < MAX_SPANS:
            spans = {(span.field, span.start, span.end, span.term) for span in got.spans}
            hits = {(hit.field, hit.start, hit.end, hit.term) for hit in expected}
            assert spans == hits, (canonical(node), subject)
    return held


@settings(max_examples=120, deadline=None)
@given(st.randoms(use_true_random=False))
def test_equal_to_the_plain_matcher(rng: Random) -> None:
    check_against_the_plain_matcher(rng)


def test_equal_to_the_plain_matcher_where_most_queries_hold() -> None:
    """Hypothesis likes short texts; plain seeds give long ones, on which queries do hold."""
    assert sum(check_against_the_plain_matcher(Random(seed)) for seed in range(100)) > 100


@settings(max_examples=120, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_query_said_to_be_impossible_never_holds(rng: Random) -> None:
    node = random_query(rng)
    if any("never hold" in problem.message for problem in problems(node)):
        assert not Matcher([watchlist(node)]).match(random_subject(rng))


@settings(max_examples=120, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_query_that_asks_for_nothing_is_refused(rng: Random) -> None:
    node = random_query(rng)
    if Matcher([watchlist(node)]).match(Subject(title="", text="", language="zh", source_id="x")):
        assert any("without a single one" in problem.message for problem in problems(node))
