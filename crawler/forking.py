"""The nursery's own process: it has loaded everything, and forks a process for each order.

Loading takes 2.6 s of processor time, a batch of sources without news a tenth of that. Orders come
and ends are told as lines of JSON over a socket; when that closes, or the process at its other end
dies, everything that was forked dies too. It has no threads: a fork would lose them, with their locks.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

#: Does what an order says, in the forked process; returns its exit code.
Work = Callable[[Mapping[str, Any]], int]
#: Gets ready for an order, in the nursery, so that the forked process has it.
Prepare = Callable[[Mapping[str, Any]], None]

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_DEAF_TO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def serve(
    link: socket.socket,
    *,
    load: Callable[[], None],
    work: Work,
    parent: int,
    prepare: Prepare | None = None,
) -> None:
    """Serve orders from *link* until it closes, then end what was forked.

    Args:
        load: imports what *work* needs; it must start no thread.
        parent: the process id of the service, without which nothing may go on.
        prepare: reads what many orders have in common, before the fork; it must start no thread.
    """
    # A Ctrl-C in the terminal is for the service, which then lets its children finish.
    for number in _DEAF_TO:
        signal.signal(number, signal.SIG_IGN)
    die_with(parent)
    name_process("wc-nursery")
    load()
    # Objects that the collector never touches stay in pages shared with the children.
    gc.collect()
    gc.freeze()
    _Forks(link, work, prepare).run()


class _Forks:
    def __init__(self, link: socket.socket, work: Work, prepare: Prepare | None) -> None:
        self._link = link
        self._work = work
        self._prepare = prepare
        #: Order id by process id.
        self._orders: dict[int, int] = {}
        self._read = b""

    def run(self) -> None:
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        self._wake = (woken, wake)
        try:
            while True:
                ready, _, _ = select.select([self._link.fileno(), woken], [], [])
                if woken in ready:
                    os.read(woken, 4096)
                    self._reap()
                if self._link.fileno() in ready and not self._take():
                    return
        finally:
            for pid in self._orders:
                _kill_group(pid)

    def _take(self) -> bool:
        """Read what has come and obey it; return False when the other end is closed."""
        try:
            came = self._link.recv(1 << 16)
        except ConnectionResetError:
            came = b""
        self._read += came
        while b"\n" in self._read:
            line, _, self._read = self._read.partition(b"\n")
            self._obey(json.loads(line))
        return bool(came)

    def _obey(self, message: dict[str, Any]) -> None:
        if "signal" not in message:
            self._fork(message)
            return
        for pid, order in self._orders.items():
            if order != message["id"]:
                continue
            if message["signal"] == signal.SIGKILL:
                _kill_group(pid)
            else:
                os.kill(pid, message["signal"])

    def _fork(self, order: dict[str, Any]) -> None:
        nursery = os.getpid()
        if self._prepare is not None:
            # What is wrong with the order, its own process finds, and says.
            with suppress(Exception):
                self._prepare(order["work"])
        try:
            pid = os.fork()
        except OSError as error:
            self._tell(id=order["id"], pid=0, code=1, error=str(error))
            return
        if pid == 0:
            self._become(order, nursery)
        self._orders[pid] = order["id"]
        self._tell(id=order["id"], pid=pid)

    def _become(self, order: dict[str, Any], nursery: int) -> None:
        """Do the work in this forked process, and end; never returns."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            self._link.close()
            for end in self._wake:
                os.close(end)
            os.setsid()
            name_process("wc-crawl")
            die_with(nursery)
            code = self._work(order["work"])
        except BaseException:  # noqa: BLE001 - the top of a process: shown, then it ends
            sys.excepthook(*sys.exc_info())
        finally:
            with suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _reap(self) -> None:
        for pid, order in list(self._orders.items()):
            # Looked at, not yet reaped: until then its id belongs to nobody else.
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                continue
            # Whatever it started, extraction workers first of all.
            _kill_group(pid)
            _, status = os.waitpid(pid, 0)
            del self._orders[pid]
            self._tell(id=order, pid=pid, code=os.waitstatus_to_exitcode(status))

    def _tell(self, **message: object) -> None:
        # The service is gone: the next read says so.
        with suppress(OSError):
            self._link.sendall(json.dumps(message).encode() + b"\n")


def die_with(parent: int) -> None:
    """End this process when its *parent* ends. Linux; elsewhere the closed socket must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        # It died before we could ask to be told.
        os._exit(1)


def name_process(name: str) -> None:
    """Let `ps` and `top` show *name*, at most 15 letters. Linux; elsewhere nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    # Before its own setsid it has no group yet.
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
