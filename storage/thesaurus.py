"""Whether two English words can stand for each other, by WordNet's commonest senses. Pure."""

from __future__ import annotations

from functools import cache
from importlib import resources

from storage.phrases import stem


def exchangeable(a: str, b: str) -> bool:
    """Return whether *a* and *b*, in any inflection, share one of their common senses.

    Asked of two words that stand in each other's place only; never of words that carry force
    (see storage/lexicon.py), which are weighed as they are.
    """
    senses = _senses()
    one, two = senses.get(stem(a.lower())), senses.get(stem(b.lower()))
    return one is not None and two is not None and not one.isdisjoint(two)


@cache
def _senses() -> dict[str, frozenset[int]]:
    text = resources.files("storage").joinpath("thesaurus.txt").read_text(encoding="utf-8")
    found: dict[str, set[int]] = {}
    rows = (line for line in text.splitlines() if not line.startswith("#"))
    for number, row in enumerate(rows):
        for word in row.split():
            found.setdefault(stem(word), set()).add(number)
    return {word: frozenset(groups) for word, groups in found.items()}
