"""Words as they are compared: Latin words, Hangul eojeol, single Han and kana, whole numbers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

#: CJK ideographs and kana, written without blanks (folding has removed the compatibility block).
HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff"
KANA = "\u3041-\u3096\u30a1-\u30fa\u30fc"

# The commonest first; marks match nothing and are passed over.
_TOKEN = re.compile(
    r"(?P<initials>(?:[A-Za-z]\.){2,}[A-Za-z]?(?![A-Za-z]))"
    rf"|(?P<word>[^\W\d_{HAN}{KANA}]+(?:'[^\W\d_{HAN}{KANA}]+)*)"
    rf"|(?P<ideograph>[{HAN}{KANA}])"
    r"|(?P<number>(?:(?<![\w)])[-+]|(?<=[^\W\d_])(?<![A-Za-z])[-+])?"
    r"\d+(?:[.,:/'-]\d+|\s?-\s?(?=\d)\d+|~\d+)*)"
    r"|(?P<symbol>[%‰‱$€£¥₩₽₹°℃℉+<>=≤≥≠±×÷§?√∞]|(?<=[A-Z])-(?=[\s).,;:]|$))"
)
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


class Token(NamedTuple):
    """One word of a folded text."""

    #: As compared: white space and digit grouping gone ("1,000" is "1000").
    value: str
    #: number, ideograph, initials, word, symbol.
    kind: str
    start: int
    end: int


def tokens(folded: str) -> Iterator[Token]:
    """Yield the tokens of a folded text, in order; punctuation away from digits is no token."""
    for found in _TOKEN.finditer(folded):
        kind = found.lastgroup or ""
        value = found.group()
        if kind == "number":
            value = value.replace(" ", "").replace("~", "-")
            if _GROUPED.fullmatch(value):
                value = value.replace(",", "")
        elif kind == "initials":
            value = value.replace(".", "")
        yield Token(value, kind, found.start(), found.end())


def values(folded: str) -> list[str]:
    """Return the values of `tokens`, faster when the places are not needed."""
    return [token.value for token in tokens(folded)]
