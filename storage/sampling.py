"""Hashes that place a text in the story index: of sentences, of runs of words, of pairs of facts. Pure."""

from __future__ import annotations

import struct
from functools import cache
from hashlib import blake2b
from itertools import pairwise

from storage.figures import telling


def hash64(kind: bytes, data: bytes) -> int:
    """Return a signed 64-bit hash of *data*, another for each *kind*."""
    begun = _begun(kind).copy()
    begun.update(data)
    return int.from_bytes(begun.digest(), "little", signed=True)


# To begin a hash costs more than to feed it a sentence.
@cache
def _begun(kind: bytes) -> blake2b:
    return blake2b(digest_size=8, person=kind)


def spread(kind: bytes, value: int) -> int:
    """Return `hash64` of a 32-bit value."""
    return hash64(kind, value.to_bytes(4, "little"))


def figure_pairs(figures: tuple[int, ...]) -> list[int]:
    """Return sorted hashes of neighbouring figures: what survives when every other word is replaced.

    Two years side by side are in a tenth of all reports: a pair must tell something.
    """
    pairs = {
        hash64(b"f", struct.pack("<II", *sorted(pair)))
        for pair in pairwise(figures)
        if telling(pair[0]) + telling(pair[1]) >= 2
    }
    return sorted(pairs)


def name_runs(names: tuple[int, ...]) -> list[int]:
    """Return sorted hashes of four names that follow each other, for texts without figures."""
    runs = zip(names, names[1:], names[2:], names[3:], strict=False)
    return sorted({hash64(b"n", struct.pack("<IIII", *sorted(run))) for run in runs})
