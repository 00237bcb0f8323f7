"""Damaged pages: does any crash, hang past its deadline, or take too much memory?

    python benchmarks/robust_extraction.py [../shared/data] [--pages 200] [--seed 0] [--part 1/4]

Pages of all sets, evenly taken, are cut at a random place and have bits flipped at random, and are
read in the pool that a crawl uses (killed workers are counted). `extract` catches what a page breaks
in a parser; that is counted as a crash here all the same. --part takes a share of the pages; what is
done to a page does not depend on it, so the parts add up.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from pages import capture, rows

from crawler.extract_pool import DIED, TIMED_OUT, ExtractPool

#: One byte in so many has a bit flipped.
SPARSE = 500


def flipped(body: bytes, chance: random.Random) -> bytes:
    """Return *body* with bits flipped."""
    damaged = bytearray(body)
    for _ in range(max(1, len(damaged) // SPARSE)):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def main() -> None:
    """Print what became of the damaged pages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", default="../shared/data", type=Path)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--part", default="1/1", help="which of how many shares of the pages")
    options = parser.parse_args()
    part, parts = map(int, options.part.split("/"))
    pages = rows(options.data, "aeb,fundus,wcxb-dev,gne-zh")
    chosen = pages[:: max(1, len(pages) // options.pages)][: options.pages]
    chosen = chosen[part - 1 :: parts]
    came: Counter[str] = Counter()
    slowest, where = 0.0, ""
    with ExtractPool(size=1) as pool:
        for row in chosen:
            page = capture(row, options.data)
            chance = random.Random(f"{options.seed} {row['id']}")
            for way, body in (
                ("whole", page.body),
                ("truncated", page.body[: chance.randrange(1, len(page.body))]),
                ("flipped", flipped(page.body, chance)),
            ):
                started = time.monotonic()
                article = pool.extract(replace(page, body=body), source_id="bench")
                took = time.monotonic() - started
                if took > slowest:
                    slowest, where = took, f"{row['id']} {way}"
                refusal = article.refusal or ""
                bad = refusal in (TIMED_OUT, DIED) or refusal.startswith("extraction failed")
                word = refusal if bad else "article" if article.is_article else "refused"
                came[f"{way}: {word}"] += 1
                if bad:
                    print(f"{row['id']} {way}: {refusal}")
    for word, count in sorted(came.items()):
        print(f"{word} {count}")
    print(f"slowest {slowest:.1f} s on the clock: {where}; deadline {pool.limits.deadline_s:.0f} s")


if __name__ == "__main__":
    main()
