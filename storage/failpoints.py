"""Named places at which a test may kill, break or delay the program; free when none is set."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

#: The environment variable that arms one failpoint: ``name[:nth[:action]]``, the action one of `ACTIONS`; or ``@file``,
#: a file that holds the same and may come and go while the program runs: the first process that
#: acts on it renames it to ``file.<pid>``, so that one arming makes one kill.
VARIABLE = "WINDCATCH_FAILPOINT"

#: Every failpoint there is, K1 to K16, with what must hold after a crash at it.
REGISTER = {
    "lease.claimed": "the source is run again after its lease, once",
    "fetch.response_received": "the validator is not advanced: the body is fetched again",
    "ingest.article_inserted": "rolled back as a whole",
    "ingest.before_commit": "article, revision, alert and outbox row: none or all",
    "ingest.after_commit": "recording the same page again does nothing",
    "outbox.claimed": "reconciling finds nothing; sent once",
    "outbox.request_written": "reconciling decides",
    "outbox.response_ok": "reconciling finds it",
    "outbox.marked": "the replies still go",
    "outbox.reconcile_found": "idempotent",
    "digest.folded": "the rows and their digest: none or all",
    "backfill.checkpoint": "the page is done again, without a duplicate",
    "backup.vacuumed": "the older backup is intact; the unfinished one is removed",
    "migrate.mid": "the old schema or the new one, never between",
    "shutdown.draining": "no child left; leases expire",
    "config.swapped": "the old configuration or the new one",
}

#: Die of SIGKILL (the default), raise, sleep, use the processor for ever, die as of a bug in C.
ACTIONS = frozenset({"kill", "exc", "sleep", "loop", "segv"})

#: How long the `sleep` action stops, in seconds.
SLEEP_S = 30.0

_reached: dict[str, int] = {}


class FailpointError(Exception):
    """Raised by an armed failpoint whose action is `exc`."""


def failpoint(name: str) -> None:
    """Do nothing, unless the environment arms *name*: then act at its nth passing.

    Raises:
        FailpointError: the action is `exc`.
        ValueError: the variable names no failpoint or no action.
    """
    armed = os.environ.get(VARIABLE)
    if not armed:
        return
    trap = Path(armed.removeprefix("@")) if armed.startswith("@") else None
    if trap is not None:
        try:
            armed = trap.read_text("utf-8")
        except FileNotFoundError:
            return
    assert name in REGISTER, name
    wanted, _, rest = armed.partition(":")
    nth, _, action = rest.partition(":")
    if wanted not in REGISTER or action not in {"", *ACTIONS}:
        raise ValueError(f"{VARIABLE}={armed}: no such failpoint or action")
    if wanted != name:
        return
    # Counted for each arming: another one begins anew.
    _reached[armed] = _reached.get(armed, 0) + 1
    if _reached[armed] != int(nth or 1):
        return
    if trap is not None and not _sprung(trap):
        return
    if action == "exc":
        raise FailpointError(name)
    if action == "sleep":
        time.sleep(SLEEP_S)
        return
    while action == "loop":
        pass
    # SIGKILL: no handler, no `finally`, no flush; what a power cut looks like to our own code.
    os.kill(os.getpid(), signal.SIGSEGV if action == "segv" else signal.SIGKILL)


def _sprung(trap: Path) -> bool:
    """Take the trap for this process; False when another one was quicker."""
    try:
        trap.rename(f"{trap}.{os.getpid()}")
    except FileNotFoundError:
        return False
    return True
