"""A TCP proxy that does to a connection what networks do. Toxic names and meanings as Toxiproxy's."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from crawler.world.loopback import Loopback, reset

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
        self._listener = Loopback(self._suffer, name="toxic", connections=MAX_CONNECTIONS)

    @property
    def port(self) -> int:
        """Where clients are to connect on loopback."""
        return self._listener.port

    def __enter__(self) -> Self:
        self._listener.start()
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
        self._listener.close()

    async def _suffer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._down:
            return
        async with asyncio.timeout(LIFE_S):
            await self._couple(reader, writer)

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
        reset(writer)
    raise EOFError("reset_peer toxic")
