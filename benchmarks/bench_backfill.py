"""A made-up archive brought in by each way, killed at random, finished, and done again.

Run from the checkout: ``python benchmarks/bench_backfill.py [--articles 20000] [--kills 20]
[--way sitemap]...``. The site is a process of its own in all but name: its CPU is not counted. Prints
articles a second, CPU milliseconds an article (the command and its workers), peak memory, and what
was broken: an article missing, stored twice, out of order, or told.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from crawler.world.archive_site import ArchiveWorld, History
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
COMMAND = ("backfill", "old", "--since", "2021-01-01T00:00+00:00", "--until")


def configure(folder: Path, world: ArchiveWorld, way: str) -> None:
    """Write a configuration of one source with one way."""
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
channels = [{{{CHANNELS[way].replace("HOST", HOST)}}}]
politeness = {{delay_s = 0, concurrency = 8}}
"""
    )


def start(folder: Path) -> subprocess.Popen[bytes]:
    """Start the command."""
    return subprocess.Popen(
        [sys.executable, "-m", "crawler", *COMMAND, "2024-01-01T00:00+00:00"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def held(folder: Path) -> Counter[str]:
    """Return the URLs of the stored articles, with how many revisions each has."""
    file = folder / "windcatch.db"
    if not file.exists():
        return Counter()
    with Archive(f"sqlite:///{file}") as archive, archive.read() as reader:
        return Counter({a.url: a.revision for a in reader.articles(limit=1_000_000)})


def rows(folder: Path) -> dict[str, int]:
    """Return how many rows there are, but for the log of runs."""
    with Archive(f"sqlite:///{folder / 'windcatch.db'}") as archive, archive.read() as reader:
        return {name: n for name, n in reader.stats().rows.items() if name != "run"}


def measure(way: str, count: int, kills: int, seed: int) -> bool:
    """Bring *count* articles in by *way*; return whether every promise held."""
    dice = random.Random(seed)
    site = History(HOST, count, BEGIN, END)
    with ArchiveWorld(site) as world, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        configure(folder, world, way)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        killed = 0
        # Spread over the work: a kill every so many articles.
        for goal in sorted(dice.sample(range(1, max(2, count)), min(kills, count - 1))):
            process = start(folder)
            while process.poll() is None:
                time.sleep(0.1)
                if sum("story" in url for url in list(world.asked)) >= goal:
                    time.sleep(dice.random() / 2)
                    os.killpg(process.pid, signal.SIGKILL)
                    break
            killed += process.wait() == -signal.SIGKILL
        code = start(folder).wait()
        wall = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found = held(folder)
        wanted = {site.url(number) for number in range(count)}
        stored = rows(folder)
        again = start(folder).wait()
        grown = {key: n - stored[key] for key, n in rows(folder).items() if n != stored[key]}
        twice = sum(n > 1 for n in found.values())
        print(
            f"{way:10} {count} articles, {killed} kills, exit {code} and {again}: "
            f"{count / wall:.1f} /s, {1000 * cpu / count:.1f} ms CPU, "
            f"peak {after.ru_maxrss / 1000:.0f} MB; missing {len(wanted - set(found))}, "
            f"foreign {len(set(found) - wanted)}, revised {twice}, alerts {stored['alert']}, "
            f"rows added by a second run {sum(grown.values())}",
            flush=True,
        )
        return code == again == 0 and set(found) == wanted and not twice and not grown


def main() -> None:
    """Measure, and leave with 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--way", action="append", choices=list(CHANNELS))
    options = parser.parse_args()
    good = [
        measure(way, options.articles, options.kills, options.seed)
        for way in options.way or CHANNELS
    ]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
