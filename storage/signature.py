"""What is kept of a text to recognise its copies: words in order, sentences, facts. Pure."""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice

from storage.sampling import figure_pairs, hash64, name_runs, spread

#: Bump when hashes change meaning: stored signatures of another version are computed again.
VERSION = 2

#: Low bits of a word's 16: it carries content; it is a figure or a name.
CONTENT = 1
FACT = 2

#: Hashes stored for one text, and looked up for one. What sentences and facts leave free is for
#: runs of words: a text without figures and names, reworded, is found by nothing else.
MAX_INDEX = 15
MAX_QUERY = 64
_INDEX_SENTENCES = 5
_INDEX_FACTS = 5
_QUERY_SENTENCES = 20
_QUERY_PAIRS = 12
_QUERY_NAMES = 8

#: Words in one unit of comparison, and characters of Han text.
_GRAM = 5
_HAN_GRAM = 9
_CUTTERS = {size: struct.Struct(f"{2 * size}s") for size in (_GRAM, _HAN_GRAM)}


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

    @cached_property
    def figure_set(self) -> frozenset[int]:
        """The figures, each once."""
        return frozenset(self.figures)

    @property
    def gram(self) -> int:
        """Tokens in one unit of comparison: 5 words, or 9 characters of Han text."""
        return _HAN_GRAM if self.han else _GRAM

    @cached_property
    def grams(self) -> tuple[bytes, ...]:
        """Every run of `gram` tokens, by its first token's place."""
        found = [b""] * max(0, len(self) - self.gram + 1)
        for start in range(min(self.gram, len(found))):
            found[start :: self.gram] = chain.from_iterable(self._cut(start))
        return tuple(found)

    @cached_property
    def runs(self) -> frozenset[bytes]:
        """The grams as a set."""
        return frozenset(self.grams)

    def runs_in(self, other: Signature) -> int:
        """Return about how many of *other*'s grams stand here too: a first look, and a cheap one.

        Every `gram`th run of *other* is looked up, so that one missed is a word's width away.
        """
        if self.han != other.han:
            return 0
        return self.gram * len(self.runs.intersection(chain.from_iterable(other._cut(0))))

    def _cut(self, start: int) -> Iterator[tuple[bytes]]:
        """Yield every `gram`th run from the word at *start*, each in a tuple; at the speed of C."""
        cutter = _CUTTERS[self.gram]
        size = cutter.size
        end = 2 * start + (len(self.words) - 2 * start) // size * size
        return cutter.iter_unpack(self.words[2 * start : end]) if end > 2 * start else iter(())

    @property
    def index_hashes(self) -> tuple[int, ...]:
        """At most 15 signed 64-bit hashes to store: the first of each kind.

        A row of the index takes 18.8 bytes (reference A4): 282 bytes an article.
        """
        sentences, pairs, names, grams = self._hashes
        found = (*sentences[:_INDEX_SENTENCES], *(*pairs, *names)[:_INDEX_FACTS])
        return (*found, *grams[: MAX_INDEX - len(found)])

    @property
    def query_hashes(self) -> tuple[int, ...]:
        """At most 64 hashes to look up; a superset of `index_hashes`."""
        return tuple(chain.from_iterable(self._hashes))

    @cached_property
    def _hashes(self) -> tuple[list[int], list[int], list[int], list[int]]:
        """Hashes to look up: of sentences, pairs of figures, runs of names, runs of words.

        Each in the order of sampling, that of a cheap hash, the same for every text; only what is
        used gets a good one. The kinds are sampled apart, so that a figure more or less in one of
        two texts leaves the rest as it is.
        """
        words = self.words
        least = 10 if self.han else 6
        whole = {
            zlib.crc32(run): run
            for one in self.sentences
            if not one.quoted and one.end - one.start >= least
            for run in (words[2 * one.start : 2 * one.end],)
        }
        sentences = [hash64(b"s", whole[order]) for order in sorted(whole)[:_QUERY_SENTENCES]]
        pairs = figure_pairs(tuple(dict.fromkeys(self.figures)))[:_QUERY_PAIRS]
        names = name_runs(self.names)[:_QUERY_NAMES]
        runs = dict(zip(map(zlib.crc32, self.grams), self.grams, strict=True))
        # A sampled run must say something: "it is one of the" would be met a million times.
        need = 6 if self.han else 3
        telling = (order for order in sorted(runs) if _content(runs[order]) >= need)
        room = MAX_QUERY - len(sentences) - len(pairs) - len(names)
        return sentences, pairs, names, [spread(b"g", order) for order in islice(telling, room)]

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


def _content(run: bytes) -> int:
    """Return how many words of *run* carry content."""
    return run[::2].translate(_CONTENT_BIT).count(CONTENT)


#: Of each byte the bit that says whether the word carries content.
_CONTENT_BIT = bytes(byte & CONTENT for byte in range(256))
