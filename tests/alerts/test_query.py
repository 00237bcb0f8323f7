"""alerts/query: reading, printing back, errors with their place, hostile input."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from themes_random import random_query

from alerts.compiler import Compiler
from alerts.query.errors import QueryError
from alerts.query.groups import Groups
from alerts.query.lint import problems
from alerts.query.parser import parse
from alerts.query.printer import canonical
from alerts.query.tree import And, Near, Not, Or, Term


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a1 b1", "a1 AND b1"),
        ("a1 OR b1 c1", "a1 OR b1 AND c1"),
        ("(a1 OR b1) c1", "(a1 OR b1) AND c1"),
        ("a1 NOT b1 OR c1", "a1 AND NOT b1 OR c1"),
        ("NOT a1 b1", "NOT a1 AND b1"),
        ("NOT (a1 b1)", "NOT (a1 AND b1)"),
        ("(a1 (b1 (c1)))", "a1 AND b1 AND c1"),
        ('"new energy" NEAR car', '"new energy" NEAR/4 car'),
        ("a1 NEAR/3 b1 NEAR/2 c1", "a1 NEAR/3 b1 NEAR/2 c1"),
        ("a1 NEAR/3 (b1 NEAR/2 c1)", "a1 NEAR/3 (b1 NEAR/2 c1)"),
        ("a1 b1 NEAR/2 c1", "a1 AND b1 NEAR/2 c1"),
        ("NOT a1 NEAR/2 b1", "NOT a1 NEAR/2 b1"),
        ("a1 SAMESENT b1 SAMESENT c1", "a1 SAMESENT b1 SAMESENT c1"),
        ("title:(a1 OR b1) lead:c1", "title:(a1 OR b1) AND lead:c1"),
        ("source:(X OR y.cn)", "source:x OR source:y.cn"),
        ("atleast3( a1 OR b1 )", "atleast3(a1 OR b1)"),
        ("date:2024-02", "date:2024-02-01..2024-02-29"),
        ("date:>2024", "date:>=2025-01-01"),
        ("date:<=2024-05-01", "date:<2024-05-02"),
        ("date:2024-05-01", "date:2024-05-01"),
        ("re:/a b\\/c/i", "re:/a b\\/c/i"),
        ('=AI ="Big Fund" $nev', '=AI AND ="Big Fund" AND $nev'),
        ('"AND" "atleast3"', '"AND" AND "atleast3"'),
        ('"say \\"hi\\""', '"say \\"hi\\""'),
        ("新能源汽车（补贴 OR “退 坡”）", '新能源汽车 AND (补贴 OR "退 坡")'),
        ("new-energ* te?m *chip", "new-energ* AND te?m AND *chip"),
    ],
)
def test_canonical_form(text: str, printed: str) -> None:
    node = parse(text)
    assert canonical(node) == printed
    assert parse(printed) == node


def test_precedence_as_a_tree() -> None:
    a, b, c, d = (Term(name) for name in ("a1", "b1", "c1", "d1"))
    assert parse("a1 OR b1 NOT c1 NEAR/2 d1") == Or((a, And((b, Not(Near(2, c, d))))))


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False))
def test_what_is_printed_reads_back(rng: Random) -> None:
    printed = canonical(random_query(rng, 4))
    # Once read, And in And is flat; from then on the form is stable.
    again = canonical(parse(printed))
    assert canonical(parse(again)) == again
    assert parse(printed) == parse(again)


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("", 1, "expected a term"),
        ("   ", 1, "expected a term"),
        ("a1 AND", 7, "expected a term"),
        ("a1 AND AND b1", 8, "expected a term before AND"),
        ("OR a1", 1, "expected a term before OR"),
        ("a1 OR", 6, "expected a term"),
        ("a1 NOT", 7, "expected a term"),
        ("(a1", 1, "not closed"),
        ("a1)", 3, "closes nothing"),
        ("()", 1, "empty"),
        ("a1 () b1", 4, "empty"),
        ('"a1', 1, "not closed"),
        ('a1 OR "b1 c1', 7, "not closed"),
        ("foo:bar", 1, "unknown field"),
        ("title:", 7, "expected a term"),
        ("title:lang:zh", 7, "cannot stand inside title"),
        ("title:(a1 OR source:x)", 14, "cannot stand inside title"),
        ("lang:", 6, "expected a value"),
        ("date:soon", 1, "no date"),
        ("date:2024-13", 1, "no date"),
        ("date:2025..2024", 1, "ends before"),
        ("a1 and b1", 4, "capitals"),
        ("a1 near/3 b1", 4, "capitals"),
        ("a1 && b1", 4, "AND"),
        ("-a1", 1, "NOT"),
        ("a1 NEAR/0 b1", 4, "NEAR/1 to NEAR/50"),
        ("a1 NEAR/x b1", 4, "NEAR/1 to NEAR/50"),
        ("a1 NEAR/3 (b1 c1)", 12, "NEAR takes"),
        ("a1 NEAR/3 NOT b1", 11, "expected a term before NOT"),
        ("a1 NEAR/3 re:/x/", 11, "NEAR takes"),
        ("atleast0(a1)", 1, "atleast1("),
        ("atleast2(a1 b1)", 10, "atleast takes"),
        ("$", 1, "name of a group"),
        ("=", 1, "right after ="),
        ("re:/abc", 1, "not closed"),
        ("re:/abc/x", 1, "unknown flag"),
    ],
)
def test_errors_point_at_the_place(text: str, column: int, expected: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.column == column
    assert expected in caught.value.message
    shown = caught.value.pointed(text).splitlines()
    assert shown[-1].endswith("^")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*", "letter or digit"),
        ('"*"', "letter or digit"),
        ('"!!"', "letter or digit"),
        ("a*", "3 letters"),
        ('"a* b*"', "3 letters"),
        ("re:/(a/", "RE2"),
        ("re:/(?=a)/", "RE2"),
        ("re:/(a{1000}){1000}/", "RE2"),
        ('"' + "x" * 400 + '"', "at most 300"),
        ("$nope", "unknown group"),
    ],
)
def test_terms_that_cannot_be_looked_for(text: str, expected: str) -> None:
    with pytest.raises(QueryError) as caught:
        Compiler().test(parse(text), ())
    assert expected in caught.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NOT a1", "without a single one"),
        ("a1 OR NOT b1", "without a single one"),
        ("lang:zh", "without a single one"),
        ("a1 OR date:2024", "without a single one"),
        ("title:(NOT a1)", "without a single one"),
        ("the", "nearly every article"),
        ("a1 OR 的", "nearly every article"),
        ("x", "nearly every article"),
        ("a1 NOT a1", "never"),
        ("a1 NOT (a1 OR b1)", "never"),
        ("(a1 OR b1) NOT (a1 OR b1)", "never"),
        ("a1 date:2023 date:>2023", "never"),
        ("a1 lang:zh lang:en", "never"),
        ("a1 source:x source:y", "never"),
        ("a1 NEAR/2 b1 NOT b1", "never"),
    ],
)
def test_useless_queries_are_said_to_be(text: str, expected: str) -> None:
    assert any(expected in problem.message for problem in problems(parse(text)))


@pytest.mark.parametrize(
    "text", ["a1 NOT b1", "the a1", "source:x", "a1 OR b1 NOT a1", "lang:zh lang:zh-hant a1"]
)
def test_sound_queries_are_not(text: str) -> None:
    assert problems(parse(text)) == []


def test_groups() -> None:
    groups = Groups({"a": "x1 OR y1", "b": "$a OR z1"})
    assert canonical(groups.resolve(parse("$b NEAR/2 w1"))) == "(x1 OR y1 OR z1) NEAR/2 w1"
    for texts, query, expected in (
        ({"a": "$b", "b": "$a"}, "$a", "cannot hold itself"),
        ({"a": "x1 y1"}, "$a NEAR/2 z1", "NEAR takes"),
        ({"a": "(("}, "z1 $a", "in $a"),
        (
            {f"g{n}": f"$g{n + 1} OR $g{n + 1}" for n in range(40)} | {"g40": "x1"},
            "$g0",
            "more than",
        ),
    ):
        with pytest.raises(QueryError, match=expected.replace("$", r"\$")):
            Groups(texts).resolve(parse(query))


@pytest.mark.parametrize(
    "text",
    [
        "a1 OR " * 200_000,
        "x" * 1_000_000,
        " OR ".join(f"term{n}" for n in range(30_000)),
        "(" * 1000 + "a1" + ")" * 1000,
        "NOT " * 1000 + "a1",
        "title:" * 1000 + "a1",
        "a1 NEAR/5 " * 1000 + "a1",
        '"' * 1001,
        "atleast2(" * 500 + "a1" + ")" * 500,
        "\ud800" * 10,
        "\x00",
        "re:/" + "(" * 5000 + "/",
        "(" * 100_000,
        "NOT(" * 3000 + "a1" + ")" * 3000,
        '"' + "x y " * 5000 + '"',
        "re:/(a{1000}){1000}/",
    ],
    ids=range(16),
)
def test_hostile_queries_are_refused_in_bounded_time(text: str) -> None:
    started = time.process_time()
    with pytest.raises(QueryError):
        Compiler().test(parse(text), ())
    assert time.process_time() - started < 5


def test_ten_thousand_terms_are_fine() -> None:
    node = parse(" OR ".join(f"term{n}" for n in range(10_000)))
    assert isinstance(Compiler().test(node, ()).find, object)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('aA1 ()"=$*?:/\\“”（）新ORANDNOT-+\ud800\n'), max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        node = parse(text)
    except QueryError as error:
        at = error.at
    else:
        at = 0
        assert parse(canonical(node)) == parse(canonical(parse(canonical(node))))
    assert 0 <= at <= len(text)
