"""What runs in an extraction worker. Light to import: nothing is loaded before signals are set."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

#: When the page that warms a worker was "fetched"; any moment will do.
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def serve(
    pipe: Connection,
    memory_mb: int,
    other_end: Connection | None = None,
    parent: int | None = None,
) -> None:
    """Answer captures with readings until the pipe closes; its owner's end ends this silently.

    Args:
        other_end: the owner's, which a forked worker has inherited: open, the pipe never closes.
        parent: the owner's process id, for a forked worker.
    """
    if other_end is not None and parent is not None:
        from crawler.forking import die_with

        other_end.close()
        die_with(parent)
    # Ctrl-C goes to the whole group: the crawler decides, and the page in work is answered first.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    from spiders.extract import read

    warm()
    resident = resident_kb(os.getpid())
    _limit_memory(memory_mb)
    with suppress(EOFError, OSError):
        pipe.send(resident)
        while True:
            capture, source_id, options = pipe.recv()
            try:
                pipe.send(read(capture, source_id=source_id, **options))
            except MemoryError:
                # Said by dying: after a failed allocation nothing in here can be trusted.
                os._exit(1)


def warm() -> None:
    """Load what the first page would load, so that its memory is not counted as the page's."""
    from spiders.extract import extract
    from storage.types import Capture

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
            fetched_at=_EPOCH,
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


def resident_kb(pid: int | None) -> int:
    """Return a process's resident memory in kilobytes; 0 where the system does not tell."""
    return int(_status(str(pid)).get("VmRSS", "0 kB").split()[0])


def _status(pid: str) -> Mapping[str, str]:
    try:
        lines = Path("/proc", pid, "status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return {}
    return dict(line.split(":\t", 1) for line in lines.splitlines() if ":\t" in line)
