"""How long two texts of 200 KB take to compare: CPU, class, and whether the diff fell back.

Run: python benchmarks/bench_diff.py
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from crawler.world.prose import compose
from storage.changes import compare

SIZE = 200_000
LIMIT_S = 2.0


def main() -> int:
    """Print the table; return 1 when one took over LIMIT_S and did not say that it fell back."""
    slow = 0
    print(f"{'texts':44} {'CPU s':>6} {'class':12} {'fell back':9}")
    for name, old, new in _pairs():
        started = time.process_time()
        found = compare(("A law", old), ("A law", new))
        spent = time.process_time() - started
        fell_back = any("fell back" in reason for reason in found.reasons)
        slow += spent > LIMIT_S and not fell_back
        print(
            f"{name:44} {spent:6.2f} {found.change_class.value:12} {'yes' if fell_back else 'no'}"
        )
    return int(slow > 0)


def _pairs() -> list[tuple[str, str, str]]:
    dice = random.Random(4)
    english, chinese, korean = (_long(language) for language in ("en", "zh", "ko"))
    other = _long("en", start=5000)
    lines = english.split("\n\n")
    shuffled = lines[:]
    dice.shuffle(shuffled)
    edited = [line if dice.random() > 0.1 else line.replace(" the ", " no ", 1) for line in lines]
    unbroken = english.replace(". ", " ").replace("\n\n", " ")
    return [
        ("English, one figure changed", english, english.replace("percent", "per mille", 1)),
        ("English, every tenth paragraph edited", english, "\n\n".join(edited)),
        ("English, all paragraphs moved", english, "\n\n".join(shuffled)),
        ("English, another text", english, other),
        ("Chinese, every 7th sentence gone", chinese, _without(chinese, "。", 7)),
        ("Korean, every 7th sentence gone", korean, _without(korean, ". ", 7)),
        ("one sentence without an end, halves swapped", unbroken, unbroken[SIZE // 2 :] + unbroken[: SIZE // 2]),
        ("one character, again and again", "a " * (SIZE // 2), "a b " * (SIZE // 4)),
    ]  # fmt: skip


def _long(language: str, start: int = 0) -> str:
    parts: list[str] = []
    size = 0
    while size < SIZE:
        parts.append(compose(start + len(parts), language)[1])
        size += len(parts[-1])
    return "\n\n".join(parts)[:SIZE]


def _without(text: str, end: str, each: int) -> str:
    pieces = text.split(end)
    return end.join(piece for place, piece in enumerate(pieces) if place % each)


if __name__ == "__main__":
    raise SystemExit(main())
