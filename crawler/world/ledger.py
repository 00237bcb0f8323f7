"""What was served, when: the record that tests compare with the database."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

#: Lines kept: 100,000 of some 400 bytes is 40 MB, more than any test serves.
KEPT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One answered request."""

    at: datetime
    method: str
    url: str
    status: int
    #: Of the body, before any fault cut it short.
    size: int
    user_agent: str | None = None
    #: Whether the client sent a validator.
    conditional: bool = False
    #: The piece served (its path) and its revision; None for feeds, listings and errors.
    piece: str | None = None
    revision: int | None = None
    fault: str | None = None


class Ledger:
    """Every answered request in order; safe to read while servers write."""

    def __init__(self) -> None:
        self._lines: deque[Served] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def add(self, line: Served) -> None:
        """Write one line."""
        with self._lock:
            self._lines.append(line)

    def lines(self, keep: Callable[[Served], bool] | None = None) -> tuple[Served, ...]:
        """Return the lines for which *keep* holds, oldest first."""
        with self._lock:
            lines = tuple(self._lines)
        return lines if keep is None else tuple(line for line in lines if keep(line))

    def urls(self, status: int | None = None) -> tuple[str, ...]:
        """Return the URLs asked for, oldest first, only those answered with *status* if given."""
        return tuple(line.url for line in self.lines() if status in (None, line.status))

    def count(self, url: str) -> int:
        """Return how often *url* was asked for."""
        return sum(line.url == url for line in self.lines())

    def statuses(self) -> Counter[int]:
        """Return how often each status was answered."""
        return Counter(line.status for line in self.lines())

    def revisions(self) -> dict[str, int]:
        """Return for each article URL the newest revision served whole."""
        newest: dict[str, int] = {}
        for line in self.lines():
            if line.revision is not None and line.status == 200 and line.fault is None:
                newest[line.url] = max(line.revision, newest.get(line.url, 0))
        return newest

    def clear(self) -> None:
        """Forget everything, so that a test can look at one pass alone."""
        with self._lock:
            self._lines.clear()
