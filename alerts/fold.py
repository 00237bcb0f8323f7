"""Text as terms are looked up in it: folded one character to one, so that offsets survive. Pure.

Full NFKC and full case folding change the length of one article in ten (measured on 680 English
and 200 Chinese ones), and with it every offset after the first such character. The few folds that
change the length ("ß", "㈱", "ﬁ") therefore belong to the query's word forms, never to the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from storage.normal import simplified_table

#: What stands for punctuation in a shadow: between words a blank, between Han characters a border.
BREAK = "\x02"
#: What stands for a blank line in a folded text; no term holds it, so that no phrase crosses it.
PARAGRAPH = "\x03"

#: Written without blanks between words: Han, kana, bopomofo, Thai, Lao, Burmese, Khmer.
UNSPACED = (
    "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3021-\u3029\u3041-\u3096"
    "\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff"
    "\U00020000-\U0003ffff"
)
#: Written with blanks, but with particles that stick to the word.
HANGUL = "\uac00-\ud7a3"

# Invisible characters and marks that belong to the character before them; they stand in real
# pages ("Vladi\xadmir") and would hide a term. Combining marks reach us as decomposed accents.
_ATTACHED = re.compile(
    "[\u00ad\u034f\u061c\u064b-\u0652\u0670\u0640\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\u3099\u309a\u1160-\u11ff]"
)
# Hyphens, quotes, apostrophes and name dots join: 'new-energy' is 'new energy', “双碳”目标 is
# 双碳目标. A dash that stands for a comma does not.
_JOINING = frozenset("'\"`´_·・‧•＇＂「」『』《》〈〉〝〞〟")
_DASH_AS_COMMA = frozenset("—―⸺⸻﹘︱")

UNSPACED_BIT, HANGUL_BIT, ATTACHED_BIT = 1, 2, 4
_UNSPACED_RE = re.compile(f"[{UNSPACED}]")
_HANGUL_RE = re.compile(f"[{HANGUL}]")


class _FoldTable(dict[int, str]):
    """The translation of every code point, worked out when first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


class _KindTable(dict[str, int]):
    """What kind of handling a character asks of the text around it; 0 for none."""

    def __missing__(self, char: str) -> int:
        kind = 0
        if _ATTACHED.match(char):
            kind = ATTACHED_BIT
        elif "\u1100" <= char <= "\u11ff":
            kind = ATTACHED_BIT | HANGUL_BIT
        else:
            folded = FOLD[ord(char)]
            if _UNSPACED_RE.match(folded):
                kind = UNSPACED_BIT
            elif _HANGUL_RE.match(folded):
                kind = HANGUL_BIT
        self[char] = kind
        return kind


def _fold_character(char: str) -> str:
    """Return the one character that stands for *char* in a shadow."""
    seen = char
    for _ in range(4):  # A few need two steps: full width, then case, then script variant.
        folded = _fold_once(seen)
        if folded == seen:
            break
        seen = folded
    return seen


def _fold_once(char: str) -> str:
    if char in ("\n", BREAK):
        return char
    category = unicodedata.category(char)
    if category[0] in "CZ":
        return " "
    if char in _DASH_AS_COMMA:
        return BREAK
    if category in ("Pd", "Pi", "Pf") or char in _JOINING or _ATTACHED.match(char):
        return " "
    char = _single(unicodedata.normalize("NFKC", char), char)
    char = _single(char.casefold(), char.lower()[:1])
    base = unicodedata.normalize("NFD", char)[0]
    if base != char and unicodedata.name(char, "").startswith(("LATIN", "GREEK")):
        char = base
    char = simplified_table().get(ord(char), char)
    if char.isalnum() or unicodedata.category(char)[0] == "M":
        return char
    return " " if char in _JOINING else BREAK


def _single(folded: str, otherwise: str) -> str:
    return folded if len(folded) == 1 else otherwise


FOLD = _FoldTable()
KIND = _KindTable()
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
#: Up to so many different characters outside ASCII, replacing each is faster than translating all.
_FEW = 12
#: So many characters tell whether a text is in another script.
_SAMPLE = 256


def strange(text: str) -> set[str]:
    """Return the different characters outside ASCII in *text*, and perhaps some of ASCII."""
    if text.isascii():
        return set()
    # Telling characters apart in C is faster for another script, looking for the few is for Latin.
    few = len(_NON_ASCII.findall(text, 0, _SAMPLE)) < _SAMPLE >> 3
    return set(_NON_ASCII.findall(text)) if few else set(text)


def kinds(characters: Iterable[str]) -> int:
    """Return the OR of the kind bits of *characters*."""
    found = 0
    for kind in set(map(KIND.__getitem__, characters)):
        found |= kind
    return found


def shadow(text: str, characters: set[str] | None = None) -> str:
    """Return *text* folded, of the same length: case, width, accents, script variant, punctuation.

    Letters and digits stay letters and digits; blanks, hyphens and quotes become a blank; other
    marks become `BREAK`; a line feed stays. Idempotent. *characters* are its `strange` ones.
    """
    if characters is None:
        characters = strange(text)
    if len(characters) <= _FEW:
        # Translating is several times faster for ASCII alone.
        for char in characters:
            text = text.replace(char, FOLD[ord(char)])
    return text.translate(FOLD)


def compose(text: str) -> tuple[str, list[int] | None]:
    """Return *text* with accents composed and invisible characters left out, and where each was.

    The second value holds the offset in *text* of every character of the first, and the length of
    *text* at its end; None when nothing changed.
    """
    if not kinds(strange(text)) & ATTACHED_BIT:
        return text, None
    pieces: list[str] = []
    origin: list[int] = []
    at = 0
    for cluster in _CLUSTER.finditer(text):
        start, end = cluster.span()
        pieces.append(text[at:start])
        origin.extend(range(at, start))
        raw = cluster.group()
        whole = unicodedata.normalize("NFC", raw)
        kept = whole[:1] if not _ATTACHED.match(whole) else ""
        pieces.append(kept)
        origin.extend([start] * len(kept))
        at = end
    pieces.append(text[at:])
    origin.extend(range(at, len(text) + 1))
    return "".join(pieces), origin


_CLUSTER = re.compile(
    f"[\u1100-\u115f][\u1160-\u11ff]*|(?s:(?!{_ATTACHED.pattern}).)?{_ATTACHED.pattern}+"
)


def trim_attached(text: str, start: int, end: int) -> int:
    """Return *end* moved left over invisible characters that only follow the word."""
    while end > start and _INVISIBLE.match(text[end - 1]):
        end -= 1
    return end


_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
