"""How a writer waits for the writers of other processes."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable

#: Seconds between two tries, at least and at most: apart by chance, so that waiting processes do
#: not try in step.
PAUSE_S = (0.001, 0.005)


def until_free(
    attempt: Callable[[], object],
    *,
    timeout_s: float,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Try again, a few milliseconds apart, until nobody else writes.

    SQLite's own waiting looks at most every 100 ms after the first quarter of a second
    (`sqliteDefaultBusyCallback`), some 230 times in 15 s: of ten processes that write all the
    time, one found it taken each time in about one of a thousand articles, and a revision was not
    stored (`python -m crawler.world.markers`, 5 articles of 1,000 in 5 rounds). Looking twenty
    times as often lets the chance be no longer one.

    Raises:
        sqlite3.OperationalError: it was not free in *timeout_s*; any other error at once.
    """
    deadline = clock() + timeout_s
    while True:
        try:
            attempt()
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or clock() >= deadline:
                raise
        sleep(random.uniform(*PAUSE_S))  # noqa: S311 - not a secret
