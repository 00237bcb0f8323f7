"""A small HTTP/1.1 server on loopback that is also a proxy: it lets true host names work offline.

It answers three kinds of request alike: absolute-form (`GET http://host/path`, what a client sends
to a proxy), CONNECT (the tunnel is terminated here, with a certificate of our own authority), and
plain origin-form. It carries out replies, the badly-mannered ones too, and decides nothing.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from http import HTTPStatus

from crawler.world.loopback import Loopback, reset
from crawler.world.reply import Manner, Reply, Request

Handler = Callable[[Request], Reply]
#: The TLS context for a host, or None when there is no such host.
Contexts = Callable[[str], ssl.SSLContext | None]

IDLE_S = 60.0
MAX_HEAD = 256 * 1024
MAX_BODY = 4 * 1024 * 1024
#: Connections at once: further ones are closed at accept.
MAX_CONNECTIONS = 512
#: An endless reply ends here, so that a client without a limit fails its test instead of the machine.
ENDLESS_BYTES = 64 * 1024 * 1024
STEP_S = 0.5


class BadRequest(Exception):
    """The client sent something that is not a request we can read."""


class Server:
    """Serves *handler* on 127.0.0.1, in a thread of its own, until `close`."""

    def __init__(self, handler: Handler, contexts: Contexts, *, port: int = 0) -> None:
        self._handler = handler
        self._contexts = contexts
        self._listener = Loopback(
            self._converse,
            name="fakesite",
            connections=MAX_CONNECTIONS,
            port=port,
            line_bytes=MAX_HEAD,
            rude=(BadRequest,),
        )

    @property
    def port(self) -> int:
        """Where it listens; 0 before `start`."""
        return self._listener.port

    def start(self) -> None:
        """Bind and serve.

        Raises:
            OSError: the port is taken.
        """
        self._listener.start()

    def close(self) -> None:
        """End every connection and the thread; returns within 5 s."""
        self._listener.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        origin: str | None = None
        while True:
            request = await _read(reader, origin)
            if request is None:
                return
            if request.method == "CONNECT":
                host = request.host
                context = self._contexts(host)
                if context is None:
                    await _send(writer, request, _unknown(host))
                    return
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await writer.drain()
                await writer.start_tls(context)
                origin = f"https://{host}"
                continue
            reply = self._handler(request)
            if not await _send(writer, request, reply):
                return


def _unknown(host: str) -> Reply:
    return Reply(status=502, body=f"no such host: {host}\n".encode())


async def _read(reader: asyncio.StreamReader, origin: str | None) -> Request | None:
    async with asyncio.timeout(IDLE_S):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            if error.partial:
                raise BadRequest("the request ended early") from error
            return None
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3:
        raise BadRequest(f"not a request line: {lines[0][:80]!r}")
    method, target, _ = words
    pairs = (line.partition(":") for line in lines[1:] if ":" in line)
    headers = tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)
    fields = dict(headers)
    length = fields.get("content-length", "0")
    size = int(length) if length.isdigit() else 0
    if size > MAX_BODY:
        raise BadRequest("body too large")
    if size:
        async with asyncio.timeout(IDLE_S):
            await reader.readexactly(size)
    if method == "CONNECT":
        url = f"https://{target.rpartition(':')[0]}/"
    elif target.startswith("/"):
        url = (origin or f"http://{fields.get('host', '')}") + target
    else:
        url = target
    return Request(method=method, url=url, headers=headers)


def _head(reply: Reply, length: int | None, *, chunked: bool = False) -> bytes:
    try:
        phrase = HTTPStatus(reply.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {reply.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    if chunked:
        lines.append("Transfer-Encoding: chunked")
    elif length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


async def _send(writer: asyncio.StreamWriter, request: Request, reply: Reply) -> bool:
    """Carry out *reply*; return whether the connection may be used again."""
    if reply.delay_s:
        await asyncio.sleep(reply.delay_s)
    if reply.manner is not Manner.PLAIN:
        await _misbehave(writer, reply)
        return False
    bodiless = request.method == "HEAD" or reply.status in (204, 304)
    # A 304 with a length makes some clients wait for a body; without one it is unambiguous.
    head = _head(reply, None if reply.status in (204, 304) else len(reply.body))
    writer.write(head if bodiless else head + reply.body)
    await writer.drain()
    return (request.header("connection") or "").lower() != "close"


async def _misbehave(writer: asyncio.StreamWriter, reply: Reply) -> None:
    body = reply.body
    half = body[: max(1, len(body) // 2)]
    match reply.manner:
        case Manner.RESET:
            reset(writer)
        case Manner.RESET_HEADERS:
            await _write(writer, _head(reply, len(body) + 1))
            reset(writer)
        case Manner.RESET_BODY:
            await _write(writer, _head(reply, len(body) + 1) + half)
            reset(writer)
        case Manner.TRUNCATE:
            await _write(writer, _head(reply, len(body) + 1) + half)
        case Manner.FALSE_LENGTH:
            await _write(writer, _head(reply, 10**11) + body)
            await asyncio.sleep(IDLE_S)
        case Manner.TRICKLE:
            await _write(writer, _head(reply, len(body)))
            await _drip(writer, [body[i : i + 1] for i in range(len(body))])
        case Manner.SLOW_HEADERS:
            await _drip(writer, _head(reply, len(body)).splitlines(keepends=True))
        case Manner.SILENCE:
            await asyncio.sleep(IDLE_S)
        case Manner.GARBAGE:
            await _write(writer, b"\x16\x03\x01 220 mail ready\r\n\r\n")
        case Manner.BAD_CHUNK:
            await _write(writer, _head(reply, None, chunked=True) + b"zz\r\n" + half + b"\r\n")
        case Manner.ENDLESS:
            await _write(writer, _head(reply, None, chunked=True))
            chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
            for _ in range(ENDLESS_BYTES // 65536):
                await _write(writer, chunk)


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


async def _drip(writer: asyncio.StreamWriter, parts: list[bytes]) -> None:
    for part in parts[: int(IDLE_S / STEP_S)]:
        await _write(writer, part)
        await asyncio.sleep(STEP_S)
