"""Korean words without their particles and endings, one form for each group of synonyms. Pure."""

from __future__ import annotations

import re

from storage.phrases import hangul_synonyms

_PARTICLE = re.compile(
    r"(?<=[가-힣])(?:에서는|에게는|으로는|에서|에게|으로|은|는|이|가|을|를|의|에|로|와|과|께서)$"
)
_FORMAL = re.compile(r"(?:습니다|습니까)")
_SAME = {
    "한다": "하다",
    "합니다": "하다",
    "된다": "되다",
    "됩니다": "되다",
    "입니다": "이다",
    "됐다": "되었다",
    "되었다": "되었다",
    "했다": "하였다",
    "하였다": "하였다",
    "해": "하여",
    "하여": "하여",
    "돼": "되어",
    "되어": "되어",
}
_ENDING = re.compile("(?:" + "|".join(sorted(_SAME, key=len, reverse=True)) + ")$")
#: Verbs made of a noun; active and passive stay apart.
_ROOT = re.compile(
    r"^([가-힣]{2,}?)(하다|하였다|하는|한|하여|할|하고|하며|하기|되다|되었다|되는|된|되어|될|되고|되며)$"
)
#: What follows a quotation: "..."고 and "..."라고 are one.
_QUOTING = frozenset({"고", "라고", "이라고", "며", "라며", "이라며"})


def without_particle(word: str) -> str:
    """Return *word* without the particle at its end."""
    return _PARTICLE.sub("", word) if len(word) > 1 else word


def bare_word(word: str) -> str:
    """Return the form under which *word* is compared; empty when it says nothing.

    Polite and plain endings are one ("했습니다", "했다"); tense and voice stay.
    """
    if word in _QUOTING:
        return ""
    table = hangul_synonyms()
    if word in table:
        return table[word]
    plain = _ENDING.sub(lambda found: _SAME[found[0]], _FORMAL.sub("다", word))
    if made := _ROOT.match(plain):
        root = made[1]
        return table.get(root, root) + made[2]
    bare = without_particle(plain)
    return table.get(plain, table.get(bare, bare))
