"""Recurring jobs at the end: waited for, and broken off without a word too many."""

from __future__ import annotations

import asyncio

import pytest

from crawler.jobs import Jobs


def test_what_is_under_way_is_known() -> None:
    async def story() -> list[bool]:
        jobs, go_on = Jobs(), asyncio.Event()

        async def work() -> None:
            await go_on.wait()

        seen = [jobs.idle]
        task = asyncio.create_task(jobs.do("chores", work))
        await asyncio.sleep(0)
        seen.append(jobs.idle)
        go_on.set()
        await task
        return [*seen, jobs.idle]

    assert asyncio.run(story()) == [True, False, True]


def test_one_that_is_broken_off_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> bool:
        jobs = Jobs()
        task = asyncio.create_task(jobs.do("chores", lambda: asyncio.sleep(60)))
        await asyncio.sleep(0)
        task.cancel()
        await task
        return jobs.idle

    assert asyncio.run(story())
    assert "chores: not finished in time for the end" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_fault_is_still_one() -> None:
    async def broken() -> None:
        raise ValueError("a bug")

    async def story() -> None:
        jobs = Jobs()
        with pytest.raises(ValueError, match="a bug"):
            await jobs.do("chores", broken)
        assert jobs.idle

    asyncio.run(story())
