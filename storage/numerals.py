"""Numbers written in words: English, and Han characters read as numbers. Pure."""

from __future__ import annotations

import re

#: English numbers up to ninety.
NUMBER_WORDS = {
    word: value
    for value, word in enumerate(
        (
            *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
            *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
            *("seventeen", "eighteen", "nineteen"),
        )
    )
} | {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
#: What multiplies the number before it.
SCALES = {
    "hundred": 100.0,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "k": 1e3,
    "mn": 1e6,
    "bn": 1e9,
    "tn": 1e12,
    "m": 1e6,
    "百": 100.0,
    "千": 1e3,
    "万": 1e4,
    "亿": 1e8,
    "兆": 1e12,
}

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}

_PART = "[零〇一二三四五六七八九十百千两]+"
_PERCENT = re.compile(rf"百分之({_PART}(?:点[零〇一二三四五六七八九]+)?)")
_FRACTION = re.compile(rf"({_PART})分之({_PART})")


def han_number(written: str) -> int | None:
    """Return what *written* stands for: 十二 is 12, 二〇二六 is 2026; None when it is no number.

    >>> han_number("三千五百万")
    35000000
    """
    if not written or any(
        char not in _DIGITS and char not in _SMALL and char not in _LARGE for char in written
    ):
        return None
    if all(char in _DIGITS for char in written):
        # Read out digit by digit: years, telephone numbers. "三三两两" is a phrase, not 3322.
        if "两" in written and len(written) > 1:
            return None
        return int("".join(str(_DIGITS[char]) for char in written))
    return _composed(written)


def _composed(written: str) -> int | None:
    total = section = 0
    digit: int | None = None
    last = 10**9
    for char in written:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
        elif char in _SMALL:
            if _SMALL[char] >= last:
                return None
            last = _SMALL[char]
            section += (1 if digit is None else digit) * last
            digit = None
        else:
            section += digit or 0
            if not section and not total:
                return None
            # 三万亿: the larger scale multiplies all that stands before it.
            total = (total + section) * _LARGE[char] if char == "亿" else total + section * 10**4
            section, digit, last = 0, None, 10**9
    return total + section + (digit or 0)


def in_digits(text: str) -> str:
    """Return *text* with 百分之二十五 as 25% and 三分之一 as 1/3."""
    if "分之" not in text:
        return text
    return _FRACTION.sub(_fraction, _PERCENT.sub(_percent, text))


def _percent(found: re.Match[str]) -> str:
    whole, _, tail = found[1].partition("点")
    value = han_number(whole)
    if value is None:
        return found[0]
    decimals = "".join(str(_DIGITS[char]) for char in tail)
    return f"{value}.{decimals}%" if decimals else f"{value}%"


def _fraction(found: re.Match[str]) -> str:
    below, above = han_number(found[1]), han_number(found[2])
    return found[0] if below is None or above is None else f"{above}/{below}"
