"""A title and text as one string ready for scanning, with the way back to the originals. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property

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
    trim_attached,
)

_TO_BLANKS = {ord(BREAK): " "}
#: Runs that shrink or grow when blanks are collapsed.
_RUN = re.compile("[ \n]{2,}|\n")
_TOKEN = re.compile(
    f"(?P<gap>[ \n{BREAK}]+)|(?P<unspaced>[{UNSPACED}]+)|(?P<hangul>[{HANGUL}]+)"
    f"|[^ \n{BREAK}{UNSPACED}{HANGUL}]+"
)
#: Half words: a word counts two, a Han or kana character one (Chinese words have two on average).
WORD_UNITS = 2


class Folded:
    """*title* and *text* folded into one string: words between single blanks, Han without any.

    Latin words, Hangul words and Han runs are set apart by blanks even where the original has
    none, so that a border is always a blank.
    """

    def __init__(self, title: str, text: str) -> None:
        self._title = title
        self._text = text
        source = f" {title}\n\n{text} "
        found = kinds(source)
        self._gaps: list[int] | None = None
        if found & ATTACHED_BIT:
            source, self._gaps = compose(source)
        folded = shadow(source)
        #: Where a run of unchanged length begins in `scan`, and what to add to reach the source.
        self._starts: list[int] = [0]
        self._shifts: list[int] = [0]
        self._kinds: list[str] = [""]
        self._blanks = not found & (UNSPACED_BIT | HANGUL_BIT)
        #: Every word stands between blanks: no Han, kana, Hangul or the like anywhere.
        self.all_bordered = self._blanks
        #: The string to scan.
        self.scan: str = self._spaced(folded) if self._blanks else self._mixed(folded)

    def _spaced(self, folded: str) -> str:
        """Collapse a text in which every word stands between blanks."""
        folded = folded.translate(_TO_BLANKS) if BREAK in folded else folded
        pieces: list[str] = []
        at = length = 0
        starts, shifts = self._starts, self._shifts
        for run in _RUN.finditer(folded):
            start, end = run.span()
            pieces.append(folded[at:start])
            marks = folded.count("\n\n", start, end)
            blank = f" {PARAGRAPH} " if marks else " "
            pieces.append(blank)
            length += start - at + len(blank)
            starts.append(length)
            shifts.append(end - length)
            at = end
        pieces.append(folded[at:])
        return "".join(pieces)

    def _mixed(self, folded: str) -> str:
        """Collapse a text with Han, kana or Hangul: borders between scripts, none inside Han."""
        pieces: list[str] = [" "]
        length = 1
        starts, shifts = self._starts, self._shifts
        last = ""  # The kind of the token before; "" where a blank has just been written.
        pending = " "
        for token in _TOKEN.finditer(folded):
            kind = token.lastgroup or "word"
            if kind == "gap":
                gap = token.group()
                if "\n\n" in gap:
                    pending = PARAGRAPH
                elif pending != PARAGRAPH:
                    pending = BREAK if BREAK in gap else " "
                continue
            mark = ""
            if pending == PARAGRAPH:
                mark = PARAGRAPH
                pieces.append(f" {PARAGRAPH} " if last else f"{PARAGRAPH} ")
            elif last and (pending == BREAK or kind != last or (pending and kind != "unspaced")):
                pieces.append(" ")
            else:
                pieces.append("")
            length += len(pieces[-1])
            starts.append(length)
            shifts.append(token.start() - length)
            self._kinds.append(mark + kind)
            pieces.append(token.group())
            length += token.end() - token.start()
            last, pending = kind, ""
        pieces.append(" ")
        return "".join(pieces)

    @cached_property
    def title_end(self) -> int:
        """Return where the title ends in `scan`."""
        return self._first(len(self._title) + 1)

    def _source(self, position: int) -> int:
        index = bisect_right(self._starts, position) - 1
        return position + self._shifts[index]

    def original(self, start: int, end: int) -> tuple[str, int, int]:
        """Return field, start and end in the original of what stands at *start*:*end* of `scan`."""
        first, last = self._source(start), self._source(end - 1) + 1
        if self._gaps is not None:
            first, last = self._gaps[first], self._gaps[last]
        if first <= len(self._title):
            field, first, last, source = "title", first - 1, last - 1, self._title
        else:
            skipped = len(self._title) + 3
            field, first, last, source = "text", first - skipped, last - skipped, self._text
        if self._gaps is not None:
            last = trim_attached(source, first, last)
        return field, first, last

    def slice(self, start: int, end: int) -> str:
        """Return the original characters of what stands at *start*:*end* of `scan`."""
        field, first, last = self.original(start, end)
        return (self._title if field == "title" else self._text)[first:last]

    def behind(self, end: int, count: int = 3) -> str:
        """Return up to *count* original characters behind what ends at *end* of `scan`."""
        field, _, last = self.original(end - 1, end)
        return (self._title if field == "title" else self._text)[last : last + count]

    def position(self, field: str, offset: int) -> int:
        """Return where in `scan` the character at *offset* of *field* stands, or the next one."""
        return self._first(offset + 1 if field == "title" else offset + len(self._title) + 3)

    def _first(self, wanted: int) -> int:
        """Return the first position in `scan` that stands for source offset *wanted* or later."""
        if self._gaps is not None:
            wanted = bisect_right(self._gaps, wanted - 1)
        return bisect_left(range(len(self.scan)), wanted, key=self._source)

    def before(self, start: int) -> int:
        """Return how many half words stand before the word that begins at *start* of `scan`."""
        if self._blanks:
            return WORD_UNITS * (self.scan.count(" ", 0, start) - 1)
        index = bisect_right(self._starts, start) - 1
        unspaced = self._kinds[index].endswith("unspaced")
        return self._unit_counts[index] + (start - self._starts[index] if unspaced else 0)

    def through(self, end: int) -> int:
        """Return how many half words stand before *end* of `scan`, its word counted whole."""
        if self._blanks:
            return WORD_UNITS * self.scan.count(" ", 0, end)
        unspaced = self._kinds[bisect_right(self._starts, end - 1) - 1].endswith("unspaced")
        return self.before(end - 1) + (1 if unspaced else WORD_UNITS)

    @cached_property
    def _unit_counts(self) -> list[int]:
        """The half words before each token."""
        counts = [0]
        total = 0
        ends = [*self._starts[1:], len(self.scan)]
        for index, kind in enumerate(self._kinds):
            if kind.startswith(PARAGRAPH):
                total += WORD_UNITS
                counts[-1] = total
            if kind.endswith("unspaced"):
                begin = self._starts[index]
                blank = self.scan.find(" ", begin, ends[index])
                total += (blank if blank >= 0 else ends[index]) - begin
            elif kind:
                total += WORD_UNITS
            counts.append(total)
        return counts
