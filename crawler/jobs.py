"""The service's recurring jobs while they are under way, and how its end waits for them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

logger = logging.getLogger(__name__)


class Jobs:
    """Does what the scheduler asks for, and knows what is not done yet."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[Any] | None] = set()

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._under_way

    async def do(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Await *work*; where the end of the service breaks it off, say only that."""
        task = asyncio.current_task()
        self._under_way.add(task)
        try:
            await work()
        except asyncio.CancelledError:
            # Only the scheduler's end cancels, and it would log this with its traceback as an error.
            logger.warning("%s: not finished in time for the end", name)
        finally:
            self._under_way.discard(task)


async def until(done: Callable[[], bool], patience_s: float, hurry: asyncio.Event) -> bool:
    """Wait for *done*, for at most *patience_s* and not once *hurry* is set; return *done*."""
    deadline = time.monotonic() + patience_s
    while not done() and time.monotonic() < deadline and not hurry.is_set():
        await asyncio.sleep(0.05)
    return done()
