"""Some days of the month of sim_month.py through the whole program: do the two agree?

    PYTHONPATH=. python benchmarks/real_month.py --sources 100 --days 2.5 --volume 0.1 --seed 7

The same sources are scripted sites of the small world behind its proxy, and the service's own ticker,
crawl processes, spiders and database poll them over HTTP, on a virtual clock that is moved from one
due time to the next. What comes out is printed beside the simulation of the same world. Stories that
need hands on a site's pages (layout, moves, lies) are left out of both.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from month_world import DAY, START, world
from month_world import Site as Scripted
from sim_month import adaptive
from sqlalchemy import text

from crawler.cli import batch
from crawler.config import Config, load
from crawler.nursery import Forked, Nursery
from crawler.ticker import Ticker
from crawler.world import configtext, faults, prose
from crawler.world.fakesite import FakeWorld
from crawler.world.pieces import Piece
from crawler.world.site import Site
from crawler.world.stage import WorldClock
from storage.archive import Archive

#: The clock is moved by at least this: each step costs a process or two.
STEP = timedelta(minutes=15)
KEPT = frozenset({"", "dies", "quiet", "banned", "slow"})


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
    os.environ["WINDCATCH_CLOCK_OFFSET_S"] = str(held.pop("ahead_s"))
    return batch.work(held)


def host(site: Scripted) -> str:
    """Return the host of a scripted source."""
    return f"{site.source.id}.example"


def on_line(site: Scripted) -> Site:
    """Return its site: a feed, and a sitemap that only robots.txt names where it has a way back."""
    robots = "User-agent: *\nAllow: /\n"
    if site.way_back:
        robots += f"Sitemap: http://{host(site)}/sitemap.xml\n"
    return Site(
        host=host(site),
        name=site.source.name,
        scheme="http",
        offers=frozenset({"rss", "sitemap"} if site.way_back else {"rss"}),
        robots=robots,
        feed_size=site.listed,
    )


def piece(site: Scripted, number: int) -> Piece:
    """Return a site's article of that number."""
    seed = int(site.source.id[1:]) * 100_000 + number
    title, body = prose.compose(seed)
    at = site.published[number]
    return Piece(
        path=f"/{at:%Y/%m/%d}/story-{number}.html", title=title, text=body,
        published_at=at, changed_at=at,
    )  # fmt: skip


def configured(folder: Path, sites: list[Scripted], proxy: str) -> Config:
    """Write and read a configuration of all sites, with the intervals that a source has by default."""
    rows = "".join(
        f'[sources.{site.source.id}]\nname = "{site.source.name}"\nhome = "http://{host(site)}/"\n'
        f'channels = [{{kind = "feed", url = "http://{host(site)}/feed"}}]\n'
        "politeness = {delay_s = 0, concurrency = 4}\n"
        for site in sites
    )
    service = "[service]\nbatch = 50\ncrawlers = 1\n"
    plain = configtext.config(proxy=proxy, sources=[rows], destination="console", extra=service)
    (folder / "windcatch.toml").write_text(plain.replace('"watchlists/*.toml"', ""))
    return load(folder / "windcatch.toml")


class Days:
    """The run."""

    def __init__(self, sites: list[Scripted], net: FakeWorld, clock: WorldClock) -> None:
        self._sites = sites
        self._net = net
        self._clock = clock
        self._out = dict.fromkeys((site.source.id for site in sites), 0)
        self._faulty: dict[str, bool] = {}

    def move(self, to: datetime) -> None:
        """Let the world be as it is at *to*."""
        self._clock.ahead = to - datetime.now(UTC)
        for site in self._sites:
            out = self._out[site.source.id]
            fresh = []
            while out < len(site.published) and site.published[out] <= to:
                fresh.append(piece(site, out))
                out += 1
            if fresh:
                self._net.publish(host(site), *fresh)
                self._out[site.source.id] = out
            self._break(site, to)

    def _break(self, site: Scripted, now: datetime) -> None:
        down = (site.story == "dies" and now >= site.broken_at) or (
            site.story == "banned" and site.broken_at <= now < site.broken_at + DAY
        )
        if self._faulty.get(site.source.id) is not down:
            self._net.heal(host(site))
            if down:
                self._net.fault(host(site), ".", faults.status(403, times=None))
            self._faulty[site.source.id] = down

    async def run(self, archive: Archive, config: Config, nursery: Late, end: datetime) -> None:
        """Move the clock from one due time to the next, and poll what is due."""
        nursery.clock = self._clock
        ticker = Ticker(archive, lambda: config, self._clock.now, nursery)
        now = START
        while now < end:
            self.move(now)
            while await ticker.tick() or ticker._tasks:
                await asyncio.sleep(0.02)
            with archive.begin() as tx:
                due = [s.next_due_at for s in tx.sources() if s.next_due_at is not None]
            now = max(self._clock.now() + STEP, min(due, default=end))
        await ticker.drain(30)
        await nursery.close()


def outcome(archive: Archive, sites: list[Scripted]) -> tuple[list[float], Counter[str]]:
    """Return the delays in minutes, and counts of what was found, missed and alarmed."""
    with archive.read() as reader:
        rows = reader._db.execute(text("SELECT url, first_seen_at FROM article")).all()
        states = {state.source_id: state for state in reader.sources()}
        told = reader.alerts(limit=10_000)
    alarms = Counter(f"alarm {alert.payload['state']}" for alert in told)
    for alert in told:
        print(f"  told: {alert.payload['headline']}: {alert.payload['lines'][0]}")
    seen = {url: datetime.fromisoformat(str(at)).replace(tzinfo=UTC) for url, at in rows}
    delays, counts = [], Counter[str]()
    last = max(seen.values())
    for site in sites:
        began = states[site.source.id].baseline_at
        if began is None:
            continue
        for number, at in enumerate(site.published):
            # What came in the last hours need not have been found yet.
            if not began < at < last - timedelta(hours=4):
                continue
            url = f"http://{host(site)}{piece(site, number).path}"
            if url in seen:
                delays.append((seen[url] - at) / timedelta(minutes=1))
                counts["found"] += 1
            elif not (site.story in ("dies", "banned") and at >= site.broken_at):
                counts["missed"] += 1
            else:
                counts["missed behind a ban or after a death"] += 1
    return delays, counts + alarms


def main() -> None:
    """Run both, and print both."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sources", type=int, default=100)
    options.add_argument("--days", type=float, default=2.5)
    options.add_argument("--volume", type=float, default=0.1)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    sites = [
        site
        for site in world(given.sources, given.days, given.seed, given.volume)
        if site.story in KEPT
    ]
    clock = WorldClock(ahead=START - datetime.now(UTC))
    nursery = Late.fork(load=batch.load, work=crawl, prepare=batch.prepare)
    begun = time.process_time()
    with FakeWorld(map(on_line, sites), clock=clock.now) as net, tempfile.TemporaryDirectory() as f:
        config = configured(Path(f), sites, net.proxy_url)
        with Archive(config.database_url) as archive:
            archive.create()
            with archive.begin() as tx:
                intervals = {key: source.interval for key, source in config.sources.items()}
                tx.sync_sources(intervals, now=clock.now())
            days = Days(sites, net, clock)
            asyncio.run(days.run(archive, config, nursery, START + given.days * DAY))
            delays, counts = outcome(archive, sites)
        asked = Counter(
            "feed" if line.url.endswith("/feed") else "robots" if line.url.endswith("robots.txt")
            else "sitemap" if "sitemap" in line.url else "articles" for line in net.ledger.lines()
        )  # fmt: skip
    show("real program", delays, asked["feed"])
    print(
        f"  {dict(counts)}\n  requests: {dict(asked)}; {time.process_time() - begun:.0f} s of CPU"
    )
    simulated = world(given.sources, given.days, given.seed, given.volume)
    simulated = [site for site in simulated if site.story in KEPT]
    adaptive(simulated, given.days, given.seed)
    delays = [delay / 60 for site in simulated for _, delay in site.delays]
    show("simulation", delays, sum(site.polls for site in simulated))
    states = Counter(state for site in simulated for _, state, _ in site.changes)
    print(f"  missed {sum(site.missed for site in simulated)}, states told {dict(states)}")


def show(name: str, delays: list[float], polls: int) -> None:
    """Print a line of figures."""
    delays = sorted(delays)
    print(
        f"{name}: {len(delays)} articles, {polls} feed requests, "
        f"{polls / max(len(delays), 1):.2f} an article; delay median "
        f"{statistics.median(delays):.1f} min, p95 {delays[int(len(delays) * 0.95)]:.1f} min"
    )


if __name__ == "__main__":
    main()
