"""The background service as a process: what it does, and how it ends. Needs Linux's /proc."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from service_runs import Running, alive, until

from crawler.world import configtext, faults
from crawler.world.fakesite import FakeWorld
from crawler.world.fakeslack import FakeSlack
from crawler.world.pieces import Piece
from crawler.world.prose import compose
from crawler.world.site import Site
from crawler.world.stage import Stage, WorldClock
from storage.archive import Archive

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
batch = 1
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

    def publish(self, host: str, seed: int, *, topic: str | None = "battery swapping") -> None:
        title, text = compose(seed, "en", topic=topic)
        now = self.stage.clock.now()
        path = f"/a/{seed}.html"
        piece = Piece(path=path, title=title, text=text, published_at=now, changed_at=now)
        self.world.publish(host, piece)

    def baseline(self) -> None:
        """Crawl once by hand, so that what is published from now on rings."""
        for number, site in enumerate(SITES):
            self.publish(site.host, 100 + number, topic=None)
        finished = self.stage.windcatch("crawl")
        assert finished.code == 0, finished.stderr

    def runs(self, trigger: str) -> list[str | None]:
        with Archive(self.stage.database) as archive, archive.read() as reader:
            return [run.outcome for run in reader.runs() if run.trigger == trigger]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    clock = WorldClock()
    with FakeWorld(SITES, clock=clock.now) as world, FakeSlack([configtext.CHANNEL]) as slack:
        stage = Stage(
            tmp_path,
            world=world,
            slack=slack,
            sources=[configtext.site_source(site) for site in SITES],
            watchlist=WATCHLIST,
            extra=QUICK,
            clock=clock,
        )
        yield Scene(world, slack, stage)


def test_it_crawls_what_is_due_tells_reloads_and_ends(scene: Scene) -> None:
    scene.baseline()
    scene.publish("good.example", 1)
    with Running(scene.stage) as service:
        until(lambda: len(scene.slack.ledger()) == 1, why=lambda: service.log)
        status = scene.stage.windcatch("status", "--json").rows()[0]
        assert status["service"]["pid"] == service.process.pid
        assert {source["state"] for source in status["sources"]} == {"ok"}

        sound = scene.stage.config.read_text()
        scene.stage.config.write_text(sound + "\n[fetch2]\nx = 1\n")
        service.tell(signal.SIGHUP)
        service.says("not reloaded: ")
        assert "fetch2: unknown key" in service.log
        scene.stage.config.write_text(sound.replace("batch = 1", "batch = 2"))
        service.tell(signal.SIGHUP)
        service.says("configuration reloaded: 2 sources")

        started = time.monotonic()
        service.tell(signal.SIGTERM)
        assert service.ended() == 0
        assert time.monotonic() - started < 30
        assert "service stopped" in service.log
    assert len(scene.slack.ledger()) == 1
    assert scene.runs("supervisor") == ["finished"]
    # A crawl that the end met half-way says so.
    assert set(scene.runs("service")) <= {"finished", "interrupted"}


def test_a_crawl_that_hangs_costs_only_itself(scene: Scene) -> None:
    scene.baseline()
    text = scene.stage.config.read_text()
    scene.stage.config.write_text(text.replace("deadline_s = 60", "deadline_s = 5"))
    # Asleep with its leases in hand, deaf to everything: as in a parser that never returns.
    with Running(scene.stage, failpoint="lease.claimed:1:sleep") as service:
        service.says("was ended at its deadline", within_s=40)
        until(lambda: "killed" in scene.runs("service"), why=lambda: service.log)
        assert service.process.poll() is None
        service.tell(signal.SIGTERM)
        assert service.ended() == 0
    assert "killed" in scene.runs("service")
    with Archive(scene.stage.database) as archive, archive.read() as reader:
        states = {state.source_id: state for state in reader.sources()}
    hung = states["good-example"]
    assert hung.lease_owner is None
    assert hung.failures == 1
    assert hung.last_error == "the crawl process was ended at its deadline"
    assert hung.next_due_at is not None
    assert hung.last_ok_at is not None, "what was known before is kept"


def test_a_killed_service_takes_its_children_along_and_is_taken_over(scene: Scene) -> None:
    scene.baseline()
    scene.world.fault("slow.example", "", faults.delay(60, times=None))
    with Running(scene.stage) as service:
        service.says("crawling 1 sources: slow")
        until(lambda: bool(service.children()))
        children = service.children()
        service.process.kill()
        until(lambda: not any(alive(pid) for pid in children), within_s=5)
    scene.world.heal()
    scene.publish("slow.example", 3)
    # Leases run out by themselves.
    scene.stage.later(minutes=3)
    with Running(scene.stage) as service:
        until(lambda: len(scene.slack.ledger()) == 1, why=lambda: service.log)
        assert "that were abandoned" in service.log
        service.tell(signal.SIGTERM)
        assert service.ended() == 0
    assert "abandoned" in scene.runs("supervisor")


def test_a_second_signal_ends_it_at_once(scene: Scene) -> None:
    scene.baseline()
    scene.world.fault("slow.example", "", faults.delay(60, times=None))
    with Running(scene.stage) as service:
        service.says("crawling 1 sources: slow")
        until(lambda: bool(service.children()))
        service.tell(signal.SIGTERM)
        service.says("finishing what is under way")
        started = time.monotonic()
        service.tell(signal.SIGTERM)
        assert service.ended(within_s=6) == 0
        assert time.monotonic() - started < 6


def test_two_services_do_nothing_twice(scene: Scene) -> None:
    scene.baseline()
    scene.publish("good.example", 4)
    scene.publish("slow.example", 5)
    asked = len(scene.world.ledger.lines())
    with Running(scene.stage) as one, Running(scene.stage) as two:
        until(lambda: len(scene.slack.ledger()) == 2, why=lambda: one.log + two.log)
        time.sleep(1)
        for service in (one, two):
            service.tell(signal.SIGTERM)
        assert [one.ended(), two.ended()] == [0, 0]
    assert len(scene.slack.ledger()) == 2
    pages = [line.url for line in scene.world.ledger.lines()[asked:] if "/a/" in line.url]
    assert len(pages) == len(set(pages))
