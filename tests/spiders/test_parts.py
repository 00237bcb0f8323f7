"""Articles on several pages: the next page's link, the pages bound, their texts joined."""

from __future__ import annotations

from dataclasses import replace

import pytest
from extract_pages import PARAGRAPHS, article_page, capture
from hypothesis import given
from hypothesis import strategies as st

from spiders.bound import bind, missing_from, unbind
from spiders.extract import extract, read
from spiders.parts import MOST, first_part, next_part

FIRST = "https://www.example.cn/c/2025-01/27/content_123.htm"
PROSE = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def page(links: str) -> bytes:
    return f"<html><body>{PROSE}{links}</body></html>".encode()


@pytest.mark.parametrize(
    ("first", "links", "found", "why"),
    [
        (FIRST, '<a href="content_123_2.htm">下一页</a>', "https://www.example.cn/c/2025-01/27/content_123_2.htm", "a Chinese portal"),
        (FIRST, '<a href="content_123_1.htm">2</a><a href="content_123_2.htm">3</a>', "https://www.example.cn/c/2025-01/27/content_123_1.htm", "pages counted from 0"),
        (FIRST, '<a href="content_124.htm">下一页</a>', None, "another article"),
        (FIRST, '<a href="content_123_2.htm">下一篇：别的新闻</a>', None, "called the next article"),
        (FIRST, '<div class="comments"><a href="?page=2">2</a></div>', None, "pages of comments"),
        ("https://www.example.com/a/story/", '<a href="/a/story/2/"><span>2</span></a>', "https://www.example.com/a/story/2/", "WordPress"),
        ("https://www.example.com/a/story", '<a href="?page=2" rel="next">Older and older</a>', "https://www.example.com/a/story?page=2", "by its rel"),
        ("https://www.example.com/a?id=7", '<a href="/a?id=7&amp;page=2">Next page</a>', "https://www.example.com/a?id=7&page=2", "its own query stays"),
        ("https://www.example.com/a?id=7", '<a href="/a?id=8&amp;page=2">Next page</a>', None, "another article's second page"),
        ("https://www.example.com/a/story/", '<a href="https://other.example.org/a/story/2/">2</a>', None, "another host"),
        ("https://www.example.com/a/1.html", '<a href="2.html">2</a>', None, "1.html is a name, no page number"),
        ("https://www.example.com/a/story_1.html", '<a href="story_2.html">&rsaquo;</a>', "https://www.example.com/a/story_2.html", "the first has a number"),
        ("https://www.example.com/", '<a href="/?page=2">2</a>', None, "a front page"),
    ],
)  # fmt: skip
def test_the_next_page(first, links, found, why):
    assert next_part(page(links), content_type="text/html", first=first, read=[first]) == found, why


def test_a_list_is_not_turned():
    body = b"<html><body><ul><li><a href='/a/story/x'>A headline</a></li></ul><a href='/a/story/2/'>2</a></body></html>"
    first = "https://www.example.com/a/story/"
    assert next_part(body, content_type=None, first=first, read=[first]) is None


def test_a_chain_ends():
    urls = [FIRST, *(FIRST.replace(".htm", f"_{n}.htm") for n in range(2, MOST + 1))]
    body = page(f'<a href="content_123_{MOST + 1}.htm">下一页</a><a href="content_123_2.htm">2</a>')
    assert next_part(body, content_type=None, first=FIRST, read=urls) is None, "bounded"
    assert next_part(body, content_type=None, first=FIRST, read=urls[:2]) is None, "already read"


@pytest.mark.parametrize(
    ("url", "links", "found", "why"),
    [
        (FIRST.replace(".htm", "_3.htm"), '<a href="content_123.htm">1</a><a href="content_123_2.htm">上一页</a>', FIRST, "third page"),
        (FIRST, '<a href="content_122.htm">上一页</a>', None, "another article before it"),
        ("https://www.example.com/n/report-2.html", '<a href="/n/report.html">The first report</a>', None, "a sequel"),
    ],
)  # fmt: skip
def test_a_later_page(url, links, found, why):
    assert first_part(page(links), content_type=None, url=url) == found, why


bodies = st.lists(
    st.binary(max_size=60) | st.just(b"\r\n--windcatch-0\r\n"), min_size=2, max_size=4
)


@given(bodies)
def test_pages_are_bound_as_served(found):
    pages = [
        replace(capture("x", url=f"https://www.example.com/{n}"), body=body, headers=(("content-type", "text/html; charset=gbk"),))
        for n, body in enumerate(found)
    ]  # fmt: skip
    again = unbind(bind(pages))
    assert [(one.body, one.final_url, one.headers) for one in again] == [
        (one.body, one.final_url, one.headers) for one in pages
    ]


@given(st.binary(max_size=200), st.text(max_size=40))
def test_any_bytes_may_claim_to_be_bound(body, mark):
    claimed = replace(
        capture("x", url=FIRST),
        body=b"--" + mark.encode("utf-8", "replace") + b"\r\n" + body,
        headers=(("content-type", f"multipart/mixed; boundary={mark}"), ("x-windcatch-pages", "2")),
    )
    assert unbind(claimed)[0].final_url == FIRST


def part(n: int, paragraphs: tuple[str, ...], tail: str = "") -> str:
    return article_page(paragraphs=paragraphs, tail=tail, head=f"<meta name=x content={n}>")


def test_texts_are_joined():
    later = tuple(
        f"On page two the ministry explains measure {n} at some length, and what it will cost."
        for n in range(4)
    )
    one = capture(part(1, PARAGRAPHS), url=FIRST)
    two = capture(part(2, (PARAGRAPHS[0], *later)), url=FIRST.replace(".htm", "_2.htm"))
    article = extract(bind([one, two]), source_id="x")
    alone = extract(one, source_id="x")
    assert article.text == "\n\n".join([alone.text, *later]), "in order, a repeated line once"
    assert (article.title, article.url, article.facts["pages"]) == (alone.title, FIRST, 2)
    assert article.published_at == alone.published_at
    assert article.warnings == alone.warnings


def test_what_is_missing_is_said():
    bound = bind([capture(part(1, PARAGRAPHS), url=FIRST)], missing=f"{FIRST}?page=2: HTTP 404")
    assert missing_from(bound) == f"{FIRST}?page=2: HTTP 404"
    assert any("HTTP 404" in text for text in extract(bound, source_id="x").warnings)
    whole = article_page(tail='<a href="content_123_2.htm">下一页</a>')
    warnings = extract(capture(whole, url=FIRST), source_id="x").warnings
    assert any("content_123_2.htm" in text for text in warnings), "a part read alone says so"


def test_a_later_page_is_no_article_of_its_own():
    body = article_page(tail='<a href="content_123.htm">上一页</a>')
    reading = read(capture(body, url=FIRST.replace(".htm", "_2.htm")), source_id="x")
    assert reading.article.refusal == f"a later page of {FIRST}"
