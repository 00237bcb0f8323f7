"""A server for bench_poll.py: a page or feed for each loopback address, 304 to who knows it.

Every address of 127.0.0.0/8 is a host of its own, so that nobody's politeness groups them.
"""

from __future__ import annotations

import asyncio
import sys


class Answers(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as little of it as the clients need."""

    counts: dict[str, int]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._data = b""

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self._data += data
        while b"\r\n\r\n" in self._data:
            head, _, self._data = self._data.partition(b"\r\n\r\n")
            self._transport.write(self._answer(head))

    def _answer(self, head: bytes) -> bytes:
        line, *rest = head.split(b"\r\n")
        path = line.split(b" ")[1]
        names = {row.partition(b":")[0].lower(): row.partition(b":")[2].strip() for row in rest}
        if path == b"/counts":
            return _response(200, b"text/plain", repr(self.counts).encode())
        if path == b"/robots.txt":
            self.counts["robots"] += 1
            return _response(200, b"text/plain", b"User-agent: *\nAllow: /\n")
        if names.get(b"if-none-match") == b'"one"':
            self.counts["304"] += 1
            return b'HTTP/1.1 304 Not Modified\r\nETag: "one"\r\n\r\n'
        self.counts["200"] += 1
        host = names.get(b"host", b"x")
        if path == b"/feed":
            return _response(200, b"application/rss+xml", _feed(host), b'"one"')
        return _response(200, b"text/html", _page(host), b'"one"')


def _response(status: int, kind: bytes, body: bytes, etag: bytes = b"") -> bytes:
    tag = b"ETag: " + etag + b"\r\n" if etag else b""
    return b"HTTP/1.1 %d OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n%b\r\n%b" % (
        status,
        kind,
        len(body),
        tag,
        body,
    )


def _feed(host: bytes) -> bytes:
    # Of years ago: known to be old, so that the first pass fetches no articles.
    items = b"".join(
        b"<item><title>Story %d</title><link>http://%b/2020/story-%d.html</link>"
        b"<pubDate>Mon, 06 Jan 2020 0%d:00:00 GMT</pubDate></item>" % (n, host, n, n)
        for n in range(9)
    )
    return (
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>%b</channel></rss>'
        % (items)
    )


def _page(host: bytes) -> bytes:
    rows = b"".join(
        b'<li><a href="/2020/story-%d.html">Story %d of %b, of some length</a></li>' % (n, n, host)
        for n in range(9)
    )
    return b"<html><head><title>News</title></head><body><ul>%b</ul></body></html>" % rows


async def main() -> None:
    """Serve until the standard input closes; the first line printed is the port."""
    Answers.counts = {"robots": 0, "200": 0, "304": 0}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answers, "0.0.0.0", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
