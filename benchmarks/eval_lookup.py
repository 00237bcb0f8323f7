"""Whether a copy's origin is among the leaders that are looked at, when 100,000 others compete.

The copies are those of benchmarks/eval_copies.py. Of each text's hashes a share is borne by 1 to 99 others,
as boilerplate, common names and common figures are; the story index keeps its real limits. Told
apart: the hashes have one in common (sampling), the leader is among the likeliest (the limits), and
it passes the first look (`storage.kinship.possible`).

Run: python benchmarks/eval_lookup.py [--origins 150] [--others 100000] [--share 0.2]
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from eval_copies import DATA, build, origins

from storage.stories import COMMON, nearest, possible, signature

_BEARERS = (1, 1, 2, 3, 5, 10, 40, 99)
#: Ids of the others begin here.
_OTHERS = 1_000_000


def main(count: int, others: int, share: float) -> int:
    """Print a row per kind; return 1 when the others cost more than one copy in a hundred."""
    if not DATA.is_dir():
        print(f"skipped: {DATA} is absent")
        return 0
    texts = build(origins(count))
    signed = {text.id: signature(text.title, text.body) for text in texts}
    alone: dict[int, list[int]] = defaultdict(list)
    for text in texts:
        if text.kind == "origin":
            for value in signed[text.id].index_hashes:
                if len(alone[value]) < COMMON:
                    alone[value].append(text.id)
    draw = random.Random(13)
    crowd: dict[int, list[int]] = {}
    for value in sorted({value for marks in signed.values() for value in marks.query_hashes}):
        if draw.random() < share:
            crowd[value] = [_OTHERS + draw.randrange(others) for _ in range(draw.choice(_BEARERS))]
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        if text.origin in (-1, text.id):
            continue
        marks = signed[text.id]
        row = tally[text.kind]
        row["texts"] += 1
        by_itself = [alone[value] for value in marks.query_hashes if value in alone]
        crowded = [
            # The others were there first: a hash they fill is not indexed for the origin.
            [*crowd.get(value, ()), *alone.get(value, ())][:COMMON]
            for value in marks.query_hashes
            if value in alone or value in crowd
        ]
        row["sampled"] += any(text.origin in ids for ids in by_itself)
        row["alone"] += text.origin in nearest(by_itself)
        row["crowded"] += (kept := text.origin in nearest(crowded))
        row["looked at"] += kept and possible(marks, signed[text.origin])
    columns = ("texts", "sampled", "alone", "crowded", "looked at")
    print(f"{'kind':12}" + "".join(f"{name:>10}" for name in columns))
    total = Counter[str]()
    for kind, row in sorted(tally.items()):
        total += row
        print(f"{kind:12}" + "".join(f"{row[name]:10}" for name in columns))
    print(f"{'all':12}" + "".join(f"{total[name]:10}" for name in columns))
    lost = 1 - total["looked at"] / total["sampled"]
    print(f"lost by the limits and the first look, of what sampling finds: {100 * lost:.2f} %")
    return int(lost > 0.01)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origins", type=int, default=150)
    parser.add_argument("--others", type=int, default=100_000)
    parser.add_argument("--share", type=float, default=0.2)
    given = parser.parse_args()
    raise SystemExit(main(given.origins, given.others, given.share))
