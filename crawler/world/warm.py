"""Commands without their second of imports: a process that has loaded everything, and forks.

Each command is still a process of its own, with its own memory, group and exit, that can be killed
at any point; only what `python -m crawler` would load anew each time is there already. The driver
starts hundreds.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class WarmRunner:
    """A preloaded process; `run` forks it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "crawler.world.warm"],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def run(
        self,
        arguments: tuple[str, ...],
        *,
        environment: Mapping[str, str],
        folder: Path,
        out: Path,
        err: Path,
        timeout_s: float,
    ) -> int:
        """Run one command and return its exit code as subprocess says it, negative for a signal.

        At *timeout_s* it is killed, with its children.

        Raises:
            RuntimeError: the preloaded process is gone.
        """
        order = {
            "arguments": arguments,
            "environment": dict(environment),
            "folder": str(folder),
            "out": str(out),
            "err": str(err),
            "timeout_s": timeout_s,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the preloaded process has ended")
        return int(answer)


def main() -> None:
    """Serve orders, one line of JSON each, until the input ends."""
    _preload()
    for line in sys.stdin.buffer:
        code = _serve(json.loads(line))
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def _preload() -> None:
    # Only what commands load themselves; none of it starts a thread, which a fork would lose.
    import crawler.cli.commands
    import crawler.crawling
    import crawler.delivery
    import spiders.extract

    assert crawler.cli.commands
    assert crawler.crawling
    assert crawler.delivery
    assert spiders.extract


def _serve(order: dict[str, Any]) -> int:
    """Fork, wait, and return the exit code; whatever is left of the group is killed."""
    child = os.fork()
    if child == 0:
        _become(order)
    watched = os.pidfd_open(child)
    try:
        ended, _, _ = select.select([watched], [], [], order["timeout_s"])
        if not ended:
            os.killpg(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    finally:
        os.close(watched)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(status)


def _become(order: dict[str, Any]) -> None:
    """Turn this forked process into the command; never returns."""
    code = 70
    try:
        os.setsid()
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["environment"])
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        for target, number in (("/dev/null", 0), (order["out"], 1), (order["err"], 2)):
            opened = os.open(target, os.O_RDONLY if number == 0 else flags, 0o600)
            os.dup2(opened, number)
        from crawler.cli.app import run

        code = run(list(order["arguments"]))
    except BaseException:  # noqa: BLE001 - the top of a process: shown, then it ends
        sys.excepthook(*sys.exc_info())
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
