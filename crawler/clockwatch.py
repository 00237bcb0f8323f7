"""Noticing that the wall clock was stepped, and what follows from it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from storage.errors import StorageError

logger = logging.getLogger(__name__)

#: Clock discipline by NTP slews by less; a step of more is a jump (reliability notes, 3.1).
JUMP_S = 30.0
EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Clocks:
    """Both clocks at one moment, in seconds."""

    wall: float
    monotonic: float


def jump_between(before: Clocks, after: Clocks) -> float:
    """Return by how many seconds the wall clock was stepped between two readings; 0.0 for none.

    A machine that slept counts as a step forward: its monotonic clock stood still.
    """
    step = (after.wall - before.wall) - (after.monotonic - before.monotonic)
    return step if abs(step) > JUMP_S else 0.0


class ClockWatch:
    """Looks at both clocks every few seconds, and wakes every job when the wall clock was stepped.

    APScheduler waits for the wall clock: stepped back an hour, it ran nothing for 65 minutes
    (measured). The sleep here is on the monotonic clock.
    """

    def __init__(
        self,
        scheduler: AsyncIOScheduler,
        pull_back: Callable[[], int],
        figures: dict[str, float],
        *,
        read: Callable[[], Clocks] = lambda: Clocks(time.time(), time.monotonic()),
        every_s: float = EVERY_S,
    ) -> None:
        """Watch for *scheduler*.

        Args:
            pull_back: brings into reach what a clock that was ahead had set for later.
            figures: `clock_jumps_total` is counted in it.
        """
        self._scheduler = scheduler
        self._pull_back = pull_back
        self._figures = figures
        self._read = read
        self._every_s = every_s

    async def watch(self) -> None:
        """Go on for ever."""
        before = self._read()
        while True:
            await asyncio.sleep(self._every_s)
            after = self._read()
            if step := jump_between(before, after):
                await self._jumped(step)
            before = after

    async def _jumped(self, step: float) -> None:
        self._figures["clock_jumps_total"] += 1
        logger.warning("the clock was stepped by %+.0f s: schedules are recomputed", step)
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))
        if step > 0:
            return
        try:
            moved = await asyncio.to_thread(self._pull_back)
        except StorageError as error:
            logger.warning("schedules were not moved: %s", error)
        else:
            logger.warning("%d sources were set for later than they may be: moved", moved)
