"""Extraction in worker processes that may be killed: a deadline and a memory limit per page."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from crawler.extract_worker import resident_kb, serve
from spiders.reading import Reading, refused
from storage.types import Article, Capture

logger = logging.getLogger(__name__)

TIMED_OUT = "extraction timed out"
DIED = "extraction ran out of memory"
NO_WORKER = "extraction could not start"

#: libxml2's allocator does not give all memory back: a worker that kept so much of a page's
#: allowance is replaced; looked at every so many pages. 1,200 real pages leave 110 MB.
_KEPT = 1 / 3
_LOOK = 50


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
    DIED when its worker had to be killed. Safe to call from several threads; `read_async` is
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
    _expected: bool = field(default=False, init=False)

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
        return self.read(capture, source_id=source_id, **options).article

    def read(self, capture: Capture, *, source_id: str, **options: Any) -> Reading:
        """Return what `spiders.extract.read` says of *capture*, as `extract` does."""
        with self._slots:
            if self._closed:
                raise RuntimeError("the extraction pool is closed")
            try:
                worker = self._take()
            except OSError as error:
                logger.warning("%s: %s", error, capture.final_url)
                return Reading(article=refused(capture, source_id, NO_WORKER))
            reason = TIMED_OUT
            try:
                worker.pipe.send((capture, source_id, options))
                answer = self._await(worker)
                if isinstance(answer, Reading):
                    self._give_back(worker)
                    return answer
                reason = answer
            except (EOFError, OSError):
                reason = DIED
            logger.warning("%s: %s", reason, capture.final_url)
            _end(worker)
            return Reading(article=refused(capture, source_id, reason))

    async def read_async(self, capture: Capture, *, source_id: str, **options: Any) -> Reading:
        """Return what `read` returns, without blocking the running event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, lambda: self.read(capture, source_id=source_id, **options)
        )

    def expect(self) -> None:
        """Start a worker in the background, if there is none: a page is on its way."""
        if not self._expected:
            self._expected = True
            self._threads.submit(self._ready)

    def _ready(self) -> None:
        with self._slots, suppress(OSError):
            if self._closed:
                return
            worker = self._take()
            with self._lock:
                self._idle.append(worker)

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
            if _prepared and self.limits == Limits():
                return _prepared.pop()
        return _start(self.limits)

    def _give_back(self, worker: _Worker) -> None:
        worker.uses += 1
        if self._closed or (worker.uses % _LOOK == 0 and self._swollen(worker)):
            _end(worker)
            return
        with self._lock:
            self._idle.append(worker)

    def _swollen(self, worker: _Worker) -> bool:
        kept = resident_kb(worker.process.pid) - worker.resident_kb
        return kept > self.limits.memory_mb * 1024 * _KEPT

    def _await(self, worker: _Worker) -> Reading | str:
        """Return the worker's answer, or why it must be killed."""
        deadline = time.monotonic() + self.limits.deadline_s
        while (left := deadline - time.monotonic()) > 0:
            if worker.pipe.poll(min(left, 0.1)):
                answer = worker.pipe.recv()
                return answer if isinstance(answer, Reading) else DIED
            grown = resident_kb(worker.process.pid) - worker.resident_kb
            if grown > self.limits.memory_mb * 1024:
                return DIED
        return TIMED_OUT


#: Forked in advance, for the first pool that needs one.
_prepared: list[_Worker] = []


def prepare() -> None:
    """Fork the first worker now, while this process has no threads and has loaded everything.

    It costs a hundredth of starting one later. It lives as long as this process, or the pool.
    """
    with suppress(OSError):
        _prepared.append(_start(Limits(), "fork"))


def _start(limits: Limits, how: str = "spawn") -> _Worker:
    # spawn: a fork of a process with threads (the crawler's reactor) may inherit held locks.
    context: Any = multiprocessing.get_context(how)
    ours, theirs = context.Pipe()
    forked = (ours, os.getpid()) if how == "fork" else ()
    process = context.Process(
        target=serve,
        args=(theirs, limits.memory_mb, *forked),
        daemon=True,
        name="windcatch-extract",
    )
    # Inherited: Ctrl-C during the child's imports, before it can say that it ignores it.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    theirs.close()
    worker = _Worker(process=process, pipe=ours, resident_kb=0)
    try:
        # The first message says that the imports are done; a minute is for a machine under load.
        if ours.poll(60):
            worker.resident_kb = int(ours.recv())
            return worker
        problem = "an extraction worker did not start within 60 s"
    except (EOFError, OSError):
        problem = "an extraction worker died as it started"
    _end(worker)
    raise OSError(problem)


def _end(worker: _Worker) -> None:
    with suppress(OSError):
        worker.pipe.close()
    worker.process.kill()
    worker.process.join(5)
    with suppress(ValueError):
        worker.process.close()
