"""What is kept of a text to recognise its copies: words in order, sentences, facts. Pure."""

from __future__ import annotations

import re
import struct
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, islice

from storage.figures import Facts, facts_of
from storage.gazetteer import names_by_script
from storage.lexicon import FUNCTION
from storage.noise import drop
from storage.normal import fold_line, lines, sentences
from storage.sampling import fact_pairs, hash64, spread
from storage.tokens import tokens

#: Bump when hashes change meaning: stored signatures of another version are computed again.
VERSION = 1
#: Tokens kept; the rest of a longer text (some 100 pages) does not take part.
MAX_TOKENS = 20_000
MAX_FACTS = 160

#: Low bits of a word's 16: it carries content; it is a figure or a name.
CONTENT = 1
FACT = 2

_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905 - a list of thirteen one-word strings reads worse
    )
} | {"percent": "%", "pct": "%"}

_QUOTE = re.compile('"')
_OPENING = frozenset(("", " ", "(", "[", ":", "-", "'"))

#: Sentences one quotation has within a paragraph; more are an unbalanced mark (four of the five
#: containers that the benchmark of copies missed stood behind one).
_LONGEST_QUOTE = 6

_INDEX_SENTENCES = 5
_INDEX_GRAMS = 5
_INDEX_FACTS = 5
_QUERY_SENTENCES = 20
_QUERY_GRAMS = 26
_QUERY_FACTS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A run of words in a signature."""

    start: int
    end: int
    #: Mostly inside quotation marks: shared by all who quote, so it makes no copy.
    quoted: bool


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A text without its words: enough to say how it relates to another, and where to look."""

    #: 16 bits a token, little endian: 14 of hash, FACT, CONTENT.
    words: bytes
    #: (number of tokens << 1 | quoted) for each sentence.
    lengths: tuple[int, ...]
    #: Hashes of figures, in order of appearance, and the place of each among the words.
    figures: tuple[int, ...]
    figure_places: tuple[int, ...]
    #: Hashes of names, each once.
    names: tuple[int, ...]
    title_figures: tuple[int, ...]
    #: Most tokens are Han or kana characters.
    han: bool

    def __len__(self) -> int:
        return len(self.words) // 2

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences, in order."""
        found: list[Sentence] = []
        start = 0
        for length in self.lengths:
            end = start + (length >> 1)
            found.append(Sentence(start=start, end=end, quoted=bool(length & 1)))
            start = end
        return tuple(found)

    @property
    def gram(self) -> int:
        """Tokens in one unit of comparison: 5 words, or 9 characters of Han text."""
        return 9 if self.han else 5

    @cached_property
    def grams(self) -> tuple[bytes, ...]:
        """Every run of `gram` tokens, by its first token's place."""
        step = 2 * self.gram
        return tuple(self.words[at : at + step] for at in range(0, len(self.words) - step + 1, 2))

    @cached_property
    def runs(self) -> frozenset[tuple[bytes]]:
        """The grams as a set, for `runs_in`."""
        return frozenset(chain.from_iterable(self._shifted()))

    def runs_in(self, other: Signature) -> int:
        """Return about how many of *other*'s grams stand here too: a first look, and a cheap one.

        Every `gram`th run of *other* is looked up, so that one missed is a word's width away.
        """
        if self.han != other.han:
            return 0
        return self.gram * sum(
            len(self.runs.intersection(shifted)) for shifted in islice(other._shifted(), 1)
        )

    def _shifted(self) -> Iterator[Iterator[tuple[bytes]]]:
        # Cut at C speed: every `gram`th run, from each possible start.
        step = 2 * self.gram
        for start in range(0, step, 2):
            end = start + (len(self.words) - start) // step * step
            if end > start:
                yield struct.iter_unpack(f"{step}s", self.words[start:end])

    @property
    def index_hashes(self) -> tuple[int, ...]:
        """At most 15 signed 64-bit hashes to store: the smallest of each kind.

        A row of the index takes 18.8 bytes (reference A4): 282 bytes an article.
        """
        sentence, gram, fact = self._hashes
        return tuple(
            dict.fromkeys(
                (*sentence[:_INDEX_SENTENCES], *gram[:_INDEX_GRAMS], *fact[:_INDEX_FACTS])
            )
        )

    @property
    def query_hashes(self) -> tuple[int, ...]:
        """At most 64 hashes to look up; a superset of `index_hashes`."""
        sentence, gram, fact = self._hashes
        return tuple(
            dict.fromkeys(
                (*sentence[:_QUERY_SENTENCES], *gram[:_QUERY_GRAMS], *fact[:_QUERY_FACTS])
            )
        )

    @cached_property
    def _hashes(self) -> tuple[list[int], list[int], list[int]]:
        """Sorted hashes of sentences, of runs of words, and of pairs of facts."""
        words = self.words
        sentence = {
            hash64(b"s", words[2 * one.start : 2 * one.end])
            for one in self.sentences
            if not one.quoted and one.end - one.start >= (10 if self.han else 6)
        }
        # A sampled run must say something: "it is one of the" would be met a million times.
        need = 6 if self.han else 3
        flags = words[::2]
        content = [byte & CONTENT for byte in flags]
        width = self.gram
        have = sum(content[:width])
        grams: list[int] = []
        for at, run in enumerate(self.grams):
            if have >= need:
                grams.append(zlib.crc32(run))
            if at + width < len(content):
                have += content[at + width] - content[at]
        smallest = sorted(set(grams))[:_QUERY_GRAMS]
        return (
            sorted(sentence),
            [spread(b"g", value) for value in smallest],
            sorted(fact_pairs(tuple(dict.fromkeys(self.figures)), self.names)),
        )

    def pack(self) -> bytes:
        """Return the signature as bytes: two a word, one a sentence, four a fact."""
        lengths = array("H", (min(length, 0xFFFF) for length in self.lengths))
        head = struct.pack(
            "<BBIHBHH",
            *(VERSION, self.han, len(self.words) // 2, len(lengths)),
            *(len(self.title_figures), len(self.figures), len(self.names)),
        )
        facts = array("I", (*self.title_figures, *self.figures, *self.names))
        places = array("H", self.figure_places)
        return head + lengths.tobytes() + facts.tobytes() + places.tobytes() + self.words

    @classmethod
    def unpack(cls, packed: bytes) -> Signature:
        """Return the signature that `pack` wrote.

        Raises:
            ValueError: it was written by another version, or is damaged.
        """
        size = struct.calcsize("<BBIHBHH")
        if len(packed) < size or packed[0] != VERSION:
            raise ValueError("a signature of another version")
        _, han, count, sentence_count, titles, figures, names = struct.unpack(
            "<BBIHBHH", packed[:size]
        )
        lengths_end = size + 2 * sentence_count
        facts_end = lengths_end + 4 * (titles + figures + names)
        places_end = facts_end + 2 * figures
        if len(packed) != places_end + 2 * count:
            raise ValueError("a damaged signature")
        facts = array("I", packed[lengths_end:facts_end])
        return cls(
            words=packed[places_end:],
            lengths=tuple(array("H", packed[size:lengths_end])),
            title_figures=tuple(facts[:titles]),
            figures=tuple(facts[titles : titles + figures]),
            figure_places=tuple(array("H", packed[facts_end:places_end])),
            names=tuple(facts[titles + figures :]),
            han=bool(han),
        )


def signature(title: str, text: str, *, language: str | None = None) -> Signature:
    """Return the signature of a text; *language* is only a hint and may be None."""
    words = array("H")
    lengths: list[int] = []
    facts = Facts()
    ideographs = 0
    for line in drop(lines(text)):
        inside, run = False, 0
        for sentence in sentences(line):
            found = list(tokens(sentence))
            if not found or len(words) >= MAX_TOKENS:
                _, inside = _quoted(sentence, inside)
                continue
            quoted, inside = _quoted(sentence, inside)
            facts_of(found, start=len(words), into=facts)
            words.append(_word(found[0].value, found[0].kind, True))
            words.extend([_word(token.value, token.kind, False) for token in found[1:]])
            ideographs += sum(token.kind == "ideograph" for token in found)
            lengths.append(min(len(found), 0x7FFF) << 1 | quoted)
            run = run + 1 if quoted and inside else 0
            if run > _LONGEST_QUOTE:
                # A mark that was never closed: what follows is nobody's quotation.
                lengths[-run:] = [length & ~1 for length in lengths[-run:]]
                inside, run = False, 0
    if ideographs or any("가" <= char <= "힣" for char in text[:2000]):
        body = fold_line(text[: 4 * MAX_TOKENS])
        facts.names += [
            zlib.crc32(english.encode())
            for name, english in names_by_script().items()
            if name in body
        ]
    head = Facts()
    folded = fold_line(title)
    facts_of(list(tokens(folded)), start=0, into=head)
    return Signature(
        words=words.tobytes(),
        lengths=tuple(lengths),
        figures=tuple(facts.figures[:MAX_FACTS]),
        figure_places=tuple(facts.places[:MAX_FACTS]),
        names=tuple(dict.fromkeys(facts.names))[:MAX_FACTS],
        title_figures=tuple(dict.fromkeys(head.figures))[:16],
        han=ideographs * 2 > len(words),
    )


@lru_cache(maxsize=65_536)
def _word(value: str, kind: str, first: bool) -> int:
    lower = value.lower()
    lower = _NUMBER_WORDS.get(lower, lower)
    flags = 0
    if kind == "number" or (kind in ("word", "initials") and value[0].isupper() and not first):
        flags = CONTENT | FACT
    elif kind == "ideograph" or (len(lower) > 2 and lower not in FUNCTION):
        flags = CONTENT
    return (zlib.crc32(lower.encode("utf-8", "surrogatepass")) & 0x3FFF) << 2 | flags


def _quoted(sentence: str, inside: bool) -> tuple[bool, bool]:
    """Return whether most of *sentence* is quoted, and whether a quotation is open after it.

    Folding made all quotation marks one: after a blank or a bracket it opens, after a letter or a
    stop it closes; in Han text, which has no blanks, it turns.
    """
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
