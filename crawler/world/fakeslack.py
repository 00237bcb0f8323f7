"""A Slack on loopback: the Web API Windcatch uses, Slack's limits, and every way it can fail.

`python -m crawler.world.fakeslack --port 8081` serves one for trying things by hand.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from crawler.world.slackfaults import Fault, Mix
from crawler.world.slackspace import Posted, Refused, Workspace

logger = logging.getLogger(__name__)

TOKEN = "xoxb-fake-0000"  # noqa: S105 - opens nothing but this fake
MAX_BODY = 1024 * 1024


class FakeSlack:
    """A fake Slack, serving from `start` (or entering it) to `close`."""

    def __init__(
        self,
        channels: Iterable[str] = ("#policy-alerts",),
        *,
        token: str = TOKEN,
        port: int = 0,
        one_a_second: bool = False,
        mix: Mix | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the channels.

        Args:
            clock: seconds since the epoch; give it the program's where that is shifted, since
                reconciling asks for messages from a time on.
        """
        self.space = Workspace(channels, token=token, one_a_second=one_a_second, clock=clock)
        #: Requests seen, by method.
        self.requests: Counter[str] = Counter()
        self._mix = mix
        self._random = random.Random(mix.seed if mix else 0)  # noqa: S311 - a test's dice
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        #: Set at `close`: an answer that hangs ends.
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.slack = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def url(self) -> str:
        """What WINDCATCH_SLACK_API_URL must be."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    def start(self) -> Self:
        """Serve in a thread."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop serving."""
        self.closing.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(timeout=5)
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def fail(self, *faults: Fault) -> None:
        """Let the next matching requests go wrong, one for each of *faults*, in order."""
        with self._lock:
            self._faults += faults

    def heal(self) -> None:
        """Forget every fault that has not happened yet, the random ones too."""
        with self._lock:
            self._faults.clear()
            self._mix = None

    def ledger(self, channel: str | None = None) -> tuple[Posted, ...]:
        """Return every message ever stored; see `Workspace.ledger`."""
        return self.space.ledger(channel)

    def duplicates(self) -> dict[str, list[Posted]]:
        """Return the alerts that have more than one message."""
        return {key: found for key, found in self.space.by_alert().items() if len(found) > 1}

    def draw(self, method: str, args: Mapping[str, Any]) -> Fault | None:
        """Return the fault for this request, used up by it."""
        with self._lock:
            self.requests[method] += 1
            for index, fault in enumerate(self._faults):
                if fault.method == method and fault.channel in (None, args.get("channel")):
                    return self._faults.pop(index)
            if self._mix is None or method != "chat.postMessage":
                return None
            return self._mix.draw(self._random)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    #: Many deliverers may knock at once.
    request_queue_size = 128
    slack: FakeSlack

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news: it does so in half of the tests."""
        logger.debug("fakeslack: %s", sys.exc_info()[1])


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 30

    def do_POST(self) -> None:
        """Answer one API call, or spoil its answer."""
        method = urlsplit(self.path).path.rpartition("/")[2]
        args = self._arguments()
        if args is None:
            self._answer(400, {"ok": False, "error": "invalid_form_data"})
            return
        fault = self.server.slack.draw(method, args)
        if fault is None:
            self._answer(*self._call(method, args))
            return
        stored = self._call(method, args) if fault.stored else None
        self._spoil(fault, stored)

    def _call(
        self, method: str, args: Mapping[str, Any]
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        scheme, _, token = (self.headers.get("Authorization") or "").partition(" ")
        try:
            answer = self.server.slack.space.call(
                method, args, token if scheme.lower() == "bearer" and token else None
            )
        except Refused as refused:
            body = {"ok": False, "error": refused.code}
            if refused.retry_after is not None:
                return 429, body, {"Retry-After": refused.retry_after}
            return 200, body, {}
        scopes = ",".join(sorted(self.server.slack.space.scopes))
        return 200, answer, {"X-OAuth-Scopes": scopes}

    def _spoil(
        self, fault: Fault, stored: tuple[int, dict[str, Any], dict[str, str]] | None
    ) -> None:
        match fault.how:
            case "error":
                self._answer(200, {"ok": False, "error": fault.code})
            case "status":
                wait = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
                code = "ratelimited" if fault.status == 429 else "internal_error"
                self._answer(fault.status, {"ok": False, "error": code}, wait)
            case "html":
                self._raw(fault.status if fault.status != 500 else 200, b"<html>Sorry</html>")
            case "garbage":
                self._raw(200, b'{"ok": tru', kind="application/json")
            case "redirect":
                self._answer(302, {}, {"Location": "http://127.0.0.1:9/elsewhere"})
            case "half":
                body = json.dumps(stored[1] if stored else {"ok": True}).encode()
                self._raw(200, body[: len(body) // 2], length=len(body))
            case "hang":
                self.server.slack.closing.wait(fault.seconds)
                self.close_connection = True
            case "fin":
                self.close_connection = True
            case "reset":
                self._reset()
            case _:
                raise ValueError(fault.how)

    def _arguments(self) -> dict[str, Any] | None:
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= MAX_BODY:
            return None
        body = self.rfile.read(length)
        try:
            if "json" in (self.headers.get("Content-Type") or ""):
                found = json.loads(body or b"{}")
                return found if isinstance(found, dict) else None
            args: dict[str, Any] = dict(parse_qsl(body.decode(), keep_blank_values=True))
            for key in ("blocks", "metadata"):
                if key in args:
                    args[key] = json.loads(args[key])
        except ValueError:
            return None
        return args

    def _answer(
        self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> None:
        self._raw(status, json.dumps(body).encode(), kind="application/json", headers=headers)

    def _raw(
        self,
        status: int,
        body: bytes,
        *,
        kind: str = "text/html",
        length: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _reset(self) -> None:
        # Linger 0 turns close() into RST; the file objects hold the socket open, so go below them.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.rfile.close()
        self.wfile.close()
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Log where the rest of the program logs, not to standard error."""
        logger.debug("fakeslack: %s", format % args)


def main(argv: list[str] | None = None) -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--channel", action="append", help="such as #policy-alerts; repeatable")
    parser.add_argument("--one-a-second", action="store_true", help="Slack's limit per channel")
    options = parser.parse_args(argv)
    slack = FakeSlack(
        options.channel or ["#policy-alerts"], port=options.port, one_a_second=options.one_a_second
    )
    sys.stdout.write(f"WINDCATCH_SLACK_API_URL={slack.url} SLACK_BOT_TOKEN={TOKEN}\n")
    sys.stdout.flush()
    stop = threading.Event()
    with slack:
        try:
            stop.wait()
        except KeyboardInterrupt:
            sys.stdout.write(f"{len(slack.ledger())} messages\n")


if __name__ == "__main__":
    main()
