"""A made-up archive brought in by each way, killed at random, finished, and done again.

Run from the checkout: ``python benchmarks/bench_backfill.py [--articles 20000] [--kills 20]
[--way sitemap]...``. Prints articles a second, CPU milliseconds an article (the command and its
workers, the killed ones too, from /proc twice a second; the made-up site is another process), the
resident memory of the command with its workers over the quarters of the work, and what was broken:
an article missing or foreign, a revision missing or out of order, a row of alerts, a row that the
second run added. Every tenth article of `wayback`, `commoncrawl` and the imports has two revisions,
of half of which the newer comes first. `wayback` keeps to its 8 captures a second.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from crawler.world.archive_site import ArchiveWorld, History
from crawler.world.copies import (
    CRAWL_HOST,
    WAYBACK_HOST,
    Copies,
    revisions,
    write_lines,
    write_warc,
)
from storage.archive import Archive

ROOT = Path(__file__).resolve().parent.parent
HOST = "archive.example.com"
BEGIN, END = datetime(2021, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
CHANNELS = {
    "archive": 'kind = "archive", url = "http://HOST/archive/{year}/{month}/{day}.html"',
    "sitemap": 'kind = "sitemap", url = "http://HOST/sitemap_index.xml"',
    "wordpress": 'kind = "wordpress", url = "http://HOST/wp-json/wp/v2/posts"',
    "feed": 'kind = "feed", url = "http://HOST/feed.xml"',
    "section": 'kind = "listing", url = "http://HOST/news/{page}"',
}
#: From copies that others keep, or that lie here.
COPIED = ("wayback", "commoncrawl", "jsonl", "warc")
WAYS = (*CHANNELS, *COPIED)
SPAN = ("--since", "2021-01-01T00:00+00:00", "--until", "2024-01-01T00:00+00:00")
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGESIZE")


def configure(folder: Path, world: ArchiveWorld, way: str) -> None:
    """Write a configuration of one source with one way."""
    channel = CHANNELS.get(way, CHANNELS["sitemap"]).replace("HOST", HOST)
    (folder / "windcatch.toml").write_text(
        f"""[database]
url = "sqlite:///windcatch.db"
[fetch]
proxy = "{world.proxy_url}"
allow_private_networks = ["127.0.0.0/8"]
[destinations.desk]
type = "console"
[sources.old]
name = "Old News"
home = "http://{HOST}/"
language = "en"
channels = [{{{channel}}}]
politeness = {{delay_s = 0, concurrency = 8}}
"""
    )


def command(folder: Path, history: History, way: str) -> tuple[str, ...]:
    """Return the command that brings everything in; write the file it reads, if it reads one."""
    file = folder / ("all.jsonl" if way == "jsonl" else "all.warc.gz")
    if way == "jsonl":
        write_lines(history, file)
    elif way == "warc":
        with file.open("wb") as out:
            write_warc(history, out)
    else:
        named = ("--via", way) if way in COPIED else ()
        return ("backfill", "old", *SPAN, *named)
    return ("import", file.name)


def start(folder: Path, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """Start the command."""
    places = {
        "PYTHONPATH": str(ROOT),
        "WINDCATCH_WAYBACK_URL": f"http://{WAYBACK_HOST}",
        "WINDCATCH_COMMONCRAWL_URL": f"http://{CRAWL_HOST}",
    }
    with (folder / "log.txt").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "crawler", *arguments],
            cwd=folder,
            env={**os.environ, **places},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


@dataclass(slots=True)
class Costs:
    """What a command and its workers cost, looked at while they run."""

    #: Seconds of CPU, by process.
    cpu: dict[int, float] = field(default_factory=dict)
    #: (articles held, resident MB of all its processes).
    memory: list[tuple[int, float]] = field(default_factory=list)

    def look(self, group: int, articles: int) -> None:
        """Read /proc for the processes of *group*."""
        resident = 0.0
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                told = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            # man proc_pid_stat: fields 5 (pgrp), 14 and 15 (utime, stime), 24 (rss).
            if int(told[2]) == group:
                self.cpu[int(entry.name)] = (int(told[11]) + int(told[12])) / _TICK
                resident += int(told[21]) * _PAGE / 1e6
        if resident:
            self.memory.append((articles, resident))

    def quarters(self, count: int) -> list[float]:
        """Return the largest memory in each quarter of *count* articles."""
        found = [0.0] * 4
        for articles, resident in self.memory:
            place = min(3, 4 * articles // count)
            found[place] = max(found[place], resident)
        return found


def stored(folder: Path) -> int:
    """Return how many articles there are."""
    file = folder / "windcatch.db"
    if not file.exists():
        return 0
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=20)) as db:
        try:
            return int(db.execute("SELECT count(*) FROM article").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def run(folder: Path, arguments: tuple[str, ...], costs: Costs, goal: int | None) -> int:
    """Run the command to its end, or until *goal* articles are held and some moment more."""
    process = start(folder, arguments)
    while process.poll() is None:
        time.sleep(0.25)
        held = stored(folder)
        costs.look(process.pid, held)
        if goal is not None and held >= goal:
            time.sleep(random.random() / 2)
            costs.look(process.pid, held)
            os.killpg(process.pid, signal.SIGKILL)
            break
    return process.wait()


def disorder(folder: Path, history: History, way: str) -> list[str]:
    """Return what is wrong with what is stored."""
    wrong: list[str] = []
    with Archive(f"sqlite:///{folder / 'windcatch.db'}") as archive, archive.read() as reader:
        held = {article.url: article for article in reader.articles(limit=1_000_000)}
        wanted = {history.url(number): number for number in range(history.count)}
        wrong += [f"missing {url}" for url in wanted.keys() - held.keys()]
        wrong += [f"foreign {url}" for url in held.keys() - wanted.keys()]
        for url in wanted.keys() & held.keys():
            number = wanted[url]
            count = revisions(number) if way in COPIED else 1
            found = reader.revisions(held[url].id)
            # Revision 2 names a sum of more than a thousand; the first never does.
            edited = [any(f"spend {n}" in one.text for n in range(1010, 1900)) for one in found]
            ordered = all(one.seen_at < two.seen_at for one, two in pairwise(found))
            if len(found) != count or edited != [False, True][:count] or not ordered:
                wrong.append(f"{len(found)} of {count} revisions in order: {url}")
        if alerts := reader.stats().rows["alert"]:
            wrong.append(f"{alerts} alerts")
    return wrong


def rows(folder: Path) -> dict[str, int]:
    """Return how many rows there are, but for the log of runs."""
    with Archive(f"sqlite:///{folder / 'windcatch.db'}") as archive, archive.read() as reader:
        return {name: n for name, n in reader.stats().rows.items() if name != "run"}


def measure(way: str, count: int, kills: int, seed: int) -> bool:
    """Bring *count* articles in by *way*; return whether every promise held."""
    dice = random.Random(seed)
    history = History(HOST, count, BEGIN, END)
    with (
        ArchiveWorld(history, trap=Copies(history)) as world,
        tempfile.TemporaryDirectory() as name,
    ):
        folder = Path(name)
        configure(folder, world, way)
        arguments = command(folder, history, way)
        costs = Costs()
        began = time.monotonic()
        killed = 0
        # Spread over the work: a kill every so many articles.
        for goal in sorted(dice.sample(range(1, max(2, count)), min(kills, count - 1))):
            killed += run(folder, arguments, costs, goal) == -signal.SIGKILL
        code = run(folder, arguments, costs, None)
        wall = time.monotonic() - began
        wrong = disorder(folder, history, way)
        before = rows(folder)
        again = run(folder, arguments, Costs(), None)
        grown = {key: n - before[key] for key, n in rows(folder).items() if n != before[key]}
        memory = ", ".join(f"{mb:.0f}" for mb in costs.quarters(count))
        print(
            f"{way:11} {count} articles, {killed} kills, exit {code} and {again}: "
            f"{count / wall:.1f} /s, {1000 * sum(costs.cpu.values()) / count:.1f} ms CPU, "
            f"memory by quarter {memory} MB; wrong: {len(wrong)}; "
            f"rows added by a second run: {grown or 0}",
            flush=True,
        )
        for line in wrong[:10]:
            print("   ", line)
        if code or again:
            print((folder / "log.txt").read_text()[-3000:])
        return code == again == 0 and not wrong and not grown


def main() -> None:
    """Measure, and leave with 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--way", action="append", choices=WAYS)
    options = parser.parse_args()
    good = [
        measure(way, options.articles, options.kills, options.seed) for way in options.way or WAYS
    ]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
