"""What a copy says beyond its origin, in its own words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from storage.noise import body_lines
from storage.normal import sentences
from storage.tokens import speaks, values

_LIMIT = 600


def sentences_beyond(text: str, shares: Sequence[float]) -> str | None:
    """Return the sentences of *text* whose share in common is small, or None when there are none.

    *shares* has one number for each sentence, as in `storage.overlap.Overlap.by_sentence`.
    """
    found = [
        sentence for line in body_lines(text) for sentence in sentences(line) if speaks(sentence)
    ]
    beyond: list[str] = []
    size = 0
    for sentence, share in zip(found, shares, strict=False):
        if share >= 0.3 or len(values(sentence)) < 4:
            continue
        if size + len(sentence) > _LIMIT:
            beyond.append("…")
            break
        beyond.append(sentence)
        size += len(sentence) + 1
    return " ".join(beyond) or None
