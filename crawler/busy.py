"""Work on a database that others write to: waited for beyond what one transaction waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from storage.errors import StorageBusy

logger = logging.getLogger(__name__)

T = TypeVar("T")


async def waiting_on(executor: Executor, work: Callable[[], T], *, tries: int) -> T:
    """Return what *work* returns, done in *executor*; again while others keep the database.

    Which of many waiting processes writes next is chance: with ten that write all the time on a
    machine with too much to do, one in five thousand articles waited 15 s in vain (`python -m
    crawler.world.markers --children 10 --articles 1000 --rounds 20`). Three times 15 s leave one
    in ten thousand millions.

    Raises:
        StorageBusy: it was taken at each of the *tries*; any other error of *work* at once.
    """
    loop = asyncio.get_running_loop()
    for tried in range(1, tries):
        try:
            return await loop.run_in_executor(executor, work)
        except StorageBusy as error:
            logger.warning("%s; waiting on, %d of %d", error, tried, tries - 1)
    return await loop.run_in_executor(executor, work)
