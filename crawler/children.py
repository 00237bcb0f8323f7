"""Crawl processes: started, watched, and ended for good when they must be."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.config import Config, parse
from crawler.nursery import Forked, Nursery

logger = logging.getLogger(__name__)

#: How long a process that was asked to stop may take before it is killed.
_GRACE_S = 5.0


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

    def __init__(self, process: Forked, sources: tuple[str, ...], owner: str) -> None:
        self._process = process
        self.sources = sources
        self.owner = owner

    @classmethod
    async def start(
        cls, nursery: Nursery, config: Config, sources: Sequence[str], owner: str
    ) -> CrawlChild:
        """Have *nursery* fork a process that crawls *sources*, which *owner* has leased.

        It is given the configuration, because the file may have been changed, for the worse,
        since its parent accepted it.

        Raises:
            OSError: there is no room for another process, or the nursery has died.
        """
        work = {"config": handed_over(config), "sources": list(sources), "owner": owner}
        return cls(await nursery.start(work), tuple(sources), owner)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def wait(self, deadline_s: float) -> Ended:
        """Return how it ended; at the deadline it is made to."""
        overdue = False
        try:
            await asyncio.wait_for(asyncio.shield(self._process.ended), deadline_s)
        except TimeoutError:
            overdue = True
            logger.warning(
                "crawl process %d is overdue after %.0f s: ending it", self.pid, deadline_s
            )
            await self.end()
        code = await self._process.ended
        return Ended(
            sources=self.sources, owner=self.owner, pid=self.pid, code=code, overdue=overdue
        )

    async def end(self, *, at_once: bool = False) -> None:
        """Ask it to stop, and kill it when it does not (or *at_once*)."""
        if not at_once:
            self.ask_to_stop()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._process.ended), _GRACE_S)
        self._process.signal(signal.SIGKILL)
        await asyncio.shield(self._process.ended)

    def ask_to_stop(self) -> None:
        """Let it finish what is under way and leave."""
        self._process.signal(signal.SIGTERM)


def handed_over(config: Config) -> dict[str, Any]:
    """Return *config* as its child reads it with `taken_over`; JSON-able."""
    return {
        "hash": config.hash,
        "path": str(config.path),
        "text": config.text,
        "watchlists": config.watchlist_texts,
    }


def taken_over(held: Mapping[str, Any]) -> Config:
    """Return the configuration that the parent process accepted."""
    path = Path(held["path"])
    return parse(
        held["text"],
        path=path,
        name=path.name,
        environ=os.environ,
        watchlist_texts=held["watchlists"],
    )


def confine(*, memory_limit_mb: int) -> None:
    """Limit the memory of this process, in MiB (0: not), and let it leave no core file."""
    if memory_limit_mb:
        limit = memory_limit_mb << 20
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    # A core file of a crawl would hold pages and, with bad luck, a proxy's password.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
