"""What a copy says beyond its origin, in its own words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from storage.said import said

_LIMIT = 600


def sentences_beyond(text: str, shares: Sequence[float]) -> str | None:
    """Return the sentences of *text* whose share in common is small, or None when there are none.

    *shares* has one number for each sentence, as in `storage.overlap.Overlap.by_sentence`.
    """
    found = [sentence for line in said(text) for sentence in line if sentence.words]
    beyond: list[str] = []
    size = 0
    for sentence, share in zip(found, shares, strict=False):
        if share >= 0.3 or len(sentence.words) < 4:
            continue
        if size + len(sentence.text) > _LIMIT:
            beyond.append("…")
            break
        beyond.append(sentence.text)
        size += len(sentence.text) + 1
    return " ".join(beyond) or None
