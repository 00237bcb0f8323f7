"""The background service as a process: what it does, and how it ends. Needs Linux's /proc."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from disks import fill, full_disk
from service_runs import Running, alive, children_of, until

from crawler.config import load
from crawler.standing import standing
from crawler.world import configtext, faults
from crawler.world.fakesite import FakeWorld
from crawler.world.fakeslack import FakeSlack
from crawler.world.pieces import Piece
from crawler.world.prose import compose
from crawler.world.reply import Manner
from crawler.world.site import Site
from crawler.world.stage import Stage, WorldClock
from storage.archive import Archive
from storage.engine import BUSY_TIMEOUT_MS
from storage.types import SourceState

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")

WATCHLIST = """
name = "Desk"
destination = "policy"
[[themes]]
id = "swap"
name = "Battery swapping"
query = '"battery swapping" OR 换电'
"""
QUICK = """
[service]
tick_s = 0.2
deliver_every_s = 0.2
crawl_deadline_s = 60
batch = 2
drain_s = 8
"""
SITES = (
    Site(host="good.example", name="Good", scheme="http", offers=frozenset({"rss"})),
    Site(host="slow.example", name="Slow", scheme="http", offers=frozenset({"rss"})),
)


@dataclass(frozen=True)
class Scene:
    """A world, a Slack and a stage."""

    world: FakeWorld
    slack: FakeSlack
    stage: Stage
    #: The configuration as it was at first.
    sound: str
    begun: datetime
    told_before: int

    def publish(self, host: str, seed: int, *, topic: str | None = "battery swapping") -> None:
        title, text = compose(seed, "en", topic=topic)
        now = self.stage.clock.now()
        path = f"/a/{seed}.html"
        piece = Piece(path=path, title=title, text=text, published_at=now, changed_at=now)
        self.world.publish(host, piece)

    def runs(self, trigger: str) -> list[str | None]:
        """The outcomes of the runs of this test."""
        with Archive(self.stage.database) as archive, archive.read() as reader:
            of_this = [run for run in reader.runs(limit=200) if run.started_at >= self.begun]
        return [run.outcome for run in of_this if run.trigger == trigger]

    def states(self) -> dict[str, SourceState]:
        with Archive(self.stage.database) as archive, archive.read() as reader:
            return {state.source_id: state for state in reader.sources()}

    def told(self) -> int:
        return len(self.slack.ledger()) - self.told_before

    def again(self) -> Scene:
        """Let an hour pass, so that everything is due, and forget what was before."""
        self.world.heal()
        self.stage.later(hours=1)
        config = self.stage.config
        config.write_text(self.sound)
        return replace(self, begun=self.stage.clock.now(), told_before=len(self.slack.ledger()))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One world whose sources have had their baseline: most of a test's time goes into that."""
    clock = WorldClock()
    with FakeWorld(SITES, clock=clock.now) as world, FakeSlack([configtext.CHANNEL]) as slack:
        stage = Stage(
            tmp_path_factory.mktemp("service"),
            world=world,
            slack=slack,
            sources=[configtext.site_source(site) for site in SITES],
            watchlist=WATCHLIST,
            extra=QUICK,
            clock=clock,
            warm=True,
        )
        scene = Scene(world, slack, stage, stage.config.read_text(), clock.now(), 0)
        for number, site in enumerate(SITES):
            scene.publish(site.host, 100 + number, topic=None)
        finished = stage.windcatch("crawl")
        assert finished.code == 0, finished.stderr
        yield scene
        stage.close()


@pytest.fixture
def scene(opened: Scene) -> Scene:
    return opened.again()


def test_it_crawls_what_is_due_tells_reloads_and_ends(scene: Scene) -> None:
    scene.publish("good.example", 1)
    with Running(scene.stage) as service:
        until(lambda: scene.told() == 1, why=lambda: service.log)
        with Archive(scene.stage.database) as archive, archive.read() as reader:
            now = standing(load(scene.stage.config), reader, now=scene.stage.clock.now())
        assert now.service is not None
        assert now.service.pid == service.process.pid
        assert {source.state for source in now.sources} == {"ok"}

        scene.stage.config.write_text(scene.sound + "\n[fetch2]\nx = 1\n")
        service.tell(signal.SIGHUP)
        service.says("not reloaded: ")
        line = scene.sound.count("\n") + 2
        assert f"windcatch.toml:{line}" in service.log
        assert "fetch2: unknown key" in service.log
        port = free_port()
        fresh = f"batch = 3\nmetrics_port = {port}"
        scene.stage.config.write_text(scene.sound.replace("batch = 2", fresh))
        service.tell(signal.SIGHUP)
        service.says("configuration reloaded: 2 sources")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as figures:
            assert b"config_last_reload_successful 1.0" in figures.read()

        started = time.monotonic()
        service.tell(signal.SIGTERM)
        assert service.ended() == 0
        assert time.monotonic() - started < 30
        assert "service stopped" in service.log
    assert scene.told() == 1
    assert scene.runs("supervisor") == ["finished"]
    # A crawl that the end met half-way says so.
    assert set(scene.runs("service")) <= {"finished", "interrupted"}


def test_a_crawl_that_hangs_costs_only_itself(scene: Scene) -> None:
    scene.stage.config.write_text(scene.sound.replace("deadline_s = 60", "deadline_s = 4"))
    # Asleep with its leases in hand, deaf to everything: as in a parser that never returns.
    with Running(scene.stage, failpoint="lease.claimed:1:sleep") as service:
        service.says("was ended at its deadline", within_s=40)
        until(lambda: scene.states()["good-example"].failures == 1, why=lambda: service.log)
        assert service.process.poll() is None
        service.tell(signal.SIGTERM)
        assert service.ended() == 0
    hung = scene.states()["good-example"]
    assert hung.lease_owner is None
    # On a busy machine it may be ended before its run begins.
    assert set(scene.runs("service")) <= {"killed"}
    assert hung.last_error == "the crawl process was ended at its deadline"
    assert hung.next_due_at is not None
    assert hung.last_ok_at is not None, "what was known before is kept"


@pytest.mark.parametrize(
    ("action", "said"),
    [
        pytest.param("segv", "the crawl process was ended by SIGSEGV", id="a bug in C"),
        pytest.param("loop", "the crawl process was ended at its deadline", id="an endless loop"),
    ],
)
def test_a_crawl_process_that_breaks_costs_only_its_own_batch(
    scene: Scene, action: str, said: str
) -> None:
    """In the reactor's own thread, where no signal handler and no timer gets a turn."""
    trap = scene.stage.folder / f"trap-{action}"
    trap.write_text(f"fetch.response_received:1:{action}")
    scene.stage.config.write_text(scene.sound.replace("deadline_s = 60", "deadline_s = 4"))
    # One that has failed is in no batch with one that has not.
    due_at_once(scene, "slow-example", failures=1)
    due_at_once(scene, "good-example", failures=0)
    with Running(scene.stage, failpoint=f"@{trap}") as service:
        until(lambda: len(scene.runs("service")) == 2, why=lambda: service.log)
        until(lambda: None not in scene.runs("service"), why=lambda: service.log)
        assert sorted(map(str, scene.runs("service"))) == ["finished", "killed"]
        failed = [id_ for id_, state in scene.states().items() if state.last_error]
        (broken,) = failed
        state = scene.states()[broken]
        assert state.last_error == said
        assert (state.lease_owner, state.failures) == (None, 2.0 if broken[0] == "s" else 1.0)
        # It comes back when it is due again.
        due_at_once(scene, broken, failures=state.failures)
        until(lambda: scene.states()[broken].failures == 0, why=lambda: service.log)
        service.tell(signal.SIGTERM)
        assert service.ended() == 0


def test_a_killed_service_takes_its_children_along_and_is_taken_over(scene: Scene) -> None:
    scene.world.fault("slow.example", "", faults.delay(60, times=None))
    with Running(scene.stage) as service:
        service.says("crawling 2 sources")
        until(lambda: bool(service.children()))
        children = service.children()
        service.process.kill()
        until(lambda: not any(alive(pid) for pid in children), within_s=5)
    scene.world.heal()
    # Leases run out by themselves.
    scene.stage.later(minutes=3)
    with Running(scene.stage) as service:
        until(lambda: "finished" in scene.runs("service"), why=lambda: service.log)
        assert "that were abandoned" in service.log
        service.tell(signal.SIGTERM)
        assert service.ended() == 0
    assert "abandoned" in scene.runs("supervisor")


def test_a_second_signal_ends_it_at_once(scene: Scene) -> None:
    scene.world.fault("slow.example", "", faults.delay(60, times=None))
    with Running(scene.stage) as service:
        service.says("crawling 2 sources")
        until(lambda: bool(service.children()))
        service.tell(signal.SIGTERM)
        service.says("finishing what is under way")
        started = time.monotonic()
        service.tell(signal.SIGTERM)
        assert service.ended(within_s=6) == 0
        assert time.monotonic() - started < 6


@pytest.mark.parametrize("point", ["shutdown.draining", "config.swapped"])
def test_a_kill_at_its_turns_leaves_no_child_and_no_lease_for_ever(
    scene: Scene, point: str
) -> None:
    """K15 and K16."""
    scene.world.fault("slow.example", "", faults.delay(60, times=None))
    with Running(scene.stage, failpoint=f"{point}:1:kill") as service:
        service.says("crawling 2 sources")
        until(lambda: bool(service.children()))
        children = service.children()
        service.tell(signal.SIGHUP if point == "config.swapped" else signal.SIGTERM)
        assert service.ended(within_s=20) == -signal.SIGKILL
        until(lambda: not any(alive(pid) for pid in children), within_s=5)
    scene.stage.later(minutes=3)
    with Archive(scene.stage.database) as archive, archive.begin() as tx:
        now = scene.stage.clock.now()
        claimed = tx.claim_due("next", now=now, limit=9, lease=timedelta(seconds=1))
        assert {state.source_id for state in claimed} == {"good-example", "slow-example"}
        assert tx.close_abandoned(now, timedelta(minutes=1)) >= 1
        for state in claimed:
            tx.release_source(
                state.source_id, "next", now=now, next_due_at=now, ok=True, new=0, error=None,
                memory=state.memory,
            )  # fmt: skip


def test_a_dead_nursery_is_replaced(scene: Scene) -> None:
    """As when the system runs out of memory and takes the largest process."""
    with Running(scene.stage) as service:
        until(lambda: "finished" in scene.runs("service"), why=lambda: service.log)
        (nursery,) = children_of(service.process.pid)
        os.kill(nursery, signal.SIGKILL)
        until(lambda: not alive(nursery))
        scene.publish("good.example", 6)
        due_at_once(scene)
        until(lambda: scene.told() == 1, why=lambda: service.log)
        assert "starting another nursery" in service.log
        service.tell(signal.SIGTERM)
        assert service.ended() == 0


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def due_at_once(scene: Scene, source: str = "%", failures: float | None = None) -> None:
    """Let every *source* be due again, for a service that runs."""
    path = scene.stage.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=20)) as connection, connection:
        connection.execute(
            "UPDATE source SET next_due_at = '2020-01-01 00:00:00.000000', "
            "failures = coalesce(?, failures) WHERE id LIKE ?",
            (failures, source),
        )


def test_a_database_held_for_longer_than_anybody_waits_is_waited_for(scene: Scene) -> None:
    """Another program's transaction of 17 s: nothing dies, nothing is lost, work resumes."""
    with Running(scene.stage) as service:
        until(lambda: "finished" in scene.runs("service"), why=lambda: service.log)
        scene.publish("good.example", 7)
        path = scene.stage.database.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("UPDATE source SET next_due_at = '2020-01-01 00:00:00.000000'")
            time.sleep(BUSY_TIMEOUT_MS / 1000 + 2)
            assert "another program has held it" in service.log
            assert scene.told() == 0
            other.execute("COMMIT")
        until(lambda: scene.told() == 1, why=lambda: service.log)
        assert "Traceback" not in service.log
        service.tell(signal.SIGTERM)
        assert service.ended() == 0


def test_a_network_that_was_gone_is_caught_up_without_a_burst(scene: Scene) -> None:
    for site in SITES:
        scene.world.fault(site.host, "", faults.misbehave(Manner.RESET, times=None))
    with Running(scene.stage) as service:
        until(lambda: len(scene.runs("service")) >= 1, why=lambda: service.log)
        until(lambda: all(s.last_error for s in scene.states().values()), why=lambda: service.log)
        scene.publish("good.example", 11)
        scene.world.heal()
        asked = len(scene.world.ledger.lines())
        due_at_once(scene)
        until(lambda: scene.told() == 1, why=lambda: service.log)
        service.tell(signal.SIGTERM)
        assert service.ended() == 0
    feeds = [line.url for line in scene.world.ledger.lines()[asked:] if "/a/" not in line.url]
    assert all(feeds.count(url) <= 2 for url in feeds), "each source once, or once again when due"
    assert {state.failures for state in scene.states().values()} == {0.0}


def test_an_older_backup_put_back_tells_nothing_twice(scene: Scene) -> None:
    made = scene.stage.windcatch("db", "backup")
    assert made.code == 0, made.stderr
    scene.publish("good.example", 9)
    for _ in range(2):
        assert scene.stage.windcatch("crawl").code == 0
        assert scene.told() == 1
        put_back = scene.stage.windcatch("db", "restore", made.stdout.strip())
        assert "not told again" in " ".join(put_back.stdout.split()), put_back.stderr
        scene.stage.later(minutes=20)
    # The story is stored again in silence; news of now are told.
    assert scene.stage.windcatch("crawl").code == 0
    assert scene.told() == 1
    scene.publish("good.example", 10)
    scene.stage.later(minutes=20)
    assert scene.stage.windcatch("crawl").code == 0
    assert scene.told() == 2


def test_a_full_disk_is_waited_for(scene: Scene, tmp_path: Path) -> None:
    with full_disk(tmp_path, 16) as place:
        held = place / "windcatch.db"
        with closing(sqlite3.connect(scene.stage.folder / "windcatch.db")) as whole:
            whole.execute("VACUUM INTO ?", (str(held),))
        scene.stage.config.write_text(
            scene.sound.replace("sqlite:///windcatch.db", f"sqlite:///{held}")
        )
        with Running(scene.stage) as service:
            service.says("service started")
            until(lambda: paused_with_all_due(service, held))
            scene.publish("good.example", 8)
            ballast = fill(place)
            service.tell(signal.SIGCONT)
            service.says("nothing claimed")
            service.says("make room")
            assert scene.told() == 0
            ballast.unlink()
            until(lambda: scene.told() == 1, why=lambda: service.log)
            assert "Traceback" not in service.log
            service.tell(signal.SIGTERM)
            assert service.ended() == 0
        take_over(scene, held)


def paused_with_all_due(service: Running, path: Path) -> bool:
    """Stop the service between two of its looks, with every source due and an empty log."""
    if service.children():
        return False
    service.tell(signal.SIGSTOP)
    try:
        with closing(sqlite3.connect(path, timeout=0.1, isolation_level=None)) as other:
            # Children it is about to start are no children yet; what they will crawl is leased.
            leased, *_ = other.execute(
                "SELECT count(*) FROM source WHERE lease_owner IS NOT NULL"
            ).fetchone()
            if leased:
                raise sqlite3.OperationalError("a crawl is about to begin")
            other.execute("UPDATE source SET next_due_at = '2020-01-01 00:00:00.000000'")
            busy, *_ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return True
    except sqlite3.OperationalError:
        pass
    # It was in the middle of something.
    service.tell(signal.SIGCONT)
    return False


def take_over(scene: Scene, other: Path) -> None:
    """Let the tests to come go on with the database that knows what was told."""
    path = scene.stage.folder / "windcatch.db"
    for name in ("", "-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    with closing(sqlite3.connect(other)) as whole:
        whole.execute("VACUUM INTO ?", (str(path),))


def test_two_services_do_nothing_twice(scene: Scene) -> None:
    scene.publish("good.example", 4)
    scene.publish("slow.example", 5)
    scene.stage.config.write_text(scene.sound.replace("batch = 2", "batch = 1"))
    asked = len(scene.world.ledger.lines())
    with Running(scene.stage) as one, Running(scene.stage) as two:
        until(lambda: scene.told() == 2, why=lambda: one.log + two.log)
        time.sleep(1)
        for service in (one, two):
            service.tell(signal.SIGTERM)
        assert [one.ended(), two.ended()] == [0, 0]
    assert scene.told() == 2
    pages = [line.url for line in scene.world.ledger.lines()[asked:] if "/a/" in line.url]
    fresh = [url for url in pages if url.endswith(("/4.html", "/5.html"))]
    assert len(fresh) == len(set(fresh)) == 2
