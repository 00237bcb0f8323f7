"""Classes of the real edits in ../shared/data/revisions: a row for each pair, totals below.

Run: python benchmarks/eval_revisions.py [FOLDER]
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from storage.changes import compare

DATA = ROOT.parent / "shared" / "data" / "revisions"


def main(folder: Path) -> int:
    """Print the table; return 1 when words changed and the class is cosmetic, or the reverse."""
    if not folder.is_dir():
        print(f"skipped: {folder} is absent")
        return 0
    totals: Counter[tuple[str, str]] = Counter()
    wrong = 0
    slowest = 0.0
    print(f"{'id':5} {'KB':>5} {'ms':>6} {'on record':10} {'class':12} {'score':>5}  first reason")
    for row in json.loads((folder / "index.json").read_text(encoding="utf-8")):
        old, new = (
            (folder / row["id"] / name).read_text(encoding="utf-8") for name in ("old.md", "new.md")
        )
        started = time.process_time()
        found = compare((row["document"], old), (row["document"], new))
        spent = time.process_time() - started
        slowest = max(slowest, spent)
        record = _record(old, new)
        kind = found.change_class.value
        totals[record, kind] += 1
        wrong += (record == "words") == (kind == "cosmetic")
        reason = found.reasons[0] if found.reasons else ""
        print(
            f"{row['id']:5} {len(old) // 1024:5} {spent * 1000:6.0f} {record:10} {kind:12} "
            f"{found.score:5.2f}  {reason[:110]}"
        )
    print()
    for (record, kind), count in sorted(totals.items()):
        print(f"{record:10} -> {kind:12} {count:4}")
    print(f"pairs {sum(totals.values())}, against the record {wrong}, slowest {slowest:.2f} s CPU")
    return int(wrong > 0)


def _record(old: str, new: str) -> str:
    """Return what changed by the plainest measure: the sequence of letters and digits."""
    if old == new:
        return "nothing"
    bare = [re.findall(r"\w+", text) for text in (old, new)]
    if bare[0] != bare[1]:
        return "words"
    return "marks" if old.split() != new.split() else "blanks"


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA))
