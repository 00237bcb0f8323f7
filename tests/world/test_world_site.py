"""`respond` and the discovery documents: pure, so without a server."""

from __future__ import annotations

import gzip
import json
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from world_fakes import NOON, piece, site

from crawler.world.pieces import Fate
from crawler.world.reply import Reply, Request
from crawler.world.site import Declared, Site, respond
from crawler.world.templates import STYLES

ALL = frozenset({"rss", "atom", "json", "sitemap", "news_sitemap", "listing", "wordpress"})
NS = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
    "a": "http://www.w3.org/2005/Atom",
}


def ask(here: Site, target: str, *headers: tuple[str, str], method: str = "GET") -> Reply:
    return respond(here, Request(method=method, url=here.url(target), headers=headers), 1)


def many(count: int) -> Site:
    pieces = tuple(piece(n, published_at=NOON + timedelta(hours=n)) for n in range(1, count + 1))
    return site(0, pieces=pieces, offers=ALL, page_size=2, feed_size=3, sitemap_size=2)


def test_a_feed_names_the_newest_first_and_no_more_than_its_size() -> None:
    root = ET.fromstring(ask(many(5), "/feed").body)
    assert [item.text for item in root.iter("title")][1:] == ["Title 5", "Title 4", "Title 3"]


def test_atom_and_json_feeds_name_the_same() -> None:
    here = many(5)
    root = ET.fromstring(ask(here, "/atom.xml").body)
    links = [link.get("href") for link in root.iterfind("a:entry/a:link", NS)]
    items = json.loads(ask(here, "/feed.json").body)["items"]
    assert links == [item["url"] for item in items]


def test_a_sitemap_index_leads_to_every_piece() -> None:
    here = many(5)
    index = ET.fromstring(ask(here, "/sitemap_index.xml").body)
    found: set[str | None] = set()
    for loc in index.iterfind("s:sitemap/s:loc", NS):
        assert loc.text is not None
        part = ask(here, loc.text.removeprefix(here.base))
        assert part.header("content-type") == "application/gzip"
        found |= {
            l.text for l in ET.fromstring(gzip.decompress(part.body)).iterfind(".//s:loc", NS)
        }
    assert found == {here.url(p.path) for p in here.pieces}


def test_a_news_sitemap_carries_titles() -> None:
    root = ET.fromstring(ask(many(3), "/news-sitemap.xml").body)
    assert [t.text for t in root.iterfind(".//n:title", NS)] == ["Title 3", "Title 2"]


def test_listing_pages_go_on_to_the_last() -> None:
    here = many(5)
    path, seen = STYLES[here.style].listing, []
    target = path
    for _ in range(9):
        page = ask(here, target).body.decode()
        seen += [n for n in range(1, 6) if f"/a/{n}.html" in page]
        if 'rel="next"' not in page:
            break
        target = page.split('rel="next" href="')[1].split('"')[0]
    assert seen == [4, 5, 2, 3, 1]


def test_wordpress_pages_totals_and_refusals() -> None:
    here = many(5)
    base = "/wp-json/wp/v2/posts"
    first = ask(here, f"{base}?per_page=2&page=1")
    assert (first.header("x-wp-total"), first.header("x-wp-totalpages")) == ("5", "3")
    assert [post["title"]["rendered"] for post in json.loads(first.body)] == ["Title 5", "Title 4"]
    assert ask(here, f"{base}?per_page=2&page=4").status == 400
    assert ask(here, f"{base}?per_page=101").status == 400
    after = (NOON + timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M:%S")
    assert len(json.loads(ask(here, f"{base}?after={after}").body)) == 1


def test_what_a_site_does_not_offer_is_not_there() -> None:
    here = site(offers=frozenset())
    for target in ("/feed", "/atom.xml", "/feed.json", "/sitemap.xml", "/wp-json/wp/v2/posts"):
        assert ask(here, target).status == 404


@pytest.mark.parametrize("style", sorted(STYLES))
@pytest.mark.parametrize("fate", list(Fate))
def test_each_style_has_a_page_for_each_fate(style: str, fate: Fate) -> None:
    here = site(0, style=style, pieces=(piece(fate=fate, moved_to="/b.html", captions=("A",)),))
    reply = ask(here, "/a/1.html")
    assert reply.status in (200, 301, 302, 404, 410)
    assert ("First paragraph" in reply.body.decode()) == (fate is Fate.LIVE)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_each_style_lists_its_pieces_and_escapes_them(style: str) -> None:
    here = site(0, style=style, pieces=(piece(title="<b>A & B</b>"),))
    for target in (STYLES[style].listing, "/a/1.html"):
        page = ask(here, target).body.decode()
        assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in page
        assert "<b>A & B" not in page


@pytest.mark.parametrize("charset", ["gbk", "big5", "euc-kr", "utf-16"])
@pytest.mark.parametrize("declared", list(Declared))
def test_a_site_writes_its_charset_and_declares_it_where_it_says(
    charset: str, declared: Declared
) -> None:
    here = site(0, charset=charset, declared=declared, pieces=(piece(text="政策 25 %"),))
    reply = ask(here, "/a/1.html")
    page = reply.body.decode(charset)
    assert "25 %" in page
    in_header = f"charset={charset}" in (reply.header("content-type") or "")
    in_page = f'<meta charset="{charset}">' in page
    assert in_header == (declared in (Declared.BOTH, Declared.HEADER))
    assert in_page == (declared in (Declared.BOTH, Declared.META))


def test_the_entity_tag_outweighs_the_date() -> None:
    """RFC 9110 13.2.2: with If-None-Match present, If-Modified-Since is not evaluated."""
    here = site()
    stamp = ask(here, "/a/1.html").header("last-modified") or ""
    assert ask(here, "/a/1.html", ("if-modified-since", stamp)).status == 304
    both = (("if-none-match", '"other"'), ("if-modified-since", stamp))
    assert ask(here, "/a/1.html", *both).status == 200
    assert ask(here, "/a/1.html", ("if-modified-since", "rubbish")).status == 200


def test_a_packed_site_packs_for_those_who_can_read_it() -> None:
    here = site(packed=True)
    packed = ask(here, "/a/1.html", ("accept-encoding", "gzip, br"))
    assert packed.header("content-encoding") == "gzip"
    assert b"First paragraph" in gzip.decompress(packed.body)
    assert b"First paragraph" in ask(here, "/a/1.html").body


def test_robots_extra_pages_redirects_and_methods() -> None:
    here = site(
        robots="User-agent: *\nDisallow: /x\n",
        extra=(("/x?a=1", "text/css", b"p{}"),),
        redirects={"/old": "/a/1.html"},
    )
    assert b"Disallow: /x" in ask(here, "/robots.txt").body
    assert ask(site(robots=None), "/robots.txt").status == 404
    assert ask(here, "/x?a=1").body == b"p{}"
    assert ask(here, "/old").header("location") == "/a/1.html"
    assert ask(here, "/a/1.html", method="POST").status == 405
