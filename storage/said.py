"""What a text says, sentence by sentence and word by word: cut once for all who ask. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from storage.noise import body_lines
from storage.normal import sentences
from storage.tokens import printed


class Said(NamedTuple):
    """A sentence of the article."""

    #: Folded.
    text: str
    #: Its tokens as printed.
    words: list[str]


# Fingerprint, signature and what a copy adds all ask about the few texts in hand.
@lru_cache(maxsize=8)
def said(text: str) -> tuple[tuple[Said, ...], ...]:
    """Return the sentences of each of the `body_lines` of *text*."""
    return tuple(
        tuple(Said(sentence, printed(sentence)) for sentence in sentences(line))
        for line in body_lines(text)
    )
