"""Texts that look like one and are two; and that copies of each are known all the same."""

from __future__ import annotations

import re

import pytest
from storage_pairs import EVENTS, PAIRS, QUOTING, SECOND, SERIAL, Pair

from storage.kinship import Document, classify
from storage.normal import sentences
from storage.stories import signature

#: Two agencies that tell eighty words in half of each other's: a machine could have made it so.
KNOWN_MISS = {"en-two-agencies"}


def _document(article_id: int, title: str, text: str) -> Document:
    return Document(article_id=article_id, title=title, text=text, signature=signature(title, text))


@pytest.mark.parametrize(
    "pair", [pair for pair in PAIRS if pair.id not in KNOWN_MISS], ids=lambda pair: str(pair.id)
)
def test_two_texts_stay_two(pair: Pair) -> None:
    a, b = _document(1, *pair.old), _document(2, *pair.new)
    assert classify(b, a) is None
    assert classify(a, b) is None


def test_the_set_is_as_large_as_it_is_said_to_be() -> None:
    assert (len(SERIAL), len(QUOTING), len(EVENTS), len(SECOND)) == (12, 6, 6, 8)


def _republished(title: str, text: str) -> tuple[str, str]:
    """As another outlet prints it: its own headline and credit, a figure corrected, the end cut."""
    *kept, last = text.split("\n\n")
    body = "\n\n".join((*kept, *sentences(last)[:1]))
    return f"Breaking: {title}", f"(Agencies) {re.sub(r'[0-9](?=[.]?[0-9])', '8', body, count=1)}"


@pytest.mark.parametrize("text", [text for pair in PAIRS for text in (pair.old, pair.new)])
def test_a_copy_of_each_is_known(text: tuple[str, str]) -> None:
    found = classify(_document(2, *_republished(*text)), _document(1, *text))
    assert found is not None
    assert found.leader == 1
