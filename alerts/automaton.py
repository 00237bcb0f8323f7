"""All needles of all themes in one automaton: one pass over a text finds every term. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import accumulate, islice
from typing import Any

from daachorse import CharwiseDoubleArrayAhoCorasick

from alerts.fold import kinds
from alerts.folded import Folded
from alerts.patterns import SafePattern
from alerts.terms import Needle, agrees

#: Occurrences of one term looked at in one article; a text with more is a list or an attack.
MAX_HITS = 5_000

#: Start and end of a term in the folded text.
Hit = tuple[int, int]
#: For each term found, its hits in the order of the text.
Hits = dict[int, list[Hit]]


class _Searcher:
    """An automaton over some of the needles of a table."""

    def __init__(self, texts: list[str], indexes: array[int]) -> None:
        self._find = CharwiseDoubleArrayAhoCorasick(texts).find_overlapping
        self._indexes = indexes

    def found(self, text: str) -> list[tuple[int, int, int]]:
        """Return start, end and number of each needle in *text*."""
        indexes = self._indexes
        return [(start, end, indexes[index]) for start, end, index in self._find(text)]


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


#: A word -> what ends with it, or what may follow it; under None what ends here. What ends is the
#: number of a term, or ~ the number of a needle of which more is asked.
_Node = dict[str | None, Any]


class Automaton:
    """Finds the terms of a table.

    Whole words and phrases, nearly all of a large watchlist, are looked up word by word: one look
    into a table for a word of the text costs less than a character's step in an automaton of a
    hundred thousand needles, which is larger than the processor's cache. What has an open end (Han,
    kana, particles, wildcards) is found by Aho-Corasick, with one automaton for the scripts without
    borders, which is skipped where the text has none of them.
    """

    def __init__(self, table: NeedleTable) -> None:
        self._plain = table.plain
        self._lead, self._trail = bytes(table.lead), bytes(table.trail)
        self._owners = table.owners
        self._wild: dict[str, SafePattern] = {}
        self._words: _Node = {}
        bordered: tuple[list[str], array[int]] = ([], array("i"))
        borderless: tuple[list[str], array[int]] = ([], array("i"))
        words: dict[str, str] = {}
        for index, text in enumerate(table.ids):
            if self._lead[index] and self._trail[index]:
                self._add(text, index, words)
                continue
            texts, indexes = borderless if kinds(text) else bordered
            texts.append(text)
            indexes.append(index)
        self._bordered = _Searcher(*bordered) if bordered[0] else None
        self._borderless = _Searcher(*borderless) if borderless[0] else None

    def _add(self, text: str, index: int, words: dict[str, str]) -> None:
        """Add a needle of whole words; *words* makes equal words one object."""
        code = ~index if self._plain[index] < 0 else self._plain[index]
        *before, last = (words.setdefault(word, word) for word in text[1:-1].split(" "))
        node = self._words
        for word in before:
            inner = node.get(word)
            if inner is None:
                inner = node[word] = {}
            elif isinstance(inner, int):
                inner = node[word] = {None: inner}
            node = inner
        inner = node.get(last)
        if inner is None:
            node[last] = code
        else:
            inner[None] = code

    def scan(self, folded: Folded) -> Hits:
        """Return every occurrence of every term in *folded*."""
        hits: Hits = {}
        # Needles of which somebody asks more than to be there.
        asking = self._phrases(folded.scan, hits) if self._words else []
        # Terms whose hits may be out of order, or double.
        again: set[int] = set()
        plain, lead, trail = self._plain, self._lead, self._trail
        for start, end, index in self._open(folded):
            number = plain[index]
            if number < 0:
                asking.append((start, end, index))
                continue
            hit = (start + lead[index], end - trail[index])
            if number in hits:
                hits[number].append(hit)
                again.add(number)
            else:
                hits[number] = [hit]
        searched: set[int] = set()
        for start, end, index in asking:
            again.update(self._look(folded, start, end, index, hits, searched))
        for number in again:
            hits[number] = sorted(set(hits[number]))
        if len(folded.scan) > MAX_HITS:
            for found in hits.values():
                if len(found) > MAX_HITS:
                    del found[MAX_HITS:]
        return hits

    def _open(self, folded: Folded) -> list[tuple[int, int, int]]:
        """Return start, end and number of each needle with an open end in *folded*."""
        found: list[tuple[int, int, int]] = []
        if self._bordered is not None:
            found += self._bordered.found(folded.scan)
        if self._borderless is not None and not folded.all_bordered:
            found += self._borderless.found(folded.scan)
        return found

    def _phrases(self, text: str, hits: Hits) -> list[tuple[int, int, int]]:
        """Add the hits of whole words to *hits*; return the needles that ask for more.

        *text* has single blanks between words, and one at its ends.
        """
        asking: list[tuple[int, int, int]] = []
        words = text.split(" ")
        nodes = list(map(self._words.get, words))
        if nodes.count(None) == len(nodes):
            return asking
        ends = list(accumulate(map(len, words)))
        for at, node in enumerate(nodes):
            if node is None:
                continue
            last = at
            while True:
                if node.__class__ is int:
                    code, node = node, None
                else:
                    code = node.get(None)
                if code is not None:
                    hit = (ends[at] - len(words[at]) + at, ends[last] + last)
                    if code < 0:
                        asking.append((hit[0] - 1, hit[1] + 1, ~code))
                    elif code in hits:
                        hits[code].append(hit)
                    else:
                        hits[code] = [hit]
                if node is None:
                    break
                last += 1
                # Behind the last blank stands an empty word, which no needle has.
                node = node.get(words[last])
                if node is None:
                    break
        return asking

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
