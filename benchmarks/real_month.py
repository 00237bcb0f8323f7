"""A month of scripted sources through the whole program, over HTTP, on a virtual clock.

    python benchmarks/real_month.py FOLDER --sources 300 --days 30 --volume 0.1 --seed 404 --minutes 60

The sources of sim_month.py are sites of the small world behind its proxy (month_line.py); the service's
own ticker, crawl processes, spiders, database and delivery poll them, on a clock that is moved from one
due time to the next. The folder holds all there is: the same command goes on where the last one ended,
after its minutes or a kill, and prints the figures of what has been so far.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from month_figures import report
from month_line import Line, host, piece
from month_world import DAY, START, Site, world

from alerts.delivery import Dispatcher
from crawler.cli import batch
from crawler.clock import VARIABLE
from crawler.config import Config, load
from crawler.delivery import dispatcher_of
from crawler.nursery import Forked, Nursery
from crawler.ticker import Ticker
from crawler.world import configtext
from crawler.world.stage import WorldClock
from storage.archive import Archive

#: Every article rings, one message each.
WATCHLIST = """id = "all"
name = "Everything"
destination = "desk"

[delivery]
cap_per_hour = 0

[[themes]]
id = "any"
name = "Anything"
query = "percent OR yuan OR ministry OR billion OR officials OR subsidy OR notice"
"""


class Late(Nursery):
    """Tells crawl processes how late it is."""

    clock: WorldClock

    async def start(self, work: Mapping[str, Any]) -> Forked:
        """Have a process forked at the world's time."""
        return await super().start({**work, "ahead_s": self.clock.ahead.total_seconds()})


def crawl(order: Mapping[str, Any]) -> int:
    """Do what the nursery's processes do, at the world's time and without a word."""
    held = dict(order)
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - until the process ends
    os.environ[VARIABLE] = str(held.pop("ahead_s"))
    return batch.work(held)


def configured(folder: Path, sites: list[Site], proxy: str) -> Config:
    """Write and read a configuration of all sites, with the intervals that a source has by default."""
    rows = "".join(
        f'[sources.{site.source.id}]\nname = "{site.source.name}"\nhome = "http://{host(site)}/"\n'
        f'channels = [{{kind = "feed", url = "http://{host(site)}/feed"}}]\n'
        "politeness = {delay_s = 0, concurrency = 4"
        + (", timeout_s = 1.0}\n" if site.story == "slow" else "}\n")
        for site in sites
    )
    service = (
        "[service]\nbatch = 50\ncrawlers = 1\n"
        '[destinations.desk]\ntype = "jsonl"\npath = "told.jsonl"\n'
    )
    text = configtext.config(proxy=proxy, sources=[rows], destination="console", extra=service)
    text = text.replace('[destinations.policy]\ntype = "console"\n', "")
    text = text.replace('destination = "policy"', 'destination = "desk"')
    (folder / "watchlists").mkdir(exist_ok=True)
    (folder / "watchlists" / "all.toml").write_text(WATCHLIST)
    (folder / "windcatch.toml").write_text(text)
    return load(folder / "windcatch.toml")


class Month:
    """The run, from where it stands to where it may go."""

    def __init__(
        self, folder: Path, sites: list[Site], line: Line, clock: WorldClock, step: timedelta
    ) -> None:
        self._step = step
        self._file = folder / "progress.json"
        held = json.loads(self._file.read_text()) if self._file.exists() else {}
        self.now = datetime.fromisoformat(held["now"]) if held else START
        self.cpu_s: float = held.get("cpu_s", 0.0)
        self.steps: int = held.get("steps", 0)
        line.asked.update(held.get("asked", {}))
        self._sites = sites
        self._line = line
        self._clock = clock
        self._out = dict.fromkeys((site.source.id for site in sites), 0)

    def move(self) -> None:
        """Let the world be as it is now."""
        self._clock.ahead = self.now - datetime.now(UTC)
        os.environ[VARIABLE] = str(self._clock.ahead.total_seconds())
        for site in self._sites:
            first = out = self._out[site.source.id]
            while out < len(site.published) and site.published[out] <= self.now:
                out += 1
            if out > first:
                self._line.put(site, [piece(site, number) for number in range(first, out)])
                self._out[site.source.id] = out
            self._line.break_(site, self.now, self.steps)
        self._line.outage(self.now)

    async def run(
        self, archive: Archive, config: Config, nursery: Late, end: datetime, minutes: float
    ) -> None:
        """Poll what is due, deliver what is to be told, and move on to the next due time."""
        nursery.clock = self._clock
        ticker = Ticker(archive, lambda: config, self._clock.now, nursery)
        dispatcher: Dispatcher | None = None
        until, begun, day = time.monotonic() + minutes * 60, _cpu(), self.now
        spent = self.cpu_s
        while self.now < end and time.monotonic() < until:
            self.move()
            while await ticker.tick() or ticker._tasks:
                await asyncio.sleep(0.01)
            dispatcher = dispatcher or dispatcher_of(config, archive)
            await asyncio.to_thread(dispatcher.deliver_once)
            with archive.begin() as tx:
                due = [s.next_due_at for s in tx.sources() if s.next_due_at is not None]
            self.now = max(self._clock.now(), self.now + self._step, min(due, default=end))
            self.steps += 1
            # A process counts once it is reaped; the nursery itself is counted as it goes.
            self.cpu_s = spent + _cpu() - begun + _cpu_of(nursery.pid)
            self._save()
            if self.now - day >= DAY / 4:
                print(
                    f"  {(self.now - START) / DAY:5.2f} days, {self.steps} steps, "
                    f"{self.cpu_s:,.0f} s of CPU", flush=True,
                )  # fmt: skip
                day = self.now
        await ticker.drain(30)
        await nursery.close()

    def _save(self) -> None:
        held = {
            "now": self.now.isoformat(), "cpu_s": round(self.cpu_s), "steps": self.steps,
            "asked": dict(self._line.asked),
        }  # fmt: skip
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(held))
        fresh.replace(self._file)


def _cpu() -> float:
    """Return the processor time of this process: ticker, delivery, and the sites themselves."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


def _cpu_of(pid: int) -> float:
    """Return the processor time of *pid* and of the children it has reaped."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Go on for so many minutes, and print what has been found so far."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--sources", type=int, default=100)
    options.add_argument("--days", type=float, default=2.0)
    options.add_argument("--volume", type=float, default=0.1)
    options.add_argument("--seed", type=int, default=404)
    options.add_argument("--step", type=float, default=3.0, help="minutes the clock moves at least")
    options.add_argument("--minutes", type=float, default=1e6, help="end after so long; run again")
    given = options.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    sites = world(given.sources, given.days, given.seed, given.volume)
    clock = WorldClock(ahead=START - datetime.now(UTC))
    nursery = Late.fork(load=batch.load, work=crawl, prepare=batch.prepare)
    with Line(sites, clock.now) as line:
        config = configured(given.folder, sites, line.proxy_url)
        month = Month(given.folder, sites, line, clock, timedelta(minutes=given.step))
        month.move()
        with Archive(config.database_url) as archive:
            archive.create()
            with archive.begin() as tx:
                intervals = {key: source.interval for key, source in config.sources.items()}
                tx.sync_sources(intervals, now=clock.now())
            end = START + given.days * DAY
            asyncio.run(month.run(archive, config, nursery, end, given.minutes))
            report(
                archive, sites, Counter(line.asked),
                now=month.now, cpu_s=month.cpu_s, given=given, told=given.folder / "told.jsonl",
            )  # fmt: skip


if __name__ == "__main__":
    main()
