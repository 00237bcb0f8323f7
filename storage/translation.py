"""Whether two texts in two languages are one: by figures, their order, and names. Pure."""

from __future__ import annotations

from rapidfuzz.distance import LCSseq

from storage.signature import Signature

#: Fewer facts than these prove nothing: every report on one province shares three names.
FIGURES = 6
_NAMES = 3


def translated(a: Signature, b: Signature) -> float | None:
    """Return how sure it is that *a* and *b* are one text in two languages (0..0.9), or None.

    Figures must agree on both sides and stand in about the same order, and the names known in
    both scripts must agree: an independent report of the same event has other figures as well.
    """
    one, two = list(dict.fromkeys(a.figures)), list(dict.fromkeys(b.figures))
    common = set(one) & set(two)
    if len(common) < FIGURES:
        return None
    agreed = len(common) / len(set(one) | set(two))
    order = LCSseq.similarity(
        [figure for figure in one if figure in common],
        [figure for figure in two if figure in common],
    ) / len(common)
    few, many = sorted((set(a.names), set(b.names)), key=len)
    shared = len(few & many)
    if agreed < 0.6 or order < 0.7 or shared < _NAMES:
        return None
    named = shared / len(few)
    if named < 0.6:
        return None
    return min(0.9, (agreed + order + named) / 3)
