"""A TCP listener on loopback in a thread of its own; what is said on a connection is its owner's."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
import threading
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

Converse = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_NETWORK = (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError)


class Loopback:
    """Calls *converse* for each connection to 127.0.0.1:`port`, from `start` until `close`.

    *converse* may end by any error of the network, and by those in *rude*.
    """

    def __init__(
        self,
        converse: Converse,
        *,
        name: str,
        connections: int,
        port: int = 0,
        line_bytes: int = 65536,
        rude: tuple[type[Exception], ...] = (),
    ) -> None:
        """Take the conversation; a connection beyond *connections* is closed at once."""
        self._converse = converse
        self._connections = connections
        self._wanted_port = port
        self._line_bytes = line_bytes
        self._expected: tuple[type[Exception], ...] = (*_NETWORK, *rude)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self._failure: OSError | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Bind and serve.

        Raises:
            OSError: the port is taken.
        """
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure

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
        except OSError as error:
            self._failure = error
        finally:
            self._ready.set()

    async def _main(self) -> None:
        self._stop = asyncio.Event()
        # A closed client's TLS shutdown is no news here.
        self._loop.set_exception_handler(
            lambda _, context: logger.debug("connection: %s", context.get("message"))
        )
        server = await asyncio.start_server(
            self._connected, "127.0.0.1", self._wanted_port, limit=self._line_bytes, backlog=512
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # A transport lets go of its socket one turn of the loop after it was closed.
        for _ in range(3):
            await asyncio.sleep(0)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._tasks) >= self._connections:
            writer.close()
            return
        self._tasks.add(task)
        try:
            await self._converse(reader, writer)
        except self._expected as error:
            logger.debug("connection ended: %s", error)
        except asyncio.CancelledError:
            # No farewell by TLS: there is no time for the answer.
            writer.transport.abort()
            logger.debug("connection ended: closed here")
        finally:
            self._tasks.discard(task)
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN: linger on, for zero seconds."""
    connection: socket.socket | None = writer.get_extra_info("socket")
    if connection is not None:
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()
