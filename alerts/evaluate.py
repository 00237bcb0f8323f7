"""Says whether a compiled query holds for an article, and by which hits. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alerts.folded import WORD_UNITS
from alerts.found import Found, Range
from alerts.occurrences import MAX_HITS, Hit, Hits
from alerts.patterns import SafePattern
from alerts.theme import Subject

#: The hits by which a query holds, for each of its terms; None when it does not hold.
Evidence = Hits | None
#: A piece of text and the (term, hit) pairs in it.
Place = tuple[int, int, frozenset[tuple[int, Hit]]]


@dataclass(frozen=True, slots=True)
class TermTest:
    """The term *number* occurs."""

    number: int

    def find(self, found: Found, within: Range) -> Evidence:
        hits = found.hits.get(self.number)
        if hits and within is not None:
            hits = [hit for hit in hits if within[0] <= hit[0] < within[1]]
        return {self.number: hits} if hits else None

    def places(self, found: Found, within: Range) -> list[Place]:
        hits = (self.find(found, within) or {}).get(self.number, ())
        return [(hit[0], hit[1], frozenset({(self.number, hit)})) for hit in hits]


@dataclass(frozen=True, slots=True)
class PatternTest:
    """A pattern stands in the original title or text."""

    number: int
    pattern: SafePattern

    def find(self, found: Found, within: Range) -> Evidence:
        hits = found.pattern_hits(self.number, self.pattern)
        if within is not None:
            hits = [hit for hit in hits if within[0] <= hit[0] < within[1]]
        return {self.number: hits} if hits else None

    def places(self, found: Found, within: Range) -> list[Place]:
        raise TypeError("a pattern has no place among words")


@dataclass(frozen=True, slots=True)
class AllTest:
    """All parts hold."""

    parts: tuple[Test, ...]

    def find(self, found: Found, within: Range) -> Evidence:
        evidence: Hits = {}
        for part in self.parts:
            more = part.find(found, within)
            if more is None:
                return None
            if not evidence:
                evidence = more
            elif more:
                evidence = dict(evidence)
                _merge(evidence, more)
        return evidence

    def places(self, found: Found, within: Range) -> list[Place]:
        raise TypeError("AND has no place among words")


@dataclass(frozen=True, slots=True)
class AnyTest:
    """One part or more holds; the evidence is that of all that do."""

    parts: tuple[Test, ...]
    #: The parts' terms when all parts are terms, else empty: most lists of synonyms are.
    terms: tuple[int, ...] = ()

    def find(self, found: Found, within: Range) -> Evidence:
        if self.terms and within is None:
            hits = found.hits
            return {number: hits[number] for number in self.terms if number in hits} or None
        evidence: Hits = {}
        holds = False
        for part in self.parts:
            more = part.find(found, within)
            if more is not None:
                holds = True
                _merge(evidence, more)
        return evidence if holds else None

    def places(self, found: Found, within: Range) -> list[Place]:
        return _distinct(place for part in self.parts for place in part.places(found, within))


@dataclass(frozen=True, slots=True)
class NotTest:
    """The part does not hold; there is no evidence for what is not there."""

    part: Test

    def find(self, found: Found, within: Range) -> Evidence:
        return {} if self.part.find(found, within) is None else None

    def places(self, found: Found, within: Range) -> list[Place]:
        raise TypeError("NOT has no place among words")


@dataclass(frozen=True, slots=True)
class FieldTest:
    """The part holds within title, lead or body."""

    name: str
    part: Test

    def find(self, found: Found, within: Range) -> Evidence:
        return self.part.find(found, found.range_of(self.name))

    def places(self, found: Found, within: Range) -> list[Place]:
        raise TypeError("a field has no place among words")


@dataclass(frozen=True, slots=True)
class FactTest:
    """The article has a property: source, language, agency, date."""

    holds: Callable[[Subject], bool]

    def find(self, found: Found, within: Range) -> Evidence:
        return {} if self.holds(found.subject) else None

    def places(self, found: Found, within: Range) -> list[Place]:
        raise TypeError("a fact has no place among words")


@dataclass(frozen=True, slots=True)
class CountTest:
    """The part occurs *count* times or more; occurrences that overlap count once."""

    count: int
    part: Test

    def find(self, found: Found, within: Range) -> Evidence:
        places = self.part.places(found, within)
        seen, last = 0, -1
        for start, end, _ in sorted(places, key=lambda place: (place[1], -place[0])):
            if start >= last:
                seen, last = seen + 1, end
        return _evidence(places) if seen >= self.count else None

    def places(self, found: Found, within: Range) -> list[Place]:
        raise TypeError("atleast has no place among words")


@dataclass(frozen=True, slots=True)
class NearTest:
    """Both parts, with at most *distance* words between them, both in the title or in the text."""

    distance: int
    ordered: bool
    left: Test
    right: Test

    def find(self, found: Found, within: Range) -> Evidence:
        places = self.places(found, within)
        return _evidence(places) if places else None

    def places(self, found: Found, within: Range) -> list[Place]:
        left = sorted(self.left.places(found, within), key=_by_start)
        right = sorted(self.right.places(found, within), key=_by_start) if left else []
        if not right:
            return []
        near = self._pairs(left, right, found)
        if not self.ordered:
            near += self._pairs(right, left, found)
        return _distinct(near)

    def _pairs(self, first: list[Place], second: list[Place], found: Found) -> list[Place]:
        """Return the places that reach from one of *first* to a later one of *second*."""
        folded, border = found.folded, found.folded.title_end
        starts = [place[0] for place in second]
        before = [folded.before(start) for start in starts]
        most = WORD_UNITS * self.distance
        pairs: list[Place] = []
        for start, end, parts in first:
            index = bisect_right(starts, end - 1)
            reach = folded.through(end) + most if index < len(starts) else 0
            while index < len(starts) and before[index] <= reach and len(pairs) < MAX_HITS:
                other = second[index]
                if (start < border) == (other[0] < border):
                    pairs.append((start, other[1], parts | other[2]))
                index += 1
        return pairs


@dataclass(frozen=True, slots=True)
class SameTest:
    """All parts within one sentence or paragraph."""

    unit: str
    parts: tuple[Test, ...]

    def find(self, found: Found, within: Range) -> Evidence:
        shared: set[int] | None = None
        by_unit: dict[int, list[Place]] = {}
        for part in self.parts:
            here: set[int] = set()
            for place in part.places(found, within):
                number = found.unit_of(self.unit, place[0])
                if number == found.unit_of(self.unit, place[1] - 1):
                    here.add(number)
                    by_unit.setdefault(number, []).append(place)
            shared = here if shared is None else shared & here
            if not shared:
                return None
        return _evidence(place for number in shared or () for place in by_unit[number])

    def places(self, found: Found, within: Range) -> list[Place]:
        raise TypeError("SAMESENT has no place among words")


Test = (
    TermTest
    | PatternTest
    | AllTest
    | AnyTest
    | NotTest
    | FieldTest
    | FactTest
    | CountTest
    | NearTest
    | SameTest
)


def _by_start(place: Place) -> tuple[int, int]:
    return place[0], place[1]


def _distinct(places: Iterable[Place]) -> list[Place]:
    """Return *places* with those of equal extent made one, at most `MAX_HITS`."""
    found: dict[Hit, frozenset[tuple[int, Hit]]] = {}
    for start, end, parts in places:
        before = found.get((start, end))
        found[start, end] = parts if before is None else before | parts
    return [(start, end, parts) for (start, end), parts in found.items()][:MAX_HITS]


def _evidence(places: Iterable[Place]) -> Hits:
    hits: dict[int, set[Hit]] = {}
    for _, _, parts in places:
        for number, hit in parts:
            hits.setdefault(number, set()).add(hit)
    return {number: sorted(found) for number, found in hits.items()}


def _merge(into: Hits, more: Hits) -> None:
    for number, hits in more.items():
        known = into.get(number)
        into[number] = hits if known is None or known is hits else sorted({*known, *hits})
