"""Waits that a stopping service can cut short, and that tests can skip."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime


def utcnow() -> datetime:
    """Return the time, aware UTC."""
    return datetime.now(UTC)


class Timer:
    """The machine's steady clock, and waits that end early when the service stops."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def ticks(self) -> float:
        """Return seconds that never step back."""
        return time.monotonic()

    def wait(self, seconds: float) -> bool:
        """Wait; return True when the service stops instead."""
        return self._stop.wait(max(0.0, seconds))

    def stop(self) -> None:
        """End every wait, now and later."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """True once `stop` was called."""
        return self._stop.is_set()
