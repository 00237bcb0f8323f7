"""One writer at a time within a process, in order of arrival."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """A lock that is handed on first come, first served.

    SQLite lets waiting writers poll, with pauses up to 100 ms: of five threads that write all the
    time, one may find it taken for the whole of its 15 s (measured with
    `benchmarks/alerts_delivery.py --alerts 50000 --channels 5`). `threading.Lock` promises no order.
    """

    def __init__(self) -> None:
        """Begin with nobody's turn."""
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def take(self, *, timeout_s: float) -> Iterator[None]:
        """Wait for one's turn, and have it for the length of the block.

        Raises:
            TimeoutError: it did not come in *timeout_s*.
        """
        called = threading.Event()
        with self._guard:
            if self._taken:
                self._waiting.append(called)
            else:
                self._taken = True
                called.set()
        if not called.wait(timeout_s):
            self._leave(called)
        try:
            yield
        finally:
            self._call_next()

    def _leave(self, called: threading.Event) -> None:
        with self._guard:
            # Called in the last moment: it is ours after all.
            if called.is_set():
                return
            self._waiting.remove(called)
        raise TimeoutError

    def _call_next(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
