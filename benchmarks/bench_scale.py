"""What one more article costs, with 10,000 to 1,000,000 stored: identity and story search.

The store is synthetic: see benchmarks/scale_store.py. Each size is measured by a process of its own
that only opens the store; CPU is what that process used, in ms:

- search: finding out which article the page is (none), and which story it belongs to;
- in all: the same with fingerprint and signature of its text, which storing it needs anyway.

Run: python benchmarks/bench_scale.py [--sizes 10000,100000,1000000] [--probes 200] [--keep FILE]
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from scale_store import NOW, Probe, Store, probes

from storage.archive import Archive
from storage.fingerprint import fingerprint
from storage.signing import signature

#: The aims: median and 99th percentile of a search in ms, bytes of index an article.
_MEDIAN, _P99, _BYTES = 2.0, 5.0, 300.0
_ROUNDS = 3


class _Undone(Exception):
    """Ends a transaction without a trace: the next probe must not find the last one's story."""


def look_up(archive: Archive, asked: list[Probe]) -> tuple[list[float], list[float], int]:
    """Return the ms of CPU of each search, with and without signing, and how many were right."""
    searches, totals, right = [], [], 0
    with suppress(_Undone), archive.begin() as tx:
        for probe in asked:
            article = probe.article
            began = time.process_time()
            print_ = fingerprint(article.title, article.text)
            marks = signature(article.title, article.text)
            assert marks.query_hashes
            signed = time.process_time()
            found = tx._file(article, print_, (article.url,))
            place = tx._find_place(article, marks, first_seen_at=NOW)
            ended = time.process_time()
            assert found.row is None
            searches.append(1000 * (ended - signed))
            totals.append(1000 * (ended - began))
            joined = place.placement.leader != 2**63 - 1
            right += joined == (probe.original is not None)
        raise _Undone
    return searches, totals, right


def measure(path: Path, count: int) -> dict[str, float]:
    """Return what a process finds that does nothing else; the first round only warms it."""
    asked = probes(count)
    with Archive(f"sqlite:///{path}") as archive:
        look_up(archive, asked)
        before = _resident()
        searches: list[float] = []
        totals: list[float] = []
        right = 0
        for _ in range(_ROUNDS):
            one, all_, right = look_up(archive, asked)
            searches += one
            totals += all_
        return {
            "median": statistics.median(searches),
            "p99": _p99(searches),
            "all": statistics.median(totals),
            "all_p99": _p99(totals),
            "right": right,
            "memory": _resident(),
            "grown": _resident() - before,
        }


def _p99(times: list[float]) -> float:
    return sorted(times)[max(0, round(0.99 * len(times)) - 1)]


def _resident() -> float:
    """Return the memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def main(sizes: list[int], count: int, keep: Path | None) -> int:
    """Print a row per size; return 1 when the aims are missed at the largest."""
    print(
        f"{'articles':>9} {'search':>7} {'p99':>6} {'in all':>7} {'p99':>6} {'right':>8}"
        f" {'index B':>8} {'file MB':>8} {'memory MB':>9} {'grown MB':>8}  build s"
    )
    missed = False
    with tempfile.TemporaryDirectory(prefix="windcatch-scale-") as folder:
        path = keep or Path(folder) / "scale.db"
        store = Store(path, probes(count))
        for size in sizes:
            began = time.process_time()
            store.grow(size)
            built = time.process_time() - began
            child = [sys.executable, __file__, "--measure", str(path), "--probes", str(count)]
            answer = subprocess.run(child, capture_output=True, text=True, check=True)
            row = json.loads(answer.stdout)
            index = store.index_bytes()
            print(
                f"{size:9} {row['median']:7.2f} {row['p99']:6.2f} {row['all']:7.2f}"
                f" {row['all_p99']:6.2f} {row['right']:4}/{count} {index:8.0f}"
                f" {path.stat().st_size / 2**20:8.0f} {row['memory']:9.0f} {row['grown']:8.1f}"
                f" {built:8.0f}",
                flush=True,
            )
            missed = row["median"] > _MEDIAN or row["p99"] > _P99 or index > _BYTES
    return int(missed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--probes", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="keep the store in this file")
    parser.add_argument("--measure", type=Path, help="measure this store, print JSON")
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure, given.probes)))
        raise SystemExit(0)
    raise SystemExit(main([int(size) for size in given.sizes.split(",")], given.probes, given.keep))
