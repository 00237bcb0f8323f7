"""Sitemaps, listings, WordPress, selection: the readers of discovery documents but feeds."""

from __future__ import annotations

import gzip
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.gate import GatePolicy
from spiders.listings import date_in_url, endless, read_listing
from spiders.select import Selector
from spiders.sitemaps import MAX_URLS, read_sitemap, w3c_date
from spiders.sources import Source
from spiders.wordpress import posts_url, read_posts
from storage.types import Discovery, Entry

URL = "https://news.example/list"
NOW = datetime(2026, 11, 21, tzinfo=UTC)

NEWS = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://news.example/a</loc>
<lastmod>2026-11-21T01:00:00Z</lastmod><news:news><news:publication_date>2026-11-20T08:00:00+08:00</news:publication_date>
<news:title>Tax &amp; trade</news:title></news:news></url><url><loc> /relative </loc></url><url/></urlset>"""


def test_news_sitemap() -> None:
    found = read_sitemap(NEWS, url=URL)
    first, second = found.entries
    assert (first.title, first.published_at) == ("Tax & trade", datetime(2026, 11, 20, tzinfo=UTC))
    # A page's last change is no publication, and nothing files it as one.
    assert first.changed_at == datetime(2026, 11, 21, 1, tzinfo=UTC)
    assert second.url == "https://news.example/relative"
    assert found.whole
    assert read_sitemap(gzip.compress(NEWS), url=URL).entries == found.entries


def test_sitemap_index_and_text() -> None:
    index = b"<sitemapindex><sitemap><loc>/s1.xml</loc><lastmod>2026-11-01</lastmod></sitemap></sitemapindex>"
    child = read_sitemap(index, url=URL).children[0]
    assert (child.url, child.changed_at) == (
        "https://news.example/s1.xml",
        datetime(2026, 11, 1, tzinfo=UTC),
    )
    text = read_sitemap(b"https://news.example/1\nhttps://news.example/2\n", url=URL)
    assert len(text.entries) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b"hello",
        b"\x1f\x8bbroken",
        gzip.compress(b"\0" * 200_000_000),
        b"<a" * 99,
    ],
    ids=["empty", "html", "text", "broken gzip", "bomb", "noise"],
)
def test_what_is_no_sitemap(body: bytes) -> None:
    found = read_sitemap(body, url=URL)
    assert not found.readable
    assert not found.whole


def test_a_sitemap_is_cut_at_its_limit_and_a_broken_one_is_not_whole() -> None:
    begun = time.process_time()
    many = (
        b"<urlset>"
        + b"<url><loc>https://n.example/x</loc></url>" * (MAX_URLS + 5000)
        + b"</urlset>"
    )
    found = read_sitemap(many, url=URL)
    assert len(found.entries) == MAX_URLS
    assert not found.whole
    assert time.process_time() - begun < 8
    cut = read_sitemap(NEWS[:-60], url=URL)
    assert cut.entries
    assert not cut.whole


def test_sitemap_entities_are_not_expanded() -> None:
    body = b'<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>/a&x;</loc></url></urlset>'
    assert "root:" not in str(read_sitemap(body, url=URL))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-20T10:00:00+08:00", datetime(2026, 11, 20, 2, tzinfo=UTC)),
        ("9999-12-31", None),
        ("1970-01-01", None),
        ("31 Feb", None),
        ("2026-02-31", None),
    ],
)
def test_w3c_date(text: str, expected: datetime | None) -> None:
    assert w3c_date(text) == expected


LISTING = """<html><head><base href="https://news.example/"></head><body>
<nav><ul><li><a href="/politics-and-society-of-china">Politics and society of China</a></li>
<li><a href="/business-and-economy-of-china">Business and economy of China</a></li>
<li><a href="/science-and-technology-news">Science and technology news</a></li></ul></nav>
<ul class="list">
<li><a href="/a/202611/20/WS1.html">State Council issues plan for battery swapping</a><b>2026-11-20 10:00</b></li>
<li><a href="/a/202611/19/WS2.html"><img></a><h4><a href="/a/202611/19/WS2.html">Ministry widens the carbon market</a></h4></li>
<li><a href="/a/202611/18/WS3.html">Central bank cuts reserve ratio by half a point</a> Nov 18, 2026</li></ul>
<div class="hot"><a href="/about-us-and-our-company">About us and our company today</a></div>
<a rel="next" href="/list_2.html">Next</a></body></html>"""


def test_a_listing_is_found_without_a_selector() -> None:
    page = read_listing(LISTING.encode(), url=URL, zone="Asia/Shanghai")
    assert [entry.url[-8:] for entry in page.entries] == ["WS1.html", "WS2.html", "WS3.html"]
    assert page.entries[1].title == "Ministry widens the carbon market"
    assert page.entries[0].published_at == datetime(2026, 11, 19, 16, tzinfo=UTC)
    assert page.next_url == "https://news.example/list_2.html"


def test_a_base_that_is_no_address_is_passed_over() -> None:
    body = LISTING.replace('base href="https://news.example/"', 'base href="h://[>"')
    page = read_listing(body.encode(), url="https://news.example/list/", zone="Asia/Shanghai")
    assert page.entries[0].url == "https://news.example/a/202611/20/WS1.html"


def test_a_listing_in_chinese_in_its_own_charset() -> None:
    items = "".join(
        f"<li><a href='/xxgk/202611/t20261120_{n}.html'>关于进一步做好第{n}批换电试点工作的通知</a>"
        f"<span>2026年11月2{n}日</span></li>"
        for n in range(4)
    )
    body = f"<html><body><ul>{items}</ul></body></html>".encode("gb18030")
    page = read_listing(body, url=URL, encoding="gb18030", zone="Asia/Shanghai")
    assert page.entries[1].title == "关于进一步做好第1批换电试点工作的通知"
    assert page.entries[1].published_at == datetime(2026, 11, 20, 16, tzinfo=UTC)


def test_selectors_are_used_and_bad_ones_are_named() -> None:
    page = read_listing(LISTING.encode(), url=URL, links=".hot a")
    assert [entry.url for entry in page.entries] == [
        "https://news.example/about-us-and-our-company"
    ]
    page = read_listing(LISTING.encode(), url=URL, links=".gone a")
    assert len(page.entries) == 3
    assert page.warnings


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
@settings(max_examples=100, deadline=None)
def test_no_reader_raises(noise: bytes) -> None:
    read_listing(noise, url=URL)
    read_listing(b"<html><body><a href='" + noise + b"'>x</a>", url=URL, encoding="utf-99")
    read_sitemap(noise, url=URL)
    read_sitemap(b"<urlset><url><loc>" + noise + b"</loc></url></urlset>", url=URL)
    read_posts(noise, url=URL)


def test_a_page_of_many_links_is_read_in_a_moment() -> None:
    begun = time.process_time()
    body = "<body>" + "".join(
        f"<div><a href='/n/{n}00000'>A headline of some length {n}</a></div>" for n in range(5000)
    )
    assert len(read_listing(body.encode(), url=URL).entries) == 2000
    assert time.process_time() - begun < 6


@pytest.mark.parametrize(
    ("url", "trap"),
    [("https://h/a/a/a/", True), ("https://h/x/a/a/b", False), ("https://h/2025/01/27/x", False)],
)
def test_endless_paths(url: str, trap: bool) -> None:
    assert endless(url) is trap


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://h/a/202501/27/WS1.html", "2025-01-27"),
        ("https://h/2025-01/27/c_1.htm", "2025-01-27"),
        ("https://h/20250127/0a/c.html", "2025-01-27"),
        ("https://h/t20250127_1.html", "2025-01-27"),
        ("https://h/content/12025012799/", None),
        ("https://h/2025/99/27/", None),
    ],
)
def test_dates_in_addresses(url: str, day: str | None) -> None:
    found = date_in_url(url)
    assert (found and found.date().isoformat()) == day


def test_wordpress() -> None:
    posts = [
        {
            "link": "https://w.example/p",
            "date_gmt": "2026-11-20T01:02:03",
            "title": {"rendered": "A &#8211; B"},
        },
        {},
        1,
    ]
    found = read_posts(json.dumps(posts).encode(), url=URL)
    assert [(e.title, e.published_at) for e in found.entries] == [
        ("A – B", datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC))
    ]
    assert not read_posts(b'{"code":"rest_no_route"}', url=URL).readable
    url = posts_url("https://w.example/wp-json/wp/v2/posts?categories=12", page=3)
    assert "categories=12" in url
    assert "page=3" in url


def test_selection() -> None:
    source = Source(
        id="s",
        name="S",
        home="https://www.news.com/",
        channels=(),
        allow=(r"/a/\d+",),
        deny=("/video/",),
        hosts=("other.com",),
        max_age=timedelta(days=30),
    )
    asked = [
        ("https://www.news.com/a/1?utm_source=x", None),
        ("https://m.news.com/a/2", NOW - timedelta(days=1)),
        ("https://www.news.com/a/1", NOW - timedelta(days=2)),
        ("https://sub.other.com/a/3", NOW + timedelta(days=300)),
        ("https://evil-other.com/a/4", None),
        ("https://www.news.com/video/a/5", None),
        ("https://www.news.com/b/6", None),
        ("https://www.news.com/a/7", NOW - timedelta(days=31)),
        ("javascript:alert(1)", None),
        ("http://127.0.0.1/a/8", None),
        ("https://www.news.com/", None),
    ]
    entries = [Entry(url=u, found_by=Discovery.FEED, published_at=p) for u, p in asked]
    chosen = Selector(source, GatePolicy()).select(entries, now=NOW)
    assert [entry.url[-4:] for entry in chosen.entries] == ["/a/3", "/a/2", "ce=x"]
    assert chosen.refused == {
        "off_site": 1,
        "denied": 1,
        "not_allowed": 1,
        "old": 1,
        "gate:scheme": 1,
        "gate:private_address": 1,
        "section_page": 1,
    }
