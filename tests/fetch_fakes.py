"""A server that misbehaves as told, and crawls in child processes (a process has one reactor)."""

from __future__ import annotations

import multiprocessing
import os
import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing import forkserver
from pathlib import Path
from typing import Any, Self

import fetch_child
from paths import ROOT

from spiders.sources import Channel, ChannelKind, Politeness, Source


@dataclass
class Request:
    """One request as received."""

    path: str
    headers: dict[str, str]
    at: float
    host: str = ""


#: Spellings of addresses that a publisher may not lead us to (5.9 no. 8): 127.0.0.2 and others
#: inside; {p} is a port.
PRIVATE = (
    "http://127.0.0.2:{p}/", "http://127.2:{p}/", "http://2130706434:{p}/",
    "http://0x7f000002:{p}/", "http://0177.0.0.2:{p}/", "http://[::ffff:127.0.0.2]:{p}/",
    "http://①②⑦.⓪.⓪.②:{p}/", "http://127.0.0.2.:{p}/", "//127.0.0.2:{p}/",
    "http://169.254.169.254/", "http://[::1]:{p}/", "http://10.0.0.1/", "http://100.64.0.1/",
    "http://0.0.0.0/", "http://[::ffff:7f00:2]:{p}/", "http://[64:ff9b::7f00:2]/",
)  # fmt: skip

#: Writes raw bytes to the socket; returning closes the connection.
Handler = Callable[[socket.socket, Request], None]


def response(
    body: bytes | str = b"", status: int = 200, length: int | None = None, **headers: str
) -> bytes:
    """Return a whole HTTP/1.1 response that closes its connection."""
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(data) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + data


def page(title: str, paragraphs: int = 6) -> str:
    """Return an article page that any extractor reads."""
    text = "".join(
        f"<p>The ministry said on Monday that measure {n} of {title} will be carried out in the "
        f"coming year by all provinces, and that {n * 7} billion yuan were set aside for it.</p>"
        for n in range(1, paragraphs + 1)
    )
    return (
        f"<html lang=en><head><title>{title}</title></head>"
        f"<body><article><h1>{title}</h1>{text}</article></body></html>"
    )


def rss(*links: str) -> str:
    """Return a feed of *links*."""
    items = "".join(
        f"<item><title>Story at {n}</title><link>{u}</link></item>" for n, u in enumerate(links)
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
    )


def reset(connection: socket.socket) -> None:
    """Close with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@dataclass
class BadServer:
    """Serves bytes or calls a handler by path; keeps a ledger. Use as a context manager."""

    routes: dict[str, bytes | Handler] = field(default_factory=dict)
    address: str = "127.0.0.1"
    wrap: Callable[[socket.socket], socket.socket] | None = None
    ledger: list[Request] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Self:
        self._socket = socket.create_server((self.address, 0), backlog=128)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{self.address}:{self.port}"
        self._open = True
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        self._socket.close()

    def asked(self, path: str) -> list[Request]:
        """Return the requests for *path*."""
        return [request for request in self.ledger if request.path == path]

    def _accept(self) -> None:
        while self._open:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        import time

        try:
            connection.settimeout(20)
            if self.wrap is not None:
                connection = self.wrap(connection)
            with connection:
                data = b""
                while b"\r\n\r\n" not in data:
                    more = connection.recv(65536)
                    if not more:
                        return
                    data += more
                head = data.decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in head[1:] if line)
                }
                request = Request(head[0].split(" ")[1], headers, time.monotonic())
                self.ledger.append(request)
                route = self.routes.get(request.path.partition("?")[0])
                if route is None:
                    route = response("no", 404)
                if isinstance(route, bytes):
                    connection.sendall(route)
                    connection.shutdown(socket.SHUT_WR)
                else:
                    route(connection, request)
        except OSError:
            return


def source(id_: str, home: str, *channels: Channel, **overrides: Any) -> Source:
    """Return a source that is not polite to loopback."""
    polite = overrides.pop("politeness", Politeness(delay_s=0, concurrency=16))
    feed = Channel(kind=ChannelKind.FEED, url=f"{home}/feed")
    return Source(
        id=id_,
        name=id_,
        home=f"{home}/",
        channels=channels or (feed,),
        politeness=polite,
        **overrides,
    )


@dataclass(frozen=True)
class Crawl:
    """What a child process came to."""

    result: Mapping[str, Any]
    log: str
    code: int

    def errors(self, path: str) -> set[str]:
        """Return the error classes logged for URLs that end in *path*."""
        found = set()
        for line in self.log.splitlines():
            parts = line.split(": ")
            if len(parts) > 3 and parts[-1] and any(p.endswith(path) for p in parts[3:4]):
                found.add(parts[2])
        return found


#: Children are forked from a server that has imported everything once: a crawl costs what it
#: does, not two seconds of imports.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["fetch_child"])


@dataclass
class Child:
    """A crawl under way in a process of its own."""

    process: Any
    pipe: Any
    log: Path

    def result(self, timeout_s: float = 90) -> Crawl:
        """Wait for the end and return what it came to."""
        try:
            found = self.pipe.recv() if self.pipe.poll(timeout_s) else {}
        except EOFError:
            found = {}
        self.process.join(10)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join(5)
        return Crawl(found, self.log.read_text("utf-8", "replace"), self.process.exitcode)


def start(mode: str, payload: Mapping[str, Any]) -> Child:
    """Start tests/fetch_child.py with *payload*."""
    # The server of forks is started by the first child; Python 3.11 does not hand it sys.path.
    held = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    try:
        forkserver.ensure_running()
    finally:
        if held is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = held
    ours, theirs = _FORKS.Pipe()
    handle, name = tempfile.mkstemp(suffix=".log")
    os.close(handle)
    process = _FORKS.Process(target=fetch_child.main, args=(mode, dict(payload), theirs, name))
    process.start()
    theirs.close()
    return Child(process, ours, Path(name))


def child(mode: str, payload: Mapping[str, Any], *, timeout_s: float = 90) -> Crawl:
    """Run a crawl in a child to its end."""
    started = start(mode, payload)
    try:
        return started.result(timeout_s)
    finally:
        started.log.unlink(missing_ok=True)
