"""A sentence as what it asserts: figures, dates, negations, modals, names, words of weight. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storage.demonyms import COUNTRIES
from storage.hangul import bare_word, without_particle
from storage.lexicon import (
    CRITICAL,
    FUNCTION,
    HAN_BOUNDS,
    HAN_FUNCTION,
    HAN_MODALS,
    HAN_NEGATIONS,
    HAN_NOT_NEGATIONS,
    HANGUL_MODALS,
    HANGUL_NEGATIONS,
    MODALS,
    MONTHS,
    NEGATIONS,
    SAME,
    WEEKDAYS,
)
from storage.numerals import NUMBER_WORDS, SCALES, han_number
from storage.phrases import plain, stem
from storage.synonyms import SYNONYMS
from storage.tokens import Token, tokens


@dataclass(frozen=True, slots=True)
class Sense:
    """One thing a sentence says. Two senses with one key say the same."""

    key: str
    #: number, date, negation, modal, critical, name, word, han.
    kind: str
    #: As printed.
    text: str


#: The groups of synonyms again, for inflections that the list does not spell out.
_STEMMED: dict[str, int] = {}
for _synonym, _group in SYNONYMS.items():
    _STEMMED.setdefault(stem(_synonym), _group)
_HAN_NUMBERS = frozenset("零〇一二三四五六七八九十百千万亿两半")


def _by_first(phrases: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the phrases by first character, in their order (the longer before its beginning)."""
    found: dict[str, tuple[str, ...]] = {}
    for phrase in phrases:
        found[phrase[0]] = (*found.get(phrase[0], ()), phrase)
    return found


_MODALS = _by_first(HAN_MODALS)
_NOT_NEGATIONS = _by_first(HAN_NOT_NEGATIONS)
_MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"\b{_MONTH_NAME} \d{{1,2}}(?:,? \d{{4}})?\b|\b\d{{1,2}} {_MONTH_NAME}(?:,? \d{{4}})?\b"
    rf"|\b{_MONTH_NAME},? \d{{4}}\b|\b\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b"
    r"|(?:\d{4} ?[年년])? ?\d{1,2} ?[月월](?: ?\d{1,2} ?[日号일])?|\d{4} ?[年년]",
    re.IGNORECASE,
)
#: Shown with the figure they follow.
_UNITS = frozenset(
    (
        *(
            "%",
            "‰",
            "°",
            "年",
            "月",
            "日",
            "天",
            "个",
            "元",
            "days",
            "day",
            "months",
            "month",
            "years",
        ),
        *("weeks", "week", "hours", "hour", "minutes", "yuan", "dollars", "euros", "won", "tons"),
        *("tonnes", "people", "points", "kilometers", "km", "kw", "mw", "gw", "kwh", "articles"),
    )
)
_YEAR = re.compile(r"(?:19|20)\d\d")


def senses(shadowed: str) -> list[Sense]:
    """Return what a folded sentence says, in order; articles, particles and the like left out."""
    text = plain(shadowed)
    found = list(tokens(text))
    dates = [(m.start(), m.end(), m.group().strip()) for m in _DATE.finditer(text)]
    result: list[Sense] = []
    place = 0
    while place < len(found):
        sense, used = _read(found, place, text, dates)
        place += used
        if sense is not None:
            result.append(sense)
    return _scoped(result)


def _read(
    found: Sequence[Token], place: int, text: str, dates: Sequence[tuple[int, int, str]]
) -> tuple[Sense | None, int]:
    token = found[place]
    if token.kind == "number":
        return _number(found, place, dates)
    if token.kind == "ideograph":
        return _ideograph(found, place, text)
    if token.kind == "symbol":
        if token.value == "?":
            return Sense("?", "word", "?"), 1
        return Sense(SAME.get(token.value, token.value), "number", token.value), 1
    lower = token.value.lower()
    if lower in NUMBER_WORDS:
        return _number_words(found, place)
    return _word(token, lower, found, place, dates), 1


def _number(
    found: Sequence[Token], place: int, dates: Sequence[tuple[int, int, str]]
) -> tuple[Sense, int]:
    token = found[place]
    text, used = token.value, 1
    date = next((shown for start, end, shown in dates if start <= token.start < end), None)
    try:
        value = float(text)
    except ValueError:
        # Ranges, times, fractions: as printed.
        return Sense(f"n:{text}", "date" if date else "number", date or text), used
    while place + used < len(found):
        scale = SCALES.get(found[place + used].value.lower())
        if scale is None:
            break
        value *= scale
        text += ("" if scale and found[place + used].kind == "ideograph" else " ") + found[
            place + used
        ].value
        used += 1
    if date or _YEAR.fullmatch(text):
        return Sense(f"n:{value:.12g}", "date", date or text), used
    after = found[place + used].value if place + used < len(found) else ""
    if after in _UNITS or after.lower() in _UNITS:
        text += after if after in "%‰°年月日天个元" else f" {after}"
    before = found[place - 1].value if place else ""
    if before in tuple("$€£¥₩₹") and before:
        text = before + text
    sign = "+" if token.value.startswith("+") else ""
    return Sense(f"n:{sign}{value:.12g}", "number", text), used


def _number_words(found: Sequence[Token], place: int) -> tuple[Sense, int]:
    value = 0.0
    words: list[str] = []
    used = 0
    while place + used < len(found):
        lower = found[place + used].value.lower()
        if lower in NUMBER_WORDS:
            value += NUMBER_WORDS[lower]
        elif lower in SCALES and lower.isalpha() and len(lower) > 2:
            value *= SCALES[lower]
        else:
            break
        words.append(found[place + used].value)
        used += 1
    return Sense(f"n:{value:.12g}", "number", " ".join(words)), used


def _ideograph(found: Sequence[Token], place: int, text: str) -> tuple[Sense | None, int]:
    token = found[place]
    ahead = text[token.start : token.start + 4]
    for phrase in _NOT_NEGATIONS.get(token.value, ()):
        if ahead.startswith(phrase):
            return Sense(f"h:{phrase}", "han", phrase), len(phrase)
    for phrase in _MODALS.get(token.value, ()):
        if ahead.startswith(phrase) and (len(phrase) > 1 or phrase in "应须拟宜"):
            return Sense(f"m:{phrase}", "modal", phrase), len(phrase)
    if ahead[:2] in HAN_BOUNDS:
        return Sense(f"c:{ahead[:2]}", "critical", ahead[:2]), 2
    if token.value in HAN_NEGATIONS:
        return Sense("neg", "negation", token.value), 1
    if token.value in _HAN_NUMBERS:
        used = 1
        while (
            place + used < len(found)
            and found[place + used].value in _HAN_NUMBERS
            and found[place + used].start == found[place + used - 1].end
        ):
            used += 1
        value = text[token.start : found[place + used - 1].end]
        number = han_number(value)
        key = f"hn:{value}" if number is None else f"n:{number:.12g}"
        return Sense(key, "number", value), used
    if token.value in HAN_FUNCTION:
        return None, 1
    return Sense(f"h:{token.value}", "han", token.value), 1


def _word(
    token: Token,
    lower: str,
    found: Sequence[Token],
    place: int,
    dates: Sequence[tuple[int, int, str]],
) -> Sense | None:
    value = token.value
    if "가" <= value[0] <= "힣":
        return _hangul(value)
    if lower in MONTHS and value[0].isupper() and (lower != "may" or _beside_number(found, place)):
        date = next((shown for start, end, shown in dates if start <= token.start < end), None)
        return Sense(f"month:{MONTHS[lower]}", "date", date or value)
    if lower in WEEKDAYS and value[0].isupper():
        return Sense(f"weekday:{WEEKDAYS[lower]}", "date", value)
    if lower in NEGATIONS:
        return Sense("neg" if lower in ("not", "no") else f"neg:{lower}", "negation", value)
    if lower in MODALS:
        return Sense(f"m:{lower}", "modal", value)
    if lower in SAME:
        return Sense(SAME[lower], "critical", value)
    if lower in CRITICAL:
        return Sense(f"c:{stem(lower)}", "critical", value)
    if value == "US":
        # Folded to lower case it would be "us".
        return Sense("w:us", "name", value)
    if value[0].isupper() and (place > 0 or value.isupper()) and lower not in FUNCTION:
        return Sense(f"w:{_bare(value)}", "name", value)
    if lower in FUNCTION:
        return None
    group = SYNONYMS.get(lower, _STEMMED.get(stem(lower)))
    if group is not None:
        return Sense(f"syn:{group}", "word", value)
    return Sense(f"w:{_bare(lower)}", "word", value)


def _bare(value: str) -> str:
    word = value.lower().removesuffix("'s").rstrip("'")
    return COUNTRIES.get(word) or stem(word)


def _beside_number(found: Sequence[Token], place: int) -> bool:
    if not found[place].value[0].isupper():
        return False
    near = [found[at] for at in (place - 1, place + 1) if 0 <= at < len(found)]
    return any(token.kind == "number" for token in near)


def _hangul(value: str) -> Sense | None:
    if any(sign in value for sign in HANGUL_NEGATIONS):
        return Sense(f"neg:{value}", "negation", value)
    if any(sign in value for sign in HANGUL_MODALS):
        return Sense(f"m:{without_particle(value)}", "modal", value)
    bare = bare_word(value)
    return Sense(f"k:{bare}", "word", value) if bare else None


def _scoped(result: list[Sense]) -> list[Sense]:
    """Tie each negation to the word it stands before: moved to another, it is another claim."""
    scoped: list[Sense] = []
    for place, sense in enumerate(result):
        if sense.kind == "negation" and sense.key == "neg":
            after = result[place + 1] if place + 1 < len(result) else None
            shown = sense.text + (f" {after.text}" if after is not None else "")
            scoped.append(Sense(f"neg:{after.key if after else ''}", "negation", shown.strip()))
        else:
            scoped.append(sense)
    return scoped
