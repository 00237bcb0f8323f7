"""A mail server on loopback that keeps what it took and breaks off with given odds."""

from __future__ import annotations

import email
import email.policy
import socketserver

from crawler.world.receiver import MARK, Listener, Receiver, cut_off
from crawler.world.slackfaults import Fault, Mix

MAX_LINES = 10_000


class FakeMail(Receiver):
    """Takes what Windcatch hands to a mail server (RFC 5321, as much as that needs)."""

    scheme = "smtp"

    def __init__(self, *, mix: Mix | None = None) -> None:
        """Take the faults."""
        super().__init__(_Handler, mix=mix)


class _Handler(socketserver.StreamRequestHandler):
    server: Listener
    timeout = 30

    def handle(self) -> None:
        """Speak until the client is gone, or a fault ends it."""
        self._say("220 ready")
        fault: Fault | None = None
        while line := self.rfile.readline(2000).decode("latin-1").strip():
            word = line.split(maxsplit=1)[0].upper()
            if word == "RCPT":
                fault = self.server.receiver.draw(line.partition("<")[2].partition(">")[0])
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
            self._keep(data)
        if fault is None:
            self._say("250 taken")
            return True
        match fault.how:
            case "reset":
                cut_off(self.connection)
            case "half":
                self.wfile.write(b"25")
            case "hang":
                self.server.receiver.closing.wait(fault.seconds)
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

    def _keep(self, data: bytes) -> None:
        mail = email.message_from_bytes(data, policy=email.policy.default)
        alert = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        self.server.receiver.keep(alert, marked=MARK in str(mail.get_content()))

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
