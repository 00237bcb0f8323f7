"""Captures to a WARC file (ISO 28500:2017, WARC/1.1), one gzip member a record. Pure."""

from __future__ import annotations

import base64
import gzip
import hashlib
import uuid
from datetime import UTC, datetime
from http import HTTPStatus

from storage.types import Capture

_END = b"\r\n"
#: Of the message as it was sent; the body is kept unpacked. The prefix is Common Crawl's.
_OF_TRANSFER = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection"})


def info_record(software: str, *, now: datetime, packed: bool) -> bytes:
    """Return the record that says who made the file."""
    block = f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode()
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", f"<urn:uuid:{uuid.uuid4()}>"),
        ("WARC-Date", _date(now)),
        ("Content-Type", "application/warc-fields"),
    ]
    return _record(fields, block, packed=packed)


def response_record(capture: Capture, *, source_id: str, packed: bool) -> bytes:
    """Return *capture* as a response record; the same capture always has the same record id."""
    block = _message(capture)
    name = f"{capture.final_url} {capture.fetched_at.isoformat()} {capture.body_hash}"
    fields = [
        ("WARC-Type", "response"),
        ("WARC-Record-ID", f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}>"),
        ("WARC-Target-URI", _ascii(capture.final_url)),
        ("WARC-Date", _date(capture.fetched_at)),
        ("WARC-Payload-Digest", _digest(capture.body)),
        ("WARC-Block-Digest", _digest(block)),
        ("Content-Type", "application/http; msgtype=response"),
        ("Windcatch-Source", source_id),
    ]
    if capture.url != capture.final_url:
        fields.append(("Windcatch-Asked-URI", _ascii(capture.url)))
    return _record(fields, block, packed=packed)


def _message(capture: Capture) -> bytes:
    try:
        phrase = HTTPStatus(capture.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {capture.status} {phrase}".rstrip()]
    for name, value in capture.headers:
        shown = f"x-crawl-{name}" if name in _OF_TRANSFER else name
        lines.append(f"{_line(shown)}: {_line(value)}")
    lines.append(f"content-length: {len(capture.body)}")
    head = "\r\n".join(lines).encode("latin-1", "replace")
    return head + _END + _END + capture.body


def _record(fields: list[tuple[str, str]], block: bytes, *, packed: bool) -> bytes:
    named = [*fields, ("Content-Length", str(len(block)))]
    head = "".join(f"{name}: {_line(value)}\r\n" for name, value in named).encode()
    data = b"WARC/1.1" + _END + head + _END + block + _END + _END
    return gzip.compress(data, compresslevel=6, mtime=0) if packed else data


def _digest(data: bytes) -> str:
    # SHA-1 because that is what every tool checks; ours is SHA-256, in the database.
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _line(text: str) -> str:
    return " ".join(text.split())


def _ascii(url: str) -> str:
    return "".join(
        char if "!" <= char <= "~" else "".join(f"%{byte:02X}" for byte in char.encode())
        for char in url
    )
