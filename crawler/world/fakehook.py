"""A webhook's receiver on loopback that keeps what it took and spoils answers with given odds."""

from __future__ import annotations

import json
import logging
import random
import socket
import struct
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from crawler.world.slackfaults import Fault, Mix

logger = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
#: How a message says it itself, where there is no field for it.
_MARK = "may be a repeat"


class FakeHook:
    """Takes what Windcatch's own webhook and Slack's incoming webhook would take."""

    def __init__(self, *, mix: Mix | None = None) -> None:
        """Take the faults; nothing is served before `start`."""
        #: Alert -> of each time it was taken: True when it said that it may be a repeat.
        self.taken: dict[str, list[bool]] = {}
        self.requests: Counter[str] = Counter()
        self._mix = mix
        self._random = random.Random(mix.seed if mix else 0)  # noqa: S311 - a test's dice
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.hook = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def url(self) -> str:
        """Where to post; any name may follow."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def heal(self) -> None:
        """Answer as one should from now on."""
        with self._lock:
            self._mix = None

    def draw(self, path: str) -> Fault | None:
        """Return what goes wrong with this request."""
        with self._lock:
            self.requests[path] += 1
            share = self._random.random()
            for odds, fault in self._mix.faults if self._mix else ():
                share -= odds
                if share < 0:
                    return fault
        return None

    def take(self, body: dict[str, Any]) -> None:
        """Keep one message."""
        if "message_id" in body:
            key, marked = str(body["alert_id"]), bool(body["payload"]["repeat"])
        else:
            # Slack's webhook gets no identifier: the headline is.
            key, marked = str(body["blocks"][0]["text"]["text"]), _MARK in json.dumps(body)
        with self._lock:
            self.taken.setdefault(key, []).append(marked)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join(timeout=5)
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    hook: FakeHook

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the test."""
        logger.debug("fakehook: %s", sys.exc_info()[1])


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 30

    def do_POST(self) -> None:
        """Take one message, or spoil its answer."""
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= MAX_BODY:
            self.send_error(413)
            return
        body = json.loads(self.rfile.read(length))
        fault = self.server.hook.draw(self.path)
        if fault is None or fault.stored:
            self.server.hook.take(body)
        if fault is None:
            self._answer(200, b"ok")
        else:
            self._spoil(fault)

    def _spoil(self, fault: Fault) -> None:
        match fault.how:
            case "status":
                self._answer(fault.status, b"no", fault.retry_after)
            case "half":
                self._answer(200, b"o", length=2)
            case "hang":
                self.server.hook.closing.wait(fault.seconds)
            case "reset":
                on = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, on)
                self.connection.close()
            case "fin" | "error":
                pass
            case _:
                raise ValueError(fault.how)
        self.close_connection = True

    def _answer(
        self, status: int, body: bytes, wait: str | None = None, *, length: int | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if wait is not None:
            self.send_header("Retry-After", wait)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet."""
