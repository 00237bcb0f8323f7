"""What changed between two texts, word by word, in the words themselves. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from rapidfuzz.distance import Indel

from storage.alignment import Pair, Unit, align, shadow, units
from storage.lexicon import FUNCTION
from storage.tokens import Token, tokens
from storage.types import Segment

#: Up to this many comparisons difflib is asked, whose diffs read better than a shortest one.
_DIFFLIB_CELLS = 60_000
#: Beyond this many comparisons the words of one sentence are not aligned (bits in memory).
MAX_CELLS = 60_000_000

Op = tuple[str, int, int, int, int]


def segments(old: str, new: str, *, language: str | None = None) -> tuple[Segment, ...]:
    """Return the pieces of *old* and *new*, equal and changed, in reading order.

    Words are the unit; in Chinese and Japanese characters, in Korean eojeol. Paragraphs are set
    apart by a blank line. The `old` sides joined are the old text but for moved pieces, and so
    for `new`. *language* is not needed: the script tells.
    """
    pairs, _ = align(units(old), units(new))
    return from_pairs(pairs)


def from_pairs(pairs: Iterable[Pair]) -> tuple[Segment, ...]:
    """Return the segments of aligned sentences; neighbours of one kind are joined."""
    found: list[Segment] = []
    for pair in pairs:
        for segment in _pair_segments(pair):
            last = found[-1] if found else None
            if last is not None and last.op == segment.op and segment.op != "move":
                found[-1] = Segment(
                    op=last.op, old=last.old + segment.old, new=last.new + segment.new
                )
            else:
                found.append(segment)
    return tuple(found)


def _pair_segments(pair: Pair) -> list[Segment]:
    old, new = _joined(pair.old), _joined(pair.new)
    if pair.moved:
        return [Segment(op="move", old=old, new=new)]
    if not pair.new:
        return [Segment(op="delete", old=old, new="")]
    if not pair.old:
        return [Segment(op="insert", old="", new=new)]
    if pair.equal:
        return [Segment(op="equal", old=old, new=new)]
    a, b = list(tokens(shadow(old))), list(tokens(shadow(new)))
    return [
        Segment(op=tag, old=_cut(old, a, i1, i2), new=_cut(new, b, j1, j2))
        for tag, i1, i2, j1, j2 in word_ops([t.value for t in a], [t.value for t in b])
    ]


def _joined(side: Sequence[Unit]) -> str:
    return "".join(unit.text + unit.tail for unit in side)


def _cut(text: str, found: Sequence[Token], start: int, end: int) -> str:
    """Return the words *start* to *end* with what follows each, so that nothing is lost."""
    if start == end:
        return ""
    left = 0 if start == 0 else found[start].start
    right = len(text) if end == len(found) else found[end].start
    return text[left:right]


def word_ops(old: Sequence[str], new: Sequence[str]) -> list[Op]:
    """Return difflib-like operations, with islands of a word or two between changes taken in."""
    ops: list[Op]
    if len(old) * len(new) <= _DIFFLIB_CELLS:
        ops = list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    elif len(old) * len(new) > MAX_CELLS:
        # A text without a single full stop: shown as one replacement.
        return [("replace", 0, len(old), 0, len(new))]
    else:
        ops = [
            (op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end)
            for op in Indel.opcodes(old, new)
        ]
    return _without_islands(ops, old)


def _without_islands(ops: list[Op], old: Sequence[str]) -> list[Op]:
    merged: list[Op] = []
    for place, op in enumerate(ops):
        tag, i1, i2, _, j2 = op
        island = (
            tag == "equal"
            and 0 < place < len(ops) - 1
            and i2 - i1 == 1
            and (old[i1].lower() in FUNCTION or (len(old[i1]) == 1 and not old[i1].isascii()))
        )
        if merged and (tag != "equal" or island) and merged[-1][0] != "equal":
            _, a1, _, b1, _ = merged[-1]
            merged[-1] = ("replace", a1, i2, b1, j2)
        else:
            merged.append(op)
    return [(_kind(op), *op[1:]) for op in merged]


def _kind(op: Op) -> str:
    tag, i1, i2, j1, j2 = op
    if tag == "equal":
        return tag
    if i1 == i2:
        return "insert"
    return "delete" if j1 == j2 else "replace"
