"""Scripted sources for a month: what they publish when, and what they meet. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

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
    #: Something reaches further back than the feed: older pages, a sitemap.
    way_back: bool = True
    seen: int = 0
    state: SourceState = field(init=False)
    full_at: datetime | None = None
    looked_at: datetime | None = None
    trusted: bool = True
    polls: int = 0
    delays: list[tuple[datetime, float]] = field(default_factory=list)
    missed: int = 0
    #: Found by following what reaches further back.
    caught_up: int = 0
    changes: list[tuple[datetime, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = SourceState(
            source_id=self.source.id, interval=self.source.interval, next_due_at=None
        )

    def __lt__(self, other: Site) -> bool:
        return self.source.id < other.source.id


def world(count: int, days: int, seed: int, volume: float = 1.0) -> list[Site]:
    """Return so many sites: 5 in 6 live on, the others meet something.

    Args:
        volume: how much they publish, of what such sources do.
    """
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
                published=sorted(publications(pace, random, end, volume)),
                # Two in three have one.
                way_back=number % 3 != 1,
            )
        )
    return sites


def publications(pace: str, random: Random, end: datetime, volume: float = 1.0) -> list[datetime]:
    """Return when articles come, from three days before the start to *end*."""
    start = START - 3 * DAY
    if pace == "weekly":
        day, hour = random.randrange(7), random.uniform(6, 20)
        weeks = [start + timedelta(days=day + 7 * week, hours=hour) for week in range(8)]
        return [w + timedelta(hours=random.gauss(0, 3)) for w in weeks if w < end]
    a_day = (
        {"busy": 120, "daily": 24, "office": 12, "slow": 1.5}[pace]
        * random.uniform(0.6, 1.5)
        * volume
    )
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
