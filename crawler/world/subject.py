"""The service that is killed: started, armed, moved on in time, and looked at from outside."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from crawler.world.stage import Stage
from crawler.world.warm import WarmProcess

#: A loaded machine may take long for a step of work; nothing here should.
PATIENCE_S = 30.0
_LOOK_S = 0.1


#: What could be done now and is not: what follows a message that is not due yet waits rightly.
_WAITING = """
SELECT 'source', id FROM source
WHERE next_due_at <= ?1 AND (lease_until IS NULL OR lease_until <= ?1)
UNION ALL
SELECT state, id FROM outbox AS one
WHERE state IN ('pending', 'sending', 'check') AND next_at <= ?1
AND (lease_until IS NULL OR lease_until <= ?1)
AND NOT EXISTS (
    SELECT 1 FROM outbox AS first
    WHERE first.id = one.parent_id AND first.state = 'pending' AND first.next_at > ?1
)
"""


class Subject:
    """A `windcatch run` on a stage whose clock it reads from a file; started again when it died."""

    def __init__(self, stage: Stage) -> None:
        """Take *stage*; nothing is started yet."""
        self.stage = stage
        self.trap = stage.folder / "trap"
        self.starts = 0
        self._process: subprocess.Popen[bytes] | WarmProcess | None = None
        self._log = stage.folder / "service-0.log"

    @property
    def pid(self) -> int:
        """The service's process id."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What the service that runs, or ran last, has said."""
        return self._log.read_text("utf-8", "replace")

    def start(self) -> None:
        """Start it, and wait until it says so, or is dead."""
        self.starts += 1
        self._log = self.stage.folder / f"service-{self.starts}.log"
        self._process = self.stage.start(
            "run", "--log-format", "text", log=self._log, failpoint=f"@{self.trap}"
        )
        self.until(lambda: "service started" in self.log or not self.alive)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def code(self) -> int | None:
        """How it ended."""
        return None if self._process is None else self._process.poll()

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """Kill it alone."""
        if self._process is not None:
            self._process.kill()

    def ended(self, within_s: float) -> bool:
        """Wait for its end."""
        return self.until(lambda: not self.alive, within_s=within_s)

    @property
    def nursery(self) -> int | None:
        """The process that forks its crawls."""
        return next(iter(children_of(self.pid)), None) if self.alive else None

    @property
    def crawls(self) -> list[int]:
        """Its crawl processes."""
        return children_of(self.nursery) if self.nursery is not None else []

    def arm(self, what: str) -> None:
        """Set the trap: the first process that passes there so often dies, once."""
        fresh = self.trap.with_suffix(".next")
        fresh.write_text(what, "utf-8")
        fresh.replace(self.trap)

    def disarm(self) -> bool:
        """Take the trap away; return False when it has been sprung."""
        try:
            self.trap.unlink()
        except FileNotFoundError:
            return False
        return True

    @property
    def sprung(self) -> bool:
        """Whether somebody has died in the trap."""
        return not self.trap.exists()

    def buried(self) -> None:
        """Wait until who sprang the trap is dead; when it is the service, until that is known."""
        for victim in self.trap.parent.glob(f"{self.trap.name}.[0-9]*"):
            pid = int(victim.suffix[1:])
            self.until(lambda: state_of(pid) in "Z")  # noqa: B023 - called at once
            if pid == self.pid:
                self.until(lambda: not self.alive)
            victim.unlink()

    def idle(self) -> bool:
        """Whether every source is in, and nothing that could be sent waits."""
        return not self.waiting() and not self.crawls

    def waiting(self) -> str:
        """Return what waits to be done, in words; nothing when nothing does."""
        now = self.stage.clock.now().replace(tzinfo=None).isoformat(" ")
        path = self.stage.folder / "windcatch.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
            rows = connection.execute(_WAITING, (now,)).fetchall()
        return ", ".join(f"{kind} {what}" for kind, what in rows)

    def count(self, query: str, *values: object) -> int:
        """Return the one number that *query* asks the database for."""
        path = self.stage.folder / "windcatch.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
            (found,) = connection.execute(query, values).fetchone()
        return int(found)

    def settle(self) -> bool:
        """Wait until it is idle, twice in a row; return False when it is not, or is dead."""
        quiet = 0

        def still() -> bool:
            nonlocal quiet
            quiet = quiet + 1 if self.idle() else 0
            return quiet >= 3 or not self.alive

        return self.until(still) and self.alive

    @staticmethod
    def until(done: Callable[[], object], within_s: float = PATIENCE_S) -> bool:
        """Wait for *done*; return whether it came."""
        deadline = time.monotonic() + within_s
        while not done():
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_S)
        return True


def children_of(pid: int | None) -> list[int]:
    """The ids of the living processes whose parent is *pid*. Needs Linux's /proc."""
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    except OSError:
        return []
    return [int(child) for child in told.split() if state_of(int(child)) not in "Z"]


def state_of(pid: int) -> str:
    """The letter the system gives a process's state; Z for one that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
