"""WARC files for tests, good and hostile, made byte by byte."""

from __future__ import annotations

import gzip


def page(number: int, *, words: int = 60) -> bytes:
    """Return an article page that any extractor reads."""
    paragraphs = "".join(
        f"<p>The ministry said on Monday that measure {part} of plan {number} would cost "
        f"{part * 7 + number} billion yuan and be carried out by {part + 9} provinces this year.</p>"
        for part in range(1, words // 10 + 1)
    )
    return (
        f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Plan {number} is out</title>"
        f'<meta property="article:published_time" content="2024-03-0{number % 9 + 1}T08:00:00Z">'
        f"</head><body><article><h1>Plan {number} is out</h1>{paragraphs}</article></body></html>"
    ).encode()


def response(body: bytes, *, status: int = 200, **headers: str) -> bytes:
    """Return an HTTP response as a WARC file keeps it."""
    named = {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}
    lines = [f"HTTP/1.1 {status} OK", *(f"{k.replace('_', '-')}: {v}" for k, v in named.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def record(
    url: str,
    block: bytes,
    *,
    kind: str = "response",
    date: str = "2024-03-05T10:00:00Z",
    length: int | str | None = None,
    content_type: str = "application/http; msgtype=response",
    **more: str,
) -> bytes:
    """Return one record, unpacked; *length* is what it says of itself."""
    fields = {
        "WARC-Type": kind,
        "WARC-Target-URI": url,
        "WARC-Date": date,
        "WARC-Record-ID": "<urn:uuid:00000000-0000-4000-8000-000000000000>",
        "Content-Type": content_type,
        "Content-Length": str(len(block) if length is None else length),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def article(number: int, **fields: str) -> bytes:
    """Return the record of one good article."""
    return record(f"https://news.example.com/a/{number}.html", response(page(number)), **fields)


def packed(*records: bytes) -> bytes:
    """Return *records* as gzip members, as WARC files are packed."""
    return b"".join(gzip.compress(one, 6, mtime=0) for one in records)
