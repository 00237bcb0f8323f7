"""A document that rolled over: noticed, searched for by each way back, in the order that is safe."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sources_fakes import fetcher

from spiders.catchup import CatchUp
from spiders.discovery import Answer, Reading
from spiders.gate import GatePolicy
from spiders.items import Found, Plan, Searched
from spiders.select import Selector
from spiders.sources import Channel, ChannelKind, Source
from storage.types import Discovery, Entry

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
LOOKED = NOW - timedelta(hours=30)
HOME = "https://one.example"
FEED = f"{HOME}/feed"


def url(number: int) -> str:
    """Article 100 is of this minute, each one before it an hour older; 70 was seen last."""
    return f"{HOME}/2026/story-{number}-of-the-day.html"


def at(number: int) -> datetime:
    return NOW - timedelta(hours=100 - number)


def rss(numbers: Iterable[int], *, head: str = "", dated: bool = True) -> bytes:
    items = "".join(
        f"<item><title>Story {n}</title><link>{url(n)}</link>"
        + (f"<pubDate>{at(n):%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if dated else "")
        + "</item>"
        for n in numbers
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>F</title>{head}{items}</channel></rss>"
    ).encode()


def sitemap(numbers: Iterable[int], *, dated: bool = True) -> bytes:
    rows = "".join(
        f"<url><loc>{url(n)}</loc>"
        + (f"<lastmod>{at(n).isoformat()}</lastmod>" if dated else "")
        + "</url>"
        for n in numbers
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0"?><urlset xmlns="{space}">{rows}</urlset>'.encode()


def listing(numbers: Iterable[int]) -> bytes:
    rows = "".join(
        f'<li><a href="{url(n)}">Story {n} of the day, with a headline of length</a></li>'
        for n in numbers
    )
    return f"<html><body><main><ul>{rows}</ul></main></body></html>".encode()


def posts(numbers: Iterable[int]) -> bytes:
    rows = [
        {"link": url(n), "date_gmt": at(n).replace(tzinfo=None).isoformat(), "title": f"Story {n}"}
        for n in numbers
    ]
    return json.dumps(rows).encode()


def down(first: int, last: int) -> range:
    return range(first, last - 1, -1)


NEXT = f'<atom:link rel="next" href="{FEED}?p=2"/>'
WORDPRESS = "<generator>https://wordpress.org/?v=6.6</generator>"
API = f"{HOME}/wp-json/wp/v2/posts"
HTML, XML = "text/html", "application/xml"
WP = f"{API}?per_page=50&_fields=link,date_gmt,modified_gmt,title,excerpt"


def run(
    documents: dict[str, tuple[str, bytes]],
    *more: Channel,
    known: Collection[int] = range(71),
    fresh: Sequence[int] = down(100, 91),
    max_articles: int = 200,
    **plan: bool,
) -> tuple[list[int], Searched | None, list[str]]:
    """Let the feed show *fresh*; return what is asked for in order, the verdict, and the requests."""
    source = Source(
        id="one",
        name="One",
        home=f"{HOME}/",
        channels=(Channel(kind=ChannelKind.FEED, url=FEED), *more),
        max_articles=max_articles,
    )
    held = {url(n) for n in known}
    requests: list[str] = []
    answers = fetcher(documents)

    async def get(wanted: str) -> Answer:
        requests.append(wanted.removeprefix(HOME))
        return await answers(wanted)

    async def known_of(urls: Collection[str]) -> Collection[str]:
        return held & set(urls)

    async def work() -> tuple[list[int], Searched | None]:
        entries = tuple(
            Entry(url=url(n), found_by=Discovery.FEED, published_at=at(n)) for n in fresh
        )
        new = [e for e in entries if e.url not in held]
        asked = {e.url for e in new}
        catchup = CatchUp(
            source,
            replace(Plan(started_at=NOW, looked_at=LOOKED), **plan),
            Selector(source, GatePolicy()),
            known_of,
            asked,
        )
        answer = Answer(url=FEED, final_url=FEED, status=200, headers={}, body=b"x", seen=True)
        found = Found(
            source_id="one",
            url=FEED,
            kind=Discovery.FEED,
            count=len(entries),
            known=len(entries) - len(new),
        )
        reading = Reading(url=FEED, kind=Discovery.FEED, answer=answer, entries=entries)
        order = [] if catchup.keep(FEED, reading, found, new) else [*new]
        verdict = None
        async for part in catchup.search(get):
            if isinstance(part, Searched):
                verdict = part
            else:
                order += part
        return [int(entry.url.split("-")[1]) for entry in order], verdict

    order, verdict = asyncio.run(work())
    return order, verdict, requests


#: name: documents, further channels, the oldest article found, whether the search reached back
WAYS: dict[str, tuple[dict[str, tuple[str, bytes]], tuple[Channel, ...], int, bool]] = {
    "RFC 5005: the feed leads to older pages": (
        {
            FEED: (XML, rss(down(100, 91), head=NEXT)),
            f"{FEED}?p=2": (XML, rss(down(90, 81), head=NEXT.replace("p=2", "p=3"))),
            f"{FEED}?p=3": (XML, rss(down(80, 61))),
        },
        (),
        71,
        True,
    ),
    "WordPress pages its feeds without saying so": (
        {
            FEED: (XML, rss(down(100, 91), head=WORDPRESS)),
            f"{FEED}?paged=2": (XML, rss(down(90, 76), head=WORDPRESS)),
            f"{FEED}?paged=3": (XML, rss(down(75, 61), head=WORDPRESS)),
        },
        (),
        71,
        True,
    ),
    "a listing with pages": (
        {
            f"{HOME}/news?page={n}": (HTML, listing(down(110 - 10 * n, 101 - 10 * n)))
            for n in (1, 2, 3, 4, 5)
        },
        (Channel(kind=ChannelKind.LISTING, url=f"{HOME}/news?page={{page}}"),),
        71,
        True,
    ),
    "the WordPress API": (
        {
            WP: ("application/json", posts(down(100, 86))),
            f"{WP}&page=2": ("application/json", posts(down(85, 66))),
        },
        (Channel(kind=ChannelKind.WORDPRESS, url=API),),
        71,
        True,
    ),
    "an archive by the day": (
        {f"{HOME}/2026/11/17": (HTML, listing(down(95, 65)))},
        (Channel(kind=ChannelKind.ARCHIVE, url=f"{HOME}/{{year}}/{{month}}/{{day}}"),),
        71,
        True,
    ),
    "an old article pinned above each page is no end": (
        {
            FEED: (XML, rss([40, *down(100, 91)], head=NEXT)),
            f"{FEED}?p=2": (XML, rss([40, *down(90, 81)], head=NEXT.replace("p=2", "p=3"))),
            f"{FEED}?p=3": (XML, rss([40, *down(80, 61)])),
        },
        (),
        71,
        True,
    ),
    "a sitemap that only robots.txt names": (
        {
            f"{HOME}/robots.txt": ("text/plain", f"Sitemap: {HOME}/s.xml".encode()),
            f"{HOME}/s.xml": (XML, sitemap(down(100, 40))),
        },
        (),
        71,
        True,
    ),
    "that sitemap without dates may be the whole past: left alone": (
        {
            f"{HOME}/robots.txt": ("text/plain", f"Sitemap: {HOME}/s.xml".encode()),
            f"{HOME}/s.xml": (XML, sitemap(down(100, 40), dated=False)),
        },
        (),
        91,
        False,
    ),
    "a sitemap inside our network is not asked for": (
        {f"{HOME}/robots.txt": ("text/plain", b"Sitemap: ftp://one.example/s.xml")},
        (),
        91,
        False,
    ),
    "older pages that end too early": (
        {
            FEED: (XML, rss(down(100, 91), head=NEXT)),
            f"{FEED}?p=2": (XML, rss(down(90, 85))),
        },
        (),
        85,
        False,
    ),
    "nothing at all": ({}, (), 91, False),
}


@pytest.mark.parametrize("name", WAYS)
def test_the_ways_back(name: str) -> None:
    documents, channels, oldest, reached = WAYS[name]
    order, verdict, _ = run(documents, *channels)
    # What fell out of sight first, the oldest first: cut short anywhere, the gap stays visible.
    assert order == [*range(oldest, 91), *down(100, 91)]
    assert verdict is not None
    assert (verdict.reached, verdict.found, verdict.left) == (reached, 91 - oldest, 0)
    assert (verdict.since, verdict.until) == (LOOKED, at(91))


@pytest.mark.parametrize(
    ("reason", "known", "fresh", "plan"),
    [
        ("one known entry is overlap", range(92), down(100, 91), {}),
        ("four entries prove nothing", range(71), down(100, 97), {}),
        ("no way was found an hour ago", range(71), down(100, 91), {"spare": True}),
        ("never looked at before", range(71), down(100, 91), {"looked_at": None}),
    ],
)
def test_no_gap_no_request(
    reason: str, known: Collection[int], fresh: Sequence[int], plan: dict[str, bool]
) -> None:
    order, verdict, requests = run({}, known=known, fresh=fresh, **plan)
    assert order == [n for n in fresh if n not in known], reason
    assert (verdict, requests) == (None, [])


def test_more_than_one_pass_may_take_is_taken_from_the_far_end() -> None:
    documents, channels, _, _ = WAYS["a listing with pages"]
    order, verdict, _ = run(documents, *channels, max_articles=12)
    # None of the feed's own: the next pass must see the gap again.
    assert order == [*range(71, 83)]
    assert verdict is not None
    assert (verdict.found, verdict.left) == (12, 8 + 10)
    again, verdict, _ = run(documents, *channels, known=range(83), max_articles=12)
    assert again == [*range(83, 91), *down(100, 91)]
    assert verdict is not None
    assert (verdict.reached, verdict.left) == (True, 0)


def test_a_trap_of_pages_ends() -> None:
    endless = {FEED: (XML, rss(down(100, 91), head=NEXT))} | {
        f"{FEED}?p={n}": (
            XML,
            rss(range(1000 + n, 1005 + n), head=NEXT.replace("p=2", f"p={n + 1}"), dated=False),
        )
        for n in range(2, 300)
    }
    _, verdict, requests = run(endless)
    assert verdict is not None
    assert not verdict.reached
    assert len(requests) <= 25
