"""The ledger of leases sees a source taken from a run at work, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.world.leases import lost, watch
from storage.archive import Archive

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=90)


class Scene:
    """Two owners, one source, a ledger."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "w.db"
        self.archive = Archive(f"sqlite:///{self.path}")
        self.archive.create()
        with self.archive.begin() as tx:
            tx.sync_sources({"one": MINUTE, "two": MINUTE}, now=NOW)
        watch(self.path)

    def begin(self, owner: str, at: int, trigger: str = "service", take: bool = True) -> int:
        """Open a run that takes source one, *at* so many minutes."""
        now = NOW + at * MINUTE
        with self.archive.begin() as tx:
            if take:
                assert tx.claim_sources(["one"], owner, now=now, lease=LEASE)
            return tx.start_run(trigger, ["one"], now=now, pid=77, config_hash=None)

    def take(self, owner: str, at: int) -> None:
        with self.archive.begin() as tx:
            assert tx.claim_sources(["one"], owner, now=NOW + at * MINUTE, lease=LEASE)

    def give_back(self, owner: str) -> None:
        with self.archive.begin() as tx:
            tx.give_back(["one"], owner)

    def end(self, run: int, at: int, outcome: str = "finished") -> None:
        with self.archive.begin() as tx:
            tx.end_run(run, now=NOW + at * MINUTE, outcome=outcome, counts={}, error=None)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    with scene.archive:
        yield scene


def test_a_source_taken_from_a_run_at_work_is_seen(scene: Scene) -> None:
    run = scene.begin("h:1:a", 0)
    other = scene.begin("h:1:b", 5)
    scene.end(other, 6)
    scene.end(run, 7)
    (line,) = lost(scene.path)
    assert line.startswith("I8 h:1:b took one at 2026-11-22 08:05:00")
    assert line.endswith(f"from run {run} (h:1:a), which was at work on it")


def test_a_source_taken_from_a_history_at_work_is_seen(scene: Scene) -> None:
    history = scene.begin("h:1:a", 0, take=False, trigger="backfill")
    scene.take("h:77:backfill", 1)
    scene.begin("h:1:b", 5)
    scene.end(history, 9)
    assert len(lost(scene.path)) == 1


def test_one_after_the_other_is_as_it_should_be(scene: Scene) -> None:
    run = scene.begin("h:1:a", 0)
    scene.give_back("h:1:a")
    # The first run is still at work on its other sources.
    second = scene.begin("h:1:b", 5)
    scene.end(run, 6)
    scene.give_back("h:1:b")
    scene.end(second, 6)
    assert lost(scene.path) == []


def test_a_history_that_waits_takes_nothing(scene: Scene) -> None:
    run = scene.begin("h:1:a", 0)
    history = scene.begin("h:77:backfill", 1, take=False, trigger="backfill")
    scene.give_back("h:1:a")
    scene.end(run, 2)
    scene.take("h:77:backfill", 3)
    scene.give_back("h:77:backfill")
    scene.end(history, 4)
    assert lost(scene.path) == []


def test_what_the_dead_held_may_be_taken(scene: Scene) -> None:
    run = scene.begin("h:1:a", 0)
    scene.begin("h:2:b", 5)
    scene.end(run, 6, outcome="abandoned")
    assert lost(scene.path) == []
