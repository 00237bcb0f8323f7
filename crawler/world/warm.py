"""Commands without their seconds of imports: forked from a process that has loaded everything.

Each command is still a process of its own, with its own memory, group and exit, that can be killed
at any point; only what `python -m crawler` would load anew each time is there already. The driver
starts hundreds. It is the service's own nursery (crawler/forking.py) with another kind of work.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from crawler.forking import serve

#: Commands that read pages: their first extraction worker is forked as well.
_EXTRACTING = frozenset({"crawl", "backfill", "import", "reextract"})


class WarmProcess:
    """One command that was started; as `subprocess.Popen`, as far as it goes."""

    def __init__(self, runner: WarmRunner, order: int, pid: int) -> None:
        """Watch what *order* became."""
        self._runner = runner
        self._order = order
        self.pid = pid

    def poll(self) -> int | None:
        """Return its exit code, negative for a signal; None while it runs."""
        self._runner.hear(0)
        return self._runner.codes.get(self._order)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return the exit code.

        Raises:
            subprocess.TimeoutExpired: it has not come in *timeout* seconds.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            left = 1.0 if deadline is None else deadline - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(str(self._order), timeout or 0)
            self._runner.hear(min(left, 1.0))
        return code

    def send_signal(self, number: int) -> None:
        """Signal it; SIGKILL ends everything it has started too. Nothing happens after its end."""
        self._runner.send({"id": self._order, "signal": int(number)})

    def kill(self) -> None:
        """Kill it alone, as a crash would: what it has started must notice by itself."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


class WarmRunner:
    """A preloaded process that forks commands. For one thread."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start it; it loads while the caller goes on."""
        self._link, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "crawler.world.warm", str(os.getpid())],
                env=dict(environment),
                stdin=theirs.fileno(),
                start_new_session=True,
            )
        self._read = b""
        self._orders = 0
        self._pids: dict[int, int] = {}
        #: Exit codes of commands that have ended, by order.
        self.codes: dict[int, int] = {}

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
        """End the process, and every command that still runs."""
        self._link.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def start(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        out: Path,
        err: Path,
    ) -> WarmProcess:
        """Start one command in *folder*, with its output in files.

        Raises:
            RuntimeError: the preloaded process is gone.
        """
        self._orders += 1
        order = self._orders
        work = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "folder": str(folder),
            "out": str(out),
            "err": str(err),
        }
        self.send({"id": order, "work": work})
        while order not in self._pids:
            self.hear(None)
        return WarmProcess(self, order, self._pids[order])

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
        started = self.start(arguments, environment=environment, folder=folder, out=out, err=err)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return started.wait(timeout_s)
        started.send_signal(signal.SIGKILL)
        return started.wait()

    def send(self, message: Mapping[str, Any]) -> None:
        """Hand *message* to the preloaded process."""
        with contextlib.suppress(BrokenPipeError):
            self._link.sendall(json.dumps(message).encode() + b"\n")

    def hear(self, patience_s: float | None) -> None:
        """Take in what the preloaded process tells within *patience_s*; None waits for something.

        Raises:
            RuntimeError: it is gone.
        """
        if not select.select([self._link], [], [], patience_s)[0]:
            return
        try:
            came = self._link.recv(1 << 16)
        except ConnectionResetError:
            came = b""
        if not came:
            raise RuntimeError("the preloaded process has ended")
        self._read += came
        while b"\n" in self._read:
            line, _, self._read = self._read.partition(b"\n")
            message = json.loads(line)
            self._pids[message["id"]] = message["pid"]
            if "code" in message:
                self.codes[message["id"]] = message["code"]


def main() -> None:
    """Serve orders from the socket on standard input until it closes."""
    with socket.socket(fileno=0) as link:
        serve(link, load=_preload, work=_become, parent=int(sys.argv[1]))


def _preload() -> None:
    # Only what commands load themselves; none of it starts a thread, which a fork would lose.
    import crawler.cli.batch
    import crawler.cli.commands
    import crawler.delivery
    import crawler.service

    assert crawler.cli.commands
    assert crawler.delivery
    assert crawler.service
    crawler.cli.batch.load()


def _become(order: Mapping[str, Any]) -> int:
    """Turn this forked process into the command; return its exit code."""
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for target, number in (("/dev/null", 0), (order["out"], 1), (order["err"], 2)):
        opened = os.open(target, os.O_RDONLY if number == 0 else flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    from crawler.cli.app import run
    from crawler.extract_pool import prepare

    if order["arguments"][0] in _EXTRACTING:
        prepare()
    return run(list(order["arguments"]))


if __name__ == "__main__":
    main()
