"""Reference 5.9, rows 1 to 8, 10 to 12, 34, 47: one crawl meets them all, and goes on."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
import zstandard
from fetch_fakes import (
    PRIVATE,
    BadServer,
    Crawl,
    Handler,
    Request,
    child,
    page,
    reset,
    response,
    rss,
    source,
)

from crawler.options import FetchOptions, RunOptions
from crawler.world.tls import Authority
from spiders.sources import Politeness

#: Extraction has its own tests; here it runs in the crawling process.
EXTRACTORS = 0
MIB = 1024 * 1024
BOMB = b"\0" * (40 * MIB)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def raw(*pieces: bytes, pause: float = 0.0, abort: bool = False, hold: float = 0.0) -> Handler:
    """Return a handler that sends *pieces* one by one."""

    def handle(connection: socket.socket, _: Request) -> None:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        time.sleep(hold)
        if abort:
            reset(connection)

    return handle


def endless(connection: socket.socket, _: Request) -> None:
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def redirect(target: str, status: int = 302) -> bytes:
    return response("", status, Location=target)


def encoded(data: bytes, name: str) -> bytes:
    return response(data, Content_Encoding=name, Content_Type="text/html")


#: path: (what is served, the error class, or None when the page must be stored)
CASES: dict[str, tuple[bytes | Handler, str | None]] = {
    "/gzip-bomb": (encoded(gzip.compress(BOMB), "gzip"), "oversize"),
    "/deflate-bomb": (encoded(zlib.compress(BOMB), "deflate"), "oversize"),
    "/br-bomb": (encoded(brotli.compress(BOMB, quality=1), "br"), "oversize"),
    "/zstd-bomb": (encoded(zstandard.compress(BOMB), "zstd"), "oversize"),
    "/double-bomb": (encoded(gzip.compress(gzip.compress(BOMB)), "gzip, gzip"), "oversize"),
    "/endless": (endless, "oversize"),
    "/claims-100-gb": (HEAD + b"Content-Length: 99999999999\r\n\r\nx", "oversize"),
    "/short": (response(page("Short"), length=100_000, Content_Type="text/html"), "truncated"),
    "/trickle": (raw(HEAD + b"Content-Length: 99\r\n\r\n", *[b"x"] * 12, pause=0.4), "timeout"),
    "/silence": (raw(hold=4), "timeout"),
    "/slow-headers": (raw(b"HTTP/1.1 200 OK\r\n", *[b"A: b\r\n"] * 12, pause=0.4), "timeout"),
    "/reset-at-once": (raw(abort=True), "connection"),
    "/reset-mid-body": (raw(HEAD + b"Content-Length: 99\r\n\r\nxx", abort=True), "truncated"),
    "/garbage": (b"\x00\xffnonsense\r\n\r\n", "connection"),
    "/bad-chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nxx\r\n", "truncated"),
    "/bad-gzip": (encoded(b"\x1f\x8bnot gzip at all", "gzip"), "connection"),
    "/self": (redirect("/self"), "redirect_loop"),
    "/loop-a": (redirect("/loop-b"), "redirect_loop"),
    "/loop-b": (redirect("/loop-a"), "redirect_loop"),
    "/hop-1": (redirect("/hop-2"), "redirect_loop"),
    **{f"/hop-{n}": (redirect(f"/hop-{n + 1}"), None) for n in range(2, 8)},
    "/moved": (redirect("/story-moved", 301), None),
    "/to-file": (redirect("file:///etc/passwd"), "gate"),
    "/to-data": (redirect("data:text/html,x"), "gate"),
    "/to-backslash": (redirect("http://127.0.0.1\\@example.com/"), "gate"),
    "/to-userinfo": (redirect("http://u:p@127.0.0.1/"), "gate"),
    "/to-port-22": (redirect("http://127.0.0.1:22/"), "gate"),
    "/off-site": (redirect("http://127.0.0.2:80/"), "blocked_address"),
    "/gone": (response("gone", 410), "http_4xx"),
    "/missing": (response("no", 404), "http_4xx"),
    "/broken": (response("oops", 500), "http_5xx"),
    "/no-location": (response("", 302), "parse"),
    "/not-modified": (response("", 304), "parse"),
    "/big-headers": (
        HEAD + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 2000) for n in range(300)) + b"\r\n"
        + page("Big headers").encode(),
        None,
    ),
    "/cookies": (
        response(
            page("Cookies"), Content_Type="text/html", Set_Cookie="a=b", Refresh="0; url=/refresh",
            Referrer_Policy="unsafe-url",
        ),
        None,
    ),
    "/nested": (
        response("<html><body>" + "<div>" * 50_000 + "x", Content_Type="text/html"), None,
    ),
    "/binary": (response(bytes(range(256)) * 40, Content_Type="text/html; charset=utf-99"), None),
}  # fmt: skip


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crawl, BadServer, BadServer]]:
    """One crawl over everything: hostile pages, 40 good ones between, two sources."""
    db = f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'w.db'}"
    with BadServer(address="127.0.0.2") as canary, BadServer() as server:
        server.routes |= {path: served for path, (served, _) in CASES.items()}
        for n, spelling in enumerate(PRIVATE):
            server.routes[f"/private-{n}"] = redirect(spelling.format(p=canary.port))
        good = [f"/story-{n}" for n in ["moved", *range(10)]]
        for path in good:
            server.routes[path] = response(
                page(f"Story {path} of the day"), Content_Type="text/html"
            )
        paths = [*server.routes]
        server.routes["/robots.txt"] = response("User-agent: *\nDisallow: /forbidden")
        odd = ["javascript:alert(1)", "gopher://x/", "http://user:pw@127.0.0.1/", "/forbidden"]
        server.routes["/feed"] = response(rss(*paths, *odd), ETag='"never-advances"')
        server.routes["/good-feed"] = response(rss(*good), ETag='"good"')
        bad = source("bad", server.url, max_articles=500)
        fine = source("fine", server.url)
        fine = replace(fine, channels=(replace(fine.channels[0], url=f"{server.url}/good-feed"),))
        yield (
            child(
                "crawl",
                {
                    "db": db,
                    "sources": {"bad": bad, "fine": fine},
                    "fetch": FetchOptions(
                        allow_private_networks=("127.0.0.1/32",),
                        timeout_s=2.0,
                        max_bytes=4 * MIB,
                        concurrency=32,
                    ),
                    "run": RunOptions(extractors=EXTRACTORS),
                },
                timeout_s=90,
            ),
            server,
            canary,
        )


@pytest.mark.parametrize(("path", "error"), [(path, error) for path, (_, error) in CASES.items()])
def test_each_failure_has_its_class(
    crawl: tuple[Crawl, BadServer, BadServer], path: str, error: str | None
) -> None:
    found = crawl[0].errors(path)
    if path.startswith("/hop-"):
        # Six hops are too many; from the second on it is five or fewer, to a page that is not there.
        assert found == {"redirect_loop" if path == "/hop-1" or path == "/hop-2" else "http_4xx"}
    else:
        assert found == ({error} if error else set())


def test_no_spelling_of_a_private_address_is_dialled(
    crawl: tuple[Crawl, BadServer, BadServer],
) -> None:
    done, _, canary = crawl
    assert canary.connections == 0
    for n, spelling in enumerate(PRIVATE):
        assert done.errors(f"/private-{n}") <= {"blocked_address", "gate"}, spelling
        assert done.errors(f"/private-{n}"), spelling


def test_the_rest_of_the_source_and_other_sources_are_not_touched(
    crawl: tuple[Crawl, BadServer, BadServer],
) -> None:
    done, _, _ = crawl
    assert done.code == 0
    assert done.result["outcome"] == "finished"
    bad, fine = done.result["sources"]["bad"], done.result["sources"]["fine"]
    assert fine["ok"]
    # What both list is stored once, by whichever came first.
    assert fine["new"] + bad["new"] + bad["revised"] >= 11
    assert bad["errors"]["robots"] == 1
    assert "Traceback" not in done.log


def test_it_stays_small_and_ends_in_time(crawl: tuple[Crawl, BadServer, BadServer]) -> None:
    done, _, _ = crawl
    # The child imports trafilatura and friends: about 190 MB before the first request.
    assert done.result["peak_mb"] < 400
    assert done.result["seconds"] < 45


def test_nothing_is_sent_that_the_answers_asked_for(
    crawl: tuple[Crawl, BadServer, BadServer],
) -> None:
    _, server, _ = crawl
    assert not [r for r in server.ledger if "cookie" in r.headers or "referer" in r.headers]
    assert not server.asked("/refresh")
    assert not server.asked("/forbidden")
    assert {r.headers["user-agent"] for r in server.ledger} == {FetchOptions().user_agent}


def test_urls_with_passwords_are_not_logged(crawl: tuple[Crawl, BadServer, BadServer]) -> None:
    assert "user:pw" not in crawl[0].log
    assert "u:p@" not in crawl[0].log


def test_a_certificate_nobody_signed_is_refused_and_ca_file_is_trusted(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = authority.context("localhost")

    def wrap(plain: socket.socket) -> socket.socket:
        return context.wrap_socket(plain, server_side=True)

    with BadServer(wrap=wrap) as server:
        home = f"https://localhost:{server.port}"
        server.routes["/feed"] = response(rss("/story"))
        server.routes["/story"] = response(page("A story over TLS"), Content_Type="text/html")
        base = {
            "sources": {"tls": source("tls", home, politeness=Politeness(delay_s=0, robots=False))},
            "run": RunOptions(extractors=EXTRACTORS),
        }
        fetch = FetchOptions(allow_private_networks=("127.0.0.0/8", "::1/128"), timeout_s=5)
        distrusted = child("crawl", {**base, "db": f"sqlite:///{tmp_path}/a.db", "fetch": fetch})
        trusted = child(
            "crawl",
            {
                **base,
                "db": f"sqlite:///{tmp_path}/b.db",
                "fetch": replace(fetch, ca_file=authority.ca_file),
            },
        )
    assert distrusted.result["sources"]["tls"]["errors"] == {"tls_error": 1}
    assert not distrusted.result["sources"]["tls"]["ok"]
    assert trusted.result["sources"]["tls"]["new"] == 1


def test_every_host_must_prove_its_own_name(tmp_path: Path) -> None:
    """The authorities are read once for all hosts; what a host is called is checked each time."""
    authority = Authority(tmp_path)
    context = authority.context("localhost")

    def wrap(plain: socket.socket) -> socket.socket:
        return context.wrap_socket(plain, server_side=True)

    with BadServer(wrap=wrap, routes={"/": response("hello")}) as server:
        named, other = f"https://localhost:{server.port}/", f"https://127.0.0.1:{server.port}/"
        fetch = FetchOptions(
            allow_private_networks=("127.0.0.0/8", "::1/128"), ca_file=authority.ca_file
        )
        for urls in ([named, other], [other, named]):
            seen = child("bare", {"urls": urls, "fetch": fetch}).result
            assert seen == {named: "read 200", other: "tls_error"}
