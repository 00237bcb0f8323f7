"""The word forms a term stands for: plurals, stems, spellings, hyphenated and joined. Pure.

Forms are made for the query, never for the text: they cost nothing when matching, and a span is
the very words of the article. A form that does not exist ("softwares") does no harm.
"""

from __future__ import annotations

import re

#: Most forms one term may have; the first made are the likeliest.
MAX_FORMS = 24

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_HAS_LETTERS = re.compile(r"[a-zA-Z\u00c0-\u024f\uac00-\ud7a3\u3000-\u30ff\ufb00-\ufb06㈱-]")
_LATIN = re.compile(r"^[a-zA-Z\u00c0-\u024f]+$")
_VOWELS = "aeiou"

# Words that are wrong when inflected by rule, or that change their vowel.
_IRREGULAR = {
    "analysis": ("analyses",), "basis": ("bases",), "crisis": ("crises",),
    "axis": ("axes",), "thesis": ("theses",), "hypothesis": ("hypotheses",),
    "datum": ("data",), "medium": ("media",), "criterion": ("criteria",),
    "phenomenon": ("phenomena",), "index": ("indices", "indexes"), "child": ("children",),
    "person": ("people", "persons"), "man": ("men",), "woman": ("women",),
    "spacecraft": (), "aircraft": (), "series": (), "species": (), "news": (), "means": (),
    "economics": (), "physics": (), "politics": (), "logistics": (), "robotics": (),
    "craftsman": ("craftsmen",), "spokesman": ("spokesmen",), "life": ("lives",),
    "leaf": ("leaves",), "half": ("halves",), "foot": ("feet",), "wolf": ("wolves",),
    "data": (), "media": (), "china": (), "information": (), "research": (),
}  # fmt: skip
_SINGULAR = {plural: single for single, many in _IRREGULAR.items() for plural in many}
_NOT_PLURAL = ("ss", "us", "is", "ics", "ous", "news")

# British and American spellings of one word, both ways.
_SPELLINGS = (
    (re.compile(r"is(e|es|ed|ing|ation|ations|er|ers)$"), r"iz\1"),
    (re.compile(r"iz(e|es|ed|ing|ation|ations|er|ers)$"), r"is\1"),
    (re.compile(r"^(lab|col|harb|fav|behavi|neighb)or"), r"\1our"),
    (re.compile(r"^(lab|col|harb|fav|behavi|neighb)our"), r"\1or"),
    (re.compile(r"^(cent|fib|met|lit)re(s?)$"), r"\1er\2"),
    (re.compile(r"^(cent|fib|lit)er(s?)$"), r"\1re\2"),
    (re.compile(r"^ageing$"), "aging"),
    (re.compile(r"^aging$"), "ageing"),
    (re.compile(r"^program(s?)$"), r"programme\1"),
    (re.compile(r"^programme(s?)$"), r"program\1"),
    (re.compile(r"^alumini?um$"), "aluminum"),
    (re.compile(r"^aluminum$"), "aluminium"),
    (re.compile(r"^defence$"), "defense"),
    (re.compile(r"^defense$"), "defence"),
    (re.compile(r"^licence$"), "license"),
    (re.compile(r"ll(ed|ing|er|ers)$"), r"l\1"),
)
#: Told in one look: nothing of the table applies to most words.
_MAY_RESPELL = re.compile(
    r"(?i:i[sz](?:e|ation|ing)|ou?r|(?:cent|fib|met|lit)(?:er|re)|age?ing|programm?e?|alumini?um"
    r"|defen[cs]e|licence|ll(?:ed|ing|er))"
)
# Words in which "-ise", "-ize" belong to the stem.
_FIXED_ISE_TEXT = (
    "rise raise praise promise premise exercise enterprise surprise precise concise expertise "
    "merchandise franchise advise revise supervise devise wise noise cruise disease size prize "
    "seize capsize paradise treatise otherwise likewise noises enterprises exercises rises "
    "sizes prizes rising raised raising surprised promised advised revised revising adviser "
    "advisers likewise"
)
_FIXED_ISE = frozenset(_FIXED_ISE_TEXT.split())
#: Verbs are told by their endings; other words are taken for nouns.
_VERB = re.compile(r"(?:ate|i[sz]e|ify|duce|gulate)$")
#: "semi conductor", "semi-conductor" and "semiconductor" are one term.
_PREFIXES = re.compile(
    r"^(e|anti|auto|bio|cyber|co|crypto|cross|deep|eco|electro|geo|hydro|hyper|inter|macro|mega|"
    r"meta|micro|mid|mini|multi|nano|non|off|on|over|photo|post|pre|pro|psycho|re|semi|smart|sub|"
    r"super|supra|tele|trans|ultra|under)[-‐‑]?([a-zé]{4,})$",
    re.IGNORECASE,
)
_SPLIT_AT_WILL_TEXT = (
    "anti bio crypto cyber cross electro hydro micro mini multi nano non photo post semi super "
    "ultra macro mega"
)
_SPLIT_AT_WILL = frozenset(_SPLIT_AT_WILL_TEXT.split())
_HYPHENS = re.compile(r"\s*[-‐‑‒–]\s*")
_HANGUL_ONLY = re.compile(r"^[\uac00-\ud7a3\s]+$")
_LIGATURES = (("ß", "ss"), ("œ", "oe"), ("æ", "ae"), ("ﬁ", "fi"), ("ﬂ", "fl"), ("㈱", "(株)"))
#: Letters that German and Scandinavian texts write as two when the key is missing.
_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa"))

_ENGLISH, _ENGLISH_FRENCH = ("en",), ("en", "fr")

#: Languages whose adjectives and nouns both take a plural.
_ALL_WORDS = frozenset({"fr", "es", "pt", "it"})


def forms(term: str, languages: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the forms *term* stands for, itself first.

    *languages* are those of the theme (ISO 639-1); none means English rules for Latin words, and
    French ones too when the term has an accent.
    """
    found: dict[str, None] = {term: None}
    if not _HAS_LETTERS.search(term) and "'" not in term:
        return (term,)
    spoken = _spoken(term, languages)
    for spelling in (term, *_respelled(term, spoken)):
        for form in _joined(spelling):
            found.setdefault(form)
            for language in spoken:
                for inflected in _inflected(form, language):
                    found.setdefault(inflected)
    return tuple(found)[:MAX_FORMS]


def _spoken(term: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    if not languages:
        return _ENGLISH if term.isascii() else _ENGLISH_FRENCH
    known = tuple(
        dict.fromkeys(code[:2] for code in languages if code[:2] in _ALL_WORDS | {"en", "de"})
    )
    if known:
        return known
    return _ENGLISH if term.isascii() else _ENGLISH_FRENCH


def _joined(term: str) -> list[str]:
    """Return *term* with its hyphens and blanks taken out where people write it either way."""
    found = [term]
    if _HANGUL_ONLY.match(term):
        if " " in term.strip():
            found.append("".join(term.split()))
        return found
    if _HYPHENS.search(term.strip("-")):
        found.append(_HYPHENS.sub("", term))
    words = term.split()
    if len(words) == 2 and all(_LATIN.match(word) and not word.isupper() for word in words):
        found.append("".join(words))
    prefix = _PREFIXES.match(term)
    if prefix and prefix[1].lower() in _SPLIT_AT_WILL:
        found.append(f"{prefix[1]} {prefix[2]}")
    return found


def _inflected(term: str, language: str) -> list[str]:
    words = list(_WORD.finditer(term))
    if not words or not _LATIN.match(words[-1].group()):
        return []
    if language in _ALL_WORDS:
        return _inflected_all(term, words, language)
    last = words[-1]
    if term[last.end() :].strip():
        return []
    return [
        term[: last.start()] + form + term[last.end() :]
        for form in _word_forms(last.group(), language)
    ]


def _word_forms(word: str, language: str) -> list[str]:
    if language == "de":
        return [word + end for end in ("e", "en", "er", "n", "s", "es") if not word.endswith(end)]
    low = word.lower()
    if word.isupper() and len(word) <= 6:
        return [word + "s"] if len(word) >= 2 else []
    if len(word) < 3:
        return []
    found = list(_IRREGULAR.get(low, ()))
    if low in _IRREGULAR:
        return [_cased(form, word) for form in found]
    if low in _SINGULAR:
        return [_cased(_SINGULAR[low], word)]
    found = [_plural(low)] if not low.endswith(("s", "ing")) else []
    if low.endswith("s") and not low.endswith(_NOT_PLURAL):
        found = _singulars(low)
    elif low.endswith(("ss", "us", "is")):
        found = [low + "es"]
    elif low.endswith("ing") and len(low) > 5:
        found = [low + "s"]
    if _VERB.search(low):
        stem = low[:-1] if low.endswith("e") else low[:-1] + "i"
        found += [stem + "ed", (low.removesuffix("e")) + "ing"]
    return [_cased(form, word) for form in found]


def _cased(form: str, like: str) -> str:
    return form.capitalize() if like[:1].isupper() and like[1:].islower() else form


def _plural(word: str) -> str:
    if word.endswith("y") and len(word) > 1 and word[-2] not in _VOWELS:
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word + "s"


def _singulars(word: str) -> list[str]:
    if word.endswith("ies") and len(word) > 4:
        return [word[:-3] + "y"]
    if word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return [word[:-2]]
    return [word[:-1]]


def _inflected_all(term: str, words: list[re.Match[str]], language: str) -> list[str]:
    """Return the plural and singular of a phrase in which every noun and adjective agrees."""
    found = []
    for many in (True, False):
        pieces, at = [], 0
        for word in words:
            pieces.append(term[at : word.start()])
            pieces.append(_romance(word.group(), language, many=many))
            at = word.end()
        found.append("".join(pieces) + term[at:])
        # "véhicules à énergie nouvelle": only the head is in the plural.
        head = words[0]
        found.append(_romance(head.group(), language, many=many) + term[head.end() :])
    return found


_SMALL_TEXT = "de du des d la le les l à a au aux en et del el los las e o do da dos das y di"
_SMALL = frozenset(_SMALL_TEXT.split())


def _romance(word: str, language: str, *, many: bool) -> str:
    low = word.lower()
    if low in _SMALL or len(low) < 3 or word.isupper():
        return word
    if many:
        if low.endswith(("s", "x", "z")):
            return word
        if language == "fr":
            if low.endswith(("eau", "eu")):
                return word + "x"
            if low.endswith("al"):
                return word[:-2] + "aux"
            return word + "s"
        return word + ("s" if low[-1] in "aeiouáéíóú" else "es")
    if language == "fr" and low.endswith("aux") and not low.endswith("eaux"):
        return word[:-3] + "al"
    if low.endswith(("s", "x")) and not low.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _respelled(form: str, spoken: tuple[str, ...]) -> list[str]:
    found = []
    if "en" in spoken and _MAY_RESPELL.search(form):
        for word in _WORD.finditer(form):
            low = word.group().lower()
            if low in _FIXED_ISE:
                continue
            for pattern, other in _SPELLINGS:
                if pattern.search(low):
                    changed = _cased(pattern.sub(other, low), word.group())
                    found.append(form[: word.start()] + changed + form[word.end() :])
                    break
    for one, two in _LIGATURES + (_UMLAUTS if "de" in spoken else ()):
        if one in form:
            found.append(form.replace(one, two))
        elif two == "ss" and "de" in spoken and two in form:
            found.append(form.replace(two, one))
    return found
