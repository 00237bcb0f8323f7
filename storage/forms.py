"""Whether two texts are two issues of one form: a bulletin, a notice, a table that comes again. Pure."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import LCSseq

from storage.lexicon import MONTHS, WEEKDAYS
from storage.normal import fold_line
from storage.overlap import IN_COMMON, Overlap
from storage.signature import CONTENT, FACT, Signature
from storage.signing import mark
from storage.tokens import printed, tokens

#: Words that count the issues of a series.
_COUNTING = frozenset(
    (
        *(*MONTHS, *WEEKDAYS, "i", "ii", "iii", "iv", "v", "vi", "first", "second", "third"),
        *("fourth", "one", "two", "three", "four", "five", "six", "spring", "summer", "autumn"),
        *("winter", "morning", "evening"),
    )
)
#: Facts swapped for others in sentences that are otherwise alike, at least, and their share of all.
_SWAPPED = 3
_SWAPPED_SHARE = 0.25
#: Share of each title in the frame both have, when they differ in what stands in it.
_FRAME = 1 / 3


@dataclass(frozen=True, slots=True)
class Written:
    """A text under its title."""

    title: str
    signature: Signature


def same_form(a: Written, b: Written, common: Overlap) -> bool:
    """Return whether *a* and *b* are two issues of one form: the same words, other facts.

    A desk that corrects a figure swaps one or two; the next issue swaps its date, its names and
    its numbers, each where the other has its own.
    """
    if serial(a.title, b.title):
        # "Results Q2" and "Results Q3", "part 4" and "part 5": a corrected headline leaves the
        # text as good as it was, the next issue does not.
        return min(common.first, common.second) < 0.9 or common.figures < 0.7
    titles = set(a.signature.title_figures), set(b.signature.title_figures)
    if all(titles) and not titles[0] & titles[1] and common.figures < 0.8:
        return True
    if common.figure_count >= 3 and common.figures < 0.6:
        return True
    swapped, share = _swapped(a.signature, b.signature, common)
    return (swapped >= _SWAPPED and share >= _SWAPPED_SHARE) or _of_two(a, b)


def _swapped(a: Signature, b: Signature, common: Overlap) -> tuple[int, float]:
    """Return how many facts of sentences in common each text has for itself, and their share.

    The fewer of both sides: what only one has was cut by the other.
    """
    one = _own_facts(a, common.by_sentence, b)
    two = _own_facts(b, common.second_by_sentence, a)
    own, all_ = min(one, two)
    return own, own / all_ if all_ else 0.0


def _own_facts(text: Signature, rows: tuple[float, ...], other: Signature) -> tuple[int, int]:
    words = array("H", text.words)
    told: set[int] = set()
    for sentence, share in zip(text.sentences, rows, strict=False):
        if share >= IN_COMMON and not sentence.quoted:
            told.update(words[sentence.start : sentence.end])
    facts = {word for word in told if word & FACT}
    return len(facts.difference(array("H", other.words))), len(facts)


def _of_two(a: Written, b: Written) -> bool:
    """Return whether two titles say one thing of two: "Mayor receives A", "Mayor receives B".

    What stands in their frame must be in the own text and not in the other: a new headline over
    the old text is none of that.
    """
    one, two = (_words(title.title) for title in (a, b))
    both = LCSseq.similarity(one, two)
    if both < 2 or both < _FRAME * max(len(one), len(two)):
        return False
    mine, theirs = set(one) - set(two), set(two) - set(one)
    if not (mine and theirs):
        return False
    texts = [{word >> 2 for word in set(array("H", x.signature.words))} for x in (a, b)]
    return bool(mine & (texts[0] - texts[1]) and theirs & (texts[1] - texts[0]))


def about(title: str, other: Written) -> bool:
    """Return whether half of what a title says stands in *other*, or it says nothing."""
    said = {
        word >> 2
        for word in (mark(one).word for one in printed(fold_line(title)))
        if word & CONTENT
    }
    held = {word >> 2 for word in array("H", other.signature.words)} | set(_words(other.title))
    return len(said & held) * 2 >= len(said)


def headed(title: str) -> bool:
    """Return whether a title says enough to tell what its text is about: four telling words."""
    said = {mark(one).word for one in printed(fold_line(title))}
    return sum(word & CONTENT for word in said) >= 4


def _words(title: str) -> list[int]:
    return [mark(token).word >> 2 for token in printed(fold_line(title))]


def serial(one: str, two: str) -> bool:
    """Return whether two titles differ in nothing but numbers, months, weekdays and the like."""
    a, b = _form(one), _form(two)
    return a != b and [word for word, _ in a] == [word for word, _ in b]


@lru_cache(maxsize=1024)
def _form(title: str) -> list[tuple[str, str]]:
    """Return the words of a title with what counts issues masked, and that."""
    found: list[tuple[str, str]] = []
    for token in tokens(fold_line(title)):
        lower = token.value.lower()
        counts = (
            any(char.isdigit() for char in lower)
            or (token.kind == "ideograph" and lower in "一二三四五六七八九十上下")
            or (lower in _COUNTING and (token.value[0].isupper() or lower not in ("may", "march")))
        )
        found.append(("#", lower) if counts else (lower, ""))
    return found
