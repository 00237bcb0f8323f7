"""The article-extraction-benchmark's measure: 4-token shingles with their counts. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_TOKEN = re.compile(r"\w+")
_SIZE = 4


def counts(gold: str, found: str) -> tuple[int, int, int]:
    """Return how many shingles are in both, only in *found*, only in *gold*."""
    one, two = _shingles(gold), _shingles(found)
    both = (one & two).total()
    return both, two.total() - both, one.total() - both


def summary(pages: Iterable[tuple[int, int, int]]) -> tuple[float, float, float]:
    """Return precision and recall averaged over pages, and the F1 of the two averages."""
    found = list(pages)
    precisions = [tp / (tp + fp) for tp, fp, _ in found if tp + fp]
    recalls = [tp / (tp + fn) for tp, _, fn in found if tp + fn]
    precision = sum(precisions) / max(1, len(precisions))
    recall = sum(recalls) / max(1, len(recalls))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    if not tokens:
        return Counter()
    return Counter(tuple(tokens[i : i + _SIZE]) for i in range(max(1, len(tokens) - _SIZE + 1)))
