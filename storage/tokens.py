"""Words as they are compared: Latin words, Hangul eojeol, single Han and kana, whole numbers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from storage.memo import Memo

#: CJK ideographs and kana, written without blanks (folding has removed the compatibility block).
HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff"
KANA = "\u3041-\u3096\u30a1-\u30fa\u30fc"

_LETTER = rf"[^\W\d_{HAN}{KANA}]"
_DIGITS = r"\d+(?:[.,:/'-]\d+|\s?-\s?(?=\d)\d+|~\d+)*"
# Each form begins with the characters it may begin with, so that the engine passes over what is
# none; marks match nothing.
_FORMS = "|".join(
    (
        # A word in ASCII: the general form below, without its price.
        rf"[A-Za-z]{{2,}}(?!{_LETTER}|')",
        r"(?:[A-Za-z]\.){2,}[A-Za-z]?(?![A-Za-z])",
        rf"{_LETTER}+(?:'{_LETTER}+)*",
        rf"[{HAN}{KANA}]",
        _DIGITS,
        # A sign stands before the number, not between it and a word.
        rf"[-+](?:(?<![\w)][-+])|(?<=[^\W\d_][-+])(?<![A-Za-z][-+])){_DIGITS}",
        r"[%‰‱$€£¥₩₽₹°℃℉+<>=≤≥≠±×÷§?√∞]",
        r"-(?<=[A-Z]-)(?=[\s).,;:]|$)",
    )
)
_PRINTED = re.compile(_FORMS)
# The same after marks that begin no token: the engine need not try each form at each of them. So
# many at most, or a page of dots would be looked at from each dot anew.
_NEXT = re.compile(rf"[ ,.;:\"()，。、]{{0,4}}+({_FORMS})")
_IDEOGRAPH = re.compile(f"[{HAN}{KANA}]")
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
    for found in _PRINTED.finditer(folded):
        yield Token(*read(found.group()), *found.span())


def printed(folded: str) -> list[str]:
    """Return the tokens of a folded text as they stand there; `read` says what each is."""
    return _NEXT.findall(folded)


def read(token: str) -> tuple[str, str]:
    """Return the value and the kind of one of the `printed` tokens.

    >>> read("1,000"), read("U.S."), read("per")
    (('1000', 'number'), ('US', 'initials'), ('per', 'word'))
    """
    return _READ[token]


def _read(token: str) -> tuple[str, str]:
    if token[-1].isdecimal():
        kind = "number"
    elif not token[0].isalnum():
        kind = "symbol"
    elif "." in token:
        kind = "initials"
    else:
        kind = "ideograph" if _IDEOGRAPH.fullmatch(token) else "word"
    return _value(token, kind), kind


_READ: Memo[tuple[str, str]] = Memo(_read)


def _value(token: str, kind: str) -> str:
    if kind == "number":
        bare = token.replace(" ", "").replace("~", "-")
        return bare.replace(",", "") if _GROUPED.fullmatch(bare) else bare
    return token.replace(".", "") if kind == "initials" else token


def speaks(folded: str) -> bool:
    """Return whether a folded text has any token."""
    return _PRINTED.search(folded) is not None


def values(folded: str) -> list[str]:
    """Return the values of `tokens`, faster when the places are not needed."""
    # Nine in ten are letters only, and stand for themselves.
    return [token if token.isalpha() else _READ[token][0] for token in printed(folded)]


def joined(words: Sequence[str], by: str) -> str:
    """Return the values of `printed` tokens of a folded text with *by* between them."""
    text = by.join(words)
    # Only a number or initials with one of these are not their own value.
    if "." in text or "," in text or " " in text or "~" in text:
        return by.join([_READ[word][0] for word in words])
    return text
