"""Detection without a network: what pages announce, what addresses have in common, verdicts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from extract_pages import article_page
from hypothesis import given, settings
from hypothesis import strategies as st
from sources_fakes import fetcher

from spiders.addresses import learn_allow, matching
from spiders.announced import read_announced, robots_sitemaps
from spiders.detect import MAX_REQUESTS, Detection, detect, missing
from spiders.discovery import Answer
from spiders.gate import GatePolicy
from spiders.house import of_house
from spiders.items import Failed
from spiders.select import Selector
from spiders.sources import Channel, ChannelKind, Source
from spiders.trial import Sample, Way, judge
from spiders.wordpress import posts_url
from storage.types import Article, Attribution, Discovery, Entry, Wire

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOME = "https://x.example/"


# Addresses ------------------------------------------------------------------------------------

LEARNED = [
    # (addresses, the same kind tomorrow, no article)
    (
        [f"{HOME}a/202611/{d}/WS{n:024x}.html" for d, n in ((18, 255), (19, 4095), (20, 65535))],
        f"{HOME}a/202701/03/WS{9999:024x}.html",
        f"{HOME}business/policies",
    ),
    ([f"{HOME}2026/11/{d}/what-happened-on-the-{d}th/" for d in (11, 12, 13)],
     f"{HOME}2027/01/02/something-else/", f"{HOME}tag/batteries/"),
    ([f"{HOME}news/{n}-the-long-slug" for n in (123456, 123457, 123499)],
     f"{HOME}news/1234567-other", f"{HOME}news/latest"),
    ([f"{HOME}zwgk/tz/202611/t20261118_{n}.html" for n in (1391, 1392, 1393)],
     f"{HOME}zwgk/tz/202701/t20270118_99999.html", f"{HOME}zwgk/tz/index_1.html"),
    ([f"{HOME}?p={n}" for n in (17, 18, 2019)], f"{HOME}?p=31000", f"{HOME}?cat=3"),
    ([f"{HOME}{s}/article/{n}/slug-of-it" for s, n in (("tech", 3290001), ("world", 3290002), ("tech", 3290003))],
     f"{HOME}economy/article/3300000/another", f"{HOME}economy"),
]  # fmt: skip


@pytest.mark.parametrize(("urls", "tomorrow", "other"), LEARNED)
def test_a_learned_pattern_holds_tomorrow_and_keeps_menus_out(
    urls: list[str], tomorrow: str, other: str
) -> None:
    patterns = learn_allow(urls)
    assert patterns
    assert all(matching(patterns, url) for url in urls)
    assert matching(patterns, tomorrow)
    assert not matching(patterns, other)


def test_tracking_fields_are_no_part_of_an_address() -> None:
    patterns = learn_allow(
        [f"{HOME}2026/11/18/{slug}/?utm_source=rss" for slug in ("one", "two", "six")]
    )
    assert matching(patterns, f"{HOME}2026/12/01/ten/")
    assert matching(patterns, f"{HOME}2026/12/01/ten/?utm_source=rss")
    assert not matching(patterns, f"{HOME}2026/12/")


@pytest.mark.parametrize(
    "urls",
    [
        [],
        [f"{HOME}a-b-c", f"{HOME}d-e-f"],
        [
            f"{HOME}{word}-in-the-root" for word in ("one", "two", "six")
        ],  # WordPress: as free as a page
        [f"{HOME}about", f"{HOME}2026/11/1.html", f"{HOME}x/y/z", f"{HOME}q?r=s"],
    ],
)
def test_where_nothing_sets_articles_apart_nothing_is_learned(urls: list[str]) -> None:
    assert learn_allow(urls) == ()


def test_a_pattern_that_lets_the_menu_through_is_not_used() -> None:
    urls = [f"{HOME}news/{n}" for n in range(100, 110)]
    menu = [f"{HOME}news/{n}" for n in range(5)]
    assert learn_allow(urls) != ()
    assert learn_allow(urls, menu) == ()


ODD = st.text(alphabet="/-_.?=&%ab1290é[(\\$^ +*", max_size=12)


@given(ODD, ODD, st.lists(ODD | st.from_regex(r"[0-9]{1,9}", fullmatch=True), max_size=12))
@settings(max_examples=200, deadline=None)
def test_what_is_learned_is_always_a_pattern(before: str, after: str, parts: list[str]) -> None:
    urls = [f"{HOME}{before}{part}{after}" for part in parts]
    patterns = learn_allow(urls)
    source = Source(id="x", name="x", home=HOME, channels=(), allow=patterns)
    Selector(source, GatePolicy())
    assert not patterns or sum(matching(patterns, url) for url in set(urls)) >= 0.8 * len(set(urls))


# Announcements --------------------------------------------------------------------------------


def test_a_page_announces_feeds_and_wordpress_but_not_comments() -> None:
    page = """<html lang="en-GB"><head><title>Latest | The Example</title>
    <link rel="alternate" type="application/rss+xml" title="The Example &raquo; Feed" href="/feed/">
    <link rel="alternate" type="application/rss+xml" title="Comments Feed" href="/comments/feed/">
    <link rel="alternate" type="application/rss+xml" href="//x.example/atom">
    <link rel="alternate" type="text/html" hreflang="fr" href="/fr/">
    <link rel="https://api.w.org/" href="https://x.example/wp-json/"></head>
    <body><a href="/rss/economy.xml">RSS</a><a href="https://other.example/feed">their feed</a>
    <a href="javascript:x()">x</a><a href="http://[bad">y</a></body></html>"""
    said = read_announced(page.encode(), url=HOME)
    assert said.feeds == (f"{HOME}feed/", f"{HOME}atom", f"{HOME}rss/economy.xml")
    assert said.wordpress == f"{HOME}wp-json/wp/v2/posts"
    assert (said.language, said.name) == ("en", "Latest")
    assert said.anchors == (f"{HOME}rss/economy.xml",)


def test_robots_names_sitemaps_those_for_news_first() -> None:
    text = b"User-agent: *\nSITEMAP: https://x.example/a.xml\nSitemap: /relative.xml\nsitemap:https://x.example/news.xml"
    assert robots_sitemaps(text) == ("https://x.example/news.xml", "https://x.example/a.xml")


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_no_bytes_break_the_readers(body: bytes) -> None:
    read_announced(body, url=HOME)
    robots_sitemaps(body)


# The walk -------------------------------------------------------------------------------------


def look(documents: Mapping[str, tuple[str, bytes]], url: str = HOME, **more: int) -> Detection:
    return asyncio.run(detect(url, get=fetcher(documents), now=NOW, **more))


def test_a_site_that_answers_everything_with_one_page_offers_nothing() -> None:
    page = ("text/html", b"<html><title>Hi</title><body><a href='/x'>x</a></body></html>")

    class Everything(dict[str, tuple[str, bytes]]):
        def __contains__(self, key: object) -> bool:
            return True

        def __missing__(self, key: str) -> tuple[str, bytes]:
            return page

    found = look(Everything())
    assert found.source.channels == ()
    assert len(list(missing(found))) == 4


def test_a_look_asks_for_a_bounded_number_of_documents() -> None:
    asked: list[str] = []

    async def endless(url: str) -> Answer | Failed:
        """A site whose every document announces more feeds and sitemaps."""
        asked.append(url)
        n = len(asked)
        links = "".join(
            f'<link rel="alternate" type="application/rss+xml" href="/{n}/{i}.rss">'
            for i in range(50)
        )
        robots = "".join(f"Sitemap: https://x.example/{n}/{i}.xml\n" for i in range(500))
        index = "".join(f"<sitemap><loc>{HOME}{n}/{i}.xml</loc></sitemap>" for i in range(500))
        body = robots if "robots" in url else f"<html><head>{links}</head></html>"
        if url.endswith(".xml"):
            body = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{index}</sitemapindex>'
        return Answer(url=url, final_url=url, status=200, headers={}, body=body.encode())

    found = asyncio.run(detect(HOME, get=endless, now=NOW))
    assert len(asked) == len(set(asked)) <= MAX_REQUESTS
    assert found.source.channels == ()


def test_a_site_that_cannot_be_reached_says_why() -> None:
    assert look({}).problem == "HTTP 404"


def test_articles_of_a_feed_on_another_host_belong_to_their_own_site() -> None:
    rows = "".join(
        f"<item><title>Title {n}</title><link>{HOME}n/{n}.html</link></item>"
        for n in range(101, 106)
    )
    feed = f'<rss version="2.0"><channel><title>X</title>{rows}</channel></rss>'.encode()
    documents = {"https://feeds.example.net/x": ("text/xml", feed)} | {
        f"{HOME}n/{n}.html": ("text/html", article_page(title=f"Title {n}").encode())
        for n in range(101, 106)
    }
    found = look(documents, "https://feeds.example.net/x")
    assert (found.role, found.source.home) == ("feed", HOME)
    assert [c.kind for c in found.source.channels] == [ChannelKind.FEED]
    assert found.source.allow == ("/n/\\d+\\.html",)
    assert [sample.good for sample in found.samples] == [True] * 3


# Verdicts -------------------------------------------------------------------------------------

ENTRY = Entry(url=f"{HOME}1", found_by=Discovery.FEED, published_at=NOW - timedelta(hours=2))
CHANNEL = Channel(kind=ChannelKind.FEED, url=f"{HOME}feed")
GOOD = Way(channel=CHANNEL, why="configured", entries=(ENTRY,), found=1)
BAD = Way(channel=CHANNEL, why="configured", problem="HTTP 404")
ARTICLE = Article(
    source_id="x", url=f"{HOME}1", canonical_url=f"{HOME}1", title="A title", text="word " * 200,
    fetched_at=NOW, published_at=NOW, language="en",
)  # fmt: skip
READ = Sample(url=f"{HOME}1", article=ARTICLE)
REFUSED = Sample(
    url=f"{HOME}1", article=replace(ARTICLE, is_article=False), problem="refused: listing"
)
OLD = replace(GOOD, entries=(replace(ENTRY, published_at=NOW - timedelta(days=90)),))


@pytest.mark.parametrize(
    ("ways", "samples", "word", "said"),
    [
        ([GOOD], [READ], "works", ""),
        ([], [], "broken", "no channel"),
        ([BAD], [], "broken", "no channel"),
        ([GOOD], [REFUSED], "broken", "refused: listing"),
        ([GOOD], [], "broken", "none was listed"),
        ([GOOD, BAD], [READ], "degraded", "HTTP 404"),
        ([OLD], [READ], "degraded", "nothing newer than 2026-08-22"),
        ([GOOD], [READ, REFUSED], "degraded", "refused: listing"),
        ([GOOD], [replace(READ, article=replace(ARTICLE, published_at=None))], "degraded", "published"),
        ([GOOD], [replace(READ, article=replace(ARTICLE, text="Short."))], "degraded", "teaser"),
        ([GOOD], [replace(READ, article=replace(ARTICLE, warnings=("time zone unknown, UTC taken",)))], "degraded", "set `zone`"),
    ],
)  # fmt: skip
def test_a_verdict_says_what_to_do(
    ways: list[Way], samples: list[Sample], word: str, said: str
) -> None:
    verdict = judge(ways, samples, now=NOW)
    assert verdict.word == word
    assert said in " ".join(verdict.reasons)


@pytest.mark.parametrize(
    ("wire", "taken_from", "filed"),
    [
        (Wire(), None, "Xinhua"),
        (Wire(), "新华网", "Xinhua"),
        (Wire(), "人民日报", None),
        (Wire(agency="AP"), None, "AP"),
    ],
)
def test_an_agencys_texts_are_its_own_where_no_other_is_named(
    wire: Wire, taken_from: str | None, filed: str | None
) -> None:
    source = Source(id="x", name="x", home=HOME, channels=(), agency="Xinhua")
    article = replace(ARTICLE, wire=wire, attribution=Attribution(source=taken_from))
    assert of_house(article, source).wire.agency == filed
    assert of_house(article, replace(source, agency=None)) == article


# What stands a click away ---------------------------------------------------------------------


def _post(n: int) -> str:
    return f"{HOME}news/2026/11/{n:02}/what-happened-on-day-{n}.html"


def test_a_home_without_a_list_is_left_for_its_sections() -> None:
    links = "".join(
        f'<li><a href="{_post(n)}">What happened in the province on day {n}</a></li>'
        for n in range(1, 12)
    )
    documents = {
        HOME: ("text/html", b"<html><body><a href='/about'>About</a><a href='/life'>Life</a><a href='/news/'>News</a></body></html>"),
        f"{HOME}news/": ("text/html", f"<html><body><h1>News</h1><ul>{links}</ul></body></html>".encode()),
        f"{HOME}about": ("text/html", b"<html><body><p>Us.</p></body></html>"),
    } | {_post(n): ("text/html", article_page(title=f"What happened on day {n}").encode()) for n in range(1, 12)}  # fmt: skip
    found = asyncio.run(detect(HOME, get=fetcher(documents), now=NOW))
    assert [c.url for c in found.source.channels] == [f"{HOME}news/"]
    assert [s.good for s in found.samples] == [True] * 3


@pytest.mark.parametrize(
    ("head", "endpoint", "why"),
    [
        ("<link rel='https://api.w.org/' href='/index.php?rest_route=/'>", f"{HOME}index.php?rest_route=/wp/v2/posts", "the page says where"),
        ("<meta name=generator content='WordPress 6.4'>", f"{HOME}?rest_route=/wp/v2/posts", "wp-json does not answer"),
    ],
)  # fmt: skip
def test_wordpress_without_pretty_links(head: str, endpoint: str, why: str) -> None:
    posts = [
        {"link": f"{HOME}?p={n}", "date_gmt": f"2026-11-{n:02}T08:00:00", "title": {"rendered": f"Day {n}"}}
        for n in range(1, 9)
    ]  # fmt: skip
    documents = {
        HOME: ("text/html", f"<html><head>{head}</head><body></body></html>".encode()),
        posts_url(endpoint): ("application/json", json.dumps(posts).encode()),
    } | {
        f"{HOME}?p={n}": ("text/html", article_page(title=f"Day {n}").encode()) for n in range(1, 9)
    }
    found = asyncio.run(detect(HOME, get=fetcher(documents), now=NOW))
    channel = Channel(kind=ChannelKind.WORDPRESS, url=endpoint)
    assert channel in found.source.channels, why
