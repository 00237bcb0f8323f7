"""The service's side of the nursery: orders go out, the ends of crawl processes come back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.forking import Prepare, Work, serve

logger = logging.getLogger(__name__)

#: The hidden command that serves on its standard input: what is run when a nursery has died.
COMMAND = "nursery"
#: A nursery that was told to end needs no longer; then it is killed.
_END_S = 5.0


@dataclass(slots=True)
class Forked:
    """One process that the nursery has forked."""

    pid: int
    #: Its exit code, as subprocess says it, once it has ended.
    ended: asyncio.Future[int]
    _order: int
    _nursery: Nursery

    def signal(self, number: signal.Signals) -> None:
        """Signal it; SIGKILL goes to everything it started, too. Nothing happens after its end."""
        if not self.ended.done():
            self._nursery.send({"id": self._order, "signal": int(number)})


class Nursery:
    """A process that forks others; started anew when it has died."""

    def __init__(self, pid: int, link: socket.socket, *, options: Sequence[str] = ()) -> None:
        """Take over a nursery that serves the other end of *link*.

        Args:
            options: log options for one that must be started anew.
        """
        self.pid = pid
        self._link = link
        self._options = tuple(options)
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._started: dict[int, asyncio.Future[Forked]] = {}
        self._forked: dict[int, Forked] = {}
        self._orders = 0
        self._lost = False

    @classmethod
    def fork(
        cls,
        *,
        load: Callable[[], None],
        work: Work,
        prepare: Prepare | None = None,
        options: Sequence[str] = (),
    ) -> Nursery:
        """Fork a nursery off this process, which must not have threads yet."""
        ours, theirs = socket.socketpair()
        parent = os.getpid()
        pid = os.fork()
        if pid:
            theirs.close()
            return cls(pid, ours, options=options)
        code = 1
        try:
            ours.close()
            serve(theirs, load=load, work=work, parent=parent, prepare=prepare)
            code = 0
        except BaseException:  # noqa: BLE001 - the top of a process: shown, then it ends
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(code)

    async def start(self, work: Mapping[str, Any]) -> Forked:
        """Have a process forked that does *work*.

        Raises:
            OSError: none could be.
        """
        if self._lost:
            self._revive()
        if self._writer is None:
            reader, self._writer = await asyncio.open_unix_connection(sock=self._link)
            self._reading = asyncio.create_task(self._listen(reader))
        self._orders += 1
        order = self._orders
        started: asyncio.Future[Forked] = asyncio.get_running_loop().create_future()
        self._started[order] = started
        self.send({"id": order, "work": dict(work)})
        return await started

    def send(self, message: Mapping[str, Any]) -> None:
        """Hand *message* to the nursery; one that is gone hears nothing."""
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(json.dumps(message).encode() + b"\n")

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                self._heard(json.loads(line))
        self._lose()

    def _heard(self, message: Mapping[str, Any]) -> None:
        order = message["id"]
        started = self._started.pop(order, None)
        if started is not None:
            if "error" in message:
                started.set_exception(OSError(f"no crawl process: {message['error']}"))
                return
            ended = asyncio.get_running_loop().create_future()
            forked = self._forked[order] = Forked(message["pid"], ended, order, self)
            if not started.done():
                started.set_result(forked)
        if "code" in message:
            self._forked.pop(order).ended.set_result(message["code"])

    def _lose(self) -> None:
        """The nursery is gone, and what it has forked with it."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._lost = True
        if self._forked or self._started:
            logger.error("the nursery has died, and %d crawl processes with it", len(self._forked))
        for forked in self._forked.values():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(forked.pid, signal.SIGKILL)
            forked.ended.set_result(-signal.SIGKILL)
        for started in self._started.values():
            if not started.done():
                started.set_exception(OSError("no crawl process: the nursery has died"))
        self._forked.clear()
        self._started.clear()

    def _revive(self) -> None:
        """Start a nursery as a program of its own: this process has threads by now."""
        _reap(self.pid)
        logger.warning("starting another nursery")
        self._link, theirs = socket.socketpair()
        with theirs:
            self.pid = os.posix_spawn(
                sys.executable,
                [sys.executable, "-m", "crawler", *self._options, COMMAND, str(os.getpid())],
                os.environ,
                file_actions=[(os.POSIX_SPAWN_DUP2, theirs.fileno(), 0)],
            )
        self._lost = False

    async def close(self) -> None:
        """End it, and whatever it has forked."""
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading
        if self._writer is not None:
            self._writer.close()
        self._link.close()
        if not self._forked and not self._started:
            # It has nothing to end, and may still be loading.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        await asyncio.to_thread(_reap, self.pid)


def _reap(pid: int) -> None:
    """Wait for the end of a nursery whose link is closed; soon it is made to."""
    deadline = time.monotonic() + _END_S
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                return
            time.sleep(0.01)
