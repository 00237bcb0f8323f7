"""Documents that point inside: every list may name private addresses, in every spelling; none is dialled."""

from __future__ import annotations

import asyncio
import gzip
import socket
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from fetch_fakes import PRIVATE, BadServer, child, page, response, source
from scrapy.http import Request
from sources_fakes import fetcher

from crawler.middlewares import Redirect
from crawler.options import FetchOptions, RunOptions
from spiders.discovery import MAX_SITEMAPS, Reading, discover
from spiders.sitemaps import MAX_BYTES, read_sitemap
from spiders.sources import Channel, ChannelKind, Source
from storage.archive import Archive

XML = "application/xml"


def rows(urls: list[str]) -> str:
    return "".join(f"<url><loc>{escape(url)}</loc></url>" for url in urls)


def served_inward(server: BadServer, inside: list[str]) -> None:
    """Let every document of *server* name one good article and all that is *inside*."""
    links = [f"{server.url}/story-good", *inside]
    items = "".join(
        f"<item><title>Story {n}</title><link>{escape(url)}</link>"
        f'<enclosure url="{escape(url)}" type="image/png"/></item>'
        for n, url in enumerate(links)
    )
    nexts = "".join(f'<atom:link rel="next" href="{escape(url)}"/>' for url in inside[:3])
    space = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    feed = f'<rss version="2.0" {space}><channel><title>F</title>{nexts}{items}</channel></rss>'
    named = "".join(f"Sitemap: {url}\n" for url in inside)
    index = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in inside)
    anchors = "".join(
        f'<li><a href="{escape(url)}">A headline of usual length, number {n}</a></li>'
        for n, url in enumerate(links)
    )
    following = f'<link rel="next" href="{escape(inside[0])}">'
    server.routes |= {
        "/robots.txt": response(f"User-agent: *\nAllow: /\n{named}"),
        "/feed": response(feed, Content_Type=XML),
        "/index.xml": response(f"<sitemapindex>{index}</sitemapindex>", Content_Type=XML),
        "/sitemap.xml": response(f"<urlset>{rows(links)}</urlset>", Content_Type=XML),
        "/news": response(
            f"<html><head>{following}</head><body><ul>{anchors}</ul></body></html>",
            Content_Type="text/html",
        ),
        "/story-good": response(
            page("The story of the day").replace(
                "<head>",
                f'<head><link rel="canonical" href="{inside[0]}"><base href="{inside[0]}">'
                f'<meta http-equiv="refresh" content="0; url={inside[0]}">',
            ),
            Content_Type="text/html",
            Refresh=f"0; url={inside[0]}",
            Link=f'<{inside[0]}>; rel="canonical"',
        ),
    }


def test_no_list_leads_inside(tmp_path: Path) -> None:
    db = f"sqlite:///{tmp_path / 'w.db'}"
    with BadServer() as server, socket.create_server(("127.0.0.2", server.port)) as canary:
        # The canary listens where the server does, so that no rule about ports protects it.
        inside = [spelling.format(p=server.port) for spelling in PRIVATE]
        served_inward(server, inside)
        channels = (
            Channel(kind=ChannelKind.FEED, url=f"{server.url}/feed"),
            Channel(kind=ChannelKind.SITEMAP, url=f"{server.url}/index.xml"),
            Channel(kind=ChannelKind.SITEMAP, url=f"{server.url}/sitemap.xml"),
            Channel(kind=ChannelKind.LISTING, url=f"{server.url}/news", max_pages=3),
        )
        one = replace(source("one", server.url), channels=channels, hosts=("127.0.0.2", "10.0.0.1"))
        done = child(
            "crawl",
            {
                "db": db,
                "sources": {"one": one},
                "fetch": FetchOptions(allow_private_networks=("127.0.0.1/32",), timeout_s=2.0),
                "run": RunOptions(extractors=0),
            },
        )
        canary.settimeout(0.2)
        with pytest.raises(TimeoutError):
            canary.accept()
    counts = done.result["sources"]["one"]
    assert (counts["new"], counts["errors"].keys()) == (1, {"gate"})
    with Archive(db) as archive, archive.read() as reader:
        assert [article.url for article in reader.articles(limit=9)] == [f"{server.url}/story-good"]


async def walked(documents: dict[str, tuple[str, bytes]], url: str) -> list[Reading]:
    one = Source(id="one", name="One", home="https://one.example/", channels=())
    channel = Channel(kind=ChannelKind.SITEMAP, url=url)
    now = datetime(2026, 11, 18, tzinfo=UTC)
    walk = discover(channel, source=one, now=now, get=fetcher(documents))
    return [reading async for reading in walk]


def test_an_index_that_names_itself_and_thousands_of_others_ends() -> None:
    index, other = "https://one.example/index.xml", "https://one.example/other.xml"
    own = f"<sitemap><loc>{index}</loc></sitemap><sitemap><loc>{other}</loc></sitemap>"
    many = own + "".join(
        f"<sitemap><loc>https://one.example/s-{n}.xml</loc></sitemap>" for n in range(50_000)
    )
    body = f"<sitemapindex>{many}</sitemapindex>".encode()
    found = asyncio.run(walked({index: (XML, body), other: (XML, body)}, index))
    asked = [reading.url for reading in found]
    assert len(asked) == len(set(asked)) == MAX_SITEMAPS


def test_a_packed_bomb_of_a_sitemap_is_cut() -> None:
    one = b"<url><loc>https://one.example/a</loc></url>"
    packed = gzip.compress(b"<urlset>" + one + b" " * (2 * MAX_BYTES), 9)
    found = read_sitemap(packed, url="https://one.example/s.xml.gz")
    assert (len(found.entries), found.whole) == (1, False)


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("https://one.example/b", True),
        ("http://one.example/b", False),
        ("https://one.example:8443/b", False),
        ("https://www.one.example/b", False),
        ("https://two.example/b", False),
    ],
)
def test_credentials_stay_with_scheme_host_and_port(target: str, kept: bool) -> None:
    names = ("Authorization", "Cookie", "Proxy-Authorization")
    request = Request("https://one.example/a", headers=dict.fromkeys(names, "secret"))
    hop = Redirect._hop(request, target, [request.url])
    assert [name in hop.headers for name in names] == [kept] * 3
    assert (hop.method, hop.body) == ("GET", b"")
    assert hop.url == target
