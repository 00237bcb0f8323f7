"""How likely each line of a page is the article's: boosted trees over `spiders.features`. Pure.

The trees were fitted on pages with gold text (benchmarks/fit_scoring.py) and are data; what they
weigh is in `spiders.features`. Cross-validated by publisher they beat trafilatura's default,
and any vote over whole texts, on every set.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Sequence
from importlib import resources
from typing import Any

from spiders.features import NAMES

Tree = list[list[Any]]


def score(rows: Sequence[Sequence[float]]) -> list[float]:
    """Return the probability, for each row of `features.describe`, that its line is body text."""
    base, trees = _model()
    found = []
    for row in rows:
        total = base
        for tree in trees:
            node = tree[0]
            while len(node) > 1:
                # A node is column, threshold, next if at most, next if above; a leaf its value.
                node = tree[node[2] if row[node[0]] <= node[1] else node[3]]
            total += node[0]
        found.append(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))))
    return found


@functools.cache
def _model() -> tuple[float, list[Tree]]:
    data = json.loads(resources.files("spiders").joinpath("scoring.json").read_text("ascii"))
    if tuple(data["columns"]) != NAMES:
        raise ValueError("scoring.json was fitted on other columns: run benchmarks/fit_scoring.py")
    return float(data["base"]), [
        # Integers once, here, so that the loop above converts nothing.
        [
            node if len(node) == 1 else [int(node[0]), node[1], int(node[2]), int(node[3])]
            for node in tree
        ]
        for tree in data["trees"]
    ]
