"""A TCP proxy that does to a connection what networks do. Toxic names and meanings as Toxiproxy's."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
import struct
import threading
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

logger = logging.getLogger(__name__)

MAX_CONNECTIONS = 256
#: No connection outlives this, whatever its toxics.
LIFE_S = 300.0


class Toxicity(StrEnum):
    """The kinds of toxic."""

    #: Every piece of data waits `seconds`.
    LATENCY = "latency"
    #: At most `bytes_` a second.
    BANDWIDTH = "bandwidth"
    #: The close of the connection waits `seconds`.
    SLOW_CLOSE = "slow_close"
    #: No data passes; after `seconds` the connection is closed (0: never).
    TIMEOUT = "timeout"
    #: The connection is reset after `seconds`.
    RESET_PEER = "reset_peer"
    #: Data is cut into pieces of about `bytes_`, `seconds` apart.
    SLICER = "slicer"
    #: The connection is closed after `bytes_`.
    LIMIT_DATA = "limit_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Toxic:
    """One toxic on one direction."""

    kind: Toxicity
    #: `down` is server to client, `up` client to server.
    stream: str = "down"
    seconds: float = 0.0
    bytes_: int = 0
    #: Share of connections it takes.
    share: float = 1.0


class ToxicProxy:
    """Forwards 127.0.0.1:`port` to (host, port) *upstream* with the toxics in force; in a thread."""

    def __init__(self, upstream: tuple[str, int], *, seed: int = 0) -> None:
        self._upstream = upstream
        self._random = random.Random(seed)  # noqa: S311 - draws which connections suffer
        self._toxics: tuple[Toxic, ...] = ()
        self._down = False
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="toxic", daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Where clients are to connect, as an http URL."""
        return f"http://127.0.0.1:{self.port}"

    def set(self, *toxics: Toxic) -> None:
        """Put *toxics* in force for connections to come; none heals."""
        self._toxics = toxics

    def down(self, is_down: bool = True) -> None:
        """Refuse connections by closing them at once, as with the network gone; False brings it back."""
        self._down = is_down

    def close(self) -> None:
        """End every connection and the thread; returns within 5 s."""
        if self._stop is not None and self._thread.is_alive():
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(timeout=5)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._main())
        finally:
            self._ready.set()

    async def _main(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or self._down or len(self._tasks) >= MAX_CONNECTIONS:
            writer.close()
            return
        self._tasks.add(task)
        try:
            async with asyncio.timeout(LIFE_S):
                await self._couple(reader, writer)
        except (OSError, EOFError, TimeoutError) as error:
            logger.debug("connection ended: %s", error)
        except asyncio.CancelledError:
            logger.debug("connection ended: proxy closed")
        finally:
            self._tasks.discard(task)
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()

    async def _couple(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken = tuple(t for t in self._toxics if self._random.random() < t.share)
        far_reader, far_writer = await asyncio.open_connection(*self._upstream)
        try:
            async with asyncio.TaskGroup() as group:
                for toxic in taken:
                    if toxic.kind is Toxicity.RESET_PEER:
                        group.create_task(_reset_later(toxic.seconds, writer, far_writer))
                up = tuple(t for t in taken if t.stream == "up")
                down = tuple(t for t in taken if t.stream == "down")
                group.create_task(_pump(reader, far_writer, up))
                group.create_task(_pump(far_reader, writer, down))
        except* (OSError, EOFError) as broken:
            logger.debug("connection ended: %s", broken.exceptions[0])
        finally:
            with contextlib.suppress(OSError, RuntimeError):
                far_writer.close()


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, toxics: tuple[Toxic, ...]
) -> None:
    """Copy until the end, through *toxics*; the end is passed on as the end of our writing."""
    limits = [t.bytes_ for t in toxics if t.kind is Toxicity.LIMIT_DATA]
    left = min(limits, default=None)
    while data := await reader.read(65536):
        if left is not None:
            data, left = data[:left], max(0, left - len(data))
        for toxic in toxics:
            if toxic.kind is Toxicity.LATENCY:
                await asyncio.sleep(toxic.seconds)
            elif toxic.kind is Toxicity.BANDWIDTH:
                await asyncio.sleep(len(data) / max(1, toxic.bytes_))
            elif toxic.kind is Toxicity.TIMEOUT:
                await asyncio.sleep(toxic.seconds or LIFE_S)
                raise EOFError("timeout toxic")
        for part in _slices(data, toxics):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(sum(t.seconds for t in toxics if t.kind is Toxicity.SLICER))
        if left == 0:
            raise EOFError("limit_data toxic")
    await asyncio.sleep(sum(t.seconds for t in toxics if t.kind is Toxicity.SLOW_CLOSE))
    if writer.can_write_eof():
        writer.write_eof()


def _slices(data: bytes, toxics: tuple[Toxic, ...]) -> list[bytes]:
    sizes = [t.bytes_ for t in toxics if t.kind is Toxicity.SLICER and t.bytes_ > 0]
    size = min(sizes, default=len(data)) or 1
    return [data[i : i + size] for i in range(0, len(data), size)]


async def _reset_later(seconds: float, *writers: asyncio.StreamWriter) -> None:
    await asyncio.sleep(seconds)
    for writer in writers:
        connection: socket.socket | None = writer.get_extra_info("socket")
        if connection is not None:
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()
    raise EOFError("reset_peer toxic")
