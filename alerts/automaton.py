"""All needles of all themes in one automaton: one pass over a text finds every term. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from itertools import compress, islice, pairwise, repeat
from typing import Any

from daachorse import CharwiseDoubleArrayAhoCorasick

from alerts.fold import kinds
from alerts.folded import Folded
from alerts.occurrences import MAX_HITS, Hit, Occurrences, at_characters, at_words
from alerts.patterns import SafePattern
from alerts.terms import Needle, agrees


class _Searcher:
    """An automaton over some of the needles of a table."""

    def __init__(self, texts: list[str], indexes: array[int]) -> None:
        #: Gives start, end and number in `indexes` of each needle in a text, by their ends.
        self.find: Callable[[str], list[tuple[int, int, int]]] = CharwiseDoubleArrayAhoCorasick(
            texts
        ).find_overlapping
        self.indexes = indexes


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


#: A word -> what ends with it, or what may follow it; under None what ends here. What ends is a
#: code: the number of a term, or ~ the number of a needle of which more is asked.
_Node = dict[str | None, Any]
_NODE = dict


class Automaton:
    """Finds the terms of a table.

    Whole words and phrases, nearly all of a large watchlist, are looked up by words and by pairs of
    words: one look into a table for a word of the text costs less than a character's step in an
    automaton of a hundred thousand needles, which is larger than the processor's cache, and a pair,
    unlike the first word of a phrase, is rarely there in vain. What has an open end (Han, kana,
    particles, wildcards) is found by Aho-Corasick, with one automaton for the scripts without
    borders, which is skipped where the text has none of them.
    """

    def __init__(self, table: NeedleTable) -> None:
        self._plain = table.plain
        self._lead, self._trail = bytes(table.lead), bytes(table.trail)
        self._owners = table.owners
        self._wild: dict[str, SafePattern] = {}
        self._singles: dict[str, int] = {}
        self._pairs: dict[tuple[str, str], int | _Node] = {}
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
        first, *more = (words.setdefault(word, word) for word in text[1:-1].split(" "))
        if not more:
            self._singles[first] = code
            return
        table: dict[Any, Any] = self._pairs
        key: Any = (first, more[0])
        for word in more[1:]:
            node: Any = table.get(key)
            if node.__class__ is not _NODE:
                node = table[key] = {} if node is None else {None: node}
            table, key = node, word
        inner = table.get(key)
        if inner.__class__ is _NODE:
            inner[None] = code
        else:
            table[key] = code

    def scan(self, folded: Folded) -> Occurrences:
        """Return every occurrence of every term in *folded*."""
        found = Occurrences(folded)
        self._find_words(folded, found)
        self._find_phrases(folded, found)
        if self._bordered is not None:
            self._find_open(folded, self._bordered, found)
        if self._borderless is not None and not folded.all_bordered:
            self._find_open(folded, self._borderless, found)
        return found

    def _find_words(self, folded: Folded, found: Occurrences) -> None:
        """Add the places of single words to *found*."""
        places = found.places
        codes = list(map(self._singles.get, folded.words, repeat(0)))
        for at, code in compress(enumerate(codes), codes):
            if code < 0:
                self._ask(folded, at, at, ~code, found)
            elif code in places:
                found.again(code, at_words(at, at))
            else:
                places[code] = at_words(at, at)

    def _find_phrases(self, folded: Folded, found: Occurrences) -> None:
        """Add the places of phrases of whole words to *found*."""
        words, places = folded.words, found.places
        nodes: list[Any] = list(map(self._pairs.get, pairwise(words)))
        for at, node in compress(enumerate(nodes), nodes):
            last = at + 1
            while True:
                if node.__class__ is int:
                    code, node = node, None
                else:
                    code = node.get(None)
                if code is not None:
                    if code < 0:
                        self._ask(folded, at, last, ~code, found)
                    elif code in places:
                        found.again(code, at_words(at, last))
                    else:
                        places[code] = at_words(at, last)
                last += 1
                if node is None or last == len(words):
                    break
                node = node.get(words[last])
                if node is None:
                    break

    def _ask(self, folded: Folded, first: int, last: int, index: int, found: Occurrences) -> None:
        """Add the words *first* to *last* for those owners of a needle that the original suits."""
        start, end = folded.starts[first], folded.starts[last] + len(folded.words[last])
        for number, needle in self._owners[index]:
            if _agrees(folded, start, end, needle):
                found.agreed(number, [(start, end)])

    def _find_open(self, folded: Folded, searcher: _Searcher, found: Occurrences) -> None:
        """Add the places of needles with an open end to *found*."""
        indexes, plain, lead, trail = searcher.indexes, self._plain, self._lead, self._trail
        places = found.places
        searched: set[int] = set()
        for start, end, at in searcher.find(folded.scan):
            index = indexes[at]
            number = plain[index]
            if number < 0:
                self._look(folded, start, end, index, found, searched)
                continue
            place = at_characters(start + lead[index], end - trail[index])
            if number in places:
                found.again(number, place)
            else:
                places[number] = place

    def _look(
        self,
        folded: Folded,
        start: int,
        end: int,
        index: int,
        found: Occurrences,
        searched: set[int],
    ) -> None:
        """Add the hit for those owners of an open needle whose conditions it fulfils.

        *start* and *end* are positions in the scanned string.
        """
        for number, needle in self._owners[index]:
            if needle.wild is not None:
                # All its places at once, when it is first met.
                hits = [] if number in searched else self._search(folded.scan, needle.wild)
                searched.add(number)
            else:
                first, last = start + needle.lead, end - needle.trail
                if needle.open_start:
                    first = folded.scan.rfind(" ", 0, first + 1) + 1
                if needle.open_end:
                    last = folded.scan.find(" ", last)
                hits = [(first, last)]
            placed = [folded.placed(*hit) for hit in hits]
            placed = [hit for hit in placed if _agrees(folded, *hit, needle)]
            if placed:
                found.agreed(number, placed)

    def _search(self, text: str, wild: str) -> list[Hit]:
        """Return the places of a wildcard: two words may share the blank between them."""
        pattern = self._wild.get(wild)
        if pattern is None:
            pattern = self._wild[wild] = SafePattern(wild)
        return list(islice(pattern.spans(text, 1), MAX_HITS))


def _agrees(folded: Folded, start: int, end: int, needle: Needle) -> bool:
    """Say whether the original at *start*:*end* is as *needle* asks."""
    check = needle.check
    if check is None:
        return True
    behind = folded.behind(end) if check.signs else ""
    return agrees(check, folded.slice(start, end), behind)
