"""A real `windcatch run` in a process of its own, and waiting for what it does."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from crawler.world.stage import Stage


class Running:
    """The service, started on a stage; killed with its children at the end, whatever happens."""

    def __init__(self, stage: Stage, *options: str, failpoint: str | None = None) -> None:
        self._log = stage.folder / f"service-{time.monotonic_ns()}.log"
        self.process = stage.start(
            *options, "run", "--log-format", "text", log=self._log, failpoint=failpoint
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pid in [*self.children(), self.process.pid]:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        self.process.wait(10)

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self._log.read_text(errors="replace")

    def says(self, text: str, *, within_s: float = 60.0) -> None:
        """Wait until *text* is in its log."""
        until(
            lambda: text in self.log, within_s=within_s, why=lambda: f"{text!r} not in:\n{self.log}"
        )

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def ended(self, *, within_s: float = 35.0) -> int:
        """Wait for its end and return the exit code."""
        return self.process.wait(within_s)

    def children(self) -> list[int]:
        """The ids of its crawl processes: its one child, the nursery, has forked them."""
        return [pid for nursery in children_of(self.process.pid) for pid in children_of(nursery)]


def children_of(pid: int) -> list[int]:
    """The ids of the processes whose parent is *pid*."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(stat.parent.name))
    return found


def alive(pid: int) -> bool:
    """Whether a process of this id runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(
    done: Callable[[], bool], *, within_s: float = 60.0, why: Callable[[], str] = lambda: "not done"
) -> None:
    """Wait for *done*."""
    deadline = time.monotonic() + within_s
    while not done():
        assert time.monotonic() < deadline, why()
        time.sleep(0.05)
