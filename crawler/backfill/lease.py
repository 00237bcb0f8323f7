"""Holding a source while its history is brought in, and giving way to live polling."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta

from crawler.backfill.fetching import Stopped
from crawler.backfill.ledger import LEASE
from storage.archive import Archive

logger = logging.getLogger(__name__)

#: Seconds between two looks at a source that somebody else holds.
POLL_S = 1.0
#: Seconds in which a service that is there takes a source that is due.
GRACE_S = 15.0
#: When nobody took it (no service runs), it is not offered again for so long.
_AGAIN = timedelta(minutes=10)


class SourceLease:
    """One source's lease: nobody else crawls it meanwhile, so that its politeness holds."""

    def __init__(
        self,
        archive: Archive,
        source_id: str,
        owner: str,
        clock: Callable[[], datetime],
        stopping: asyncio.Event,
    ) -> None:
        self._archive = archive
        self._source_id = source_id
        self._owner = owner
        self._clock = clock
        self._stopping = stopping
        self._not_before: datetime | None = None

    async def take(self, waiting: Callable[[str], None] = lambda _: None) -> None:
        """Wait for the source, and take it.

        Raises:
            Stopped: asked to stop while waiting.
        """
        told = False
        while (holder := await asyncio.to_thread(self._try)) is not None:
            if not told:
                waiting(f"{self._source_id}: waiting, {holder} is crawling it")
                told = True
            await self._pause(POLL_S)

    def _try(self) -> str | None:
        """Take the source; return who holds it when that is somebody else."""
        now = self._clock()
        with self._archive.begin() as tx:
            state = tx.source_state(self._source_id)
            holder = (state.lease_owner if state is not None else None) or "somebody"
            if _dead(holder):
                tx.hand_back_source(self._source_id, holder)
            if tx.claim_sources([self._source_id], self._owner, now=now, lease=LEASE):
                tx.free_units(self._source_id, now=now)
                return None
            return holder

    async def breathe(self) -> None:
        """Give the source to live polling when it is due, and take it back afterwards.

        Raises:
            Stopped: asked to stop meanwhile.
        """
        if not await asyncio.to_thread(self._due):
            return
        logger.debug("%s: due, giving way", self._source_id)
        await asyncio.to_thread(self.give_back)
        waited = 0.0
        while waited < GRACE_S and await asyncio.to_thread(self._waits):
            await self._pause(POLL_S)
            waited += POLL_S
        if waited >= GRACE_S:
            self._not_before = self._clock() + _AGAIN
        await self.take()

    def _due(self) -> bool:
        now = self._clock()
        if self._not_before is not None and now < self._not_before:
            return False
        with self._archive.begin() as tx:
            state = tx.source_state(self._source_id)
        due = state.next_due_at if state is not None else None
        return due is not None and due <= now

    def _waits(self) -> bool:
        """Tell whether nobody has come for the source yet."""
        with self._archive.begin() as tx:
            state = tx.source_state(self._source_id)
        due = state.next_due_at if state is not None else None
        return (
            state is not None
            and state.lease_owner is None
            and due is not None
            and due <= self._clock()
        )

    def give_back(self) -> None:
        """Give the source back as it was."""
        with self._archive.begin() as tx:
            tx.hand_back_source(self._source_id, self._owner)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
        raise Stopped("asked to stop")


def owner_name() -> str:
    """Return the name of this process as an owner: host and process id, so that a wreck is told."""
    return f"{socket.gethostname()[:32]}:{os.getpid()}:backfill"


def _dead(owner: str) -> bool:
    """Tell whether *owner* was a process of this machine that is no more."""
    host, _, rest = owner.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname()[:32] or not pid.isdigit() or int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
