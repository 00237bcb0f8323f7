"""All needles of all themes in one automaton: one pass over a text finds every term. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
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


class NeedleTable:
    """Collects the needles of many terms, each distinct string once.

    Most needles are one term's alone and need no further look; for these only numbers are kept,
    so that a hundred thousand of them cost a few megabytes beside the automaton.
    """

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        #: The term of a plain needle; else -1.
        self.plain = array("i")
        self.lead = bytearray()
        self.trail = bytearray()
        #: For the others, the terms and their needles.
        self.owners: dict[int, list[tuple[int, Needle]]] = {}

    def add(self, number: int, needles: Iterable[Needle]) -> None:
        """Add the needles of term *number*."""
        for needle in needles:
            index = self.ids.setdefault(needle.text, len(self.ids))
            simple = not (needle.check or needle.wild or needle.open_end or needle.open_start)
            if index == len(self.plain):
                self.plain.append(number if simple else -1)
                self.lead.append(needle.lead)
                self.trail.append(needle.trail)
                if not simple:
                    self.owners[index] = [(number, needle)]
                continue
            if index not in self.owners:
                first = Needle(needle.text, self.lead[index], self.trail[index])
                self.owners[index] = [(self.plain[index], first)]
                self.plain[index] = -1
            self.owners[index].append((number, needle))


class Automaton:
    """Finds the terms of a table."""

    def __init__(self, table: NeedleTable) -> None:
        self._plain = table.plain
        self._lead, self._trail = bytes(table.lead), bytes(table.trail)
        self._owners = table.owners
        self._wild: dict[str, SafePattern] = {}
        texts = list(table.ids)
        self._find = CharwiseDoubleArrayAhoCorasick(texts).find_overlapping if texts else None

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
