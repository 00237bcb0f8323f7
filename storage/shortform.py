"""Names and their short forms: the gloss in brackets, the initials. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storage.lexicon import FUNCTION

_GLOSS = re.compile(r" ?\( ?(?:以下简称|简称|이하)? ?\"?([^()\"\d]{2,14}?)\"? ?\)")
_BEFORE = 80
_RUN = re.compile(r"[\u4e00-\u9fff가-힣A-Za-z]+\"?$")
_WORD = re.compile(r"[A-Za-z][\w'-]*")


def without_glosses(text: str) -> str:
    """Return a folded *text* without brackets that only shorten the name before them.

    >>> without_glosses("the World Trade Organization (WTO) met")
    'the World Trade Organization met'
    """
    if "(" not in text:
        return text
    return _GLOSS.sub(
        lambda found: "" if _shortens(found[1], text[: found.start()]) else found[0], text
    )


def are_initials(short: str, words: Sequence[str]) -> bool:
    """Return whether *short* is made of the first letters of *words*: "WTO", "AI"."""
    if not (2 <= len(short) <= 7 and short.isalpha() and short.isascii() and short.isupper()):
        return False
    firsts = "".join(word[:1] for word in words if word.lower() not in FUNCTION).upper()
    every = "".join(word[:1] for word in words).upper()
    return len(words) >= 2 and short in (firsts, every)


def _shortens(short: str, before: str) -> bool:
    before = before[-_BEFORE:]
    if short.isascii():
        words = _WORD.findall(before)
        longest = min(len(words), len(short) + 4)
        return any(are_initials(short, words[-count:]) for count in range(2, longest + 1))
    run = _RUN.search(before)
    if run is None or len(short) >= len(run[0]):
        return False
    rest = iter(run[0])
    return all(char in rest for char in short)
