"""An archived HTTP response to status, headers and body as they were served. Pure, bounded."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from importlib import import_module

import zstandard

_MAX_HEADERS = 500
_PAGES = ("text/html", "application/xhtml+xml", "text/plain")


class NotAPage(Exception):
    """In good order, but nothing that could be an article: the message is a few words."""


class Unreadable(Exception):
    """The bytes cannot be read as a response; the message says why."""


@dataclass(frozen=True, slots=True)
class Response:
    """What was answered."""

    status: int
    #: Names in lower case.
    headers: tuple[tuple[str, str], ...]
    #: After transfer and content decoding.
    body: bytes


def read_response(block: bytes, *, whole_message: bool, content_type: str, limit: int) -> Response:
    """Return the page in a WARC record's *block*.

    Args:
        whole_message: The block begins with an HTTP status line; otherwise it is the body alone.
        content_type: The record's own, for a body alone.
        limit: Bytes a body may have after unpacking.

    Raises:
        NotAPage: a redirect, an error, a picture.
        Unreadable: no HTTP, a body that unpacks to too much, an unknown packing.
    """
    if not whole_message:
        _check_type(content_type)
        return Response(200, (("content-type", content_type),), block)
    head, found, body = block.partition(b"\r\n\r\n")
    if not found:
        head, found, body = block.partition(b"\n\n")
    lines = head.decode("latin-1").splitlines()
    words = lines[0].split(None, 2) if lines else []
    if not found or len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdigit():
        raise Unreadable("holds no HTTP response")
    status = int(words[1])
    if status != 200:
        raise NotAPage(f"status {status}")
    headers = tuple(
        (name.strip().lower(), value.strip())
        for name, colon, value in (line.partition(":") for line in lines[1:_MAX_HEADERS])
        if colon
    )
    named = dict(headers)
    _check_type(named.get("content-type", "text/html"))
    if "chunked" in named.get("transfer-encoding", "").lower():
        body = dechunked(body)
    for coding in reversed(named.get("content-encoding", "").lower().split(",")):
        body = unpacked(body, coding.strip(), limit)
    if not body.strip():
        raise NotAPage("empty body")
    return Response(status, headers, body)


def _check_type(content_type: str) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if kind and kind not in _PAGES:
        raise NotAPage(kind[:60])


def dechunked(body: bytes) -> bytes:
    """Return *body* without its chunk sizes; as it is where it has none (archives often undo it)."""
    parts: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at, at + 64)
        size = body[at:end].partition(b";")[0].strip() if end >= 0 else b"?"
        try:
            count = int(size, 16)
        except ValueError:
            return body if not parts else b"".join(parts)
        if count == 0:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + count])
        at = end + 4 + count


def unpacked(body: bytes, coding: str, limit: int) -> bytes:
    """Return *body* with one content coding undone; as it is where it was undone before.

    Raises:
        Unreadable: it unpacks to more than *limit* bytes, is damaged, or the coding is unknown.
    """
    if coding in ("", "identity"):
        return body
    if coding in ("gzip", "x-gzip"):
        return _inflated(body, 31, limit) if body.startswith(b"\x1f\x8b") else body
    if coding == "deflate":
        # Meant with zlib's header; sent without one by some servers.
        zlib_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
        return _inflated(body, 15 if zlib_header else -15, limit)
    if coding == "zstd":
        return _zstd(body, limit) if body.startswith(b"\x28\xb5\x2f\xfd") else body
    if coding == "br":
        return body if body.lstrip()[:1] == b"<" else _brotli(body, limit)
    raise Unreadable(f"packed as {coding[:20]!r}, which cannot be undone")


def _inflated(body: bytes, wbits: int, limit: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=wbits)
    try:
        data = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise Unreadable(f"damaged packing: {error}") from None
    if len(data) > limit:
        raise Unreadable(f"unpacks to more than {limit >> 20} MiB")
    if not unpacker.eof:
        raise Unreadable("damaged packing: it ends too early")
    return data


def _zstd(body: bytes, limit: int) -> bytes:
    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(body) as reader:
            data = reader.read(limit + 1)
    except zstandard.ZstdError as error:
        raise Unreadable(f"damaged packing: {error}") from None
    if len(data) > limit:
        raise Unreadable(f"unpacks to more than {limit >> 20} MiB")
    return data


def _brotli(body: bytes, limit: int) -> bytes:
    try:
        brotli = import_module("brotli")
    except ImportError:
        raise Unreadable("packed as 'br', which needs: pip install brotli") from None
    unpacker = brotli.Decompressor()
    parts: list[bytes] = []
    room = limit + 1
    try:
        # A limit on each step came with brotli 1.2; without one a bomb cannot be held.
        while room > 0 and not unpacker.is_finished():
            part = unpacker.process(body, output_buffer_limit=min(room, 1 << 20))
            if not part and not body:
                raise Unreadable("damaged packing: it ends too early")
            body = b""
            parts.append(part)
            room -= len(part)
    except (brotli.error, TypeError) as error:
        raise Unreadable(f"damaged packing: {error}") from None
    if room <= 0:
        raise Unreadable(f"unpacks to more than {limit >> 20} MiB")
    return b"".join(parts)
