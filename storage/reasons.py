"""Why a changed sentence matters, or does not: the weighing of its senses. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from storage.diff import word_ops
from storage.senses import Sense
from storage.shortform import are_initials
from storage.synonyms import CONFUSABLE
from storage.thesaurus import exchangeable

#: How much one change of a kind matters, 0..1. From SUBSTANTIVE_FROM on it rings.
WEIGHTS = {
    "negation": 0.95,
    "number": 0.9,
    "date": 0.9,
    "modal": 0.85,
    "critical": 0.8,
    "name": 0.75,
    "han": 0.55,
    "word": 0.55,
}
SUBSTANTIVE_FROM = 0.5
_LABEL = {
    "number": "number",
    "date": "date",
    "modal": "modal",
    "critical": "wording",
    "name": "name",
    "han": "wording",
    "word": "wording",
}
_QUOTE = 120
_MONEY = frozenset({"$", "€", "£", "¥", "₩", "yuan"})


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding: how much it matters, in words."""

    weight: float
    text: str


def shorten(text: str) -> str:
    """Return *text* on one line, cut at a word after some 120 characters."""
    line = " ".join(text.split())
    if len(line) <= _QUOTE:
        return line
    head = line[:_QUOTE]
    return (head.rsplit(" ", 1)[0] if " " in head[60:] else head) + "…"


def weigh(old: Sequence[Sense], new: Sequence[Sense]) -> list[Reason]:
    """Return what changed between two versions of one sentence; empty when nothing that counts."""
    before, after = [s.key for s in old], [s.key for s in new]
    if before == after:
        return []
    gone = Counter(before) - Counter(after)
    come = Counter(after) - Counter(before)
    if not gone and not come:
        return _reordered(old, new)
    reasons: list[Reason] = []
    left: list[Sense] = []
    right: list[Sense] = []
    for tag, i1, i2, j1, j2 in word_ops(before, after):
        if tag == "equal":
            continue
        a, b = _take(old[i1:i2], gone), _take(new[j1:j2], come)
        if _solid(old[i1:i2]) == _solid(new[j1:j2]):
            # Only the blanks moved: Korean is written both ways.
            continue
        a, b = _without_slips(a, b)
        if a and b:
            reasons += _replaced(a, b, old[i1:i2], new[j1:j2])
        else:
            left += a
            right += b
    left, right = _without_slips(left, right)
    if left and right and (len(left) == len(right) == 1 or _kinds(left) == _kinds(right)):
        return reasons + _replaced(left, right, left, right)
    reasons += [_lone(group, "removed") for group in _groups(left)]
    reasons += [_lone(group, "added") for group in _groups(right)]
    return reasons


def _take(side: Sequence[Sense], counts: Counter[str]) -> list[Sense]:
    """Return the senses of *side* that the other text lacks, each as often as it lacks it."""
    taken: list[Sense] = []
    for sense in side:
        if counts[sense.key] > 0:
            counts[sense.key] -= 1
            taken.append(sense)
    return taken


def _solid(senses: Sequence[Sense]) -> str:
    return "".join(sense.text for sense in senses).lower()


def _kinds(senses: Sequence[Sense]) -> list[str]:
    return [sense.kind for sense in senses]


def _replaced(
    a: Sequence[Sense], b: Sequence[Sense], whole_a: Sequence[Sense], whole_b: Sequence[Sense]
) -> list[Reason]:
    if _initials(a, b) or _initials(b, a):
        return []
    both = [*a, *b]
    heaviest = max(both, key=lambda sense: WEIGHTS[sense.kind])
    kind = heaviest.kind
    if kind == "negation":
        old, new = _text(whole_a or a), _text(whole_b or b)
        negated_a = [s for s in a if s.kind == "negation"]
        negated_b = [s for s in b if s.kind == "negation"]
        if negated_a and not negated_b:
            return [Reason(0.95, f"negation removed: {old} -> {new}")]
        if negated_b and not negated_a:
            return [Reason(0.95, f"negation added: {old} -> {new}")]
        return [Reason(0.9, f"negation changed: {old} -> {new}")]
    if kind in ("number", "date"):
        return [_figures(a, b)]
    return [Reason(WEIGHTS[kind], f"{_LABEL[kind]} changed: {_text(a)} -> {_text(b)}")]


def _initials(one: Sequence[Sense], other: Sequence[Sense]) -> bool:
    """Return whether *one* is the short form of *other*: "AI", "artificial intelligence"."""
    return len(one) == 1 and are_initials(one[0].text, [sense.text for sense in other])


def _figures(a: Sequence[Sense], b: Sequence[Sense]) -> Reason:
    # Only the figures are shown when both sides have some: "25 % to 45 %", not the words between.
    one = [sense for sense in a if sense.kind in ("number", "date")]
    two = [sense for sense in b if sense.kind in ("number", "date")]
    old, new = (_text(one), _text(two)) if one and two else (_text(a), _text(b))
    if any(sense.kind == "date" for sense in (*one, *two)):
        return Reason(0.9, f"date changed: {old} -> {new}")
    return Reason(0.9, f"number changed from {old} to {new}")


def _lone(group: Sequence[Sense], verb: str) -> Reason:
    heaviest = max(group, key=lambda sense: WEIGHTS[sense.kind])
    if heaviest.kind == "negation":
        return Reason(0.95, f"negation {verb}: {_text(group)}")
    return Reason(WEIGHTS[heaviest.kind], f"{_LABEL[heaviest.kind]} {verb}: {_text(group)}")


def _groups(senses: Sequence[Sense]) -> list[list[Sense]]:
    """Return the senses by weight of kind, so that a lost figure is not hidden in lost words."""
    by_kind: dict[str, list[Sense]] = {}
    for sense in senses:
        by_kind.setdefault(sense.kind, []).append(sense)
    return list(by_kind.values())


def _text(senses: Sequence[Sense]) -> str:
    joined = last = ""
    for sense in senses:
        if sense.kind == "date" and sense.text == last:
            # Day, month and year of one date each carry all of it.
            continue
        last = sense.text
        tight = sense.kind == "han" or joined[-1:] > "\u2e7f"
        joined += ("" if tight or not joined else " ") + sense.text
    return shorten(joined.replace(" %", "%")) or "nothing"


def _without_slips(a: Sequence[Sense], b: Sequence[Sense]) -> tuple[list[Sense], list[Sense]]:
    """Take out pairs that differ by a slip of the pen only."""
    left, right = list(a), list(b)
    for one in a:
        for two in right:
            if _one_word(one, two):
                left.remove(one)
                right.remove(two)
                break
    return left, right


def _one_word(one: Sense, two: Sense) -> bool:
    """Return whether two senses are one word, misspelled or exchanged for another of its meaning."""
    if one.kind == two.kind == "negation":
        # The same negation, tied to a word that was: "not recieve", "not receive".
        (sign, *a), (other, *b) = one.text.split(), two.text.split()
        if sign.lower() != other.lower() or len(a) != 1 or len(b) != 1:
            return False
        return is_slip(a[0], b[0]) or exchangeable(a[0], b[0])
    if one.kind not in ("word", "name") or two.kind not in ("word", "name"):
        return False
    same_sense = one.kind == two.kind == "word" and exchangeable(one.text, two.text)
    return same_sense or is_slip(one.text, two.text)


def is_slip(a: str, b: str) -> bool:
    """Return whether two Latin words are one, misspelled: a letter doubled, lost or turned round.

    Words that both exist ("casual", "causal") are no slip, nor is a changed first letter, nor a
    changed letter in a name ("Iran", "Iraq").
    """
    one, two = a.lower(), b.lower()
    if one == two:
        return True
    if not (one.isalpha() and two.isalpha() and one.isascii() and two.isascii()):
        return False
    if min(len(one), len(two)) < 4 or one[0] != two[0] or {one, two} <= CONFUSABLE:
        return False
    if len(one) == len(two):
        if OSA.distance(one, two) != 1:
            return False
        places = [i for i, (x, y) in enumerate(zip(one, two, strict=True)) if x != y]
        # Two neighbours turned round; or one vowel for another inside a long word.
        if len(places) == 2:
            return True
        vowels = set("aeiouy")
        return len(one) >= 7 and one[places[0]] in vowels and two[places[0]] in vowels
    if OSA.distance(one, two) != 1 or min(len(one), len(two)) < 5:
        return False
    return one[-2:] == two[-2:] or len(one) >= 8


def _shown(senses: Sequence[Sense]) -> set[str]:
    return {sense.text for sense in senses if sense.kind == "date"}


def _reordered(old: Sequence[Sense], new: Sequence[Sense]) -> list[Reason]:
    """Return a reason when two things changed places: "from 3 to 5" became "from 5 to 3"."""
    for kind, name in (("number", "numbers"), ("date", "dates"), ("name", "names")):
        if kind == "date" and len(_shown(old)) == len(_shown(new)) == 1:
            # "5 March 2026" and "March 5, 2026": one date, written in two ways.
            continue
        masked = [s.kind if s.kind == kind else s.key for s in old]
        if masked == [s.kind if s.kind == kind else s.key for s in new]:
            return [
                Reason(
                    0.85,
                    f"order of {name} changed: {_text([s for s in old if s.kind == kind])}"
                    f" -> {_text([s for s in new if s.kind == kind])}",
                )
            ]
    if _denied(old) != _denied(new):
        return [Reason(0.9, f"negation moved: {_text(old)} -> {_text(new)}")]
    places = [i for i, (x, y) in enumerate(zip(old, new, strict=True)) if x.key != y.key]
    if places and not _one_moved(_units_after(old), _units_after(new)):
        first, last = places[0], places[-1] + 1
        return [Reason(0.6, f"order changed: {_text(old[first:last])} -> {_text(new[first:last])}")]
    return []


def _denied(side: Sequence[Sense]) -> Counter[tuple[str, str]]:
    """Return each negation with what stands before it: whose it is."""
    return Counter(
        (before.key, sense.key) for before, sense in pairwise(side) if sense.kind == "negation"
    )


def _units_after(side: Sequence[Sense]) -> list[str]:
    """Return the keys of *side*, each sign of money after its figure: "$5", "5 dollars"."""
    keys = [sense.key for sense in side]
    for place in range(len(keys) - 1):
        if keys[place] in _MONEY and side[place + 1].kind == "number":
            keys[place], keys[place + 1] = keys[place + 1], keys[place]
    return keys


def _one_moved(old: Sequence[str], new: Sequence[str]) -> bool:
    """Return whether *new* is *old* with one stretch of it moved, as a clause is."""
    start, end = 0, len(old)
    while start < end and old[start] == new[start]:
        start += 1
    while end > start and old[end - 1] == new[end - 1]:
        end -= 1
    a, b = list(old[start:end]), list(new[start:end])
    return a == b or any(a[cut:] + a[:cut] == b for cut in range(1, len(a)))
