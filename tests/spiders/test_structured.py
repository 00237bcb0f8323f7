"""JSON-LD as it is found in the wild, meta tags, microdata."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.page import parse
from spiders.structured import Structured, as_text, names, read_structured


def said(head: str, *, url: str = "https://x.example/a") -> Structured:
    tree = parse(f"<html lang='en'><head>{head}</head><body><p>text</p></body></html>")
    assert tree is not None
    return read_structured(tree, url=url)


def ld(source: str) -> str:
    return f'<script type="application/ld+json">{source}</script>'


@pytest.mark.parametrize(
    "source",
    [
        '{"@type":"NewsArticle","headline":"H"}',
        '[{"@type":"Organization"},{"@type":["NewsArticle"],"headline":"H"}]',
        '{"@graph":[{"@type":"WebPage"},{"@type":"BlogPosting","headline":"H"}]}',
        # A trailing comma, a raw line break, a wrapper: all common.
        '{"@type":"NewsArticle","headline":"H",}',
        '{"@type":"NewsArticle","headline":"H","description":"a\nb"}',
        '<!-- {"@type":"NewsArticle","headline":"H"} -->',
        '//<![CDATA[\n{"@type":"NewsArticle","headline":"H"}\n//]]>',
        "{&quot;@type&quot;:&quot;NewsArticle&quot;,&quot;headline&quot;:&quot;H&quot;}",
        '{"@type":"http://schema.org/NewsArticle","headline":"H"}',
    ],
)
def test_headline_is_found(source):
    assert said(ld(source)).text("headline") == "H"


@pytest.mark.parametrize("source", ["", "{", "null", "[[[[", '{"@type":5}', "[" * 100_000])
def test_broken_json_says_nothing(source):
    assert said(ld(source)).article == {}


def test_of_several_articles_this_page_s_is_taken():
    source = (
        '[{"@type":"NewsArticle","headline":"Other","url":"https://x.example/b"},'
        '{"@type":"NewsArticle","headline":"This","mainEntityOfPage":{"@id":"https://x.example/a"}}]'
    )
    assert said(ld(source)).text("headline") == "This"


def test_meta_and_links():
    page = said(
        '<meta property="og:title" content=" A &amp;amp; B ">'
        '<meta name="OG:Title" content="second"><link rel="Canonical" href=" /c ">'
        '<meta property="og:site_name" content="Daily">'
    )
    assert page.first("missing", "og:title") == "A & B"
    assert page.meta["og:title"] == ("A & B", "second")
    assert (page.canonical, page.site, page.lang) == ("/c", "Daily", "en")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Jane", ("Jane",)),
        ([{"name": "Jane"}, "John"], ("Jane", "John")),
        ({"@type": "Person", "name": ["Jane", "John"]}, ("Jane", "John")),
        (None, ()),
        (5, ()),
    ],
)
def test_names(value, expected):
    assert names(value) == expected


@given(st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))  # fmt: skip
def test_no_value_raises(value):
    names(value)
    as_text(value)
