"""Many crawls under one service: do memory, descriptors, threads and the log of the database grow?

    PYTHONPATH=.:tests python benchmarks/soak.py --crawls 2000 --sources 40

A real `windcatch run` on a small world of loopback sites; every source is due again at once, and each
crawl process takes five. Every half second one site has news, which is told, so that both ways of a
pass are taken: most end with a first look, some need a crawler. Printed at 100, 500, 1000, 2000...: the resident memory of the
service and of its nursery, open files, threads, and the size of SQLite's write-ahead log.
"""

from __future__ import annotations

import argparse
import itertools
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

from service_runs import Running, children_of

from crawler.world import configtext
from crawler.world.fakesite import FakeWorld
from crawler.world.fakeslack import FakeSlack
from crawler.world.pieces import Piece
from crawler.world.prose import compose
from crawler.world.site import Site
from crawler.world.stage import Stage, WorldClock

WATCHLIST = """
name = "Desk"
destination = "policy"
[delivery]
cap_per_hour = 0
[[themes]]
id = "swap"
name = "Battery swapping"
query = '"battery swapping"'
"""
QUICK = """
[service]
tick_s = 0.2
deliver_every_s = 0.5
crawl_deadline_s = 300
batch = 5
crawlers = 2
"""


#: Crawls at which figures are printed.
STEPS = (1, 100, 200, 500, 1000, 1500, 2000, 5000, 10_000)


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--crawls", type=int, default=2000)
    options.add_argument("--sources", type=int, default=40)
    options.add_argument("--patience", type=float, default=7200.0, help="seconds")
    given = options.parse_args()
    sites = [
        Site(host=f"s{n}.example", name=f"S{n}", scheme="http", offers=frozenset({"rss"}))
        for n in range(given.sources)
    ]
    clock = WorldClock()
    with (
        tempfile.TemporaryDirectory() as folder,
        FakeWorld(sites, clock=clock.now) as world,
        FakeSlack([configtext.CHANNEL]) as slack,
    ):
        stage = Stage(
            Path(folder),
            world=world,
            slack=slack,
            sources=[configtext.site_source(site) for site in sites],
            watchlist=WATCHLIST,
            extra=QUICK,
            clock=clock,
        )
        for number, site in enumerate(sites):
            world.publish(site.host, piece(number, clock.now()))
        database = Path(stage.database.removeprefix("sqlite:///"))
        begun = time.monotonic()
        with Running(stage) as service:
            print(
                f"{'crawls':>7}{'processes':>11}{'s':>7}{'rss MB':>8}{'nursery MB':>12}"
                f"{'files':>7}{'threads':>9}{'WAL KB':>8}"
            )
            done = 0
            steps = [step for step in STEPS if step < given.crawls] + [given.crawls]
            for number in itertools.count(len(sites)):
                if done >= given.crawls or time.monotonic() - begun > given.patience:
                    break
                time.sleep(0.5)
                world.publish(sites[number % len(sites)].host, piece(number, clock.now()))
                if service.process.poll() is not None:
                    sys.exit(service.log[-2000:])
                done, processes = again(database)
                if done >= steps[0]:
                    steps = [step for step in steps if step > done] or steps[-1:]
                    figures = row(service.process.pid, database)
                    took = time.monotonic() - begun
                    print(f"{done:>7}{processes:>11}{took:>7.0f}{figures}", flush=True)
            service.tell(signal.SIGTERM)
            print(f"{len(slack.ledger())} messages; ", end="")
            print(f"exit code {service.ended()}, children left: {len(service.children())}")


def piece(number: int, now: datetime) -> Piece:
    """Return an article; one in four is told of."""
    title, text = compose(number, "en", topic="battery swapping" if number % 4 == 0 else None)
    return Piece(path=f"/a/{number}.html", title=title, text=text, published_at=now, changed_at=now)


def again(database: Path) -> tuple[int, int]:
    """Make every source due that is not at work; return how many passes and processes there were."""
    try:
        with closing(sqlite3.connect(database, timeout=5)) as connection, connection:
            connection.execute(
                "UPDATE source SET next_due_at = '2020-01-01 00:00:00.000000'"
                " WHERE lease_owner IS NULL AND next_due_at IS NOT NULL"
            )
            passes, processes = connection.execute(
                "SELECT coalesce(sum(json_array_length(sources)), 0), count(*) FROM run"
                " WHERE trigger = 'service' AND outcome = 'finished'"
            ).fetchone()
    except sqlite3.OperationalError:
        # Not there yet.
        return 0, 0
    return int(passes), int(processes)


def row(pid: int, database: Path) -> str:
    """Return the figures of the service *pid*."""
    status = status_of(pid)
    rss = int(status["VmRSS"].split()[0]) / 1024
    (nursery,) = children_of(pid)
    nursing = int(status_of(nursery)["VmRSS"].split()[0]) / 1024
    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    log = database.with_name(database.name + "-wal")
    size = log.stat().st_size / 1024 if log.exists() else 0
    threads = int(status["Threads"])
    return f"{rss:>8.1f}{nursing:>12.1f}{files:>7}{threads:>9}{size:>8.0f}"


def status_of(pid: int) -> dict[str, str]:
    """Return what the system says of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":", 1) for line in lines)


if __name__ == "__main__":
    main()
