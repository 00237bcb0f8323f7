"""What a client asked and what it is to be sent, as values. Pure: the server only carries them out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit


class Manner(StrEnum):
    """How the bytes of a reply leave: well, or in one of the ways servers fail."""

    PLAIN = "plain"
    #: Reset the connection before a byte of the answer.
    RESET = "reset"
    #: Reset after the headers.
    RESET_HEADERS = "reset_headers"
    #: Reset in the middle of the body.
    RESET_BODY = "reset_body"
    #: Announce the whole length, send half, close in an orderly way.
    TRUNCATE = "truncate"
    #: Announce 10^11 bytes, send the body, keep the connection open.
    FALSE_LENGTH = "false_length"
    #: One byte of the body at a time, half a second apart.
    TRICKLE = "trickle"
    #: One header at a time, half a second apart.
    SLOW_HEADERS = "slow_headers"
    #: Accept and never answer.
    SILENCE = "silence"
    #: Something that is not HTTP.
    GARBAGE = "garbage"
    #: A chunk size that is not hexadecimal.
    BAD_CHUNK = "bad_chunk"
    #: Chunks without end (64 MiB at most, so that a test ends).
    ENDLESS = "endless"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it arrived, the target already made absolute."""

    method: str
    url: str
    #: Names lower-case, in the order received.
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def host(self) -> str:
        """The host name asked for, lower-case, without port."""
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        return urlsplit(self.url).scheme

    @property
    def path(self) -> str:
        """The path, never empty, without the query."""
        return urlsplit(self.url).path or "/"

    @property
    def target(self) -> str:
        """The path with its query: what a site tells its documents apart by."""
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    @property
    def query(self) -> dict[str, str]:
        """The query's fields; of a repeated one the last."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    def header(self, name: str) -> str | None:
        """Return the first value of header *name* (lower-case), or None."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is to be sent. Content-Length and Connection are the server's business."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    manner: Manner = Manner.PLAIN
    #: Seconds before the first byte.
    delay_s: float = 0.0
    #: For the ledger: the piece served and its revision, None for anything else.
    piece: str | None = None
    revision: int | None = None
    #: For the ledger: the fault that shaped this reply.
    fault: str | None = None

    def header(self, name: str) -> str | None:
        """Return the first value of header *name* (any case), or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


def html(body: str, *, status: int = 200) -> Reply:
    """Return an HTML reply in UTF-8."""
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Reply(status=status, headers=headers, body=body.encode())


def redirect(to: str, *, status: int = 302) -> Reply:
    """Return a redirect to *to*, absolute or relative."""
    return Reply(status=status, headers=(("Location", to), ("Content-Type", "text/html")))
