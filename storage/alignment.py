"""Which sentence of the old text became which of the new. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import Indel

from storage.normal import sentences, simplified_table, visible
from storage.tokens import Token, tokens

#: Beyond this many cells the sentence matrix is not built (50 MB of bits at 4e8).
_MAX_CELLS = 60_000_000
#: Two sentences are versions of one when this share of their words is common.
_ALIKE = 0.45
#: Words met in more sentences than this say nothing about which belongs to which.
_RARE = 12


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence, as shown and as compared."""

    text: str
    #: What separates it from the next one: "", " " or a blank line.
    tail: str
    tokens: tuple[Token, ...]
    values: tuple[str, ...]
    #: Number of its paragraph, from 0; whether it is the whole of it.
    paragraph: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Sentences that belong together: equal, reworded, added (no old) or removed (no new)."""

    old: tuple[Unit, ...]
    new: tuple[Unit, ...]
    moved: bool = False

    @property
    def equal(self) -> bool:
        """Whether a reader could not tell the two apart."""
        return [u.values for u in self.old] == [u.values for u in self.new]


@cache
def _shadow_table() -> dict[int, str]:
    table = dict(simplified_table())
    for start, end in ((0xA0, 0x100), (0x2000, 0x2C00), (0x3000, 0x3400), (0xFF00, 0xFFF0)):
        for code in range(start, end):
            folded = unicodedata.normalize("NFKC", chr(code))
            if len(folded) == 1 and folded != chr(code):
                table[code] = folded
    table.update(dict.fromkeys(map(ord, "“”„‟«»″〝〞「」『』《》〈〉"), '"'))
    table.update(dict.fromkeys(map(ord, "‘’‚‛′`´ʼ"), "'"))
    table.update(dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-"))
    table.update(dict.fromkeys(map(ord, "～〜∼"), "~"))
    table.update(dict.fromkeys((0x318D, 0x119E, 0x30FB, 0xFF65), "·"))
    return table


def shadow(text: str) -> str:
    """Return *text* folded one character to one, so that places in it are places in *text*."""
    return text.translate(_shadow_table())


def units(text: str) -> list[Unit]:
    """Return the sentences of *text* in order; joined with their tails they are the text again."""
    found: list[Unit] = []
    paragraphs = [" ".join(line.split()) for line in visible(text).splitlines()]
    number = 0
    for paragraph in paragraphs:
        if not paragraph:
            continue
        pieces = sentences(paragraph)
        at = 0
        for index, piece in enumerate(pieces):
            at = paragraph.index(piece, at) + len(piece)
            last = index == len(pieces) - 1
            tail = "\n\n" if last else (" " if paragraph[at : at + 1] == " " else "")
            toks = tuple(tokens(shadow(piece)))
            found.append(
                Unit(piece, tail, toks, tuple(t.value for t in toks), number, len(pieces) == 1)
            )
        number += 1
    return found


def align(old: Sequence[Unit], new: Sequence[Unit]) -> tuple[list[Pair], bool]:
    """Return the pairs in reading order, and whether the texts were too large to align well.

    Removed sentences stand where they stood; sentences found elsewhere are marked as moved.
    """
    if len(old) * len(new) > _MAX_CELLS:
        return _coarse(old, new), True
    pairs: list[Pair] = []
    at_old = at_new = 0
    # Equal sentences by longest common subsequence (bit parallel, 2,000 x 2,000 in 5 ms).
    for op in Indel.opcodes([u.values for u in old], [u.values for u in new]):
        if op.tag != "equal":
            continue
        pairs += _gap(old[at_old : op.src_start], new[at_new : op.dest_start])
        pairs += [
            Pair((a,), (b,))
            for a, b in zip(
                old[op.src_start : op.src_end], new[op.dest_start : op.dest_end], strict=True
            )
        ]
        at_old, at_new = op.src_end, op.dest_end
    pairs += _gap(old[at_old:], new[at_new:])
    return _moves(pairs), False


def _coarse(old: Sequence[Unit], new: Sequence[Unit]) -> list[Pair]:
    """Return removed, then kept and added sentences by plain counting: linear, without words."""
    left = Counter(unit.values for unit in old)
    kept = left & Counter(unit.values for unit in new)
    pairs: list[Pair] = []
    waiting: dict[tuple[str, ...], list[Unit]] = {}
    for unit in old:
        if len(waiting.get(unit.values, ())) < kept[unit.values]:
            waiting.setdefault(unit.values, []).append(unit)
        else:
            pairs.append(Pair((unit,), ()))
    for unit in new:
        same = waiting.get(unit.values)
        pairs.append(Pair((same.pop(0),), (unit,)) if same else Pair((), (unit,)))
    return pairs


def _gap(old: Sequence[Unit], new: Sequence[Unit]) -> list[Pair]:
    """Pair the sentences of one changed stretch."""
    if not old or not new:
        return [Pair((u,), ()) for u in old] + [Pair((), (u,)) for u in new]
    if len(old) != len(new) and max(len(old), len(new)) <= 4:
        a = [v.lower() for u in old for v in u.values]
        b = [v.lower() for u in new for v in u.values]
        if Indel.normalized_similarity(a, b) >= 0.8:
            # One sentence became two, or two one.
            return [Pair(tuple(old), tuple(new))]
    partner = _partners(old, new)
    pairs: list[Pair] = []
    at = 0
    for index, unit in enumerate(old):
        match = partner.get(index)
        if match is None:
            pairs.append(Pair((unit,), ()))
            continue
        while at < match:
            pairs.append(Pair((), (new[at],)))
            at += 1
        pairs.append(Pair((unit,), (new[match],)))
        at = match + 1
    pairs += [Pair((), (u,)) for u in new[at:]]
    return pairs


def _partners(old: Sequence[Unit], new: Sequence[Unit]) -> dict[int, int]:
    """Return the best order-keeping pairing of like sentences, by old index."""
    if len(old) == len(new) == 1:
        return {0: 0} if _likeness(old[0], new[0]) >= 0.3 else {}
    where: dict[str, list[int]] = {}
    for index, unit in enumerate(new):
        for value in {value.lower() for value in unit.values}:
            where.setdefault(value, []).append(index)
    scored: list[tuple[float, int, int]] = []
    for index, unit in enumerate(old):
        votes: Counter[int] = Counter()
        for value in {value.lower() for value in unit.values}:
            places = where.get(value, ())
            if len(places) <= _RARE or len(new) <= 2 * _RARE:
                votes.update(places)
        for match, _ in votes.most_common(4):
            likeness = _likeness(unit, new[match])
            if likeness >= _ALIKE:
                scored.append((likeness, index, match))
    return _chain(sorted(scored, key=lambda one: (one[1], -one[2])))


def _chain(scored: list[tuple[float, int, int]]) -> dict[int, int]:
    """Return the heaviest chain that rises in both indices (weighted, small)."""
    best: list[float] = []
    back: list[int] = []
    for here, (weight, index, match) in enumerate(scored):
        total, link = weight, -1
        # Looking back a hundred places is enough: chains in a text are local.
        for there in range(max(0, here - 120), here):
            _, other_index, other_match = scored[there]
            if other_index < index and other_match < match and best[there] + weight > total:
                total, link = best[there] + weight, there
        best.append(total)
        back.append(link)
    chosen: dict[int, int] = {}
    at = max(range(len(best)), key=best.__getitem__, default=-1)
    while at >= 0:
        _, index, match = scored[at]
        chosen[index] = match
        at = back[at]
    return chosen


def _likeness(a: Unit, b: Unit) -> float:
    if not a.values or not b.values:
        return 0.0
    one = Counter(value.lower() for value in a.values)
    common = sum((one & Counter(value.lower() for value in b.values)).values())
    return 2 * common / (len(a.values) + len(b.values))


def _moves(pairs: list[Pair]) -> list[Pair]:
    """Join a sentence removed in one place and added in another."""
    removed: dict[tuple[str, ...], list[int]] = {}
    for place, pair in enumerate(pairs):
        if pair.old and not pair.new and len(pair.old[0].values) >= 3:
            removed.setdefault(pair.old[0].values, []).append(place)
    gone: set[int] = set()
    joined: dict[int, Pair] = {}
    for place, pair in enumerate(pairs):
        if pair.new and not pair.old and removed.get(pair.new[0].values):
            source = removed[pair.new[0].values].pop(0)
            gone.add(source)
            joined[place] = Pair(pairs[source].old, pair.new, moved=True)
    return [joined.get(place, pair) for place, pair in enumerate(pairs) if place not in gone]
