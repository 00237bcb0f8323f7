"""How likely each line of a page is the article's: boosted trees over `spiders.features`. Pure.

The trees are data, fitted on pages with gold text (benchmarks/fit_scoring.py); what they weigh is
in `spiders.features`. Cross-validated by publisher (no page judged by trees that saw its site)
they beat trafilatura's default on all three sets.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from spiders.features import NAMES

#: A leaf's value, or (column, threshold, tree if at most, tree if above).
Tree = Any


def score(rows: Sequence[Sequence[float]]) -> list[float]:
    """Return the probability, for each row of `features.describe`, that its line is body text."""
    base, trees = model()
    found = []
    for row in rows:
        total = base
        for tree in trees:
            node = tree
            while node.__class__ is tuple:
                node = node[2] if row[node[0]] <= node[1] else node[3]
            total += node
        found.append(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))))
    return found


#: What a line scores before any tree, and the trees.
Model = tuple[float, tuple[Tree, ...]]


@functools.cache
def model() -> Model:
    """Return the trees that ship with the package."""
    return as_model(
        json.loads(resources.files("spiders").joinpath("scoring.json").read_text("ascii"))
    )


def as_model(data: Mapping[str, Any]) -> Model:
    """Return the trees of fitted *data*.

    Raises:
        ValueError: They were fitted on other columns than `features.NAMES`.
    """
    if tuple(data["columns"]) != NAMES:
        raise ValueError("scoring.json was fitted on other columns: run benchmarks/fit_scoring.py")
    return float(data["base"]), tuple(_tree(nodes, 0) for nodes in data["trees"])


def _tree(nodes: Sequence[Sequence[float]], at: int) -> Tree:
    node = nodes[at]
    if len(node) == 1:
        return float(node[0])
    column, threshold, low, high = node
    return int(column), float(threshold), _tree(nodes, int(low)), _tree(nodes, int(high))
