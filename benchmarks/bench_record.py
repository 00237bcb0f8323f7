"""How fast articles are recorded, and what one that did not change costs.

Run from the checkout: ``python benchmarks/bench_record.py [--articles 500] [--text 6000]``.
Prints a table: articles a second (wall), CPU milliseconds an article, bytes stored.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.archive import Archive
from storage.types import Article, Capture, Discovery

NOW = datetime(2026, 3, 2, tzinfo=UTC)
WORDS = [
    f"{head}{tail}" for head in ("policy", "grid", "steel", "solar", "port") for tail in "abcdefgh"
]


def text(number: int, size: int) -> str:
    """Return a text of about *size* characters, its own for each *number*."""
    chance = random.Random(number)
    parts: list[str] = []
    while sum(map(len, parts)) < size:
        words = " ".join(chance.choices(WORDS, k=14))
        parts.append(f"The {words} of {chance.randrange(10_000)} was {chance.randrange(99)} %.")
    return "\n\n".join(" ".join(parts[at : at + 3]) for at in range(0, len(parts), 3))


def article(number: int, body: str, at: datetime) -> tuple[Article, Capture]:
    """Return one article and the page it stood on."""
    url = f"https://news.example.com/2026/{number}.html"
    one = Article(
        source_id="bench",
        url=url,
        canonical_url=url,
        title=f"Title {number} of the day",
        text=body,
        fetched_at=at,
        language="en",
    )
    page = f"<html><body>{body}</body></html>".encode()
    return one, Capture(url=url, final_url=url, status=200, body=page, fetched_at=at)


def measure(name: str, archive: Archive, pages: Iterable[tuple[Article, Capture]]) -> None:
    """Record *pages*, one transaction each, and print what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    count = 0
    for one, capture in pages:
        with archive.begin() as tx:
            tx.record(one, capture=capture, found_by=Discovery.FEED, now=one.fetched_at)
        count += 1
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name:12} {count / wall:8.0f} /s {1000 * cpu / count:8.2f} ms CPU")


def main() -> None:
    """Measure new, unchanged and edited articles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--text", type=int, default=6000, help="characters an article")
    options = parser.parse_args()
    bodies = [text(number, options.text) for number in range(options.articles)]

    def pages(hours: int, change: Callable[[str], str]) -> list[tuple[Article, Capture]]:
        at = NOW + timedelta(hours=hours)
        return [article(number, change(body), at) for number, body in enumerate(bodies)]

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        with Archive(f"sqlite:///{path}") as archive:
            archive.create()
            measure("new", archive, pages(0, str))
            measure("unchanged", archive, pages(1, str))
            measure("edited", archive, pages(2, lambda body: body.replace(" was ", " is ", 1)))
            archive.tidy()
            with archive.read() as reader:
                stats = reader.stats()
        each = stats.database_bytes / options.articles
        print(f"{each:.0f} bytes an article (two revisions, two captures)")


if __name__ == "__main__":
    main()
