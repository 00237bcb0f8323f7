"""Making the signature of a text: its words hashed, its quotations and facts marked. Pure."""

from __future__ import annotations

import re
import zlib
from array import array
from functools import lru_cache
from typing import NamedTuple

from storage.figures import Facts, bears_fact, facts_of
from storage.gazetteer import names_by_script
from storage.lexicon import FUNCTION
from storage.noise import body_lines
from storage.normal import fold_line, sentences
from storage.signature import CONTENT, FACT, Signature
from storage.tokens import printed, read

#: Tokens kept; the rest of a longer text (some 100 pages) does not take part.
MAX_TOKENS = 20_000
MAX_FACTS = 160

_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905 - a list of thirteen one-word strings reads worse
    )
} | {"percent": "%", "pct": "%"}

_QUOTE = re.compile('"')
_HANGUL = re.compile("[가-힣]")
_OPENING = frozenset(("", " ", "(", "[", ":", "-", "'"))

#: Sentences one quotation has within a paragraph; more are an unbalanced mark (four of the five
#: containers that the benchmark of copies missed stood behind one).
_LONGEST_QUOTE = 6


def signature(title: str, text: str, *, language: str | None = None) -> Signature:
    """Return the signature of a text; *language* is only a hint and may be None."""
    words = array("H")
    lengths: list[int] = []
    facts = Facts()
    ideographs = 0
    announced = False
    for line in body_lines(text):
        inside, run = False, 0
        # "The charter reads:", and its words stand in the next paragraph, without marks.
        cited, announced = announced, line.endswith(":")
        for sentence in sentences(line):
            quoted, inside = _quoted(sentence, inside)
            marks = [mark(token) for token in printed(sentence)]
            if not marks or len(words) >= MAX_TOKENS:
                continue
            if spots := [place for place, mark in enumerate(marks) if mark.fact]:
                facts_of([mark.read for mark in marks], spots, start=len(words), into=facts)
            words.append(marks[0].opening)
            words.extend([mark.word for mark in marks[1:]])
            if not sentence.isascii():
                ideographs += sum(mark.read[1] == "ideograph" for mark in marks)
            lengths.append(min(len(marks), 0x7FFF) << 1 | (quoted or cited))
            run = run + 1 if quoted and inside else 0
            if run > _LONGEST_QUOTE:
                # A mark that was never closed: what follows is nobody's quotation.
                lengths[-run:] = [length & ~1 for length in lengths[-run:]]
                inside, run = False, 0
    if ideographs or _HANGUL.search(text, 0, 2000):
        body = fold_line(text[: 4 * MAX_TOKENS])
        facts.names += [
            zlib.crc32(english.encode())
            for name, english in names_by_script().items()
            if name in body
        ]
    return Signature(
        words=words.tobytes(),
        lengths=tuple(lengths),
        figures=tuple(facts.figures[:MAX_FACTS]),
        figure_places=tuple(facts.places[:MAX_FACTS]),
        names=tuple(dict.fromkeys(facts.names))[:MAX_FACTS],
        title_figures=_title_figures(title),
        han=ideographs * 2 > len(words),
    )


def _title_figures(title: str) -> tuple[int, ...]:
    head = Facts()
    found = [read(token) for token in printed(fold_line(title))]
    facts_of(found, range(len(found)), start=0, into=head)
    return tuple(dict.fromkeys(head.figures))[:16]


class Mark(NamedTuple):
    """What a printed token is worth."""

    #: Its 16 bits inside a sentence, and at its opening, where a capital says nothing.
    word: int
    opening: int
    #: It may be a figure or a name.
    fact: bool
    read: tuple[str, str]


@lru_cache(maxsize=32_768)
def mark(token: str) -> Mark:
    """Return what one of the `printed` tokens is worth."""
    value, kind = read(token)
    lower = value.lower()
    lower = _NUMBER_WORDS.get(lower, lower)
    telling = kind == "ideograph" or (len(lower) > 2 and lower not in FUNCTION)
    bits = (zlib.crc32(lower.encode("utf-8", "surrogatepass")) & 0x3FFF) << 2
    named = kind in ("word", "initials") and value[0].isupper()
    return Mark(
        word=bits | (CONTENT | FACT if named or kind == "number" else CONTENT * telling),
        opening=bits | (CONTENT | FACT if kind == "number" else CONTENT * telling),
        fact=bears_fact(value, kind),
        read=(value, kind),
    )


def _quoted(sentence: str, inside: bool) -> tuple[bool, bool]:
    """Return whether most of *sentence* is quoted, and whether a quotation is open after it.

    Folding made all quotation marks one: after a blank or a bracket it opens, after a letter or a
    stop it closes; in Han text, which has no blanks, it turns.
    """
    if '"' not in sentence:
        return inside and bool(sentence), inside
    within = start = 0
    for at in (found.start() for found in _QUOTE.finditer(sentence)):
        before = sentence[at - 1 : at]
        opens = not inside if before > "\u2e7f" else before in _OPENING
        if inside:
            within += at - start
        inside, start = opens, at
    if inside:
        within += len(sentence) - start
    return within * 2 > len(sentence), inside
