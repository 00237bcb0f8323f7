"""Precision and recall of the starter themes.

    python benchmarks/eval_themes.py [--set labelled|fresh|heldout|final|last]

What each set was written for, and what was changed after it was looked at, stands at its head.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

from themes_labelled import SETS, judge, labelled_texts

from alerts.match import Matcher
from alerts.watchlist import load_starter


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--set", choices=list(SETS), default="labelled")
    given = arguments.parse_args()
    starter = load_starter()
    texts = labelled_texts(SETS[given.set])
    counts = judge(Matcher([starter]), [theme.id for theme in starter.themes], texts)
    negatives = sum(not text.themes for text in texts)
    languages = sorted({text.language for text in texts})
    print(f"{len(texts)} texts, {negatives} of them negative, in {', '.join(languages)}\n")
    print(f"{'theme':28}{'P':>7}{'R':>7}")
    for theme, count in counts.items():
        print(f"{theme:28}{count.precision:7.3f}{count.recall:7.3f}")
        for text in count.wrong:
            print(f"    wrong:  {text}")
        for text in count.missed:
            print(f"    missed: {text}")
    right = sum(count.right for count in counts.values())
    wrong = sum(len(count.wrong) for count in counts.values())
    missed = sum(len(count.missed) for count in counts.values())
    print(f"{'all':28}{right / (right + wrong):7.3f}{right / (right + missed):7.3f}")


if __name__ == "__main__":
    main()
