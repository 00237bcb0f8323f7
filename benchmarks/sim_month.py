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
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from month_world import BREAKS, DAY, HOUR, OUTAGE, START, Site, world

from crawler.lesson import learn, witnesses
from crawler.result import SourceResult, Tally, close
from spiders.catchup import LEAST
from spiders.items import FULL_EVERY, Searched

#: Entries on one page of what reaches further back.
PAGE = 20
#: How the alarm reads that owns up to a gap.
LOSS = "may be missing"


def answer(site: Site, now: datetime, random: Random, *, search: bool = False) -> SourceResult:
    """Return what a pass at *now* brings, and note what it found how late.

    Args:
        search: go after what rolled out of the document, as spiders/catchup.py does.
    """
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
    gone = out - site.seen - fresh if not first else 0
    if search and not first and fresh == listed >= LEAST:
        # The search costs requests whether it finds something or not.
        site.polls += 1 + (gone // PAGE + 1 if site.way_back else 1)
        looked = site.looked_at or now
        came = gone if site.way_back else 0
        tally.search(
            Searched(
                source_id=site.source.id, url="", since=looked,
                until=site.published[out - fresh], reached=site.way_back, found=came,
            )
        )  # fmt: skip
        site.caught_up += came
        fresh, gone = fresh + came, gone - came
    site.looked_at = now
    site.missed += gone
    if not first:
        found = site.published[out - fresh : out]
        site.delays += [(at, (now - at).total_seconds()) for at in found]
    site.seen = out
    articles = 0 if site.story == "layout" and broken else fresh
    tally.counts.update(
        found=listed, known=max(listed - fresh, 0), new=articles, pages=fresh, fetched=fresh,
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
        result = answer(site, now, random, search=True)
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
    print(f"  rolled out of the document, and never found: {lost or 'none'}")
    if caught := sum(site.caught_up for site in sites):
        print(f"  rolled out of the document, found by looking further back: {caught:,}")
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
    gaps: Counter[str] = Counter()
    for site in sites:
        owned_up = any(LOSS in text for _, _, text in site.changes)
        if site.missed or owned_up:
            gaps[
                f"{'lost some' if site.missed else 'lost none'}, {'' if owned_up else 'not '}told"
            ] += 1
        wanted = BREAKS.get(site.story)
        for when, state, text in site.changes:
            if state == "healthy" or (LOSS in text and site.missed):
                continue
            if wanted is None or when < site.broken_at:
                wrong.append(f"{site.source.id} {site.pace} {site.story} {when:%d %H:%M} {text}")
        if wanted is not None:
            hits = [when for when, state, text in site.changes
                    if state == wanted and when >= site.broken_at and LOSS not in text]  # fmt: skip
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
    print(f"  sources with articles that rolled out unseen: {dict(gaps) or 'none'}")
    print(f"  false alarms: {len(wrong)}")
    for line in wrong[:20]:
        print(f"    {line}")


if __name__ == "__main__":
    main()
