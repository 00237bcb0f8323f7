"""Extraction in worker processes that may be killed: a deadline and a memory limit per page."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import resource
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from spiders.extract import extract, refused
from storage.types import Article, Capture

logger = logging.getLogger(__name__)

TIMED_OUT = "extraction timed out"
DIED = "extraction ran out of memory"

#: Times a worker is used before it is replaced: libxml2's allocator does not give memory back.
_USES = 500


#: When the page that warms a worker was "fetched"; any moment will do.
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one page may cost."""

    #: Seconds from hand-over to answer; the slowest page of the sets takes under 2.
    deadline_s: float = 20.0
    #: Megabytes a worker's resident memory may grow by above what it had when it started.
    memory_mb: int = 300


@dataclass(slots=True)
class _Worker:
    """One child process and our end of its pipe. Used by one thread at a time."""

    process: Any
    pipe: Connection
    #: Resident kilobytes after the imports; the page's growth is counted from here.
    resident_kb: int
    uses: int = 0


@dataclass(slots=True)
class ExtractPool:
    """Up to *size* workers, started when first needed, replaced when killed.

    `extract` answers within the deadline whatever the page: an Article, refused with TIMED_OUT or
    DIED when its worker had to be killed. Safe to call from several threads; `extract_async` is
    the same for an event loop. Close it, or use it as a context manager.
    """

    size: int = 2
    limits: Limits = Limits()
    _idle: list[_Worker] = field(default_factory=list, init=False)
    _busy: set[int] = field(default_factory=set, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _slots: threading.BoundedSemaphore = field(init=False)
    _threads: ThreadPoolExecutor = field(init=False)
    _closed: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Make the slots; no process is started before the first page."""
        self._slots = threading.BoundedSemaphore(self.size)
        self._threads = ThreadPoolExecutor(self.size, thread_name_prefix="extract")

    def extract(self, capture: Capture, *, source_id: str, **options: Any) -> Article:
        """Return what `spiders.extract.extract` says of *capture*; never raises, never hangs.

        *options* are its keyword arguments; they must pickle.

        Raises:
            RuntimeError: the pool is closed.
        """
        with self._slots:
            if self._closed:
                raise RuntimeError("the extraction pool is closed")
            worker = self._take()
            reason = TIMED_OUT
            try:
                worker.pipe.send((capture, source_id, options))
                answer = self._await(worker)
                if isinstance(answer, Article):
                    self._give_back(worker)
                    return answer
                reason = answer
            except (EOFError, OSError):
                reason = DIED
            logger.warning("%s: %s", reason, capture.final_url)
            _end(worker)
            return refused(capture, source_id, reason)

    async def extract_async(self, capture: Capture, *, source_id: str, **options: Any) -> Article:
        """Return what `extract` returns, without blocking the running event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, lambda: self.extract(capture, source_id=source_id, **options)
        )

    def close(self) -> None:
        """End the workers. A page still in work is answered first, within its deadline."""
        self._closed = True
        self._threads.shutdown(wait=True)
        with self._lock:
            for worker in self._idle:
                _end(worker)
            self._idle.clear()

    def __enter__(self) -> Self:
        """Return the pool."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the pool."""
        self.close()

    def _take(self) -> _Worker:
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.process.is_alive():
                    return worker
                _end(worker)
        return _start(self.limits)

    def _give_back(self, worker: _Worker) -> None:
        worker.uses += 1
        if worker.uses >= _USES or self._closed:
            _end(worker)
            return
        with self._lock:
            self._idle.append(worker)

    def _await(self, worker: _Worker) -> Article | str:
        """Return the worker's answer, or why it must be killed."""
        deadline = time.monotonic() + self.limits.deadline_s
        while (left := deadline - time.monotonic()) > 0:
            if worker.pipe.poll(min(left, 0.1)):
                answer = worker.pipe.recv()
                return answer if isinstance(answer, Article) else DIED
            grown = _resident_kb(worker.process.pid) - worker.resident_kb
            if grown > self.limits.memory_mb * 1024:
                return DIED
        return TIMED_OUT


def _start(limits: Limits) -> _Worker:
    # spawn: a fork of a process with threads (the crawler's reactor) may inherit held locks.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_serve, args=(theirs, limits.memory_mb), daemon=True, name="windcatch-extract"
    )
    process.start()
    theirs.close()
    # The first message says that the imports are done; a minute is for a machine under load.
    if not ours.poll(60):
        process.kill()
        raise OSError("an extraction worker did not start within 60 s")
    return _Worker(process=process, pipe=ours, resident_kb=int(ours.recv()))


def _end(worker: _Worker) -> None:
    with suppress(OSError):
        worker.pipe.close()
    worker.process.kill()
    worker.process.join(5)
    with suppress(ValueError):
        worker.process.close()


def _serve(pipe: Connection, memory_mb: int) -> None:
    """Answer captures with articles until the pipe closes. Runs in the child."""
    _warm()
    resident = _resident_kb(os.getpid())
    _limit_memory(memory_mb)
    pipe.send(resident)
    while True:
        try:
            capture, source_id, options = pipe.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        try:
            pipe.send(extract(capture, source_id=source_id, **options))
        except MemoryError:
            # Said by dying: after a failed allocation nothing in here can be trusted.
            os._exit(1)


def _warm() -> None:
    """Load what the first page would load, so that its memory is not counted as the page's."""
    page = (
        b"<html><head><title>t</title></head><body><p>"
        + b"words of a page. " * 40
        + b"</p></body></html>"
    )
    extract(
        Capture(
            url="http://localhost/",
            final_url="http://localhost/",
            status=200,
            body=page,
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        ),
        source_id="warm",
    )


def _limit_memory(memory_mb: int) -> None:
    """Cap the child's address space; the parent's check of resident memory is the finer one."""
    status = _status("self")
    used = int(status.get("VmSize", "0 kB").split()[0]) * 1024
    if not used:
        return
    # Address space is reserved more freely than used: twice the allowance above what is there.
    wanted = used + 2 * memory_mb * 1024 * 1024
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or wanted < hard:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def _resident_kb(pid: int | None) -> int:
    """Return a process's resident memory in kilobytes; 0 where the system does not tell."""
    return int(_status(str(pid)).get("VmRSS", "0 kB").split()[0])


def _status(pid: str) -> Mapping[str, str]:
    try:
        lines = Path("/proc", pid, "status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return {}
    return dict(line.split(":\t", 1) for line in lines.splitlines() if ":\t" in line)
