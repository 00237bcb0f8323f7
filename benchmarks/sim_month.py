"""A month of 300 scripted sources on a virtual clock: is everything found, how late, how dearly?

    python benchmarks/sim_month.py --sources 300 --days 30 --seed 1

Drives the very functions that the crawl uses after each pass (crawler/lesson.py: schedule, health,
our own line) with scripted answers in place of HTTP: what is measured is the policy, not the wire.
The same publications are polled every 15 and every 60 minutes for comparison.
"""

from __future__ import annotations

import argparse
import heapq
import statistics
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from crawler.lesson import learn, witnesses
from crawler.result import SourceResult, Tally, close
from spiders.items import FULL_EVERY
from spiders.sources import Channel, ChannelKind, Source
from storage.types import SourceState

START = datetime(2026, 9, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
#: Our own line is down for so long, once.
OUTAGE = (START + 12 * DAY + 9 * HOUR, START + 12 * DAY + 12 * HOUR)
#: What breaks, and the state that should tell of it (None: nothing to tell).
BREAKS = {
    "dies": "failing",
    "moves": "degraded",
    "quiet": "quiet",
    "banned": "failing",
    "layout": "degraded",
    "lies": None,
    "slow": None,
}


@dataclass
class Site:
    """A scripted source."""

    source: Source
    pace: str
    #: One of BREAKS, or nothing.
    story: str
    broken_at: datetime
    listed: int
    published: list[datetime]
    seen: int = 0
    state: SourceState = field(init=False)
    full_at: datetime | None = None
    trusted: bool = True
    polls: int = 0
    delays: list[tuple[datetime, float]] = field(default_factory=list)
    missed: int = 0
    changes: list[tuple[datetime, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = SourceState(
            source_id=self.source.id, interval=self.source.interval, next_due_at=None
        )

    def __lt__(self, other: Site) -> bool:
        return self.source.id < other.source.id


def world(count: int, days: int, seed: int) -> list[Site]:
    """Return so many sites: 5 in 6 live on, the others meet something."""
    random = Random(seed)
    sites = []
    stories = [*BREAKS]
    for number in range(count):
        story = stories[(number // 6) % len(stories)] if number % 6 == 0 else ""
        pace = ("busy", "daily", "office", "daily", "slow", "office", "weekly")[number % 7]
        if story:
            pace = random.choice(["busy", "daily", "office", "slow"])
        broken_at = START + random.uniform(0.45, 0.6) * days * DAY
        end = broken_at if story == "quiet" else START + days * DAY
        sites.append(
            Site(
                source=Source(
                    id=f"s{number:03}",
                    name=f"Source {number}",
                    home=f"https://s{number}.example/",
                    channels=(Channel(kind=ChannelKind.FEED, url=f"https://s{number}.example/f"),),
                ),
                pace=pace,
                story=story,
                broken_at=broken_at,
                listed=random.choice([20, 30, 50, 100]) * (2 if pace == "busy" else 1),
                published=sorted(publications(pace, random, end)),
            )
        )
    return sites


def publications(pace: str, random: Random, end: datetime) -> list[datetime]:
    """Return when articles come, from three days before the start to *end*."""
    start = START - 3 * DAY
    if pace == "weekly":
        day, hour = random.randrange(7), random.uniform(6, 20)
        weeks = [start + timedelta(days=day + 7 * week, hours=hour) for week in range(8)]
        return [w + timedelta(hours=random.gauss(0, 3)) for w in weeks if w < end]
    a_day = {"busy": 120, "daily": 24, "office": 12, "slow": 1.5}[pace] * random.uniform(0.6, 1.5)
    morning = random.randrange(24)
    night, weekend = (0.0, 0.1) if pace == "office" else (0.15, 0.6)
    moment, found = start, []
    top = a_day / 24 * 2.2
    while moment < end:
        moment += HOUR * random.expovariate(top)
        awake = (moment.hour - morning) % 24 < 11
        share = (1.0 if awake else night) * (weekend if moment.weekday() > 4 else 1.0)
        if random.random() < share:
            # Now and then a story breaks, and five articles follow at once.
            burst = 5 if random.random() < 0.02 else 1
            found += [moment + timedelta(minutes=random.uniform(0, 40)) for _ in range(burst)]
    return [at for at in found if at < end]


def answer(site: Site, now: datetime, random: Random) -> SourceResult:
    """Return what a pass at *now* brings, and note what it found how late."""
    site.polls += 1
    broken = now >= site.broken_at
    tally = Tally(site.source.id)
    if OUTAGE[0] <= now < OUTAGE[1]:
        tally.fail("connection", "no route")
    elif site.story == "dies" and broken:
        tally.fail("dns", "no such host")
    elif site.story == "banned" and broken and now < site.broken_at + DAY:
        tally.fail("http_4xx", "HTTP 403")
    elif site.story == "slow" and random.random() < 0.12:
        tally.fail("timeout", "no answer in 30 s")
    if tally.errors:
        return close(tally, channels=1, interrupted=False)
    tally.documents = 1
    if site.story == "moves" and broken:
        tally.moved_to = "elsewhere.example"
    out = bisect_right(site.published, now)
    conditional = site.full_at is not None and now - site.full_at < FULL_EVERY and site.trusted
    news = out > site.seen
    if conditional and (not news or site.story == "lies"):
        return close(tally, channels=1, interrupted=False)
    if site.story == "lies" and news and site.full_at is not None:
        # Other bytes under the same ETag: intake trusts it no more.
        site.trusted = False
    first = site.full_at is None
    site.full_at = now
    listed = min(site.listed, out)
    fresh = min(out - site.seen, listed)
    site.missed += out - site.seen - fresh if not first else 0
    if not first:
        found = site.published[out - fresh : out]
        site.delays += [(at, (now - at).total_seconds()) for at in found]
    site.seen = out
    articles = 0 if site.story == "layout" and broken else fresh
    tally.counts.update(
        found=listed, known=listed - fresh, new=articles, pages=fresh, fetched=fresh,
        articles=articles, dated=articles, chars=articles * random.randrange(1500, 4000),
    )  # fmt: skip
    return close(tally, channels=1, interrupted=False)


def adaptive(sites: list[Site], days: int, seed: int) -> None:
    """Poll as Windcatch does."""
    random = Random(seed)
    queue = [(START + timedelta(seconds=5 * n), site) for n, site in enumerate(sites)]
    heapq.heapify(queue)
    states = {site.source.id: site.state for site in sites}
    end = START + days * DAY
    while queue and queue[0][0] < end:
        now, site = heapq.heappop(queue)
        result = answer(site, now, random)
        others = {} if result.ok else witnesses(states.values(), now=now)
        lesson = learn(site.source, site.state, result, others=others, pause=timedelta(), now=now)
        if lesson.health.state != site.state.health:
            site.changes.append((now, lesson.health.state, lesson.health.text or ""))
        site.state = states[site.source.id] = replace(
            site.state,
            memory=dict(lesson.memory),
            failures=0.0 if result.ok else site.state.failures + lesson.charge,
            health=lesson.health.state,
            health_reason=lesson.health.text,
            baseline_at=site.state.baseline_at or (now if result.ok else None),
        )
        heapq.heappush(queue, (lesson.next_due_at, site))


def fixed(every: timedelta) -> Callable[[list[Site], int, int], None]:
    """Return what polls all sources every so often."""

    def poll(sites: list[Site], days: int, seed: int) -> None:
        random = Random(seed)
        for number, site in enumerate(sites):
            now = START + timedelta(seconds=5 * number)
            while now < START + days * DAY:
                answer(site, now, random)
                now += every

    return poll


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sources", type=int, default=300)
    options.add_argument("--days", type=int, default=30)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    plans = {
        "windcatch": adaptive,
        "every 15 min": fixed(timedelta(minutes=15)),
        "every 60 min": fixed(timedelta(minutes=60)),
    }
    print(f"{given.sources} sources, {given.days} days, seed {given.seed}")
    print("delays in minutes, from publication to the pass that finds it; requests for documents")
    for name, plan in plans.items():
        sites = world(given.sources, given.days, given.seed)
        begun = time.process_time()
        plan(sites, given.days, given.seed)
        took = time.process_time() - begun
        figures(name, sites, took)
        if plan is adaptive:
            alarms(sites, given.days)


def figures(name: str, sites: list[Site], took: float) -> None:
    """Print delay and cost of one plan."""
    polls = sum(site.polls for site in sites)
    print(f"\n{name}: {polls:,} requests ({took:.0f} s of CPU)")
    by_story: Counter[str] = Counter()
    for site in sites:
        by_story[site.story or "sound"] += site.missed
    lost = {story: number for story, number in by_story.items() if number}
    print(f"  rolled out of the document before any pass could see it: {lost or 'none'}")
    print(f"  {'pace':<8}{'found':>9}{'missed':>8}{'median':>8}{'p95':>8}{'req/article':>13}")
    for pace in ("busy", "daily", "office", "slow", "weekly", "all"):
        of = [site for site in sites if pace in (site.pace, "all")]
        delays = sorted(delay / 60 for site in of for _, delay in site.delays)
        if not delays:
            continue
        p95 = delays[int(len(delays) * 0.95)]
        each = sum(site.polls for site in of) / len(delays)
        missed = sum(site.missed for site in of)
        middle = statistics.median(delays)
        print(f"  {pace:<8}{len(delays):>9,}{missed:>8}{middle:>8.1f}{p95:>8.1f}{each:>13.2f}")


def alarms(sites: list[Site], days: int) -> None:
    """Print what was told of what, how soon, and what was told wrongly."""
    told: dict[str, list[float]] = {}
    silent: Counter[str] = Counter()
    wrong: list[str] = []
    for site in sites:
        wanted = BREAKS.get(site.story)
        for when, state, text in site.changes:
            if state == "healthy":
                continue
            if wanted is None or when < site.broken_at:
                wrong.append(f"{site.source.id} {site.pace} {site.story} {when:%d %H:%M} {text}")
        if wanted is not None:
            hits = [when for when, state, _ in site.changes
                    if state == wanted and when >= site.broken_at]  # fmt: skip
            key = f"{site.story} ({site.pace})"
            if hits:
                told.setdefault(key, []).append((hits[0] - site.broken_at) / HOUR)
            else:
                silent[key] += 1
                told.setdefault(key, [])
    print("  alarmed, hours after the break:")
    for key, hours in sorted(told.items()):
        shown = ", ".join(f"{hour:.0f}" for hour in sorted(hours))
        missing = f"; NOT alarmed by day {days}: {silent[key]}" if silent[key] else ""
        print(f"    {key:<18}{shown}{missing}")
    print(f"  false alarms: {len(wrong)}")
    for line in wrong[:20]:
        print(f"    {line}")


if __name__ == "__main__":
    main()
