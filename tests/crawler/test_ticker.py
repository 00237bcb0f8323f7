"""The end comes while sources are being claimed: nothing stays leased."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crawler.children import Ended
from crawler.clock import utcnow
from crawler.config import Config, load
from crawler.gaps import Gap, lost
from crawler.nursery import Nursery
from crawler.ticker import Ticker
from storage.archive import Archive

HOUR = timedelta(hours=1)
CONFIG = """
[sources.mine]
name = "Mine"
home = "http://127.0.0.1:9/"
channels = [{kind = "feed", url = "http://127.0.0.1:9/"}]
"""


class Slow(Ticker):
    """Claims, and is then held up, as on a busy machine."""

    claimed = threading.Event()
    go_on = threading.Event()

    def _claim(self, config: Config, owner: str) -> tuple[str, ...]:
        ids = super()._claim(config, owner)
        self.claimed.set()
        self.go_on.wait(20)
        return ids


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[tuple[Archive, Config]]:
    """An archive in which the one source of the configuration is due."""
    path = tmp_path / "windcatch.toml"
    path.write_text(CONFIG)
    with Archive(f"sqlite:///{tmp_path / 'windcatch.db'}") as archive:
        archive.create()
        with archive.begin() as tx:
            tx.sync_sources({"mine": timedelta(minutes=10)}, now=utcnow() - timedelta(hours=1))
        yield archive, load(path)


def given_back_without_blame(archive: Archive) -> None:
    with archive.read() as reader:
        (state,) = reader.sources()
    held: Any = (state.lease_owner, state.failures, state.last_error)
    assert held == (None, 0.0, None)
    assert state.next_due_at is not None
    assert state.next_due_at <= utcnow()


@pytest.mark.parametrize("how", ["drain", "kill and drain"])
def test_what_was_being_claimed_is_given_back(scene: tuple[Archive, Config], how: str) -> None:
    archive, config = scene
    # It must not come to a crawl.
    nursery = cast(Nursery, SimpleNamespace())

    async def end(ticker: Slow) -> None:
        tick = asyncio.create_task(ticker.tick())
        await asyncio.to_thread(ticker.claimed.wait, 20)
        ending = [asyncio.create_task(ticker.drain(5))]
        if how != "drain":
            ending.append(asyncio.create_task(ticker.kill()))
        await asyncio.sleep(0.05)
        ticker.go_on.set()
        await asyncio.gather(tick, *ending)

    Slow.claimed.clear()
    Slow.go_on.clear()
    asyncio.run(end(Slow(archive, lambda: config, utcnow, nursery)))
    given_back_without_blame(archive)


def test_without_a_process_sources_are_given_back_without_blame(
    scene: tuple[Archive, Config], caplog: pytest.LogCaptureFixture
) -> None:
    archive, config = scene

    async def none(work: object) -> None:
        raise OSError("no crawl process: the nursery has died")

    async def once(ticker: Ticker) -> None:
        assert await ticker.tick() == 1
        await ticker.drain(5)

    nursery = cast(Nursery, SimpleNamespace(start=none))
    with caplog.at_level("INFO"):
        asyncio.run(once(Ticker(archive, lambda: config, utcnow, nursery)))
    given_back_without_blame(archive)
    assert "no crawl process: the nursery has died (sources: mine)" in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("forked", [True, False], ids=["at work", "not forked yet"])
def test_a_clock_moved_on_takes_nothing_from_a_crawl(
    scene: tuple[Archive, Config], forked: bool
) -> None:
    """A machine that slept an hour: by the clock every lease has run out, and the work goes on."""
    archive, config = scene
    ahead = timedelta()
    orders: list[asyncio.Event] = []

    async def start(work: object) -> SimpleNamespace:
        go_on = asyncio.Event()
        orders.append(go_on)
        if not forked:
            # Another nursery has to load first.
            await go_on.wait()
        ended = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().create_task(go_on.wait()).add_done_callback(
            lambda _: ended.set_result(0)
        )
        return SimpleNamespace(pid=1, ended=ended, signal=lambda _: None)

    async def sleep_through(ticker: Ticker) -> None:
        nonlocal ahead
        assert await ticker.tick() == 1
        while not orders or forked is not bool(ticker.at_work):
            await asyncio.sleep(0.01)
        ahead = HOUR
        assert await ticker.tick() == 0
        for order in orders:
            order.set()
        await ticker.drain(5)

    nursery = cast(Nursery, SimpleNamespace(start=start))
    asyncio.run(sleep_through(Ticker(archive, lambda: config, lambda: utcnow() + ahead, nursery)))
    assert len(orders) == 1


def test_a_death_does_not_take_back_what_was_told_of_a_gap(tmp_path: Path) -> None:
    """The loss is shown for a day; its source is not well again because a process died meanwhile."""
    path = tmp_path / "windcatch.toml"
    path.write_text(CONFIG + '[destinations.d]\ntype = "console"\n[operator]\ndestination = "d"\n')
    config = load(path)
    now = utcnow()
    gap = Gap(since=now - 9 * HOUR, until=now - 3 * HOUR, at=now - HOUR, reached=False, open=False)
    with Archive(f"sqlite:///{tmp_path / 'windcatch.db'}") as archive:
        archive.create()
        ticker = Ticker(archive, lambda: config, lambda: now, cast(Nursery, SimpleNamespace()))
        with archive.begin() as tx:
            tx.sync_sources({"mine": HOUR}, now=now - HOUR)
            for memory in ({"gap": gap.as_json()}, None):
                (state,) = tx.claim_due("o", now=now, limit=1, lease=HOUR)
                if memory:
                    tx.release_source(
                        "mine", "o", now=now, next_due_at=now, ok=True, new=0, error=None,
                        memory=memory,
                    )  # fmt: skip
                    told = lost("mine", gap, now=now)
                    assert told is not None
                    tx.set_health("mine", health=told.state, reason=told.text, now=now)
        ticker._clean_up(Ended(sources=("mine",), owner="o", pid=0, code=-9))
        with archive.read() as reader:
            (state,) = reader.sources()
            alarms = reader.alerts(limit=9)
    assert (state.lease_owner, state.failures) == (None, 1.0)
    assert (state.health, state.health_reason) == ("degraded", told.text)
    assert list(alarms) == []
