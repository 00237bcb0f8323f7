"""How strongly an article is about a theme: where its terms stand, how often, how many. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log2

#: A term in the title says what an article is about; in the body it may be an aside.
PLACE_POINTS = {"title": 4.0, "lead": 2.0, "body": 1.0}
#: Points at which the score is one half. One mention in the body scores .25, in the title .57.
HALF = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TermScore:
    """What one term adds to the score."""

    term: str
    count: int
    #: The best of title, lead, body in which it stands.
    place: str
    weight: float
    points: float


def points(count: int, place: str) -> float:
    """Return what *count* occurrences add, the best in *place*: each doubling adds half as much."""
    return PLACE_POINTS[place] * (1 + log2(count) / 2)


def score(total: float) -> float:
    """Return 0..1 for the sum of all terms' points; more points always score more."""
    return total / (total + HALF)


def explained(terms: Iterable[TermScore]) -> str:
    """Return the score's parts in words: "battery swap: 3 times, title, 7.2 points"."""
    lines = []
    for term in sorted(terms, key=lambda found: -found.points):
        times = "once" if term.count == 1 else f"{term.count} times"
        weight = "" if term.weight == 1 else f", weight {term.weight:g}"
        lines.append(f"{term.term}: {times}, {term.place}{weight}, {term.points:.1f} points")
    return "; ".join(lines)
