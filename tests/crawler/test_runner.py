"""Stories of whole passes: twice the same, an edit, a withdrawal, robots, caps, signals."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fetch_fakes import BadServer, Crawl, Request, child, page, response, rss, source, start

from crawler.options import FetchOptions, RunOptions
from spiders.sources import Channel, ChannelKind, Politeness, Source
from storage.archive import Archive

FETCH = FetchOptions(allow_private_networks=("127.0.0.0/8",), timeout_s=5)


def conditional(body: str, etag: str) -> Callable[[socket.socket, Request], None]:
    """Return a handler that answers 304 to the right If-None-Match."""

    def handle(connection: socket.socket, request: Request) -> None:
        if request.headers.get("if-none-match") == etag:
            connection.sendall(response("", 304, ETag=etag))
        else:
            connection.sendall(response(body, ETag=etag, Content_Type="text/html; charset=utf-8"))

    return handle


def crawl(db: str, *sources: Source, run: RunOptions | None = None, **fetch: Any) -> Crawl:
    run = run or RunOptions(extractors=0)
    payload = {
        "db": db,
        "sources": {s.id: s for s in sources},
        "fetch": replace(FETCH, **fetch),
        "run": run,
    }
    return child("crawl", payload)


def articles_due_now(db: str) -> None:
    """Make every article due for a recheck, as if days had passed."""
    from sqlalchemy import text

    archive = Archive(db)
    with archive._writers.begin() as connection:
        connection.execute(text("UPDATE article SET next_check_at = '2020-01-01 00:00:00.000000'"))
    archive.close()


def count(db: str, table: str) -> int:
    from sqlalchemy import text

    archive = Archive(db)
    with archive._readers.begin() as connection:
        found = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    archive.close()
    return int(found)


@pytest.fixture
def db(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'w.db'}"


def test_three_passes_and_an_edit(db: str) -> None:
    paths = [f"/2026/story-{n}.html" for n in range(5)]
    with BadServer() as server:
        server.routes["/robots.txt"] = response("User-agent: *\nAllow: /")
        server.routes["/feed"] = conditional(rss(*paths), '"f1"')
        for n, path in enumerate(paths):
            server.routes[path] = conditional(page(f"Story number {n} of today"), f'"a{n}"')
        first = crawl(db, source("s", server.url)).result["sources"]["s"]
        assert (first["found"], first["new"], first["failed"]) == (5, 5, 0)
        blobs = count(db, "blob")

        again = crawl(db, source("s", server.url)).result["sources"]["s"]
        assert (again["new"], again["fetched"]) == (0, 0)
        assert server.asked("/feed")[-1].headers["if-none-match"] == '"f1"'

        # One is edited, one is taken away, one keeps its bytes but forgets its validator.
        articles_due_now(db)
        server.routes[paths[0]] = conditional(page("Story number 0 of today", 9), '"b0"')
        server.routes[paths[1]] = response("gone", 404)
        server.routes[paths[2]] = response(
            page("Story number 2 of today"), Content_Type="text/html; charset=utf-8"
        )
        third = crawl(db, source("s", server.url)).result["sources"]["s"]
        assert third["revised"] == 1
        assert third["unchanged"] == 3
        assert third["missing"] == 1
        assert third["errors"] == {}
        # The edit and the 404 page are evidence; unchanged pages write no body.
        assert count(db, "blob") == blobs + 2


def test_validators_wait_for_what_was_found(db: str) -> None:
    with BadServer() as server:
        server.routes["/robots.txt"] = response("", 404)
        server.routes["/feed"] = conditional(rss("/one-story.html", "/two-stories.html"), '"f"')
        server.routes["/one-story.html"] = response(page("One story of the day"))
        server.routes["/two-stories.html"] = response("later", 503)
        crawl(db, source("s", server.url))
        second = crawl(db, source("s", server.url)).result["sources"]["s"]
        assert [r.headers.get("if-none-match") for r in server.asked("/feed")] == [None, None]
        server.routes["/two-stories.html"] = response(page("Two stories of the day"))
        third = crawl(db, source("s", server.url)).result["sources"]["s"]
        crawl(db, source("s", server.url))
    assert second["errors"] == {"http_5xx": 1}
    assert third["new"] == 1
    assert server.asked("/feed")[-1].headers["if-none-match"] == '"f"'


def _sources(server: BadServer) -> list[Source]:
    """Return one source for each way a whole source can fail or be odd."""
    url = server.url
    cases: dict[str, bytes | Callable[[socket.socket, Request], None]] = {
        "html": response("<!doctype html><html><body>Hello</body></html>"),
        "empty": response(rss()),
        "truncated": response(rss("/cut-story.html")[:-30], ETag='"cut"'),
        "missing": response("no", 404),
        "later": response("slow down", 429, Retry_After="1800"),
        "sitemap_loop": response(
            "<sitemapindex><sitemap><loc>/sitemap_loop</loc></sitemap>"
            "<sitemap><loc>/deeper</loc></sitemap></sitemapindex>"
        ),
        "trap": _trap,
        "laughs": response(
            '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
            '<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item>'
            "<title>&b; &x; story</title><link>/laughing-story.html</link></item></channel></rss>"
        ),
    }
    server.routes |= {f"/{name}": served for name, served in cases.items()}
    server.routes["/deeper"] = response(
        "<sitemapindex><sitemap><loc>/deepest</loc></sitemap></sitemapindex>"
    )
    server.routes["/deepest"] = response(
        "<sitemapindex><sitemap><loc>/abyss</loc></sitemap></sitemapindex>"
    )
    kinds = {"sitemap_loop": ChannelKind.SITEMAP, "trap": ChannelKind.LISTING}
    return [
        source(
            name,
            url,
            Channel(kind=kinds.get(name, ChannelKind.FEED), url=f"{url}/{name}", max_pages=8),
            max_articles=3,
        )
        for name in cases
    ]


def _trap(connection: socket.socket, request: Request) -> None:
    """A calendar without end: each page has new links and a next page."""
    number = int((request.path.partition("?page=")[2]) or 1)
    links = "".join(
        f"<li><a href='/2026/11/{number}-{n}-a-long-story-slug.html'>A story with a long headline "
        f"{number} {n}</a> 2026-11-20</li>"
        for n in range(4)
    )
    connection.sendall(
        response(f"<ul class=list>{links}</ul><a rel=next href='/trap?page={number + 1}'>next</a>")
    )


def test_sources_that_fail_are_named_and_alone(db: str) -> None:
    with BadServer() as server:
        server.routes["/robots.txt"] = response("", 404)
        server.routes["/feed"] = response(rss("/a-good-story.html"))
        for path in ("/a-good-story.html", "/cut-story.html", "/laughing-story.html"):
            server.routes[path] = response(page(f"The story at {path[1:-5]}"))
        done = crawl(db, *_sources(server), source("good", server.url))
    got = {name: set(found["errors"]) for name, found in done.result["sources"].items()}
    assert done.code == 0
    assert got.pop("good") == set()
    assert done.result["sources"]["good"]["new"] == 1
    assert got.pop("html") == {"not_a_feed"}
    assert got.pop("empty") == {"empty_feed"}
    assert got.pop("truncated") == {"truncated"}
    assert got.pop("missing") == {"http_4xx"}
    assert got.pop("later") == {"http_4xx"}
    assert got.pop("laughs") == set()
    assert got.pop("sitemap_loop") == set()
    assert len(server.asked("/sitemap_loop")) == 1
    assert not server.asked("/abyss")
    assert not server.asked("/etc/passwd")
    assert got.pop("trap") == {"http_4xx"}
    assert len([r for r in server.ledger if r.path.startswith("/trap")]) == 8
    assert not got
    assert not done.result["sources"]["missing"]["ok"]
    assert "HTTP 404" in done.result["sources"]["missing"]["error"]


def test_robots(db: str) -> None:
    """One crawl, one host for each kind of robots.txt."""
    kinds = {
        "rules": response("User-agent: *\nDisallow: /private"),
        "broken": response("oops", 500),
        "page": response("<html><body>Not found, sorry</body></html>"),
        # Clamped to a minute, which this run does not have; and cut at 512 KiB.
        "giant": response("User-agent: *\nCrawl-delay: 1000000000" + "\nDisallow: /x" * 90_000),
    }
    paths = ("/open-story.html", "/private-story.html")
    with ExitStack() as stack:
        servers = {name: stack.enter_context(BadServer()) for name in kinds}
        for name, server in servers.items():
            server.routes["/robots.txt"] = kinds[name]
            server.routes["/feed"] = response(rss(*paths))
            for path in paths:
                server.routes[path] = response(page(f"The story at {name}{path[1:-5]}"))
        run = RunOptions(extractors=0, deadline_s=6, drain_s=1)
        done = crawl(db, *(source(name, s.url) for name, s in servers.items()), run=run).result
        asked = {n: {r.path for r in s.ledger if r.path in paths} for n, s in servers.items()}
    assert asked["rules"] == {"/open-story.html"}
    assert done["sources"]["rules"]["errors"] == {"robots": 1}
    assert asked["broken"] == set()
    # What could not be read forbids nothing for good, and is named as the failure it is.
    assert done["sources"]["broken"]["errors"] == {"http_5xx": 1}
    assert asked["page"] == set(paths)
    assert len(asked["giant"]) <= 1
    assert done["seconds"] < 12


def test_a_line_that_is_down_is_nobodys_fault(db: str) -> None:
    """Robots.txt is what a pass asks for first, so it is what fails first."""
    with BadServer() as server:
        gone = [source(f"s{n}", f"http://127.1.0.{n}:{server.port}") for n in range(1, 6)]
    passes = [crawl(db, *gone).result["sources"] for _ in range(4)]
    assert [p["s3"]["errors"] for p in passes] == [{"refused_connection": 1}] * 4
    with Archive(db) as archive, archive.read() as reader:
        states = reader.sources()
    assert {state.health for state in states} == {"healthy"}
    # Before three had said so, the first two had been believed.
    assert sorted(state.failures for state in states)[:3] == [0, 0, 0]
    assert max(state.failures for state in states) <= 1


def test_manners(db: str) -> None:
    """Delay, concurrency and Retry-After, on two hosts in one crawl."""
    active, most = [0], [0]
    answers: dict[str, list[bytes]] = {
        "/short-pause.html": [response("", 429, Retry_After="1")],
        "/odd-pause.html": [response("", 503, Retry_After="-1")],
        "/long-pause.html": [response("", 429, Retry_After="99999")],
    }

    def slow(connection: socket.socket, request: Request) -> None:
        active[0] += 1
        most[0] = max(most[0], active[0])
        time.sleep(0.02)
        active[0] -= 1
        connection.sendall(response(page(f"The story at {request.path[1:-5]}")))

    def pausing(connection: socket.socket, request: Request) -> None:
        left = answers[request.path]
        body = left.pop() if left else response(page(f"The story at {request.path[1:-5]}"))
        connection.sendall(body)

    with BadServer() as calm, BadServer() as busy:
        paths = [f"/slow-story-{n}.html" for n in range(6)]
        calm.routes["/robots.txt"] = busy.routes["/robots.txt"] = response("", 404)
        calm.routes["/feed"] = response(rss(*paths))
        calm.routes |= dict.fromkeys(paths, slow)
        busy.routes["/feed"] = response(rss(*answers))
        busy.routes |= dict.fromkeys(answers, pausing)
        done = crawl(
            db,
            source("calm", calm.url, politeness=Politeness(delay_s=0.15, concurrency=1)),
            source("busy", busy.url, politeness=Politeness(delay_s=0, concurrency=1)),
            run=RunOptions(extractors=0, reschedule=True),
        ).result["sources"]
    assert most == [1]
    times = sorted(r.at for r in calm.ledger if r.path in paths)
    # The delay has a jitter of 30 %. A busy machine may see one request late, and so two gaps wrong:
    # one too long, the next too short by as much.
    gaps = sorted(b - a for a, b in pairwise(times))
    assert gaps[1] >= 0.1
    assert sum(gaps) >= 5 * 0.1
    assert done["busy"]["new"] == 2
    assert done["busy"]["errors"] == {"http_4xx": 1}
    short = [r.at for r in busy.asked("/short-pause.html")]
    assert 1.0 <= short[1] - short[0] < 5
    archive = Archive(db)
    with archive.begin() as tx:
        state = tx.source_state("busy")
    archive.close()
    assert state is not None
    assert state.next_due_at is not None
    # 99999 s is capped at an hour, which outweighs the interval of 30 minutes.
    wait = state.next_due_at - datetime.now(UTC)
    assert timedelta(minutes=55) < wait <= timedelta(minutes=61)
    assert state.lease_owner is None


def test_sigterm_finishes_what_is_under_way(db: str) -> None:
    def slow(connection: socket.socket, request: Request) -> None:
        time.sleep(0.5)
        connection.sendall(response(page(f"The story at {request.path[1:-5]}")))

    with BadServer() as server:
        paths = [f"/long-story-{n}.html" for n in range(30)]
        server.routes["/robots.txt"] = response("", 404)
        server.routes["/feed"] = response(rss(*paths))
        server.routes |= dict.fromkeys(paths, slow)
        polite = Politeness(delay_s=0, concurrency=2)
        payload = {
            "db": db,
            "sources": {"s": source("s", server.url, politeness=polite)},
            "fetch": FETCH,
            "run": RunOptions(extractors=0),
        }
        running = start("crawl", payload)
        until = time.monotonic() + 20
        while len(server.ledger) < 6 and time.monotonic() < until:
            time.sleep(0.02)
        begun = time.monotonic()
        os.kill(running.process.pid, signal.SIGTERM)
        done = running.result(20)
        took = time.monotonic() - begun
    assert done.code == 0
    result = done.result
    assert result["outcome"] == "interrupted"
    assert took < 8
    # Everything that was asked for is in the database.
    assert count(db, "article") == len([r for r in server.ledger if r.path in paths])
    assert 0 < count(db, "article") < 30


def test_a_source_held_by_another_run_is_skipped(db: str) -> None:
    archive = Archive(db)
    archive.create()
    with archive.begin() as tx:
        tx.claim_sources(["s"], "another", now=datetime.now(UTC), lease=timedelta(minutes=5))
    archive.close()
    with BadServer() as server:
        done = crawl(db, source("s", server.url)).result
        assert done["skipped"] == ("s",)
        assert not server.ledger


def test_a_bug_that_loses_every_page_is_no_good_pass(db: str) -> None:
    with BadServer() as server:
        server.routes["/robots.txt"] = response("", 404)
        server.routes["/feed"] = response(rss("/one-story.html", "/two-stories.html"))
        for path in ("/one-story.html", "/two-stories.html"):
            server.routes[path] = response(page("The story, no module for this"))
        done = crawl(db, source("s", server.url)).result
    assert not done["sources"]["s"]["ok"]
    assert done["sources"]["s"]["error"].startswith("every page that came was lost: parse: Import")
