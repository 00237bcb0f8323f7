"""What one more article costs, with 10,000 to 1,000,000 stored: identity and story search.

The store is synthetic, written in bulk as the program would have left it: articles, newest revisions
with true signatures, and the story index. Words follow Zipf's law. Half of the articles share 70 % of their index hashes
with an earlier one. The articles asked about are composed texts: half have a stored original of
which they keep 70 % of the sentences, and a fifth of their hashes are borne by 1 to 99 others, as
boilerplate, common names and common figures are. CPU is what the process used, in ms.

Run: python benchmarks/bench_scale.py [--sizes 10000,100000,1000000] [--probes 200] [--keep FILE]
"""

from __future__ import annotations

import argparse
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from storage.archive import Archive
from storage.fingerprint import fingerprint
from storage.normal import sentences
from storage.signature import Signature, signature
from storage.types import Article, Discovery
from storage.urls import twin_key

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_STAMP = "2026-03-01 09:00:00.000000"
_HASHES = 15
_SHARED = 10
#: Synthetic articles carry the signatures of these, in turn.
_POOL = 400
_BEARERS = (1, 1, 2, 3, 5, 10, 40, 99)
_CHUNK = 50_000


@dataclass(frozen=True)
class Probe:
    """An article that is asked about, and what is stored of it."""

    article: Article
    marks: Signature
    #: The original it is made from; None when it is new.
    original: tuple[str, str] | None


def _vocabulary() -> tuple[list[str], list[float]]:
    """Return made-up words and how often each is used, by Zipf's law."""
    draw = random.Random(3)
    heads, tails = (
        [
            "b",
            "br",
            "c",
            "d",
            "f",
            "g",
            "gr",
            "h",
            "k",
            "l",
            "m",
            "n",
            "p",
            "pl",
            "r",
            "s",
            "st",
            "t",
            "tr",
            "v",
        ],
        ["a", "e", "i", "o", "u", "ai", "ou"],
    )
    words = sorted(
        {
            "".join(draw.choice(heads) + draw.choice(tails) for _ in range(draw.randint(1, 4)))
            for _ in range(30_000)
        },
        key=lambda word: (len(word), word),
    )
    return words, [1 / (rank + 3) for rank in range(len(words))]


_WORDS, _WEIGHTS = _vocabulary()


def _long(seed: int) -> tuple[str, str]:
    """Return a title and a text of 30 sentences: words by Zipf's law, figures, names."""
    draw = random.Random(seed)
    told = []
    for _ in range(30):
        words = draw.choices(_WORDS, _WEIGHTS, k=draw.randint(9, 25))
        if draw.random() < 0.4:
            words[draw.randrange(2, 8)] = f"{draw.randrange(10_000) / 10:g}"
        if draw.random() < 0.4:
            words[draw.randrange(2, 8)] = draw.choice(_WORDS[5000:]).capitalize()
        told.append(" ".join(words).capitalize() + ".")
    paragraphs = "\n\n".join(" ".join(told[at : at + 3]) for at in range(0, 30, 3))
    return " ".join(draw.choices(_WORDS, _WEIGHTS, k=9)).capitalize(), paragraphs


def probes(count: int) -> list[Probe]:
    """Return articles to ask about; the odd ones are made from a stored original."""
    draw = random.Random(5)
    found = []
    for number in range(count):
        title, text = original = _long(1_000_000 + number)
        if number % 2:
            parts = [part for line in text.splitlines() for part in sentences(line) if part]
            kept = [part for part in parts if draw.random() < 0.7]
            text = " ".join((*kept, *_long(2_000_000 + number)[1].split("\n\n")[:3]))
        url = f"https://probe.example/{number}.html"
        article = Article(
            source_id="probe", url=url, canonical_url=url, title=title, text=text, fetched_at=NOW
        )
        made_from = original if number % 2 else None
        found.append(Probe(article, signature(title, text), made_from))
    return found


def store_originals(archive: Archive, asked: list[Probe]) -> None:
    """Record the originals through the program itself."""
    for number, probe in enumerate(asked):
        if probe.original is None:
            continue
        title, text = probe.original
        url = f"https://original.example/{number}.html"
        article = Article(
            source_id="original", url=url, canonical_url=url, title=title, text=text, fetched_at=NOW
        )
        with archive.begin() as tx:
            tx.record(article, found_by=Discovery.GIVEN, now=NOW)


def fill(
    path: Path,
    first: int,
    last: int,
    pool: list[bytes],
    asked: list[Probe],
    written: Counter[int],
) -> None:
    """Write synthetic articles *first* to *last*, their revisions, stories and index rows."""
    draw = random.Random(first)
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-300000;"
        "PRAGMA foreign_keys=OFF;"
    )
    bearers = _bearers(draw, first, last, asked, written)
    recent: list[list[int]] = []
    for start in range(first, last, _CHUNK):
        end = min(start + _CHUNK, last)
        index: list[tuple[int, int]] = []
        for number in range(start, end):
            hashes = [draw.getrandbits(64) - 2**63 for _ in range(_HASHES)]
            if number % 2 and recent:
                hashes[:_SHARED] = draw.sample(draw.choice(recent), _SHARED)
            recent.append(hashes)
            if len(recent) > 5000:
                del recent[:2500]
            index += [(value, number) for value in hashes]
            index += [(value, number) for value in bearers.get(number, ())]
        index.sort()
        ids = range(start, end)
        database.execute("BEGIN")
        database.executemany(
            "INSERT INTO story (id, origin_id, created_at, pinned) VALUES (?, ?, ?, 0)",
            ((one, one, _STAMP) for one in ids),
        )
        database.executemany(
            "INSERT INTO article (id, source_id, url, twin, status, title, revision, kind, details,"
            " found_by, first_seen_at, last_seen_at, last_changed_at, checks, gone_count, story_id,"
            " copy_kind, copy_score, baseline, memory) VALUES (?, 'bulk', ?, ?, 'live', ?, 1, 'news',"
            " '{}', 'feed', ?, ?, ?, 0, 0, ?, 'origin', 1.0, 0, '{}')",
            (
                (
                    one,
                    f"https://bulk.example/{one % 977}/{one}.html",
                    twin_key(f"https://bulk.example/{one % 977}/{one}.html"),
                    f"Report {one}",
                    _STAMP,
                    _STAMP,
                    _STAMP,
                    one,
                )
                for one in ids
            ),
        )
        database.executemany(
            "INSERT INTO revision (id, article_id, number, fingerprint, title, text, seen_at,"
            " signature, details) VALUES (?, ?, 1, ?, ?, 'Elided.', ?, ?, '{}')",
            (
                (one, one, f"1:{one:064x}", f"Report {one}", _STAMP, pool[one % len(pool)])
                for one in ids
            ),
        )
        database.executemany("INSERT OR IGNORE INTO shingle VALUES (?, ?)", index)
        database.execute("COMMIT")
    database.close()


def _bearers(
    draw: random.Random, first: int, last: int, asked: list[Probe], written: Counter[int]
) -> dict[int, list[int]]:
    """Return hashes of the probes that synthetic articles bear, by article."""
    found: dict[int, list[int]] = {}
    shared = Counter(value for probe in asked for value in probe.marks.query_hashes)
    for probe in asked:
        # No hash has more bearers than the program would write.
        hashes = [value for value in probe.marks.query_hashes if shared[value] == 1]
        for value in draw.sample(hashes, len(hashes) // 5):
            for _ in range(0 if written[value] else draw.choice(_BEARERS)):
                written[value] += 1
                found.setdefault(draw.randrange(first, last), []).append(value)
    return found


def measure(archive: Archive, asked: list[Probe]) -> tuple[list[float], int]:
    """Return the CPU in ms of placing each probe, and how many found their original."""
    times, right = [], 0
    with suppress(_Undone), archive.begin() as tx:
        for probe in asked:
            article = probe.article
            began = time.process_time()
            found = tx._file(article, fingerprint(article.title, "x"), (article.url,))
            place = tx._find_place(article, probe.marks, first_seen_at=NOW)
            times.append(1000 * (time.process_time() - began))
            assert found.row is None
            joined = place.placement.leader != 2**63 - 1
            right += joined == (probe.original is not None)
        raise _Undone
    return times, right


class _Undone(Exception):
    """Ends a transaction without a trace: the next probe must not find the last one's story."""


def main(sizes: list[int], count: int, keep: Path | None) -> int:
    """Print a row per size; return 1 when the aims are missed at the largest."""
    asked = probes(count)
    pool = [signature(*_long(number)).pack() for number in range(_POOL)]
    signing = []
    for probe in asked:
        began = time.process_time()
        signature(probe.article.title, probe.article.text)
        signing.append(1000 * (time.process_time() - began))
    words = statistics.median(len(probe.marks) for probe in asked)
    print(f"signing {words:.0f} words: median {statistics.median(signing):.2f} ms CPU")
    print(
        f"{'articles':>9} {'median ms':>9} {'p99 ms':>7} {'most':>7} {'right':>9} {'index B':>8}"
        f" {'file MB':>8} {'grown MB':>8}"
    )
    missed = False
    with tempfile.TemporaryDirectory(prefix="windcatch-scale-") as folder:
        path = keep or Path(folder) / "scale.db"
        with Archive(f"sqlite:///{path}") as archive:
            archive.create()
            store_originals(archive, asked)
        done, written = 1000, Counter[int]()
        for size in sizes:
            fill(path, done, size + 1000, pool, asked, written)
            done = size + 1000
            with Archive(f"sqlite:///{path}") as archive:
                measure(archive, asked)
                before = _resident()
                times, right = measure(archive, asked)
                grown = _resident() - before
            times.sort()
            median, p99 = statistics.median(times), times[max(0, round(0.99 * len(times)) - 1)]
            print(
                f"{size:9} {median:9.2f} {p99:7.2f} {times[-1]:7.2f} {right:5}/{len(asked)}"
                f" {_index_bytes(path, size):8.0f} {path.stat().st_size / 2**20:8.0f} {grown:7.1f}",
                flush=True,
            )
            missed = median > 2 or p99 > 5
    return int(missed)


def _resident() -> float:
    """Return the memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _index_bytes(path: Path, articles: int) -> float:
    """Return the bytes of the story index an article."""
    with closing(sqlite3.connect(path)) as database:
        try:
            query = "SELECT sum(pgsize) FROM dbstat WHERE name = 'shingle'"
            return float(database.execute(query).fetchone()[0]) / articles
        except sqlite3.OperationalError:
            # SQLite without dbstat: the size a row took in the reference's prototype.
            rows = database.execute("SELECT count(*) FROM shingle").fetchone()[0]
            return 18.8 * float(rows) / articles


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--probes", type=int, default=200)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    raise SystemExit(main([int(size) for size in given.sizes.split(",")], given.probes, given.keep))
