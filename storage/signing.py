"""Making the signature of a text: its words hashed, its quotations and facts marked. Pure."""

from __future__ import annotations

import re
import sys
import zlib
from array import array
from typing import NamedTuple

from storage.figures import Facts, bears_fact, facts_of
from storage.gazetteer import names_by_script
from storage.lexicon import FUNCTION
from storage.memo import Memo
from storage.noise import body_lines
from storage.normal import fold_line
from storage.said import said
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
    codes = array("I")
    lengths: list[int] = []
    facts = Facts()
    announced = False
    for line, told in zip(body_lines(text), said(text), strict=True):
        inside, run = False, 0
        # "The charter reads:", and its words stand in the next paragraph, without marks.
        cited, announced = announced, line.endswith(":")
        for sentence, tokens in told:
            quoted, inside = _quoted(sentence, inside)
            if not tokens or len(codes) >= MAX_TOKENS:
                continue
            start = len(codes)
            found = [*map(_CODES.__getitem__, tokens)]
            if max(found) >= _BEARS:
                spots = [place for place, code in enumerate(found) if code >= _BEARS]
                facts_of(tokens, spots, start=start, into=facts)
            found[0] = mark(tokens[0]).opening | found[0] & _IDEOGRAPH
            codes.extend(found)
            lengths.append(min(len(tokens), 0x7FFF) << 1 | (quoted or cited))
            run = run + 1 if quoted and inside else 0
            if run > _LONGEST_QUOTE:
                # A mark that was never closed: what follows is nobody's quotation.
                lengths[-run:] = [length & ~1 for length in lengths[-run:]]
                inside, run = False, 0
    words, ideographs = _halves(codes)
    if ideographs or _HANGUL.search(text, 0, 2000):
        body = fold_line(text[: 4 * MAX_TOKENS])
        facts.names += [
            zlib.crc32(english.encode())
            for name, english in names_by_script().items()
            if name in body
        ]
    return Signature(
        words=words,
        lengths=tuple(lengths),
        figures=tuple(facts.figures[:MAX_FACTS]),
        figure_places=tuple(facts.places[:MAX_FACTS]),
        names=tuple(dict.fromkeys(facts.names))[:MAX_FACTS],
        title_figures=_title_figures(title),
        han=ideographs * 2 > len(codes),
    )


def _title_figures(title: str) -> tuple[int, ...]:
    head = Facts()
    found = printed(fold_line(title))
    facts_of(found, range(len(found)), start=0, into=head)
    return tuple(dict.fromkeys(head.figures))[:16]


class Mark(NamedTuple):
    """What a printed token is worth."""

    #: Its 16 bits inside a sentence, and at its opening, where a capital says nothing.
    word: int
    opening: int
    #: It may be a figure or a name.
    fact: bool
    ideograph: bool


def mark(token: str) -> Mark:
    """Return what one of the `printed` tokens is worth."""
    return _MARKS[token]


def _mark(token: str) -> Mark:
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
        ideograph=kind == "ideograph",
    )


_MARKS: Memo[Mark] = Memo(_mark)

#: A mark in one number: the word in the lower half, whether it bears a fact or is Han above.
_IDEOGRAPH = 1 << 16
_BEARS = 1 << 17


def _code(token: str) -> int:
    found = _mark(token)
    return found.word | _IDEOGRAPH * found.ideograph | _BEARS * found.fact


_CODES: Memo[int] = Memo(_code)


def _halves(codes: array[int]) -> tuple[bytes, int]:
    """Return the words of *codes*, little endian, and how many are Han."""
    if sys.byteorder == "big":
        codes.byteswap()
    packed = codes.tobytes()
    words = bytearray(len(packed) // 2)
    words[::2], words[1::2] = packed[::4], packed[1::4]
    return bytes(words), packed[2::4].count(_IDEOGRAPH >> 16)


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
