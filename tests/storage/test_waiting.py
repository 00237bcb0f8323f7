from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from storage_articles import article, record

from storage import engine
from storage.archive import Archive
from storage.waiting import until_free


def busy(code: int = sqlite3.SQLITE_BUSY) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = code
    return error


@dataclass
class Clock:
    now: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def failing(times: int, error: Exception) -> Callable[[], None]:
    left = [times]

    def attempt() -> None:
        if left[0]:
            left[0] -= 1
            raise error

    return attempt


def wait(attempt: Callable[[], object], clock: Clock, timeout_s: float = 15) -> None:
    until_free(attempt, timeout_s=timeout_s, sleep=clock.sleep, clock=lambda: clock.now)


def test_free_at_once_waits_for_nothing() -> None:
    clock = Clock()
    wait(failing(0, busy()), clock)
    assert clock.pauses == []


def test_a_gap_of_ten_milliseconds_is_found() -> None:
    clock = Clock()

    def attempt() -> None:
        # Held all the time but for one gap, late.
        if not 14.0 < clock.now < 14.01:
            raise busy(sqlite3.SQLITE_BUSY_RECOVERY)

    wait(attempt, clock)
    assert 14.0 < clock.now < 14.01


def test_gives_up_in_time_with_the_error() -> None:
    clock = Clock()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        wait(failing(10**9, busy()), clock, timeout_s=2)
    assert 2 <= clock.now < 2.01


def test_another_error_is_not_waited_for() -> None:
    clock = Clock()
    with pytest.raises(sqlite3.OperationalError):
        wait(failing(1, busy(sqlite3.SQLITE_READONLY)), clock)
    assert clock.pauses == []


def test_a_writer_finds_the_gap_of_another_program(
    sqlite_archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = threading.Event()

    def sleep(_seconds: float) -> None:
        tried.set()

    monkeypatch.setattr(
        engine,
        "until_free",
        lambda attempt, timeout_s: until_free(attempt, timeout_s=timeout_s, sleep=sleep),
    )
    assert sqlite_archive.path is not None
    with closing(
        sqlite3.connect(sqlite_archive.path, isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("BEGIN IMMEDIATE")

        def let_go() -> None:
            assert tried.wait(10)
            other.execute("COMMIT")

        thread = threading.Thread(target=let_go)
        thread.start()
        assert record(sqlite_archive, article()).outcome == "new"
        thread.join()
    with sqlite_archive.begin() as tx:
        assert tx._db.exec_driver_sql("PRAGMA busy_timeout").scalar() == 15_000
