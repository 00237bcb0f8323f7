"""All needles of all themes in one automaton: one pass over a text finds every term. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from daachorse import CharwiseDoubleArrayAhoCorasick

from alerts.folded import Folded
from alerts.patterns import SafePattern
from alerts.terms import Needle, agrees

#: Occurrences of one term looked at in one article; a text with more is a list or an attack.
MAX_HITS = 5_000

#: Start and end of a term in the folded text.
Hit = tuple[int, int]
#: For each term found, its hits in the order of the text.
Hits = dict[int, list[Hit]]


class Automaton:
    """Finds the terms 0..n-1, each given as its needles."""

    def __init__(self, terms: Sequence[Iterable[Needle]]) -> None:
        ids: dict[str, int] = {}
        owners: list[list[tuple[int, Needle]]] = []
        for number, needles in enumerate(terms):
            for needle in needles:
                index = ids.setdefault(needle.text, len(ids))
                if index == len(owners):
                    owners.append([])
                owners[index].append((number, needle))
        #: The term of a needle that is one term's alone and needs no further look; else -1.
        self._plain: list[int] = []
        self._lead: list[int] = []
        self._trail: list[int] = []
        self._owners: dict[int, tuple[tuple[int, Needle], ...]] = {}
        for index, owned in enumerate(owners):
            number, needle = owned[0]
            plain = len(owned) == 1 and not (
                needle.check or needle.wild or needle.open_end or needle.open_start
            )
            self._plain.append(number if plain else -1)
            self._lead.append(needle.lead)
            self._trail.append(needle.trail)
            if not plain:
                self._owners[index] = tuple(owned)
        self._wild: dict[str, SafePattern] = {}
        self._find = CharwiseDoubleArrayAhoCorasick(list(ids)).find_overlapping if ids else None

    def scan(self, folded: Folded) -> Hits:
        """Return every occurrence of every term in *folded*."""
        hits: Hits = {}
        if self._find is None:
            return hits
        again: set[int] = set()
        searched: set[int] = set()
        plain, lead, trail = self._plain, self._lead, self._trail
        for start, end, index in self._find(folded.scan):
            number = plain[index]
            if number < 0:
                again.update(self._look(folded, start, end, index, hits, searched))
                continue
            hit = (start + lead[index], end - trail[index])
            if number in hits:
                hits[number].append(hit)
            else:
                hits[number] = [hit]
        for number in again:
            hits[number] = sorted(set(hits[number]))
        for found in hits.values():
            if len(found) > MAX_HITS:
                del found[MAX_HITS:]
        return hits

    def _look(
        self, folded: Folded, start: int, end: int, index: int, hits: Hits, searched: set[int]
    ) -> list[int]:
        """Add the hit for those owners of a needle whose conditions it fulfils; return them."""
        added = []
        for number, needle in self._owners[index]:
            if needle.wild is not None:
                found = [] if number in searched else self._search(folded.scan, needle.wild)
                searched.add(number)
            else:
                first, last = start + needle.lead, end - needle.trail
                if needle.open_start:
                    first = folded.scan.rfind(" ", 0, first + 1) + 1
                if needle.open_end:
                    last = folded.scan.find(" ", last)
                if needle.check and not self._agrees(folded, first, last, needle):
                    continue
                found = [(first, last)]
            if found:
                hits.setdefault(number, []).extend(found)
                added.append(number)
        return added

    def _agrees(self, folded: Folded, first: int, last: int, needle: Needle) -> bool:
        check = needle.check
        if check is None:
            return True
        behind = folded.behind(last) if check.signs else ""
        return agrees(check, folded.slice(first, last), behind)

    def _search(self, text: str, wild: str) -> list[Hit]:
        """Return the places of a wildcard: two words may share the blank between them."""
        pattern = self._wild.get(wild)
        if pattern is None:
            pattern = self._wild[wild] = SafePattern(wild)
        return list(islice(pattern.spans(text, 1), MAX_HITS))
