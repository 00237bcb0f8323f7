"""Dispatcher overhead: alerts a second through the outbox (synchronous=FULL), and its memory.

python benchmarks/alerts_delivery.py --alerts 2000 --backlog 50000
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.delivery import Dispatcher
from alerts.message import Message
from alerts.senders import Capabilities, Sent
from storage.archive import Archive
from storage.types import AlertDraft, AlertKind, OutboxOp, OutboxRow


class Nowhere:
    """Takes everything at once: what is left is our own cost."""

    capabilities = Capabilities(threads=True, updates=True, lookup=True)
    account = "nowhere"

    def send(self, row: OutboxRow, message: Message) -> Sent:
        return Sent(channel="C1", message_id=str(row.id))

    def find(self, row: OutboxRow) -> Sent | None:
        return None


def draft(number: int, destination: str) -> AlertDraft:
    return AlertDraft(
        dedupe_key=f"story:bench:{number}",
        watchlist="bench",
        themes=("theme",),
        kind=AlertKind.STORY,
        op=OutboxOp.POST,
        destination=destination,
        story_id=None,
        article_id=None,
        revision=1,
        change_id=None,
        payload={
            "kind": "story",
            "headline": f"Story {number} about battery swapping in nine provinces",
            "source": "The Daily",
            "url": f"https://daily.example/{number}",
            "seen": "2026-11-21T09:17:00+00:00",
            "excerpts": [[["", "The ministry plans "], ["match", "battery swapping"], ["", " x."]]]
            * 3,
            "themes": [{"id": "t", "name": "Theme", "score": 1.0, "terms": ["battery swapping"]}],
        },
    )


def rss_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=2000)
    parser.add_argument("--backlog", type=int, default=0, help="rows of a channel that is not due")
    parser.add_argument("--channels", type=int, default=1)
    options = parser.parse_args()
    names = [f"channel-{n}" for n in range(options.channels)]
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(f"sqlite:///{Path(folder) / 'bench.db'}")
        archive.create()
        now = datetime.now(UTC)
        with archive.begin() as tx:
            for number in range(options.alerts):
                tx.enqueue(draft(number, names[number % len(names)]), now=now)
        for start in range(0, options.backlog, 5000):
            with archive.begin() as tx:
                for number in range(start, min(start + 5000, options.backlog)):
                    tx.enqueue(draft(10**7 + number, names[0]), now=now + timedelta(days=1))
        before = rss_mb()
        out = Dispatcher(archive, {name: Nowhere() for name in names})
        started, cpu = time.perf_counter(), time.process_time()
        sent = 0
        while sent < options.alerts:
            sent += out.deliver_once(budget=timedelta(minutes=10)).sent
        wall, cpu = time.perf_counter() - started, time.process_time() - cpu
        archive.close()
    sys.stdout.write(
        f"{sent} alerts over {len(names)} channels, backlog {options.backlog}: "
        f"{sent / wall:.0f}/s, {1000 * wall / sent:.1f} ms each ({1000 * cpu / sent:.1f} ms CPU), "
        f"peak memory {before:.0f} -> {rss_mb():.0f} MB\n"
    )


if __name__ == "__main__":
    main()
