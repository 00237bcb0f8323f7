"""Recorded real pages through the whole program: spiders, extraction, SQLite, matching, Slack.

    python -m crawler.world.recorded --data ../shared/data --pages 240

Each page must be stored or refused with a reason; a page that is neither is told by its URL.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crawler.world import configtext
from crawler.world.fakeslack import FakeSlack
from crawler.world.replay import LINKS, Recording, ReplayWorld, key, load, select
from crawler.world.stage import Finished, Stage
from storage.archive import Archive

#: Words common in news of any country, so that real pages ring: what is tested is the way there.
WATCHLIST = """
name = "Recorded pages"
destination = "policy"

[delivery]
cap_per_hour = 0

[[themes]]
id = "government"
name = "Government"
query = "government OR minister OR president OR policy OR 政府 OR 政策 OR Regierung OR gouvernement"
"""


@dataclass(slots=True)
class Replayed:
    """What became of the pages."""

    pages: int = 0
    hosts: int = 0
    #: Pages the proxy was asked for.
    served: int = 0
    stored: int = 0
    #: Reasons of refusals, with how many pages.
    refused: Counter[str] = field(default_factory=Counter)
    #: URLs of pages that were neither stored nor refused.
    lost: list[str] = field(default_factory=list)
    matches: int = 0
    messages: int = 0
    waiting: int = 0
    finished: Finished | None = None


def replay(recordings: Sequence[Recording], folder: Path, *, timeout_s: float = 1200) -> Replayed:
    """Crawl *recordings* in one pass, as if their hosts were on line, and account for each.

    Args:
        folder: an empty directory for configuration and database.
        timeout_s: the crawl is killed after so long.
    """
    with ReplayWorld(recordings) as world, FakeSlack([configtext.CHANNEL]) as slack:
        sources = [
            configtext.source(
                id_=f"{configtext.source_id(host)}-{number}",
                name=host,
                home=f"https://{host}/",
                found_in=[world.channel(host)],
                # Many lists have one entry, which no reader of lists would take for one.
                links=LINKS,
                # The recordings are years old: a live pass would leave old entries alone.
                more=['max_age = "36500d"'],
            )
            for number, host in enumerate(world.hosts)
        ]
        stage = Stage(folder, world=world, slack=slack, sources=sources, watchlist=WATCHLIST)
        finished = stage.windcatch("crawl", "--alert-baseline", timeout_s=timeout_s)
        served = {line.piece for line in world.ledger.lines() if line.piece is not None}
        result = _account(recordings, served, stage.database)
        result.hosts = len(world.hosts)
        result.messages = len(slack.ledger())
    result.finished = finished
    return result


def _account(recordings: Sequence[Recording], served: set[str], database: str) -> Replayed:
    result = Replayed(pages=len(recordings), served=len(served))
    with Archive(database) as archive, archive.read() as reader:
        held = {key(view.url) for view in reader.articles(limit=100_000)}
        refused = {key(view.url): view.reason for view in reader.refusals(limit=100_000)}
        stats = reader.stats()
        for recording in recordings:
            place = key(recording.url)
            if place in held or reader.article_id(recording.url) is not None:
                result.stored += 1
            elif place in refused:
                result.refused[refused[place]] += 1
            else:
                result.lost.append(recording.url)
    result.matches = stats.rows["match"]
    result.waiting = sum(stats.outbox.get(state, 0) for state in ("pending", "sending", "check"))
    return result


def report(result: Replayed) -> str:
    """Return *result* for people."""
    finished = result.finished
    assert finished is not None
    first = (
        f"{result.pages} pages of {result.hosts} hosts, {result.served} served, crawled in "
        f"{finished.seconds:.0f} s (exit code {finished.code})"
    )
    second = (
        f"{result.stored} stored, {result.refused.total()} refused, {len(result.lost)} lost; "
        f"{result.matches} matches, {result.messages} messages, {result.waiting} still waiting"
    )
    lines = [first, second]
    lines += [f"  refused {count:4d}  {reason}" for reason, count in result.refused.most_common()]
    return "\n".join(lines + [f"  LOST {url}" for url in result.lost])


def main(argv: list[str] | None = None) -> int:
    """Replay and report; return 0 when every page is accounted for."""
    parser = argparse.ArgumentParser(prog="python -m crawler.world.recorded")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--pages", type=int, default=240)
    parser.add_argument("--keep", type=Path, help="leave configuration and database here")
    parser.add_argument("--small", action="store_true", help="the smallest pages: quicker")
    options = parser.parse_args(argv)
    try:
        chosen = select(load(options.data), pages=options.pages, small=options.small)
    except OSError as error:
        sys.stderr.write(f"no recorded pages: {error}\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="windcatch-recorded-") as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        result = replay(chosen, folder)
    sys.stdout.write(report(result) + "\n")
    if result.finished is not None and "Traceback" in result.finished.stderr:
        sys.stdout.write(result.finished.stderr[-3000:] + "\n")
        return 1
    return 1 if result.lost else 0


if __name__ == "__main__":
    sys.exit(main())
