"""Crawl processes: started, watched, and ended for good when they must be."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import logging
import os
import resource
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.config import Config, parse

logger = logging.getLogger(__name__)

#: How long a process that was asked to stop may take before it is killed.
_GRACE_S = 5.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a crawl process ended."""

    sources: tuple[str, ...]
    owner: str
    pid: int
    #: As `subprocess` says it: negative for a signal.
    code: int
    #: It was still at work at its deadline.
    overdue: bool = False

    @property
    def reason(self) -> str:
        """In words, for the run's record."""
        if self.overdue:
            return "the crawl process was ended at its deadline"
        if self.code < 0:
            with contextlib.suppress(ValueError):
                return f"the crawl process was ended by {signal.Signals(-self.code).name}"
        return f"the crawl process left with exit code {self.code}"


class CrawlChild:
    """One process that crawls a batch of sources, in a process group of its own."""

    def __init__(
        self, process: asyncio.subprocess.Process, sources: tuple[str, ...], owner: str
    ) -> None:
        self._process = process
        self.sources = sources
        self.owner = owner

    @classmethod
    async def start(
        cls, config: Config, sources: Sequence[str], owner: str, *, options: Sequence[str] = ()
    ) -> CrawlChild:
        """Start a process that crawls *sources*, which *owner* has leased.

        It reads the configuration from its standard input, because the file may have been
        changed, for the worse, since its parent accepted it.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "crawler", *options, "crawl-batch"),
            *("--owner", owner, "--parent", str(os.getpid())),
            *sources,
            stdin=asyncio.subprocess.PIPE,
            # Results go through the database; what a library prints must not mix with ours.
            stdout=sys.stderr.fileno(),
            stderr=sys.stderr.fileno(),
            # A Ctrl-C in the terminal is for the service, which then lets its children finish.
            start_new_session=True,
        )
        child = cls(process, tuple(sources), owner)
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(handed_over(config))
            await process.stdin.drain()
            process.stdin.close()
        return child

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def wait(self, deadline_s: float) -> Ended:
        """Return how it ended; at the deadline it is made to."""
        overdue = False
        try:
            await asyncio.wait_for(self._process.wait(), deadline_s)
        except TimeoutError:
            overdue = True
            logger.warning(
                "crawl process %d is overdue after %.0f s: ending it", self.pid, deadline_s
            )
            await self.end()
        self._signal(signal.SIGKILL)
        code = self._process.returncode
        assert code is not None
        return Ended(
            sources=self.sources, owner=self.owner, pid=self.pid, code=code, overdue=overdue
        )

    async def end(self, *, at_once: bool = False) -> None:
        """Ask it to stop, and kill it when it does not (or *at_once*)."""
        if not at_once:
            self.ask_to_stop()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _GRACE_S)
        self._signal(signal.SIGKILL)
        await self._process.wait()

    def ask_to_stop(self) -> None:
        """Let it finish what is under way and leave."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> None:
        """Signal the whole group: the child's extraction workers too."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


def handed_over(config: Config) -> bytes:
    """Return *config* as its child reads it with `taken_over`."""
    data = {
        "path": str(config.path),
        "text": config.text,
        "watchlists": config.watchlist_texts,
    }
    return json.dumps(data).encode()


def taken_over(data: bytes) -> Config:
    """Return the configuration that the parent process accepted."""
    held: dict[str, Any] = json.loads(data)
    path = Path(held["path"])
    return parse(
        held["text"],
        path=path,
        name=path.name,
        environ=os.environ,
        watchlist_texts=held["watchlists"],
    )


def confine(*, memory_limit_mb: int, parent: int) -> None:
    """Limit this process, and see that it does not outlive its *parent*. Linux; elsewhere less."""
    if memory_limit_mb:
        limit = memory_limit_mb << 20
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    # A core file of a crawl would hold pages and, with bad luck, a proxy's password.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        # It died before we could ask to be told.
        os._exit(1)
