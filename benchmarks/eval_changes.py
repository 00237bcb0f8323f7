"""Precision and recall of the change classes on the labelled pairs of tests/storage/data.

Run: python benchmarks/eval_changes.py [--wrong] [--set NAME] [--held-out]

`--wrong` shows every pair judged wrongly; `--set` takes one file of data/changes, all of which the
rules were mended on; `--held-out` takes the pairs of data/held_out: "third" as it was never mended
on, "changes" and "second" as they were first measured and their commonest causes mended after.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from storage.changes import compare

DATA = ROOT / "tests" / "storage" / "data"


def main() -> int:
    """Print the table; return 1 when a substantive pair was missed or over 2 % ring falsely."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--set", default="*")
    parser.add_argument("--held-out", action="store_true")
    given = parser.parse_args()
    folder = DATA / ("held_out" if given.held_out else "changes")
    counts: Counter[tuple[str, str, str]] = Counter()
    for file in sorted(folder.glob(f"{given.set}.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found = compare(
                (row["old"]["title"], row["old"]["text"]),
                (row["new"]["title"], row["new"]["text"]),
            )
            got = "substantive" if found.change_class.value == "substantive" else "quiet"
            for group in (row["language"], file.name, "all"):
                counts[group, row["want"], got] += 1
            if given.wrong and got != row["want"]:
                print(row["id"], row["want"], "->", found.change_class.value, row["why"])
                print("   ", found.score, found.reasons[:3])
    print(f"{'set':13} {'pairs':>5} {'class':12} {'precision':>9} {'recall':>7} {'false':>6}")
    groups = sorted({key[0] for key in counts} - {"all"})
    for group in (*groups, "all"):
        for label in ("substantive", "quiet"):
            other = "quiet" if label == "substantive" else "substantive"
            true, missed = counts[group, label, label], counts[group, label, other]
            false, base = counts[group, other, label], counts[group, other, other]
            print(
                f"{group:13} {true + missed:5} {label:12} {true / max(true + false, 1):9.3f} "
                f"{true / max(true + missed, 1):7.3f} {false / max(false + base, 1):6.3f}"
            )
    quiet, loud = counts["all", "quiet", "quiet"], counts["all", "quiet", "substantive"]
    return int(counts["all", "substantive", "quiet"] > 0 or loud > 0.02 * (quiet + loud))


if __name__ == "__main__":
    raise SystemExit(main())
