"""A title and text as words ready for scanning, with the way back to the originals. Pure.

Positions count characters of the source: title and text between blanks, with accents composed.
Folding keeps them, so that what is found has its place without a look into a map; only where a
text is scanned as one string with single blanks do places in it have to be led back.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate, compress, count
from operator import add, sub

from alerts.fold import (
    ATTACHED_BIT,
    BREAK,
    HANGUL,
    HANGUL_BIT,
    PARAGRAPH,
    UNSPACED,
    UNSPACED_BIT,
    compose,
    kinds,
    shadow,
    strange,
    trim_attached,
)

#: Blank lines in a row, which are one border.
_BLANK_LINES = re.compile("\n\n[ \n]*\n")
_TOKEN = re.compile(
    f"([ \n{BREAK}]+)|([{UNSPACED}]+)|([{HANGUL}]+)|[^ \n{BREAK}{UNSPACED}{HANGUL}]+"
)
_GAP, _UNSPACED, _HANGUL = 1, 2, 3
#: Half words: a word counts two, a Han or kana character one (Chinese words have two on average).
WORD_UNITS = 2


class Folded:
    """*title* and *text* folded and cut into words: Latin and Hangul words, Han runs, blank lines.

    Latin words, Hangul words and Han runs are apart even where the original has no blank between
    them; Han is one run over blanks and quotes, which Chinese texts set anywhere.
    """

    def __init__(self, title: str, text: str) -> None:
        self._title = title
        self._text = text
        source = f" {title}\n\n{text} "
        characters = strange(source)
        found = kinds(characters)
        self._gaps: list[int] | None = None
        #: Where the title ends.
        self.title_end = len(title) + 1
        if found & ATTACHED_BIT:
            source, self._gaps = compose(source)
            characters = strange(source)
            self.title_end = self._composed(self.title_end)
        #: Where the text ends.
        self.end = len(source)
        #: Every word stands between blanks: no Han, kana, Hangul or the like anywhere.
        self.all_bordered = not found & (UNSPACED_BIT | HANGUL_BIT)
        #: Folded, in order; `PARAGRAPH` for a blank line.
        self.words: list[str]
        #: Where each of them begins.
        self.starts: list[int]
        # Of texts with Han or Hangul: where each unbroken piece of a word begins in the source and
        # in `scan`, the half words before it, and whether it is Han or the like.
        self._piece_starts: list[int] = []
        self._piece_scans: list[int] = []
        self._piece_units: list[int] = []
        self._piece_dense = bytearray()
        if self.all_bordered:
            self._cut_spaced(shadow(source, characters))
        else:
            self._cut_mixed(shadow(source, characters))

    def _cut_spaced(self, folded: str) -> None:
        """Cut a text in which every word stands between blanks: each step is one pass in C."""
        if BREAK in folded:
            folded = folded.replace(BREAK, " ")
        if "\n\n\n" in folded or _BLANK_LINES.search(folded):
            folded = _BLANK_LINES.sub(lambda run: "\n\n".ljust(len(run.group())), folded)
        parts = folded.replace("\n\n", f" {PARAGRAPH} ").replace("\n", " ").split(" ")
        lengths = list(map(len, parts))
        at = -1
        for _ in range(folded.count("\n\n")):
            # Two line feeds are two blanks, with nothing between them.
            at = parts.index(PARAGRAPH, at + 1)
            lengths[at] = 0
        self.words = list(filter(None, parts))
        self.starts = list(compress(map(add, accumulate(lengths, initial=0), count()), parts))

    def _cut_mixed(self, folded: str) -> None:
        """Cut a text with Han, kana or Hangul: borders between scripts, none inside Han."""
        words: list[str] = []
        starts: list[int] = []
        pieces, scans = self._piece_starts, self._piece_scans
        units, dense = self._piece_units, self._piece_dense
        # Where in `scan` the next word begins, and the half words before it.
        scan, before = 1, 0
        last = 0
        gap = " "
        for token in _TOKEN.finditer(folded):
            kind = token.lastindex or 0
            word = token.group()
            if kind == _GAP:
                gap = word
                continue
            start = token.start()
            if "\n\n" in gap:
                words.append(PARAGRAPH)
                starts.append(start)
                scan += 2
                before += WORD_UNITS
            if kind == _UNSPACED == last and BREAK not in gap and "\n\n" not in gap:
                words[-1] += word
                scan -= 1
            else:
                words.append(word)
                starts.append(start)
            pieces.append(start)
            scans.append(scan)
            units.append(before)
            dense.append(kind == _UNSPACED)
            scan += len(word) + 1
            before += len(word) if kind == _UNSPACED else WORD_UNITS
            last, gap = kind, ""
        self.words, self.starts = words, starts

    @cached_property
    def scan(self) -> str:
        """Return the words as one string, with a blank before and behind each."""
        return f" {' '.join(self.words)} "

    @cached_property
    def pieces(self) -> tuple[list[int], list[int]]:
        """Return where unbroken pieces begin in `scan`, and what to add there to reach the source.

        The first list has one more: more than any position.
        """
        begins = self._piece_scans
        sources = self._piece_starts
        if self.all_bordered:
            begins = list(map(add, accumulate(map(len, self.words), initial=1), count()))[:-1]
            sources = self.starts
        return [*begins, sys.maxsize], list(map(sub, sources, begins))

    def placed(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the source the words at *start*:*end* of `scan` stand."""
        begins, shifts = self.pieces
        return (
            start + shifts[bisect_right(begins, start) - 1],
            end + shifts[bisect_right(begins, end - 1) - 1],
        )

    def original(self, start: int, end: int) -> tuple[str, int, int]:
        """Return field, start and end in the original of what stands at *start*:*end*."""
        if self._gaps is not None:
            start, end = self._gaps[start], self._gaps[end]
        if start <= len(self._title):
            field, start, end = "title", start - 1, end - 1
        else:
            skipped = len(self._title) + 3
            field, start, end = "text", start - skipped, end - skipped
        if self._gaps is not None:
            end = trim_attached(self._title if field == "title" else self._text, start, end)
        return field, start, end

    def slice(self, start: int, end: int) -> str:
        """Return the original characters of what stands at *start*:*end*."""
        field, first, last = self.original(start, end)
        return (self._title if field == "title" else self._text)[first:last]

    def behind(self, end: int, count: int = 3) -> str:
        """Return up to *count* original characters behind what ends at *end*."""
        field, _, last = self.original(end - 1, end)
        return (self._title if field == "title" else self._text)[last : last + count]

    def position(self, field: str, offset: int) -> int:
        """Return the position of the character at *offset* of *field*."""
        return self._composed(offset + 1 if field == "title" else offset + len(self._title) + 3)

    def _composed(self, wanted: int) -> int:
        """Return the first position that stands for offset *wanted* of the source or later."""
        return wanted if self._gaps is None else bisect_right(self._gaps, wanted - 1)

    def before(self, start: int) -> int:
        """Return how many half words stand before the word that begins at *start*."""
        if self.all_bordered:
            return WORD_UNITS * bisect_left(self.starts, start)
        index = bisect_right(self._piece_starts, start) - 1
        inside = start - self._piece_starts[index] if self._piece_dense[index] else 0
        return self._piece_units[index] + inside

    def through(self, end: int) -> int:
        """Return how many half words stand before *end*, its word counted whole."""
        if self.all_bordered:
            return WORD_UNITS * bisect_left(self.starts, end)
        dense = self._piece_dense[bisect_right(self._piece_starts, end - 1) - 1]
        return self.before(end - 1) + (1 if dense else WORD_UNITS)
