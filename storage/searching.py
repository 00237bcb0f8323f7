"""Text as full-text search sees it, and a person's query against it. Pure.

Chinese, Japanese and Korean are written without blanks, or with endings glued to words, so their
runs are cut into overlapping pairs of characters: 减税降费 becomes 减税 税降 降费 费. A word of two
characters is then one token, a longer one a phrase, and a single character the beginning of a pair
(the last of a run stands alone for that). SQLite's own trigrams find no word of two characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from storage.normal import fold
from storage.tokens import HAN, KANA

_PAIRED = f"{HAN}{KANA}\uac00-\ud7a3"
_RUN = re.compile(rf"(?P<paired>[{_PAIRED}]+)|[^\W_{_PAIRED}]+")
_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')

#: Terms of one query: more is a text pasted by mistake.
MAX_TERMS = 32
#: Characters of an excerpt around the first find.
EXCERPT = 160


class QueryProblem(ValueError):
    """A query that cannot be searched for; the message says why."""


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that must stand one after another."""

    tokens: tuple[str, ...]
    #: The last token is only the beginning of one.
    prefix: bool = False
    #: What holds it is left out.
    excluded: bool = False


def tokens(text: str) -> Iterator[str]:
    """Yield the tokens of *text* in order: words in lower case, pairs of CJK characters."""
    for found in _RUN.finditer(fold(text).casefold()):
        run = found.group()
        if found["paired"] is None:
            yield run
            continue
        for place in range(len(run) - 1):
            yield run[place : place + 2]
        yield run[-1]


def indexed(text: str) -> str:
    """Return *text* as it is put into the index: its tokens, with blanks between."""
    return " ".join(tokens(text))


def read_query(query: str) -> tuple[Term, ...]:
    """Return what *query* asks for: words that must all occur, "phrases", -exclusions, prefixes*.

    Raises:
        QueryProblem: there is nothing to look for in it.
    """
    terms: list[Term] = []
    for found in _TERM.finditer(query):
        said = found["phrase"] if found["word"] is None else found["word"]
        starred = found["word"] is not None and said.endswith("*")
        wanted, alone = _wanted(said)
        if wanted:
            terms.append(Term(wanted, starred or alone, bool(found["minus"])))
    if len(terms) > MAX_TERMS:
        raise QueryProblem(f"more than {MAX_TERMS} words to look for")
    if not any(not term.excluded for term in terms):
        raise QueryProblem("nothing to look for: give a word, such as 新能源 or battery")
    return tuple(terms)


def _wanted(said: str) -> tuple[tuple[str, ...], bool]:
    """Return the tokens of a term, and whether the last one is the beginning of a pair.

    What the index has behind the last pair of a run is not known to the query: the lone last
    character is left out, unless it is all there is.
    """
    found: list[str] = []
    runs = list(_RUN.finditer(fold(said).casefold()))
    alone = False
    for place, run in enumerate(runs):
        text, last = run.group(), place == len(runs) - 1
        if run["paired"] is None:
            found.append(text)
            continue
        found += [text[at : at + 2] for at in range(len(text) - 1)]
        if not last:
            found.append(text[-1])
        elif len(text) == 1:
            found.append(text)
            alone = True
    return tuple(found), alone


def excerpt(text: str, terms: tuple[Term, ...], *, width: int = EXCERPT) -> str:
    """Return a piece of *text* on one line around the first of *terms* found in it."""
    flat = " ".join(text.split())
    folded = flat.casefold()
    at = -1
    for term in terms:
        if not term.excluded and (at := folded.find(_literal(term))) >= 0:
            break
    begin = max(0, at - width // 3)
    piece = flat[begin : begin + width]
    return ("…" if begin else "") + piece + ("…" if begin + width < len(flat) else "")


def _literal(term: Term) -> str:
    """Return the term's first word again, as near to what was written as its tokens tell."""
    first = term.tokens[0]
    for token in term.tokens[1:]:
        if token[:1] != first[-1:] or not re.match(f"[{_PAIRED}]", token):
            break
        first += token[1:]
    return first
