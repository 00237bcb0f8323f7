"""Figures and names of a text, told alike in English, Chinese and Korean: what survives rewording. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from storage.lexicon import MONTHS, WEEKDAYS
from storage.tokens import read

_SCALES = {
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "mn": 10**6,
    "bn": 10**9,
    "tn": 10**12,
    "hundred": 100,
    "百": 100,
    "千": 10**3,
    "万": 10**4,
    "亿": 10**8,
    "兆": 10**12,
    "천": 10**3,
    "만": 10**4,
    "억": 10**8,
    "조": 10**12,
    "백만": 10**6,
    "천만": 10**7,
}
_WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "half": 0.5,
    "dozen": 12,
}
_PERCENT = frozenset({"%", "percent", "pct", "퍼센트", "프로", "per"})
_HANGUL_SCALE = re.compile(r"(백만|천만|천|만|억|조)")
_YEAR = re.compile(r"(?:19|20)\d\d")
#: Capitalised, and on everybody's page.
_COMMON_NAMES = frozenset(
    {"The", "He", "She", "It", "They", "We", "I", "A", "An", "In", "On", "At"}
)


@dataclass(slots=True)
class Facts:
    """Hashes of figures and names, in order of appearance."""

    figures: list[int] = field(default_factory=list)
    #: For each figure, the place of its first word in the text.
    places: list[int] = field(default_factory=list)
    names: list[int] = field(default_factory=list)


def bears_fact(value: str, kind: str) -> bool:
    """Return whether a word may be a figure or a name, or a number in letters."""
    return kind == "number" or value in _WORDS or (kind != "ideograph" and value[0].isupper())


def facts_of(tokens: Sequence[str], spots: Iterable[int], *, start: int, into: Facts) -> None:
    """Append the figures and names of one sentence, whose first word is number *start*, to *into*.

    "5 trillion", "5万亿" and "5조" are one figure; so are "34.2 per cent" and "34.2%". Single
    digits without a unit, months and weekdays are no evidence and are left out.

    Args:
        tokens: the words as printed.
        spots: places of the words for which `bears_fact` holds.
    """
    for place in spots:
        value, kind = read(tokens[place])
        if kind == "number":
            figure = _figure(value, map(read, tokens[place + 1 : place + 4]))
            if figure is not None:
                into.figures.append(_hash(figure))
                into.places.append(start + place)
        elif value in _WORDS:
            after = tokens[place + 1 : place + 2]
            scale = _SCALES.get(read(after[0])[0].lower()) if after else None
            if scale:
                into.figures.append(_hash(_plain(_WORDS[value] * scale)))
                into.places.append(start + place)
        elif _is_name(value, place):
            into.names.append(zlib.crc32(value.lower().encode("utf-8", "surrogatepass")))


def _hash(figure: str) -> int:
    """Return 32 bits: 30 of hash, and in the lowest two how much the figure tells, 0..3.

    A year and "10" are in every second report; "19.5%" is in few; "571000" in one.
    """
    digits = figure.strip("-+%").replace(".", "").strip("0")
    telling = len(digits) - 1 + ("." in figure)
    if _YEAR.fullmatch(figure):
        telling = 0
    return zlib.crc32(figure.encode()) & ~3 | max(0, min(3, telling))


def telling(figure: int) -> int:
    """Return how much a figure's hash says of its text, 0..3."""
    return figure & 3


def _figure(value: str, following: Iterable[tuple[str, str]]) -> str | None:
    try:
        number = float(value.replace(",", ""))
    except ValueError:
        # A range, a time or a fraction: as printed.
        return value
    percent = False
    for word, _ in following:
        lower = word.lower()
        scale = _SCALES.get(lower)
        if scale is None and (korean := _HANGUL_SCALE.match(word)):
            scale = _SCALES[korean[1]]
        if scale is None:
            percent = lower in _PERCENT
            break
        number *= scale
    if percent:
        return _plain(number) + "%"
    if number == int(number) and abs(number) < 10:
        return None
    return _plain(number)


def _plain(number: float) -> str:
    return f"{number:.10g}"


def _is_name(value: str, place: int) -> bool:
    if value in _COMMON_NAMES:
        return False
    if value.lower() in MONTHS or value.lower() in WEEKDAYS:
        return False
    return place > 0 or (len(value) > 1 and value.isupper())
