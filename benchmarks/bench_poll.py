"""What it costs to poll sources that have nothing new: CPU per poll and peak memory, beside others.

    python benchmarks/bench_poll.py --sources 1000
    python benchmarks/bench_poll.py --sources 5        # what a crawl process costs by itself
    python benchmarks/bench_poll.py --webchanges ENV/bin/webchanges --cdio ENV/bin/changedetection.io

All poll the same local server, one URL a source, each on a host of its own; after a first pass that
stores what there is, every answer is 304. Windcatch: its own ticker and crawl processes, as the
service runs them, feed and robots.txt. The others live in environments of their own
(benchmarks/poll-peers-requirements.txt). CPU is of all processes of a tool, user and system.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from poll_peers import Cost, changedetection, webchanges

from crawler.cli import batch as batch_work
from crawler.config import Config, load
from crawler.nursery import Forked, Nursery
from crawler.ticker import Ticker
from storage.archive import Archive

HERE = Path(__file__).resolve().parent


@contextlib.contextmanager
def server() -> Iterator[int]:
    """Run the server in a process of its own; yield its port."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "poll_server.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(5)


def counts(port: int) -> dict[str, int]:
    """Return what the server has answered so far."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/counts") as answer:
        found: dict[str, int] = ast.literal_eval(answer.read().decode())
    return found


def hosts(count: int, port: int) -> list[str]:
    """Return so many base URLs, each on a loopback address of its own."""
    return [f"http://127.1.{n // 250}.{n % 250 + 1}:{port}" for n in range(count)]


def configured(folder: Path, bases: list[str], batch: int | None) -> Config:
    """Return a configuration with a source for each base."""
    service = f"[service]\nbatch = {batch}\n" if batch else ""
    sources = "".join(
        f'[sources.s{n}]\nname = "S {n}"\nhome = "{base}/"\ninterval = "30m"\n'
        f'channels = [{{kind = "feed", url = "{base}/feed"}}]\n'
        for n, base in enumerate(bases)
    )
    text = (
        '[database]\nurl = "sqlite:///w.db"\n'
        f'[fetch]\nallow_private_networks = ["127.0.0.0/8"]\n{service}{sources}'
    )
    (folder / "windcatch.toml").write_text(text, encoding="utf-8")
    return load(folder / "windcatch.toml")


def windcatch(bases: list[str], batch: int | None) -> Cost:
    """Poll with the ticker, the nursery and the crawl processes of the service."""
    with tempfile.TemporaryDirectory() as folder:
        config = configured(Path(folder), bases, batch)
        with Archive(config.database_url) as archive:
            archive.create()
            with archive.begin() as tx:
                known = {key: source.interval for key, source in config.sources.items()}
                tx.sync_sources(known, now=datetime.now(UTC))
        # Before there is any thread, as the command does.
        nursery = _Ahead.fork(
            load=batch_work.load, work=_two_hours_later, prepare=batch_work.prepare
        )
        with Archive(config.database_url) as archive:
            spent = asyncio.run(_passes(archive, config, nursery))
    return Cost(*spent, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)


def _two_hours_later(order: Mapping[str, Any]) -> int:
    held = dict(order)
    # What its log says of each source is of no interest here.
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - until the process ends
    os.environ["WINDCATCH_CLOCK_OFFSET_S"] = str(held.pop("ahead_s"))
    return batch_work.work(held)


class _Ahead(Nursery):
    """Tells crawl processes how late it is."""

    ahead = timedelta()

    async def start(self, work: Mapping[str, Any]) -> Forked:
        return await super().start({**work, "ahead_s": self.ahead.total_seconds()})


async def _passes(archive: Archive, config: Config, nursery: Nursery) -> tuple[float, float]:
    assert isinstance(nursery, _Ahead)
    spent = []
    for hours in (1, 4):
        # All are due, as after hours without anything.
        nursery.ahead = timedelta(hours=hours)
        begun = _cpu(nursery.pid)
        ticker = Ticker(archive, lambda: config, lambda: datetime.now(UTC) + nursery.ahead, nursery)
        beat = time.monotonic()
        while await ticker.tick() or ticker._tasks:
            await asyncio.sleep(0.05)
            if time.monotonic() - beat > 10:
                beat = time.monotonic()
                await ticker.beat()
        await ticker.drain(60)
        spent.append(_cpu(nursery.pid) - begun)
    await nursery.close()
    return spent[0], spent[1]


def _cpu(pid: int) -> float:
    """Return the processor time of this process, of *pid*, and of the children *pid* has reaped."""
    own = time.process_time()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return own + sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print a line for each tool."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sources", type=int, default=1000)
    options.add_argument("--batch", type=int, default=None, help="other than the default")
    options.add_argument("--webchanges", type=Path)
    options.add_argument("--cdio", type=Path)
    given = options.parse_args()
    print(f"{given.sources} sources, second pass, every answer 304; CPU of all processes")
    with server() as port:
        bases = hosts(given.sources, port)
        tools = {"windcatch": lambda: windcatch(bases, given.batch)}
        if given.webchanges:
            tools["webchanges"] = lambda: webchanges(given.webchanges, bases)
        if given.cdio:
            tools["changedetection"] = lambda: changedetection(
                given.cdio, bases, lambda: counts(port)["200"] + counts(port)["304"]
            )
        for name, run in tools.items():
            before = counts(port)
            cost = run()
            after = counts(port)
            print(
                f"{name:<16} first pass {1000 * cost.first_s / len(bases):7.1f} ms a source, second "
                f"{1000 * cost.second_s / len(bases):7.1f} ms a poll, {1000 * cost.second_s:.0f} ms in all, "
                f"peak {cost.peak_mb:5.0f} MB; answered: "
                + ", ".join(f"{after[key] - before[key]} {key}" for key in after),
                flush=True,
            )


if __name__ == "__main__":
    main()
