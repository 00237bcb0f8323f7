"""A mail server on loopback that keeps what it took and breaks off with given odds."""

from __future__ import annotations

import email
import email.policy
import logging
import random
import socket
import socketserver
import struct
import sys
import threading
from collections import Counter
from types import TracebackType
from typing import Any, Self

from crawler.world.slackfaults import Fault, Mix

logger = logging.getLogger(__name__)

MAX_LINES = 10_000
_MARK = "may be a repeat"


class FakeMail:
    """Takes what Windcatch hands to a mail server (RFC 5321, as much as that needs)."""

    def __init__(self, *, mix: Mix | None = None) -> None:
        """Take the faults; nothing is served before it is entered."""
        #: Alert -> of each time it was taken: True when it said that it may be a repeat.
        self.taken: dict[str, list[bool]] = {}
        #: Mails begun, by recipient.
        self.requests: Counter[str] = Counter()
        self._mix = mix
        self._random = random.Random(mix.seed if mix else 0)  # noqa: S311 - a test's dice
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.mail = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://127.0.0.1:{self._server.server_address[1]}/"

    def heal(self) -> None:
        """Answer as one should from now on."""
        with self._lock:
            self._mix = None

    def draw(self, recipient: str) -> Fault | None:
        """Return what goes wrong with this mail."""
        with self._lock:
            self.requests[recipient] += 1
            share = self._random.random()
            for odds, fault in self._mix.faults if self._mix else ():
                share -= odds
                if share < 0:
                    return fault
        return None

    def take(self, data: bytes) -> None:
        """Keep one mail, under the alert that its Message-ID names."""
        mail = email.message_from_bytes(data, policy=email.policy.default)
        alert = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        with self._lock:
            self.taken.setdefault(alert, []).append(_MARK in str(mail.get_content()))

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


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    mail: FakeMail

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the test."""
        logger.debug("fakemail: %s", sys.exc_info()[1])


class _Handler(socketserver.StreamRequestHandler):
    server: _Server
    timeout = 30

    def handle(self) -> None:
        """Speak until the client is gone, or a fault ends it."""
        self._say("220 ready")
        fault: Fault | None = None
        while line := self.rfile.readline(2000).decode("latin-1").strip():
            word = line.split(maxsplit=1)[0].upper()
            if word == "RCPT":
                fault = self.server.mail.draw(line.partition("<")[2].partition(">")[0])
            if word == "QUIT":
                return
            if word != "DATA":
                self._say("250 fine")
            elif not self._data(fault):
                return

    def _data(self, fault: Fault | None) -> bool:
        """Take one mail, or not; return False when the connection is broken off."""
        if fault is not None and fault.how == "status" and not fault.stored:
            # RFC 5321, 4.2.1: a transient refusal says that nothing was taken.
            self._say("451 later")
            return True
        self._say("354 go on")
        data = self._body()
        if fault is None or fault.stored:
            self.server.mail.take(data)
        if fault is None:
            self._say("250 taken")
            return True
        match fault.how:
            case "reset":
                on = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, on)
                self.connection.close()
            case "half":
                self.wfile.write(b"25")
            case "hang":
                self.server.mail.closing.wait(fault.seconds)
            case "fin" | "status" | "error":
                pass
            case _:
                raise ValueError(fault.how)
        return False

    def _body(self) -> bytes:
        lines: list[bytes] = []
        while (line := self.rfile.readline(100_000)) not in (b".\r\n", b""):
            if len(lines) == MAX_LINES:
                raise ValueError("no mail of ours has so many lines")
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
