"""A webhook's receiver on loopback that keeps what it took and spoils answers with given odds."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any

from crawler.world.receiver import MARK, Listener, Receiver, cut_off
from crawler.world.slackfaults import Fault, Mix

MAX_BODY = 1024 * 1024


class FakeHook(Receiver):
    """Takes what Windcatch's own webhook and Slack's incoming webhook would take."""

    def __init__(self, *, mix: Mix | None = None) -> None:
        """Take the faults."""
        super().__init__(_Handler, mix=mix)


class _Handler(BaseHTTPRequestHandler):
    server: Listener
    timeout = 30

    def do_POST(self) -> None:
        """Take one message, or spoil its answer."""
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= MAX_BODY:
            self.send_error(413)
            return
        body = json.loads(self.rfile.read(length))
        fault = self.server.receiver.draw(self.path)
        if fault is None or fault.stored:
            alert, marked = _read(body)
            self.server.receiver.keep(alert, marked=marked)
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
                self.server.receiver.closing.wait(fault.seconds)
            case "reset":
                cut_off(self.connection)
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


def _read(body: dict[str, Any]) -> tuple[str, bool]:
    """Return which alert *body* tells, and whether it says that it may be a repeat."""
    if "message_id" in body:
        return str(body["alert_id"]), bool(body["payload"]["repeat"])
    # Slack's webhook gets no identifier: the headline is.
    return str(body["blocks"][0]["text"]["text"]), MARK in json.dumps(body)
