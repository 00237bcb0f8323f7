"""The kill driver for the service: SIGKILL at every point there is, and then the promises.

    python -m crawler.world.kills --kills 100 --seed 7
    python -m crawler.world.kills --kills 1000 --pieces 10 --seed 1

A real `windcatch run` on a small world whose time the driver moves; its crawl processes, its thread
that sends, its nursery and itself die at K1 to K16, and at any moment, and are started again. In the
end faults are taken away, it works until nothing moves, and the promises are checked from the sites'
ledger, Slack's, the database, the system's process table and every file it has written.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from crawler.world import configtext, faults
from crawler.world.drive_ops import SITES, WATCHLIST, Operator
from crawler.world.fakesite import FakeWorld
from crawler.world.fakeslack import FakeSlack
from crawler.world.kill_points import POINTS, Point
from crawler.world.kill_run import Killing, Run
from crawler.world.promises import Evidence, broken
from crawler.world.promises_service import alarmed
from crawler.world.site import Site
from crawler.world.stage import Stage, WorldClock

#: Answers nothing but 503 after its first day: somebody must be told.
SICK = Site(host="west.example", name="West Post", scheme="http", offers=frozenset({"rss"}))
DIGEST = """
name = "Morning paper"
destination = "policy"

[delivery]
mode = "digest"
every = "hourly"
cap_per_hour = 0

[[themes]]
id = "anything"
name = "Anything at all"
query = '"battery swapping" OR 换电 OR "배터리 교환"'
"""
QUICK = """
[service]
tick_s = 0.4
deliver_every_s = 0.4
crawl_deadline_s = 120
batch = 4
drain_s = 8
nightly_hour = 3
backup_folder = "backups"
"""
#: Polled whenever the driver moves the clock.
OFTEN = ('min_interval = "5m"', 'max_interval = "10m"')
_HOSTS = tuple(site.host for site in SITES)


def drive(
    *,
    kills: int,
    seed: int,
    folder: Path,
    points: tuple[Point, ...] = POINTS,
    say: bool = False,
    limit_s: float = 3600,
) -> Killing:
    """Kill *kills* processes of a service at random *points* and check what it promises.

    Args:
        folder: an empty directory for configuration and database.
        say: write each step to standard error.
        limit_s: seconds after which no further kill is tried.
    """
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    clock = WorldClock()
    result = Killing(seed=seed)
    started, cpu = time.monotonic(), _cpu_s()
    with contextlib.ExitStack() as stack:
        world = stack.enter_context(FakeWorld([*SITES, SICK], clock=clock.now))
        slack = stack.enter_context(FakeSlack([configtext.CHANNEL], clock=clock.timestamp))
        (folder / "watchlists").mkdir()
        (folder / "watchlists" / "digest.toml").write_text(DIGEST, "utf-8")
        stage = Stage(
            folder,
            world=world,
            slack=slack,
            sources=[configtext.site_source(site, more=OFTEN) for site in (*SITES, SICK)],
            watchlist=WATCHLIST,
            extra=QUICK,
            clock=clock,
            warm=True,
            moving=True,
        )
        stack.callback(stage.close)
        world.fault(SICK.host, "", faults.status(503, times=None))
        run = Run(stage, slack, Operator(world, clock, dice, hosts=_HOSTS), dice, result, say)
        run.begin()
        while result.killed < kills and time.monotonic() - started < limit_s:
            run.round(points)
        run.finish()
        result.broken += broken(
            Evidence(
                sites={site: world.sites[site] for site in _HOSTS},
                posted=slack.ledger(),
                database=stage.database,
                now=clock.now(),
                sick=(configtext.source_id(SICK.host),),
            )
        )
        result.broken += alarmed(stage.database, configtext.source_id(SICK.host), slack.ledger())
        result.messages = len(slack.ledger())
    result.seconds, result.cpu_s = time.monotonic() - started, _cpu_s() - cpu
    return result


def _cpu_s() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, kinds))


def report(result: Killing) -> str:
    """Return *result* for people."""
    rows = sorted(result.kills.keys() | result.missed.keys(), key=lambda row: (len(row[0]), row[0]))
    lines = [
        f"{result.killed} kills, {result.starts} starts, {result.clean_ends} ends by SIGTERM",
        f"{result.articles} articles, {result.messages} messages",
        f"{result.seconds:.0f} s, {result.cpu_s:.0f} s of processor time",
        f"{'':>14}{'killed':>8}{'not reached':>13}",
        *(
            f"{label:>14}{result.kills[label, name]:>8}{result.missed[label, name]:>13}  {name}"
            for label, name in rows
        ),
        *(f"BROKEN {line}" for line in result.broken),
    ]
    if not result.broken:
        lines.append("every promise kept: I1 to I13")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Drive and report; return 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m crawler.world.kills")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument(
        "--pieces", type=int, default=1, help="each with a world and seed of its own"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the first piece")
    parser.add_argument("--keep", type=Path, help="leave configuration and database here")
    parser.add_argument("--limit", type=float, default=3600, metavar="SECONDS", help="a piece")
    parser.add_argument("-v", "--verbose", action="store_true", help="show every step")
    options = parser.parse_args(argv)
    total = Killing(seed=options.seed)
    for piece in range(options.pieces):
        with tempfile.TemporaryDirectory(prefix="windcatch-kills-") as name:
            folder = (options.keep or Path(name)) / str(options.seed + piece)
            folder.mkdir(parents=True)
            one = drive(
                kills=options.kills // options.pieces,
                seed=options.seed + piece,
                folder=folder,
                say=options.verbose,
                limit_s=options.limit,
            )
        total.add(one)
        sys.stdout.write(f"seed {one.seed}: {report(one)}\n\n")
        sys.stdout.flush()
    if options.pieces > 1:
        sys.stdout.write(f"together: {report(total)}\n")
    return 1 if total.broken else 0


if __name__ == "__main__":
    sys.exit(main())
