"""Precision and recall of the change classes on the labelled pairs of tests/storage/data/changes.

Run: python benchmarks/eval_changes.py [--wrong]   (shows every pair judged wrongly)
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from storage.changes import compare

PAIRS = ROOT / "tests" / "storage" / "data" / "changes"


def main(show: bool) -> int:
    """Print the table; return 1 when a substantive pair was missed or over 2 % ring falsely."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for file in sorted(PAIRS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found = compare(
                (row["old"]["title"], row["old"]["text"]),
                (row["new"]["title"], row["new"]["text"]),
            )
            got = "substantive" if found.change_class.value == "substantive" else "quiet"
            counts[row["language"], row["want"], got] += 1
            if show and got != row["want"]:
                print(row["id"], row["want"], "->", found.change_class.value, row["why"])
                print("   ", found.score, found.reasons[:3])
    print(f"{'language':9} {'pairs':>5} {'class':12} {'precision':>9} {'recall':>7} {'false':>6}")
    worst_recall, false_share = 1.0, 0.0
    for language in (*sorted({key[0] for key in counts}), "all"):
        for label in ("substantive", "quiet"):
            true = _sum(counts, language, label, label)
            wanted = true + _sum(counts, language, label, _other(label))
            given = true + _sum(counts, language, _other(label), label)
            others = _sum(counts, language, _other(label), label)
            base = others + _sum(counts, language, _other(label), _other(label))
            recall, false = true / max(wanted, 1), others / max(base, 1)
            print(
                f"{language:9} {wanted:5} {label:12} {true / max(given, 1):9.3f} {recall:7.3f} {false:6.3f}"
            )
            if label == "substantive" and language == "all":
                worst_recall, false_share = recall, false
    return int(worst_recall < 1.0 or false_share > 0.02)


def _other(label: str) -> str:
    return "quiet" if label == "substantive" else "substantive"


def _sum(counts: Counter[tuple[str, str, str]], language: str, want: str, got: str) -> int:
    return sum(
        count
        for (one, two, three), count in counts.items()
        if language in (one, "all") and two == want and three == got
    )


if __name__ == "__main__":
    raise SystemExit(main("--wrong" in sys.argv[1:]))
