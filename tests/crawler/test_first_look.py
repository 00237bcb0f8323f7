"""Stories of first looks: what is unchanged costs one request; everything else is as it ever was."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fetch_fakes import BadServer, Crawl, Request, child, page, response, rss, source, start
from sqlalchemy import text

from crawler.options import FetchOptions, RunOptions
from spiders.sources import Channel, ChannelKind, Politeness, Source
from storage.archive import Archive
from storage.types import SourceState

FETCH = FetchOptions(allow_private_networks=("127.0.0.0/8",), timeout_s=2)
RUN = RunOptions(extractors=0, reschedule=True)


def conditional(body: str, etag: str, **headers: str) -> Callable[[socket.socket, Request], None]:
    """Return a handler that answers 304 to the right If-None-Match."""

    def handle(connection: socket.socket, request: Request) -> None:
        known = request.headers.get("if-none-match") == etag
        whole = response("", 304, ETag=etag) if known else response(body, ETag=etag, **headers)
        connection.sendall(whole)

    return handle


def payload(db: str, sources: list[Source], run: RunOptions = RUN) -> dict[str, Any]:
    return {"db": db, "sources": {s.id: s for s in sources}, "fetch": FETCH, "run": run}


def crawl(db: str, *sources: Source, run: RunOptions = RUN) -> Crawl:
    return child("crawl", payload(db, list(sources), run))


def states(db: str) -> dict[str, SourceState]:
    with Archive(db) as archive, archive.read() as reader:
        return {state.source_id: state for state in reader.sources()}


def execute(db: str, statement: str, **values: Any) -> None:
    with Archive(db) as archive, archive._writers.begin() as connection:
        connection.execute(text(statement), values)


def paths(server: BadServer) -> list[str]:
    """Return what was asked of *server*, in order, and forget it."""
    asked = [request.path for request in server.ledger]
    server.ledger.clear()
    return asked


@pytest.fixture
def db(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'w.db'}"


def test_a_batch_of_unchanged_sources_is_asked_once_and_written_down(db: str) -> None:
    """A 304 by ETag, one by date, and the same bytes from a server that knows neither."""
    story = page("A story of the day")

    def by_date(connection: socket.socket, request: Request) -> None:
        date = "Mon, 02 Nov 2026 09:00:00 GMT"
        known = request.headers.get("if-modified-since") == date
        whole = response("", 304) if known else response(rss("/story.html"), Last_Modified=date)
        connection.sendall(whole)

    feeds: dict[str, Any] = {
        "etag": conditional(rss("/story.html"), '"e"', Cache_Control="max-age=7200"),
        "date": by_date,
        "neither": response(rss("/story.html")),
    }
    with ExitStack() as stack:
        servers = {name: stack.enter_context(BadServer()) for name in feeds}
        for name, server in servers.items():
            server.routes |= {"/feed": feeds[name], "/story.html": response(story)}
            server.routes["/robots.txt"] = response("User-agent: *\nAllow: /")
        sources = [source(name, server.url) for name, server in servers.items()]
        crawl(db, *sources)
        assert all(
            paths(server) == ["/robots.txt", "/feed", "/story.html"] for server in servers.values()
        )
        before = states(db)
        begun = datetime.now(UTC)
        second = crawl(db, *sources)
        after = states(db)
        asked = {name: paths(server) for name, server in servers.items()}
    assert asked == {name: ["/feed"] for name in feeds}
    assert second.result["ok"]
    for name, result in second.result["sources"].items():
        assert {k: result[k] for k in ("ok", "found", "new", "failed", "notes", "errors")} == {
            "ok": True, "found": 0, "new": 0, "failed": 0, "notes": [], "errors": {},
        }  # fmt: skip
        state = after[name]
        assert state.last_ok_at is not None
        assert state.last_ok_at > begun
        assert (state.lease_owner, state.lease_until, state.failures) == (None, None, 0.0)
        assert state.next_due_at is not None
        assert before[name].next_due_at is not None
        assert state.next_due_at > begun + timedelta(minutes=4)
        # All that earlier passes taught is there, and this one is counted in.
        assert state.memory.keys() == before[name].memory.keys()
        assert state.memory["rhythm"]["at"] > before[name].memory["rhythm"]["at"]
        assert state.memory["last"] == {
            k: v for k, v in result.items() if k not in ("error", "interrupted")
        }
        assert state.baseline_at == before[name].baseline_at
    with Archive(db) as archive, archive.begin() as tx:
        (run,) = (run for run in tx.runs(limit=1))
        held = tx.validators([f"{server.url}/feed" for server in servers.values()])
    assert run.outcome == "finished"
    assert run.counts.keys() == feeds.keys()
    for validator in held.values():
        assert validator.checked_at > begun
        # Only whole bytes are a full look.
        assert (validator.full_at > begun) is (validator.source_id == "neither")


def test_a_mixed_batch(db: str) -> None:
    """News, an error, a pause, a hanging server and a moved feed: each asked as often as ever."""

    def hang(connection: socket.socket, request: Request) -> None:
        time.sleep(3)

    names = ("same", "news", "gone", "pause", "hangs", "moved")
    with ExitStack() as stack:
        servers = {name: stack.enter_context(BadServer()) for name in names}
        for server in servers.values():
            server.routes |= {
                "/robots.txt": response("", 404),
                "/feed": conditional(rss("/story.html"), '"1"'),
                "/story.html": response(page("A story of the day")),
                "/other.html": response(page("Another story of the day")),
            }
        # The one that hangs comes first, and may not keep the others.
        sources = [source(name, servers[name].url) for name in reversed(names)]
        crawl(db, *sources)
        for server in servers.values():
            paths(server)
        servers["news"].routes["/feed"] = conditional(rss("/story.html", "/other.html"), '"2"')
        servers["gone"].routes["/feed"] = response("gone", 404)
        servers["pause"].routes["/feed"] = response("", 429, Retry_After="1800")
        servers["hangs"].routes["/feed"] = hang
        servers["moved"].routes["/feed"] = response("", 301, Location="/new-feed")
        servers["moved"].routes["/new-feed"] = conditional(rss("/story.html"), '"1"')
        begun = datetime.now(UTC)
        done = crawl(db, *sources).result["sources"]
        asked = {name: paths(server) for name, server in servers.items()}
        after = states(db)
    # The answer to the first look is the crawler's: nobody is asked twice for it.
    assert asked["same"] == ["/feed"]
    assert asked["news"] == ["/feed", "/robots.txt", "/other.html"]
    assert asked["gone"] == ["/feed"]
    assert asked["pause"] == ["/feed"]
    assert asked["moved"] == ["/feed", "/robots.txt", "/new-feed"]
    # Tried as often as any time-out, robots.txt before the second try.
    assert [path for path in asked["hangs"] if path == "/feed"] == ["/feed"] * 3
    assert {name: done[name]["errors"] for name in names} == {
        "same": {}, "news": {}, "moved": {}, "gone": {"http_4xx": 1}, "pause": {"http_4xx": 1},
        "hangs": {"timeout": 1},
    }  # fmt: skip
    assert (done["news"]["new"], done["news"]["found"], done["news"]["known"]) == (1, 2, 1)
    wait = after["pause"].next_due_at
    assert wait is not None
    assert wait - begun > timedelta(minutes=29)
    assert after["hangs"].failures == 0.5
    for name in names[:-2]:
        seen = after[name].last_ok_at if name in ("same", "news") else after[name].next_due_at
        assert seen is not None
    same = after["same"].last_ok_at
    assert same is not None
    assert same - begun < timedelta(seconds=2), "kept waiting by the one that hangs"
    # Nothing was lost of what the feed was known by.
    assert all(state.lease_owner is None for state in after.values())


def test_what_robots_txt_said_holds_for_a_day(db: str) -> None:
    with BadServer() as server:
        server.routes |= {
            "/robots.txt": response("User-agent: *\nCrawl-delay: 1"),
            "/feed": conditional(rss("/story.html"), '"1"'),
            "/section": conditional("<ul></ul>", '"2"'),
            "/map.xml": conditional("<urlset></urlset>", '"3"'),
            "/story.html": response(page("A story of the day")),
        }
        kinds = {"/feed": ChannelKind.FEED, "/map.xml": ChannelKind.SITEMAP}
        channels = [Channel(kind=kind, url=server.url + path) for path, kind in kinds.items()]
        one = source("s", server.url, *channels)
        crawl(db, one)
        paths(server)
        server.routes["/robots.txt"] = response("User-agent: *\nDisallow: /feed")
        crawl(db, one)
        # The pause it asked for is kept between two looks at one host.
        first, second = server.ledger
        assert paths(server) == ["/feed", "/map.xml"]
        assert second.at - first.at >= 0.9
        rules = states(db)["s"].memory["robots"]
        rules["at"] = (datetime.now(UTC) - timedelta(hours=25)).isoformat()
        execute(
            db,
            "UPDATE source SET memory = json_set(memory, '$.robots', json(:rules))",
            rules=json.dumps(rules),
        )
        third = crawl(db, one).result["sources"]["s"]
        assert paths(server) == ["/robots.txt", "/map.xml"]
        assert third["errors"] == {"robots": 1}
        # And what it says now is what is held: there is no first look at what it forbids.
        assert states(db)["s"].memory["robots"]["allowed"] == [f"{server.url}/map.xml"]
        crawl(db, one)
        assert paths(server) == ["/robots.txt", "/map.xml"]


def test_what_is_due_makes_a_whole_pass(db: str) -> None:
    """A full look once a day, articles to visit again, entries left over: no first look."""
    with BadServer() as server:
        server.routes |= {
            "/robots.txt": response("", 404),
            "/feed": conditional(rss("/story.html"), '"1"'),
            "/story.html": conditional(page("A story of the day"), '"s"'),
        }
        one = source("s", server.url)
        crawl(db, one)
        paths(server)
        execute(db, "UPDATE article SET next_check_at = '2020-01-01 00:00:00.000000'")
        assert crawl(db, one).result["sources"]["s"]["unchanged"] == 1
        assert sorted(paths(server)) == ["/feed", "/robots.txt", "/story.html"]
        execute(db, "UPDATE validator SET full_at = '2020-01-01 00:00:00.000000'")
        crawl(db, one)
        (whole,) = server.asked("/feed")
        assert "if-none-match" not in whole.headers
        assert paths(server) == ["/robots.txt", "/feed"]


def test_a_kill_in_the_middle_leaves_what_was_written(db: str) -> None:
    """Those that were looked at are done with; the one under way is somebody else's, later."""

    def hang(connection: socket.socket, request: Request) -> None:
        time.sleep(10)

    with ExitStack() as stack:
        servers = [stack.enter_context(BadServer()) for _ in range(4)]
        for server in servers:
            server.routes |= {"/robots.txt": response("", 404)}
            server.routes["/feed"] = conditional(rss("/2020/01/02/story.html"), '"1"')
            server.routes["/2020/01/02/story.html"] = response(page("A story of the day"))
        sources = [source(f"s{n}", server.url) for n, server in enumerate(servers)]
        crawl(db, *sources)
        servers[2].routes["/feed"] = hang
        begun = datetime.now(UTC)
        running = start("crawl", payload(db, sources))
        until = time.monotonic() + 20
        while time.monotonic() < until:
            time.sleep(0.1)
            done = {id_ for id_, s in states(db).items() if s.last_ok_at and s.last_ok_at > begun}
            if len(done) == 3:
                break
        os.kill(running.process.pid, signal.SIGKILL)
        running.result(5)
        after = states(db)
        assert done == {"s0", "s1", "s3"}
        assert [id_ for id_, state in after.items() if state.lease_owner] == ["s2"]
        servers[2].routes["/feed"] = conditional(rss("/2020/01/02/story.html"), '"1"')
        execute(db, "UPDATE source SET lease_until = '2020-01-01 00:00:00.000000'")
        assert crawl(db, *sources).result["sources"]["s2"]["ok"]
        assert states(db)["s2"].lease_owner is None


def test_the_end_breaks_looks_off_and_charges_nobody(db: str) -> None:
    def hang(connection: socket.socket, request: Request) -> None:
        time.sleep(10)

    with BadServer() as server:
        server.routes |= {
            "/robots.txt": response("", 404),
            "/feed": conditional(rss("/2020/01/02/story.html"), '"1"'),
            "/2020/01/02/story.html": response(page("A story of the day")),
        }
        one = source("s", server.url)
        crawl(db, one)
        paths(server)
        before = states(db)["s"]
        server.routes["/feed"] = hang
        running = start("crawl", payload(db, [one]))
        until = time.monotonic() + 20
        while not server.ledger and time.monotonic() < until:
            time.sleep(0.02)
        begun = time.monotonic()
        os.kill(running.process.pid, signal.SIGTERM)
        done = running.result(20)
        took = time.monotonic() - begun
        after = states(db)["s"]
    assert took < 3
    assert done.result["outcome"] == "interrupted"
    assert after.lease_owner is None
    assert (after.failures, after.next_due_at) == (0.0, before.next_due_at)


def test_of_a_large_batch_only_so_many_are_crawled(db: str) -> None:
    """Without a first look, and because of one; the others are as due as they were."""
    with ExitStack() as stack:
        servers = [stack.enter_context(BadServer()) for _ in range(6)]
        for server in servers:
            server.routes |= {
                "/robots.txt": response("", 404),
                "/feed": conditional(rss("/2020/01/02/story.html"), '"1"'),
                "/2020/01/02/story.html": response(page("A story of the day")),
            }
        sources = [source(f"s{n}", server.url) for n, server in enumerate(servers)]
        few = replace(RUN, most=2)
        first = crawl(db, *sources, run=few).result
        assert first["skipped"] == ("s2", "s3", "s4", "s5")
        assert sorted(first["sources"]) == ["s0", "s1"]
        assert [s.failures for s in states(db).values()] == [0.0] * 6
        assert not any(s.lease_owner for s in states(db).values())
        crawl(db, *sources[2:])
        for server in servers:
            paths(server)
        # All but two have nothing new: nothing is left for another process.
        for server in servers[:2]:
            server.routes["/feed"] = conditional(rss("/2020/01/02/story.html", "/n.html"), '"2"')
            server.routes["/n.html"] = response(page("News of the day"))
        second = crawl(db, *sources, run=few).result
    assert second["skipped"] == ()
    assert [second["sources"][f"s{n}"]["new"] for n in range(6)] == [1, 1, 0, 0, 0, 0]


def test_a_process_goes_on_with_what_is_due(db: str) -> None:
    """Another would cost more; but what has failed before it takes apart, and not for ever."""
    with ExitStack() as stack:
        servers = [stack.enter_context(BadServer(address=f"127.0.0.{n}")) for n in range(2, 8)]
        for server in servers:
            server.routes |= {
                "/robots.txt": response("", 404),
                "/feed": conditional(rss("/2020/01/02/story.html"), '"1"'),
                "/2020/01/02/story.html": response(page("A story of the day")),
            }
        sources = [source(f"s{n}", server.url) for n, server in enumerate(servers)]
        crawl(db, *sources)
        for server in servers:
            paths(server)
        now = datetime.now(UTC)
        execute(db, "UPDATE source SET next_due_at = '2020-01-01 00:00:00.000000'")
        execute(
            db,
            "UPDATE source SET failures = 1, next_due_at = '2020-01-02 00:00:00.000000' "
            "WHERE id IN ('s3', 's4')",
        )
        # One is not due, one is switched off.
        execute(db, "UPDATE source SET next_due_at = NULL WHERE id = 's1'")
        due = {s.id: replace(s, enabled=s.id != "s2") for s in sources}
        done = child("crawl", {**payload(db, sources[:1]), "due": due}).result
        asked = {s.id: paths(server) for s, server in zip(sources, servers, strict=True)}
        after = states(db)
    assert asked == {
        "s0": ["/feed"],
        "s1": [],
        "s2": [],
        "s3": ["/feed"],
        "s4": ["/feed"],
        "s5": ["/feed"],
    }
    assert sorted(done["sources"]) == ["s0", "s3", "s4", "s5"]
    assert {id_ for id_, s in after.items() if s.last_ok_at and s.last_ok_at > now} == {
        "s0",
        "s3",
        "s4",
        "s5",
    }
    assert not any(state.lease_owner for state in after.values())
    with Archive(db) as archive, archive.begin() as tx:
        (run,) = (run for run in tx.runs(limit=1))
    # Two claims: the longest waiting says of which kind.
    assert run.sources == ("s0", "s5", "s3", "s4")
    assert run.counts.keys() == {"s0", "s3", "s4", "s5"}


def test_an_address_inside_is_not_looked_at(db: str) -> None:
    """The guard of every connection is the first look's, too."""
    with BadServer() as server:
        server.routes |= {
            "/robots.txt": response("", 404),
            "/feed": conditional(rss("/2020/01/02/story.html"), '"1"'),
            "/2020/01/02/story.html": response(page("A story of the day")),
        }
        one = source("s", server.url, politeness=Politeness(delay_s=0, robots=False))
        crawl(db, one)
        paths(server)
        named = {
            "db": db,
            "sources": {"s": one},
            "fetch": replace(FETCH, allow_private_networks=()),
            "run": RUN,
        }
        done = child("crawl", named).result["sources"]["s"]
        assert paths(server) == []
    assert set(done["errors"]) <= {"gate", "blocked_address"}
    assert done["errors"]
