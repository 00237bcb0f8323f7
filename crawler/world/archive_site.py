"""A site with years of history, made from numbers: every way into an archive, any size, no memory.

Article *n* is the same whoever asks and however often. Nothing of it is kept but its rules, so that
20,000 articles cost what twenty do. `ArchiveWorld` serves it on loopback, as a proxy and direct.
"""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape

from crawler.world.reply import Reply, Request
from crawler.world.server import Server

_HEADS = ["grid", "steel", "solar", "port", "tariff", "battery", "quota", "subsidy", "lithium"]
_TAILS = ["plan", "rule", "list", "notice", "budget", "review", "permit", "tender", "survey"]
_PLACES = ["Anhui", "Hunan", "Gansu", "Hebei", "Fujian", "Jilin", "Sichuan", "Yunnan", "Hainan"]
_VERBS = ["approved", "delayed", "published", "revised", "dropped", "funded", "opened", "closed"]

#: Sizes of the documents.
PER_LISTING, PER_FEED, PER_SITEMAP = 50, 100, 1000


@dataclass(frozen=True, slots=True)
class History:
    """The articles of one host: *count* of them, evenly over a time."""

    host: str
    count: int
    begin: datetime
    end: datetime

    def at(self, number: int) -> datetime:
        """Return when article *number* (from 0, the oldest) was published, to the second."""
        step = (self.end - self.begin) / self.count
        return (self.begin + number * step).replace(microsecond=0)

    def within(self, begin: datetime, end: datetime) -> range:
        """Return the numbers of the articles published from *begin* up to *end*."""
        step = (self.end - self.begin) / self.count
        first = max(0, int((begin - self.begin) / step) - 1)
        last = min(self.count, int((end - self.begin) / step) + 2)
        wanted = [n for n in range(first, max(first, last)) if begin <= self.at(n) < end]
        return range(wanted[0], wanted[-1] + 1) if wanted else range(0)

    def url(self, number: int) -> str:
        """Return the address of article *number*."""
        return f"http://{self.host}/{self.at(number):%Y/%m/%d}/story-{number:06}.html"

    def title(self, number: int) -> str:
        """Return the headline of article *number*."""
        dice = random.Random(number)  # noqa: S311 - a world's dice
        return (
            f"{dice.choice(_PLACES)} {dice.choice(_VERBS)} {dice.choice(_HEADS)} "
            f"{dice.choice(_TAILS)} number {number}"
        )

    def page(self, number: int, revision: int = 1) -> bytes:
        """Return the page of article *number*; revision 2 names another sum."""
        dice = random.Random(number)  # noqa: S311 - likewise
        paragraphs = []
        for place in range(6):
            words = " ".join(
                f"{dice.choice(_HEADS)}-{dice.randrange(9999)} {dice.choice(_TAILS)}"
                for _ in range(7)
            )
            cost = dice.randrange(10, 900) + (1000 if revision > 1 and place == 1 else 0)
            paragraphs.append(
                f"<p>{dice.choice(_PLACES)} {dice.choice(_VERBS)} the {words} on its list, and "
                f"will spend {cost} million yuan on {dice.choice(_TAILS)} {dice.randrange(999)}.</p>"
            )
        stamp = self.at(number).isoformat()
        title = self.title(number)
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<link rel="canonical" href="{self.url(number)}">'
            f'<meta property="article:published_time" content="{stamp}"></head>'
            f"<body><article><h1>{title}</h1>{''.join(paragraphs)}</article></body></html>"
        ).encode()

    def number_of(self, path: str) -> int | None:
        """Return the number of the article at *path*; None when there is none."""
        name = path.rpartition("/")[2]
        if not name.startswith("story-") or not name[6:12].isdigit():
            return None
        number = int(name[6:12])
        there = number < self.count and self.url(number).endswith(path)
        return number if there else None


def find(history: History, request: Request) -> Reply | None:
    """Return what the site answers; None when it has nothing there."""
    path = request.path
    if (number := history.number_of(path)) is not None:
        return _reply(history.page(number), "text/html; charset=utf-8")
    parts = path.strip("/").removesuffix(".html").removesuffix(".xml").split("/")
    match parts:
        case ["archive", year, month, day] if (year + month + day).isdigit():
            begin = datetime(int(year), int(month), int(day), tzinfo=UTC)
            return listing(history, history.within(begin, begin + timedelta(days=1)))
        case ["sitemap_index"]:
            return sitemap_index(history)
        case [name] if name.startswith("sitemap-"):
            year, month = name.removeprefix("sitemap-").split("-")[:2]
            return sitemap(history, _month(history, int(year), int(month)))
        case ["news", page] if page.isdigit():
            last = history.count - (int(page) - 1) * PER_LISTING
            return listing(history, range(max(0, last - PER_LISTING), max(0, last)), newest=True)
        case ["wp-json", "wp", "v2", "posts"]:
            return posts(history, request)
        case ["feed"]:
            return feed(history, (history.count - 1) // PER_FEED)
        case ["feed", page] if page.isdigit():
            return feed(history, int(page))
        case ["robots.txt"]:
            return _reply(b"User-agent: *\nAllow: /\n", "text/plain")
    return None


def _reply(body: bytes, kind: str, *headers: tuple[str, str]) -> Reply:
    return Reply(headers=(("Content-Type", kind), *headers), body=body)


def _month(history: History, year: int, month: int) -> range:
    begin = datetime(year, month, 1, tzinfo=UTC)
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return history.within(begin, end)


def listing(history: History, numbers: range, *, newest: bool = False) -> Reply:
    """Return a page of links with their days."""
    shown = reversed(numbers) if newest else numbers
    rows = "".join(
        f'<li><a href="{history.url(n)}">{history.title(n)}</a> '
        f"<span>{history.at(n):%Y-%m-%d}</span></li>"
        for n in shown
    )
    body = f'<html><head><title>News</title></head><body><ul class="list">{rows}</ul></body></html>'
    return _reply(body.encode(), "text/html; charset=utf-8")


def sitemap_index(history: History) -> Reply:
    """Return the index of the months' sitemaps."""
    rows = []
    year, month = history.begin.year, history.begin.month
    while (begin := datetime(year, month, 1, tzinfo=UTC)) < history.end:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        changed = min(datetime(year, month, 1, tzinfo=UTC), history.end)
        rows.append(
            f"<sitemap><loc>http://{history.host}/sitemap-{begin:%Y-%m}.xml</loc>"
            f"<lastmod>{changed:%Y-%m-%d}</lastmod></sitemap>"
        )
    body = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(rows)}'
    return _reply(f"{body}</sitemapindex>".encode(), "application/xml")


def sitemap(history: History, numbers: range) -> Reply:
    """Return the sitemap of these articles."""
    rows = "".join(
        f"<url><loc>{history.url(n)}</loc><lastmod>{history.at(n).isoformat()}</lastmod></url>"
        for n in numbers
    )
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    return _reply(body.encode(), "application/xml")


def posts(history: History, request: Request) -> Reply:
    """Return a page of WordPress's API, with `after`, `before`, `order`."""
    asked = request.query
    after = _moment(asked.get("after"), history.begin - timedelta(days=9999))
    before = _moment(asked.get("before"), history.end + timedelta(days=9999))
    numbers = history.within(max(after, history.begin), min(before, history.end))
    ordered = list(numbers) if asked.get("order") == "asc" else list(reversed(numbers))
    size, page = int(asked.get("per_page", "10")), int(asked.get("page", "1"))
    pages = -(-len(ordered) // size)
    if page > max(1, pages):
        return Reply(
            status=400,
            headers=(("Content-Type", "application/json"),),
            body=b'{"code":"rest_post_invalid_page_number"}',
        )
    shown = [
        {
            "link": history.url(n),
            "date_gmt": history.at(n).strftime("%Y-%m-%dT%H:%M:%S"),
            "title": {"rendered": history.title(n)},
            "excerpt": {"rendered": ""},
        }
        for n in ordered[(page - 1) * size : page * size]
    ]
    total = (("X-WP-Total", str(len(ordered))), ("X-WP-TotalPages", str(pages)))
    return _reply(json.dumps(shown).encode(), "application/json; charset=UTF-8", *total)


def feed(history: History, page: int) -> Reply:
    """Return an Atom document of a feed with archives; the last page is the feed itself."""
    numbers = range(page * PER_FEED, min((page + 1) * PER_FEED, history.count))
    older = f'<link rel="prev-archive" href="/feed/{page - 1}.xml"/>' if page else ""
    rows = "".join(
        f"<entry><title>{escape(history.title(n))}</title><id>{history.url(n)}</id>"
        f'<link href="{history.url(n)}"/><published>{history.at(n).isoformat()}</published>'
        f"<updated>{history.at(n).isoformat()}</updated></entry>"
        for n in reversed(numbers)
    )
    body = (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>News</title><id>http://{history.host}/</id>{older}"
        f"<updated>{history.end.isoformat()}</updated>{rows}</feed>"
    )
    return _reply(body.encode(), "application/atom+xml")


def _moment(text: str | None, otherwise: datetime) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else otherwise


#: Answers before the site does: for tests that need a trap.
Trap = Callable[[Request], Reply | None]


class ArchiveWorld:
    """Serves histories on one loopback port: a proxy for their hosts, and a ledger of requests."""

    def __init__(self, *histories: History, trap: Trap | None = None) -> None:
        self._histories = {history.host: history for history in histories}
        self._trap = trap
        self._lock = threading.Lock()
        self._server = Server(self._answer, lambda _: None)
        #: Requests by URL.
        self.asked: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()

    @property
    def proxy_url(self) -> str:
        """What `[fetch] proxy` is to be set to."""
        return f"http://127.0.0.1:{self._server.port}"

    def _answer(self, request: Request) -> Reply:
        with self._lock:
            self.asked[request.url] += 1
        if self._trap is not None and (reply := self._trap(request)) is not None:
            return reply
        history = self._histories.get(request.host)
        reply = find(history, request) if history is not None else None
        return reply or Reply(status=404, headers=(("Content-Type", "text/html"),), body=b"no")
