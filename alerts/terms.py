"""Turns a term of a query into the needles to look for in a folded text. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from alerts.fold import FOLD, HANGUL, HANGUL_BIT, KIND, PARAGRAPH, UNSPACED, UNSPACED_BIT
from alerts.folded import Folded
from alerts.query.errors import QueryError
from alerts.query.tree import Term
from alerts.variants import forms

#: Longest term, in code points.
MAX_TERM = 300
#: Letters an acronym may have to be looked for in capitals only: AI, NEV, CIIE, 5G, but not XINJIANG.
ACRONYM = 5
#: Letters a word with a wildcard must state; "a*" would be half the dictionary.
MIN_STATED, MIN_STATED_UNSPACED = 3, 2
#: Characters a "*" inside a Han run may stand for, and inside a word.
SPAN_UNSPACED, SPAN_WORD = 8, 30

# Letters no keyboard has; they stand for * and ? while the rest of a term is folded.
_ANY, _ONE = "\ua66e", "\ua66b"
#: What they may stand for: no border, and no blank line.
_INSIDE = f"[^ {PARAGRAPH}]"
_STAND_INS = re.compile(f"([{_ANY}{_ONE}])")
_WILD = re.compile(r"\*|(?<=\w)\?(?=[\w*?])")
#: Terms that fold to themselves: most of a large watchlist.
_SIMPLE = re.compile(r"[a-z][a-z0-9]*(?:[ -][a-z0-9]+)*$")
_SEPARATORS = re.compile("[ -]")
_SYMBOLS_END = re.compile(r"[+#&%@$]+$")
_LAST_UNSPACED = re.compile(f"[{UNSPACED}]$")
_FIRST_UNSPACED = re.compile(f"^[{UNSPACED}]")
_LAST_HANGUL = re.compile(f"[{HANGUL}]$")
_FIRST_HANGUL = re.compile(f"^[{HANGUL}]")


@dataclass(frozen=True, slots=True)
class Check:
    """What the original characters under a needle must still fulfil."""

    #: Letters and digits as the query has them, composed, half width.
    letters: str
    #: For each of them: must it be this very character?
    locked: tuple[bool, ...]
    #: Accents count (the query has some).
    accents: bool = False
    #: "+" of "AI+": signs right behind the needle.
    signs: str = ""


@dataclass(frozen=True, slots=True)
class Needle:
    """A string that stands in the folded text wherever a form of the term does."""

    text: str
    #: Blanks at its ends that are no part of the term.
    lead: int
    trail: int
    #: A wildcard at the end, or at the beginning: the hit reaches to the border of the word.
    open_end: bool = False
    open_start: bool = False
    check: Check | None = None
    #: RE2 over the folded text, for wildcards inside a word; `text` is only what to look for first.
    wild: str | None = None


def needles(term: Term, languages: tuple[str, ...] = ()) -> tuple[Needle, ...]:
    """Return the needles for *term*, one for each form, without doubles.

    Raises:
        QueryError: the term holds nothing to look for, is too long, or its wildcards are too wide.
    """
    return _needles(term.text, term.exact, languages, term.at)


@lru_cache(maxsize=4096)
def _needles(text: str, exact: bool, languages: tuple[str, ...], at: int) -> tuple[Needle, ...]:
    if len(text) > MAX_TERM:
        raise QueryError(f"a term of {len(text)} characters; at most {MAX_TERM} are read", at)
    if not exact and _SIMPLE.match(text):
        return tuple(_simple_needle(form) for form in forms(text, languages))
    if _WILD.search(text) and not exact:
        return (_wild_needle(text, at),)
    found: dict[Needle, None] = {}
    for form in (text,) if exact else forms(text, languages):
        folded = folded_term(form)
        if not folded:
            raise QueryError(f'"{text}" holds no letter or digit to look for', at)
        lead = not _FIRST_UNSPACED.match(folded)
        trail = not _LAST_UNSPACED.search(folded) and (exact or not _LAST_HANGUL.search(folded))
        found.setdefault(
            Needle(
                f"{' ' * lead}{folded}{' ' * trail}",
                int(lead),
                int(trail),
                check=_check(text, form, exact),
            )
        )
    return tuple(found)


def _simple_needle(form: str) -> Needle:
    """Return the needle of a form in small ASCII letters: what the general way makes, faster."""
    return Needle(f" {' '.join(_SEPARATORS.split(form))} ", 1, 1)


def folded_term(text: str) -> str:
    """Return *text* as it stands in a folded text, without blanks at its ends."""
    return Folded("", text).scan.strip(" \x03")


def _wild_needle(text: str, at: int) -> Needle:
    folded = _folded_wild(text)
    stated = folded.replace(_ANY, "").replace(_ONE, "")
    unspaced = any(KIND[char] & UNSPACED_BIT for char in stated)
    # A syllable says as much as a Han character does.
    dense = unspaced or any(KIND[char] & HANGUL_BIT for char in stated)
    least = MIN_STATED_UNSPACED if dense else MIN_STATED
    if not stated.strip():
        raise QueryError(f'"{text}" holds no letter or digit to look for', at)
    for word in folded.split():
        bare = word.replace(_ANY, "").replace(_ONE, "")
        if bare != word and bare and len(bare) < (1 if dense else least):
            raise QueryError(f'"{text}": a word with * or ? must state {least} letters or more', at)
    if len(stated.replace(" ", "")) < least:
        raise QueryError(f'"{text}": a wildcard needs {least} letters or more beside it', at)
    if unspaced:
        # Borders between Han and the stand-ins are no borders.
        folded = re.sub(f" ?([{_ANY}{_ONE}]) ?", r"\1", folded)
        folded = folded.strip(_ANY)
    core = folded.strip(_ANY)
    if _ANY not in core and _ONE not in core:
        open_start, open_end = folded.startswith(_ANY), folded.endswith(_ANY)
        lead = not open_start and not _FIRST_UNSPACED.match(core)
        trail = not open_end and not (_LAST_UNSPACED.search(core) or _LAST_HANGUL.search(core))
        return Needle(
            f"{' ' * lead}{core}{' ' * trail}", int(lead), int(trail), open_end, open_start
        )
    longest = max(re.split(f"[{_ANY}{_ONE}]", folded), key=len).strip()
    span = SPAN_UNSPACED if unspaced else SPAN_WORD
    wild = "".join(
        f"{_INSIDE}{{0,{span}}}" if char == _ANY else _INSIDE if char == _ONE else re.escape(char)
        for char in folded
    )
    lead = not (_FIRST_UNSPACED.match(folded))
    trail = not (_LAST_UNSPACED.search(folded) or _LAST_HANGUL.search(folded))
    return Needle(longest, 0, 0, wild=f"{' ' * lead}({wild}){' ' * trail}")


def _folded_wild(text: str) -> str:
    """Return *text* folded, with the stand-ins for * and ? touching what they touch in it.

    Between Hangul and them folding sets a border, which is right only where *text* has a blank.
    """
    marked = _WILD.sub(
        lambda found: _ANY if found.group() == "*" else _ONE, unicodedata.normalize("NFC", text)
    )
    touches = [
        (_LAST_HANGUL.search(before), _FIRST_HANGUL.search(behind))
        for before, behind in _neighbours(marked)
    ]
    pieces = _STAND_INS.split(folded_term(marked))
    # Odd pieces are the stand-ins; folding keeps them all, in their order.
    for number, (before, behind) in enumerate(touches):
        at = 2 * number + 1
        if before:
            pieces[at - 1] = pieces[at - 1].rstrip(" ")
        if behind:
            pieces[at + 1] = pieces[at + 1].lstrip(" ")
    return "".join(pieces)


def _neighbours(marked: str) -> list[tuple[str, str]]:
    pieces = _STAND_INS.split(marked)
    return [(pieces[at - 1], pieces[at + 1]) for at in range(1, len(pieces), 2)]


def _check(text: str, form: str, exact: bool) -> Check | None:
    """Return what *form* of the term *text* asks of the original, or None for nothing."""
    signs = _SYMBOLS_END.search(unicodedata.normalize("NFKC", text.strip()))
    letters = letters_of(form)
    locked = tuple([True] * len(letters)) if exact else _acronyms(text, form)
    accents = exact or any(_has_accent(char) for char in letters_of(text))
    if not any(locked) and not accents and not signs:
        return None
    return Check(letters, locked, accents, signs.group() if signs else "")


def _acronyms(text: str, form: str) -> tuple[bool, ...]:
    """Lock the letters of words in capitals of up to `ACRONYM` letters."""
    capitals = {
        word
        for word in re.findall(r"[A-Za-z0-9]+", unicodedata.normalize("NFKC", text))
        if word.isupper() and len(word) <= ACRONYM
    }
    locked: list[bool] = []
    for word in re.findall(r"[A-Za-z0-9]+|[^\W_]", unicodedata.normalize("NFKC", form)):
        stem = word[:-1] if word.endswith("s") and word[:-1] in capitals else word
        upper = stem in capitals
        locked += [upper and index < len(stem) for index in range(len(word))]
    return tuple(locked)


def _has_accent(char: str) -> bool:
    """Say whether folding takes an accent off *char*."""
    if char.isascii():
        return False
    base = unicodedata.normalize("NFD", char)[0]
    return base != char and FOLD[ord(base)] == FOLD[ord(char)]


def letters_of(text: str) -> str:
    """Return the letters and digits of *text*, composed and in half width."""
    whole = unicodedata.normalize("NFKC", text)
    return "".join(char for char in whole if char.isalnum())


def agrees(check: Check, original: str, behind: str) -> bool:
    """Say whether *original*, the characters under a needle, fulfils *check*.

    *behind* is what follows them.
    """
    if check.signs and not unicodedata.normalize("NFKC", behind).startswith(check.signs):
        return False
    if not check.accents and not any(check.locked):
        return True
    letters = letters_of(original)
    if len(letters) != len(check.letters):
        return False
    for seen, wanted, locked in zip(letters, check.letters, check.locked, strict=True):
        if locked:
            if seen != wanted:
                return False
        elif check.accents and seen.casefold() != wanted.casefold():
            return False
    return True
