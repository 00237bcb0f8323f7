"""The parts of a page that change by themselves: told apart from news, and left out. Pure.

What turns at every look is either chrome (a clock, a counter, a rotating teaser) or an article
that develops (a toll, a live report). A wrong guess costs noise one way and silence the other, so
a line is left out only when it can carry no news:

* nothing but a time of day turned in it;
* it is no sentence, shares no word with the article, and only its figures turned;
* it came back, again and again;
* it stands in a place that had another such line at every look: no sentence, no word in common.

The figures of a sentence and sentences never seen before are news however often they come.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import pairwise

from storage.lexicon import FUNCTION
from storage.normal import fold_line, lines
from storage.phrases import stem
from storage.tokens import tokens

#: Longer lines are never chrome, whatever they end with; none is remembered longer.
LONGEST = 200
#: Lines at one place that differ at every look; a longer run is a list of its own.
_LONGEST_RUN = 4

_ENDS = re.compile(r"[.!?。！？…;；:]['\"”’)\]）」』】]*$")
_CLOCK = re.compile(
    r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)|\d{1,2} ?[时時시点] ?\d{1,2} ?[分분](?: ?\d{1,2} ?[秒초])?"
)
_DAY = re.compile(r"\d{4} ?[-/.年년] ?\d{1,2} ?[-/.月월] ?\d{1,2} ?[日일]?")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
#: Stands between the two neighbours of a place; folding leaves none in a line.
_PLACE = "\x1f"


def restless_lines(title: str, texts: Sequence[str]) -> frozenset[str]:
    """Return what to leave out of comparing, from *texts* of successive looks, each of them new.

    The result is understood by `without`. Three looks settle it for clocks and counters, four for
    what comes back and for places. *title* is the article's.
    """
    # Going back to an earlier text is flapping, which has its own remedy (storage/decide.py).
    if len(texts) < 3 or len(set(texts)) < len(texts):
        return frozenset()
    looks = [_Look(title, text) for text in texts]
    found = _turning(looks[-3:])
    if len(looks) >= 4:
        found |= _coming_back(looks) | _places(looks)
    return frozenset(found)


def masked(line: str) -> str:
    """Return a folded line as it is remembered: figures as "#", in a sentence only times of day."""
    return clocked(line) if _said(line) else _short(_FIGURE.sub("#", line))


def clocked(line: str) -> str:
    """Return a folded line with a time of day, and the day beside it, as "#"; others as they are."""
    return _short(_DAY.sub("#", _CLOCK.sub("#:#", line)) if _CLOCK.search(line) else line)


def _short(mask: str) -> str:
    """Return *mask* no longer than LONGEST: what an article remembers is bounded."""
    if len(mask) <= LONGEST:
        return mask
    digest = hashlib.blake2b(mask.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{mask[: LONGEST - len(digest) - 1]}…{digest}"


def _said(line: str) -> bool:
    return bool(_ENDS.search(line)) or len(line) > LONGEST


def masks(texts: Iterable[str]) -> frozenset[str]:
    """Return the lines of *texts* as printed in the form in which `without` knows them."""
    return frozenset(masked(line) for text in texts for line in lines(text))


def forms(texts: Iterable[str]) -> frozenset[str]:
    """Return every form in which a line of *texts*, as printed, may be remembered."""
    return frozenset(
        form for text in texts for line in lines(text) for form in (masked(line), clocked(line))
    )


def in_words(learned: str) -> str:
    """Return what `restless_lines` learned as a person reads it."""
    before, place, after = learned.partition(_PLACE)
    if not place:
        return learned
    sides = [("after", before), ("before", after)]
    return "any stray line " + " and ".join(f"{name} {side!r}" for name, side in sides if side)


def without(title: str, text: str, volatile: frozenset[str]) -> str:
    """Return *text* without its volatile lines; the others are as they were."""
    if not volatile:
        return text
    look = _Look(title, text)
    gone = {
        place
        for place, line in enumerate(look.lines)
        if masked(line) in volatile or clocked(line) in volatile
    }
    for key in volatile:
        if _PLACE in key:
            gone |= look.strangers_at(key, gone)
    if not gone:
        return text
    kept: list[str] = []
    place = 0
    for line in text.splitlines():
        if not fold_line(line):
            kept.append(line)
            continue
        if place not in gone:
            kept.append(line)
        place += 1
    return "\n".join(kept).strip()


class _Look:
    """One text, by lines."""

    def __init__(self, title: str, text: str) -> None:
        self.lines = lines(text)
        prose = [line for line in self.lines if _said(line)]
        self.words = frozenset[str]().union(*map(_words, (fold_line(title), *prose)))

    def tells(self, line: str) -> bool:
        """Return whether *line* may be about what the article is about."""
        return _said(line) or not self.words.isdisjoint(_words(line))

    def places(self, strangers: Collection[int]) -> set[str]:
        """Return the places of *strangers*: what stands before and after the run they are in."""
        found = set()
        for place in strangers:
            before = after = place
            while before in strangers:
                before -= 1
            while after in strangers:
                after += 1
            sides = (self.lines[p] if 0 <= p < len(self.lines) else "" for p in (before, after))
            found.add(_PLACE.join(map(masked, sides)))
        return found

    def strangers_at(self, key: str, gone: Collection[int]) -> set[int]:
        """Return what stands at the place *key*, if it is nothing but lines that tell nothing."""
        before, after = key.split(_PLACE)
        here = [p for p in range(len(self.lines)) if p not in gone]
        marks = ["", *(masked(self.lines[p]) for p in here), ""]
        found: set[int] = set()
        for start, mark in enumerate(marks[:-1]):
            if mark != before or (start and not mark):
                continue
            for end in range(start + 1, min(start + 2 + _LONGEST_RUN, len(marks))):
                if marks[end] == after and (marks[end] or end == len(marks) - 1):
                    found.update(here[at - 1] for at in range(start + 1, end))
                    break
                if end == len(marks) - 1 or self.tells(self.lines[here[end - 1]]):
                    break
        return found


def _turning(looks: Sequence[_Look]) -> set[str]:
    """Return the lines that are always there, with another time or figure at each look."""
    last = looks[-1]
    clocks = set(_turned(looks, clocked))
    counters = {
        mask
        for mask, line in _turned(looks, masked).items()
        if not _said(line) and not last.tells(line)
    }
    turning = sum(masked(line) in counters for line in last.lines)
    # Much of the text turning together is a table, and the table is what it says.
    return clocks | (counters if turning <= max(1, len(last.lines) / 3) else set())


def _turned(looks: Sequence[_Look], form: Callable[[str], str]) -> dict[str, str]:
    """Return the forms that each look has, printed otherwise in each, and the last of each."""
    printed = [{form(line): line for line in look.lines} for look in looks]
    common = frozenset.intersection(*map(frozenset, printed))
    return {
        mask: printed[-1][mask]
        for mask in common
        if len({one[mask] for one in printed}) == len(looks)
    }


def _coming_back(looks: Sequence[_Look]) -> set[str]:
    """Return the lines that come and go: there, gone, there, gone."""
    seen = [frozenset(map(masked, look.lines)) for look in looks]
    return {
        mask
        for mask in frozenset[str]().union(*seen)
        if sum((mask in a) != (mask in b) for a, b in pairwise(seen)) >= 3
    }


def _places(looks: Sequence[_Look]) -> set[str]:
    """Return the places where each look found a line of its own that tells nothing of the article."""
    seen = [[masked(line) for line in look.lines] for look in looks]
    borne = Counter(mask for one in seen for mask in frozenset(one))
    found: list[set[str]] = []
    for look, marks in zip(looks, seen, strict=True):
        lone = {p for p, mask in enumerate(marks) if borne[mask] == 1}
        found.append(look.places({p for p in lone if not look.tells(look.lines[p])}))
    return set.intersection(*found)


def _words(line: str) -> frozenset[str]:
    """Return what *line* is about: its longer words, of scripts without blanks pairs of letters."""
    found: set[str] = set()
    for token in tokens(line):
        word = token.value.lower()
        if token.kind == "word" and not word.isascii():
            found.update(word[at : at + 2] for at in range(len(word) - 1))
        elif token.kind == "word" and len(word) > 3 and word not in FUNCTION:
            found.add(stem(word))
    found.update(
        a.value + b.value
        for a, b in pairwise(tokens(line))
        if a.kind == b.kind == "ideograph" and a.end == b.start
    )
    return frozenset(found)
