"""The wall clock is stepped: by how much, and what the service does about it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from crawler.clockwatch import Clocks, ClockWatch, jump_between
from storage.errors import StorageBusy

HOUR = 3600.0

#: (wall, monotonic) seconds between two looks, and the step that is seen.
STEPS = [
    (5.0, 5.0, 0.0, "nothing happened"),
    (5.9, 5.0, 0.0, "NTP slews"),
    (34.0, 5.0, 0.0, "a leap second and a slow look"),
    (5.0 + HOUR, 5.0, HOUR, "an hour ahead"),
    (5.0 - HOUR, 5.0, -HOUR, "an hour back"),
    (5.0 + 24 * HOUR, 5.0, 24 * HOUR, "a day ahead"),
    (5.0 - 10 * 365 * 24 * HOUR, 5.0, -10 * 365 * 24 * HOUR, "ten years back"),
    (8 * HOUR, 5.0, 8 * HOUR - 5, "the machine slept"),
    (600.0, 600.0, 0.0, "the process was stopped: both clocks went on"),
]


@pytest.mark.parametrize(("wall", "monotonic", "step", "why"), STEPS, ids=[s[3] for s in STEPS])
def test_a_step_is_seen(wall: float, monotonic: float, step: float, why: str) -> None:
    before = Clocks(1_800_000_000.0, 77.0)
    after = Clocks(before.wall + wall, before.monotonic + monotonic)
    assert jump_between(before, after) == pytest.approx(step), why


def watched(steps: list[float], pull_back: object) -> tuple[dict[str, float], timedelta]:
    """Let the wall clock take *steps*; return the figures, and how long a sleeping job must wait."""
    figures = {"clock_jumps_total": 0.0}

    def read() -> Iterator[Clocks]:
        wall = monotonic = 0.0
        yield Clocks(wall, monotonic)
        for step in [*steps, *[0.0] * 1000]:
            wall, monotonic = wall + 5 + step, monotonic + 5
            yield Clocks(wall, monotonic)

    async def run() -> timedelta:
        scheduler = AsyncIOScheduler(timezone=UTC)
        later = datetime.now(UTC) + timedelta(hours=1)
        scheduler.add_job(lambda: None, "interval", hours=1, next_run_time=later, id="sleeper")
        scheduler.start(paused=True)
        watch = ClockWatch(
            scheduler, pull_back, figures, read=read().__next__, every_s=0.001
        )  # fmt: skip
        task = asyncio.create_task(watch.watch())
        await asyncio.sleep(0.1)
        task.cancel()
        (job,) = scheduler.get_jobs()
        scheduler.shutdown(wait=False)
        return job.next_run_time - datetime.now(UTC)

    return figures, asyncio.run(run())


@pytest.mark.parametrize(
    ("steps", "jumps", "pulled"),
    [([0.0, 3.0], 0, 0), ([HOUR], 1, 0), ([-HOUR], 1, 1), ([HOUR, 0.0, -HOUR], 2, 1)],
)
def test_every_job_is_woken_and_a_step_back_moves_what_was_set(
    steps: list[float], jumps: int, pulled: int
) -> None:
    calls: list[int] = []
    figures, wait = watched(steps, lambda: calls.append(1) or 3)
    assert figures["clock_jumps_total"] == jumps
    assert len(calls) == pulled
    assert (wait < timedelta(minutes=1)) is (jumps > 0)


def test_a_database_that_is_held_does_not_end_the_watch() -> None:
    def held() -> int:
        raise StorageBusy("windcatch.db: locked")

    figures, _ = watched([-HOUR, 0.0, -HOUR], held)
    assert figures["clock_jumps_total"] == 2
