"""`themes backtest` and `themes rematch` over a store of 100,000 generated articles.

    python benchmarks/bench_backtest.py [--articles 100000] [--processes 2] [--rematch]

The store is made in a temporary folder: articles of 400 to 1,200 words (one in five Chinese), in one
of twenty an example of a starter theme, so that the themes do hold. The themes are the starter ones.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from bench_match import World
from sqlalchemy import insert

from alerts.watchlist import load_starter
from crawler.backtesting import Task, run_backtest
from crawler.rematching import rematch
from storage.archive import Archive
from storage.models import ArticleRow, RevisionRow, StoryRow

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
#: Different texts; beyond, they are put together anew from these.
TEXTS = 2_000


def articles(count: int) -> Iterator[tuple[str, str, str]]:
    """Yield title, text and language."""
    rng = random.Random(1)
    pool = World().articles(TEXTS)
    starter = load_starter()
    examples = [text for theme in starter.themes for text in theme.positive]
    for number in range(count):
        one = pool[number % TEXTS]
        other = pool[rng.randrange(TEXTS) // 5 * 5 + number % TEXTS % 5]
        cut = rng.randrange(len(one.text) // 2, len(one.text))
        rest = rng.randrange(len(other.text) // 2)
        text = one.text[:cut] + "\n\n" + other.text[:rest]
        if rng.random() < 0.05:
            text += "\n\n" + rng.choice(examples)
        yield f"{one.title} {number}", text, one.language or "en"


def fill(archive: Archive, count: int) -> int:
    """Store *count* articles; return the characters of their texts."""
    size = 0
    rows: list[tuple[dict, dict, dict]] = []

    def flush() -> None:
        with archive.begin() as tx:
            for model, place in ((StoryRow, 0), (ArticleRow, 1), (RevisionRow, 2)):
                tx._db.execute(insert(model), [row[place] for row in rows])
        rows.clear()

    for number, (title, text, language) in enumerate(articles(count), 1):
        size += len(text)
        at = BEGIN + timedelta(minutes=30 * number)
        url = f"https://news.example/{number}"
        rows.append(
            (
                {"id": number, "origin_id": number, "created_at": at, "pinned": False},
                {
                    "id": number, "source_id": f"s{number % 20}", "url": url, "twin": url,
                    "title": title, "revision": 1, "published_at": at, "language": language,
                    "found_by": "feed", "first_seen_at": at, "last_seen_at": at,
                    "last_changed_at": at, "story_id": number, "copy_kind": "origin",
                },
                {
                    "id": number, "article_id": number, "number": 1, "fingerprint": str(number),
                    "title": title, "text": text, "language": language, "seen_at": at,
                },
            )
        )  # fmt: skip
        if len(rows) == 1_000:
            flush()
    if rows:
        flush()
    return size


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--articles", type=int, default=100_000)
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--rematch", action="store_true")
    arguments.add_argument("--fill", action="store_true", help="only make the store")
    arguments.add_argument("--keep", type=Path, help="a folder for the store, kept")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = (given.keep or Path(folder)) / "bench.db"
        url = f"sqlite:///{path}"
        if not path.exists():
            with Archive(url) as archive:
                archive.create()
                size = fill(archive, given.articles)
            print(f"{given.articles:,} articles, {size / 1e6:,.0f} M characters")
        if given.fill:
            return
        lists = (load_starter(),)
        before = os.getloadavg()[0]
        started, cpu = time.perf_counter(), sum(os.times()[:4])
        report = run_backtest(
            Task(database_url=url, watchlists=lists),
            progress=lambda done, total: None,
            processes=given.processes,
        )
        spent, burnt = time.perf_counter() - started, sum(os.times()[:4]) - cpu
        print(
            f"backtest: {report.articles:,} articles, {report.matched:,} matched, "
            f"{len(report.themes)} themes: {spent:.1f} s, {burnt:.1f} s of CPU "
            f"({given.processes} processes, load {before:.1f} when begun)"
        )
        if given.rematch:
            started, cpu = time.perf_counter(), sum(os.times()[:4])
            with Archive(url) as archive:
                done = rematch(
                    archive,
                    lists,
                    clock=lambda: datetime.now(UTC),
                    progress=lambda done, total: None,
                )
            spent, burnt = time.perf_counter() - started, sum(os.times()[:4]) - cpu
            print(f"rematch: {done.now:,} revisions, {done.added:,} matches added: "
                  f"{spent:.1f} s, {burnt:.1f} s of CPU")  # fmt: skip


if __name__ == "__main__":
    main()
