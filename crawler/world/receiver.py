"""What takes alerts on loopback without ever being asked for them again, and answers as faults say."""

from __future__ import annotations

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

#: How a message says so itself, where there is no field for it.
MARK = "may be a repeat"


class Receiver:
    """Keeps which alerts it took, and how often; serves while entered."""

    scheme = "http"

    def __init__(
        self, handler: type[socketserver.StreamRequestHandler], *, mix: Mix | None = None
    ) -> None:
        """Take the protocol's handler, which finds this as `server.receiver`."""
        #: Alert -> of each time it was taken: True when it said that it may be a repeat.
        self.taken: dict[str, list[bool]] = {}
        #: Messages that were begun, by address.
        self.requests: Counter[str] = Counter()
        self._mix = mix
        self._random = random.Random(mix.seed if mix else 0)  # noqa: S311 - a test's dice
        self._lock = threading.Lock()
        #: Set when it stops: an answer that hangs ends.
        self.closing = threading.Event()
        self._server = Listener(("127.0.0.1", 0), handler)
        self._server.receiver = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def port(self) -> int:
        """The loopback port."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Where to send to; the receiver's own protocol."""
        return f"{self.scheme}://127.0.0.1:{self.port}/"

    def heal(self) -> None:
        """Answer as one should from now on."""
        with self._lock:
            self._mix = None

    def draw(self, address: str) -> Fault | None:
        """Return what goes wrong with this message to *address*."""
        with self._lock:
            self.requests[address] += 1
            return self._mix.draw(self._random) if self._mix else None

    def keep(self, alert: str, *, marked: bool) -> None:
        """Keep one message."""
        with self._lock:
            self.taken.setdefault(alert, []).append(marked)

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


class Listener(socketserver.ThreadingTCPServer):
    """A thread for each connection."""

    daemon_threads = True
    allow_reuse_address = True
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the test."""
        logger.debug("%s", sys.exc_info()[1])


def cut_off(connection: socket.socket) -> None:
    """Close with RST instead of FIN: linger on, for zero seconds."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
